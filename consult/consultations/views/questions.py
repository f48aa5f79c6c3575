"""What a round asks: the list, one question, deleting one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.enums import QuestionKind
from consult.consultations.forms import QuestionForm, kind_hints, question_form
from consult.consultations.models import Question, Round
from consult.consultations.queries import get_question, get_round, list_missing_parts, list_questions, stored_question
from consult.consultations.services import delete_question, save_question
from consult.consultations.views.desk import desk
from consult.consultations.views.frame import frame
from consult.consultations.views.sections import refused
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _


@dataclass(frozen=True)
class Place:
    """A question of a round, or the place of one to come."""

    round: Round
    question: Question | None

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_new(slug: str) -> Place:
    """The place of a new question."""
    return Place(get_round(slug), None)


def load_question(slug: str, number: int) -> Place:
    """The question that an address names."""
    round_ = get_round(slug)
    return Place(round_, get_question(round_, number))


@desk.get("/<address:slug>/setup/questions")
@requires(Permission.SETUP_EDIT, get_round)
def questions(round_: Round) -> str:
    """All questions, in their order."""
    missing = list_missing_parts(round_, utc_now()) if round_.opened_at is None else []
    return render_template(
        "consultations/questions.html",
        questions=list_questions(round_),
        untranslated=[part.language for part in missing if part.section == "questions"],
        **frame(round_, "questions"),
    )


@desk.route("/<address:slug>/setup/questions/new", methods=["GET", "POST"])
@requires(Permission.SETUP_EDIT, load_new)
def new_question(place: Place) -> Any:
    """Ask something more."""
    return _edit(place)


@desk.route("/<address:slug>/setup/questions/<int:number>", methods=["GET", "POST"])
@requires(Permission.SETUP_EDIT, load_question)
def edit_question(place: Place) -> Any:
    """Change the words or the options of a question."""
    return _edit(place)


def _edit(place: Place) -> Any:
    round_, question = place.round, place.question
    stored: dict[str, Any] = {"kind": QuestionKind.FREE_TEXT.value}
    if question is not None:
        stored = {"kind": question.kind.value, **stored_question(question)}
    form = question_form(round_.consultation, stored)
    theirs: dict[str, Any] = {}
    if form.validate_on_submit():
        try:
            _save(place, form)
        except (BadInput, Conflict) as error:
            theirs = refused(form, error, round_, stored)
        else:
            flash(_("The question is saved."), "success")
            return redirect(url_for(".questions", slug=round_.consultation.slug))
    values = frame(round_, "questions")
    page = render_template(
        "consultations/question.html", form=form, theirs=theirs, question=question, kind_hints=kind_hints(), **values
    )
    return page, 422 if form.is_submitted() else 200


def _save(place: Place, form: QuestionForm) -> None:
    save_question(
        place.round,
        place.question,
        kind=QuestionKind(form.kind.data),
        text=form.text(),
        options=form.options(),
        version=form.made_from,
        actor=current_actor(),
        now=utc_now(),
    )


@desk.route("/<address:slug>/setup/questions/<int:number>/delete", methods=["GET", "POST"])
@requires(Permission.SETUP_EDIT, load_question)
def remove_question(place: Place) -> Any:
    """Delete a question, after a page that asks."""
    form = ConfirmForm()
    if form.validate_on_submit() and place.question is not None:
        delete_question(place.question, actor=current_actor(), now=utc_now())
        flash(_("The question is deleted."), "success")
        return redirect(url_for(".questions", slug=place.round.consultation.slug))
    return render_template(
        "consultations/delete_question.html", question=place.question, **frame(place.round, "questions")
    )
