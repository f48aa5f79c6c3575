"""What stands in a document with its comments: the text in one language, and what everybody reads of its points."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from consult.consultations.models import Consultation, Question, Round
from consult.consultations.queries import title_in
from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import pgettext
from consult.documents.models import DocumentVersion
from consult.documents.reading import Block, Draft, load_draft
from consult.publication.annotated.carried import InFinal, in_final
from consult.publication.enums import GONE
from consult.publication.models import Release, ReleaseRow
from consult.publication.queries import find_latest_release
from consult.responses.enums import disposition_in_words
from consult.responses.queries import sent_versions
from consult.submissions.enums import CommentType, Nature
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import (
    IN_TEXT_ORDER,
    PUBLIC,
    Reader,
    Speaker,
    answers_told,
    marks_of,
    speakers,
)
from consult.texts.queries import Texts, load_texts
from consult.texts.values import LocalizedText

CHUNK = 500
PART_BLOCKS, PART_POINTS = 80, 40
"""About how much stands on one page; a section is never cut before it has this much."""


@dataclass(frozen=True)
class Text:
    """A version of the text, and whose points stand in it.

    Args:
        version: a draft, or the final text.
        rounds: whose public points its reader may read, first round first; of a draft its own.
        quoted: the keys of those among them whose draft the reader may read: words of others are not shown.
    """

    version: DocumentVersion
    rounds: Sequence[Round]
    quoted: Collection[int]

    @property
    def zone(self) -> str:
        """In which its days are told: that of the newest of the rounds."""
        return self.rounds[-1].zone

    @property
    def label(self) -> str:
        """What it is called beside others: by its round, the final text by its consultation."""
        round_ = self.version.of_round
        return round_.label if round_ is not None else self.version.consultation.code


@dataclass(frozen=True)
class Answer:
    """How a point was addressed, as the response log gives it.

    Args:
        disposition: in words.
        words: the answer: the original, and its translation into the reader's language where there is one.
        reason: why, likewise.
    """

    disposition: str
    words: Sequence[LocalizedText]
    reason: Sequence[LocalizedText]


@dataclass(frozen=True)
class Point:
    """A public point as every form of the document shows it.

    Args:
        comment: its row; of the author nothing is read but what stands here.
        eid: of the block that it stands beside; empty where it is on none.
        place: what to call that, or where it was made: "3.2 ¶ 4", "Question 2"; empty for the text in general.
        who: who speaks, in words, as far as it is told.
        sort: what is told of the sort of author.
        day: when it was handed in; of a protected one when the round closed.
        text: the original first, then the translation into the reader's language where there is one.
        change: the proposed change likewise.
        made: who or what made the translation and when; empty where there is none.
        answer: where the response log gives one.
        is_superseded: a revision has taken its place.
        quote: the words that it points at, where the reader may read the draft that they are of.
        span: where these stand in its block, where they are in the language of the text.
        carried: in the final text, how it came there from the draft that it was made on.
    """

    comment: Comment
    eid: str
    place: str
    who: str
    sort: str
    day: date | None
    text: Sequence[LocalizedText]
    change: Sequence[LocalizedText]
    made: str
    answer: Answer | None
    is_superseded: bool
    quote: LocalizedText | None
    span: tuple[int, int] | None
    carried: InFinal | None = None

    @property
    def reference(self) -> str:
        """What names it for ever."""
        return self.comment.reference or ""

    @property
    def nature(self) -> Nature:
        """What it asks for."""
        return self.comment.nature

    @property
    def kind(self) -> CommentType | Nature:
        """What it is: its type; of what a State puts on record, its nature."""
        return self.comment.kind

    @property
    def is_lost(self) -> bool:
        """Whether it could not be carried to the final text."""
        return self.carried is not None and self.carried.is_lost


@dataclass(frozen=True)
class Annotated:
    """A text in one language with the public points on it.

    Args:
        source: the version, and whose points.
        title: of the consultation.
        draft: the text.
        points: by their place in the text; those on the text in general and answers to questions first.
        gone: references that the newest response logs list as withdrawn or struck.
        awaits_answers: whether a response log is still to come of one of the rounds.
    """

    source: Text
    title: LocalizedText
    draft: Draft
    points: Sequence[Point]
    gone: Sequence[str]
    awaits_answers: bool

    @property
    def consultation(self) -> Consultation:
        """Whose text it is."""
        return self.source.version.consultation

    @property
    def by_eid(self) -> Mapping[str, Sequence[Point]]:
        """The points on each block."""
        found: dict[str, list[Point]] = {}
        for point in self.points:
            if point.eid:
                found.setdefault(point.eid, []).append(point)
        return found

    @property
    def in_general(self) -> Sequence[Point]:
        """The points on no block, by their authors' will."""
        return [point for point in self.points if not point.eid and not point.is_lost]

    @property
    def lost(self) -> Sequence[Point]:
        """The points whose words could not be found again in the final text."""
        return [point for point in self.points if point.is_lost]

    @property
    def by_section(self) -> Mapping[str, int]:
        """How many points stand in each section, those within it too, by the eId of its heading."""
        points = self.by_eid
        found: dict[str, int] = {}
        above: list[tuple[int, str]] = []
        for block in self.draft.blocks:
            if block.is_heading:
                above = [one for one in above if one[0] < block.level] + [(block.level, block.eid)]
            for _level, eid in above:
                found[eid] = found.get(eid, 0) + len(points.get(block.eid, ()))
        return found

    @property
    def has_translated_answers(self) -> bool:
        """Whether some answers stand there in translation too."""
        answers = [point.answer for point in self.points if point.answer is not None]
        return any(len(answer.words) > 1 or len(answer.reason) > 1 for answer in answers)

    @property
    def of_states(self) -> Mapping[Nature, int]:
        """How many reservations and statements of position there are."""
        return {nature: sum(point.nature is nature for point in self.points) for nature in Nature if nature.is_of_state}


