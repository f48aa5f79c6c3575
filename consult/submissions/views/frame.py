"""What every page of taking part shows: the consultation, its dates, the draft, whether it can still be written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import jsonify, request

from consult.access.guard import current_actor, remember_draft
from consult.accounts.throttling import reserve_draft
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, title_in
from consult.consultations.views.editions import reading_language
from consult.consultations.wording import KINDS, clock_state, status_sentence
from consult.core.clock import utc_now
from consult.core.locale import current_locale, format_day, format_moment
from consult.core.locale import gettext as _
from consult.core.web.lending import is_lent
from consult.core.zones import moment_in_words
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.queries import find_draft, find_offered
from consult.submissions.services import begin_draft, can_offer_late


def load_round(slug: str, **_others: str) -> Round:
    """The round that an address names, whatever else the address holds.

    Raises:
        NotFound: no such consultation, or still being set up.
    """
    found = get_published_round(slug)
    reading_language(found.consultation)  # so that links and redirects stay in it, whatever the page shows
    return found


def find_own_draft(round_: Round) -> Submission | None:
    """The draft of whoever makes this request; after the closing also one that was offered late, to read."""
    actor = current_actor()
    draft = find_draft(round_, actor)
    if draft is None and actor.actor_id is not None and round_.has_closed(utc_now()):
        return find_offered(round_, actor)
    return draft


def begin_own_draft(round_: Round, now: datetime) -> Submission:
    """The draft of whoever makes this request, begun if there is none; this browser keeps the key to it.

    Raises:
        InvalidTransition: the round does not take input now.
        TooManyAttempts: too many were begun from this network without an account.
    """
    actor = current_actor()
    if actor.actor_id is None and round_.is_open(now) and find_draft(round_, actor) is None:
        reserve_draft(address=request.remote_addr or "", now=now)
    draft, key = begin_draft(round_, actor=actor, now=now)
    if key:
        remember_draft(key)
    return draft


def can_write(round_: Round, draft: Submission | None, now: datetime) -> bool:
    """Whether something can be saved: the round is open, or in its grace for drafts begun before."""
    if draft is None:
        return round_.is_open(now)
    if draft.status is not SubmissionStatus.DRAFT:
        return False
    return round_.takes_draft_begun_at(draft.begun, now)


def clock_notice(round_: Round, draft: Submission | None, now: datetime) -> str | None:
    """What to tell somebody who comes before the opening or after the closing; None while the round is open."""
    if round_.is_open(now) or round_.opens_at is None or round_.closes_at is None:
        return None
    if not round_.has_begun(now):
        return _("This round has not opened yet. You can write from the day that it opens.")
    closed = format_day(round_.closes_at, round_.zone)
    if draft is not None and draft.status is SubmissionStatus.OFFERED:
        return _(
            "This round closed on %(day)s. You handed this in late; it waits for the secretariat’s decision, and you "
            "are told by e-mail.",
            day=closed,
        )
    if draft is not None and draft.status is SubmissionStatus.DECLINED:
        return _("This round closed on %(day)s. You handed this in late, and it was not accepted.", day=closed)
    if draft is not None and can_offer_late(draft, now):
        return _(
            "This round closed on %(day)s. Your draft is complete, so you can ask for it to be taken as received late.",
            day=closed,
        )
    if draft is None:
        return _("This round closed on %(day)s and takes no new points.", day=closed)
    if can_write(round_, draft, now):
        until = moment_in_words(round_.closes_at + timedelta(minutes=round_.grace_minutes), round_.zone)
        return _(
            "This round closed on %(day)s. You began your draft before that, so you can still submit it until "
            "%(until)s.",
            day=closed,
            until=until,
        )
    return _(
        "This round closed on %(day)s. Your draft is kept here for you to read, but it can no longer be submitted.",
        day=closed,
    )


def saved_sentence(draft: Submission, now: datetime) -> str:
    """When the draft was last saved, in words."""
    ago = min(draft.saved - now, timedelta(seconds=-1))
    return _("Saved %(ago)s", ago=format_timedelta(ago, add_direction=True, locale=current_locale().babel))


def frame(round_: Round, draft: Submission | None) -> dict[str, Any]:
    """The values that `submissions/layout.html` needs."""
    now = utc_now()
    consultation = round_.consultation
    state = clock_state(round_, now)
    return {
        "round": round_,
        "consultation": consultation,
        "slug": consultation.slug,
        "consultation_title": title_in(consultation, reading_language(consultation)),
        "status": status_sentence(round_, state, now) if not round_.has_closed(now) else None,
        "status_kind": KINDS[state],
        "clock_notice": clock_notice(round_, draft, now),
        "can_write": can_write(round_, draft, now),
        "draft": draft,
        "saved": saved_sentence(draft, now) if draft is not None else None,
        # On a device of somebody else, and of protected input, the browser keeps nothing unless it is asked to.
        "keep": "ask" if is_lent() or (draft is not None and draft.is_protected) else "tab",
        "revised": draft.supersedes if draft is not None else None,
        "can_offer_late": draft is not None and can_offer_late(draft, now),
    }


def languages_here(round_: Round) -> list[str]:
    """The languages to offer first: the reader's, then those of the consultation."""
    return [current_locale().code, *round_.consultation.languages]


def saved_now(round_: Round, page: str | None = None) -> Any:
    """The answer to a form that was saved while somebody types; the page that shows it from now on, if another."""
    return jsonify(saved_at=_("Saved on %(moment)s", moment=format_moment(utc_now(), round_.zone)), page=page)


def not_saved(message: str, status: int) -> Any:
    """The answer when it could not be saved; the words are still in the form."""
    return jsonify(error=message), status
