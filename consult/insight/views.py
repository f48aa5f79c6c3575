"""Figures of a round: who took part, and what was said of the options of its questions."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, list_questions, title_in
from consult.consultations.views.editions import reading_language
from consult.consultations.wording import visibility_sentence
from consult.core.clock import utc_now
from consult.core.errors import NotFound
from consult.core.web.routes import reading_page
from consult.insight.queries import day_in, find_figures
from consult.submissions.positions import asks_for_positions
from consult.submissions.views.questions import option_words, question_words

positions = Blueprint("positions", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/positions")


@positions.get("")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def list_all(round_: Round) -> str:
    """The figures as they stand for the day; or when they will be public."""
    questions = list_questions(round_)
    if not asks_for_positions(questions):
        raise NotFound
    consultation, is_readable = round_.consultation, can(Permission.INPUT_READ, round_)
    figures = find_figures(round_, questions) if is_readable else None
    first = max(day_in(round_, utc_now()), day_in(round_, round_.opens_at or utc_now()))
    return render_template(
        "insight/positions.html",
        round=round_,
        consultation=consultation,
        slug=consultation.slug,
        consultation_title=title_in(consultation, reading_language(consultation)),
        later=None if is_readable else visibility_sentence(round_),
        figures=figures,
        next_count=figures.day + timedelta(days=1) if figures else first,
        question_words=question_words(questions, round_),
        option_words=option_words([option for question in questions for option in question.options], round_),
    )
