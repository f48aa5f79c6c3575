"""What every page of taking part shows: the consultation, its dates, the draft, whether it can still be written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import jsonify

from consult.access.guard import current_actor
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, title_in
from consult.consultations.wording import KINDS, clock_state, moment_in_words, status_sentence
from consult.core.clock import utc_now
from consult.core.locale import current_locale, format_day, format_moment
from consult.core.locale import gettext as _
from consult.submissions.models import Submission
from consult.submissions.queries import find_draft


def load_round(slug: str, **_others: str) -> Round:
    """The round that an address names, whatever else the address holds.

    Raises:
        NotFound: no such consultation, or still being set up.
    """
    return get_published_round(slug)


def find_own_draft(round_: Round) -> Submission | None:
    """The draft of whoever makes this request."""
    return find_draft(round_, current_actor())


def can_write(round_: Round, draft: Submission | None, now: datetime) -> bool:
    """Whether something can be saved: the round is open, or in its grace for drafts begun before."""
    if draft is None:
        return round_.is_open(now)
    return round_.takes_draft_begun_at(draft.begun_at, now)


def clock_notice(round_: Round, draft: Submission | None, now: datetime) -> str | None:
    """What to tell somebody who comes before the opening or after the closing; None while the round is open."""
    if round_.is_open(now) or round_.opens_at is None or round_.closes_at is None:
        return None
    if not round_.has_begun(now):
        return _("This round has not opened yet. You can write from the day that it opens.")
    closed = format_day(round_.closes_at, round_.zone)
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
    ago = min(draft.saved_at - now, timedelta(seconds=-1))
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
        "consultation_title": title_in(consultation, current_locale().code),
        "status": status_sentence(round_, state, now) if not round_.has_closed(now) else None,
        "status_kind": KINDS[state],
        "clock_notice": clock_notice(round_, draft, now),
        "can_write": can_write(round_, draft, now),
        "draft": draft,
        "saved": saved_sentence(draft, now) if draft is not None else None,
    }


def languages_here(round_: Round) -> list[str]:
    """The languages to offer first: the reader's, then those of the consultation."""
    return [current_locale().code, *round_.consultation.languages]


def saved_now(round_: Round) -> Any:
    """The answer to a form that was saved while somebody types."""
    return jsonify(saved_at=_("Saved on %(moment)s", moment=format_moment(utc_now(), round_.zone)))


def not_saved(message: str, status: int) -> Any:
    """The answer when it could not be saved; the words are still in the form."""
    return jsonify(error=message), status
