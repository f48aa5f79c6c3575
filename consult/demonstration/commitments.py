"""The illustrated commitments: made in answers or recorded from a statement, then followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from consult.accounts.actors import Person
from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment
from consult.commitments.services import (
    Change,
    Link,
    Source,
    Undertaking,
    change_commitment,
    make_from_answers,
    publish_commitment,
    record_statement,
)
from consult.consultations.models import Consultation
from consult.submissions.models import Comment


def load_commitments(
    consultation: Consultation,
    content: Mapping[str, Any],
    comments: Mapping[str, Comment],
    manager: Person,
    *,
    today: date,
    now: datetime,
) -> None:
    """Load the commitments of one consultation with their history.

    Args:
        consultation: whose.
        content: `commitments.toml`.
        comments: its points by key, answered.
        manager: who does it.
        today: the day that dates are counted from.
        now: the moment that times are counted from.
    """
    for one in content["commitment"]:
        commitment = _make(consultation, one, comments, manager, today, now + timedelta(days=one["day"]))
        publish_commitment(commitment, actor=manager, now=now + timedelta(days=one["day"], hours=1))
        for update in one.get("update", []):
            due = today + timedelta(days=update["due_days"]) if "due_days" in update else commitment.due
            change_commitment(
                commitment,
                Change(
                    status=CommitmentStatus(update["status"]),
                    due=due,
                    note=update["note"],
                    evidence=[Link(link["title"], link["url"]) for link in update.get("evidence", [])],
                ),
                actor=manager,
                now=now + timedelta(days=update["day"]),
            )


def _make(
    consultation: Consultation,
    one: Mapping[str, Any],
    comments: Mapping[str, Comment],
    manager: Person,
    today: date,
    at: datetime,
) -> Commitment:
    undertaking = Undertaking(what=one["what"], office=one["office"], due=today + timedelta(days=one["due_days"]))
    if "points" in one:
        named = [comments[key] for key in one["points"]]
        return make_from_answers(consultation, undertaking, comments=named, actor=manager, now=at)
    stated = one["source"]
    source = Source(stated["title"], stated["url"], today + timedelta(days=stated["day"]))
    return record_statement(
        consultation.host, undertaking, source=source, consultation=consultation, actor=manager, now=at
    )
