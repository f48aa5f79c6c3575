"""Reading submissions and points: the author's own, the public's, the desk's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.access.roles import Actor
from consult.accounts.actors import Person, Visitor
from consult.accounts.countries import COUNTRIES, country_name
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Question, Round
from consult.core.counters import read_counts
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.locale import current_locale
from consult.core.paging import Page, fetch_page
from consult.core.secrets import key_digest
from consult.core.text import search_words
from consult.documents.models import Paragraph
from consult.submissions.enums import (
    CommentType,
    CredentialStatus,
    ModerationStatus,
    PublicationSetting,
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import Choice, Comment, Submission, SubmissionConstituency, SubmissionIdentity

Kind = TypeVar("Kind", bound=StrEnum)

# What the public may read of: screened, not withdrawn, its credential not awaited, and published at its author's wish.
PUBLIC = sa.and_(
    Comment.moderation_status == ModerationStatus.PUBLISHED,
    Comment.withdrawn_at.is_(None),
    Submission.status == SubmissionStatus.SUBMITTED,
    Submission.credential_status != CredentialStatus.AWAITED,
    Submission.publication_setting != PublicationSetting.NOT_PUBLISHED,
)
# Points that ask for an answer: not withdrawn, not closed under a class answer.
ASKED = sa.and_(
    Comment.reference.is_not(None),
    Comment.withdrawn_at.is_(None),
    Comment.response_status != ResponseStatus.CLOSED,
)
OUTSTANDING = sa.and_(ASKED, Comment.response_status != ResponseStatus.SENT)


def is_author(actor: Actor, subject: Any) -> bool:
    """The relation *author*: whose submission it is, or whose browser holds the key to the draft."""
    submission: Submission = subject if isinstance(subject, Submission) else subject.submission
    if submission.account_id is not None:
        return submission.account_id == actor.actor_id
    if not isinstance(actor, Visitor | Person):
        return False
    return submission.draft_key_digest in {key_digest(key) for key in actor.draft_keys}


def find_draft(round_: Round, actor: Actor) -> Submission | None:
    """The draft that this actor has in a round: the account's, else one begun in this browser."""
    base = sa.select(Submission).where(Submission.round_id == round_.id, Submission.status == SubmissionStatus.DRAFT)
    if actor.actor_id is not None:
        return db.session.scalar(base.where(Submission.account_id == actor.actor_id))
    keys = actor.draft_keys if isinstance(actor, Visitor) else ()
    if not keys:
        return None
    return db.session.scalar(
        base.where(Submission.account_id.is_(None), Submission.draft_key_digest.in_([key_digest(key) for key in keys]))
        .order_by(Submission.id)
        .limit(1)
    )


def get_submission(key: str) -> Submission:
    """The submission of that key, with its points.

    Raises:
        NotFound: no such submission.
    """
    found = db.session.scalar(sa.select(Submission).where(Submission.key == key))
    if found is None:
        raise NotFound
    return found


def get_identity(submission: Submission) -> SubmissionIdentity | None:
    """Who spoke: for the author's own pages and the act of submitting, nowhere else."""
    return db.session.get(SubmissionIdentity, submission.id)


def comments_of(submissions: Iterable[Submission]) -> Mapping[int, Sequence[Comment]]:
    """The points of several submissions, by key of the submission; one query. By place in the text, then as written."""
    found: dict[int, list[Comment]] = {submission.id: [] for submission in submissions}
    rows = db.session.scalars(
        sa.select(Comment)
        .outerjoin(Comment.paragraph)
        .options(joinedload(Comment.paragraph), joinedload(Comment.question).lazyload(Question.options))
        .where(Comment.submission_id.in_(list(found)))
        .order_by(sa.func.coalesce(Paragraph.position, 0), sa.func.coalesce(Comment.question_id, 0), Comment.id)
    ).unique()
    for row in rows:
        found[row.submission_id].append(row)
    return found


def list_comments_of(submission: Submission) -> Sequence[Comment]:
    """The points of one submission: by place in the text, then as they were written."""
    return comments_of([submission])[submission.id]


