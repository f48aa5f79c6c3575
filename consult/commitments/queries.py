"""Reading commitments: the public register, the desk's, the history of one, and whom a commitment concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.accounts.actors import Visitor
from consult.commitments.enums import RUNNING, CommitmentStatus
from consult.commitments.models import Commitment, CommitmentEvidence, CommitmentPoint, CommitmentUpdate
from consult.commitments.wording import Counts
from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.core.secrets import normalise_reference
from consult.core.text import search_words
from consult.secretariats.models import Host
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import PROTECTED, is_input_reader, tells_of_answers
from consult.submissions.services import was_public
from consult.texts.finding import matching
from consult.texts.queries import Texts, load_texts

SOON = timedelta(days=30)
"""How long before its day a commitment counts as due soon, and its managers are reminded."""

# Published, and of a consultation that the public knows of, if it belongs to one.
PUBLIC = sa.and_(
    Commitment.published_at.is_not(None),
    sa.or_(
        Commitment.consultation_id.is_(None),
        Commitment.consultation_id.in_(sa.select(Consultation.id).where(Consultation.published_at.is_not(None))),
    ),
)
IS_RUNNING = Commitment.status.in_(RUNNING)
OVERDUE = "overdue"
DRAFT = "draft"


def is_overdue(today: date) -> sa.ColumnElement[bool]:
    """SQL: the day of a commitment has passed and it is still to be kept."""
    return sa.and_(IS_RUNNING, Commitment.due < today)


@dataclass(frozen=True)
class Filters:
    """What a list of commitments is narrowed to; empty values narrow nothing.

    Args:
        words: in what is promised, by which office, or a reference.
        status: of `CommitmentStatus`, or `overdue`, or at the desk `draft`.
        host: slug of the host.
        year: the year in which they are due.
    """

    words: str = ""
    status: str = ""
    host: str = ""
    year: int | None = None

    @classmethod
    def read(cls, values: Mapping[str, str], *, today: date, for_desk: bool = False) -> Filters:
        """What the address of a list asks for: `words`, `status`, `host`, `due`; what it cannot mean is left out."""
        status = values.get("status", "")
        known = {*CommitmentStatus, OVERDUE, *([DRAFT] if for_desk else [])}
        return cls(
            words=search_words(values.get("words")),
            status=status if status in known else "",
            host=search_words(values.get("host")),
            year=today.year if values.get("due") == "this-year" else None,
        )

    def apply(self, statement: sa.Select[Any], today: date) -> sa.Select[Any]:
        """Add the conditions to a statement about commitments."""
        statement = statement.where(*matching(self.words, commitment=Commitment.id))
        if self.status == OVERDUE:
            statement = statement.where(is_overdue(today))
        elif self.status == DRAFT:
            statement = statement.where(Commitment.published_at.is_(None))
        elif self.status:
            statement = statement.where(Commitment.status == CommitmentStatus(self.status))
        if self.host:
            statement = statement.where(Commitment.host_id.in_(sa.select(Host.id).where(Host.slug == self.host)))
        if self.year is not None:
            statement = statement.where(
                Commitment.due >= date(self.year, 1, 1), Commitment.due <= date(self.year, 12, 31)
            )
        return statement


def _page(statement: sa.Select[Any], today: date, after: str | None, before: str | None) -> Page[Commitment]:
    """Overdue ones first, then those still to be kept by their day, then the settled ones, newest day first.

    Days are compared as numbers, since a page's key holds numbers and text alone.
    """
    day = (
        sa.extract("year", Commitment.due) * 10_000
        + sa.extract("month", Commitment.due) * 100
        + sa.extract("day", Commitment.due)
    )
    rank = sa.case((is_overdue(today), 0), (IS_RUNNING, 1), else_=2)
    place = sa.cast(sa.case((IS_RUNNING, day), else_=-day), sa.Integer)

    def key_of(row: Commitment) -> Sequence[Any]:
        number = row.due.year * 10_000 + row.due.month * 100 + row.due.day
        shelf = 0 if row.is_overdue(today) else 1 if row.is_running else 2
        return [shelf, number if row.is_running else -number, row.id]

    return fetch_page(db.session, statement, [rank, place, Commitment.id], key_of, after=after, before=before)


def _counts(statement: sa.Select[Any], today: date) -> Counts:
    row = db.session.execute(
        statement.with_only_columns(
            sa.func.count(),
            sa.func.count().filter(Commitment.status == CommitmentStatus.KEPT),
            sa.func.count().filter(is_overdue(today)),
        )
    ).one()
    return Counts(*row)


def _public(consultation: Consultation | None) -> sa.Select[Any]:
    statement = sa.select(Commitment).where(PUBLIC)
    return statement.where(Commitment.consultation_id == consultation.id) if consultation is not None else statement


def page_of_public_commitments(
    filters: Filters,
    *,
    today: date,
    consultation: Consultation | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[Commitment]:
    """The public register, of one consultation or of all hosts: overdue ones first."""
    return _page(filters.apply(_public(consultation), today), today, after, before)


def count_public_commitments(
    filters: Filters | None = None, *, today: date, consultation: Consultation | None = None
) -> Counts:
    """How many such a list holds in all, and how they stand; one query."""
    return _counts((filters or Filters()).apply(_public(consultation), today), today)


def list_public_hosts() -> Sequence[tuple[str, str]]:
    """(slug, name) of the hosts that have public commitments, by name."""
    rows = db.session.execute(
        sa.select(Host.slug, Host.name)
        .where(Host.id.in_(sa.select(Commitment.host_id).where(PUBLIC)))
        .order_by(Host.name, Host.id)
    )
    return [(slug, name) for slug, name in rows]


def _one(reference: str) -> sa.Select[Commitment]:
    return (
        sa.select(Commitment)
        .options(joinedload(Commitment.replaced_by))
        .where(Commitment.reference == (normalise_reference(reference) or ""))
    )


def get_public_commitment(reference: str) -> Commitment:
    """The public commitment of that reference, typed in any case and with look-alikes.

    Raises:
        NotFound: none such.
    """
    found = db.session.scalar(_one(reference).where(PUBLIC))
    if found is None:
        raise NotFound
    return found


def get_commitment(reference: str, *, host_id: int, consultation_id: int | None) -> Commitment:
    """A commitment of one register of the desk, published or not.

    Raises:
        NotFound: none such there.
    """
    found = db.session.scalar(
        _one(reference).where(
            Commitment.host_id == host_id,
            Commitment.consultation_id == consultation_id
            if consultation_id is not None
            else Commitment.consultation_id.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def find_commitment_at(host_id: int, reference: str) -> Commitment | None:
    """The public commitment of that reference at a host, in any of its registers."""
    return db.session.scalar(_one(reference).where(Commitment.host_id == host_id, PUBLIC))


def page_of_register(
    host_id: int,
    consultation_id: int | None,
    filters: Filters,
    *,
    today: date,
    after: str | None = None,
    before: str | None = None,
) -> Page[Commitment]:
    """One register of the desk, drafts too: overdue ones first."""
    return _page(filters.apply(_register(host_id, consultation_id), today), today, after, before)


def count_in_register(host_id: int, consultation_id: int | None, filters: Filters, *, today: date) -> Counts:
    """How many such a list holds in all, and how they stand; one query."""
    return _counts(filters.apply(_register(host_id, consultation_id), today), today)


def _register(host_id: int, consultation_id: int | None) -> sa.Select[Any]:
    of_what = (
        Commitment.consultation_id == consultation_id
        if consultation_id is not None
        else Commitment.consultation_id.is_(None)
    )
    return sa.select(Commitment).where(Commitment.host_id == host_id, of_what)


@dataclass(frozen=True)
class Due:
    """What of the commitments of some hosts needs somebody now: the first of them, and how many there are."""

    commitments: Sequence[Commitment]
    total: int


def list_due(host_ids: Collection[int], *, today: date, limit: int = 10) -> Due:
    """Published commitments of these hosts that are overdue or due soon, the longest overdue first."""
    if not host_ids:
        return Due([], 0)
    statement = sa.select(Commitment).where(
        Commitment.host_id.in_(list(host_ids)), PUBLIC, IS_RUNNING, Commitment.due <= today + SOON
    )
    rows = db.session.scalars(statement.order_by(Commitment.due, Commitment.id).limit(limit + 1)).unique().all()
    if len(rows) <= limit:
        return Due(rows, len(rows))
    return Due(rows[:limit], db.session.scalar(statement.with_only_columns(sa.func.count())) or 0)


def commitment_texts(commitments: Iterable[Commitment], language: str) -> Texts:
    """The words of commitments in a reader's language; one query."""
    return load_texts("commitment", [commitment.id for commitment in commitments], language)


