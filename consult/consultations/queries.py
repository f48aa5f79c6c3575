"""Reading consultations and rounds; who may read and take part; what is missing before opening."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from consult.access.roles import Actor
from consult.consultations.enums import Audience, Body
from consult.consultations.models import (
    CONTACT_FIELDS,
    DECISION_FIELDS,
    LOCALIZED_FIELDS,
    PRIVACY_FIELDS,
    SUMMARY_FIELDS,
    TERMS_FIELDS,
    Consultation,
    Invitation,
    Question,
    Round,
)
from consult.core.db import db
from consult.core.errors import Gone, NotFound
from consult.core.locale import gettext as _
from consult.core.paging import Page, fetch_page
from consult.core.secrets import key_digest
from consult.secretariats.queries import hosts_represented
from consult.texts.finding import matching
from consult.texts.queries import list_translations, load_texts
from consult.texts.values import LocalizedText

NONE_OF_THEM = ""
"""The language of a reader in whose language the consultation is not held: everything then shows in its original."""


def split_address(address: str) -> tuple[str, int | None]:
    """The slug of a consultation, and the number of the round that an address names: ``minerals/rounds/2``."""
    slug, _middle, number = address.partition("/rounds/")
    return slug, int(number) if number.isdigit() else None


def get_consultation(address: str) -> Consultation:
    """The consultation that an address names, published or not.

    Raises:
        NotFound: no such consultation.
    """
    slug, _number = split_address(address)
    found = db.session.scalar(sa.select(Consultation).where(Consultation.slug == slug))
    if found is None:
        raise NotFound
    return found


def get_published_consultation(slug: str) -> Consultation:
    """The consultation that an address names, if the public knows of it.

    Raises:
        NotFound: no such consultation, or still being set up.
    """
    found = get_consultation(slug)
    if not found.is_published:
        raise NotFound
    return found


def held(consultation: Consultation, language: str) -> str:
    """In which language the words of a consultation are shown to who reads that one.

    Everything that shows what staff wrote of a consultation asks this: its texts, its questions, the headings of its
    drafts, what happened to it. A language in preparation, or given up before the opening, has translations already.

    Returns:
        The language, or `NONE_OF_THEM` where the consultation is not held in it.
    """
    return language if language in consultation.languages else NONE_OF_THEM


def title_in(consultation: Consultation, language: str) -> LocalizedText:
    """A consultation's title in a reader's or a recipient's language, or the original, marked; one query."""
    return titles_in([consultation], language)[consultation.id]


def titles_in(consultations: Iterable[Consultation], language: str) -> dict[int, LocalizedText]:
    """The titles of consultations in a reader's language, or the originals, marked; by key, one query."""
    rows = {one.id: one for one in consultations}
    texts = load_texts("consultation", [key for key, one in rows.items() if held(one, language)], language)
    return {key: texts.of(key, "title", one.title, one.authentic_language) for key, one in rows.items()}


def newest_round(consultation: Consultation) -> Round:
    """The newest round, opened or not.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(_rounds_of(consultation).limit(1))
    if found is None:
        raise NotFound
    return found


def current_round(consultation: Consultation) -> Round:
    """The round that stands for the consultation: the newest that was opened; before that, the one being set up.

    Raises:
        NotFound: there is none.
    """
    opened = sa.case((Round.opened_at.is_not(None), 0), else_=1)
    found = db.session.scalar(_rounds_of(consultation).order_by(None).order_by(opened, Round.number.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def _rounds_of(consultation: Consultation) -> sa.Select[Round]:
    return sa.select(Round).where(Round.consultation_id == consultation.id).order_by(Round.number.desc())


def _round_at(consultation: Consultation, address: str) -> Round:
    _slug, number = split_address(address)
    if number is None:
        return current_round(consultation)
    found = db.session.scalar(sa.select(Round).where(Round.consultation_id == consultation.id, Round.number == number))
    if found is None:
        raise NotFound
    return found


def get_published_round(slug: str) -> Round:
    """The round that an address names, if the public knows of it; without a number the newest that was opened.

    Raises:
        NotFound: no such consultation or round, or still being set up.
    """
    found = _round_at(get_published_consultation(slug), slug)
    if found.opened_at is None:
        raise NotFound
    return found


def get_round(slug: str) -> Round:
    """The round that an address names, opened or not; without a number the newest that was opened, else the only one.

    Raises:
        NotFound: no such consultation or round.
    """
    return _round_at(get_consultation(slug), slug)


def list_questions(round_: Round) -> Sequence[Question]:
    """The questions of a round with their options, in their order."""
    return db.session.scalars(
        sa.select(Question)
        .where(Question.round_id == round_.id)
        .options(selectinload(Question.options))
        .order_by(Question.position, Question.id)
    ).all()


def get_question(round_: Round, position: int) -> Question:
    """The question at that place of the round; places are not given anew when one is deleted.

    Raises:
        NotFound: none such in this round.
    """
    question = next((q for q in list_questions(round_) if q.position == position), None)
    if question is None:
        raise NotFound
    return question


def page_of_consultations_at(
    actor: Actor, *, after: str | None, before: str | None, words: str = ""
) -> Page[Consultation]:
    """The consultations of the hosts that this actor works for, newest first."""
    statement = sa.select(Consultation).where(Consultation.host_id.in_(list(actor.staff_roles)))
    statement = statement.where(*matching(words, fields=("title", "code"), consultation=Consultation.id))
    return fetch_page(
        db.session,
        statement,
        [Consultation.id],
        lambda row: [row.id],
        after=after,
        before=before,
        descending=True,
    )


def page_of_invitations(
    round_: Round, *, words: str = "", after: str | None = None, before: str | None = None
) -> Page[Invitation]:
    """Who was invited, by address.

    Args:
        round_: to what.
        words: a part of the address.
        after: key of the row before the page.
        before: key of the row behind it.
    """
    return fetch_page(
        db.session,
        sa.select(Invitation).where(*_invited(round_, words)),
        [Invitation.email, Invitation.id],
        lambda row: [row.email, row.id],
        after=after,
        before=before,
    )


def count_invitations(round_: Round, *, words: str = "") -> int:
    """How many were invited, whatever became of it."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Invitation).where(*_invited(round_, words))) or 0


