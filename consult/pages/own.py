"""What authors see of their own points: where each stands, why one was restricted, what was answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from consult.accounts.actors import SYSTEM
from consult.consultations.queries import is_input_reader
from consult.core.locale import gettext as _
from consult.documents.queries import Place, places_of
from consult.moderation.models import ModerationDecision
from consult.moderation.queries import newest_decisions
from consult.responses.enums import Disposition
from consult.responses.queries import sent_versions
from consult.submissions.enums import CredentialStatus, ModerationStatus, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import comments_of
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class Answer:
    """What was answered, in the reader's language where it was translated."""

    disposition: Disposition
    is_proposal: bool
    rationale: LocalizedText
    text: LocalizedText


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
    """

    comment: Comment
    place: Place | None
    question: LocalizedText | None
    standing: tuple[str, str]
    answering: tuple[str, str] | None
    restriction: ModerationDecision | None
    answer: Answer | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to come: answered, closed under a class answer, or withdrawn."""
        return self.comment.is_withdrawn or self.comment.response_status in {ResponseStatus.SENT, ResponseStatus.CLOSED}


def own_points(submissions: Collection[Submission], language: str) -> dict[int, list[OwnPoint]]:
    """The points of somebody's own submissions, by key of the submission; eight queries, however many there are."""
    found = comments_of(submissions)
    comments = [comment for rows in found.values() for comment in rows]
    places = places_of([comment.paragraph for comment in comments if comment.paragraph is not None], language)
    questions = load_texts("question", [c.question_id for c in comments if c.question_id is not None], language)
    restricted = [c.id for c in comments if c.moderation_status is ModerationStatus.RESTRICTED]
    decisions = newest_decisions(restricted)
    answers = _answers(comments, language)
    by_key = {submission.id: submission for submission in submissions}

    def own(comment: Comment) -> OwnPoint:
        submission = by_key[comment.submission_id]
        original = submission.round.consultation.authentic_language
        asked = comment.question
        return OwnPoint(
            comment=comment,
            place=places.get(comment.paragraph_id) if comment.paragraph_id is not None else None,
            question=questions.of(asked.id, "text", asked.text, original) if asked is not None else None,
            standing=standing_of(comment),
            answering=answering_of(comment),
            restriction=decisions.get(comment.id) if not comment.is_withdrawn else None,
            answer=answers.get(comment.id),
        )

    return {key: [own(comment) for comment in rows] for key, rows in found.items()}


def _answers(comments: Sequence[Comment], language: str) -> dict[int, Answer]:
    versions = sent_versions(comments)
    texts = load_texts("response_version", [version.id for version in versions.values()], language)
    return {
        comment.id: Answer(
            version.disposition,
            comment.submission.round.consultation.is_member_driven,
            texts.of(version.id, "rationale", version.rationale, version.language),
            texts.of(version.id, "text", version.text, version.language),
        )
        for comment in comments
        if (version := versions.get(comment.id)) is not None
    }


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
    if not is_input_reader(SYSTEM, submission.round):
        return _("Read, not public yet"), "good"
    return ModerationStatus.PUBLISHED.label, "good"


def answering_of(comment: Comment) -> tuple[str, str] | None:
    """Where answering stands for the author, and the kind of the tag; steps inside the secretariat are not told."""
    if comment.is_withdrawn:
        return None
    if comment.response_status is ResponseStatus.SENT:
        return ResponseStatus.SENT.label, "accent"
    if comment.response_status is ResponseStatus.CLOSED:
        return ResponseStatus.CLOSED.label, "neutral"
    return ResponseStatus.UNANSWERED.label, "neutral"
