"""What became of the points on one version of a text in the next one: on which ground each was carried, or why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.documents.anchoring import Found, find_quote
from consult.documents.enums import Continuation, told_of
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries import Step, paragraph_texts, successors
from consult.documents.queries.continuity import told_in_sql
from consult.submissions.models import Comment, Quotation
from consult.texts.queries import Texts


class Fate(StrEnum):
    """What became of the paragraph that a point is about; of one about none, that it is about none."""

    UNCHANGED = Continuation.UNCHANGED.value
    EDITED = Continuation.EDITED.value
    MOVED = Continuation.MOVED.value
    MOVED_EDITED = Continuation.MOVED_EDITED.value
    SPLIT = Continuation.SPLIT.value
    MERGED = Continuation.MERGED.value
    REMOVED = Continuation.REMOVED.value
    GENERAL = "general"
    UNKNOWN = "unknown"


SAME = (Fate.UNCHANGED, Fate.MOVED)
"""The words are the same in the language that counts: whatever is quoted of these is there."""
LOST = (Fate.REMOVED, Fate.UNKNOWN)
"""Nothing in the newer version continues it, as far as is on record."""


class Part(IntEnum):
    """The parts in which the points are listed, in this order."""

    NOT_CARRIED = 0
    CARRIED = 1
    ABOUT_NONE = 2


@dataclass(frozen=True)
class Carried:
    """What became of one point.

    Args:
        fate: of its paragraph.
        steps: where that is now; none where it was removed, or where the point is about none.
        quotes: whether it is about exact words.
        found: these words in the newer version, and the eId of their paragraph; None where they are not found again.
    """

    fate: Fate
    steps: Sequence[Step]
    quotes: bool = False
    found: tuple[Found, str] | None = None

    @property
    def is_unanchored(self) -> bool:
        """Whether it is about exact words that are not found again."""
        return self.quotes and self.found is None

    @property
    def is_carried(self) -> bool:
        """Whether its paragraph lives on, and the words that it is about."""
        return bool(self.steps) and not self.is_unanchored

    @property
    def part(self) -> Part:
        """Where it is listed."""
        if self.fate is Fate.GENERAL:
            return Part.ABOUT_NONE
        return Part.CARRIED if self.is_carried else Part.NOT_CARRIED


def _fates(version: DocumentVersion) -> Any:
    return (
        sa.select(
            Correspondence.before_id.label("before_id"),
            told_in_sql(Correspondence.continuation).label("fate"),
        )
        .where(Correspondence.version_id == version.id, Correspondence.before_id.is_not(None))
        .group_by(Correspondence.before_id)
        .subquery()
    )


def _fate(fates: Any) -> sa.ColumnElement[str]:
    return sa.case(
        (Comment.paragraph_id.is_(None), Fate.GENERAL.value),
        (fates.c.fate.is_(None), Fate.UNKNOWN.value),
        else_=fates.c.fate,
    )


def _gone(version: DocumentVersion, before: Round) -> sa.Select[int]:
    """SQL: the paragraphs of the draft of a round that nothing in a version continues, as far as is on record."""
    lives_on = sa.exists().where(
        Correspondence.before_id == Paragraph.id,
        Correspondence.version_id == version.id,
        Correspondence.after_id.is_not(None),
    )
    return (
        sa.select(Paragraph.id)
        .join(DocumentVersion, DocumentVersion.id == Paragraph.version_id)
        .where(DocumentVersion.round_id == before.id, sa.not_(lives_on))
    )


def count_points_on(version: DocumentVersion) -> dict[int, int]:
    """How many points are on each paragraph of a version, by key, as the desk accounts for them; one query."""
    rows = db.session.execute(
        sa.select(Paragraph.id, sa.func.count())
        .join(Comment, Comment.paragraph_id == Paragraph.id)
        .where(Paragraph.version_id == version.id, Comment.reference.is_not(None), Comment.withdrawn_at.is_(None))
        .group_by(Paragraph.id)
        .order_by(Paragraph.id)
    )
    return {row[0]: row[1] for row in rows}


def count_fates(version: DocumentVersion, before: Round, *conditions: sa.ColumnElement[bool]) -> dict[Fate, int]:
    """How many points of the round before have which fate in a version; they add up to all of them; one query.

    Args:
        version: the newer one.
        before: the round of the version that it continues.
        conditions: on the points, as `queries.PUBLIC`.
    """
    fates = _fates(version)
    fate = _fate(fates).label("fate")
    rows = db.session.execute(
        sa.select(fate, sa.func.count().label("number"))
        .select_from(Comment)
        .join(Comment.submission)
        .outerjoin(fates, fates.c.before_id == Comment.paragraph_id)
        .where(Comment.round_id == before.id, Comment.reference.is_not(None), *conditions)
        .group_by(fate)
    ).all()
    return {Fate(row.fate): row.number for row in rows}


def page_of_carried(
    version: DocumentVersion,
    before: Round,
    *conditions: sa.ColumnElement[bool],
    fate: Fate | None = None,
    part: Part | None = None,
    unanchored: Collection[int] = (),
    after: str | None,
    before_key: str | None,
) -> Page[Comment]:
    """Points of the round before: what could not be carried first; then by their place in the text.

    Args:
        version: the newer one.
        before: the round of the version that it continues.
        conditions: on the points.
        fate: only those with this one.
        part: only those of this one.
        unanchored: keys of points whose words are not found again, as `list_unanchored` gives them.
        after: key of the row before the page.
        before_key: key of the row behind it.
    """
    of_paragraphs = _fates(version)
    statement = (
        sa.select(Comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .outerjoin(of_paragraphs, of_paragraphs.c.before_id == Comment.paragraph_id)
        .options(joinedload(Comment.paragraph), joinedload(Comment.question).lazyload(Question.options))
        .where(Comment.round_id == before.id, Comment.reference.is_not(None), *conditions)
    )
    gone = _gone(version, before)
    listed = sa.case(
        (Comment.paragraph_id.is_(None), Part.ABOUT_NONE.value),
        (sa.or_(Comment.id.in_(sorted(unanchored)), Comment.paragraph_id.in_(gone)), Part.NOT_CARRIED.value),
        else_=Part.CARRIED.value,
    )
    if fate is not None:
        statement = statement.where(_fate(of_paragraphs) == fate.value)
    if part is not None:
        statement = statement.where(listed == part.value)

    gone_ids = set(db.session.scalars(gone))

    def key_of(row: Comment) -> list[int | str]:
        if row.paragraph is None:
            return [Part.ABOUT_NONE.value, 0, row.reference or ""]
        is_lost = row.id in unanchored or row.paragraph_id in gone_ids
        return [(Part.NOT_CARRIED if is_lost else Part.CARRIED).value, row.paragraph.position, row.reference or ""]

    return fetch_page(
        db.session,
        statement,
        [listed, sa.func.coalesce(Paragraph.position, 0), Comment.reference],
        key_of,
        after=after,
        before=before_key,
    )


def carried(comments: Iterable[Comment], *versions: DocumentVersion) -> dict[int, Carried]:
    """What became of each of these points in a version, by key; a few queries, however many they are.

    The version may be any later one: over several the weakest ground on the way counts. Of points of several
    consultations there is one of each.
    """
    rows = list(comments)
    steps = successors({row.paragraph_id for row in rows if row.paragraph_id is not None}, *versions)
    quotes = {row.id: row.quotation for row in rows if row.quotation is not None}
    places = {row.id: steps.get(row.paragraph_id or 0, []) for row in rows}
    found = _find_again({key: (quote, places[key]) for key, quote in quotes.items()}, *versions)
    return {
        row.id: Carried(
            _fate_of(row.paragraph_id, places[row.id]),
            [step for step in places[row.id] if step.paragraph_id is not None],
            row.id in quotes,
            found.get(row.id),
        )
        for row in rows
    }


def _fate_of(paragraph_id: int | None, steps: Sequence[Step]) -> Fate:
    if paragraph_id is None:
        return Fate.GENERAL
    if not steps:
        return Fate.UNKNOWN
    return Fate(told_of(step.continuation for step in steps).value)


def list_unanchored(version: DocumentVersion, before: Round, *conditions: sa.ColumnElement[bool]) -> set[int]:
    """The keys of points whose paragraph lives on without the words that they are about; a few queries."""
    fates = _fates(version)
    rows = db.session.execute(
        sa.select(Quotation, Comment.paragraph_id)
        .join(Comment, Comment.id == Quotation.comment_id)
        .join(Comment.submission)
        .join(fates, fates.c.before_id == Comment.paragraph_id)
        .where(
            Comment.round_id == before.id,
            Comment.reference.is_not(None),
            fates.c.fate.not_in([fate.value for fate in LOST]),
            # Of a paragraph that stays as it is, what is quoted is there, but for an edition that was brought anew.
            sa.or_(fates.c.fate.not_in([fate.value for fate in SAME]), Quotation.language != version.language),
            *conditions,
        )
        .order_by(Quotation.comment_id)
    ).all()
    steps = successors({row.paragraph_id for row in rows}, version)
    quotes = {row.Quotation.comment_id: (row.Quotation, steps.get(row.paragraph_id, [])) for row in rows}
    return set(quotes) - set(_find_again(quotes, version))


def _find_again(
    quotes: Mapping[int, tuple[Quotation, Sequence[Step]]], *versions: DocumentVersion
) -> dict[int, tuple[Found, str]]:
    """Where quoted words stand in what continues their paragraph; of several places the likeliest."""
    keys = {step.paragraph_id for _quote, steps in quotes.values() for step in steps if step.paragraph_id is not None}
    paragraphs = {
        row.id: row for row in db.session.scalars(sa.select(Paragraph).where(Paragraph.id.in_(sorted(keys)))) if keys
    }
    originals = {version.id: version.language for version in versions}
    languages = {quote.language for quote, _steps in quotes.values()}
    languages -= set(originals.values()) if len(versions) == 1 else set()
    texts = {code: paragraph_texts(paragraphs.values(), code) for code in sorted(languages)}
    found: dict[int, tuple[Found, str]] = {}
    for key, (quote, steps) in quotes.items():
        best: tuple[Found, str] | None = None
        for step in steps:
            paragraph = paragraphs.get(step.paragraph_id or 0)
            if paragraph is None:
                continue
            one = find_quote(_words(paragraph, quote.language, texts, originals[paragraph.version_id]), quote.quote)
            if one is not None and (best is None or _rank(one) > _rank(best[0])):
                best = (one, step.eid)
        if best is not None:
            found[key] = best
    return found


def _rank(found: Found) -> tuple[bool, float]:
    return found.is_exact, found.likeness


def _words(paragraph: Paragraph, language: str, texts: Mapping[str, Texts], original: str) -> str:
    """The plain words of a paragraph in the language of a quote; nothing where it has none in that language."""
    if language == original:
        return plain_text(paragraph.kind, paragraph.text)
    said = texts[language].of(paragraph.id, "text", paragraph.text, original)
    return plain_text(paragraph.kind, said.text) if said.language == language else ""
