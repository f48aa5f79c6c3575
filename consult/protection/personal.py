"""Who looked at who is behind one's submissions, what was struck; and what officers did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, by_clock, chosen
from consult.protection.enums import StrikeStatus
from consult.protection.models import IdentityLook, Strike
from consult.secretariats.models import Host
from consult.submissions.models import Comment, Submission


def _collect(owner: Owner) -> Iterable[Section]:
    yield Section(
        "identity_looks",
        _("Who looked at who you are"),
        _("The managers of the host see that an officer looked and why, not at whom."),
        _looks(owner),
        why_not=_("A look stays on record, so that nobody can hide it."),
    )
    struck = db.session.execute(
        sa.select(Comment, Strike.settled_at)
        .outerjoin(Strike, sa.and_(Strike.comment_id == Comment.id, Strike.status == StrikeStatus.CONFIRMED))
        .where(Comment.submission_id.in_(list(owner.submission_ids)), Comment.struck_as.is_not(None))
        .order_by(Comment.id)
    ).unique()
    yield Section(
        "struck",
        _("Points of yours that were struck for safety or law"),
        _("The public sees that a point was struck, and the class of reason."),
        [
            Entry(
                [
                    chosen("reason", _("Kind of reason"), comment.struck_as),
                    by_clock("struck_at", _("Struck"), at, comment.submission.round.zone, day_only=True),
                ],
                title=comment.reference or "",
            )
            for comment, at in struck
        ],
    )
    if owner.account_id is None:
        return
    yield Section(
        "looks_made",
        _("Looks that you took as a protection officer"),
        _("The person behind the submission, who reads your reason; and the managers of the host."),
        _looks_made(owner.account_id),
    )
    strikes = db.session.scalars(
        sa.select(Strike)
        .where(sa.or_(Strike.proposed_by == owner.account_id, Strike.settled_by == owner.account_id))
        .order_by(Strike.id.desc())
    ).unique()
    yield Section(
        "strikes_made",
        _("Proposals to strike a text that you made or decided on"),
        _("The protection officers of the host."),
        [
            Entry(
                [
                    chosen("reason", _("Kind of reason"), row.reason),
                    Fact("proposed_by_you", _("Proposed by you"), row.proposed_by == owner.account_id),
                    Fact("proposed_at", _("Proposed"), row.proposed_at),
                    Fact("settled_at", _("Decided"), row.settled_at),
                ],
                title=row.comment.reference or "",
            )
            for row in strikes
        ],
    )


def _looks(owner: Owner) -> list[Entry]:
    rows = db.session.execute(
        sa.select(IdentityLook, Host.name, Submission)
        .join(Host, Host.id == IdentityLook.host_id)
        .join(Submission, Submission.id == IdentityLook.submission_id)
        .where(IdentityLook.submission_id.in_(list(owner.submission_ids)))
        .order_by(IdentityLook.id.desc())
    ).unique()
    return [
        Entry(
            [
                by_clock("looked_at", _("When"), look.looked_at, submission.round.zone, day_only=True),
                Fact("officer", _("Who"), look.officer_words),
                Fact("host", _("Host"), host),
                Fact("round", _("Round"), submission.round.label),
                chosen("reason", _("Why"), look.reason),
                Fact("words", _("In their words"), look.words),
            ]
        )
        for look, host, submission in rows
    ]


def _looks_made(officer_id: int) -> list[Entry]:
    rows = db.session.scalars(
        sa.select(IdentityLook).where(IdentityLook.officer_id == officer_id).order_by(IdentityLook.id.desc())
    ).unique()
    return [
        Entry([Fact("looked_at", _("When"), row.looked_at), chosen("reason", _("Why"), row.reason)]) for row in rows
    ]


def _erase(owner: Owner, *, now: datetime) -> None:
    """The looks stay; what was written of somebody who is gone does not."""
    db.session.execute(
        sa.update(IdentityLook)
        .where(IdentityLook.submission_id.in_(list(owner.submission_ids)), IdentityLook.erased_on.is_(None))
        .values(words="", erased_on=now.date())
        .execution_options(synchronize_session=False)
    )


COLLECTORS = (
    Collector(
        key="protection",
        title=_l("Looks at who you are"),
        tables=("identity_look", "strike"),
        when_closed=_l(
            "That somebody looked, when and for which kind of reason stays; the officer’s words about you are erased."
        ),
        collect=_collect,
        erase=_erase,
    ),
)
