"""Reading traces: what a point changed, which points changed a paragraph, what is not seen, what nobody asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.access.roles import Actor
from consult.accounts.actors import Visitor
from consult.consultations.history import is_concluded
from consult.consultations.models import Consultation, Question, Round
from consult.core.db import db
from consult.documents.models import Correspondence, DocumentVersion
from consult.documents.queries import find_final_text, fixed_in_sql, is_fixed
from consult.documents.queries.changes import Key, ShownChange, find_changes, show_changes
from consult.responses.enums import CAUSING, Disposition
from consult.responses.models import (
    ChangeSource,
    ChangeTrace,
    Delivery,
    ResponseVersion,
    SourcedChange,
)
from consult.responses.tracing.rows import rows_for
from consult.submissions.enums import ModerationStatus, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import IN_QUEUE, PUBLIC, Filters
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText

STANDS = ChangeTrace.removed_at.is_(None)


@dataclass(frozen=True)
class CausedChange:
    """A change that a point caused.

    Args:
        trace: the link.
        version: that the change led to.
        change: the change, with its words; of a table the rows that the point is about, where they can be told.
        has_all_rows: whether it is a table of which every changed row is shown, because they cannot be told.
    """

    trace: ChangeTrace
    version: DocumentVersion
    change: ShownChange
    has_all_rows: bool = False


def changes_caused(
    comments: Collection[Comment], *, actor: Actor | None = None, language: str = "", for_staff: bool = False
) -> Mapping[int, list[CausedChange]]:
    """The changes that points caused, in the order of the text, by key of the point; ten queries at most,
    and seven for each other edition whose words points quote.

    Without a link that counts nothing is asked further. Whether somebody may read the point and its answer is the
    caller's question; here it is whether they may read the versions.

    Args:
        comments: points; of withdrawn ones there is nothing.
        actor: whose reading it is; a visitor, unless it is said.
        language: that they read in.
        for_staff: links to texts that nobody else reads yet too, and whatever the answer says.
    """
    wanted = [c.id for c in comments if not c.is_withdrawn]
    traces = db.session.scalars(
        sa.select(ChangeTrace).where(ChangeTrace.comment_id.in_(wanted), STANDS).order_by(ChangeTrace.id)
    ).all() if wanted else []  # fmt: skip
    if not for_staff:
        counting = {c.id for c in comments if c.response_status is ResponseStatus.SENT}
        counting &= _with_disposition({trace.comment_id for trace in traces} & counting, CAUSING)
        traces = [trace for trace in traces if trace.comment_id in counting]
    if not traces:
        return {}
    versions = {trace.version_id: trace.version for trace in traces}
    readable = None if for_staff else {v.id for v in versions.values() if may_read(v, actor or Visitor())}
    changes = find_changes((t.version_id, t.eid) for t in traces if readable is None or t.version_id in readable)
    # What is asked of an edition is shown in that edition, where it has the change.
    quoted = {
        c.id: c.quotation.language
        for c in comments
        if c.quotation and c.quotation.language != c.submission.round.consultation.authentic_language
    }
    bases = None if readable is None else _readable_bases(versions.values(), actor or Visitor()) | readable
    shown = {code: show_changes(changes.values(), code, readable=bases) for code in {language, *quoted.values()}}
    by_key = {comment.id: comment for comment in comments}
    found: dict[int, list[CausedChange]] = {}
    for trace in traces:
        change = shown[quoted.get(trace.comment_id, language)].get((trace.version_id, trace.eid))
        if change is not None and change.change.is_meant(trace.paragraph_id) and _may_be_placed(change):
            change, has_all = rows_for(by_key[trace.comment_id], change)
            caused = CausedChange(trace, versions[trace.version_id], change, has_all)
            found.setdefault(trace.comment_id, []).append(caused)
    return found


def _may_be_placed(change: ShownChange) -> bool:
    """Of what was removed nothing is left to show to those who may not read what it was removed from."""
    return change.has_before or change.change.after_id is not None


def may_read(version: DocumentVersion, actor: Actor) -> bool:
    """Whether somebody reads a version as the public does: of an opened round that they may read, or the final one."""
    if not is_fixed(version):
        return False
    return version.of_round is None or permits(actor, Permission.DRAFT_READ, version.of_round)


def _readable_bases(versions: Iterable[DocumentVersion], actor: Actor) -> set[int]:
    ids = {version.id for version in versions}
    base_ids = sa.select(Correspondence.base_id).where(Correspondence.version_id.in_(ids)).distinct()
    bases = db.session.scalars(sa.select(DocumentVersion).where(DocumentVersion.id.in_(base_ids))).unique()
    return {base.id for base in bases if may_read(base, actor)}


def counting_answers() -> sa.Subquery:
    """SQL: by point the key of the answer that counts: the one that was sent last, else the newest one written."""
    return (
        sa.select(
            ResponseVersion.comment_id,
            sa.func.coalesce(
                sa.func.max(sa.case((Delivery.id.is_not(None), ResponseVersion.id))), sa.func.max(ResponseVersion.id)
            ).label("response_version_id"),
        )
        .outerjoin(Delivery, Delivery.response_version_id == ResponseVersion.id)
        .group_by(ResponseVersion.comment_id)
        .subquery()
    )


def answered_points(consultation: Consultation) -> sa.Select[Any]:
    """SQL: the points of a consultation that have an answer, with the one that counts, for whoever may see them all."""
    counting = counting_answers()
    return (
        sa.select(Comment)
        .join(Comment.submission)
        .join(Round, Round.id == Comment.round_id)
        .outerjoin(Comment.paragraph)
        .join(counting, counting.c.comment_id == Comment.id)
        .join(ResponseVersion, ResponseVersion.id == counting.c.response_version_id)
        .where(
            Round.consultation_id == consultation.id,
            Comment.withdrawn_at.is_(None),
            Comment.reference.is_not(None),
        )
    )


def _with_disposition(comment_ids: Collection[int], dispositions: Collection[Disposition]) -> set[int]:
    counting = counting_answers()
    return set(
        db.session.scalars(
            sa.select(counting.c.comment_id)
            .join(ResponseVersion, ResponseVersion.id == counting.c.response_version_id)
            .where(counting.c.comment_id.in_(comment_ids), ResponseVersion.disposition.in_(list(dispositions)))
        )
    ) if comment_ids else set()  # fmt: skip


def counting_dispositions(comment_ids: Collection[int]) -> Mapping[int, Disposition]:
    """How points are addressed by the answers that count, by key; one query. For the desk before they are sent too."""
    counting = counting_answers()
    rows = db.session.execute(
        sa.select(counting.c.comment_id, ResponseVersion.disposition)
        .join(ResponseVersion, ResponseVersion.id == counting.c.response_version_id)
        .where(counting.c.comment_id.in_(list(comment_ids)))
    )
    return {row.comment_id: row.disposition for row in rows}


def list_comments(comment_ids: Collection[int]) -> list[Comment]:
    """Points with what a list shows of them, as they stand in the queue; one query, or none."""
    if not comment_ids:
        return []
    return list(
        db.session.scalars(
            sa.select(Comment)
            .join(Comment.submission)
            .where(Comment.id.in_(list(comment_ids)))
            .options(joinedload(Comment.question).lazyload(Question.options))
            .order_by(*IN_QUEUE)
        ).unique()
    )


def traces_of_changes(
    keys: Collection[Key], *, round_ids: Collection[int] | None = None, for_staff: bool = False
) -> dict[Key, list[tuple[ChangeTrace, Comment]]]:
    """The links to changes with their points, by change; three queries."""
    conditions: list[Any] = [Comment.withdrawn_at.is_(None)]
    if not for_staff:
        conditions += [PUBLIC, Comment.response_status == ResponseStatus.SENT]
    if round_ids is not None:
        conditions.append(Comment.round_id.in_(list(round_ids)))
    traces = db.session.scalars(
        sa.select(ChangeTrace)
        .join(ChangeTrace.comment)
        .join(Comment.submission)
        .where(
            ChangeTrace.version_id.in_({version_id for version_id, _eid in keys}),
            ChangeTrace.eid.in_({eid for _version_id, eid in keys}),
            STANDS,
            *conditions,
        )
        .order_by(ChangeTrace.id)
    ).all()
    ids = {trace.comment_id for trace in traces}
    if not for_staff:
        ids &= _with_disposition(ids, CAUSING)
    comments = {comment.id: comment for comment in list_comments(ids)}
    found: dict[Key, list[tuple[ChangeTrace, Comment]]] = {}
    for trace in traces:
        if trace.comment_id in comments:
            found.setdefault((trace.version_id, trace.eid), []).append((trace, comments[trace.comment_id]))
    return found


class Audience(StrEnum):
    """Whose reading counts: what the public sees, what it will see with the outcome too, or all that the desk does."""

    PUBLIC = "public"
    COMING = "coming"
    STAFF = "staff"


def counting_versions(consultation: Consultation, audience: Audience) -> sa.Select[Any]:
    """SQL: the keys of the versions that an audience takes for a text that followed: those that are fixed.

    With what is coming the final text counts that is kept. The desk works on the draft of a round that is set up too,
    until a final text is kept or the outcome is recorded: then that round may never be opened.
    """
    versions = sa.select(DocumentVersion.id).where(DocumentVersion.consultation_id == consultation.id)
    if audience is Audience.STAFF and not is_concluded(consultation) and find_final_text(consultation) is None:
        return versions
    return versions.where(fixed_in_sql(coming=audience is not Audience.PUBLIC))


# What the public reads once it is screened and its time has come.
_COMING = sa.and_(
    Comment.moderation_status != ModerationStatus.RESTRICTED,
    Submission.publication_setting.not_in([setting for setting in PublicationSetting if not setting.gives_words]),
)


def caused_keys(
    version_ids: Collection[int], audience: Audience, *, round_ids: Collection[int] | None = None
) -> dict[Key, set[int | None]]:
    """The changes with these versions that a point is linked to, each with the paragraphs that were meant; one query.

    Args:
        version_ids: which versions.
        audience: whose links count.
        round_ids: of the rounds whose points count; None for all.
    """
    counting = counting_answers()
    answered = sa.select(counting.c.comment_id).join(
        ResponseVersion, ResponseVersion.id == counting.c.response_version_id
    ).where(ResponseVersion.disposition.in_(list(CAUSING)))  # fmt: skip
    conditions: list[Any] = [Comment.withdrawn_at.is_(None), Comment.id.in_(answered)]
    if audience is Audience.PUBLIC:
        conditions += [PUBLIC, Comment.response_status == ResponseStatus.SENT]
    elif audience is Audience.COMING:
        conditions.append(_COMING)
    if round_ids is not None:
        conditions.append(Comment.round_id.in_(list(round_ids)))
    rows = db.session.execute(
        sa.select(ChangeTrace.version_id, ChangeTrace.eid, ChangeTrace.paragraph_id)
        .join(ChangeTrace.comment)
        .join(Comment.submission)
        .where(ChangeTrace.version_id.in_(list(version_ids)), STANDS, *conditions)
    )
    found: dict[Key, set[int | None]] = {}
    for row in rows:
        found.setdefault((row.version_id, row.eid), set()).add(row.paragraph_id)
    return found


@dataclass(frozen=True)
class SourceInWords:
    """Where a change comes from and why, in the reader's language."""

    row: ChangeSource
    source: LocalizedText
    reason: LocalizedText


