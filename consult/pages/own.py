"""What authors see of their own points: where each stands, why one was restricted, what was answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from consult.access.roles import Actor
from consult.accounts.actors import Visitor
from consult.commitments.models import Commitment
from consult.commitments.queries import commitment_texts, commitments_of_points
from consult.consultations.queries import held
from consult.consultations.reading import ReadLink, read_links
from consult.core.locale import gettext as _
from consult.documents.queries import Place, places_of
from consult.moderation.models import ModerationDecision
from consult.moderation.queries import newest_decisions
from consult.responses.acknowledging import acknowledgements_of
from consult.responses.enums import Disposition
from consult.responses.models import Acknowledgement
from consult.responses.queries import SentVersion, ShownAnswer, list_sent_versions, shown_answer
from consult.responses.tracing.queries import CausedChange, changes_caused
from consult.submissions.disclosure import standing_of
from consult.submissions.enums import ModerationStatus, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.newest import InNewest, in_newest
from consult.submissions.queries import Marks, Reader, comments_of, marks_of
from consult.texts.models import Contest
from consult.texts.queries import AllTexts, load_all_texts, load_texts
from consult.texts.values import LocalizedText
from consult.translating.contesting import contests_of


@dataclass(frozen=True)
class Answer(ShownAnswer):
    """What was answered, in the language that its author asked for where it was translated.

    Args:
        disposition: how the point is addressed.
        is_proposal: whether that is for the members to decide.
        sent_at: when it was sent.
        number: of the version.
        said: whether it answers the point, as its author says; None where they have not said.
        reason: why this answer replaced an earlier one, in its original language; empty for the first.
        earlier: what was sent before, newest first.
    """

    disposition: Disposition
    is_proposal: bool
    sent_at: datetime
    number: int
    said: Acknowledgement | None = None
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
        translations: of the point, by language: the text, and the proposed change if there is one.
        contests: what its author said last of translations, by key of the translation.
        changes: of the text, that it caused.
        newest: what became of it in the newest text, where that is newer than the one that it is about.
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
    translations: Mapping[str, tuple[LocalizedText, LocalizedText]] = field(default_factory=dict)
    contests: Mapping[int, Contest] = field(default_factory=dict)
    changes: Sequence[CausedChange] = ()
    newest: InNewest | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to come: answered, closed under a class answer, or withdrawn."""
        return self.comment.is_withdrawn or self.comment.response_status in {ResponseStatus.SENT, ResponseStatus.CLOSED}


def own_points(
    submissions: Collection[Submission], language: str, *, asked: str | None = None, actor: Actor | None = None
) -> dict[int, list[OwnPoint]]:
    """The points of somebody's own submissions, by key of the submission; some thirty-five queries at most.

    Args:
        submissions: theirs.
        language: that they read the page in.
        asked: the language that they want to read the answers in now. Without it each is shown in the language that
            they wanted our answers in, else in that of the page, else in its own.
        actor: who reads; of a text that they may not read no change is shown. A visitor, unless it is said.
    """
    found = comments_of(submissions)
    by_key = {submission.id: submission for submission in submissions}
    comments = [comment for rows in found.values() for comment in rows]
    places = places_of(
        [comment.paragraph for comment in comments if comment.paragraph is not None], language, actor=None
    )
    asked_here = [c for c in comments if held(by_key[c.submission_id].round.consultation, language)]
    questions = load_texts("question", [c.question_id for c in asked_here if c.question_id is not None], language)
    options = load_texts("question_option", [c.option_id for c in asked_here if c.option_id is not None], language)
    marks = marks_of(comments, Reader.AUTHOR)
    restricted = [c.id for c in comments if c.moderation_status is ModerationStatus.RESTRICTED]
    decisions = newest_decisions(restricted)
    answers = _answers(comments, language, asked)
    texts = load_all_texts("comment", [comment.id for comment in comments if _may_be_translated(comment)])
    translations = {comment.id: _translations(comment, texts) for comment in comments}
    contests = contests_of(_keys_of(translations.values(), answers.values()))
    caused = changes_caused(comments, actor=actor, language=language)
    newest = in_newest(comments, actor=actor or Visitor(), language=language)
    promised = commitments_of_points([c.id for c in comments])
    promises = commitment_texts([one for found_ in promised.values() for one in found_], language)

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
            translations=translations[comment.id],
            contests=contests,
            changes=caused.get(comment.id, ()),
            newest=newest.get(comment.id),
        )

    return {key: [own(comment) for comment in rows] for key, rows in found.items()}