def get_draft_comment(submission: Submission, key: str) -> Comment:
    """One point of a draft.

    Raises:
        NotFound: none such in this draft.
    """
    comment = db.session.scalar(sa.select(Comment).where(Comment.submission_id == submission.id, Comment.key == key))
    if comment is None:
        raise NotFound
    return comment


def get_submitted_comment(submission: Submission, reference: str) -> Comment:
    """One point of a submission, by its reference.

    Raises:
        NotFound: none such in this submission.
    """
    comment = find_comment(reference)
    if comment is None or comment.submission_id != submission.id:
        raise NotFound
    return comment


def list_choices_of(submission: Submission) -> Mapping[int, Choice]:
    """The chosen options of one submission, by key of the question."""
    rows = db.session.scalars(
        sa.select(Choice)
        .options(joinedload(Choice.option))
        .where(Choice.submission_id == submission.id)
        .order_by(Choice.id)
    )
    return {row.question_id: row for row in rows}


def find_comment(reference: str) -> Comment | None:
    """The submitted point of that reference, if any; whether it may be shown is the caller's question."""
    return db.session.scalar(sa.select(Comment).where(Comment.reference == reference))


@dataclass(frozen=True)
class Filters:
    """What a list of points is narrowed to; empty values narrow nothing."""

    words: str = ""
    constituency: Constituency | None = None
    comment_type: CommentType | None = None
    eid: str = ""
    language: str = ""
    moderation: ModerationStatus | None = None
    responses: Collection[ResponseStatus] = field(default_factory=tuple)

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Filters:
        """What the address of a list asks for: `words`, `section`, `constituency`, `type`, `language`.

        Whatever it cannot mean narrows nothing, so that an old or mistyped address still opens.
        """
        return cls(
            words=search_words(values.get("words")),
            constituency=_member(Constituency, values.get("constituency")),
            comment_type=_member(CommentType, values.get("type")),
            eid=_address_part(values.get("section")),
            language=_address_part(values.get("language")),
        )

    def apply(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """Add the conditions to a statement that joins submissions and, outer, paragraphs."""
        for word in self.words.split():
            statement = statement.where(
                Comment.text.icontains(word, autoescape=True)
                | Comment.proposed_change.icontains(word, autoescape=True)
                | (Comment.reference == word.upper())
            )
        if self.constituency is not None:
            statement = statement.where(
                sa.exists().where(
                    SubmissionConstituency.submission_id == Submission.id,
                    SubmissionConstituency.constituency == self.constituency,
                )
            )
        if self.comment_type is not None:
            statement = statement.where(Comment.comment_type == self.comment_type)
        if self.eid:
            section = self.eid.partition("__")[0]
            wanted = Paragraph.eid == self.eid
            if section == self.eid:
                wanted = sa.or_(wanted, Paragraph.eid.startswith(f"{section}__", autoescape=True))
            statement = statement.where(wanted)
        if self.language:
            statement = statement.where(Comment.language == self.language)
        if self.moderation is not None:
            statement = statement.where(Comment.moderation_status == self.moderation)
        if self.responses:
            statement = statement.where(Comment.response_status.in_(list(self.responses)))
        return statement


def _member(kind: type[Kind], value: str | None) -> Kind | None:
    return kind(value) if value in set(kind) else None


def _address_part(value: str | None) -> str:
    return value if value and re.fullmatch(r"[A-Za-z0-9_-]{1,200}", value) else ""


def comments_in(round_: Round, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Submitted points of a round, joined for filters, with what a list shows; without identities."""
    return (
        sa.select(Comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .options(joinedload(Comment.paragraph), joinedload(Comment.question).lazyload(Question.options))
        .where(Comment.round_id == round_.id, Comment.reference.is_not(None), *conditions)
    )


def page_of_public_comments(round_: Round, filters: Filters, *, after: str | None, before: str | None) -> Page[Comment]:
    """Published points by their place in the text; never by arrival, which would tell who came when."""
    place = sa.func.coalesce(Paragraph.position, 0)
    return fetch_page(
        db.session,
        filters.apply(comments_in(round_, PUBLIC)),
        [place, Comment.reference],
        lambda row: [row.paragraph.position if row.paragraph else 0, row.reference],
        after=after,
        before=before,
    )


def count_public_comments(round_: Round, filters: Filters) -> int:
    """How many points such a list holds in all."""
    statement = filters.apply(
        sa.select(sa.func.count())
        .select_from(Comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .where(Comment.round_id == round_.id, PUBLIC)
    )
    return db.session.scalar(statement) or 0


def list_public_languages(round_: Round) -> Sequence[str]:
    """The languages that published points of a round are written in."""
    return db.session.scalars(
        sa.select(Comment.language)
        .join(Comment.submission)
        .where(Comment.round_id == round_.id, PUBLIC)
        .distinct()
        .order_by(Comment.language)
    ).all()


def page_of_queue(
    round_: Round, filters: Filters, *conditions: sa.ColumnElement[bool], after: str | None, before: str | None
) -> Page[Comment]:
    """Points for the desk, oldest first; withdrawn ones are not work."""
    return fetch_page(
        db.session,
        filters.apply(comments_in(round_, Comment.withdrawn_at.is_(None), *conditions)),
        [Comment.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


def count_in_queue(round_: Round, filters: Filters, *conditions: sa.ColumnElement[bool]) -> int:
    """How many points such a list for the desk holds in all."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .where(
            Comment.round_id == round_.id, Comment.reference.is_not(None), Comment.withdrawn_at.is_(None), *conditions
        )
    )
    return db.session.scalar(filters.apply(statement)) or 0


