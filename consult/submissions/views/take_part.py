"""Taking part: the blueprint, and the list of steps."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.history import list_extensions
from consult.consultations.models import Question, Round
from consult.consultations.queries import list_questions
from consult.consultations.views.editions import reading_language
from consult.core.locale import format_number, ngettext
from consult.core.locale import gettext as _
from consult.submissions.models import Submission
from consult.submissions.queries import get_identity, list_files_of, list_submitted_in, needs_account, takes_codes
from consult.submissions.services import list_gaps
from consult.submissions.views.frame import find_own_draft, frame, load_round

take_part = Blueprint("take_part", __name__, url_prefix="/<locale:locale>/take-part/<address:slug>")

# As the macro `task_list` draws them: words, address, status, kind of the status, hint.
Task = tuple[str, str | None, str, str, str]


@take_part.get("/")
@requires(Permission.TAKE_PART, load_round)
def start(round_: Round) -> str:
    """The steps of taking part, and how far the draft has got."""
    actor = current_actor()
    draft = find_own_draft(round_)
    values = frame(round_, draft)
    is_visitor = actor.actor_id is None
    return render_template(
        "submissions/start.html",
        **values,
        tasks=_tasks(round_, draft, list_questions(round_), is_visitor=is_visitor, can_write=values["can_write"]),
        extensions=list_extensions([round_], reading_language(round_.consultation)),
        earlier=list_submitted_in(round_, actor),
        is_visitor=is_visitor,
    )


def _tasks(
    round_: Round, draft: Submission | None, questions: Sequence[Question], *, is_visitor: bool, can_write: bool
) -> list[Task]:
    slug = round_.consultation.slug
    gaps = list_gaps(draft) if draft is not None else ["points", "about", "who_sees_what", "code"]
    number = sum(1 for row in draft.comments if row.question_id is None) if draft is not None else 0

    def at(endpoint: str) -> str | None:
        return url_for(endpoint, slug=slug) if can_write else None

    tasks = [
        (
            _("Your points"),
            url_for(".points", slug=slug) if draft is not None or can_write else None,
            ngettext("One drafted", "%(num)s drafted", number) if number else _("None yet"),
            "good" if number else "neutral",
            _("What you say about a paragraph, or about the whole text."),
        )
    ]
    if questions:
        tasks.append(_questions_task(draft, questions, at(".questions")))
    tasks.append(_files_task(draft, at(".files")))
    tasks += [
        (
            _("About you"),
            at(".about"),
            *((_("To do"), "neutral") if "about" in gaps else (_("Done"), "good")),
            _about_hint(round_, is_visitor=is_visitor),
        ),
        (
            _("Who sees what"),
            at(".who_sees_what"),
            *((_("To do"), "neutral") if "who_sees_what" in gaps else (_("Done"), "good")),
            _("Whether your name is published, and what we cannot promise."),
        ),
        *([_code_task(draft, at(".code"), is_done="code" not in gaps)] if is_visitor and takes_codes(round_) else []),
        (
            _("Check and submit"),
            at(".check") if draft is not None else None,
            *((_("Cannot start yet"), "neutral") if gaps else (_("Ready"), "accent")),
            _("Everything on one page, before it goes on the record."),
        ),
    ]
    return tasks


def _files_task(draft: Submission | None, href: str | None) -> Task:
    number = len(list_files_of(draft))
    return (
        _("Files"),
        href,
        ngettext("One file", "%(num)s files", number) if number else _("None"),
        "good" if number else "neutral",
        _("Only if you have any: a document, a photograph, a recording."),
    )


def _about_hint(round_: Round, *, is_visitor: bool) -> str:
    if not is_visitor:
        return _("Your name, in what capacity you speak, your constituencies.")
    if takes_codes(round_):
        return _("Here you choose whether to go on with an account or without one. Your draft is kept.")
    return _("For this step you need an account. Your draft is kept and comes with you.")


def _code_task(draft: Submission | None, href: str | None, *, is_done: bool) -> Task:
    """To do for whoever goes on without an account; who has not chosen yet may never need a code.

    It leads nowhere as long as there is nothing that a code could open.
    """
    goes_without = draft is not None and (draft.claim_digest is not None or get_identity(draft) is not None)
    return (
        _("Your code"),
        href if draft is not None and not needs_account(draft) else None,
        *((_("Done"), "good") if is_done else (_("To do") if goes_without else _("Not yet"), "neutral")),
        _("Only if you have no account: with it you come back to what you submitted."),
    )


def _questions_task(draft: Submission | None, questions: Sequence[Question], href: str | None) -> Task:
    answered: set[int | None] = set()
    if draft is not None:
        answered = {row.question_id for row in draft.comments} | {row.question_id for row in draft.choices}
    done = sum(1 for question in questions if question.id in answered)
    return (
        _("Questions"),
        href,
        _("%(done)s of %(asked)s answered", done=format_number(done), asked=format_number(len(questions))),
        "good" if done == len(questions) else "neutral",
        _("You may leave any of them without an answer."),
    )
