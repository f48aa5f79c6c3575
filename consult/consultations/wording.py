"""Where a round stands, as a sentence: the same words on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from consult.consultations.enums import Audience, OutcomeKind, RoundState, Visibility
from consult.consultations.models import Round
from consult.core.locale import format_day, ngettext
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words


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


StateOf = Callable[[Round, datetime], RoundState]
_state_of: list[StateOf] = []


def register_state(state_of: StateOf) -> None:
    """Let the feature that knows answers and releases say where a round stands; once."""
    _state_of[:] = [state_of]


def present_state(round_: Round, now: datetime) -> RoundState:
    """Where a round stands, by the clock and the record."""
    state = clock_state(round_, now)
    if state in {RoundState.AWAITING, RoundState.OVERDUE}:
        return _state_of[0](round_, now) if _state_of else state
    return state


def state_in_words(round_: Round, state: RoundState) -> str:
    """The state in two words, as headings and lists have it."""
    if not round_.asks_for_answers and state is RoundState.AWAITING:
        return _("Awaiting compilation")
    if not round_.asks_for_answers and state is RoundState.OVERDUE:
        return _("Compilation overdue")
    return state.label


def audience_sentence(round_: Round) -> str:
    """Who may read the draft and take part, as a sentence."""
    if round_.audience is Audience.PUBLIC:
        return _("Everybody may read the draft and take part.")
    if round_.audience is Audience.BY_INVITATION:
        return _("Those who were invited read the draft and take part.")
    return _("Delegates of the members of %(host)s read the draft and take part.", host=round_.consultation.host.name)


def visibility_sentence(round_: Round) -> str:
    """When, or to whom, the points of a round become visible, as a sentence."""
    closes: datetime | None = round_.closes_at
    if round_.visibility is Visibility.PARTICIPANTS_ONLY or closes is None:
        return _("In this round the points are visible only to those who take part.")
    if round_.visibility is Visibility.AS_RECEIVED:
        opens = round_.opens_at or closes
        return _("The round opens on %(day)s. Points are public from then on.", day=format_day(opens, round_.zone))
    if round_.visibility is Visibility.COMPILATION_ONLY:
        return _(
            "The points become public as a compilation after the round closes on %(day)s.",
            day=format_day(closes, round_.zone),
        )
    return _("The points become public after the round closes on %(day)s.", day=format_day(closes, round_.zone))


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
    if state is RoundState.COMPILED:
        return _("Closed on %(day)s. The compilation of all input is published.", day=closed)
    if not round_.asks_for_answers and state is RoundState.OVERDUE:
        return _("Closed on %(day)s. The compilation was promised by %(due)s and is overdue.", day=closed, due=due)
    if not round_.asks_for_answers:
        return _("Closed on %(day)s. The compilation is promised by %(due)s.", day=closed, due=due)
    if state is RoundState.OVERDUE:
        return _("Closed on %(day)s. The response was promised by %(due)s and is overdue.", day=closed, due=due)
    return _("Closed on %(day)s. The response is promised by %(due)s.", day=closed, due=due)


def outcome_sentence(kind: OutcomeKind, body: str, decided_on: date) -> str:
    """What became of a text, by whom and when, as in "Adopted by the General Assembly on 3 May 2027."

    Args:
        kind: what became of it.
        body: who decided, as typed; it is isolated, since it may run in another direction than the sentence.
        decided_on: the day.
    """
    sentence = {
        OutcomeKind.ADOPTED: _("Adopted by %(body)s on %(day)s.", **_decided(body, decided_on)),
        OutcomeKind.ENDORSED: _("Endorsed by %(body)s on %(day)s.", **_decided(body, decided_on)),
        OutcomeKind.WELCOMED: _("Welcomed by %(body)s on %(day)s.", **_decided(body, decided_on)),
        OutcomeKind.NOTED: _("Taken note of by %(body)s on %(day)s.", **_decided(body, decided_on)),
        OutcomeKind.DEFERRED: _("Deferred by %(body)s on %(day)s.", **_decided(body, decided_on)),
        OutcomeKind.NOT_ADOPTED: _("Not adopted: so decided by %(body)s on %(day)s.", **_decided(body, decided_on)),
    }
    return sentence[kind]


def _decided(body: str, day: date) -> dict[str, str]:
    return {"body": f"\u2068{body}\u2069", "day": format_day(day)}


def days_in_words(first: date, last: date) -> str:
    """A day, or from which to which, as in "3 May 2027 to 5 May 2027"."""
    if first == last:
        return format_day(first)
    return _("%(first)s to %(last)s", first=format_day(first), last=format_day(last))


OUTCOME_KINDS = {
    OutcomeKind.ADOPTED: "good",
    OutcomeKind.ENDORSED: "good",
    OutcomeKind.WELCOMED: "good",
    OutcomeKind.NOTED: "neutral",
    OutcomeKind.DEFERRED: "attention",
    OutcomeKind.NOT_ADOPTED: "bad",
}
"""The tag that each outcome is drawn with."""

KINDS = {
    RoundState.SETUP: "neutral",
    RoundState.UPCOMING: "neutral",
    RoundState.OPEN: "accent",
    RoundState.AWAITING: "attention",
    RoundState.OVERDUE: "bad",
    RoundState.ANSWERED: "good",
    RoundState.COMPILED: "good",
}
"""The tag that each state is drawn with."""
