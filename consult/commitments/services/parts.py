"""What the verbs of the register share: locking, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consult.commitments.models import Commitment, CommitmentEvidence
from consult.core.db import db
from consult.core.errors import BadInput, Conflict
from consult.core.locale import gettext as _
from consult.core.text import check_link


@dataclass(frozen=True)
class Link:
    """A public document: what it is called, and where it is."""

    title: str
    url: str


def add_evidence(commitment: Commitment, evidence: Sequence[Link], *, update_id: int | None = None) -> None:
    """Keep the documents that show something; with an update, or with the making.

    Raises:
        BadInput: a title or an address is missing or none.
    """
    for row, link in enumerate(evidence, start=1):
        if not link.title:
            raise BadInput(_("Say what this document is called."), f"evidence_title_{row}")
        url = check_link(link.url, field=f"evidence_url_{row}", is_needed=True)
        db.session.add(CommitmentEvidence(commitment_id=commitment.id, update_id=update_id, title=link.title, url=url))
    db.session.flush()


def lock(commitment: Commitment, version: int | None) -> None:
    """Take a commitment for this transaction and read it anew, if it is still what the form was made from.

    Raises:
        Conflict: somebody else has changed it meanwhile.
    """
    db.session.refresh(commitment, with_for_update={"of": Commitment})
    if version is not None and commitment.version != version:
        raise Conflict(
            _(
                "Somebody else has changed this commitment since you opened the page. Compare it with yours, then send "
                "again."
            )
        )
