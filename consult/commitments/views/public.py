"""The public register: of one consultation, across all hosts, and one commitment with its permanent address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from consult.access.guard import public, requires
from consult.access.permissions import Permission
from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment
from consult.commitments.queries import (
    OVERDUE,
    Filters,
    commitment_texts,
    count_public_commitments,
    earlier_dates_of,
    evidence_of,
    get_public_commitment,
    list_public_hosts,
    list_replaced_by,
    list_updates,
    page_of_public_commitments,
    shown_points_of,
)
from consult.commitments.wording import promised_in_words, standing_of
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_published_round, title_in, titles_in
from consult.consultations.views.editions import input_language, reading_language
from consult.core.clock import utc_now
from consult.core.context import absolute_url
from consult.core.locale import current_locale
from consult.core.web.locales import redirect_to_localised
from consult.core.web.routes import reading_page
from consult.texts.queries import load_texts

commitments = Blueprint("commitments", __name__, url_prefix="/<locale:locale>")
references = Blueprint("commitment_references", __name__)


def _list(consultation: Consultation | None) -> dict[str, Any]:
    """What a list of the register shows, narrowed as the address says."""
    language = input_language(consultation) if consultation is not None else current_locale().code
    today = utc_now().date()
    filters = Filters.read(request.args, today=today)
    page = page_of_public_commitments(
        filters,
        today=today,
        consultation=consultation,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    ids = [commitment.id for commitment in page.items]
    return {
        "page": page,
        "counts": count_public_commitments(filters, today=today, consultation=consultation),
        "words": commitment_texts(page.items, language),
        "earlier": earlier_dates_of(ids),
        "filters": filters,
        "is_narrowed": filters != Filters(),
        "statuses": list(CommitmentStatus),
        "overdue": OVERDUE,
        "today": today,
        "standing": standing_of,
        "promised": promised_in_words,
    }


@commitments.get("/consultations/<address:slug>/commitments")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def of_consultation(round_: Round) -> str:
    """What was promised in one consultation, and what became of it."""
    consultation = round_.consultation
    return render_template(
        "commitments/of_consultation.html",
        round=round_,
        consultation=consultation,
        slug=consultation.slug,
        consultation_title=title_in(consultation, reading_language(consultation)),
        **_list(consultation),
    )


@commitments.get("/commitments")
@reading_page
@public
def register() -> str:
    """What was promised by the offices of all hosts: overdue ones first."""
    found = _list(None)
    consultations = [one.consultation for one in found["page"].items if one.consultation]
    return render_template(
        "commitments/across_all.html",
        across=True,
        hosts=list_public_hosts(),
        titles=titles_in(consultations, current_locale().code),
        **found,
    )


@commitments.get("/commitments/<reference>")
@reading_page
@requires(Permission.CONSULTATION_READ, get_public_commitment)
def commitment(found: Commitment) -> Any:
    """One commitment: what, who, by when, how it stands, its history with every earlier date, and its evidence."""
    typed = (request.view_args or {}).get("reference")
    if typed != found.reference:
        return redirect(url_for(".commitment", reference=found.reference))
    locale = current_locale().code
    updates = list_updates(found)
    replaces = list_replaced_by(found)
    successor = found.replaced_by if found.replaced_by is not None and found.replaced_by.is_public else None
    others = [*replaces, *([successor] if successor is not None else [])]
    return render_template(
        "commitments/commitment.html",
        commitment=found,
        consultation=found.consultation,
        consultation_title=title_in(found.consultation, locale) if found.consultation is not None else None,
        words=commitment_texts([found, *others], locale),
        updates=updates,
        notes=load_texts("commitment_update", [update.id for update in updates], locale),
        evidence=evidence_of([found.id])[found.id],
        points=shown_points_of([found.id])[found.id],
        replaces=replaces,
        successor=successor,
        earlier=[update.due_before for update in updates if update.changes_date],
        standing=standing_of,
        promised=promised_in_words,
        today=utc_now().date(),
        permanent=absolute_url(f"/r/{found.reference}"),
    )


@references.get("/r/C-<tail>")
@references.get("/r/c-<tail>")
@public
def find(tail: str) -> Any:
    """The short permanent address of a commitment, typed in any case and with look-alikes."""
    found = get_public_commitment(f"C-{tail}")
    return redirect_to_localised(f"commitments/{found.reference}")