def list_desk_comments(round_: Round, references: Collection[str]) -> Sequence[Comment]:
    """Several points of one round by reference, oldest first; references from elsewhere are simply not found."""
    if not references:
        return []
    return (
        db.session.scalars(
            comments_in(round_, Comment.reference.in_(list(references)), Comment.withdrawn_at.is_(None)).order_by(
                Comment.id
            )
        )
        .unique()
        .all()
    )


def get_desk_comment(round_: Round, reference: str) -> Comment:
    """One point of that round.

    Raises:
        NotFound: none such in this round.
    """
    found = list_desk_comments(round_, [reference])
    if not found:
        raise NotFound
    return found[0]


def page_of_submissions_of(actor: Actor, *, after: str | None, before: str | None, size: int = 10) -> Page[Submission]:
    """What somebody has submitted or withdrawn, newest first; drafts are listed apart."""
    return fetch_page(
        db.session,
        _submissions_of(actor).where(Submission.status != SubmissionStatus.DRAFT),
        [Submission.id],
        lambda row: [row.id],
        after=after,
        before=before,
        descending=True,
        size=size,
    )


def list_drafts_of(actor: Actor) -> Sequence[Submission]:
    """The drafts of somebody's account, last saved first; there is one in a round at most."""
    return db.session.scalars(
        _submissions_of(actor)
        .where(Submission.status == SubmissionStatus.DRAFT)
        .order_by(Submission.saved_at.desc(), Submission.id.desc())
        .limit(200)
    ).all()


def list_submitted_in(round_: Round, actor: Actor) -> Sequence[Submission]:
    """What somebody has submitted in a round before, newest first."""
    return db.session.scalars(
        _submissions_of(actor)
        .where(Submission.round_id == round_.id, Submission.status == SubmissionStatus.SUBMITTED)
        .order_by(Submission.id.desc())
        .limit(200)
    ).all()


def _submissions_of(actor: Actor) -> sa.Select[Any]:
    return sa.select(Submission).where(Submission.account_id == actor.actor_id, Submission.account_id.is_not(None))


