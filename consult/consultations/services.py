"""Setting up consultations, opening rounds, inviting."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.accounts.enums import Constituency
from consult.consultations import emails
from consult.consultations.enums import Audience, Body, QuestionKind, TextType, Visibility
from consult.consultations.models import (
    LOCALIZED_FIELDS,
    BodySeats,
    Consultation,
    Invitation,
    Question,
    QuestionOption,
    Round,
)
from consult.consultations.queries import list_missing_parts
from consult.core.clock import to_utc
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.core.secrets import key_digest, new_key
from consult.ledger.services import record
from consult.secretariats.models import Host
from consult.secretariats.services import check_slug
from consult.texts.services import delete_translations, update_translations

INVITATION_LIFE = timedelta(days=60)
INVITATIONS_AT_ONCE = 200
Localized = Mapping[str, str]


def check_code(code: str) -> str:
    """A code for references: 2 to 12 capital letters and digits, beginning with a letter.

    Raises:
        BadInput: anything else.
    """
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,11}", code):
        raise BadInput(_("Use 2 to 12 capital letters A to Z and digits, beginning with a letter."), "code")
    return code


def _check_free(slug: str, code: str, consultation_id: int | None) -> None:
    for column, value, field, message in (
        (Consultation.slug, slug, "slug", _("Another consultation has this address. Choose another one.")),
        (Consultation.code, code, "code", _("Another consultation has this code. Choose another one.")),
    ):
        taken = db.session.scalar(sa.select(Consultation.id).where(column == value))
        if taken is not None and taken != consultation_id:
            raise Conflict(message, field)


def create_consultation(
    host: Host,
    *,
    slug: str,
    code: str,
    text_type: TextType,
    title: str,
    authentic_language: str,
    languages: Sequence[str],
    zone: str,
    actor: Actor,
    now: datetime,
    is_member_driven: bool = False,
) -> Consultation:
    """Create a consultation with its first round, for its manager to set up.

    Raises:
        BadInput: a malformed slug or code.
        Conflict: the slug or the code is taken.
    """
    check_slug(slug)
    check_code(code)
    _check_free(slug, code, None)
    consultation = Consultation(
        host=host,
        slug=slug,
        code=code,
        text_type=text_type,
        title=title,
        authentic_language=authentic_language,
        languages=_with_authentic(languages, authentic_language),
        is_member_driven=is_member_driven,
        is_illustration=host.is_illustration,
        created_at=now,
    )
    consultation.rounds.append(Round(number=1, zone=zone))
    db.session.add(consultation)
    db.session.flush()
    record("desk:consultation:create", consultation, actor=actor, now=now, content={"slug": slug, "code": code})
    return consultation


def _with_authentic(languages: Sequence[str], authentic: str) -> list[str]:
    return [authentic, *[code for code in languages if code != authentic]]


def _require_setup(consultation: Consultation) -> None:
    if consultation.is_published:
        raise InvalidTransition(_("The round has been opened, so its terms no longer change."))


def _require_version(consultation: Consultation, version: int | None) -> None:
    if version is not None and version != consultation.version:
        raise Conflict(
            _(
                "Somebody else saved this page meanwhile. What you typed is below; compare it with theirs, then save again."
            )
        )


def update_basics(
    consultation: Consultation,
    *,
    slug: str,
    code: str,
    text_type: TextType,
    is_member_driven: bool,
    authentic_language: str,
    languages: Sequence[str],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Change what a consultation is called and in which languages it is held.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: a malformed slug or code.
        Conflict: taken, or saved by somebody else meanwhile.
    """
    _require_setup(consultation)
    _require_version(consultation, version)
    check_slug(slug)
    check_code(code)
    _check_free(slug, code, consultation.id)
    consultation.slug, consultation.code = slug, code
    consultation.text_type, consultation.is_member_driven = text_type, is_member_driven
    consultation.authentic_language = authentic_language
    consultation.languages = _with_authentic(languages, authentic_language)
    _touch(consultation, "desk:basics:update", actor, now)