def _may_be_translated(comment: Comment) -> bool:
    """Whether its translations are shown: nowhere while it is restricted, not to its author either."""
    return not comment.is_withdrawn and comment.moderation_status is not ModerationStatus.RESTRICTED


def _translations(comment: Comment, texts: AllTexts) -> dict[str, tuple[LocalizedText, LocalizedText]]:
    found = {}
    for language in texts.languages_of(comment.id):
        into = texts.into(language)
        found[language] = (
            into.of(comment.id, "text", comment.text, comment.language),
            into.of(comment.id, "proposed_change", comment.proposed_change, comment.language),
        )
    return found


def _keys_of(
    translations: Iterable[Mapping[str, tuple[LocalizedText, LocalizedText]]], answers: Iterable[Answer]
) -> list[int]:
    """The keys of the translations that are shown."""
    texts = [text for of_point in translations for pair in of_point.values() for text in pair]
    for answer in answers:
        texts += [text for one in (answer, *answer.earlier) for text in (one.text, one.rationale)]
    return [text.provenance.key for text in texts if text.provenance is not None]


def _answers(comments: Sequence[Comment], language: str, asked: str | None) -> dict[int, Answer]:
    sent = list_sent_versions(comments)
    keys = [one.version.id for all_ in sent.values() for one in all_]
    texts, said = load_all_texts("response_version", keys), acknowledgements_of(keys)
    found = {}
    for comment in comments:
        if comment.id in sent:
            answers = [_answer(one, comment, texts, said, asked, language) for one in reversed(sent[comment.id])]
            found[comment.id] = replace(answers[0], earlier=answers[1:])
    return found


def _answer(
    sent: SentVersion,
    comment: Comment,
    texts: AllTexts,
    said: Mapping[int, Acknowledgement],
    asked: str | None,
    language: str,
) -> Answer:
    submission = comment.submission
    shown = shown_answer(sent.version, texts, [submission.language, language], asked=asked)
    return Answer(
        **vars(shown),
        disposition=sent.version.disposition,
        is_proposal=submission.round.consultation.is_member_driven,
        sent_at=sent.sent_at,
        number=sent.version.number,
        said=said.get(sent.version.id),
        reason=sent.reason or "",
    )


def links_of(points: Iterable[OwnPoint], address: Callable[[str], str]) -> list[ReadLink]:
    """What the answers to these can be read in, each language at its address; those that some was written in first."""
    answers = [point.answer for point in points if point.answer is not None]
    originals = sorted({answer.original_language for answer in answers})
    others = sorted({code for answer in answers for code in answer.languages} - set(originals))
    shown = {answer.language for answer in answers}
    current = shown.pop() if len(shown) == 1 else None
    return read_links([*originals, *others], address, originals=originals, current=current)


def answering_of(comment: Comment, marks: Marks) -> tuple[str, str] | None:
    """Where answering stands for the author, and the kind of the tag; steps inside the secretariat are not told."""
    if comment.is_withdrawn or not comment.asks_for_answer:
        return None
    if comment.response_status is ResponseStatus.SENT:
        return ResponseStatus.SENT.label, "accent"
    if comment.response_status is ResponseStatus.CLOSED and marks.is_superseded:
        return _("Superseded, asks for no answer"), "neutral"
    if comment.response_status is ResponseStatus.CLOSED:
        return ResponseStatus.CLOSED.label, "neutral"
    return ResponseStatus.UNANSWERED.label, "neutral"
