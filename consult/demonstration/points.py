"""The illustrated points: drafted, submitted, screened and answered like anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Round
from consult.documents.queries import get_paragraph
from consult.moderation.enums import CredentialKind, RestrictionReason
from consult.moderation.services import publish_comments, record_credential, restrict_comments
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_response
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.services import (
    begin_draft,
    save_answer,
    save_comment,
    submit_submission,
    update_publication,
    update_speaker,
    withdraw_comment,
)
from consult.texts.services import update_translations

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
) -> None:
    """Load the points of one consultation.

    Args:
        round_: its round, opened.
        content: `points.toml`.
        questions: (question, options by key) by key.
        staff: one person a role.
        people: respondents by key.
        now: the day that days are counted from.
    """
    submitted: dict[str, Comment] = {}
    for one in content["respondent"]:
        points = [point for point in content["point"] if point["respondent"] == one["key"]]
        choices = [choice for choice in content.get("choice", []) if choice["respondent"] == one["key"]]
        if points or choices:
            day = max([point["day"] for point in points] or [content["point"][0]["day"]])
            at = now + timedelta(days=day, hours=-3)
            submitted |= _submit(round_, one, points, choices, questions, people[one["key"]], at, staff)
    _screen(content["point"], submitted, staff, now)
    _answer(round_, content["point"], submitted, staff, now)
    for point in content["point"]:
        if point["state"] == "withdrawn":
            author = people[point["respondent"]]
            withdraw_comment(submitted[point["key"]], actor=author, now=now + timedelta(days=point["day"] + 1))


def _submit(
    round_: Round,
    one: Mapping[str, Any],
    points: list[dict[str, Any]],
    choices: list[dict[str, Any]],
    questions: Questions,
    author: Person,
    at: datetime,
    staff: Staff,
) -> dict[str, Comment]:
    submission, _key = begin_draft(round_, actor=author, now=at)
    comments: dict[str, Comment] = {}
    chosen = {choice["question"]: choice["option"] for choice in choices}
    worded = {point["question"]: point for point in points if point.get("question")}
    for key in [*chosen, *[key for key in worded if key not in chosen]]:
        question, options = questions[key]
        words = worded.get(key)
        save_answer(
            submission,
            question,
            option=options[chosen[key]] if key in chosen else None,
            text=words["text"] if words else "",
            language=words["language"] if words else one["language"],
            now=at,
        )
        if words:
            comments[words["key"]] = next(c for c in submission.comments if c.question_id == question.id)
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
                now=at,
            )
    update_speaker(
        submission,
        name=one["name"],
        capacity=Capacity(one["capacity"]),
        constituencies=[Constituency(code) for code in one["constituencies"]],
        organisation=one.get("organisation", ""),
        country=one.get("country"),
        language=one["language"],
        now=at,
    )
    update_publication(submission, PublicationSetting(one["setting"]), pseudonym=one.get("pseudonym", ""), now=at)
    submit_submission(submission, actor=author, now=at)
    _record_credential(submission, one, staff, at)
    return comments


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
    moderator = staff[StaffRole.MODERATOR]
    for point in points:
        comment, at = submitted[point["key"]], now + timedelta(days=point["day"], hours=-1)
        if point["state"] == "published":
            publish_comments([comment], actor=moderator, now=at)
        elif point["state"] == "restricted":
            restrict_comments(
                [comment],
                reason=RestrictionReason(point["reason_type"]),
                public_reason=point["public_reason"],
                agreement="",
                actor=moderator,
                now=at,
            )


def _answer(
    round_: Round, points: list[dict[str, Any]], submitted: Mapping[str, Comment], staff: Staff, now: datetime
) -> None:
    answered = [point for point in points if point.get("response")]
    if not answered or round_.closes_at is None:
        return
    responder, approver = staff[StaffRole.RESPONDER], staff[StaffRole.APPROVER]
    at = round_.closes_at + timedelta(days=30)
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
        for language in response["text"]:
            if language != "en":
                update_translations(
                    "response_version",
                    version.id,
                    language=language,
                    fields={
                        "rationale": (version.rationale, response["rationale"][language]),
                        "text": (version.text, response["text"][language]),
                    },
                    actor=responder,
                    now=at,
                )
    clear_responses([submitted[point["key"]] for point in answered], actor=approver, now=at + timedelta(days=5))
    send_responses(round_, actor=approver, now=at + timedelta(days=6))
