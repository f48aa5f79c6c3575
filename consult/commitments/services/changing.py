"""What happens to a commitment in public: it enters the register, goes on, moves its date, is kept or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from consult.access.roles import Actor
from consult.commitments import emails
from consult.commitments.enums import RUNNING, TRANSITIONS, CommitmentStatus
from consult.commitments.models import Commitment, CommitmentPoint, CommitmentUpdate
from consult.commitments.queries import find_commitment_at, list_points
from consult.commitments.services.drafting import not_answered, require_draft
from consult.commitments.services.parts import Link, add_evidence, lock
from consult.commitments.wording import languages_for
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.texts.services import update_all_translations
from consult.texts.values import Localized


def publish_commitment(commitment: Commitment, *, version: int | None = None, actor: Actor, now: datetime) -> None:
    """Let a commitment enter the public register; those whose points led to it are told.

    Args:
        commitment: a drafted one.
        version: of the commitment, when the page was made.
        actor: the manager.
        now: when.

    Raises:
        Conflict: somebody else has changed it meanwhile.
        InvalidTransition: it is published, or its consultation is not.
    """
    lock(commitment, version)
    require_draft(commitment)
    if commitment.consultation is not None and not commitment.consultation.is_published:
        raise InvalidTransition(_("The public does not know of this consultation yet. Open its round first."))
    commitment.published_at, commitment.published_by = now, actor.actor_id
    db.session.flush()
    record("desk:commitment:publish", commitment, actor=actor, now=now)
    _note(commitment)
    emails.queue_published(commitment, list_points(commitment), now=now)


@dataclass(frozen=True)
class Change:
    """What becomes of a commitment.

    Args:
        status: how far it has got now.
        due: by when it is promised now.
        note: what happened, or why; language to words. Required in the authentic language where status or date change.
        evidence: public documents.
        replaced_by: reference of the published commitment of this host that takes its place.
    """

    status: CommitmentStatus
    due: date
    note: Localized = field(default_factory=dict)
    evidence: Sequence[Link] = ()
    replaced_by: str = ""


def change_commitment(
    commitment: Commitment, change: Change, *, version: int | None = None, actor: Actor, now: datetime
) -> CommitmentUpdate:
    """Add a step to the history of a published commitment; what it said before stays visible.

    Those whose points led to it are told when the status or the date changes.

    Args:
        commitment: which.
        change: what becomes of it.
        version: of the commitment, when the form was made.
        actor: the manager.
        now: when.

    Raises:
        Conflict: somebody else has changed it meanwhile.
        InvalidTransition: it is not published, or cannot go there from where it is.
        BadInput: nothing is new, a reason is missing, or the commitment that takes its place is none.
    """
    lock(commitment, version)
    if not commitment.is_published:
        raise InvalidTransition(_("This commitment is not public yet. Edit it, or publish it first."))
    _check(commitment, change)
    update = CommitmentUpdate(
        commitment_id=commitment.id,
        status_before=commitment.status,
        status_after=change.status,
        due_before=commitment.due,
        due_after=change.due,
        note=change.note.get(commitment.language, ""),
        made_by=actor.actor_id,
        made_at=now,
    )
    _set_successor(commitment, change)
    commitment.status, commitment.due = change.status, change.due
    db.session.add(update)
    db.session.flush()
    add_evidence(commitment, change.evidence, update_id=update.id)
    update_all_translations(
        "commitment_update",
        update.id,
        {"note": (update.note, change.note)},
        languages=languages_for(commitment.consultation, commitment.language).languages,
        authentic=commitment.language,
        actor=actor,
        now=now,
    )
    record("desk:commitment:change", commitment, actor=actor, now=now, content=_content(change))
    _note(commitment)
    if update.changes_status or update.changes_date:
        emails.queue_changed(commitment, update, list_points(commitment), now=now)
    return update


def _check(commitment: Commitment, change: Change) -> None:
    is_new_status, is_new_date = change.status is not commitment.status, change.due != commitment.due
    authentic = commitment.language
    note = change.note.get(authentic, "")
    if is_new_status and change.status not in TRANSITIONS[commitment.status]:
        raise InvalidTransition(_("The commitment cannot go there from where it stands now. Look at its history."))
    if is_new_date and change.status not in RUNNING:
        raise BadInput(_("Only a commitment that is still to be kept gets another date."), "due")
    if (is_new_status or is_new_date) and not note:
        raise BadInput(_("Write why. Everybody reads it beside what was promised before."), f"note-{authentic}")
    if any(change.note.values()) and not note:
        raise BadInput(_("Write the note in the authentic language too."), f"note-{authentic}")
    if not note and not change.evidence:
        raise BadInput(_("Nothing is new. Change the status or the date, or add a note or a document."), "status")


def _set_successor(commitment: Commitment, change: Change) -> None:
    if change.status is not CommitmentStatus.REPLACED:
        return
    if commitment.status is CommitmentStatus.REPLACED:
        return  # a note about one that was replaced before
    found = find_commitment_at(commitment.host_id, change.replaced_by)
    if found is None or found.id == commitment.id or found.status is CommitmentStatus.REPLACED:
        raise BadInput(
            _("Give the reference of another public commitment of this host, which takes the place of this one."),
            "replaced_by",
        )
    commitment.replaced_by = found


def link_points(
    commitment: Commitment, comments: Sequence[Comment], *, version: int | None = None, actor: Actor, now: datetime
) -> int:
    """Add points whose answers led to a published commitment too, and tell their authors; returns how many are new.

    Args:
        commitment: a published one of a consultation.
        comments: points of that consultation whose answers were sent.
        version: of the commitment, when the form was made.
        actor: the manager.
        now: when.

    Raises:
        Conflict: somebody else has changed the commitment meanwhile.
        InvalidTransition: it is not published, or belongs to no consultation.
        BadInput: no new point, or one whose answer was not sent.
    """
    lock(commitment, version)
    if not commitment.is_published or commitment.consultation_id is None:
        raise InvalidTransition(_("Points are added to a public commitment of a consultation."))
    other = [
        comment.reference or ""
        for comment in comments
        if comment.submission.round.consultation_id != commitment.consultation_id
        or comment.response_status is not ResponseStatus.SENT
        or comment.is_withdrawn
    ]
    if other:
        raise BadInput(not_answered(other), "points")
    there = {point.comment_id for point in commitment.points}
    added = [comment for comment in comments if comment.id not in there]
    if not added:
        raise BadInput(_("Name at least one point that is not among them already."), "points")
    for comment in added:
        commitment.points.append(CommitmentPoint(comment=comment))
    db.session.flush()
    references = sorted(comment.reference or "" for comment in added)
    record("desk:commitment:link", commitment, actor=actor, now=now, content={"points": references})
    _note(commitment)
    emails.queue_published(commitment, added, now=now)
    return len(added)


def _content(change: Change) -> dict[str, object]:
    return {
        "status": change.status.value,
        "due": change.due.isoformat(),
        "note": dict(change.note),
        "evidence": [[link.title, link.url] for link in change.evidence],
        "replaced_by": change.replaced_by,
    }


def _note(commitment: Commitment) -> None:
    """The commitment reads otherwise now, and so does the line about commitments on its consultation's page."""
    note_change("commitment", commitment.id)
    if commitment.consultation_id is not None:
        note_change("consultation", commitment.consultation_id)
