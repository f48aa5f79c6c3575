"""Asking for a release and watching it being built."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.consultations.wording import clock_state, status_sentence
from consult.core.clock import utc_now
from consult.core.errors import InvalidTransition
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.publication.enums import ReleaseStatus
from consult.publication.queries import (
    count_for_release,
    count_news,
    file_name,
    find_last_release,
    find_latest_release,
    list_issues,
    list_reasons_against_release,
    outdated_releases,
    page_of_releases,
)
from consult.publication.services import MAX_ATTEMPTS, request_release, retry_release
from consult.responses.queries import count_by_status, count_corrections
from consult.submissions.natures import numbers_in_words
from consult.submissions.queries import count_reservations

desk = Blueprint("publication_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/release")


@desk.get("")
@requires(Permission.DESK_READ, get_round)
def release(round_: Round) -> str:
    """What keeps the round from being released, how far a release is, and what was issued."""
    now = utc_now()
    page = page_of_releases(round_, after=request.args.get("after"), before=request.args.get("before"))
    releases = page.items
    newest, latest = find_last_release(round_), find_latest_release(round_)
    is_being_built = newest is not None and newest.status is ReleaseStatus.BUILDING
    return render_template(
        "publication/release.html",
        current="release",
        round=round_,
        consultation=round_.consultation,
        page=page,
        releases=releases,
        newest=newest,
        is_being_built=is_being_built,
        is_waiting=is_being_built and newest is not None and newest.error is None,
        gave_up=newest is not None and newest.attempts >= MAX_ATTEMPTS,
        latest=latest,
        news=count_news(latest) if latest is not None else {},
        reasons=list_reasons_against_release(round_, is_over=round_.is_over(now)),
        counts=count_by_status(round_),
        reservations=count_reservations([round_], for_staff=True).get(round_.id, {}),
        numbers_in_words=numbers_in_words,
        number=count_for_release(round_),
        correcting=count_corrections([round_.id])[round_.id].total,
        issues=list_issues(releases),
        file_name=file_name,
        outdated=outdated_releases(releases),
        names=names_of(one.requested_by for one in releases if one.requested_by is not None),
        clock=status_sentence(round_, clock_state(round_, now), now),
        in_words=moment_in_words,
    )


@desk.post("")
@requires(Permission.RELEASE_BUILD, get_round)
def ask(round_: Round) -> Any:
    """Ask for the next release."""
    try:
        request_release(round_, actor=current_actor(), now=utc_now())
    except InvalidTransition as error:
        flash(error.message, "error")
    return redirect(url_for("publication_desk.release", slug=round_.consultation.slug))


@desk.post("/retry")
@requires(Permission.RELEASE_BUILD, get_round)
def retry(round_: Round) -> Any:
    """Let the worker try again at once to build a release that failed."""
    found = find_last_release(round_)
    try:
        if found is None:
            raise InvalidTransition(_("No release has been asked for."))
        retry_release(found, actor=current_actor(), now=utc_now())
    except InvalidTransition as error:
        flash(error.message, "error")
    return redirect(url_for("publication_desk.release", slug=round_.consultation.slug))
