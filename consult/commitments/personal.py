"""What staff did in the register of commitments. It is about offices, and about points, not about people."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.commitments.models import Commitment, CommitmentPoint, CommitmentUpdate
from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.submissions.models import Comment


def _collect(owner: Owner) -> Iterable[Section]:
    led_to = db.session.execute(
        sa.select(Commitment, Comment.reference.label("point"))
        .join(CommitmentPoint, CommitmentPoint.commitment_id == Commitment.id)
        .join(Comment, Comment.id == CommitmentPoint.comment_id)
        .where(Comment.submission_id.in_(list(owner.submission_ids)), Commitment.published_at.is_not(None))
        .order_by(Commitment.id.desc(), Comment.id)
    ).unique()
    yield Section(
        "commitments",
        _("Commitments that your points led to"),
        _("The public reads them, and which points led to them once those are public."),
        [
            Entry([Fact("what", _("What"), row.what, language=row.language), Fact("point", _("Your point"), point)],
                  title=row.reference)
            for row, point in led_to
        ],
    )  # fmt: skip
    if owner.account_id is None:
        return
    made = db.session.scalars(
        sa.select(Commitment)
        .where(sa.or_(Commitment.made_by == owner.account_id, Commitment.published_by == owner.account_id))
        .order_by(Commitment.id.desc())
    ).unique()
    updated = db.session.execute(
        sa.select(CommitmentUpdate, Commitment.reference)
        .join(Commitment, Commitment.id == CommitmentUpdate.commitment_id)
        .where(CommitmentUpdate.made_by == owner.account_id)
        .order_by(CommitmentUpdate.id.desc())
    )
    yield Section(
        "commitments_kept",
        _("Commitments that you wrote down or changed as staff"),
        _("The staff of the host see who did it; the public does not."),
        [
            *[
                Entry([Fact("made_at", _("Written down"), row.made_at),
                       Fact("published_at", _("Published"), row.published_at)], title=row.reference)
                for row in made
            ],
            *[
                Entry([Fact("changed_at", _("Changed"), row.made_at), Fact("note", _("Note"), row.note)],
                      title=reference)
                for row, reference in updated
            ],
        ],
    )  # fmt: skip


COLLECTORS = (
    Collector(
        key="commitments",
        title=_l("Commitments"),
        tables=(
            "commitment",
            "commitment_evidence",
            "commitment_point",
            "commitment_reminder",
            "commitment_update",
        ),
        when_closed=_l("Commitments stay: they are promises of offices. What you did as staff stays too."),
        collect=_collect,
    ),
)
