"""Bringing a text: a file, pasted words, or the version before to be edited; and letting go of it."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from consult.access.roles import Actor
from consult.consultations.history import is_concluded
from consult.consultations.languages import is_in_preparation
from consult.consultations.models import Consultation, Round
from consult.consultations.services import touch
from consult.consultations.services.concluding import lock_consultation
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.hidden import without_hidden
from consult.core.locale import gettext as _
from consult.core.orphans import lock_bytes
from consult.core.text import DOCUMENT_MAX, check_text
from consult.core.wake import want_worker
from consult.documents.enums import IN_HAND, Continuation, ProposalState, SourceFormat
from consult.documents.models import DocumentVersion, Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import list_paragraphs
from consult.documents.queries.continuity import find_base
from consult.documents.queries.proposals import find_in_hand, find_version_at, in_hand
from consult.documents.services.ending import end_proposal
from consult.ledger.services import record

NAME_MOST = 120
_BEGINNINGS = ((b"PK\x03\x04", SourceFormat.DOCX), (b"%PDF", SourceFormat.PDF))
_HTML = re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE)


def require_may_change(consultation: Consultation, round_: Round | None, language: str, *, now: datetime) -> None:
    """Refuse a text for what no longer changes, or does not change yet; the consultation stays locked.

    Args:
        consultation: whose text it is.
        round_: whose draft; None for the final text.
        language: of the text.
        now: when.

    Raises:
        InvalidTransition: the round was opened, the outcome is recorded, or a round still takes input.
        BadInput: not a language of the consultation.
    """
    lock_consultation(consultation)
    db.session.refresh(consultation)  # whoever waited for the lock meets what was done, not a conflict without a name
    if round_ is not None:
        db.session.refresh(round_, attribute_names=["opened_at"])
    check_may_change(consultation, round_, language, now=now)


def check_may_change(consultation: Consultation, round_: Round | None, language: str, *, now: datetime) -> None:
    """What `require_may_change` would refuse, without keeping anybody waiting.

    Raises:
        InvalidTransition: the round was opened, the outcome is recorded, or a round still takes input.
        BadInput: not a language of the consultation.
    """
    in_preparation = is_in_preparation(consultation, language)
    if round_ is not None and round_.opened_at is not None and not in_preparation:
        raise InvalidTransition(_("The round has been opened, so its draft no longer changes."))
    if is_concluded(consultation):
        raise InvalidTransition(_("The outcome is recorded, which closes the process: its texts no longer change."))
    if round_ is None:
        reason = why_not_final(consultation, now=now)
        if reason:
            raise InvalidTransition(reason)
    if language not in consultation.languages and not in_preparation:
        raise BadInput(_("This is not a language of the consultation. Add it there first."), "language")


def why_not_final(consultation: Consultation, *, now: datetime) -> str:
    """Why there can be no final text yet; empty where there can."""
    opened = [round_ for round_ in consultation.rounds if round_.opened_at is not None]
    if not opened:
        return _("There is no final text before a round: nobody has been asked yet.")
    if not all(round_.is_over(now) for round_ in opened):
        return _("A round still takes input. The final text can be brought once that is over.")
    return ""


def propose_file(
    consultation: Consultation,
    round_: Round | None,
    content: bytes,
    *,
    name: str,
    language: str,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Bring a file: it is stored, and a job reads it. One that could not be read gives way.

    Args:
        consultation: whose text it is.
        round_: whose draft it is to be; None for the final text.
        content: DOCX, HTML, Markdown, PDF; what it is, its content tells.
        name: as it was sent; a tame one is kept.
        language: of the text.
        actor: who brings it.
        now: when.

    Raises:
        InvalidTransition: what `require_may_change` says.
        BadInput: the same; an empty file; or the authentic text is missing.
        Conflict: another text is in hand for the same place.
    """
    if not content:
        raise BadInput(_("This file is empty."), "file")
    proposal = _begin(consultation, round_, language, _format_of(content), actor=actor, now=now)
    lock_bytes(db.session, file_store().digest(content))
    proposal.name, proposal.source_sha256 = _tame(name), file_store().put(content)
    return _record(proposal, actor=actor, now=now)


def propose_text(
    consultation: Consultation, round_: Round | None, markdown: str, *, language: str, actor: Actor, now: datetime
) -> Proposal:
    """Bring pasted words; the rest as `propose_file`.

    Raises:
        InvalidTransition: what `require_may_change` says.
        BadInput: the same; no words, or characters that cannot be stored; or the authentic text is missing.
        Conflict: another text is in hand for the same place.
    """
    words = check_text(markdown, limit=DOCUMENT_MAX, field="text")
    if not words:
        raise BadInput(_("There is no text here."), "text")
    return propose_file(consultation, round_, words.encode(), name="", language=language, actor=actor, now=now)


def propose_from_version(
    consultation: Consultation, round_: Round | None, *, language: str, actor: Actor, now: datetime
) -> Proposal:
    """Take up the version before, to edit it paragraph by paragraph: each block continues the paragraph it came from.

    Raises:
        InvalidTransition: what `require_may_change` says, or there is no version before.
        BadInput: not the authentic language.
        Conflict: another text is in hand for the same place.
    """
    if language != consultation.authentic_language:
        raise BadInput(_("Only the authentic text is edited here. Other languages are translated."), "language")
    proposal = _begin(consultation, round_, language, SourceFormat.VERSION, actor=actor, now=now)
    if proposal.base is None:
        raise InvalidTransition(_("There is no version before this one."))
    proposal.state, proposal.done = ProposalState.READY, 100
    db.session.flush()
    _copy_blocks(proposal, proposal.base, actor)
    return _record(proposal, actor=actor, now=now)


