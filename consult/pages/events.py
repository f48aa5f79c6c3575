"""The public events of a consultation, past and to come, in words for its timeline.

Feeds say less, of what has happened alone and to the day: see `publication.events`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from consult.accounts.actors import Visitor
from consult.consultations.enums import Audience, RoundState
from consult.consultations.history import (
    Extension,
    OutcomeInWords,
    list_extensions,
    list_meetings,
    list_outcomes,
)
from consult.consultations.languages import Addition, list_published_additions
from consult.consultations.models import Consultation, Round
from consult.consultations.reading import EDITION
from consult.consultations.wording import days_in_words
from consult.core.clock import to_wall
from consult.core.db import db
from consult.core.locale import format_day, format_number, language_name
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.documents.queries import list_corrigenda
from consult.pages.enums import EventKind, EventState
from consult.pages.queries import states_of
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.responses.models import Delivery, ResponseCorrection, ResponseVersion
from consult.submissions.models import Comment
from consult.submissions.queries import is_input_reader
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class Event:
    """Something that happened, goes on, or is planned.

    Args:
        kind: what it is.
        day: its first day, where it takes place.
        when: its date in words, in the reader's language.
        label: what it is, in words.
        state: whether it has been, goes on or is overdue, or is to come.
        title: what staff call it, if they do.
        note: more, in our words.
        text: more, in words of staff: a reason, a correction.
        place: where it takes place, in words of staff.
        href: where more is; a path of this instance in the reader's language, or an address elsewhere.
        link: the words of that link.
        moment: the very moment, where it is a deadline.
        zone: whose clock counts then.
    """

    kind: EventKind
    day: date
    when: str
    label: str
    state: EventState
    title: LocalizedText | None = None
    note: str = ""
    text: LocalizedText | None = None
    place: LocalizedText | None = None
    href: str = ""
    link: str = ""
    moment: datetime | None = None
    zone: str = ""


@dataclass(frozen=True)
class Course:
    """How a consultation has gone so far, for the head of its page and for its timeline.

    Args:
        rounds: those that were opened, in their order.
        states: where each stands, by key of the round.
        extensions: of all rounds, oldest first.
        outcomes: the standing one last.
        additions: the languages that came after the opening, oldest first.
    """

    rounds: Sequence[Round]
    states: Mapping[int, RoundState]
    extensions: Sequence[Extension]
    outcomes: Sequence[OutcomeInWords]
    additions: Sequence[Addition]

    @property
    def outcome(self) -> OutcomeInWords | None:
        """What became of the text, once that is recorded."""
        return next((one for one in self.outcomes if one.is_standing), None)


def load_course(consultation: Consultation, language: str, *, now: datetime) -> Course:
    """How a consultation has gone so far; five queries, or up to nine in another language."""
    rounds = [round_ for round_ in consultation.rounds if round_.opened_at is not None]
    return Course(
        rounds,
        states_of(rounds, now),
        list_extensions(rounds, language),
        list_outcomes(consultation, language),
        list_published_additions(consultation, language),
    )


def list_events(
    consultation: Consultation, language: str, *, now: datetime, locale: str = "", course: Course | None = None
) -> list[Event]:
    """All public events of a consultation in the order of their days; at most fifteen queries, however many there are.

    Args:
        consultation: published.
        language: in which what staff wrote is read.
        now: the present moment.
        locale: of the reader, in which sentences are written and pages linked; empty where it is ``language``.
        course: what `load_course` gave, if the page has it already.
    """
    course = course or load_course(consultation, language, now=now)
    rounds, states, locale = course.rounds, course.states, locale or language
    events = [
        *(event for round_ in rounds for event in _dates_of(round_, states[round_.id], len(rounds) > 1, now)),
        *_extensions(course),
        *_corrigenda(rounds, language, locale),
        *_languages(course, locale),
        *_answered([round_ for round_ in rounds if states[round_.id] is RoundState.ANSWERED], len(rounds) > 1),
        *_releases(rounds, locale),
        *_meetings(consultation, language, now),
        *_outcomes(course.outcomes),
    ]
    places = list(EventKind)
    return sorted(events, key=lambda event: (event.day, places.index(event.kind)))


def events_near(events: Sequence[Event], most: int = 10) -> list[Event]:
    """The events that somebody looks for now: the last that have been, and the first that are to come."""
    begin = next((place for place, event in enumerate(events) if event.state is not EventState.DONE), len(events))
    first = max(0, min(begin - most // 2, len(events) - most))
    return list(events[first : first + most])


def _state_at(moment: datetime, now: datetime) -> EventState:
    return EventState.DONE if moment <= now else EventState.NEXT


def _dates_of(round_: Round, state: RoundState, is_one_of_several: bool, now: datetime) -> Iterator[Event]:
    if round_.opens_at is None or round_.closes_at is None or round_.response_due is None:
        return  # an opened round has all of them
    number = format_number(round_.number)
    yield Event(
        EventKind.OPENS,
        to_wall(round_.opens_at, round_.zone).date(),
        moment_in_words(round_.opens_at, round_.zone),
        _("Round %(number)s opens", number=number) if is_one_of_several else _("The round opens"),
        _state_at(round_.opens_at, now),
        note=_("From here on, everybody it is for can write points."),
        moment=round_.opens_at,
        zone=round_.zone,
    )
    yield Event(
        EventKind.CLOSES,
        to_wall(round_.closes_at, round_.zone).date(),
        moment_in_words(round_.closes_at, round_.zone),
        _("Round %(number)s closes", number=number) if is_one_of_several else _("The round closes"),
        _state_at(round_.closes_at, now),
        note=_("Drafts begun before can still be submitted for a short while."),
        moment=round_.closes_at,
        zone=round_.zone,
    )
    yield _response_due(round_, round_.response_due, state, number if is_one_of_several else "")


def _response_due(round_: Round, due: date, state: RoundState, number: str) -> Event:
    if round_.asks_for_answers:
        label = _("The response to round %(number)s is due", number=number) if number else _("The response is due")
        note = _("By then every point has its answer, and the response log is published.")
    else:
        label = (
            _("The compilation of round %(number)s is due", number=number) if number else _("The compilation is due")
        )
        note = _("By then all input is published verbatim, by provision. No point is answered or disposed of.")
    is_settled = state in {RoundState.ANSWERED, RoundState.COMPILED}
    return Event(
        EventKind.RESPONSE_DUE,
        due,
        format_day(due),
        label,
        EventState.DONE if is_settled else EventState.NOW if state is RoundState.OVERDUE else EventState.NEXT,
        note="" if is_settled else note,
    )


def _local(moment: datetime, round_: Round) -> tuple[date, str]:
    """The day of a moment where the round is held, and that in words."""
    return to_wall(moment, round_.zone).date(), format_day(moment, round_.zone)


def _extensions(course: Course) -> Iterator[Event]:
    for extension in course.extensions:
        row, round_ = extension.row, extension.row.round
        day, when = _local(row.extended_at, round_)
        moments = {
            "before": moment_in_words(row.closes_before, round_.zone),
            "after": moment_in_words(row.closes_after, round_.zone),
        }
        note = _("It was to close on %(before)s; it closes on %(after)s.", **moments)
        if row.response_due_after != row.response_due_before:
            due = {"before": format_day(row.response_due_before), "after": format_day(row.response_due_after)}
            note += " " + _("The response was promised by %(before)s; it is promised by %(after)s.", **due)
        yield Event(
            EventKind.EXTENDED,
            day,
            when,
            _("Round %(number)s is extended", number=format_number(round_.number))
            if len(course.rounds) > 1
            else _("The round is extended"),
            EventState.DONE,
            note=note,
            text=extension.reason,
        )


def _corrigenda(rounds: Sequence[Round], language: str, locale: str) -> Iterator[Event]:
    counted: dict[int, int] = {}
    for corrigendum in list_corrigenda(rounds, language):
        row, round_ = corrigendum.row, corrigendum.row.version.round
        number = counted[round_.number] = counted.get(round_.number, 0) + 1
        day, when = _local(row.issued_at, round_)
        # The draft of a round that is not for everybody is not, and so neither are corrections to it.
        is_public = round_.audience is Audience.PUBLIC
        yield Event(
            EventKind.CORRIGENDUM,
            day,
            when,
            _("Corrigendum to the draft"),
            EventState.DONE,
            text=corrigendum.words if is_public else None,
            href=f"/{locale}/consultations/{round_.address}/draft#corrigendum-{number}" if is_public else "",
            link=_("Read it beside the text") if is_public else "",
        )


def _languages(course: Course, locale: str) -> Iterator[Event]:
    for addition in course.additions:
        row, round_ = addition.row, addition.row.round
        if row.published_at is None:
            continue  # a published language has its time
        day, when = _local(row.published_at, round_)
        # The reason of an extension stands with the extension, which is told right before or after.
        yield Event(
            EventKind.LANGUAGE,
            day,
            when,
            _("The edition in %(language)s is added", language=language_name(row.language, locale)),
            EventState.DONE,
            note=_("The round was given more time with it.") if row.extension is not None else "",
            text=addition.reason if addition.reason and row.extension is None else None,
            # The draft of a round that is not for everybody is not either.
            href=f"/{locale}/consultations/{round_.address}/draft?{EDITION}={row.language}"
            if round_.audience is Audience.PUBLIC
            else "",
            link=_("Read the draft in it") if round_.audience is Audience.PUBLIC else "",
        )


def _answered(rounds: Sequence[Round], is_one_of_several: bool) -> Iterator[Event]:
    """When the last answer of each of these rounds was sent; a round without points has none."""
    by_key = {round_.id: round_ for round_ in rounds}
    if not by_key:
        return
    rows = db.session.execute(
        sa.select(Comment.round_id, sa.func.max(Delivery.sent_at))
        .join(ResponseVersion, ResponseVersion.comment_id == Comment.id)
        .join(Delivery, Delivery.response_version_id == ResponseVersion.id)
        # A correction is sent later, to a point that was answered before.
        .outerjoin(ResponseCorrection, ResponseCorrection.response_version_id == ResponseVersion.id)
        .where(Comment.round_id.in_(by_key), ResponseCorrection.id.is_(None))
        .group_by(Comment.round_id)
        .order_by(Comment.round_id)
    )
    for key, sent_at in rows:
        round_ = by_key[key]
        # Answers may go out while the round is open; it is answered when no more can come.
        at = max(sent_at, round_.closes_at or sent_at)
        day, when = _local(at, round_)
        number = format_number(round_.number)
        yield Event(
            EventKind.ANSWERED,
            day,
            when,
            _("Every point of round %(number)s is answered", number=number)
            if is_one_of_several
            else _("Every point is answered"),
            EventState.DONE,
        )


def _releases(rounds: Sequence[Round], locale: str) -> Iterator[Event]:
    by_key: Mapping[int, Round] = {round_.id: round_ for round_ in rounds}
    rows = db.session.execute(
        sa.select(Release.round_id, Release.number, Release.published_at)
        .where(Release.round_id.in_(by_key), Release.status == ReleaseStatus.PUBLISHED)
        .order_by(Release.published_at, Release.id)
    )
    for key, number, published_at in rows:
        if published_at is None:
            continue  # a published release has its time
        round_ = by_key[key]
        day, when = _local(published_at, round_)
        words = {"number": format_number(number), "round": round_.label}
        readable = is_input_reader(Visitor(), round_)
        yield Event(
            EventKind.RELEASED,
            day,
            when,
            _("Response log, release %(number)s (%(round)s)", **words)
            if round_.asks_for_answers
            else _("Compilation, release %(number)s (%(round)s)", **words),
            EventState.DONE,
            href=f"/{locale}/consultations/{round_.address}/response-log/{number}" if readable else "",
            link=_("Read it") if readable else "",
        )


def _meetings(consultation: Consultation, language: str, now: datetime) -> Iterator[Event]:
    for meeting in list_meetings(consultation, language):
        row = meeting.row
        today = now.date()
        state = EventState.NEXT if row.first_day > today else EventState.NOW
        yield Event(
            EventKind.MEETING,
            row.first_day,
            days_in_words(row.first_day, row.last_day),
            row.kind.label,
            EventState.DONE if row.last_day < today else state,
            title=meeting.title,
            place=meeting.place if meeting.place else None,
            href=row.record_url,
            link=_("Read the record") if row.record_url else "",
        )


def _outcomes(outcomes: Sequence[OutcomeInWords]) -> Iterator[Event]:
    for outcome in outcomes:
        row = outcome.row
        yield Event(
            EventKind.OUTCOME,
            row.decided_on,
            format_day(row.decided_on),
            outcome.sentence,
            EventState.DONE,
            note="" if outcome.is_standing else _("Replaced by a newer one."),
            text=outcome.note if outcome.note else None,
            href=row.final_text_url,
            link=_("Read the final text") if row.final_text_url else "",
        )