def _invited(round_: Round, words: str) -> list[sa.ColumnElement[bool]]:
    return [Invitation.round_id == round_.id, *([Invitation.email.icontains(words, autoescape=True)] if words else [])]


def get_invitation_to(round_: Round, digest: str) -> Invitation:
    """One invitation to that round, by the digest of its key.

    Raises:
        NotFound: none such in this round.
    """
    found = db.session.scalar(
        sa.select(Invitation).where(Invitation.round_id == round_.id, Invitation.key_digest == digest)
    )
    if found is None:
        raise NotFound
    return found


def find_accepted(actor: Actor, key: str) -> Invitation | None:
    """The invitation of that link, if this actor is the one who used it and it still holds."""
    if actor.actor_id is None:
        return None
    return db.session.scalar(
        sa.select(Invitation).where(
            Invitation.key_digest == key_digest(key),
            Invitation.account_id == actor.actor_id,
            Invitation.revoked_at.is_(None),
        )
    )


def get_invitation(key: str, now: datetime) -> Invitation:
    """The invitation that a mailed link opens.

    Raises:
        Gone: unknown, revoked, expired, or accepted already; which of these is not told.
    """
    found = db.session.scalar(
        sa.select(Invitation).where(
            Invitation.key_digest == key_digest(key),
            Invitation.revoked_at.is_(None),
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now,
        )
    )
    if found is None:
        raise Gone(_("This invitation has been used, was taken back, or has expired."))
    return found


def _invited_to(actor: Actor, round_ids: Collection[int]) -> set[int]:
    """The rounds to which the actor has accepted an invitation that still holds."""
    if actor.actor_id is None or not round_ids:
        return set()
    statement = sa.select(Invitation.round_id).where(
        Invitation.round_id.in_(round_ids),
        Invitation.account_id == actor.actor_id,
        Invitation.revoked_at.is_(None),
    )
    return set(db.session.scalars(statement))


def is_participant(actor: Actor, subject: Any) -> bool:
    """The relation *participant*, and *reader* of the draft: by the audience of the round."""
    round_: Round = subject if isinstance(subject, Round) else subject.round
    return round_.id in rounds_open_to(actor, [round_])


def rounds_open_to(actor: Actor, rounds: Collection[Round]) -> set[int]:
    """The keys of those rounds in which the actor is a participant; two queries at most."""
    opened = [round_ for round_ in rounds if round_.opened_at is not None]
    by_audience = {audience: [one for one in opened if one.audience is audience] for audience in Audience}
    for_members = by_audience[Audience.MEMBERS_ONLY]
    hosts = hosts_represented(actor, {round_.host_id for round_ in for_members})
    return {
        *(round_.id for round_ in by_audience[Audience.PUBLIC]),
        *_invited_to(actor, [round_.id for round_ in by_audience[Audience.BY_INVITATION]]),
        *(round_.id for round_ in for_members if round_.host_id in hosts),
    }


@dataclass(frozen=True)
class MissingPart:
    """Something that must be there before a round can open.

    Args:
        section: the page of the set-up where it is entered.
        field: what is missing there.
        language: in which language, where that matters.
    """

    section: str
    field: str
    language: str | None = None


