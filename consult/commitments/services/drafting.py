"""What happens before the public sees a commitment: it is made from answers or a statement, edited, or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from consult.access.roles import Actor
from consult.commitments.enums import AT_FIRST, CommitmentOrigin, CommitmentStatus
from consult.commitments.models import Commitment, CommitmentEvidence, CommitmentPoint
from consult.commitments.services.parts import Link, add_evidence, lock
from consult.commitments.wording import Languages, languages_for
from consult.consultations.models import Consultation
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import join_words
from consult.core.secrets import random_reference
from consult.core.text import check_link
from consult.ledger.services import record
from consult.secretariats.models import Host
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.texts.services import delete_translations, update_all_translations
from consult.texts.values import Localized


@dataclass(frozen=True)
class Undertaking:
    """What is promised.

    Args:
        what: language to words; the authentic language is required.
        office: the office or unit that keeps it, not a person; language to words, as above.
        due: by when.
        status: how far it has got when it enters the register.
        evidence: public documents.
    """

    what: Localized
    office: Localized
    due: date
    status: CommitmentStatus = CommitmentStatus.NOT_STARTED
    evidence: Sequence[Link] = ()


@dataclass(frozen=True)
class Source:
    """Where a public statement stands, and of which day it is."""

    title: str
    url: str
    day: date


def make_from_answers(
    consultation: Consultation, undertaking: Undertaking, *, comments: Sequence[Comment], actor: Actor, now: datetime
) -> Commitment:
    """Draft a commitment that the answers to some points made.

    Args:
        consultation: whose points these are, of any of its rounds.
        undertaking: what is promised.
        comments: the points.
        actor: the manager.
        now: when.

    Raises:
        BadInput: no point, one whose answer was not sent, or a part of the undertaking is missing.
    """
    _require_answered(consultation, comments)
    languages = languages_for(consultation)
    commitment = _new(consultation.host, consultation, undertaking, languages, CommitmentOrigin.RESPONSE, actor, now)
    commitment.points = [CommitmentPoint(comment=comment) for comment in comments]
    return _keep(commitment, undertaking, languages, "desk:commitment:draft", actor, now)


def record_statement(
    host: Host,
    undertaking: Undertaking,
    *,
    source: Source,
    consultation: Consultation | None = None,
    language: str | None = None,
    actor: Actor,
    now: datetime,
) -> Commitment:
    """Draft a commitment that was made in a public statement.

    Args:
        host: in whose register.
        undertaking: what is promised.
        source: the statement.
        consultation: that it belongs to, if any.
        language: the authentic one, where there is no consultation.
        actor: the manager.
        now: when.

    Raises:
        BadInput: a part of the undertaking or of the source is missing, or the address is none.
    """
    languages = languages_for(consultation, None if consultation is not None else language)
    commitment = _new(host, consultation, undertaking, languages, CommitmentOrigin.STATEMENT, actor, now)
    _set_source(commitment, source, now)
    return _keep(commitment, undertaking, languages, "desk:commitment:draft", actor, now)


def edit_commitment(
    commitment: Commitment,
    undertaking: Undertaking,
    *,
    comments: Sequence[Comment] = (),
    source: Source | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a commitment that is not published yet.

    Args:
        commitment: which.
        undertaking: what is promised, all of it.
        comments: the points, if answers made it.
        source: the statement, if one made it.
        version: of the commitment, when the form was made.
        actor: the manager.
        now: when.

    Raises:
        Conflict: somebody else has changed it meanwhile.
        InvalidTransition: it is published.
        BadInput: as when it is made.
    """
    lock(commitment, version)
    require_draft(commitment)
    if commitment.origin is CommitmentOrigin.STATEMENT and source is not None:
        _set_source(commitment, source, now)
    elif commitment.consultation is not None:
        _require_answered(commitment.consultation, comments)
        kept = {point.comment_id: point for point in commitment.points}
        commitment.points = [kept.get(one.id) or CommitmentPoint(comment=one) for one in comments]
    db.session.execute(sa.delete(CommitmentEvidence).where(CommitmentEvidence.commitment_id == commitment.id))
    commitment.due, commitment.status = undertaking.due, undertaking.status
    languages = languages_for(commitment.consultation, commitment.language)
    flag_modified(commitment, "what")  # also when a translation or a document alone changed
    _keep(commitment, undertaking, languages, "desk:commitment:edit", actor, now)


