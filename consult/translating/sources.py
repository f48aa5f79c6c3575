"""What there is to translate of a consultation, in its groups, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.access.roles import Actor
from consult.commitments.models import Commitment, CommitmentUpdate
from consult.consultations.history import is_concluded
from consult.consultations.models import (
    LOCALIZED_FIELDS,
    AddedLanguage,
    Consultation,
    Meeting,
    Outcome,
    Question,
    QuestionOption,
    Round,
    RoundExtension,
)
from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.text import LINE_MAX, PARAGRAPH_MAX, POINT_MAX
from consult.documents.enums import BlockKind
from consult.documents.models import Corrigendum, DocumentVersion, Edition, Paragraph
from consult.documents.queries.versions import IN_ORDER
from consult.responses.models import ANSWER_FIELDS, ChangeSource, Delivery, ResponseVersion, UnreflectedReason
from consult.responses.queries import CLEARED_CORRECTION
from consult.submissions.enums import ModerationStatus, ResponseStatus, SubmissionStatus
from consult.submissions.models import POINT_FIELDS, Comment, Submission
from consult.submissions.queries import read_by_everybody
from consult.translating.units import Source
from consult.translating.wording import group_title, label_of

# A translation may be longer than its source: Burmese takes twice the room of English.
LONGER = 2
# As the forms have it where the same words are entered in every language; others have the limit of a paragraph.
LIMITS = {
    ("consultation", "title"): LINE_MAX,
    ("consultation", "summary_changes"): 2_000,
    ("consultation", "summary_for_whom"): 1_500,
    ("consultation", "summary_asked"): 1_500,
    ("meeting", "title"): LINE_MAX,
    ("meeting", "place"): LINE_MAX,
    ("outcome", "body"): LINE_MAX,
    ("outcome", "note"): 3_000,
    ("corrigendum", "words"): 2_000,
    ("change_source", "source"): LINE_MAX,
    ("change_source", "reason"): 2_000,
    ("unreflected_reason", "reason"): 2_000,
    ("question", "text"): 1_000,
    ("question_option", "text"): LINE_MAX,
    ("commitment", "what"): 500,
    ("commitment", "office"): 200,
    ("commitment_update", "note"): 2_000,
    ("response_version", "rationale"): LONGER * PARAGRAPH_MAX,
    ("response_version", "text"): LONGER * POINT_MAX,
    ("comment", "text"): LONGER * POINT_MAX,
    ("comment", "proposed_change"): LONGER * POINT_MAX,
}


@dataclass(frozen=True)
class SourceGroup:
    """Sources that are translated together, and where their keys come from.

    Args:
        name: as in `units.Group`.
        title: in words.
        sources: in the order in which they are read.
        keys: kind of thing to a statement that selects the keys of all of them.
    """

    name: str
    title: str
    sources: Sequence[Source]
    keys: dict[str, sa.Select[Any]]


def list_sources(consultation: Consultation, *, actor: Actor) -> list[SourceGroup]:
    """All that this actor may translate of a consultation; a constant number of queries.

    Who may translate the texts of the consultation gets those; who may translate input gets answers and points. Those
    who see the desk get points that wait to be screened too, and what will not be published; others only what is
    public of them.
    """
    groups: list[SourceGroup] = []
    translates_texts = permits(actor, Permission.TEXT_TRANSLATE, consultation)
    translates_input = permits(actor, Permission.INPUT_TRANSLATE, consultation)
    sees_all = permits(actor, Permission.DESK_READ, consultation)
    if translates_texts:
        numbers = _round_numbers(consultation)
        groups += [
            _of_consultation(consultation, numbers),
            _of_questions(consultation, numbers),
            _of_draft(consultation, numbers),
        ]
    if translates_input:
        groups.append(_of_answers(consultation, sees_all=sees_all))
    if translates_texts:
        groups.append(_of_changes(consultation, sees_all=sees_all))
        groups.append(_of_commitments(consultation))
    if translates_input:
        groups.append(_of_points(consultation, sees_all=sees_all))
    return [group for group in groups if group.sources]


def _group(name: str, sources: Iterable[Source], keys: dict[str, sa.Select[Any]]) -> SourceGroup:
    return SourceGroup(name, group_title(name), [source for source in sources if source.source.strip()], keys)


def _limit(subject: str, field: str) -> int:
    return LIMITS.get((subject, field), PARAGRAPH_MAX)


def _round_numbers(consultation: Consultation) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Round.id, Round.number).where(Round.consultation_id == consultation.id).order_by(Round.number)
    )
    return {row.id: row.number for row in rows}


def _in_round(number: int, place: str, of: int) -> str:
    return place if of == 1 else _("Round %(number)s: %(place)s", number=number, place=place)


def _of_consultation(consultation: Consultation, numbers: dict[int, int]) -> SourceGroup:
    language = consultation.authentic_language
    is_of = Round.consultation_id == consultation.id
    keys: dict[str, sa.Select[Any]] = {
        "consultation": sa.select(Consultation.id).where(Consultation.id == consultation.id),
        "round": sa.select(Round.id).where(is_of),
        "round_extension": sa.select(RoundExtension.id).join(Round).where(is_of),
        "meeting": sa.select(Meeting.id).where(Meeting.consultation_id == consultation.id),
        "added_language": sa.select(AddedLanguage.id).where(AddedLanguage.consultation_id == consultation.id),
        "outcome": sa.select(Outcome.id).where(Outcome.consultation_id == consultation.id),
        "corrigendum": sa.select(Corrigendum.id).join(DocumentVersion).join(Round).where(is_of),
    }

    def source(subject: str, key: int, field: str, words: str, place: str = "") -> Source:
        return Source(subject, key, field, place or label_of(subject, field), words, language, _limit(subject, field))

    found = [source("consultation", consultation.id, field, getattr(consultation, field)) for field in LOCALIZED_FIELDS]
    found += _of_rounds(source, is_of, len(numbers))
    meetings = db.session.execute(
        sa.select(Meeting.id, Meeting.title, Meeting.place)
        .where(Meeting.consultation_id == consultation.id)
        .order_by(Meeting.first_day, Meeting.id)
    )
    found += [source("meeting", row.id, field, getattr(row, field)) for row in meetings for field in ("title", "place")]
    added = db.session.execute(
        sa.select(AddedLanguage.id, AddedLanguage.reason)
        .where(AddedLanguage.consultation_id == consultation.id)
        .order_by(AddedLanguage.begun_at, AddedLanguage.id)
    )
    found += [source("added_language", row.id, "reason", row.reason) for row in added]
    outcomes = db.session.execute(
        sa.select(Outcome.id, Outcome.body, Outcome.note)
        .where(Outcome.consultation_id == consultation.id)
        .order_by(Outcome.id)
    )
    found += [source("outcome", row.id, field, getattr(row, field)) for row in outcomes for field in ("body", "note")]
    return _group("consultation", found, keys)


def _of_rounds(source: Callable[..., Source], is_of: sa.ColumnElement[bool], number_of_rounds: int) -> Iterator[Source]:
    """What the rounds say of themselves: what is new in each, why it got more time, corrections to its draft."""
    introductions = sa.select(Round.id, Round.number, Round.introduction.label("words")).order_by(Round.number)
    extensions = (
        sa.select(RoundExtension.id, Round.number, RoundExtension.reason.label("words"))
        .join(Round)
        .order_by(RoundExtension.extended_at, RoundExtension.id)
    )
    corrigenda = (
        sa.select(Corrigendum.id, Round.number, Corrigendum.words, DocumentVersion.language)
        .join(DocumentVersion, DocumentVersion.id == Corrigendum.version_id)
        .join(Round, Round.id == DocumentVersion.round_id)
        .order_by(Corrigendum.issued_at, Corrigendum.id)
    )
    statements: list[tuple[str, str, Any]] = [
        ("round", "introduction", introductions),
        ("round_extension", "reason", extensions),
        ("corrigendum", "words", corrigenda),
    ]
    for subject, field, statement in statements:
        for row in db.session.execute(statement.where(is_of)):
            one = source(
                subject, row.id, field, row.words, _in_round(row.number, label_of(subject, field), number_of_rounds)
            )
            # A corrigendum is in the language of its draft, which may have been another than the consultation's.
            yield replace(one, source_language=row.language) if subject == "corrigendum" else one


def _of_questions(consultation: Consultation, numbers: dict[int, int]) -> SourceGroup:
    is_of = Round.consultation_id == consultation.id
    questions = sa.select(Question.id).join(Round).where(is_of)
    options = sa.select(QuestionOption.id).join(Question).join(Round).where(is_of)
    rows = db.session.execute(
        sa.select(Question.id, Question.round_id, Question.text).join(Round).where(is_of)
        .order_by(Round.number, Question.position, Question.id)
    ).all()  # fmt: skip
    options_of: dict[int, list[Any]] = {}
    for option in db.session.execute(
        sa.select(QuestionOption.id, QuestionOption.question_id, QuestionOption.text).join(Question).join(Round)
        .where(is_of).order_by(QuestionOption.position, QuestionOption.id)
    ):  # fmt: skip
        options_of.setdefault(option.question_id, []).append(option)

    def sources() -> Iterator[Source]:
        language, place_in_round, last = consultation.authentic_language, 0, None
        for row in rows:
            place_in_round, last = (place_in_round + 1 if row.round_id == last else 1), row.round_id
            number = numbers[row.round_id]
            place = _in_round(number, _("Question %(number)s", number=place_in_round), len(numbers))
            yield Source("question", row.id, "text", place, row.text, language, _limit("question", "text"))
            for position, option in enumerate(options_of.get(row.id, ()), start=1):
                place = _("Question %(number)s, option %(option)s", number=place_in_round, option=position)
                place = _in_round(number, place, len(numbers))
                limit = _limit("question_option", "text")
                yield Source("question_option", option.id, "text", place, option.text, language, limit)

    return _group("questions", sources(), {"question": questions, "question_option": options})


def _of_draft(consultation: Consultation, numbers: dict[int, int]) -> SourceGroup:
    is_of = DocumentVersion.consultation_id == consultation.id
    keys = sa.select(Paragraph.id).join(DocumentVersion).where(is_of)
    is_final = DocumentVersion.round_id.is_(None)
    editions: dict[int, set[str]] = {}
    for version_id, language in db.session.execute(
        sa.select(Edition.version_id, Edition.language)
        .join(DocumentVersion, DocumentVersion.id == Edition.version_id)
        .outerjoin(Round)
        .where(is_of, sa.or_(Round.opened_at.is_not(None), is_final if is_concluded(consultation) else sa.false()))
        .order_by(Edition.id)
    ):
        if language in consultation.languages:  # else nobody reads it yet
            editions.setdefault(version_id, set()).add(language)
    rows = db.session.execute(
        sa.select(
            Paragraph.id, Paragraph.version_id, Paragraph.kind, Paragraph.number, Paragraph.inside, Paragraph.text,
            DocumentVersion.language, Round.number.label("round_number"),
        )
        .join(DocumentVersion, DocumentVersion.id == Paragraph.version_id)
        .outerjoin(Round, Round.id == DocumentVersion.round_id)
        .where(is_of)
        .order_by(*IN_ORDER, Paragraph.position)
    ).all()  # fmt: skip
    number_of_texts = len(numbers) + any(row.round_number is None for row in rows)

    def sources() -> Iterator[Source]:
        section = ""
        for row in rows:
            if row.kind is BlockKind.HEADING:
                section = row.number
                place = _("Heading %(number)s", number=row.number) if row.number else label_of("paragraph", "heading")
            else:
                place = f"{section} ¶ {row.inside}".strip()
            if row.round_number is None:
                place = _("Final text: %(place)s", place=place)
            else:
                place = _in_round(row.round_number, place, number_of_texts)
            limit = max(POINT_MAX, LONGER * len(row.text))
            fixed = frozenset(editions.get(row.version_id, ()))
            yield Source("paragraph", row.id, "text", place, row.text, row.language, limit, fixed, kind=row.kind)

    return _group("draft", sources(), {"paragraph": keys})


def newest_answers(consultation_ids: Sequence[int]) -> sa.Select[Any]:
    """Keys of the newest version of each answer that was sent, or is cleared and will be."""
    newest = (
        sa.select(sa.func.max(ResponseVersion.id))
        .where(ResponseVersion.comment_id == Comment.id)
        .correlate(Comment)
        .scalar_subquery()
    )
    was_sent = sa.exists().where(Delivery.response_version_id == ResponseVersion.id).correlate(ResponseVersion)
    is_cleared = sa.and_(
        ResponseVersion.id == newest,
        sa.or_(Comment.response_status == ResponseStatus.CLEARED, CLEARED_CORRECTION),
    )
    return (
        sa.select(sa.func.max(ResponseVersion.id))
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .join(Round, Round.id == Comment.round_id)
        .where(
            Round.consultation_id.in_(consultation_ids),
            Comment.withdrawn_at.is_(None),
            sa.or_(was_sent, is_cleared),
        )
        .group_by(ResponseVersion.comment_id)
    )


def _of_answers(consultation: Consultation, *, sees_all: bool) -> SourceGroup:
    newest = newest_answers([consultation.id])
    rows = db.session.execute(
        sa.select(
            ResponseVersion.id, ResponseVersion.number, ResponseVersion.text, ResponseVersion.rationale,
            ResponseVersion.language, Comment.reference, Submission.language.label("author_language"),
        )
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Round, Round.id == Comment.round_id)
        .outerjoin(Paragraph, Paragraph.id == Comment.paragraph_id)
        .where(ResponseVersion.id.in_(newest), *(() if sees_all else (read_by_everybody(consultation.rounds),)))
        .order_by(Round.number, sa.func.coalesce(Paragraph.position, 0), Comment.reference)
    )  # fmt: skip

    def sources() -> Iterator[Source]:
        for row in rows:
            wanted, name = row.author_language or "", f"{row.reference}-{row.number}"
            for field in ANSWER_FIELDS:
                place = label_of("response_version", field, reference=row.reference)
                words, limit = getattr(row, field), _limit("response_version", field)
                yield Source(
                    "response_version", row.id, field, place, words, row.language, limit, wanted_in=wanted, name=name
                )

    return _group("answers", sources(), {"response_version": newest})


def _of_changes(consultation: Consultation, *, sees_all: bool) -> SourceGroup:
    """What is said with the outcome of changes of the text: of those that no point asked for, and of missing ones."""
    sources_of = sa.select(ChangeSource.id).where(ChangeSource.consultation_id == consultation.id)
    reasons_of = (
        sa.select(UnreflectedReason.id)
        .join(Comment, Comment.id == UnreflectedReason.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Round, Round.id == Comment.round_id)
        .where(
            Round.consultation_id == consultation.id,
            Comment.withdrawn_at.is_(None),
            *(() if sees_all else (read_by_everybody(consultation.rounds),)),
        )
    )
    changes = db.session.execute(
        sources_of.add_columns(ChangeSource.source, ChangeSource.reason).order_by(ChangeSource.id)
    ).all()
    reasons = db.session.execute(
        reasons_of.add_columns(UnreflectedReason.reason, Comment.reference).order_by(Comment.reference)
    ).all()

    def sources() -> Iterator[Source]:
        language = consultation.authentic_language
        for row in changes:
            for field in ("source", "reason"):
                place, limit = label_of("change_source", field), _limit("change_source", field)
                yield Source("change_source", row.id, field, place, getattr(row, field), language, limit)
        for row in reasons:
            place = label_of("unreflected_reason", "reason", reference=row.reference)
            limit = _limit("unreflected_reason", "reason")
            yield Source("unreflected_reason", row.id, "reason", place, row.reason, language, limit, name=row.reference)

    return _group("changes", sources(), {"change_source": sources_of, "unreflected_reason": reasons_of})


def _of_commitments(consultation: Consultation) -> SourceGroup:
    is_of = Commitment.consultation_id == consultation.id
    keys: dict[str, sa.Select[Any]] = {
        "commitment": sa.select(Commitment.id).where(is_of),
        "commitment_update": sa.select(CommitmentUpdate.id).join(Commitment).where(is_of),
    }
    updates: dict[int, list[Any]] = {}
    for row in db.session.execute(
        sa.select(CommitmentUpdate.id, CommitmentUpdate.commitment_id, CommitmentUpdate.note)
        .join(Commitment).where(is_of).order_by(CommitmentUpdate.id)
    ):  # fmt: skip
        updates.setdefault(row.commitment_id, []).append(row)
    rows = db.session.execute(
        sa.select(Commitment.id, Commitment.reference, Commitment.language, Commitment.what, Commitment.office)
        .where(is_of).order_by(Commitment.due, Commitment.id)
    )  # fmt: skip

    def sources() -> Iterator[Source]:
        for row in rows:
            for field in ("what", "office"):
                place = label_of("commitment", field, reference=row.reference)
                limit = _limit("commitment", field)
                yield Source("commitment", row.id, field, place, getattr(row, field), row.language, limit)
            for update in updates.get(row.id, ()):
                place = label_of("commitment_update", "note", reference=row.reference)
                limit = _limit("commitment_update", "note")
                yield Source("commitment_update", update.id, "note", place, update.note, row.language, limit)

    return _group("commitments", sources(), keys)


def _of_points(consultation: Consultation, *, sees_all: bool) -> SourceGroup:
    conditions = [
        Round.consultation_id == consultation.id,
        Comment.reference.is_not(None),
        Comment.withdrawn_at.is_(None),
    ]
    if sees_all:
        conditions += [
            Submission.status == SubmissionStatus.SUBMITTED,
            Comment.moderation_status != ModerationStatus.RESTRICTED,
        ]
    else:
        conditions.append(read_by_everybody(consultation.rounds))
    joined = (
        sa.select(Comment.id)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Round, Round.id == Comment.round_id)
        .where(*conditions)
    )
    rows = db.session.execute(
        joined.add_columns(
            Comment.text, Comment.proposed_change, Comment.language, Comment.language_words, Comment.reference
        )
        .outerjoin(Paragraph, Paragraph.id == Comment.paragraph_id)
        .order_by(Round.number, sa.func.coalesce(Paragraph.position, 0), Comment.reference)
    )

    def sources() -> Iterator[Source]:
        for row in rows:
            for field in POINT_FIELDS:
                place = label_of("comment", field, reference=row.reference)
                words, limit = getattr(row, field), _limit("comment", field)
                said_in, name = row.language_words, row.reference
                yield Source(
                    "comment", row.id, field, place, words, row.language, limit, language_words=said_in, name=name
                )

    return _group("points", sources(), {"comment": joined})