def gather(text: Text, *, edition: str, reader: str, words: str) -> Annotated:
    """A text with the public points on it; about twenty queries, and as many again for each 500 points.

    The caller has asked what its reader may read.

    Args:
        text: which, and whose points.
        edition: the language of the text.
        reader: the language of titles and questions.
        words: the language in which points and answers are wanted, where they are translated.
    """
    draft = load_draft(text.version, edition)
    releases = [release for release in (find_latest_release(round_) for round_ in text.rounds) if release is not None]
    released = {release.round_id for release in releases}
    comments = public_comments(text.rounds)
    points: list[Point] = []
    for start in range(0, len(comments), CHUNK):
        points += _points(comments[start : start + CHUNK], text, draft, words=words, released=released)
    order = {block.eid: place for place, block in enumerate(draft.blocks)}
    return Annotated(
        text,
        title_in(text.version.consultation, reader),
        draft,
        sorted(points, key=lambda point: order.get(point.eid, -1)),
        [reference for release in releases for reference in _gone_in(release)],
        any(round_.asks_for_answers and round_.id not in released for round_ in text.rounds),
    )


def public_comments(rounds: Sequence[Round]) -> Sequence[Comment]:
    """What everybody reads of some rounds, one after the other, in the order of the text; never by arrival."""
    of_round = aliased(Round)
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(Comment.submission)
            .join(of_round, of_round.id == Comment.round_id)
            .outerjoin(Comment.paragraph)
            .outerjoin(Comment.question)
            .options(
                contains_eager(Comment.submission).options(selectinload(Submission.constituencies)),
                contains_eager(Comment.paragraph),
                contains_eager(Comment.question).lazyload(Question.options),
                joinedload(Comment.option),
            )
            .where(Comment.round_id.in_([round_.id for round_ in rounds]), PUBLIC)
            .order_by(of_round.number, *IN_TEXT_ORDER)
        )
        .unique()
        .all()
    )


def _gone_in(release: Release) -> Sequence[str]:
    """The references of which the newest response log shows nothing more."""
    statement = (
        sa.select(Comment.reference)
        .join(ReleaseRow, ReleaseRow.comment_id == Comment.id)
        .where(
            ReleaseRow.release_id == release.id,
            sa.or_(ReleaseRow.shown.in_(GONE), Comment.withdrawn_at.is_not(None)),
        )
        .order_by(Comment.reference)
    )
    return [reference for reference in db.session.scalars(statement) if reference]


