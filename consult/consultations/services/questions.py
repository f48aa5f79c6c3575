"""What a round asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, QuestionOption, Round
from consult.consultations.services.setting_up import require_round_setup, touch
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.ledger.services import record
from consult.texts.services import delete_translations, update_all_translations
from consult.texts.values import Localized


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
        options: for every kind but free text: what can be chosen, the statements, or what positions are taken on;
            each language to words.
        actor: who writes it.
        now: when.
        version: of the consultation, when the form was made.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: no words, or too few options for the kind.
        Conflict: saved by somebody else meanwhile.
    """
    consultation = round_.consultation
    require_round_setup(round_, version)
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
    _translate(question, kept, text, actor, now)
    touch(consultation)
    record("desk:question:save", question, actor=actor, now=now, content={"text": dict(text)})
    return question


def _kept_options(kind: QuestionKind, options: Sequence[Localized], authentic: str) -> list[Mapping[str, str]]:
    fewest = kind.fewest_options
    kept = [option for option in options if any(option.values())] if fewest else []
    if len([option for option in kept if option.get(authentic)]) < fewest:
        raise BadInput(
            ngettext(
                "Such a question needs at least %(num)s option or statement, in the authentic language.",
                "Such a question needs at least %(num)s options, in the authentic language.",
                fewest,
            ),
            "kind",
        )
    if any(not option.get(authentic) for option in kept):
        raise BadInput(_("Write each option in the authentic language too."), "kind")
    return kept


def _translate(question: Question, options: Sequence[Localized], text: Localized, actor: Actor, now: datetime) -> None:
    consultation = question.round.consultation
    entered = [("question", question.id, question.text, text)]
    entered += [
        ("question_option", row.id, row.text, option) for row, option in zip(question.options, options, strict=True)
    ]
    for subject, key, original, words in entered:
        update_all_translations(
            subject,
            key,
            {"text": (original, words)},
            languages=consultation.languages,
            authentic=consultation.authentic_language,
            actor=actor,
            now=now,
        )


def delete_question(question: Question, *, actor: Actor, now: datetime) -> None:
    """Remove a question before the round opens.

    Raises:
        InvalidTransition: the round has been opened.
    """
    consultation = question.round.consultation
    require_round_setup(question.round)
    delete_translations("question_option", [option.id for option in question.options])
    delete_translations("question", [question.id])
    record("desk:question:delete", question, actor=actor, now=now)
    db.session.delete(question)
    touch(consultation)
