"""The register at the desk: of a consultation, or of a host for what belongs to no consultation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.accounts.queries import names_of
from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment
from consult.commitments.queries import (
    DRAFT,
    OVERDUE,
    Filters,
    commitment_texts,
    count_in_register,
    earlier_dates_of,
    evidence_of,
    get_commitment,
    list_points,
    list_replaced_by,
    list_updates,
    page_of_register,
)
from consult.commitments.wording import promised_in_words, standing_of
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.locale import current_locale
from consult.secretariats.models import Host
from consult.secretariats.queries import get_host
from consult.texts.queries import load_texts

desk = Blueprint("commitments_desk", __name__, url_prefix="/<locale:locale>/desk")


@dataclass(frozen=True)
class Register:
    """The commitments of a consultation, or those of a host that belong to none."""

    host: Host
    round: Round | None

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.host.id

    @property
    def consultation(self) -> Consultation | None:
        """Whose commitments these are, if they belong to one."""
        return self.round.consultation if self.round is not None else None

    @property
    def consultation_id(self) -> int | None:
        """Its key."""
        return self.round.consultation_id if self.round is not None else None

    @property
    def place(self) -> Mapping[str, str]:
        """What its addresses hold."""
        if self.round is not None:
            return {"slug": self.round.consultation.slug}
        return {"host_slug": self.host.slug}

    def url(self, name: str, **values: Any) -> str:
        """The address of one of its pages."""
        return url_for(f"commitments_desk.{name}", **{**self.place, **values})


@dataclass(frozen=True)
class Entry:
    """A commitment in its register."""

    register: Register
    commitment: Commitment

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.register.host_id

    @property
    def url(self) -> str:
        """The address of its page at the desk."""
        return self.register.url("one", commitment=self.commitment.reference)


def load_register(slug: str | None = None, host_slug: str | None = None) -> Register:
    """The register that an address names.

    Raises:
        NotFound: no such consultation, or host.
    """
    if slug is not None:
        round_ = get_round(slug)
        return Register(round_.consultation.host, round_)
    return Register(get_host(host_slug or ""), None)


def load_entry(commitment: str, slug: str | None = None, host_slug: str | None = None) -> Entry:
    """The commitment that an address names.

    Raises:
        NotFound: none such in that register.
    """
    register = load_register(slug, host_slug)
    return Entry(
        register, get_commitment(commitment, host_id=register.host_id, consultation_id=register.consultation_id)
    )


def both(path: str, **options: Any) -> Callable[[Any], Any]:
    """A route in both registers: that of a consultation and that of a host."""

    def decorate(view: Any) -> Any:
        view = desk.route(f"/<address:slug>/commitments{path}", **options)(view)
        return desk.route(f"/hosts/<host_slug>/commitments{path}", **options)(view)

    return decorate


def frame(register: Register) -> dict[str, Any]:
    """What every page of a register needs."""
    return {
        "register": register,
        "host": register.host,
        "round": register.round,
        "consultation": register.consultation,
        "current": "commitments",
        "standing": standing_of,
        "promised": promised_in_words,
        "today": utc_now().date(),
    }


@both("")
@requires(Permission.COMMITMENT_MANAGE, load_register)
def register(subject: Register) -> str:
    """Every commitment of a register, drafts too: overdue ones first."""
    today = utc_now().date()
    filters = Filters.read(request.args, today=today, for_desk=True)
    page = page_of_register(
        subject.host_id,
        subject.consultation_id,
        filters,
        today=today,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "commitments/register.html",
        **frame(subject),
        page=page,
        counts=count_in_register(subject.host_id, subject.consultation_id, filters, today=today),
        filters=filters,
        is_filtered=filters != Filters(),
        statuses=list(CommitmentStatus),
        overdue=OVERDUE,
        draft=DRAFT,
        earlier=earlier_dates_of([one.id for one in page.items]),
    )


@both("/<commitment>")
@requires(Permission.COMMITMENT_MANAGE, load_entry)
def one(entry: Entry) -> str:
    """One commitment, with its whole history and what can be done with it."""
    commitment = entry.commitment
    updates = list_updates(commitment)
    locale = current_locale().code
    people = [commitment.made_by, *([commitment.published_by] if commitment.published_by else [])]
    return render_template(
        "commitments/entry.html",
        **frame(entry.register),
        commitment=commitment,
        words=commitment_texts([commitment], locale),
        updates=updates,
        notes=load_texts("commitment_update", [update.id for update in updates], locale),
        evidence=evidence_of([commitment.id])[commitment.id],
        points=list_points(commitment),
        replaces=list_replaced_by(commitment),
        names=names_of([*people, *(update.made_by for update in updates)]),
    )
