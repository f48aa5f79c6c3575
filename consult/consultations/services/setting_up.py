"""Creating a consultation, and everything that is written before its round opens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from consult.access.roles import Actor
from consult.accounts.enums import Constituency
from consult.consultations.enums import Body, TextType
from consult.consultations.models import LOCALIZED_FIELDS, BodySeats, Consultation, Question, QuestionOption, Round
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.secretariats.models import Host
from consult.secretariats.services import check_slug
from consult.texts.queries import list_translations
from consult.texts.services import update_translations
from consult.texts.values import Localized

# Words that stand where the slug stands in addresses of ours.
RESERVED = {"new", "invitation", "hosts"}


def check_code(code: str) -> str:
    """A code for references: 2 to 12 capital letters and digits, beginning with a letter.

    Raises:
        BadInput: anything else.
    """
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,11}", code):
        raise BadInput(_("Use 2 to 12 capital letters A to Z and digits, beginning with a letter."), "code")
    return code


def propose_slug(title: str, code: str) -> str:
    """An address that is free, from the title where it has Latin letters, else from the code."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    base = words[:50].rpartition("-")[0] if len(words) > 50 else words
    if len(base) < 3:
        base = f"consultation-{code.lower()}"
    taken = set(
        db.session.scalars(sa.select(Consultation.slug).where(Consultation.slug.startswith(base, autoescape=True)))
    )
    number = 1
    slug = base
    while slug in taken | RESERVED:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _check_free(slug: str, code: str, consultation_id: int | None) -> None:
    if slug in RESERVED:
        raise BadInput(_("This address is needed by a page of the site. Choose another one."), "slug")
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


def require_setup(consultation: Consultation, version: int | None = None) -> None:
    """Refuse a change to what was opened, or to what somebody else has changed meanwhile.

    Args:
        consultation: which one.
        version: the one that the form was made from, if it was a form.

    Raises:
        InvalidTransition: the round has been opened.
        Conflict: saved by somebody else meanwhile.
    """
    if consultation.is_published:
        raise InvalidTransition(_("The round has been opened, so its terms no longer change."))
    require_version(consultation, version)


def require_version(consultation: Consultation, version: int | None) -> None:
    """Refuse a change that was made from another version than the present one.

    Raises:
        Conflict: saved by somebody else meanwhile.
    """
    if version is not None and version != consultation.version:
        raise Conflict(
            _(
                "Somebody else saved this page meanwhile. What you typed is below; compare it with theirs, "
                "then save again."
            )
        )


def require_round_setup(round_: Round, version: int | None = None) -> None:
    """Refuse a change to a round that was opened, or to what somebody else has changed meanwhile.

    Args:
        round_: which one; another of the consultation may have been opened long ago.
        version: of the consultation, as the form was made from, if it was a form.

    Raises:
        InvalidTransition: the round has been opened.
        Conflict: saved by somebody else meanwhile.
    """
    if round_.opened_at is not None:
        raise InvalidTransition(_("The round has been opened, so its terms no longer change."))
    require_version(round_.consultation, version)


def touch(consultation: Consultation) -> None:
    """Give the consultation a new version whatever was changed of it: a translation, a question, the draft.

    So two who save at once never overwrite each other, and nothing changes while the round is being opened.
    """
    flag_modified(consultation, "code")
    db.session.flush()


def _changed(consultation: Consultation, act: str, actor: Actor, now: datetime) -> None:
    touch(consultation)
    record(act, consultation, actor=actor, now=now, content={"version": consultation.version})


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
    require_setup(consultation, version)
    check_slug(slug)
    check_code(code)
    _check_free(slug, code, consultation.id)
    consultation.slug, consultation.code = slug, code
    consultation.text_type, consultation.is_member_driven = text_type, is_member_driven
    if authentic_language != consultation.authentic_language:
        _swap_authentic(consultation, authentic_language, actor, now)
    consultation.languages = _with_authentic(languages, authentic_language)
    _changed(consultation, "desk:basics:update", actor, now)


def _swap_authentic(consultation: Consultation, language: str, actor: Actor, now: datetime) -> None:
    """Let the words that were a translation become the original, and the original a translation."""
    questions = db.session.scalars(
        sa.select(Question).join(Round).where(Round.consultation_id == consultation.id).order_by(Question.id)
    ).all()
    options = [option for question in questions for option in question.options]
    before = consultation.authentic_language
    swapped: list[tuple[Consultation | Question | QuestionOption, dict[str, str], dict[str, str]]] = []
    for subject, rows, fields in (
        ("consultation", [consultation], LOCALIZED_FIELDS),
        ("question", questions, ("text",)),
        ("question_option", options, ("text",)),
    ):
        found = {
            (t.subject_id, t.field): t.text
            for t in list_translations(subject, [row.id for row in rows])
            if t.language == language
        }
        for row in rows:
            old = {field: getattr(row, field) for field in fields}
            swapped.append((row, old, {field: found.get((row.id, field), "") for field in fields}))
            gone = {field: (words, "") for field, words in old.items()}
            update_translations(subject, row.id, language=language, fields=gone, actor=actor, now=now)
    # In between, so that nothing has an original and a translation in one language, not even for the index of words.
    consultation.authentic_language = language
    db.session.flush()
    for row, old, new in swapped:
        for field, words in new.items():
            # Lists and links show the title, so until it is translated the old words stay; the rest is missing.
            setattr(row, field, words or (old[field] if field == "title" else ""))
        kept = {field: (getattr(row, field), words) for field, words in old.items()}
        update_translations(row.__tablename__, row.id, language=before, fields=kept, actor=actor, now=now)


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
    require_setup(consultation, version)
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
    _changed(consultation, "desk:texts:update", actor, now)


def update_contact_email(consultation: Consultation, email: str, *, actor: Actor, now: datetime) -> None:
    """Change the address that people write to."""
    require_setup(consultation)
    consultation.contact_email = email
    _changed(consultation, "desk:contact:update", actor, now)


def update_minimum_age(consultation: Consultation, age: int | None, *, actor: Actor, now: datetime) -> None:
    """Change the age from which people may take part on their own."""
    require_setup(consultation)
    consultation.privacy_minimum_age = age
    _changed(consultation, "desk:privacy:update", actor, now)


def update_seats(
    consultation: Consultation, seats: Mapping[tuple[Body, Constituency], int], *, actor: Actor, now: datetime
) -> None:
    """Keep how the drafting and the deciding body are composed; zero seats remove the row."""
    require_setup(consultation)
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
    _changed(consultation, "desk:seats:update", actor, now)