OpeningCheck = Callable[[Round], Iterable[MissingPart]]
_opening_checks: list[OpeningCheck] = []

SECTION_OF = {
    "title": "basics",
    **dict.fromkeys(SUMMARY_FIELDS, "summary"),
    **dict.fromkeys(DECISION_FIELDS, "decision"),
    **dict.fromkeys(TERMS_FIELDS, "terms"),
    **dict.fromkeys(CONTACT_FIELDS, "contact"),
    **dict.fromkeys(PRIVACY_FIELDS, "privacy"),
}


def register_opening_check(check: OpeningCheck) -> None:
    """Let a higher feature say what it needs before a round can open."""
    if check not in _opening_checks:
        _opening_checks.append(check)


def list_missing_parts(round_: Round, now: datetime) -> list[MissingPart]:
    """All that is missing before this round can open, in the order of the set-up."""
    consultation = round_.consultation
    others = [code for code in consultation.languages if code != consultation.authentic_language]
    translated = {(row.field, row.language) for row in list_translations("consultation", [consultation.id]) if row.text}
    missing: list[MissingPart] = []
    for field in LOCALIZED_FIELDS:
        section = SECTION_OF[field]
        if not getattr(consultation, field):
            missing.append(MissingPart(section, field, consultation.authentic_language))
        missing += [MissingPart(section, field, code) for code in others if (field, code) not in translated]
    if round_.number > 1:
        missing += [
            MissingPart("introduction", name.partition("-")[0], name.partition("-")[2])
            for name, words in stored_introduction(round_).items()
            if not words
        ]
    bodies = {row.body for row in consultation.seats if row.seats}
    missing += [MissingPart("decision", f"seats_{body.value}") for body in Body if body not in bodies]
    if not consultation.contact_email:
        missing.append(MissingPart("contact", "contact_email"))
    if consultation.privacy_minimum_age is None:
        missing.append(MissingPart("privacy", "privacy_minimum_age"))
    missing += [
        MissingPart("round", field)
        for field in ("opens_at", "closes_at", "response_due")
        if getattr(round_, field) is None
    ]
    if round_.closes_at is not None and round_.closes_at <= now:
        missing.append(MissingPart("round", "closes_in_the_future"))
    missing += _missing_in_questions(round_, others)
    for check in _opening_checks:
        missing += check(round_)
    return missing


def _missing_in_questions(round_: Round, languages: Sequence[str]) -> list[MissingPart]:
    questions = list_questions(round_)
    options = [option for question in questions for option in question.options]
    have = {(row.subject_id, row.language) for row in list_translations("question", [q.id for q in questions])}
    have_options = {
        (row.subject_id, row.language) for row in list_translations("question_option", [o.id for o in options])
    }
    lacks_words = not (all(q.text for q in questions) and all(o.text for o in options))
    authentic = [MissingPart("questions", "questions", round_.consultation.authentic_language)] if lacks_words else []
    return authentic + [
        MissingPart("questions", "questions", code)
        for code in languages
        if any((q.id, code) not in have for q in questions) or any((o.id, code) not in have_options for o in options)
    ]


def stored_texts(consultation: Consultation, names: Sequence[str]) -> dict[str, str]:
    """What is stored of some localized fields in every language: ``name-language`` to words; one query."""
    authentic = consultation.authentic_language
    found = {f"{name}-{code}": "" for name in names for code in consultation.languages}
    found |= {f"{name}-{authentic}": getattr(consultation, name) for name in names}
    rows = list_translations("consultation", [consultation.id])
    return found | {f"{row.field}-{row.language}": row.text for row in rows if f"{row.field}-{row.language}" in found}


def stored_introduction(round_: Round) -> dict[str, str]:
    """What is stored of a round's introduction in every language: ``introduction-fr`` to words; one query."""
    consultation = round_.consultation
    found = {f"introduction-{code}": "" for code in consultation.languages}
    found |= {f"{row.field}-{row.language}": row.text for row in list_translations("round", [round_.id])}
    return found | {f"introduction-{consultation.authentic_language}": round_.introduction}


def stored_question(question: Question) -> dict[str, str]:
    """What is stored of a question and its options in every language: ``text-fr``, ``option_1-fr``; two queries."""
    authentic = question.round.consultation.authentic_language
    names = {option.id: f"option_{place}" for place, option in enumerate(question.options, start=1)}
    found = {f"text-{authentic}": question.text}
    found |= {f"{names[option.id]}-{authentic}": option.text for option in question.options}
    found |= {f"text-{row.language}": row.text for row in list_translations("question", [question.id])}
    rows = list_translations("question_option", list(names))
    return found | {f"{names[row.subject_id]}-{row.language}": row.text for row in rows}
