"""The languages that a consultation was given after its opening: which, why, and what one still lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.consultations.models import LOCALIZED_FIELDS, AddedLanguage, Consultation, Round
from consult.consultations.queries import SECTION_OF, MissingPart, held, list_questions
from consult.core.db import db
from consult.core.errors import NotFound
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText

# What a higher feature needs in a language before that is published: gives the missing parts of a round.
LanguageCheck = Callable[[Round, str], Iterable[MissingPart]]
_language_checks: list[LanguageCheck] = []
# The places of what is missing there, where it is not called after a field of its own.
QUESTIONS = "questions"


def register_language_check(check: LanguageCheck) -> None:
    """Let a higher feature say what it needs before a language can be published."""
    if check not in _language_checks:
        _language_checks.append(check)


def list_languages_in_preparation(consultation: Consultation) -> list[str]:
    """The codes of languages that are not published yet, in the order in which they were begun; one query."""
    return list(
        db.session.scalars(
            sa.select(AddedLanguage.language)
            .where(AddedLanguage.consultation_id == consultation.id, AddedLanguage.published_at.is_(None))
            .order_by(AddedLanguage.begun_at, AddedLanguage.id)
        )
    )


def is_in_preparation(consultation: Consultation, language: str) -> bool:
    """Whether that language is in preparation: translators see it, the public does not."""
    return language in list_languages_in_preparation(consultation)


def get_language_in_preparation(consultation: Consultation, language: str) -> AddedLanguage:
    """The language of that code, while it is in preparation.

    Raises:
        NotFound: none such, or published.
    """
    found = db.session.scalar(
        sa.select(AddedLanguage).where(
            AddedLanguage.consultation_id == consultation.id,
            AddedLanguage.language == language,
            AddedLanguage.published_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Addition:
    """An added language with the reason for giving no more time, in the reader's language; empty where there is none.

    Args:
        row: of the language.
        reason: why the round got no more time, or of its extension why it got some; may be empty.
    """

    row: AddedLanguage
    reason: LocalizedText


def list_published_additions(consultation: Consultation, language: str) -> list[Addition]:
    """The languages that were added and published, oldest first; one query, or up to three where there are any."""
    return _in_words(
        db.session.scalars(
            sa.select(AddedLanguage)
            .where(AddedLanguage.consultation_id == consultation.id, AddedLanguage.published_at.is_not(None))
            .options(joinedload(AddedLanguage.extension))
            .order_by(AddedLanguage.published_at, AddedLanguage.id)
        ).all(),
        language,
    )


def list_additions(consultation: Consultation, language: str) -> list[Addition]:
    """All of them for the desk, those in preparation too, in the order in which they were begun."""
    return _in_words(
        db.session.scalars(
            sa.select(AddedLanguage)
            .where(AddedLanguage.consultation_id == consultation.id)
            .options(joinedload(AddedLanguage.extension))
            .order_by(AddedLanguage.begun_at, AddedLanguage.id)
        ).all(),
        language,
    )


def _in_words(rows: Sequence[AddedLanguage], language: str) -> list[Addition]:
    shown = [r for r in rows if r.consultation.authentic_language != language and held(r.consultation, language)]
    own = [row.id for row in shown if row.reason]
    of_extensions = [row.extension_id for row in shown if row.extension_id]
    texts, extended = (
        load_texts("added_language", own, language),
        load_texts("round_extension", of_extensions, language),
    )
    found = []
    for row in rows:
        original = row.consultation.authentic_language
        if row.extension is not None:
            reason = extended.of(row.extension.id, "reason", row.extension.reason, original)
        else:
            reason = texts.of(row.id, "reason", row.reason, original)
        found.append(Addition(row, reason))
    return found


def list_missing_in(round_: Round, language: str) -> list[MissingPart]:
    """What is still to be translated into a language before it can be published, or translated anew.

    Every text of the consultation that must be there before an opening, what is new in the round, its questions with
    their options, and what higher features need: the draft. A translation of words that have changed since counts as
    missing.
    """
    consultation = round_.consultation
    missing = [
        MissingPart(SECTION_OF[field], field, language)
        for field in _untranslated("consultation", {consultation.id: _fields(consultation)}, language)
    ]
    if round_.number > 1:
        introduction = {round_.id: {"introduction": round_.introduction}}
        missing += [MissingPart("introduction", f, language) for f in _untranslated("round", introduction, language)]
    questions = list_questions(round_)
    options = [option for question in questions for option in question.options]
    lacking = [
        *_untranslated("question", {row.id: {"text": row.text} for row in questions}, language),
        *_untranslated("question_option", {row.id: {"text": row.text} for row in options}, language),
    ]
    missing += [MissingPart(QUESTIONS, QUESTIONS, language)] if lacking else []
    for check in _language_checks:
        missing += check(round_, language)
    return missing


def _fields(consultation: Consultation) -> dict[str, str]:
    return {field: getattr(consultation, field) for field in LOCALIZED_FIELDS}


def _untranslated(subject: str, words: Mapping[int, Mapping[str, str]], language: str) -> list[str]:
    """The fields that have words and no translation from these words; one query."""
    texts = load_texts(subject, list(words), language)
    shown = [(field, texts.of(key, field, text, "")) for key, fields in words.items() for field, text in fields.items()]
    return [field for field, text in shown if text and (text.is_fallback or text.is_stale)]