def _copy_blocks(proposal: Proposal, base: DocumentVersion, actor: Actor) -> None:
    paragraphs = list_paragraphs(base)
    shared = {"proposal_id": proposal.id, "first_piece": None, "last_piece": None}
    names = ("position", "kind", "level", "number", "text", "figure_id")
    rows = [shared | {name: getattr(one, name) for name in names} for one in paragraphs]
    if not rows:
        return
    for place, row in enumerate(rows, start=1):
        row["position"] = place
    db.session.execute(sa.insert(ProposedBlock), rows)
    keys = db.session.scalars(
        sa.select(ProposedBlock.id).where(ProposedBlock.proposal_id == proposal.id).order_by(ProposedBlock.position)
    ).all()
    same = {"proposal_id": proposal.id, "continuation": Continuation.UNCHANGED, "likeness": 1000, "is_certain": True}
    pairs = [
        same | {"paragraph_id": paragraph.id, "block_id": key, "decided_by": actor.actor_id}
        for paragraph, key in zip(paragraphs, keys, strict=True)
    ]
    db.session.execute(sa.insert(ProposedMatch), pairs)


def _begin(
    consultation: Consultation,
    round_: Round | None,
    language: str,
    source_format: SourceFormat,
    *,
    actor: Actor,
    now: datetime,
) -> Proposal:
    require_may_change(consultation, round_, language, now=now)
    former = find_in_hand(consultation, round_, language)
    if former is not None and former.state is not ProposalState.REFUSED:
        raise Conflict(_("A text is in hand here already. Keep it or drop it first."))
    if former is not None:
        end_proposal(former, ProposalState.DROPPED, now=now)
    version = find_version_at(consultation, round_)
    if language == consultation.authentic_language:
        base = find_base(consultation, round_)
    elif version is None or version.language != consultation.authentic_language:
        raise BadInput(_("Bring the text in the authentic language first."), "language")
    else:
        base = version
    proposal = Proposal(
        consultation=consultation,
        of_round=round_,
        base=base,
        language=language,
        source_format=source_format,
        findings=[],
        proposed_by=actor.actor_id or 0,
        proposed_at=now,
    )
    db.session.add(proposal)
    db.session.flush()
    return proposal


def _record(proposal: Proposal, *, actor: Actor, now: datetime) -> Proposal:
    db.session.flush()
    touch(proposal.consultation)
    want_worker()
    content = {"language": proposal.language, "source": proposal.source_sha256 or ""}
    record("desk:proposal:bring", proposal, actor=actor, now=now, content=content)
    return proposal


def _format_of(content: bytes) -> SourceFormat:
    """What it seems to be until it is read."""
    begins = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)
    return begins or (SourceFormat.HTML if _HTML.match(content) else SourceFormat.MARKDOWN)


def _tame(name: str) -> str:
    """A name to show: one line, without folders and tricks, with the ending that it had."""
    last = re.split(r"[/\\]", name.encode("utf-8", "replace").decode("utf-8"))[-1][:1000]
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069<>]", "", last)
    return " ".join(without_hidden(plain, is_line=True).split())[-NAME_MOST:]


def lock_in_hand(proposal: Proposal, *states: ProposalState) -> None:
    """Lock a proposal, so that nobody changes or ends it meanwhile.

    Args:
        proposal: as it was loaded.
        states: it must be in one of these; without any, in hand.

    Raises:
        Conflict: it has been kept or dropped, or is not there yet.
    """
    db.session.refresh(proposal, with_for_update={"of": Proposal})
    if proposal.state not in (states or IN_HAND):
        raise Conflict(_("Somebody else has kept or dropped this text meanwhile, or it is not read yet."))


def lock_all_in_hand(consultation: Consultation, round_: Round | None) -> None:
    """Lock what is in hand for a round, or for the final text, in every language, before its version is replaced.

    Whoever mends one of them has locked it first and then needs the paragraphs of the version, so whoever replaces
    these takes both in the same order.
    """
    rows = in_hand(consultation, round_).order_by(Proposal.id).with_for_update(of=Proposal)
    db.session.scalars(rows.execution_options(populate_existing=True)).unique().all()


def require_seen(proposal: Proposal, seen: int | None) -> None:
    """Refuse to keep what somebody has changed since it was looked at.

    Args:
        proposal: locked.
        seen: the version of it that was looked at; None does not ask.

    Raises:
        Conflict: it was changed.
    """
    if seen is not None and seen != proposal.version:
        raise Conflict(_("Somebody has changed this text since you looked at it. Look at it once more."))


def touch_proposal(proposal: Proposal) -> None:
    """Raise the version of a proposal, so that whoever has looked at it looks once more before keeping it."""
    flag_modified(proposal, "done")  # any column: a row that is not changed keeps its version
    db.session.flush()


def drop_proposal(proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Let go of a text that was brought: its file and what was understood of it are forgotten.

    Raises:
        Conflict: it has been kept or dropped meanwhile.
    """
    lock_consultation(proposal.consultation)  # before the proposal, as whoever keeps it does
    db.session.refresh(proposal.consultation)
    lock_in_hand(proposal)
    end_proposal(proposal, ProposalState.DROPPED, now=now)
    touch(proposal.consultation)
    record("desk:proposal:drop", proposal, actor=actor, now=now, content={"language": proposal.language})


def retry_proposal(proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Let the worker try once more to read a file that it could not read.

    Raises:
        Conflict: it was not refused, or dropped meanwhile.
    """
    lock_in_hand(proposal, ProposalState.REFUSED)
    proposal.state, proposal.problem = ProposalState.WAITING, ""
    proposal.attempts, proposal.done, proposal.leased_until = 0, 0, None
    db.session.flush()
    want_worker()
    record("desk:proposal:retry", proposal, actor=actor, now=now, content={"language": proposal.language})
