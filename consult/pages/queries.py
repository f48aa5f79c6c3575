"""Reads across features: consultations by where they stand, what needs somebody at the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor, StaffRole
from consult.accounts.actors import Visitor
from consult.consultations.enums import RoundState, Visibility
from consult.consultations.history import OutcomeInWords, standing_outcomes
from consult.consultations.models import GRACE_MAX, SUMMARY_FIELDS, Consultation, Round
from consult.consultations.queries import titles_in
from consult.core.counters import sum_counts
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.responses.queries import count_corrections, outstanding_exists
from consult.submissions.enums import CredentialStatus, ModerationStatus, ResponseStatus, SubmissionStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import (
    IN_COMPILATION,
    OF_STATES,
    Progress,
    count_files_to_screen,
    is_input_reader,
    progress_of,
)
from consult.texts.finding import matching
from consult.texts.values import LocalizedText

SHELVES = (RoundState.OPEN, RoundState.UPCOMING, RoundState.AWAITING, RoundState.ANSWERED, RoundState.COMPILED)
ON_A_SHELF = 5
# What lists of consultations look for words in; the last one is the name of the host.
FOUND_BY = ("title", *SUMMARY_FIELDS, "code", "name")


def state_expression(now: datetime) -> sa.Case[Any]:
    """SQL: where a published round stands, by the clock and the record."""
    moment = sa.literal(now, Round.opens_at.type)
    # A compilation is done when it is published: none of its points ask for an answer.
    is_compilation = Round.visibility == Visibility.COMPILATION_ONLY
    is_released = sa.exists().where(Release.round_id == Round.id, Release.status == ReleaseStatus.PUBLISHED)
    return sa.case(
        (Round.opens_at > moment, RoundState.UPCOMING.value),
        (Round.closes_at > moment, RoundState.OPEN.value),
        (sa.and_(is_compilation, is_released), RoundState.COMPILED.value),
        (sa.not_(sa.or_(is_compilation, outstanding_exists(Round.id))), RoundState.ANSWERED.value),
        (Round.response_due < now.date(), RoundState.OVERDUE.value),
        else_=RoundState.AWAITING.value,
    )


def state_of(round_: Round, now: datetime) -> RoundState:
    """Where one round stands, exactly."""
    return states_of([round_], now)[round_.id]


def states_of(rounds: Iterable[Round], now: datetime) -> dict[int, RoundState]:
    """Where each of these rounds stands, exactly: round id to state; one query."""
    opened = {round_.id: round_.opened_at is not None for round_ in rounds}
    rows = db.session.execute(sa.select(Round.id, state_expression(now)).where(Round.id.in_(opened)).order_by(Round.id))
    return {key: RoundState(state) if opened[key] else RoundState.SETUP for key, state in rows}


@dataclass(frozen=True)
class Entry:
    """A consultation in a list.

    Args:
        round: its newest published one.
        state: where that stands.
        title: in the reader's language.
        progress: in points; None while the public may not see the input: numbers are a part of it.
        outcome: what became of the text, once that is recorded.
    """

    round: Round
    state: RoundState
    title: LocalizedText
    progress: Progress | None
    outcome: OutcomeInWords | None = None


@dataclass(frozen=True)
class Shelf:
    """The consultations of one state on the first page, and how many there are in all."""

    state: RoundState
    entries: Sequence[Entry]
    total: int


def _published(words: str) -> sa.Select[Any]:
    newest = Consultation.current_number
    statement = (
        sa.select(Round)
        .join(Round.consultation)
        .join(Consultation.host)
        .where(
            Consultation.published_at.is_not(None),
            # An earlier round whose points still wait for their answers is not forgotten over a newer one.
            sa.or_(Round.number == newest, sa.and_(Round.number < newest, outstanding_exists(Round.id))),
        )
    )
    found = matching(words, fields=FOUND_BY, consultation=Consultation.id, host=Consultation.host_id)
    return statement.where(*found)


def _states_on(state: RoundState) -> list[str]:
    return [state.value, RoundState.OVERDUE.value] if state is RoundState.AWAITING else [state.value]


def list_shelves(language: str, *, words: str, now: datetime) -> list[Shelf]:
    """The first consultations of each state, those that end soonest first, and how many there are; six queries."""
    state = state_expression(now)
    shelf = sa.case((state == RoundState.OVERDUE.value, RoundState.AWAITING.value), else_=state)
    place = sa.func.row_number().over(partition_by=shelf, order_by=(Round.closes_at, Round.id))
    size = sa.func.count().over(partition_by=shelf)
    ranked = _published(words).with_only_columns(
        Round.id.label("id"), state.label("state"), shelf.label("shelf"), place.label("place"), size.label("size")
    ).subquery()  # fmt: skip
    rows = db.session.execute(
        sa.select(Round, ranked.c.state, ranked.c.shelf, ranked.c.size)
        .join(ranked, ranked.c.id == Round.id)
        .where(ranked.c.place <= ON_A_SHELF)
        .order_by(ranked.c.place, Round.id)
    ).all()
    entries = {e.round.id: e for e in _entries([(row[0], RoundState(row[1])) for row in rows], language)}
    shelves = [
        Shelf(
            wanted,
            [entries[row[0].id] for row in rows if row[2] == wanted.value],
            next((row[3] for row in rows if row[2] == wanted.value), 0),
        )
        for wanted in SHELVES
    ]
    # Most instances have no compilation: an empty shelf would teach nobody.
    return [one for one in shelves if one.total or one.state is not RoundState.COMPILED]


def total_progress(now: datetime) -> tuple[int, int]:
    """How many points asked for an answer and how many have it, where everybody may see figures; two queries."""
    moment = sa.literal(now, Round.opens_at.type)
    past_any_grace = sa.literal(now - timedelta(minutes=GRACE_MAX), Round.closes_at.type)
    is_public = sa.or_(
        sa.and_(Round.visibility == Visibility.AS_RECEIVED, Round.opens_at <= moment),
        sa.and_(Round.visibility == Visibility.AFTER_CLOSING, Round.closes_at <= past_any_grace),
    )
    prefix = sa.literal("round:") + sa.cast(Round.id, sa.Text)
    asked, answered = (
        sum_counts(sa.select(prefix + f":{kind}").where(Round.opened_at.is_not(None), is_public))
        for kind in ("asked", "answered")
    )
    return asked, answered


def page_of_entries(
    language: str, *, state: RoundState | None, words: str, now: datetime, after: str | None, before: str | None
) -> Page[Any]:
    """Consultations of one state, or all, the newest first."""
    statement = _published(words)
    if state is not None:
        statement = statement.where(state_expression(now).in_(_states_on(state)))
    page = fetch_page(
        db.session, statement, [Round.id], lambda row: [row.id], after=after, before=before, descending=True
    )
    states = states_of(page.items, now)
    entries = _entries([(round_, states[round_.id]) for round_ in page.items], language)
    return Page(entries, page.after, page.before)


def count_entries(*, state: RoundState | None, words: str, now: datetime) -> int:
    """How many consultations such a list holds in all."""
    statement = _published(words)
    if state is not None:
        statement = statement.where(state_expression(now).in_(_states_on(state)))
    return db.session.scalar(statement.with_only_columns(sa.func.count())) or 0


def _entries(rounds: Iterable[tuple[Round, RoundState]], language: str) -> list[Entry]:
    pairs = list(rounds)
    titles = titles_in([round_.consultation for round_, _state in pairs], language)
    progress = progress_of([round_ for round_, _state in pairs])
    outcomes = standing_outcomes([round_.consultation_id for round_, _state in pairs], language)
    return [
        Entry(
            round_,
            state,
            titles[round_.consultation_id],
            progress[round_.id] if is_input_reader(Visitor(), round_) else None,
            outcomes.get(round_.consultation_id),
        )
        for round_, state in pairs
    ]


@dataclass(frozen=True)
class Work:
    """What waits at the desk for one round, in points; what came late and credentials in submissions; files."""

    to_screen: int = 0
    files: int = 0
    late: int = 0
    credentials: int = 0
    to_answer: int = 0
    to_clear: int = 0
    to_send: int = 0

    def for_roles(self, roles: Iterable[StaffRole]) -> Work:
        """What of it somebody with these roles can do something about."""
        has = set(roles)
        return Work(
            self.to_screen if StaffRole.MODERATOR in has else 0,
            self.files if StaffRole.MODERATOR in has else 0,
            self.late if StaffRole.MANAGER in has else 0,
            self.credentials if has & {StaffRole.MODERATOR, StaffRole.MANAGER} else 0,
            self.to_answer if StaffRole.RESPONDER in has else 0,
            self.to_clear if StaffRole.APPROVER in has else 0,
            self.to_send if has & {StaffRole.APPROVER, StaffRole.MANAGER} else 0,
        )

    @property
    def total(self) -> int:
        """All of it."""
        return sum(astuple(self))


def work_of(round_ids: Iterable[int]) -> Mapping[int, Work]:
    """What waits at the desk, by key of the round, counted exactly; four queries.

    A correction waits as an answer does: to be cleared, to be sent, or to be written anew where it was returned.
    """
    ids = list(round_ids)
    waiting = Comment.moderation_status == ModerationStatus.WAITING
    rows = db.session.execute(
        sa.select(
            Comment.round_id,
            sa.func.count().filter(waiting),
            sa.func.count().filter(
                sa.not_(waiting),
                sa.not_(IN_COMPILATION),
                sa.not_(OF_STATES),
                Comment.response_status.in_([ResponseStatus.UNANSWERED, ResponseStatus.DRAFTED]),
            ),
            sa.func.count().filter(Comment.response_status == ResponseStatus.PROPOSED),
            sa.func.count().filter(Comment.response_status == ResponseStatus.CLEARED),
        )
        .where(Comment.round_id.in_(ids), Comment.reference.is_not(None), Comment.withdrawn_at.is_(None))
        .group_by(Comment.round_id)
    ).all()
    awaited = sa.and_(
        Submission.status == SubmissionStatus.SUBMITTED, Submission.credential_status == CredentialStatus.AWAITED
    )
    offered = Submission.status == SubmissionStatus.OFFERED
    submissions = db.session.execute(
        sa.select(Submission.round_id, sa.func.count().filter(awaited), sa.func.count().filter(offered))
        .where(Submission.round_id.in_(ids), sa.or_(awaited, offered))
        .group_by(Submission.round_id)
    )
    found = {row[0]: row for row in submissions}
    counted = {row[0]: row for row in rows}
    corrections, files = count_corrections(ids), count_files_to_screen(ids)
    return {
        key: Work(
            to_screen=counted[key][1] if key in counted else 0,
            files=files.get(key, 0),
            late=found[key][2] if key in found else 0,
            credentials=found[key][1] if key in found else 0,
            to_answer=(counted[key][2] if key in counted else 0) + corrections[key].returned,
            to_clear=(counted[key][3] if key in counted else 0) + corrections[key].waiting,
            to_send=(counted[key][4] if key in counted else 0) + corrections[key].cleared,
        )
        for key in ids
    }


def rounds_of(consultations: Iterable[Consultation]) -> Mapping[int, Sequence[Round]]:
    """The rounds of each consultation, newest first, by key of the consultation; one query."""
    found: dict[int, list[Round]] = {consultation.id: [] for consultation in consultations}
    rows = db.session.scalars(
        sa.select(Round).where(Round.consultation_id.in_(list(found))).order_by(Round.number.desc(), Round.id)
    )
    for row in rows:
        found[row.consultation_id].append(row)
    return found


def roles_at(actor: Actor, host_id: int) -> frozenset[StaffRole]:
    """What this actor does for a host."""
    return actor.staff_roles.get(host_id, frozenset())
