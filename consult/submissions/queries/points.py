"""Reading points: the public’s and the desk’s, narrowed by filters."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from consult.accounts.enums import Constituency
from consult.consultations.enums import Visibility
from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.core.secrets import normalise_reference
from consult.core.text import search_words
from consult.documents.models import Paragraph
from consult.submissions.enums import (
    CommentType,
    CredentialStatus,
    ModerationStatus,
    Nature,
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import Comment, Submission, SubmissionConstituency
from consult.submissions.queries.speaking import PROTECTED, WITHOUT_WORDS
from consult.texts.finding import matching

Kind = TypeVar("Kind", bound=StrEnum)

# What the public may read of: screened, not withdrawn, its credential not awaited, published at its author's wish, and
# not held.
PUBLIC = sa.and_(
    Comment.moderation_status == ModerationStatus.PUBLISHED,
    Comment.withdrawn_at.is_(None),
    Comment.is_held.is_(False),
    Submission.status == SubmissionStatus.SUBMITTED,
    Submission.is_held.is_(False),
    Submission.credential_status != CredentialStatus.AWAITED,
    Submission.publication_setting.not_in(WITHOUT_WORDS),
)
# What the public may know to be there, if by its reference alone; as not `Comment.is_hidden`.
KNOWN = sa.and_(Submission.is_held.is_(False), sa.or_(Comment.is_held.is_(False), Comment.withdrawn_at.is_(None)))

# An alias of its own, so that it is never taken for the round of the statement that it stands in.
_compilation = aliased(Round)
IN_COMPILATION = Comment.round_id.in_(
    sa.select(_compilation.id).where(_compilation.visibility == Visibility.COMPILATION_ONLY)
)

# Points that ask for an answer: not withdrawn, not closed under a class answer, not of a round that is compiled only,
# and no reservation or statement of position of a State.
ASKED = sa.and_(
    Comment.nature == Nature.POINT,
    Comment.reference.is_not(None),
    Comment.withdrawn_at.is_(None),
    Comment.response_status != ResponseStatus.CLOSED,
    sa.not_(IN_COMPILATION),
)

OUTSTANDING = sa.and_(ASKED, Comment.response_status != ResponseStatus.SENT)


def find_comment(reference: str) -> Comment | None:
    """The submitted point of that reference, if any; whether it may be shown is the caller's question."""
    return db.session.scalar(sa.select(Comment).where(Comment.reference == reference))


def find_known_comment(reference: str) -> Comment | None:
    """The same, as far as the public may know that it is there: a held one is not found, nor any trace of it."""
    return db.session.scalar(sa.select(Comment).join(Comment.submission).where(Comment.reference == reference, KNOWN))


@dataclass(frozen=True)
class Filters:
    """What a list of points is narrowed to; empty values narrow nothing."""

    words: str = ""
    constituency: Constituency | None = None
    comment_type: CommentType | None = None
    nature: Nature | None = None
    eid: str = ""
    language: str = ""
    moderation: ModerationStatus | None = None
    responses: Collection[ResponseStatus] = field(default_factory=tuple)

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Filters:
        """What the address of a list asks for: `words`, `section`, `constituency`, `type`, `nature`, `language`.

        Whatever it cannot mean narrows nothing, so that an old or mistyped address still opens.
        """
        return cls(
            words=search_words(values.get("words")),
            constituency=_member(Constituency, values.get("constituency")),
            comment_type=_member(CommentType, values.get("type")),
            nature=_member(Nature, values.get("nature")),
            eid=_address_part(values.get("section")),
            language=_address_part(values.get("language")),
        )

    def apply(self, statement: sa.Select[Any], *, for_staff: bool = False) -> sa.Select[Any]:
        """Add the conditions to a statement that joins submissions and, outer, paragraphs.

        Args:
            statement: to narrow.
            for_staff: by a constituency the desk also finds protected points, and nobody else: what the public finds
                by an attribute of its author, it knows of its author.
        """
        found = matching(self.words, comment=Comment.id)
        reference = normalise_reference(self.words)
        if reference is not None:  # a withdrawn point is in no index: of it the whole reference is left
            statement = statement.where(sa.or_(sa.and_(*found), Comment.reference == reference))
        else:
            statement = statement.where(*found)
        if self.constituency is not None:
            statement = statement.where(
                sa.exists().where(
                    SubmissionConstituency.submission_id == Submission.id,
                    SubmissionConstituency.constituency == self.constituency,
                )
            )
            if not for_staff:
                statement = statement.where(sa.not_(PROTECTED))
        for column, wanted_value in ((Comment.comment_type, self.comment_type), (Comment.nature, self.nature)):
            if wanted_value is not None:
                statement = statement.where(column == wanted_value)
        if self.eid:
            statement = statement.where(_in_section(self.eid))
        if self.language:
            statement = statement.where(Comment.language == self.language)
        if self.moderation is not None:
            statement = statement.where(Comment.moderation_status == self.moderation)
        if self.responses:
            statement = statement.where(Comment.response_status.in_(list(self.responses)))
        return statement