def delete_commitment(commitment: Commitment, *, actor: Actor, now: datetime) -> None:
    """Delete a commitment that nobody outside has seen.

    Raises:
        InvalidTransition: it is published; such a one can be given up or replaced.
    """
    lock(commitment, None)
    require_draft(commitment)
    record("desk:commitment:delete", commitment, actor=actor, now=now)
    db.session.execute(sa.delete(CommitmentEvidence).where(CommitmentEvidence.commitment_id == commitment.id))
    delete_translations("commitment", [commitment.id])
    db.session.delete(commitment)
    db.session.flush()


def require_draft(commitment: Commitment) -> None:
    """Refuse what is only possible before the public has seen it.

    Raises:
        InvalidTransition: it is published.
    """
    if commitment.is_published:
        raise InvalidTransition(
            _("This commitment is public, so its words stay. It can be kept, given up, or replaced by another one.")
        )


def _new(
    host: Host,
    consultation: Consultation | None,
    undertaking: Undertaking,
    languages: Languages,
    origin: CommitmentOrigin,
    actor: Actor,
    now: datetime,
) -> Commitment:
    return Commitment(
        host=host,
        consultation=consultation,
        reference=_free_reference(),
        language=languages.authentic_language,
        what="",
        office="",
        due=undertaking.due,
        status=undertaking.status,
        origin=origin,
        source_title="",
        source_url="",
        made_by=actor.actor_id,
        made_at=now,
    )


def _free_reference() -> str:
    while True:
        reference = f"C-{random_reference()}"
        if db.session.scalar(sa.select(Commitment.id).where(Commitment.reference == reference)) is None:
            return reference


def _set_source(commitment: Commitment, source: Source, now: datetime) -> None:
    if not source.title:
        raise BadInput(_("Say what the statement is called, and who made it."), "source_title")
    if source.day > now.date():
        raise BadInput(_("The day of a statement cannot lie in the future."), "source_date")
    commitment.source_title, commitment.source_date = source.title, source.day
    commitment.source_url = check_link(source.url, field="source_url", is_needed=True)


def _require_answered(consultation: Consultation, comments: Sequence[Comment]) -> None:
    if not comments:
        raise BadInput(_("Name at least one point whose answer made this commitment."), "points")
    other = [
        comment.reference or ""
        for comment in comments
        if comment.response_status is not ResponseStatus.SENT
        or comment.is_withdrawn
        or comment.submission.round.consultation_id != consultation.id
    ]
    if other:
        raise BadInput(not_answered(other), "points")


def not_answered(references: Sequence[str]) -> str:
    """The sentence about references that name no answered point."""
    return _(
        "These are not points of this consultation whose answer was sent: %(references)s.",
        references=join_words(references),
    )


def _keep(
    commitment: Commitment, undertaking: Undertaking, languages: Languages, act: str, actor: Actor, now: datetime
) -> Commitment:
    authentic = languages.authentic_language
    if not undertaking.what.get(authentic):
        raise BadInput(_("Write what is promised in the authentic language."), f"what-{authentic}")
    if not undertaking.office.get(authentic):
        raise BadInput(_("Write in the authentic language which office keeps it."), f"office-{authentic}")
    if undertaking.status not in AT_FIRST:
        raise BadInput(_("A new commitment is not started, under way, or kept."), "status")
    commitment.what, commitment.office = undertaking.what[authentic], undertaking.office[authentic]
    db.session.add(commitment)
    db.session.flush()
    add_evidence(commitment, undertaking.evidence)
    update_all_translations(
        "commitment",
        commitment.id,
        {"what": (commitment.what, undertaking.what), "office": (commitment.office, undertaking.office)},
        languages=languages.languages,
        authentic=authentic,
        actor=actor,
        now=now,
    )
    record(act, commitment, actor=actor, now=now, content=_content(commitment, undertaking))
    return commitment


def _content(commitment: Commitment, undertaking: Undertaking) -> dict[str, object]:
    return {
        "what": dict(undertaking.what),
        "office": dict(undertaking.office),
        "due": undertaking.due.isoformat(),
        "status": undertaking.status.value,
        "source": [commitment.source_title, commitment.source_url],
        "evidence": [[link.title, link.url] for link in undertaking.evidence],
    }
