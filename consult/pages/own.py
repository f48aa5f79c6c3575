"""What authors see of their own points: where each stands, why one was restricted, what was answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from consult.accounts.actors import SYSTEM
from consult.commitments.models import Commitment
from consult.commitments.queries import commitment_texts, commitments_of_points
from consult.consultations.enums import Visibility
from consult.core.locale import gettext as _
from consult.documents.queries import Place, places_of
from consult.moderation.models import ModerationDecision
from consult.moderation.queries import newest_decisions
from consult.responses.enums import Disposition
from consult.responses.queries import list_sent_versions
from consult.submissions.enums import CredentialStatus, ModerationStatus, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import Marks, Reader, comments_of, is_input_reader, marks_of
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class Answer:
    """What was answered, in the reader's language where it was translated.

    Args:
        disposition: how the point is addressed.
        is_proposal: whether that is for the members to decide.
        rationale: why.
        text: the answer.
        sent_at: when it was sent.
        language: of the reason for a correction.
        reason: why this answer replaced an earlier one; empty for the first.
        earlier: what was sent before, newest first.
    """

    disposition: Disposition
    is_proposal: bool
    rationale: LocalizedText
    text: LocalizedText
    sent_at: datetime
    language: str
    reason: str = ""
    earlier: Sequence[Answer] = ()


@dataclass(frozen=True)
class OwnPoint:
    """A point as its author sees it.

    Args:
        comment: the point.
        place: of its paragraph, if it is about one.
        question: the words of the question that it answers, if any.
        standing: where screening stands, in words, and the kind of the tag.
        answering: where answering stands, in words, and the kind of the tag; None when nothing will be answered.
        restriction: the decision that restricts it.
        answer: what was sent.
        option: the words of the option that it gives reasons on, if any.
        marks: what takes its place, and what it takes the place of.
        commitments: that its answer led to, each with what is promised.
    """

    comment: Comment
    place: Place | None
    question: LocalizedText | None
    standing: tuple[str, str]
    answering: tuple[str, str] | None
    restriction: ModerationDecision | None
    answer: Answer | None
    option: LocalizedText | None
    marks: Marks
    commitments: Sequence[tuple[Commitment, LocalizedText]]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to come: answered, closed under a class answer, or withdrawn."""
        return self.comment.is_withdrawn or self.comment.response_status in {ResponseStatus.SENT, ResponseStatus.CLOSED}


def own_points(submissions: Collection[Submission], language: str) -> dict[int, list[OwnPoint]]:
    """The points of somebody's own submissions, by key of the submission; at most twelve queries."""
    found = comments_of(submissions)
    comments = [comment for rows in found.values() for comment in rows]
    places = places_of([comment.paragraph for comment in comments if comment.paragraph is not None], language)
    questions = load_texts("question", [c.question_id for c in comments if c.question_id is not None], language)
    options = load_texts("question_option", [c.option_id for c in comments if c.option_id is not None], language)
    marks = marks_of(comments, Reader.AUTHOR)
    restricted = [c.id for c in comments if c.moderation_status is ModerationStatus.RESTRICTED]
    decisions = newest_decisions(restricted)
    answers = _answers(comments, language)
    promised = commitments_of_points([c.id for c in comments])
    promises = commitment_texts([one for found_ in promised.values() for one in found_], language)
    by_key = {submission.id: submission for submission in submissions}

    def own(comment: Comment) -> OwnPoint:
        submission = by_key[comment.submission_id]
        original = submission.round.consultation.authentic_language
        asked, about = comment.question, comment.option
        return OwnPoint(
            comment=comment,
            place=places.get(comment.paragraph_id) if comment.paragraph_id is not None else None,
            question=questions.of(asked.id, "text", asked.text, original) if asked is not None else None,
            standing=standing_of(comment),
            answering=answering_of(comment, marks[comment.id]),
            restriction=decisions.get(comment.id) if not comment.is_withdrawn else None,
            answer=answers.get(comment.id),
            option=options.of(about.id, "text", about.text, original) if about is not None else None,
            marks=marks[comment.id],
            commitments=[(one, promises.of(one.id, "what", one.what, one.language)) for one in promised[comment.id]],
        )

    return {key: [own(comment) for comment in rows] for key, rows in found.items()}


def _answers(comments: Sequence[Comment], language: str) -> dict[int, Answer]:
    sent = list_sent_versions(comments)
    texts = load_texts("response_version", [one.version.id for all_ in sent.values() for one in all_], language)
    found = {}
    for comment in comments:
        if comment.id not in sent:
            continue
        answers = [
            Answer(
                one.version.disposition,
                comment.submission.round.consultation.is_member_driven,
                texts.of(one.version.id, "rationale", one.version.rationale, one.version.language),
                texts.of(one.version.id, "text", one.version.text, one.version.language),
                one.sent_at,
                one.version.language,
                one.reason or "",
            )
            for one in reversed(sent[comment.id])
        ]
        found[comment.id] = replace(answers[0], earlier=answers[1:])
    return found


def standing_of(comment: Comment) -> tuple[str, str]:
    """Where screening stands for the author, and the kind of the tag."""
    submission = comment.submission
    if comment.is_withdrawn:
        return _("Withdrawn"), "neutral"
    if submission.credential_status is CredentialStatus.AWAITED:
        return _("Waits for your credential"), "attention"
    if comment.moderation_status is ModerationStatus.RESTRICTED:
        return ModerationStatus.RESTRICTED.label, "bad"
    if comment.moderation_status is ModerationStatus.WAITING:
        return ModerationStatus.WAITING.label, "neutral"
    if submission.publication_setting is PublicationSetting.NOT_PUBLISHED:
        return _("Read, and not published, as you chose"), "good"
    if submission.round.visibility is Visibility.PARTICIPANTS_ONLY:
        return _("Shown to those who take part"), "good"
    if not is_input_reader(SYSTEM, submission.round):
        return _("Read, not public yet"), "good"
    return ModerationStatus.PUBLISHED.label, "good"


def answering_of(comment: Comment, marks: Marks) -> tuple[str, str] | None:
    """Where answering stands for the author, and the kind of the tag; steps inside the secretariat are not told."""
    if comment.is_withdrawn or not comment.submission.round.asks_for_answers:
        return None
    if comment.response_status is ResponseStatus.SENT:
        return ResponseStatus.SENT.label, "accent"
    if comment.response_status is ResponseStatus.CLOSED and marks.is_superseded:
        return _("Superseded, asks for no answer"), "neutral"
    if comment.response_status is ResponseStatus.CLOSED:
        return ResponseStatus.CLOSED.label, "neutral"
    return ResponseStatus.UNANSWERED.label, "neutral"