def sources_of(version_ids: Collection[int], language: str) -> dict[Key, tuple[SourcedChange, SourceInWords]]:
    """What is said of where changes come from, by change; two queries."""
    rows = db.session.execute(
        sa.select(SourcedChange, ChangeSource, Consultation.authentic_language)
        .join(ChangeSource, ChangeSource.id == SourcedChange.source_id)
        .join(Consultation, Consultation.id == ChangeSource.consultation_id)
        .where(SourcedChange.version_id.in_(list(version_ids)))
        .order_by(SourcedChange.id)
    ).all()
    texts = load_texts("change_source", {source.id for _one, source, code in rows if code != language}, language)
    return {
        (one.version_id, one.eid): (
            one,
            SourceInWords(
                source,
                texts.of(source.id, "source", source.source, code),
                texts.of(source.id, "reason", source.reason, code),
            ),
        )
        for one, source, code in rows
    }


def find_points(
    consultation: Consultation,
    words: str,
    *,
    about: Collection[int],
    dispositions: Collection[Disposition],
    limit: int = 30,
) -> list[Comment]:
    """Points that can have caused a change: by words or reference, or those on some paragraphs; one query.

    Args:
        consultation: whose points.
        words: what is looked for; where it is empty, those on these paragraphs.
        about: keys of paragraphs.
        dispositions: how they are addressed.
        limit: how many at most.
    """
    statement: sa.Select[Any] = (
        answered_points(consultation)
        .where(ResponseVersion.disposition.in_(list(dispositions)))
        .options(joinedload(Comment.question).lazyload(Question.options))
        .order_by(*IN_QUEUE)
        .limit(limit)
    )
    if words:
        statement = Filters(words=words).apply(statement, for_staff=True)
    else:
        statement = statement.where(Comment.paragraph_id.in_(list(about)))
    return list(db.session.scalars(statement).unique())


def removed_traces(comment: Comment) -> Sequence[ChangeTrace]:
    """The links of a point that were taken back with a reason, newest first."""
    return db.session.scalars(
        sa.select(ChangeTrace)
        .where(ChangeTrace.comment_id == comment.id, ChangeTrace.removed_at.is_not(None))
        .order_by(ChangeTrace.id.desc())
    ).all()
