"""What stands in a document with its comments: the draft in one language, and what everybody reads of its points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from consult.consultations.models import Question, Round
from consult.consultations.queries import title_in
from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import pgettext
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.reading import Block, Draft, load_draft
from consult.publication.enums import GONE
from consult.publication.models import Release, ReleaseRow
from consult.publication.queries import find_latest_release
from consult.responses.enums import disposition_in_words
from consult.responses.queries import sent_versions
from consult.submissions.enums import CommentType, Nature
from consult.submissions.models import Comment, Quotation, Submission
from consult.submissions.queries import (
    PUBLIC,
    Marks,
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
        eid: of the block that it is on; empty where it is on none.
        place: what to call that: "3.2 ¶ 4", "Question 2"; empty for the text in general.
        who: who speaks, in words, as far as it is told.
        sort: what is told of the sort of author.
        day: when it was handed in; of a protected one when the round closed.
        text: the original first, then the translation into the reader's language where there is one.
        change: the proposed change likewise.
        made: who or what made the translation and when; empty where there is none.
        answer: where the response log gives one.
        is_superseded: a revision has taken its place.
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

    @property
    def reference(self) -> str:
        """What names it for ever."""
        return self.comment.reference or ""

    @property
    def nature(self) -> Nature:
        """What it asks for."""
        return self.comment.nature

    @property
    def comment_type(self) -> CommentType:
        """What kind of point it is."""
        return self.comment.comment_type

    @property
    def quotation(self) -> Quotation | None:
        """The words that it points at."""
        return self.comment.quotation


@dataclass(frozen=True)
class Annotated:
    """A draft in one language with the public points on it.

    Args:
        round: whose.
        title: of the consultation.
        draft: the text.
        points: by their place in the text; those on the text in general and answers to questions first.
        gone: references that the newest response log lists as withdrawn or struck.
        release: the number of that response log; 0 before there is one.
    """

    round: Round
    title: LocalizedText
    draft: Draft
    points: Sequence[Point]
    gone: Sequence[str]
    release: int

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
        """The points on no block."""
        return [point for point in self.points if not point.eid]

    @property
    def of_states(self) -> Mapping[Nature, int]:
        """How many reservations and statements of position there are."""
        return {nature: sum(point.nature is nature for point in self.points) for nature in Nature if nature.is_of_state}


def gather(round_: Round, version: DocumentVersion, *, edition: str, reader: str, words: str) -> Annotated:
    """A draft with the public points on it; about twenty queries, and as many again for each 500 points.

    The caller has asked whether its reader may read the draft, and the input.

    Args:
        round_: whose.
        version: its draft.
        edition: the language of the text.
        reader: the language of titles and questions.
        words: the language in which points and answers are wanted, where they are translated.
    """
    draft = load_draft(version, edition)
    release = find_latest_release(round_)
    comments = public_comments(round_)
    points: list[Point] = []
    for start in range(0, len(comments), CHUNK):
        points += _points(comments[start : start + CHUNK], draft, words=words, is_released=release is not None)
    return Annotated(
        round_,
        title_in(round_.consultation, reader),
        draft,
        points,
        _gone_in(release) if release is not None else [],
        release.number if release is not None else 0,
    )


def public_comments(round_: Round) -> Sequence[Comment]:
    """What everybody reads of a round, by place in the text or question, then by reference; never by arrival."""
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(Comment.submission)
            .outerjoin(Comment.paragraph)
            .outerjoin(Comment.question)
            .options(
                contains_eager(Comment.submission).options(selectinload(Submission.constituencies)),
                contains_eager(Comment.paragraph),
                contains_eager(Comment.question).lazyload(Question.options),
                joinedload(Comment.option),
            )
            .where(Comment.round_id == round_.id, PUBLIC)
            .order_by(
                sa.func.coalesce(Paragraph.position, 0), sa.func.coalesce(Question.position, 0), Comment.reference
            )
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


def _points(comments: Sequence[Comment], draft: Draft, *, words: str, is_released: bool) -> Iterator[Point]:
    blocks = {block.id: block for block in draft.blocks}
    told = speakers([comment.submission for comment in comments], for_staff=False)
    texts = load_texts("comment", [comment.id for comment in comments], words)
    marks = marks_of(comments, Reader.PUBLIC)
    answers = _answers(comments, words) if is_released else {}
    for comment in comments:
        block = blocks.get(comment.paragraph_id or 0)
        yield _point(comment, block, told[comment.submission_id], texts, marks[comment.id], answers.get(comment.id))


def _point(
    comment: Comment, block: Block | None, speaker: Speaker, texts: Texts, marks: Marks, answer: Answer | None
) -> Point:
    text = _both(texts, comment.id, "text", comment.text, comment.language)
    change = _both(texts, comment.id, "proposed_change", comment.proposed_change, comment.language)
    made = next((one.provenance for one in (*text[1:], *change[1:]) if one.provenance is not None), None)
    place = block.place if block is not None else ""
    if comment.question is not None:
        place = _("Question %(number)s", number=comment.question.position)
    return Point(
        comment,
        block.eid if block is not None else "",
        place,
        who_in_words(speaker),
        sort_in_words(speaker),
        comment.submission.public_day,
        text,
        change,
        made.sentence(comment.submission.round.zone) if made is not None else "",
        answer,
        marks.is_superseded,
    )


def _both(texts: Texts, key: int, field: str, original: str, language: str) -> Sequence[LocalizedText]:
    """The original, and its translation where there is one; nothing where there are no words."""
    if not original:
        return []
    said = texts.of(key, field, original, language)
    first = LocalizedText(original, language)
    return [first, said] if said.provenance is not None else [first]


def _answers(comments: Sequence[Comment], words: str) -> Mapping[int, Answer]:
    """The answers that the public reads, by key of the point."""
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