def _points(
    comments: Sequence[Comment], text: Text, draft: Draft, *, words: str, released: Collection[int]
) -> Iterator[Point]:
    blocks = {block.eid: block for block in draft.blocks}
    told = speakers([comment.submission for comment in comments], for_staff=False)
    texts = load_texts("comment", [comment.id for comment in comments], words)
    marks = marks_of(comments, Reader.PUBLIC)
    answers = _answers([comment for comment in comments if comment.round_id in released], words)
    carried = in_final(comments, text.version, text.quoted) if text.version.is_final else {}
    for comment in comments:
        one = carried.get(comment.id)
        eid = one.eid if one is not None else comment.paragraph.eid if comment.paragraph is not None else ""
        block = blocks.get(eid)
        quotation = comment.quotation if comment.round_id in text.quoted else None
        span = None
        if quotation is not None and block is not None and quotation.language == block.text.language:
            span = one.span if one is not None else (quotation.start, quotation.end)
        said = _both(texts, comment.id, "text", comment.text, comment.language)
        change = _both(texts, comment.id, "proposed_change", comment.proposed_change, comment.language)
        made = next((one.provenance for one in (*said[1:], *change[1:]) if one.provenance is not None), None)
        yield Point(
            comment,
            block.eid if block is not None else "",
            _place(comment, block),
            who_in_words(told[comment.submission_id]),
            sort_in_words(told[comment.submission_id]),
            comment.submission.public_day,
            said,
            change,
            made.sentence(comment.submission.round.zone) if made is not None else "",
            answers.get(comment.id),
            marks[comment.id].is_superseded,
            LocalizedText(quotation.exact, quotation.language) if quotation is not None else None,
            span,
            one,
        )


def _place(comment: Comment, block: Block | None) -> str:
    if comment.question is not None:
        return _("Question %(number)s", number=comment.question.position)
    return block.place if block is not None else ""


def _both(texts: Texts, key: int, field: str, original: str, language: str) -> Sequence[LocalizedText]:
    """The original, and its translation where there is one; nothing where there are no words."""
    if not original:
        return []
    said = texts.of(key, field, original, language)
    first = LocalizedText(original, language)
    return [first, said] if said.provenance is not None else [first]


def _answers(comments: Sequence[Comment], words: str) -> Mapping[int, Answer]:
    """The answers that the public reads, by key of the point."""
    if not comments:
        return {}
    told = answers_told(comments)
    versions = sent_versions([c for c in comments if c.id in told and c.asks_for_answer])
    texts = load_texts("response_version", [version.id for version in versions.values()], words)
    found = {}
    for key, version in versions.items():
        is_proposal = version.comment.submission.round.consultation.is_member_driven
        found[key] = Answer(
            disposition_in_words(version.disposition, is_proposal=is_proposal),
            _both(texts, version.id, "text", version.text, version.language),
            _both(texts, version.id, "rationale", version.rationale, version.language),
        )
    return found


def who_in_words(speaker: Speaker) -> str:
    """Who speaks, as far as it is told, in one line."""
    if not speaker.name:
        return _("No name given")
    organisation = speaker.organisation if speaker.organisation != speaker.name else ""
    return pgettext("list", ", ").join(part for part in (speaker.name, organisation, speaker.country_words) if part)


def sort_in_words(speaker: Speaker) -> str:
    """What is told of the sort of author, in one line."""
    face = speaker.face
    parts = [str(constituency.label) for constituency in face.constituencies]
    if not parts and face.group is not None:
        parts = [str(face.group.label)]
    if face.capacity is not None:
        parts.append(str(face.capacity.label))
    return pgettext("list", ", ").join(parts)


@dataclass(frozen=True)
class Part:
    """What stands on one page of a long document: blocks that follow one another."""

    number: int
    blocks: Sequence[Block]


def parts_of(annotated: Annotated) -> Sequence[Part]:
    """The pages of a document; a new one begins at a heading, once enough stands on the one before."""
    points = annotated.by_eid
    parts: list[list[Block]] = [[]]
    weight = 0.0
    for block in annotated.draft.blocks:
        if block.is_heading and weight >= 1:
            parts.append([])
            weight = 0.0
        parts[-1].append(block)
        weight += 1 / PART_BLOCKS + len(points.get(block.eid, ())) / PART_POINTS
    return [Part(number, blocks) for number, blocks in enumerate(parts, start=1)]
