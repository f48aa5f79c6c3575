"""The author's own pages: My submissions, and the receipt with where each point stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.actors import Person
from consult.accounts.countries import country_in_words
from consult.commitments.wording import standing_of as standing_of_commitment
from consult.consultations.enums import RoundState
from consult.consultations.models import Round
from consult.consultations.queries import list_questions, title_in, titles_in
from consult.consultations.reading import READ_IN, ReadLink
from consult.consultations.views.editions import address_in, asked_language, reading_language
from consult.core.clock import utc_now
from consult.core.errors import NotFound
from consult.core.locale import current_locale, format_day
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.moderation.queries import newest_file_decisions
from consult.pages.own import OwnPoint, links_of, own_points
from consult.pages.queries import state_of
from consult.pages.views.public import pages
from consult.protection.queries import looks_at
from consult.submissions.disclosure import can_ask_for_protection, delay_in_words
from consult.submissions.enums import ResponseStatus, SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.queries import (
    get_claimed,
    get_identity,
    get_submitted,
    list_choices_of,
    list_drafts_of,
    list_files_of,
    neighbours_of,
    page_of_submissions_of,
)
from consult.submissions.services import stricter_settings
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText

# More points of one submission than these are on its receipt only.
SHOWN = 20


@pages.get("/account/submissions")
@requires(Permission.OWN_INPUT_USE)
def my_submissions() -> Any:
    """What somebody is drafting, and what became of what they submitted; who came with a code goes to that one."""
    actor = current_actor()
    if actor.claimed_id is not None:
        return redirect(_address_of(get_claimed(actor)))
    drafts = list_drafts_of(actor)
    page = page_of_submissions_of(actor, after=request.args.get("after"), before=request.args.get("before"))
    now = utc_now()
    points = own_points(page.items, current_locale().code, asked=asked_language(), actor=actor)
    return render_template(
        "pages/my_submissions.html",
        drafts=drafts,
        can_go_on={draft.id: draft.round.takes_draft_begun_at(draft.begun, now) for draft in drafts},
        page=page,
        titles=_titles([*drafts, *page.items]),
        points=points,
        choices={key: _links(of_one, ".my_submissions", **_kept()) for key, of_one in points.items()},
        standing=standing_of_commitment,
        today=now.date(),
        around=neighbours_of(page.items),
        shown=SHOWN,
        looks=looks_at([submission.id for submission in page.items]),
        has_illustration=any(one.round.consultation.is_illustration for one in [*drafts, *page.items]),
    )


def _address_of(submission: Submission) -> str:
    """Where its author goes on: at the draft, or at the receipt."""
    if submission.is_on_record:
        return url_for(".receipt", slug=submission.round.address, key=submission.key)
    return url_for("take_part.start", slug=submission.round.address)


def _kept() -> dict[str, Any]:
    """What stays of the address of the list when another language is chosen."""
    return {name: request.args[name] for name in ("after", "before") if name in request.args}


def _links(points: list[OwnPoint], endpoint: str, **values: Any) -> list[ReadLink]:
    """What the answers to these points can be read in on this page."""
    return links_of(points, address_in(READ_IN, endpoint, **values))


@pages.get("/take-part/<address:slug>/receipt/<key>")
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, get_submitted)
def receipt(submission: Submission) -> str:
    """The references, what happens now, where each point stands, and the ways back. E-mails link here."""
    return render_template("pages/receipt.html", **_receipt_values(submission))


@pages.get("/take-part/<address:slug>/receipt/<key>/download")
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, get_submitted)
def download_receipt(submission: Submission) -> Response:
    """The receipt as plain text, to keep."""
    body = render_template("pages/receipt.txt", **_receipt_values(submission)).strip() + "\n"
    answer = Response(body, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{submission.round.label}.txt"'
    return answer


def _receipt_values(submission: Submission) -> dict[str, Any]:
    round_ = submission.round
    language, original = current_locale().code, round_.consultation.authentic_language
    questions = list_questions(round_)
    read_in = reading_language(round_.consultation)
    question_texts = load_texts("question", [question.id for question in questions], read_in)
    choices = list_choices_of(submission)
    options = {option.id: option for question in questions for option in question.options}
    option_texts = load_texts("question_option", options, read_in)
    points = own_points([submission], language, asked=asked_language(), actor=current_actor())[submission.id]
    # Of a protected one the receipt holds no text unless its author asks, each time anew.
    asked = {"words": "show"} if submission.is_protected and request.args.get("words") == "show" else {}
    return {
        "read_choices": _links(points, ".receipt", slug=round_.address, key=submission.key, **asked),
        "submission": submission,
        "round": round_,
        "consultation": round_.consultation,
        "slug": round_.address,
        "title": title_in(round_.consultation, language),
        "points": points,
        "standing": standing_of_commitment,
        "today": utc_now().date(),
        "questions": [question for question in questions if any(option.id in choices for option in question.options)],
        "question_words": {q.id: question_texts.of(q.id, "text", q.text, original) for q in questions},
        "option_words": {key: option_texts.of(key, "text", one.text, original) for key, one in options.items()},
        "choices": choices,
        "files": (files := list_files_of(submission)),
        "file_decisions": newest_file_decisions([one.id for one in files]) if files else {},
        "shows_words": not submission.is_protected or bool(asked),
        "speaker": (speaker := get_identity(submission) if not submission.is_protected or asked else None),
        "delay": delay_in_words(submission, utc_now()),
        "looks": looks_at([submission.id])[submission.id],
        "around": neighbours_of([submission])[submission.id],
        "can_revise": submission.status is SubmissionStatus.SUBMITTED and round_.is_open(utc_now()),
        "country": country_in_words(speaker.country if speaker is not None else None, language),
        "answered": [point for point in points if point.answer is not None and not point.comment.is_withdrawn],
        "is_all_taken_out": bool(points) and all(point.comment.is_withdrawn for point in points),
        "timeline": _timeline(submission, round_, points),
        "stricter": bool(stricter_settings(submission)) or can_ask_for_protection(submission),
    }


def _titles(submissions: list[Submission]) -> dict[int, LocalizedText]:
    return titles_in([submission.round.consultation for submission in submissions], current_locale().code)


def _steps_to_public(submission: Submission, now: datetime) -> list[tuple[str, str, str, str]]:
    """The step of the timeline that says from when on the public reads it, where that waits."""
    after = delay_in_words(submission, now)
    if not after:
        return []
    what = _("Once a moderator has read it, and not before.")
    if submission.is_protected:
        what = _("Once a moderator has read it: together with all other protected points, in no order.")
    return [(after, _("The public reads it"), what, "next")]


def _timeline(submission: Submission, round_: Round, points: list[OwnPoint]) -> list[tuple[str, str, str, str]]:
    """What has happened and what happens next, with dates, as the macro `timeline` draws it."""
    if submission.submitted_at is None or round_.closes_at is None or round_.response_due is None:
        raise NotFound
    now, actor = utc_now(), current_actor()
    has_mail = isinstance(actor, Person) and actor.account.email is not None
    last_day = format_day(round_.response_due)
    answers = [point.answer for point in points if point.answer is not None and not point.comment.is_withdrawn]
    if round_.asks_for_answers:
        # Where only options were chosen nothing is answered one by one.
        is_done = all(point.is_settled for point in points) and (bool(points) or round_.has_closed(now))
        last = _("The response is due")
        what = _("Every point is answered with a reason. You get the answers by e-mail and on this page.")
        if submission.claim_digest is not None:
            what = _("Every point is answered with a reason. You find the answers on this page, with your code.")
        elif not has_mail:
            what = _(
                "Every point is answered with a reason. You find the answers on this page; nothing is sent to you."
            )
        elif submission.is_protected:
            what = _(
                "Every point is answered with a reason. You find the answers on this page; an e-mail says only that "
                "there is something to read here."
            )
        if is_done and answers:
            last_day = format_day(max(answer.sent_at for answer in answers), round_.zone)
            last, what = ResponseStatus.SENT.label, _("Every point that asks for an answer has one, on this page.")
    else:
        is_done = state_of(round_, now) is RoundState.COMPILED
        last = _("The compilation is due")
        what = _("All input is published verbatim, by provision. No point is answered or disposed of.")
    read = _("Until then, and afterwards, a moderator reads each point. You are told if one is restricted, and why.")
    if submission.claim_digest is not None or submission.is_protected or not has_mail:
        read = _("Until then, and afterwards, a moderator reads each point. If one is restricted, this page says why.")
    steps = _steps_to_public(submission, now)
    late = round_.response_due < now.date()
    return [
        (
            format_day(submission.submitted_at, round_.zone),
            _("Received"),
            _("Your input is on the record, and its references are permanent."),
            "done",
        ),
        (
            moment_in_words(round_.closes_at, round_.zone),
            _("The round closes"),
            read,
            "done" if round_.has_closed(now) else "next",
        ),
        *steps,
        (
            last_day,
            last,
            what,
            "done" if is_done else "now" if late else "next",
        ),
    ]
