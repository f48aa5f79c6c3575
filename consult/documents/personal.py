"""What is held of the staff who bring texts and confirm what continues what."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.documents.models import Correspondence, Proposal, ProposedMatch


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    rows = db.session.scalars(
        sa.select(Proposal).where(Proposal.proposed_by == owner.account_id).order_by(Proposal.id)
    ).unique()
    decided = sa.select(sa.func.count()).where(ProposedMatch.decided_by == owner.account_id).scalar_subquery()
    confirmed = sa.select(sa.func.count()).where(Correspondence.confirmed_by == owner.account_id).scalar_subquery()
    numbers = db.session.execute(sa.select(decided, confirmed)).one()
    entries = [
        Entry(
            [
                Fact("consultation", _("Consultation"), row.consultation.code),
                Fact("name", _("Name of the file"), row.name),
                Fact("proposed_at", _("Brought"), row.proposed_at),
            ]
        )
        for row in rows
    ]
    matches = [
        Fact("decided", _("Paragraphs for which you are deciding what they continue"), numbers[0]),
        Fact("confirmed", _("Paragraphs for which you confirmed it"), numbers[1]),
    ]
    yield Section("proposals", _("Texts that you brought as staff"), _("The managers of the host."), entries)
    yield Section("matches", _("What you said of how texts continue"), _("The staff of the host."), [Entry(matches)])


COLLECTORS = (
    Collector(
        key="documents",
        title=_l("Texts that you brought as staff"),
        tables=("proposal", "source_piece", "proposed_block", "proposal_step", "proposed_match", "correspondence"),
        when_closed=_l("Texts stay with the host; your name does not stand on them."),
        collect=_collect,
    ),
)
