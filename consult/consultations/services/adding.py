"""Giving a consultation another language after its opening: in preparation first, then published for everybody."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.languages import list_missing_in
from consult.consultations.models import AddedLanguage, Consultation, Round, RoundExtension
from consult.consultations.queries import current_round
from consult.consultations.services.concluding import lock_consultation, require_not_concluded
from consult.consultations.services.extending import can_be_extended
from consult.consultations.services.setting_up import touch
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.languages import canonical_language
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.ledger.services import record
from consult.texts.services import update_all_translations
from consult.texts.values import Localized

LANGUAGES_MAX = 12


def begin_language(consultation: Consultation, language: str, *, actor: Actor, now: datetime) -> AddedLanguage:
    """Begin a language edition of a consultation that was opened: translators see it, the public does not.

    Args:
        consultation: opened.
        language: BCP 47 code.
        actor: who begins it.
        now: when.

    Raises:
        InvalidTransition: it was never opened, or an outcome has closed the process.
        BadInput: not a code, or too many languages.
        Conflict: the consultation has this language, or it is in preparation.
    """
    require_not_concluded(consultation)
    db.session.refresh(consultation)
    if not consultation.is_published:
        raise InvalidTransition(_("This consultation is still being set up: choose its languages in the basics."))
    code = canonical_language(language)
    if code is None:
        raise BadInput(_("Name a language that has a code, such as “km”."), "language")
    begun = db.session.scalars(
        sa.select(AddedLanguage.language).where(AddedLanguage.consultation_id == consultation.id)
    ).all()
    if code in consultation.languages:
        raise Conflict(_("The consultation is held in this language already."), "language")
    if code in begun:
        raise Conflict(_("This language is in preparation already."), "language")
    if len({*consultation.languages, *begun}) >= LANGUAGES_MAX:
        raise BadInput(_("A consultation is held in at most %(count)s languages.", count=LANGUAGES_MAX), "language")
    added = AddedLanguage(
        consultation=consultation,
        round=current_round(consultation),
        language=code,
        begun_by=actor.actor_id,
        begun_at=now,
        reason="",
    )
    db.session.add(added)
    db.session.flush()
    record("desk:language:begin", added, actor=actor, now=now, content={"language": code})
    return added


def withdraw_language(added: AddedLanguage, *, actor: Actor, now: datetime) -> None:
    """Take back a language that is only in preparation; what was translated into it stays, should it be begun again.

    Raises:
        InvalidTransition: it is published.
    """
    _lock_preparation(added)
    record("desk:language:withdraw", added, actor=actor, now=now, content={"language": added.language})
    db.session.delete(added)
    db.session.flush()


def demands_decision(round_: Round, now: datetime) -> bool:
    """Whether publishing a language demands more time for this round, or a reason for giving none."""
    return can_be_extended(round_, now)


def check_publication(added: AddedLanguage, *, reason: Localized | None, now: datetime) -> Round:
    """Refuse to publish a language that cannot be; nobody begins or publishes one from here to the end.

    Args:
        added: in preparation.
        reason: why the round gets no more time; None where it gets some.
        now: when.

    Returns:
        The round that stands for the consultation now.

    Raises:
        InvalidTransition: it is published already, something is not translated, or an outcome closed the process.
        BadInput: the round is open or upcoming, and neither gets more time nor is there a reason.
    """
    require_not_concluded(added.consultation)
    _lock_preparation(added)
    db.session.refresh(added.consultation)
    round_ = current_round(added.consultation)
    missing = list_missing_in(round_, added.language)
    if missing:
        raise InvalidTransition(
            ngettext(
                "This language cannot be published yet: %(num)s part is not translated.",
                "This language cannot be published yet: %(num)s parts are not translated.",
                len(missing),
            )
        )
    authentic = added.consultation.authentic_language
    if reason is not None and demands_decision(round_, now) and not reason.get(authentic, "").strip():
        raise BadInput(_("Say why, in the authentic language."), f"reason-{authentic}")
    return round_


def publish_language(
    added: AddedLanguage,
    *,
    reason: Localized | None,
    extension: RoundExtension | None,
    actor: Actor,
    now: datetime,
) -> AddedLanguage:
    """Publish a language: the consultation is held in it from now on. See `documents.languages.publish_edition`.

    Args:
        added: in preparation, and everything is translated.
        reason: why the round gets no more time, by language; None where it gets some.
        extension: the time that it got in this same act.
        actor: who publishes it.
        now: when.

    Raises:
        InvalidTransition, BadInput: what `check_publication` says.
    """
    round_ = check_publication(added, reason=reason if extension is None else None, now=now)
    consultation = added.consultation
    if demands_decision(round_, now) and extension is None and reason is None:
        raise BadInput(_("Give the round more time, or say why it gets none."), "decision")
    # After the closing nobody lost time, so there is nothing to give a reason for.
    words = reason if reason is not None and extension is None and demands_decision(round_, now) else {}
    authentic = consultation.authentic_language
    languages = [*consultation.languages, added.language]
    # Before the row is on record, and so frozen: its words, which go with it.
    fields = {"reason": (words.get(authentic, "").strip(), words)}
    update_all_translations(
        "added_language", added.id, fields, languages=languages, authentic=authentic, actor=actor, now=now
    )
    added.round, added.reason, added.extension, added.published_at = round_, fields["reason"][0], extension, now
    consultation.languages = languages
    touch(consultation)
    note_change("consultation", consultation.id)
    content = {
        "language": added.language,
        "reason": added.reason,
        "closes": extension.closes_wall_after if extension is not None else "",
    }
    record("desk:language:publish", added, actor=actor, now=now, content=content)
    return added


def _lock_preparation(added: AddedLanguage) -> None:
    """Lock the consultation, so that two who publish or withdraw a language wait for one another; read it afresh.

    Raises:
        InvalidTransition: it is published.
    """
    lock_consultation(added.consultation)
    db.session.refresh(added)
    if added.is_published:
        raise InvalidTransition(_("This language is published. It stays as long as the consultation does."))
