"""Where a round stands, as a sentence: the same words on every page."""

from __future__ import annotations

from datetime import datetime

from babel.dates import get_timezone_location

from consult.consultations.enums import RoundState
from consult.consultations.models import Round
from consult.core.locale import current_locale, format_day, format_moment, ngettext
from consult.core.locale import gettext as _


def clock_state(round_: Round, now: datetime) -> RoundState:
    """Where a round stands by the clock alone; whether it is answered is a question to the record."""
    if round_.opened_at is None:
        return RoundState.SETUP
    if not round_.has_begun(now):
        return RoundState.UPCOMING
    if round_.is_open(now):
        return RoundState.OPEN
    overdue = round_.response_due is not None and now.date() > round_.response_due
    return RoundState.OVERDUE if overdue else RoundState.AWAITING


def moment_in_words(moment: datetime, zone: str) -> str:
    """A deadline: date, time, and whose clock, as in "14 March 2027, 23:59 (Jakarta time)"."""
    city = "UTC" if zone == "UTC" else str(get_timezone_location(zone, current_locale().babel, return_city=True))
    return _("%(moment)s (%(city)s time)", moment=format_moment(moment, zone), city=city)


def status_sentence(round_: Round, state: RoundState, now: datetime) -> str:
    """What the reader needs to know of a round's dates.

    Args:
        round_: with its dates, unless it is being set up.
        state: where it stands, also by the record.
        now: the present moment.
    """
    if state is RoundState.SETUP or round_.opens_at is None or round_.closes_at is None or round_.response_due is None:
        return _("Being set up. The public does not see it yet.")
    if state is RoundState.UPCOMING:
        return _("Opens on %(moment)s.", moment=moment_in_words(round_.opens_at, round_.zone))
    if state is RoundState.OPEN:
        days = (round_.closes_at - now).days
        until = moment_in_words(round_.closes_at, round_.zone)
        if days < 1:
            return _("Open until %(moment)s: the last day.", moment=until)
        return ngettext(
            "Open until %(moment)s, one day left.", "Open until %(moment)s, %(num)s days left.", days, moment=until
        )
    closed, due = format_day(round_.closes_at, round_.zone), format_day(round_.response_due)
    if state is RoundState.ANSWERED:
        return _("Closed on %(day)s. Every point was answered.", day=closed)
    if state is RoundState.OVERDUE:
        return _("Closed on %(day)s. The response was promised by %(due)s and is overdue.", day=closed, due=due)
    return _("Closed on %(day)s. The response is promised by %(due)s.", day=closed, due=due)


KINDS = {
    RoundState.SETUP: "neutral",
    RoundState.UPCOMING: "neutral",
    RoundState.OPEN: "accent",
    RoundState.AWAITING: "attention",
    RoundState.OVERDUE: "bad",
    RoundState.ANSWERED: "good",
}
"""The tag that each state is drawn with."""
