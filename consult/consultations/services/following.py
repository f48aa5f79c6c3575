"""A round that follows another: the same consultation, a newer version of the draft."""

from __future__ import annotations

from datetime import datetime

from consult.access.roles import Actor
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import newest_round
from consult.consultations.services.concluding import require_not_concluded
from consult.consultations.services.setting_up import require_round_setup, touch
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.texts.services import update_all_translations
from consult.texts.values import Localized


def require_may_follow(consultation: Consultation, now: datetime) -> Round:
    """The last round, which another may follow now.

    Raises:
        InvalidTransition: as `create_round`.
    """
    # Of two managers who begin one at once, the second waits here and then finds the first one's.
    require_not_concluded(consultation)
    last = newest_round(consultation)
    if last.opened_at is None:
        raise InvalidTransition(_("The next round is being set up already."))
    if not last.is_over(now):
        raise InvalidTransition(_("Another round can follow once this one takes no more input."))
    return last


def create_round(consultation: Consultation, *, actor: Actor, now: datetime) -> Round:
    """Begin setting up the next round: with the openness, the zone and the grace of the last one, without its dates.

    The consultation's summary and terms hold for it too; what is new is said in its introduction. Points of earlier
    rounds stay with the draft that they are about.

    Raises:
        InvalidTransition: a round is being set up already, the last one still takes input, or an outcome closed the
            process.
    """
    last = require_may_follow(consultation, now)
    following = Round(
        consultation=consultation,
        number=last.number + 1,
        audience=last.audience,
        visibility=last.visibility,
        zone=last.zone,
        grace_minutes=last.grace_minutes,
    )
    db.session.add(following)
    db.session.flush()
    record("desk:round:create", following, actor=actor, now=now, content={"number": following.number})
    return following


def update_introduction(
    round_: Round, words: Localized, *, actor: Actor, now: datetime, version: int | None = None
) -> None:
    """Say what is new in a round that follows another.

    Raises:
        InvalidTransition: the round has been opened.
        Conflict: saved by somebody else meanwhile.
    """
    require_round_setup(round_, version)
    consultation = round_.consultation
    authentic = consultation.authentic_language
    round_.introduction = words.get(authentic, "")
    update_all_translations(
        "round",
        round_.id,
        {"introduction": (round_.introduction, words)},
        languages=consultation.languages,
        authentic=authentic,
        actor=actor,
        now=now,
    )
    touch(consultation)
    record("desk:round:introduce", round_, actor=actor, now=now)