def _in_section(eid: str) -> sa.ColumnElement[bool]:
    """A block or, of a heading, everything below it too."""
    wanted = Paragraph.eid == eid
    if eid.partition("__")[0] != eid:
        return wanted
    return sa.or_(wanted, Paragraph.eid.startswith(f"{eid}__", autoescape=True))


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


def list_public_languages(round_: Round) -> dict[str, str]:
    """The languages that published points of a round are written in.

    Returns:
        By code, what their authors call one that has no code, if all of them call it the same; else nothing.
    """
    rows = db.session.execute(
        sa.select(Comment.language, Comment.language_words)
        .join(Comment.submission)
        .where(Comment.round_id == round_.id, PUBLIC)
        .distinct()
        .order_by(Comment.language, Comment.language_words)
    )
    found: dict[str, str] = {}
    for code, words in rows:
        found[code] = words if found.get(code, words) == words else ""
    return found


# For the desk: as they came in, and after those the protected ones by their references, which are random: the order in
# which protected points came in would tell when, and which came together. The last is unique.
IN_QUEUE: tuple[sa.ColumnElement[Any], ...] = (
    sa.case((PROTECTED, 1), else_=0),
    sa.type_coerce(sa.case((PROTECTED, 0), else_=Comment.id), sa.BigInteger()),
    sa.type_coerce(Comment.reference, sa.String()),
)

# For those who read the text: by place in it, those on the whole text first, then by question and by the reference,
# which is random: never by arrival. The statement joins paragraphs and questions, where there may be none.
IN_TEXT_ORDER: tuple[sa.ColumnElement[Any], ...] = (
    sa.func.coalesce(Paragraph.position, 0),
    sa.func.coalesce(Question.position, 0),
    sa.type_coerce(Comment.reference, sa.String()),
)


def place_in_queue(row: Comment) -> list[int | str]:
    """The values of `IN_QUEUE` for one point."""
    hidden = row.submission.is_protected
    return [int(hidden), 0 if hidden else row.id, row.reference or ""]


def page_of_queue(
    round_: Round, filters: Filters, *conditions: sa.ColumnElement[bool], after: str | None, before: str | None
) -> Page[Comment]:
    """Points for the desk, oldest first, protected ones after them in no order; withdrawn ones are not work."""
    return fetch_page(
        db.session,
        filters.apply(comments_in(round_, Comment.withdrawn_at.is_(None), *conditions), for_staff=True),
        IN_QUEUE,
        place_in_queue,
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
    return db.session.scalar(filters.apply(statement, for_staff=True)) or 0


def list_desk_comments(round_: Round, references: Collection[str]) -> Sequence[Comment]:
    """Several points of one round by reference, as in the queue; references from elsewhere are simply not found."""
    if not references:
        return []
    return (
        db.session.scalars(
            comments_in(round_, Comment.reference.in_(list(references)), Comment.withdrawn_at.is_(None)).order_by(
                *IN_QUEUE
            )
        )
        .unique()
        .all()
    )


def get_desk_comment(round_: Round, reference: str, *, or_struck: bool = False) -> Comment:
    """One point of that round; where it is asked for, also one of whose words a tombstone alone is left.

    Raises:
        NotFound: none such in this round.
    """
    is_there = sa.or_(Comment.withdrawn_at.is_(None), Comment.struck_as.is_not(None) if or_struck else sa.false())
    found: Comment | None = db.session.scalars(
        comments_in(round_, Comment.reference == reference, is_there)
    ).unique().one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    return found
