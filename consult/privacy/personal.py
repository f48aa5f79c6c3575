"""What this room itself holds: who set how long things are kept, and who was told that their account closes."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.privacy.models import InactivityNotice, RetentionRule
from consult.secretariats.models import Host


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    notice = db.session.get(InactivityNotice, owner.account_id)
    yield Section(
        "inactivity_notice",
        _("That we told you that your account closes"),
        _("Nobody. It goes once you sign in."),
        [Entry([Fact("told_on", _("Told on"), notice.told_on)])] if notice is not None else [],
    )
    rows = db.session.execute(
        sa.select(Host.name, RetentionRule.set_at)
        .join(RetentionRule, RetentionRule.host_id == Host.id)
        .where(RetentionRule.set_by == owner.account_id)
        .order_by(Host.id)
    )
    yield Section(
        "retention_set",
        _("Hosts for which you set how long things are kept"),
        _("The managers of the host."),
        [Entry([Fact("host", _("Host"), name), Fact("set_at", _("Set"), at)]) for name, at in rows],
    )


COLLECTORS = (
    Collector(
        key="retention",
        title=_l("How long things are kept"),
        tables=("retention_rule", "retention_run", "inactivity_notice"),
        when_closed=_l("It says nothing of you any more."),
        collect=_collect,
    ),
)
