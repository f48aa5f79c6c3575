"""Answering the questions of a round, all on one page, saved as one types.

As with points, the form's idempotency key is not used: an answer is found by its question and changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.consultations.models import Question, QuestionOption, Round
from consult.consultations.queries import list_questions
from consult.consultations.views.editions import reading_language
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotFound, TooManyAttempts
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent
from consult.submissions.forms import QuestionsForm, questions_form
from consult.submissions.models import Comment, Submission
from consult.submissions.positions import asks_for_positions
from consult.submissions.queries import list_choices_of
from consult.submissions.services import save_answer
from consult.submissions.views.frame import (
    begin_own_draft,
    find_own_draft,
    frame,
    languages_here,
    load_round,
    not_saved,
    saved_now,
)
from consult.submissions.views.take_part import take_part
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


@take_part.route("/questions", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def questions(round_: Round) -> Any:
    """Every question of the round, on one page."""
    draft = find_own_draft(round_)
    asked = _asked(round_, draft)
    status = 200
    if asked.form.validate_on_submit():
        try:
            saved = _save_answers(round_, asked)
        except (BadInput, InvalidTransition, TooManyAttempts) as error:
            asked.form.show(error)
            status = error.status
        else:
            flash(_("Your answers are saved in your draft. They are not submitted yet."), "success")
            next_ = ".questions" if asked_about_language(saved) else ".start"
            return redirect(url_for(next_, slug=round_.consultation.slug))
    elif asked.form.is_submitted():
        status = 422
    return (
        render_template(
            "submissions/questions.html",
            **frame(round_, draft),
            form=asked.form,
            questions=asked.questions,
            texts=asked.texts,
            option_words=asked.options,
            has_positions=asks_for_positions(asked.questions) and can(Permission.INPUT_READ, round_),
            asked_about=asked_about_language(draft),
        ),
        status,
    )


@take_part.post("/questions/autosave")
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def autosave_questions(round_: Round) -> Any:
    """Save the answers while they are being written."""
    asked = _asked(round_, find_own_draft(round_))
    if not asked.form.validate():
        return not_saved(_("Something in the form is not right."), 422)
    try:
        _save_answers(round_, asked)
    except (BadInput, InvalidTransition, TooManyAttempts) as error:
        return not_saved(error.message, error.status)
    return saved_now(round_)


def asked_about_language(draft: Submission | None) -> list[Comment]:
    """An answer in words for each language that some of them seem to be in, other than was said."""
    rows = [row for row in draft.comments if row.question_id and row.language_guess] if draft is not None else []
    return list({row.language_guess: row for row in rows}.values())


@dataclass(frozen=True)
class Asked:
    """The questions of a round, their words, and the form for the answers."""

    questions: Sequence[Question]
    texts: dict[int, LocalizedText]
    options: dict[int, LocalizedText]
    form: QuestionsForm


def _asked(round_: Round, draft: Submission | None) -> Asked:
    found = list_questions(round_)
    if not found:
        raise NotFound
    options = option_words([option for question in found for option in question.options], round_)
    form = questions_form(
        found,
        options,
        words=[row for row in draft.comments if row.question_id] if draft else [],
        chosen=list_choices_of(draft) if draft else {},
        languages=languages_here(round_),
    )
    texts = question_words(found, round_)
    # The summary of errors names a question, or what it asks about, in the reader's language.
    labels = {f"{name}-{key}": words.text for key, words in texts.items() for name in ("text", "choice")}
    labels |= {f"{name}-{key}": words.text for key, words in options.items() for name in ("value", "reason")}
    for name in labels.keys() & set(form._fields):
        form[name].label.text = labels[name]
    return Asked(found, texts, options, form)


def question_words(questions: Sequence[Question], round_: Round) -> dict[int, LocalizedText]:
    """The words of questions in the reader's language, by key."""
    texts = load_texts("question", [question.id for question in questions], reading_language(round_.consultation))
    original = round_.consultation.authentic_language
    return {question.id: texts.of(question.id, "text", question.text, original) for question in questions}


def option_words(options: Sequence[QuestionOption], round_: Round) -> dict[int, LocalizedText]:
    """The words of options in the reader's language, by key."""
    texts = load_texts("question_option", [option.id for option in options], reading_language(round_.consultation))
    original = round_.consultation.authentic_language
    return {option.id: texts.of(option.id, "text", option.text, original) for option in options}


def _save_answers(round_: Round, asked: Asked) -> Submission:
    now = utc_now()
    draft = begin_own_draft(round_, now)
    for question in asked.questions:
        save_answer(
            draft,
            question,
            language=asked.form.spoken.code,
            language_words=asked.form.spoken.words,
            now=now,
            **asked.form.answer_to(question),
        )
    return draft
