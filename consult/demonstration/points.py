"""The illustrated points: drafted, submitted, screened and answered like anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, Round
from consult.documents.anchoring import make_quote
from consult.documents.plain import plain_text
from consult.documents.queries import get_paragraph, paragraph_texts, text_of
from consult.moderation.enums import CredentialKind, RestrictionReason
from consult.moderation.services import publish_comments, record_credential, restrict_comments
from consult.responses.enums import Disposition
from consult.responses.models import ResponseVersion
from consult.responses.services import clear_responses, send_responses, write_correction, write_response
from consult.submissions.enums import Agreement, CommentType, Nature, PublicationSetting, Stance
from consult.submissions.models import Comment, Submission
from consult.submissions.services import (
    accept_late,
    begin_draft,
    begin_revision,
    offer_late,
    save_answer,
    save_comment,
    save_quote,
    submit_submission,
    update_publication,
    update_speaker,
    withdraw_comment,
)
from consult.texts.services import update_many_translations

Staff = Mapping[StaffRole, Person]
Questions = Mapping[str, Any]


def load_points(
    round_: Round,
    content: Mapping[str, Any],
    questions: Questions,
    staff: Staff,
    people: Mapping[str, Person],
    *,
    now: datetime,
) -> dict[str, Comment]:
    """Load the points of one consultation, with their answers; returns them by key.

    Args:
        round_: its round, opened.
        content: `points.toml`.
        questions: (question, options by key) by key.
        staff: one person a role.
        people: respondents by key.
        now: the day that days are counted from.
    """
    submitted: dict[str, Comment] = {}
    first = [point for point in content["point"] if "revises" not in point]
    revised = [point for point in content["point"] if "revises" in point]
    for one in content["respondent"]:
        points = [point for point in first if point["respondent"] == one["key"]]
        said: dict[str, Any] = next((answer for answer in content["answer"] if answer["respondent"] == one["key"]), {})
        if points or said:
            day = max([point["day"] for point in points], default=one.get("day", content["point"][0]["day"]))
            at = now + timedelta(days=day, hours=-3)
            submitted |= _submit(round_, one, points, said, questions, people[one["key"]], at, staff)
    _screen(first, submitted, staff, now)
    submitted |= {point["key"]: _revise(point, submitted[point["revises"]], people, now) for point in revised}
    _screen(revised, submitted, staff, now)
    _answer(round_, content["point"], submitted, staff, now)
    for point in content["point"]:
        if point["state"] == "withdrawn":
            author = people[point["respondent"]]
            withdraw_comment(submitted[point["key"]], actor=author, now=now + timedelta(days=point["day"] + 1))
    return submitted


def _submit(
    round_: Round,
    one: Mapping[str, Any],
    points: list[dict[str, Any]],
    said: Mapping[str, Any],
    questions: Questions,
    author: Person,
    at: datetime,
    staff: Staff,
) -> dict[str, Comment]:
    # What came late was begun in time.
    drafted_at = at - timedelta(days=7) if "late" in one else at
    submission, _key = begin_draft(round_, actor=author, now=drafted_at)
    update_speaker(
        submission,
        name=one["name"],
        capacity=Capacity(one["capacity"]),
        constituencies=[Constituency(code) for code in one["constituencies"]],
        organisation=one.get("organisation", ""),
        country=one.get("country"),
        language=one["language"],
        now=drafted_at,
    )
    comments = _answer_questions(submission, one, points, said, questions, drafted_at)
    for point in points:
        if not point.get("question"):
            comments[point["key"]] = save_comment(
                submission,
                None,
                paragraph=get_paragraph(round_, point["paragraph"]) if point.get("paragraph") else None,
                question=None,
                comment_type=CommentType(point["type"]),
                text=point["text"],
                proposed_change=point.get("proposed", ""),
                language=point["language"],
                now=drafted_at,
                nature=Nature(point.get("nature", Nature.POINT)),
            )
            _quote(submission, comments[point["key"]], point, drafted_at)
    setting = PublicationSetting(one["setting"])
    update_publication(submission, setting, pseudonym=one.get("pseudonym", ""), now=drafted_at)
    if "late" in one:
        offer_late(submission, actor=author, now=at)
        accept_late(submission, reason=one["late"], actor=staff[StaffRole.MANAGER], now=at + timedelta(hours=1))
    else:
        submit_submission(submission, actor=author, now=at)
    _record_credential(submission, one, staff, at)
    return comments


def _quote(submission: Submission, comment: Comment, point: Mapping[str, Any], at: datetime) -> None:
    """Say which exact words of its paragraph a point is about, where it points at some."""
    paragraph = comment.paragraph
    if "quote" not in point or paragraph is None:
        return
    consultation = submission.round.consultation
    language = point.get("quote_language", consultation.authentic_language)
    words = text_of(paragraph, paragraph_texts([paragraph], language), consultation.authentic_language)
    quote = make_quote(plain_text(paragraph.kind, words.text), point["quote"]).quote
    if quote is None:
        raise ValueError(f"{point['key']} quotes what {paragraph.eid} does not say once")
    save_quote(submission, comment, quote, language=language, now=at)


def _revise(point: Mapping[str, Any], earlier: Comment, people: Mapping[str, Person], now: datetime) -> Comment:
    """Say something else in place of one point: Rev.1 of its submission, whose other points stay as they are."""
    author, at = people[point["respondent"]], now + timedelta(days=point["day"], hours=-3)
    submission = begin_revision(earlier.submission, actor=author, now=at)
    comment = save_comment(
        submission,
        next(copy for copy in submission.comments if copy.supersedes_id == earlier.id),
        paragraph=earlier.paragraph,
        question=None,
        comment_type=CommentType(point["type"]),
        text=point["text"],
        proposed_change=point.get("proposed", ""),
        language=point["language"],
        now=at,
    )
    submit_submission(submission, actor=author, now=at)
    return comment


def _answer_questions(
    submission: Submission,
    one: Mapping[str, Any],
    points: list[dict[str, Any]],
    said: Mapping[str, Any],
    questions: Questions,
    at: datetime,
) -> dict[str, Comment]:
    """Answer what a respondent answers; returns the points that these answers in words are."""
    comments: dict[str, Comment] = {}
    worded = [point for point in points if point.get("question")]
    for key in dict.fromkeys([*(key for key in said if key in questions), *(point["question"] for point in worded)]):
        question, options = questions[key]
        words = [point for point in worded if point["question"] == key]
        save_answer(
            submission,
            question,
            chosen={options[option].id: value for option, value in _chosen(question, said.get(key, {}))},
            reasons={options[point["option"]].id: point["text"] for point in words if point.get("option")},
            text=next((point["text"] for point in words if not point.get("option")), ""),
            language=words[0]["language"] if words else one["language"],
            now=at,
        )
        for point in words:
            about = options[point["option"]].id if point.get("option") else None
            comments[point["key"]] = next(
                c for c in submission.comments if c.question_id == question.id and c.option_id == about
            )
    return comments


def _chosen(question: Question, said: str | list[str] | dict[str, str]) -> list[tuple[str, Agreement | Stance | None]]:
    """Keys of the options that something is said of, with how far one agrees, the position, or nothing but that."""
    if isinstance(said, dict):
        read = Agreement if question.kind is QuestionKind.AGREEMENT else Stance
        return [(option, read(value)) for option, value in said.items()]
    return [(option, None) for option in ([said] if isinstance(said, str) else said)]


def _record_credential(submission: Submission, one: Mapping[str, Any], staff: Staff, at: datetime) -> None:
    credential = one.get("credential")
    if credential:
        record_credential(
            submission,
            kind=CredentialKind(credential["kind"]),
            reference=credential["reference"],
            actor=staff[StaffRole.MODERATOR],
            now=at + timedelta(hours=2),
        )


def _screen(points: list[dict[str, Any]], submitted: Mapping[str, Comment], staff: Staff, now: datetime) -> None:
    """Read what came in, once a day: that day's points are published together."""
    moderator = staff[StaffRole.MODERATOR]
    by_day: dict[int, list[Comment]] = {}
    for point in points:
        comment, at = submitted[point["key"]], now + timedelta(days=point["day"], hours=-1)
        if point["state"] == "published":
            by_day.setdefault(point["day"], []).append(comment)
        elif point["state"] == "restricted":
            restrict_comments(
                [comment],
                reason=RestrictionReason(point["reason_type"]),
                public_reason=point["public_reason"],
                agreement="",
                actor=moderator,
                now=at,
            )
    for day, comments in by_day.items():
        publish_comments(comments, actor=moderator, now=now + timedelta(days=day, hours=-1))