def list_updates(commitment: Commitment) -> Sequence[CommitmentUpdate]:
    """The history of one commitment, oldest first."""
    return updates_of([commitment.id])[commitment.id]


def updates_of(commitment_ids: Collection[int]) -> Mapping[int, Sequence[CommitmentUpdate]]:
    """The histories of several, oldest first, by key of the commitment; one query."""
    rows = db.session.scalars(
        sa.select(CommitmentUpdate)
        .where(CommitmentUpdate.commitment_id.in_(list(commitment_ids)))
        .order_by(CommitmentUpdate.id)
    )
    found: dict[int, list[CommitmentUpdate]] = {key: [] for key in commitment_ids}
    for row in rows:
        found[row.commitment_id].append(row)
    return found


def earlier_dates_of(commitment_ids: Collection[int]) -> Mapping[int, Sequence[date]]:
    """The dates that commitments were promised for before, in their order, by key; one query."""
    rows = db.session.execute(
        sa.select(CommitmentUpdate.commitment_id, CommitmentUpdate.due_before)
        .where(
            CommitmentUpdate.commitment_id.in_(list(commitment_ids)),
            CommitmentUpdate.due_before != CommitmentUpdate.due_after,
        )
        .order_by(CommitmentUpdate.id)
    )
    found: dict[int, list[date]] = {key: [] for key in commitment_ids}
    for key, day in rows:
        found[key].append(day)
    return found


