"""What a round asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, QuestionOption, Round
from consult.consultations.services.setting_up import Localized, require_setup, touch
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.texts.services import delete_translations, update_translations


def save_question(
    round_: Round,
    question: Question | None,
    *,
    kind: QuestionKind,
    text: Localized,
    options: Sequence[Localized],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Question:
    """Add a question, or replace the words and options of one.

    Args:
        round_: where it is asked.
        question: the one to replace, or None for a new one at the end.
        kind: how it is answered.
        text: language to words; the authentic language is required.
        options: for single choice, at least two; each language to words.
        actor: who writes it.
        now: when.
        version: of the consultation, when the form was made.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: no words, or fewer than two options.
        Conflict: saved by somebody else meanwhile.
    """
    consultation = round_.consultation
    require_setup(consultation, version)
    authentic = consultation.authentic_language
    if not text.get(authentic):
        raise BadInput(_("Write the question in the authentic language."), f"text-{authentic}")
    kept = _kept_options(kind, options, authentic)
    if question is None:
        last = db.session.scalar(sa.select(sa.func.max(Question.position)).where(Question.round_id == round_.id))
        question = Question(round=round_, position=(last or 0) + 1, kind=kind, text="")
        db.session.add(question)
    delete_translations("question_option", [option.id for option in question.options])
    question.kind, question.text = kind, text[authentic]
    question.options = [
        QuestionOption(position=place, text=option[authentic]) for place, option in enumerate(kept, start=1)
    ]
    db.session.flush()
    for language in consultation.languages:
        if language != authentic:
            _translate(question, kept, text, language, actor, now)
    touch(consultation)
    record("desk:question:save", question, actor=actor, now=now, content={"text": dict(text)})
    return question


def _kept_options(kind: QuestionKind, options: Sequence[Localized], authentic: str) -> list[Mapping[str, str]]:
    kept = [option for option in options if any(option.values())] if kind is QuestionKind.SINGLE_CHOICE else []
    if kind is QuestionKind.SINGLE_CHOICE and len([option for option in kept if option.get(authentic)]) < 2:
        raise BadInput(_("A question with options needs at least two of them, in the authentic language."), "kind")
    if any(not option.get(authentic) for option in kept):
        raise BadInput(_("Write each option in the authentic language too."), "kind")
    return kept


def _translate(
    question: Question, options: Sequence[Localized], text: Localized, language: str, actor: Actor, now: datetime
) -> None:
    fields = {"text": (question.text, text.get(language, ""))}
    update_translations("question", question.id, language=language, fields=fields, actor=actor, now=now)
    for row, option in zip(question.options, options, strict=True):
        fields = {"text": (row.text, option.get(language, ""))}
        update_translations("question_option", row.id, language=language, fields=fields, actor=actor, now=now)


def delete_question(question: Question, *, actor: Actor, now: datetime) -> None:
    """Remove a question before the round opens.

    Raises:
        InvalidTransition: the round has been opened.
    """
    consultation = question.round.consultation
    require_setup(consultation)
    delete_translations("question_option", [option.id for option in question.options])
    delete_translations("question", [question.id])
    record("desk:question:delete", question, actor=actor, now=now)
    db.session.delete(question)
    touch(consultation)