def _answer(
    round_: Round, points: list[dict[str, Any]], submitted: Mapping[str, Comment], staff: Staff, now: datetime
) -> None:
    answered = [point for point in points if point.get("response")]
    if not answered or round_.closes_at is None:
        return
    responder, approver = staff[StaffRole.RESPONDER], staff[StaffRole.APPROVER]
    at = round_.closes_at + timedelta(days=30)
    written: dict[int, tuple[ResponseVersion, Mapping[str, Any]]] = {}
    for point in answered:
        response = point["response"]
        (version,) = write_response(
            [submitted[point["key"]]],
            disposition=Disposition(response["disposition"]),
            rationale=response["rationale"]["en"],
            text=response["text"]["en"],
            language="en",
            propose=True,
            actor=responder,
            now=at,
        )
        written[version.id] = (version, response)
    _translate(written, responder, at)
    clear_responses([submitted[point["key"]] for point in answered], actor=approver, now=at + timedelta(days=5))
    send_responses(round_, actor=approver, now=at + timedelta(days=6))


def correct_answers(
    round_: Round, points: list[dict[str, Any]], submitted: Mapping[str, Comment], staff: Staff, *, now: datetime
) -> datetime | None:
    """Correct the answers that were wrong; returns when the corrections were sent, or None if there are none.

    Args:
        round_: answered and released.
        points: of `points.toml`.
        submitted: the points by key.
        staff: one person a role.
        now: the day that days are counted from.
    """
    responder, approver = staff[StaffRole.RESPONDER], staff[StaffRole.APPROVER]
    sent_at = None
    for point in points:
        correction = point.get("correction")
        if not correction:
            continue
        at = now + timedelta(days=correction["day"], hours=-3)
        comment = submitted[point["key"]]
        (version,) = write_correction(
            [comment],
            disposition=Disposition(correction["disposition"]),
            rationale=correction["rationale"]["en"],
            text=correction["text"]["en"],
            language="en",
            reason=correction["reason"],
            actor=responder,
            now=at,
        )
        _translate({version.id: (version, correction)}, responder, at)
        sent_at = at + timedelta(days=1)
        clear_responses([comment], actor=approver, now=sent_at)
        send_responses(round_, actor=approver, now=sent_at)
    return sent_at


def _translate(
    written: Mapping[int, tuple[ResponseVersion, Mapping[str, Any]]], responder: Person, at: datetime
) -> None:
    """Add the translations of answers: by key of the version, the version and its words by language."""
    languages = {language for _version, words in written.values() for language in words["text"]}
    for language in sorted(languages - {"en"}):
        update_many_translations(
            "response_version",
            {
                key: {
                    "rationale": (version.rationale, words["rationale"][language]),
                    "text": (version.text, words["text"][language]),
                }
                for key, (version, words) in written.items()
            },
            language=language,
            actor=responder,
            now=at,
        )