def evidence_of(commitment_ids: Collection[int]) -> Mapping[int, Sequence[CommitmentEvidence]]:
    """The evidence of several, in the order it was given, by key of the commitment; one query."""
    rows = db.session.scalars(
        sa.select(CommitmentEvidence)
        .where(CommitmentEvidence.commitment_id.in_(list(commitment_ids)))
        .order_by(CommitmentEvidence.id)
    )
    found: dict[int, list[CommitmentEvidence]] = {key: [] for key in commitment_ids}
    for row in rows:
        found[row.commitment_id].append(row)
    return found


def list_replaced_by(commitment: Commitment) -> Sequence[Commitment]:
    """The public commitments that this one took the place of, oldest first."""
    return (
        db.session.scalars(
            sa.select(Commitment).where(Commitment.replaced_by_id == commitment.id, PUBLIC).order_by(Commitment.id)
        )
        .unique()
        .all()
    )


@dataclass(frozen=True)
class ShownPoint:
    """A point as far as a commitment may name it.

    Args:
        reference: of the point.
        slug: of its consultation.
        is_withdrawn: only the reference is left.
        words: what it says or proposes; empty once it is withdrawn.
        language: of its words.
    """

    reference: str
    slug: str
    is_withdrawn: bool
    words: str
    language: str


def shown_points_of(commitment_ids: Collection[int]) -> Mapping[int, Sequence[ShownPoint]]:
    """The points that the public may know to have led to commitments, by key of the commitment.

    A point is named only where the public reads the points of its round with their answers and this one is, or until
    it was withdrawn was, among them: else the commitment would tell that somebody unseen has spoken. A protected one
    is named once a release gives its answer. One query, and one for each round of protected points.
    """
    rows = (
        db.session.execute(
            sa.select(CommitmentPoint.commitment_id, Comment)
            .join(Comment, Comment.id == CommitmentPoint.comment_id)
            .where(CommitmentPoint.commitment_id.in_(list(commitment_ids)))
            .order_by(Comment.reference)
        )
        .unique()
        .all()
    )
    found: dict[int, list[ShownPoint]] = {key: [] for key in commitment_ids}
    told = tells_of_answers(comment for _key, comment in rows)
    for key, comment in rows:
        if comment.id in told and was_public(comment) and answers_are_public(comment.submission.round):
            slug = comment.submission.round.consultation.slug
            words = "" if comment.is_withdrawn else comment.text or comment.proposed_change
            found[key].append(ShownPoint(comment.reference or "", slug, comment.is_withdrawn, words, comment.language))
    return found


def answers_are_public(round_: Round) -> bool:
    """Whether everybody reads the points of a round, with what was answered."""
    return is_input_reader(Visitor(), round_) and round_.asks_for_answers


def commitments_of_protected(round_: Round) -> Sequence[int]:
    """The keys of the public commitments that came of protected points of a round."""
    return db.session.scalars(
        sa.select(CommitmentPoint.commitment_id)
        .join(Commitment, Commitment.id == CommitmentPoint.commitment_id)
        .join(Comment, Comment.id == CommitmentPoint.comment_id)
        .join(Comment.submission)
        .where(Comment.round_id == round_.id, PROTECTED, PUBLIC)
        .distinct()
        .order_by(CommitmentPoint.commitment_id)
    ).all()


def list_points(commitment: Commitment) -> Sequence[Comment]:
    """Every point that led to a commitment, for the desk, by reference: in no order of arrival."""
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(CommitmentPoint, CommitmentPoint.comment_id == Comment.id)
            .where(CommitmentPoint.commitment_id == commitment.id)
            .order_by(Comment.reference)
        )
        .unique()
        .all()
    )


def list_answered(consultation: Consultation, references: Collection[str]) -> Sequence[Comment]:
    """Those of some points of a consultation, of any round, whose answers were sent; by reference."""
    if not references:
        return []
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(Round, Round.id == Comment.round_id)
            .where(
                Round.consultation_id == consultation.id,
                Comment.reference.in_(list(references)),
                Comment.response_status == ResponseStatus.SENT,
                Comment.withdrawn_at.is_(None),
            )
            .order_by(Comment.reference)
        )
        .unique()
        .all()
    )


def commitments_of_points(comment_ids: Collection[int]) -> Mapping[int, Sequence[Commitment]]:
    """The public commitments that points led to, by key of the point, those due first on top; one query.

    Whether the point itself may be shown is the caller's question.
    """
    found: dict[int, list[Commitment]] = {key: [] for key in comment_ids}
    if not found:
        return found
    rows = db.session.execute(
        sa.select(CommitmentPoint.comment_id, Commitment)
        .join(Commitment, Commitment.id == CommitmentPoint.commitment_id)
        .where(CommitmentPoint.comment_id.in_(list(found)), PUBLIC)
        .order_by(Commitment.due, Commitment.id)
    ).unique()
    for key, commitment in rows:
        found[key].append(commitment)
    return found
