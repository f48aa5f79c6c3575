"""Points, answers and releases as resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from consult.accounts.actors import Visitor
from consult.api.assembling.words import list_made, page_url
from consult.api.queries import questions_of, released_answers
from consult.api.resources import (
    CommentItem,
    FileOf,
    Gone,
    ParagraphRef,
    QuestionRef,
    ReleaseItem,
    ResponseItem,
    Restricted,
    Restriction,
    SpeakerOf,
    Struck,
)
from consult.consultations.models import Consultation, Question, Round
from consult.core.clock import to_wall
from consult.documents.queries import Place, places_of
from consult.moderation.models import ModerationDecision
from consult.moderation.queries import newest_decisions
from consult.publication.enums import FileKind, Shown
from consult.publication.models import Release
from consult.publication.queries import file_name, outdated_releases
from consult.publication.rows import shown_of
from consult.submissions.enums import ModerationStatus, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import Marks, Reader, Speaker, answers_told, marks_of, public_face, speakers
from consult.submissions.services import is_public
from consult.texts.queries import AllTexts, load_all_texts


@dataclass(frozen=True)
class Around:
    """What stands around points: rounds, places in the text, questions, restrictions.

    Args:
        consultation: theirs.
        rounds: by key.
        places: by key of the paragraph.
        questions: by key.
        question_texts: of the questions.
        decisions: about restricted points, by key of the point.
    """

    consultation: Consultation
    rounds: Mapping[int, Round]
    places: Mapping[int, Place]
    questions: Mapping[int, Question]
    question_texts: AllTexts
    decisions: Mapping[int, ModerationDecision]

    def paragraph(self, comment: Comment) -> ParagraphRef | None:
        """The paragraph that a point is about."""
        place = self.places.get(comment.paragraph_id or 0)
        return ParagraphRef(eid=place.eid, number=place.number, heading=place.heading) if place else None

    def question(self, comment: Comment) -> QuestionRef | None:
        """The question that a point answers."""
        found = self.questions.get(comment.question_id or 0)
        if found is None:
            return None
        language = self.consultation.authentic_language
        words = self.question_texts.by_language(found.id, "text", found.text, language, self.consultation.languages)
        option = comment.option.position if comment.option is not None else None
        return QuestionRef(number=found.position, option=option, text=words)

    def restriction(self, comment: Comment) -> Restriction | None:
        """Why its words are not public, if a moderator restricted them."""
        decision = self.decisions.get(comment.id)
        if decision is None or decision.reason is None:
            return None
        return Restriction(reason=decision.reason, explanation=decision.public_reason)


def _around(consultation: Consultation, rounds: Collection[Round], comments: Sequence[Comment]) -> Around:
    """What stands around these points; eight queries at most."""
    questions = {row.id: row for row in questions_of(rounds)}
    restricted = [c.id for c in comments if c.moderation_status is ModerationStatus.RESTRICTED and not c.is_withdrawn]
    return Around(
        consultation,
        {round_.id: round_ for round_ in rounds},
        places_of(
            [c.paragraph for c in comments if c.paragraph is not None], consultation.authentic_language, actor=Visitor()
        ),
        questions,
        load_all_texts("question", list(questions)),
        newest_decisions(restricted) if restricted else {},
    )


def make_comments(
    consultation: Consultation, rounds: Collection[Round], comments: Sequence[Comment]
) -> list[CommentItem | Gone | Restricted | Struck]:
    """Points, with who speaks as far as they chose to show; what is public no more as its reference alone."""
    around = _around(consultation, rounds, comments)
    shown = [comment for comment in comments if is_public(comment)]
    voices = speakers([comment.submission for comment in shown], for_staff=False)
    marks = marks_of(shown, Reader.PUBLIC)
    texts = load_all_texts("comment", [comment.id for comment in shown])
    answered = answers_told(shown)
    return [
        _comment(comment, voices[comment.submission_id], marks[comment.id], around, texts, comment.id in answered)
        if comment.id in marks
        else _gone(comment, around)
        for comment in comments
    ]


def make_gone(
    consultation: Consultation, rounds: Collection[Round], comments: Sequence[Comment]
) -> list[Gone | Restricted | Struck]:
    """What is left of points that were public and are no more."""
    around = _around(consultation, rounds, comments) if comments else None
    return [_gone(comment, around) for comment in comments] if around is not None else []


def _gone(comment: Comment, around: Around) -> Gone | Restricted | Struck:
    reference = comment.reference or ""
    restriction = around.restriction(comment)
    if restriction is not None:
        return Restricted(status="restricted", reference=reference, restriction=restriction)
    return _left_of(comment)


def _left_of(comment: Comment) -> Gone | Struck:
    if comment.struck_as is not None and comment.withdrawn_at is not None:
        day = to_wall(comment.withdrawn_at, comment.submission.round.zone).date()
        return Struck(status="struck", reference=comment.reference or "", struck_as=comment.struck_as, struck_on=day)
    return Gone(status="withdrawn" if comment.is_withdrawn else "not_public", reference=comment.reference or "")


def _comment(
    comment: Comment, voice: Speaker, marks: Marks, around: Around, texts: AllTexts, is_answered: bool
) -> CommentItem:
    closed: Literal["closed", "to_be_answered", "not_asked_for"] = "to_be_answered"
    if comment.response_status is ResponseStatus.CLOSED:
        closed = "closed"
    elif comment.nature.is_of_state:
        closed = "not_asked_for"
    return CommentItem(
        status="published",
        reference=comment.reference or "",
        round=around.rounds[comment.round_id].number,
        paragraph=around.paragraph(comment),
        question=around.question(comment),
        type=comment.comment_type,
        nature=comment.nature,
        language=comment.language,
        language_words=comment.language_words,
        text=comment.text,
        proposed_change=comment.proposed_change,
        translations=[
            *list_made("text", texts.all_of(comment.id, "text", comment.text, comment.language)),
            *list_made(
                "proposed_change",
                texts.all_of(comment.id, "proposed_change", comment.proposed_change, comment.language),
            ),
        ],
        speaker=SpeakerOf(
            name=voice.name,
            organisation=voice.organisation,
            country=voice.country,
            capacity=voice.capacity,
            constituencies=list(voice.constituencies),
            broad_group=voice.group,
        ),
        position=comment.position,
        late=comment.submission.is_late,
        late_reason=comment.submission.public_late_reason,
        supersedes=marks.earlier or None,
        superseded=marks.is_superseded,
        superseded_by=marks.later or None,
        response="answered" if is_answered else closed,
        page=page_url(
            "comments.comment",
            around.consultation,
            slug=around.rounds[comment.round_id].address,
            reference=comment.reference,
        ),
    )


def make_responses(
    consultation: Consultation, rounds: Collection[Round], comments: Sequence[Comment]
) -> list[ResponseItem | Gone | Struck]:
    """Answers as the newest releases give them; of withdrawn points the reference alone."""
    around = _around(consultation, rounds, comments)
    answers = released_answers(rounds, [comment.id for comment in comments])
    texts = load_all_texts("response_version", [answer.version.id for answer in answers.values()])
    found: list[ResponseItem | Gone | Struck] = []
    for comment in comments:
        answer = answers.get(comment.id)
        if answer is None or comment.is_withdrawn:
            found.append(_left_of(comment))
            continue
        version, row = answer.version, answer.row
        why = texts.all_of(version.id, "rationale", version.rationale, version.language)
        words = texts.all_of(version.id, "text", version.text, version.language)
        shown = shown_of(comment) if row.shown is Shown.TEXT else row.shown
        face = public_face(comment.submission)
        found.append(
            ResponseItem(
                status="released",
                reference=comment.reference or "",
                round=around.rounds[comment.round_id].number,
                release=answer.number,
                shown=shown,
                restriction=around.restriction(comment) if shown is Shown.RESTRICTED else None,
                paragraph=around.paragraph(comment),
                question=around.question(comment),
                type=comment.comment_type,
                constituencies=list(face.constituencies),
                broad_group=face.group,
                disposition=version.disposition,
                disposition_is_proposal=consultation.is_member_driven,
                language=version.language,
                rationale=texts.by_language(version.id, "rationale", version.rationale, version.language),
                response=texts.by_language(version.id, "text", version.text, version.language),
                translations=[*list_made("rationale", why), *list_made("response", words)],
                # The desk answers in the order in which points arrive: of a protected one no day is told.
                sent_on=None if answer.sent_at is None or comment.submission.is_protected else answer.sent_at.date(),
                page=page_url(
                    "response_log.release",
                    consultation,
                    slug=around.rounds[comment.round_id].address,
                    number=answer.number,
                    _anchor=comment.reference,
                ),
            )
        )
    return found


def make_releases(
    consultation: Consultation, rounds: Collection[Round], releases: Sequence[Release]
) -> list[ReleaseItem]:
    """Releases with their files; one query."""
    by_key = {round_.id: round_ for round_ in rounds}
    outdated = outdated_releases(releases)
    return [
        ReleaseItem(
            status="published",
            round=by_key[release.round_id].number,
            number=release.number,
            published_on=(release.published_at or release.requested_at).date(),
            rows=release.rows_total,
            being_reissued=release.id in outdated,
            files=[
                FileOf(
                    kind=file.kind,
                    issue=file.issue,
                    issued_on=file.issued_at.date(),
                    sha256=file.sha256,
                    size=file.size,
                    current=file.kind is FileKind.MANIFEST or (file.retired_at is None and release.id not in outdated),
                    url=page_url(
                        "response_log.file",
                        consultation,
                        slug=by_key[release.round_id].address,
                        number=release.number,
                        name=file_name(release, file),
                    ),
                )
                for file in release.files
            ],
            page=page_url(
                "response_log.release", consultation, slug=by_key[release.round_id].address, number=release.number
            ),
        )
        for release in releases
    ]