@dataclass(frozen=True)
class Speaker:
    """Who speaks, as far as a reader may know.

    Args:
        name: a name, an organisation or a pseudonym; empty when nothing may be told.
        organisation: beside a name; may be empty.
        country: ISO code, told only with a name or an organisation.
        constituencies: self-identified; empty means "prefer not to say".
        capacity: in what capacity.
        setting: what the author chose.
        is_unverified: an official name whose credential is awaited.
    """

    name: str
    organisation: str
    country: str | None
    constituencies: Sequence[Constituency]
    capacity: Capacity | None
    setting: PublicationSetting | None
    is_unverified: bool = False

    @property
    def country_words(self) -> str:
        """The country or area by its United Nations name in the reader's language; empty when it is not told."""
        if self.country is None or self.country not in COUNTRIES:
            return ""
        return country_name(self.country, current_locale().code)


def speakers(submissions: Iterable[Submission], *, for_staff: bool) -> dict[int, Speaker]:
    """Who speaks in each submission, by key; identities are read for those only that may be told. One query.

    Args:
        submissions: submitted ones.
        for_staff: the secretariat also sees the name behind "organisation only"; never behind protected ones.
    """
    wanted = {submission.id: submission for submission in submissions}
    open_ids = [key for key, s in wanted.items() if s.publication_setting and not s.publication_setting.is_protected]
    identities: dict[int, SubmissionIdentity] = {}
    if open_ids:
        rows = db.session.scalars(
            sa.select(SubmissionIdentity)
            .where(SubmissionIdentity.submission_id.in_(open_ids))
            .order_by(SubmissionIdentity.submission_id)
        )
        identities = {row.submission_id: row for row in rows}
    return {key: _speaker(submission, identities.get(key), for_staff) for key, submission in wanted.items()}


def _speaker(submission: Submission, identity: SubmissionIdentity | None, for_staff: bool) -> Speaker:
    setting = submission.publication_setting
    name = organisation = ""
    country = None
    if setting is PublicationSetting.PSEUDONYM:
        name = submission.pseudonym
    elif identity is not None and setting is not None and not setting.is_protected:
        country = identity.country
        if setting is PublicationSetting.NAMED or for_staff:
            name, organisation = identity.name, identity.organisation
        else:
            name = identity.organisation
    return Speaker(
        name=name,
        organisation=organisation,
        country=country,
        constituencies=[row.constituency for row in submission.constituencies],
        capacity=submission.capacity,
        setting=setting,
        is_unverified=submission.credential_status is CredentialStatus.AWAITED,
    )


@dataclass(frozen=True)
class Progress:
    """Where answering a round stands, in points."""

    submitted: int
    published: int
    asked: int
    answered: int

    @property
    def outstanding(self) -> int:
        """Points that still ask for an answer."""
        return self.asked - self.answered


def progress_of(rounds: Iterable[Round]) -> dict[int, Progress]:
    """Where answering stands, by key of the round, from the counters; one query."""
    ids = [round_.id for round_ in rounds]
    kinds = ("submitted", "published", "asked", "answered")
    counts = read_counts([f"round:{key}:{kind}" for key in ids for kind in kinds])
    return {key: Progress(*(counts[f"round:{key}:{kind}"] for kind in kinds)) for key in ids}


def exact_progress(round_: Round) -> Progress:
    """The same, counted exactly, for the gate and for checks."""
    row = db.session.execute(
        sa.select(
            sa.func.count().filter(Comment.withdrawn_at.is_(None)),
            sa.func.count().filter(PUBLIC),
            sa.func.count().filter(ASKED),
            sa.func.count().filter(ASKED, Comment.response_status == ResponseStatus.SENT),
        )
        .select_from(Comment)
        .join(Comment.submission)
        .where(Comment.round_id == round_.id, Comment.reference.is_not(None))
    ).one()
    return Progress(*row)


def published_counts(paragraphs: Iterable[Paragraph]) -> dict[int, int]:
    """Published points on each block, by key, from the counters; one query."""
    ids = [paragraph.id for paragraph in paragraphs]
    counts = read_counts([f"paragraph:{key}:published" for key in ids])
    return {key: counts[f"paragraph:{key}:published"] for key in ids}
