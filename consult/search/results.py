"""Results as a page shows them: where each is from, and the passage with the words that were looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from consult.commitments.models import Commitment
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import titles_in
from consult.core.db import db
from consult.core.locale import direction
from consult.core.markdown import to_html
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.queries import Place, places_of
from consult.publication.models import Release
from consult.responses.models import ResponseVersion
from consult.search.enums import Kind
from consult.search.passages import Passage, passage_of
from consult.search.queries import Hit
from consult.search.reach import Reach
from consult.submissions.models import Comment
from consult.texts.finding import holds, of_subject
from consult.texts.models import SearchText, Translation
from consult.texts.tokens import Phrase, phrases
from consult.texts.values import LocalizedText

CANDIDATES = 6


@dataclass(frozen=True)
class Result:
    """One result.

    Args:
        kind: what it is.
        day: on which it is dated.
        title: of its consultation, in the reader's language; None for what belongs to none.
        round: in whose pages it stands, where it stands in those of a round.
        reference: of a point, of the point that an answer is to, or of a commitment.
        place: of a paragraph.
        release: that gives an answer out.
        passage: the words around what was found, as HTML.
        language: of the passage.
        original: language that the words were written in.
        language_words: what the author of a point calls that language, where it has no code.
        is_illustration: whether it is an invented example.
        is_final: whether it stands in the final text.
    """

    kind: Kind
    day: date
    title: LocalizedText | None
    round: Round | None
    reference: str
    place: Place | None
    release: Release | None
    passage: Passage
    language: str
    original: str
    language_words: str
    is_illustration: bool
    is_final: bool = False

    @property
    def dir(self) -> str:
        """Which way the passage runs."""
        return direction(self.language)

    @property
    def is_translation(self) -> bool:
        """Whether the words were found in a translation."""
        return self.language != self.original


@dataclass(frozen=True)
class _Words:
    """Words of one field of a subject, in one language."""

    field: str
    language: str
    text: str


def results_of(
    hits: Sequence[Hit],
    words: str,
    reach: Reach,
    titles: Mapping[int, LocalizedText],
    *,
    language: str,
    only: str = "",
) -> list[Result]:
    """The results of one page; ten queries at most, however many there are.

    Args:
        hits: of the page.
        words: that were looked for.
        reach: of the reader.
        titles: of the consultations that the hits belong to, from `titles_of`.
        language: of the reader.
        only: the language that the search is narrowed to.
    """
    asked = phrases(words)
    rows = {kind: _load(kind, [hit.id for hit in hits if hit.kind is kind]) for kind in Kind}
    found = _found_words(rows, asked, only)
    paragraphs = rows[Kind.PARAGRAPH].values()
    places = places_of(paragraphs, language, actor=None)
    rounds = _rounds_of(paragraphs)
    results = []
    for hit in hits:
        row = rows[hit.kind].get(hit.id)
        if row is None:  # gone since the page was counted
            continue
        original = _language_of(hit.kind, row, reach, rounds)
        # By a reference, a code or the name of a host it is found without any of its words.
        texts = found[(hit.kind, hit.id)] or [_Words("", original, _beginning(hit.kind, row))]
        chosen, passage = _choose(hit.kind, texts, asked, [only, language, original])
        round_ = _round_of(hit, row, reach, rounds)
        results.append(
            Result(
                hit.kind,
                hit.day,
                titles.get(hit.consultation_id or 0),
                round_,
                _reference_of(hit.kind, row),
                places.get(hit.id) if hit.kind is Kind.PARAGRAPH else None,
                reach.releases.get(round_.id) if hit.kind is Kind.RESPONSE and round_ else None,
                passage,
                chosen.language,
                original,
                row.language_words if hit.kind is Kind.COMMENT else "",
                round_.consultation.is_illustration if round_ is not None else row.host.is_illustration,
                hit.kind is Kind.PARAGRAPH and rounds[row.version_id][0] is None,
            )
        )
    return results


_LOADED: Mapping[Kind, Any] = {
    Kind.CONSULTATION: sa.select(Consultation).options(lazyload(Consultation.host)),
    Kind.PARAGRAPH: sa.select(Paragraph),
    Kind.COMMENT: sa.select(Comment).options(lazyload("*")),
    Kind.RESPONSE: sa.select(ResponseVersion).options(joinedload(ResponseVersion.comment).options(lazyload("*"))),
    Kind.COMMITMENT: sa.select(Commitment).options(joinedload(Commitment.host), lazyload(Commitment.consultation)),
}
_MODELS: Mapping[Kind, Any] = {
    Kind.CONSULTATION: Consultation,
    Kind.PARAGRAPH: Paragraph,
    Kind.COMMENT: Comment,
    Kind.RESPONSE: ResponseVersion,
    Kind.COMMITMENT: Commitment,
}


def _load(kind: Kind, ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    key = _MODELS[kind].id
    rows = db.session.scalars(_LOADED[kind].where(key.in_(ids)).order_by(key)).unique()
    return {row.id: row for row in rows}


def _found_words(
    rows: Mapping[Kind, Mapping[int, Any]], asked: Sequence[Phrase], only: str
) -> dict[tuple[Kind, int], list[_Words]]:
    """Of each subject the texts that hold any of the words; two queries."""
    found: dict[tuple[Kind, int], list[_Words]] = defaultdict(list)
    kinds = {kind.subject: kind for kind in Kind if rows[kind]}
    if not kinds or not asked:
        return found
    of_these = sa.or_(
        *(sa.and_(of_subject(subject), SearchText.subject_id.in_(list(rows[kind]))) for subject, kind in kinds.items())
    )
    statement = (
        sa.select(SearchText.subject, SearchText.subject_id, SearchText.field, SearchText.language, Translation.text)
        .outerjoin(Translation, Translation.id == SearchText.translation_id)
        .where(of_these, SearchText.language != "", sa.or_(*(holds(phrase) for phrase in asked)))
        .distinct()
        .order_by(SearchText.subject_id, SearchText.field, SearchText.language)
    )
    if only:
        statement = statement.where(SearchText.language == only)
    matched: Any = db.session.execute(statement)
    for subject, key, field, language, text in matched:
        kind = kinds[subject]
        words = text if text is not None else getattr(rows[kind][key], field)
        found[(kind, key)].append(_Words(field, language, words))
    return found


def _choose(
    kind: Kind, found: Sequence[_Words], asked: Sequence[Phrase], languages: Sequence[str]
) -> tuple[_Words, Passage]:
    """The text that holds most of the words; of several the one in the first of these languages."""
    order = {language: place for place, language in reversed(list(enumerate(languages)))}
    nearest = sorted(found, key=lambda words: order.get(words.language, len(languages)))[:CANDIDATES]
    passages = [(words, passage_of(_plain(kind, words.text), asked, words.language)) for words in nearest]
    return max(passages, key=lambda pair: pair[1].found)


def _plain(kind: Kind, text: str) -> str:
    """Words as a page shows them: paragraphs are written in Markdown, everything else as it is."""
    return to_html(text).striptags() if kind is Kind.PARAGRAPH else text


def _beginning(kind: Kind, row: Any) -> str:
    if kind is Kind.CONSULTATION:
        return str(row.summary_changes)
    if kind is Kind.COMMITMENT:
        return str(row.what)
    return str(row.text or getattr(row, "proposed_change", ""))


def _language_of(kind: Kind, row: Any, reach: Reach, rounds: Mapping[int, tuple[int | None, str]]) -> str:
    if kind is Kind.CONSULTATION:
        return str(row.authentic_language)
    return rounds[row.version_id][1] if kind is Kind.PARAGRAPH else str(row.language)


def _reference_of(kind: Kind, row: Any) -> str:
    if kind is Kind.RESPONSE:
        return str(row.comment.reference)
    return str(row.reference) if kind in {Kind.COMMENT, Kind.COMMITMENT} else ""


def _rounds_of(paragraphs: Iterable[Paragraph]) -> dict[int, tuple[int | None, str]]:
    """(key of the round, language) of each draft that these blocks are of; a final text has no round."""
    ids = {paragraph.version_id for paragraph in paragraphs}
    if not ids:
        return {}
    columns = (DocumentVersion.id, DocumentVersion.round_id, DocumentVersion.language)
    rows = db.session.execute(sa.select(*columns).where(DocumentVersion.id.in_(ids)).order_by(DocumentVersion.id))
    return {row[0]: (row[1], row[2]) for row in rows}


def _round_of(hit: Hit, row: Any, reach: Reach, rounds: Mapping[int, tuple[int | None, str]]) -> Round | None:
    key = rounds[row.version_id][0] if hit.kind is Kind.PARAGRAPH else None
    if key is not None:
        return reach.rounds[key]
    if hit.kind is Kind.COMMENT:
        return reach.rounds[row.round_id]
    if hit.kind is Kind.RESPONSE:
        return reach.rounds[row.comment.round_id]
    of_consultation = [one for one in reach.rounds.values() if one.consultation_id == hit.consultation_id]
    return of_consultation[-1] if of_consultation else None


def titles_of(keys: Iterable[int], reach: Reach, language: str) -> dict[int, LocalizedText]:
    """The titles of consultations in the reader's language, by key; one query."""
    wanted = set(keys)
    known = {one.consultation_id: one.consultation for one in reach.rounds.values() if one.consultation_id in wanted}
    return titles_in(known.values(), language)