def update_texts(
    consultation: Consultation,
    values: Mapping[str, Localized],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Keep some of the localized fields: field to (language to words).

    Raises:
        InvalidTransition: the round has been opened.
        Conflict: saved by somebody else meanwhile.
    """
    _require_setup(consultation)
    _require_version(consultation, version)
    authentic = consultation.authentic_language
    for field, by_language in values.items():
        if field not in LOCALIZED_FIELDS:
            raise ValueError(field)
        if authentic in by_language:
            setattr(consultation, field, by_language[authentic])
    for language in consultation.languages:
        if language != authentic:
            fields = {
                field: (getattr(consultation, field), by_language[language])
                for field, by_language in values.items()
                if language in by_language
            }
            update_translations("consultation", consultation.id, language=language, fields=fields, actor=actor, now=now)
    _touch(consultation, "desk:texts:update", actor, now)


def update_contact_email(consultation: Consultation, email: str, *, actor: Actor, now: datetime) -> None:
    """Change the address that people write to."""
    _require_setup(consultation)
    consultation.contact_email = email
    _touch(consultation, "desk:contact:update", actor, now)


def update_minimum_age(consultation: Consultation, age: int | None, *, actor: Actor, now: datetime) -> None:
    """Change the age from which people may take part on their own."""
    _require_setup(consultation)
    consultation.privacy_minimum_age = age
    _touch(consultation, "desk:privacy:update", actor, now)


def update_seats(
    consultation: Consultation, seats: Mapping[tuple[Body, Constituency], int], *, actor: Actor, now: datetime
) -> None:
    """Keep how the drafting and the deciding body are composed; zero seats remove the row."""
    _require_setup(consultation)
    existing = {(row.body, row.constituency): row for row in consultation.seats}
    for key, number in seats.items():
        row = existing.get(key)
        if not number:
            if row is not None:
                consultation.seats.remove(row)
        elif row is None:
            consultation.seats.append(BodySeats(body=key[0], constituency=key[1], seats=number))
        else:
            row.seats = number
    _touch(consultation, "desk:seats:update", actor, now)


def update_round(
    round_: Round,
    *,
    audience: Audience,
    visibility: Visibility,
    zone: str,
    opens_wall: datetime | None,
    closes_wall: datetime | None,
    grace_minutes: int,
    response_due: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Set the dates and the openness of a round; dates are wall time in ``zone``.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: dates out of order, or a time that the clocks skip.
    """
    if round_.opened_at is not None:
        raise InvalidTransition(_("The round has been opened, so its terms no longer change."))
    opens_at = to_utc(opens_wall, zone) if opens_wall else None
    closes_at = to_utc(closes_wall, zone) if closes_wall else None
    if opens_at and closes_at and closes_at <= opens_at:
        raise BadInput(_("The round must close after it opens."), "closes_wall")
    if closes_wall and response_due and response_due < closes_wall.date():
        raise BadInput(_("The response is due on or after the day the round closes."), "response_due")
    round_.audience, round_.visibility, round_.zone = audience, visibility, zone
    round_.opens_wall = opens_wall.isoformat(timespec="minutes") if opens_wall else None
    round_.closes_wall = closes_wall.isoformat(timespec="minutes") if closes_wall else None
    round_.opens_at, round_.closes_at = opens_at, closes_at
    round_.grace_minutes, round_.response_due = grace_minutes, response_due
    db.session.flush()
    record("desk:round:update", round_, actor=actor, now=now)


def save_question(
    round_: Round,
    question: Question | None,
    *,
    kind: QuestionKind,
    text: Localized,
    options: Sequence[Localized],
    actor: Actor,
    now: datetime,
) -> Question:
    """Add a question, or replace the words and options of one.

    Args:
        round_: where it is asked.
        question: the one to replace, or None for a new one at the end.
        kind: how it is answered.
        text: language to words; the authentic language is required.
        options: for single choice, at least two; each language to words.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: no words, or fewer than two options.
    """
    consultation = round_.consultation
    _require_setup(consultation)
    authentic = consultation.authentic_language
    if not text.get(authentic):
        raise BadInput(_("Write the question in the authentic language."), f"text-{authentic}")
    kept = [option for option in options if any(option.values())] if kind is QuestionKind.SINGLE_CHOICE else []
    if kind is QuestionKind.SINGLE_CHOICE and len([option for option in kept if option.get(authentic)]) < 2:
        raise BadInput(_("A question with options needs at least two of them, in the authentic language."), "kind")
    if any(not option.get(authentic) for option in kept):
        raise BadInput(_("Write each option in the authentic language too."), "kind")
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
        if language == authentic:
            continue
        update_translations(
            "question", question.id, language=language,
            fields={"text": (question.text, text.get(language, ""))}, actor=actor, now=now,
        )  # fmt: skip
        for row, option in zip(question.options, kept, strict=True):
            update_translations(
                "question_option", row.id, language=language,
                fields={"text": (row.text, option.get(language, ""))}, actor=actor, now=now,
            )  # fmt: skip
    record("desk:question:save", question, actor=actor, now=now, content={"text": dict(text)})
    return question


def delete_question(question: Question, *, actor: Actor, now: datetime) -> None:
    """Remove a question before the round opens."""
    _require_setup(question.round.consultation)
    delete_translations("question_option", [option.id for option in question.options])
    delete_translations("question", [question.id])
    record("desk:question:delete", question, actor=actor, now=now)
    db.session.delete(question)
    db.session.flush()


def open_round(round_: Round, *, actor: Actor, now: datetime) -> None:
    """Publish the consultation; input is taken from the opening time on. Code and slug are frozen from here.

    Raises:
        InvalidTransition: it has been opened already, or a required part is missing.
    """
    if round_.opened_at is not None:
        raise InvalidTransition(_("The round has been opened already."))
    missing = list_missing_parts(round_, now)
    if missing:
        raise InvalidTransition(
            ngettext(
                "The round cannot open yet: %(num)s part is missing.",
                "The round cannot open yet: %(num)s parts are missing.",
                len(missing),
            )
        )
    round_.opened_at = now
    round_.consultation.published_at = round_.consultation.published_at or now
    db.session.flush()
    record("desk:round:open", round_, actor=actor, now=now, content={"code": round_.label})


def take_back_opening(round_: Round, *, actor: Actor, now: datetime) -> None:
    """Undo the opening of a round that has not begun, and so has no input.

    Raises:
        InvalidTransition: it has begun, or was never opened.
    """
    if round_.opened_at is None or round_.has_begun(now):
        raise InvalidTransition(_("Only a round that has not begun can go back to being set up."))
    round_.opened_at = None
    if round_.number == 1:
        round_.consultation.published_at = None
    db.session.flush()
    record("desk:round:take_back", round_, actor=actor, now=now)


def invite(round_: Round, emails_typed: Sequence[str], *, locale: str, actor: Actor, now: datetime) -> int:
    """Invite people by e-mail; who is invited already is left alone. Returns how many were invited.

    Args:
        round_: a round by invitation.
        emails_typed: addresses, at most 200 at once.
        locale: language of the message.
        actor: who invites.
        now: when.

    Raises:
        BadInput: too many at once.
    """
    wanted = sorted({email.strip().lower() for email in emails_typed if email.strip()})
    if len(wanted) > INVITATIONS_AT_ONCE:
        raise BadInput(_("Invite at most %(count)s people at once.", count=INVITATIONS_AT_ONCE), "emails")
    present = {
        row.email: row
        for row in db.session.scalars(
            sa.select(Invitation).where(Invitation.round_id == round_.id, Invitation.email.in_(wanted))
        )
    }
    sent = 0
    for email in wanted:
        row = present.get(email)
        if row is not None and row.revoked_at is None and (row.accepted_at or row.expires_at > now):
            continue
        key = new_key()
        if row is None:
            row = Invitation(round=round_, email=email, key_digest="", created_at=now, expires_at=now)
            db.session.add(row)
        row.key_digest, row.expires_at = key_digest(key), now + INVITATION_LIFE
        row.revoked_at = row.accepted_at = row.account_id = None
        emails.queue_invitation(row, key=key, locale=locale, now=now)
        sent += 1
    db.session.flush()
    record("desk:round:invite", round_, actor=actor, now=now, content={"number": sent})
    return sent


def accept_invitation(invitation: Invitation, *, actor: Person, now: datetime) -> None:
    """Admit whoever holds the link and has signed in; the link is used up."""
    invitation.account_id, invitation.accepted_at = actor.actor_id, now
    db.session.flush()
    record("account:invitation:accept", invitation.round, actor=actor, now=now)


def revoke_invitation(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back; what its holder submitted stays on record."""
    invitation.revoked_at = now
    db.session.flush()
    record("desk:invitation:revoke", invitation.round, actor=actor, now=now)


def _touch(consultation: Consultation, act: str, actor: Actor, now: datetime) -> None:
    db.session.flush()
    record(act, consultation, actor=actor, now=now, content={"version": consultation.version})
