"""What the ledger holds of people: of respondents the kind alone; of staff, who did what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.ledger.models import HeldEntry, LedgerEntry
from consult.ledger.services import erase_salts


def act_in_words(act: str) -> str:
    """What an entry tells of, for whoever did it; what is done at a desk is told apart by the pages of the desk."""
    known = {
        "account:account:create": _("The account was made"),
        "account:account:confirm": _("The account was confirmed"),
        "account:profile:update": _("The profile was saved"),
        "account:password:reset": _("A new password was chosen"),
        "account:password:change": _("The password was changed"),
        "account:password:recover": _("A new password was chosen with the recovery code"),
        "account:code:renew": _("A recovery code was made"),
        "account:name:choose": _("A name to sign in with was chosen"),
        "account:address:take": _("An e-mail address was added or changed"),
        "account:address:remove": _("The e-mail address was removed"),
        "account:account:close": _("The account was closed"),
    }
    if act in known:
        return known[act]
    if act.startswith("desk:"):
        return _("Something was done at the desk")
    if act.startswith("host:"):
        return _("Something was done for a host")
    return _("Something else was done with the account or the instance")


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    of_account = sa.and_(LedgerEntry.subject == "account", LedgerEntry.subject_id == owner.account_id)
    rows = db.session.scalars(
        sa.select(LedgerEntry)
        .where(sa.or_(LedgerEntry.actor_id == owner.account_id, of_account))
        .order_by(LedgerEntry.id.desc())
    )
    held = db.session.scalars(
        sa.select(HeldEntry).where(HeldEntry.actor_id == owner.account_id).order_by(HeldEntry.id.desc())
    )
    yield Section(
        "ledger",
        _("Entries of the ledger about your account, and about what you did as staff"),
        _("Whoever looks after the server. What you do as a respondent is recorded without you."),
        [
            Entry(
                [
                    Fact("act", _("What was done"), row.act, act_in_words(row.act)),
                    Fact("at", _("When"), row.at),
                    Fact("as_staff", _("By you as staff"), row.actor_id == owner.account_id or None),
                ]
            )
            for row in rows
        ],
    )
    yield Section(
        "ledger_held",
        _("Entries that wait until what they are about is public"),
        _("Whoever looks after the server. They hold no time."),
        [Entry([Fact("act", _("What was done"), row.act, act_in_words(row.act))]) for row in held],
    )


def _erase(owner: Owner, *, now: datetime) -> None:
    if owner.account_id is not None:
        erase_salts("account", [owner.account_id])


COLLECTORS = (
    Collector(
        key="ledger",
        title=_l("The ledger"),
        tables=("ledger_entry", "held_entry"),
        when_closed=_l(
            "Entries stay, since the record cannot be changed. Those about your account then say nothing of you; those "
            "about what you did as staff stay without your name."
        ),
        collect=_collect,
        erase=_erase,
    ),
)
