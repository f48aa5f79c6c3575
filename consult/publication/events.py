"""What happened, for feeds: of a visitor's business alone, by the day, the newest first.

Each kind of event is one function over the rounds or commitments that it is about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.access.permissions import Permission
from consult.access.policy import permitted
from consult.accounts.actors import Visitor
from consult.commitments.models import Commitment, CommitmentUpdate
from consult.commitments.queries import PUBLIC, commitment_texts, is_overdue
from consult.consultations.history import (
    OutcomeInWords,
    list_extensions,
    list_meetings,
    list_outcomes,
    standing_outcomes,
)
from consult.consultations.languages import list_published_additions
from consult.consultations.models import Consultation, Round
from consult.consultations.wording import outcome_sentence
from consult.core.db import db
from consult.core.locale import current_locale, format_day, format_number, language_name, ngettext
from consult.core.locale import gettext as _
from consult.documents.queries import list_corrigenda
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.responses.models import Delivery, ResponseVersion
from consult.submissions.models import Comment
from consult.submissions.queries import KNOWN, PROTECTED
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText

MOST = 100


@dataclass(frozen=True)
class Event:
    """Something that happened to a consultation or to a commitment.

    Args:
        key: names it for ever.
        day: on which.
        title: in a sentence, in the reader's language.
        about: the round, or the commitment.
        text: what was said with it, in its own language; may be empty.
        page: which page tells more: `overview`, `draft`, `comments`, `log` or `commitments`.
    """

    key: str
    day: date
    title: str
    about: Round | Commitment
    text: LocalizedText | None = None
    page: str = "overview"


def list_events(consultation: Consultation, *, language: str, now: datetime) -> list[Event]:
    """What happened in one consultation, as far as every visitor may know; about fourteen queries."""
    rounds = db.session.scalars(
        sa.select(Round)
        .where(Round.consultation_id == consultation.id, Round.opened_at.is_not(None))
        .order_by(Round.number)
    ).all()
    found = [*_clock_events(rounds, now), *_extensions(rounds, language), *_corrigenda(rounds, language)]
    found += [*_answers(rounds), *_releases(rounds), *_languages(consultation, language)]
    if rounds:
        found += [*_meetings(consultation, rounds[-1], language, now), *_outcomes(consultation, rounds[-1], language)]
    return _newest(event for event in found if event.day <= now.date())


def list_events_everywhere(*, language: str, now: datetime) -> list[Event]:
    """Rounds that opened, closed or were given more time, releases and outcomes of all consultations; five queries."""
    rounds = db.session.scalars(
        sa.select(Round)
        .join(Round.consultation)
        .where(Consultation.published_at.is_not(None), Round.opened_at.is_not(None), Round.opens_at <= now)
        .order_by(Round.opens_at.desc(), Round.id.desc())
        .limit(MOST)
    ).all()
    newest = {round_.consultation_id: round_ for round_ in sorted(rounds, key=lambda one: one.number)}
    found = [*_clock_events(rounds, now), *_extensions(rounds, language), *_releases(rounds)]
    for key, outcome in standing_outcomes(list(newest), language).items():
        found.append(_outcome(outcome, newest[key]))
    return _newest(event for event in found if event.day <= now.date())


def _newest(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.day, event.key), reverse=True)[:MOST]


def _key(round_: Round, *rest: object) -> str:
    return "/".join(["consultations", round_.address, *(str(part) for part in rest)])


def _clock_events(rounds: Iterable[Round], now: datetime) -> list[Event]:
    found = []
    for round_ in rounds:
        if round_.opened_at is None or round_.opens_at is None or round_.closes_at is None:
            continue
        closes = format_day(round_.closes_at, round_.zone)
        if round_.has_begun(now):
            title = _("Round %(number)s is open until %(day)s.", number=format_number(round_.number), day=closes)
            found.append(Event(_key(round_, "opened"), round_.opens_at.date(), title, round_))
        if round_.has_closed(now):
            due = format_day(round_.response_due) if round_.response_due else ""
            title = _(
                "Round %(number)s has closed. The response is promised by %(day)s.",
                number=format_number(round_.number),
                day=due,
            )
            if not round_.asks_for_answers:
                title = _("Round %(number)s has closed.", number=format_number(round_.number))
            found.append(Event(_key(round_, "closed"), round_.closes_at.date(), title, round_))
    return found


def _extensions(rounds: Collection[Round], language: str) -> list[Event]:
    return [
        Event(
            _key(extension.row.round, "extended", extension.row.closes_wall_after),
            extension.row.extended_at.date(),
            _(
                "Round %(number)s stays open longer, until %(day)s.",
                number=format_number(extension.row.round.number),
                day=format_day(extension.row.closes_after, extension.row.round.zone),
            ),
            extension.row.round,
            extension.reason,
        )
        for extension in list_extensions(rounds, language)
    ]


def _corrigenda(rounds: Iterable[Round], language: str) -> list[Event]:
    shown = {round_.id: round_ for round_ in permitted(Visitor(), Permission.DRAFT_READ, rounds)}
    found = []
    places: dict[int, int] = {}
    for one in list_corrigenda(list(shown.values()), language) if shown else ():
        round_ = shown[one.row.version.round.id]
        places[round_.id] = places.get(round_.id, 0) + 1
        title = _("A correction to the draft of round %(number)s.", number=format_number(round_.number))
        key = _key(round_, "corrigenda", places[round_.id])
        found.append(Event(key, one.row.issued_at.date(), title, round_, one.words, page="draft"))
    return found


def _languages(consultation: Consultation, language: str) -> list[Event]:
    found = []
    for addition in list_published_additions(consultation, language):
        row = addition.row
        if row.published_at is None:
            continue
        is_readable = bool(permitted(Visitor(), Permission.DRAFT_READ, [row.round]))
        found.append(
            Event(
                f"consultations/{consultation.slug}/languages/{row.language}",
                row.published_at.date(),
                _(
                    "The edition in %(language)s is added.",
                    language=language_name(row.language, current_locale().code),
                ),
                row.round,
                addition.reason if addition.reason else None,
                page="draft" if is_readable else "overview",
            )
        )
    return found


def _answers(rounds: Iterable[Round]) -> list[Event]:
    """One event for each day on which answers were sent; how many is a part of the input."""
    shown = {r.id: r for r in permitted(Visitor(), Permission.INPUT_READ, rounds) if r.asks_for_answers}
    if not shown:
        return []
    if db.session.get_bind().dialect.name == "postgresql":
        day: sa.ColumnElement[date] = sa.cast(sa.func.timezone("UTC", Delivery.sent_at), sa.Date)
    else:
        day = sa.func.date(Delivery.sent_at, type_=sa.Date)
    # What was answered before the closing came before it: of protected points not even that is told.
    closing = sa.case({key: one.closing_day for key, one in shown.items()}, value=Comment.round_id)
    day = sa.case((sa.and_(PROTECTED, day < closing), closing), else_=day)
    rows = db.session.execute(
        sa.select(Comment.round_id, day, sa.func.count())
        .select_from(Delivery)
        .join(ResponseVersion, ResponseVersion.id == Delivery.response_version_id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .join(Comment.submission)
        .where(Comment.round_id.in_(list(shown)), Comment.withdrawn_at.is_(None), KNOWN)
        .group_by(Comment.round_id, day)
        .order_by(day.desc())
        .limit(MOST)
    )
    return [
        Event(
            _key(shown[key], "answered", on.isoformat()),
            on,
            ngettext("One point was answered.", "%(total)s points were answered.", number, total=format_number(number)),
            shown[key],
            page="comments",
        )
        for key, on, number in rows
    ]


def _releases(rounds: Iterable[Round]) -> list[Event]:
    shown = {round_.id: round_ for round_ in permitted(Visitor(), Permission.INPUT_READ, rounds)}
    rows = db.session.scalars(
        sa.select(Release)
        .where(Release.round_id.in_(list(shown)), Release.status == ReleaseStatus.PUBLISHED)
        .order_by(Release.published_at.desc(), Release.id.desc())
        .limit(MOST)
    )
    found = []
    for row in rows:
        number, round_ = format_number(row.number), shown[row.round_id]
        title = (
            _("Release %(number)s of the response log is published.", number=number)
            if round_.asks_for_answers
            else _("Release %(number)s of the compilation is published.", number=number)
        )
        if row.published_at is not None:
            key = _key(round_, "releases", row.number)
            found.append(Event(key, row.published_at.date(), title, round_, page="log"))
    return found


def _meetings(consultation: Consultation, round_: Round, language: str, now: datetime) -> list[Event]:
    """A meeting is told of when it is announced, and again when it takes place."""
    found = []
    for meeting in list_meetings(consultation, language):
        row = meeting.row
        key = f"consultations/{consultation.slug}/meetings/{row.kind.value}/{row.first_day.isoformat()}"
        day = format_day(row.first_day)
        announced = row.created_at.date()
        if announced < row.first_day:
            title = _("%(kind)s on %(day)s.", kind=row.kind.label, day=day)
            found.append(Event(f"{key}/announced", announced, title, round_, meeting.title))
        title = _("%(kind)s, held from %(day)s.", kind=row.kind.label, day=day)
        if row.first_day == row.last_day:
            title = _("%(kind)s, held on %(day)s.", kind=row.kind.label, day=day)
        found.append(Event(f"{key}/held", row.last_day, title, round_, meeting.title))
    return [event for event in found if event.day <= now.date()]


def _outcomes(consultation: Consultation, round_: Round, language: str) -> list[Event]:
    return [_outcome(outcome, round_) for outcome in list_outcomes(consultation, language)]


def _outcome(outcome: OutcomeInWords, round_: Round) -> Event:
    row = outcome.row
    title = outcome_sentence(row.kind, outcome.body.text, row.decided_on)
    key = f"consultations/{round_.consultation.slug}/outcome/{row.kind.value}/{row.decided_on.isoformat()}"
    return Event(key, row.recorded_at.date(), title, round_, outcome.note or None)


# --- Commitments ---


def list_commitment_events(*, language: str, now: datetime) -> list[Event]:
    """Commitments that were made, changed, or are overdue, of all hosts; four queries."""
    today = now.date()
    made = _commitments(Commitment.published_at.is_not(None), Commitment.published_at.desc())
    late = _commitments(is_overdue(today), Commitment.due.desc())
    updates = db.session.execute(
        sa.select(CommitmentUpdate, Commitment)
        .join(Commitment, Commitment.id == CommitmentUpdate.commitment_id)
        .where(PUBLIC)
        .order_by(CommitmentUpdate.made_at.desc(), CommitmentUpdate.id.desc())
        .limit(MOST)
    ).unique()  # fmt: skip
    changes = [(row[0], row[1]) for row in updates]
    words = commitment_texts({one.id: one for one in [*made, *late, *(c for _u, c in changes)]}.values(), language)
    notes = load_texts("commitment_update", [update.id for update, _commitment in changes], language)

    def what(one: Commitment) -> LocalizedText:
        return words.of(one.id, "what", one.what, one.language)

    found = [_made(one, what(one)) for one in made]
    found += [_overdue(one, what(one)) for one in late]
    numbers: dict[tuple[str, date], int] = {}
    for update, one in reversed(changes):
        place = numbers[one.reference, update.made_at.date()] = (
            numbers.get((one.reference, update.made_at.date()), 0) + 1
        )
        note = notes.of(update.id, "note", update.note, one.language)
        found.append(_changed(update, one, note or what(one), place))
    return _newest(found)


def _commitments(condition: sa.ColumnElement[bool], order: sa.ColumnElement[Any]) -> Sequence[Commitment]:
    statement = sa.select(Commitment).where(PUBLIC, condition).order_by(order, Commitment.id.desc()).limit(MOST)
    return db.session.scalars(statement).unique().all()


def _commitment_key(commitment: Commitment, *rest: object) -> str:
    return "/".join(["commitments", commitment.reference, *(str(part) for part in rest)])


def _made(one: Commitment, what: LocalizedText) -> Event:
    title = _("%(reference)s: promised by %(day)s.", reference=one.reference, day=format_day(one.due))
    day = one.published_at.date() if one.published_at is not None else one.made_at.date()
    return Event(_commitment_key(one, "made"), day, title, one, what, page="commitments")


def _overdue(one: Commitment, what: LocalizedText) -> Event:
    title = _("%(reference)s is overdue: it was promised by %(day)s.", reference=one.reference, day=format_day(one.due))
    day = one.due + timedelta(days=1)
    return Event(_commitment_key(one, "overdue", one.due.isoformat()), day, title, one, what, page="commitments")


def _changed(update: CommitmentUpdate, one: Commitment, note: LocalizedText, place: int) -> Event:
    reference = one.reference
    if update.changes_status:
        title = _("%(reference)s: %(status)s.", reference=reference, status=update.status_after.label)
    elif update.changes_date:
        title = _(
            "%(reference)s is now promised by %(after)s; before, by %(before)s.",
            reference=reference,
            after=format_day(update.due_after),
            before=format_day(update.due_before),
        )
    else:
        title = _("%(reference)s: there is news.", reference=reference)
    day = update.made_at.date()
    key = _commitment_key(one, "changed", day.isoformat(), place)
    return Event(key, day, title, one, note, page="commitments")


PAGES: Mapping[str, str] = {
    "overview": "pages.consultation",
    "draft": "reading.draft",
    "comments": "comments.list_comments",
    "log": "response_log.log",
}
"""The page that tells more of an event of a round."""
