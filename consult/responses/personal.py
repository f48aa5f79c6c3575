"""The answers that somebody got, and what they wrote and cleared as staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, by_clock, chosen
from consult.responses.models import (
    Acknowledgement,
    ChangeSource,
    ChangeTrace,
    ClearanceDecision,
    Delivery,
    ResponseCorrection,
    ResponseVersion,
    UnreflectedReason,
)
from consult.submissions.models import Comment


def _collect(owner: Owner) -> Iterable[Section]:
    answers = _answers(owner)
    yield Section(
        "answers",
        _("Our answers to your points"),
        _("The staff of the host. The public reads them as soon as it knows of the point."),
        [_answer(*row) for row in answers],
    )
    yield Section(
        "verdicts",
        _("What you said of our answers"),
        _("The secretariat alone."),
        [_verdict(said, comment) for _row, comment, _sent_at, said in answers if said is not None],
    )
    if owner.account_id is None:
        return
    yield Section(
        "answers_written",
        _("Answers that you wrote as staff"),
        _("The staff of the host see who wrote an answer; the public does not."),
        _written(owner.account_id),
    )
    yield Section(
        "answers_cleared",
        _("Answers that you cleared, returned or took back as staff"),
        _("The staff of the host see who decided; the public does not."),
        [*_cleared(owner.account_id), *_taken_back(owner.account_id)],
    )
    yield Section(
        "traces_made",
        _("Changes of the text that you linked with points, or explained, as staff"),
        _("The staff of the host see who did it; the public does not."),
        [*_linked(owner.account_id), *_explained(owner.account_id)],
    )


def _answers(owner: Owner) -> list[tuple[ResponseVersion, Comment, datetime, Acknowledgement | None]]:
    rows: Iterable[Any] = db.session.execute(
        sa.select(ResponseVersion, Comment, Delivery.sent_at, Acknowledgement)
        .join(Delivery, Delivery.response_version_id == ResponseVersion.id)
        .outerjoin(Acknowledgement, Acknowledgement.response_version_id == ResponseVersion.id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(Comment.submission_id.in_(list(owner.submission_ids)))
        .order_by(ResponseVersion.id.desc())
    ).unique()
    return [tuple(row) for row in rows]


def _answer(row: ResponseVersion, comment: Comment, sent_at: datetime, _said: Acknowledgement | None) -> Entry:
    submission = comment.submission
    return Entry(
        [
            chosen("disposition", _("How addressed"), row.disposition),
            Fact("text", _("Answer"), row.text, language=row.language),
            Fact("rationale", _("Reason"), row.rationale, language=row.language),
            by_clock("sent_at", _("Sent"), sent_at, submission.round.zone, day_only=submission.is_protected),
        ],
        title=comment.reference or "",
    )


def _verdict(said: Acknowledgement, comment: Comment) -> Entry:
    return Entry(
        [
            chosen("verdict", _("What you said of it"), said.verdict),
            Fact("verdict_words", _("Why not"), said.words),
            Fact("said_on", _("Said"), said.said_on),
        ],
        title=comment.reference or "",
    )


def _written(account_id: int) -> list[Entry]:
    rows = db.session.execute(
        sa.select(ResponseVersion, Comment.reference)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(ResponseVersion.written_by == account_id)
        .order_by(ResponseVersion.id.desc())
    )
    return [
        Entry(
            [
                chosen("disposition", _("How addressed"), row.disposition),
                Fact("text", _("Answer"), row.text, language=row.language),
                Fact("written_at", _("Written"), row.written_at),
            ],
            title=reference or "",
        )
        for row, reference in rows
    ]


def _cleared(account_id: int) -> list[Entry]:
    rows = db.session.execute(
        sa.select(ClearanceDecision, Comment.reference)
        .join(ResponseVersion, ResponseVersion.id == ClearanceDecision.response_version_id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(ClearanceDecision.decided_by == account_id)
        .order_by(ClearanceDecision.id.desc())
    )
    words = {"cleared": _("Cleared"), "returned": _("Returned")}
    return [
        Entry(
            [
                Fact("decision", _("Decision"), row.decision.value, words.get(row.decision.value, "")),
                Fact("note", _("Note"), row.note),
                Fact("decided_at", _("Decided"), row.decided_at),
            ],
            title=reference or "",
        )
        for row, reference in rows
    ]


def _taken_back(account_id: int) -> list[Entry]:
    rows = db.session.scalars(
        sa.select(ResponseCorrection)
        .where(ResponseCorrection.taken_back_by == account_id)
        .order_by(ResponseCorrection.id.desc())
    )
    return [
        Entry(
            [
                Fact("decision", _("Decision"), "taken_back", _("Correction taken back")),
                Fact("decided_at", _("Decided"), row.taken_back_at),
            ]
        )
        for row in rows
    ]


def _linked(account_id: int) -> list[Entry]:
    rows = db.session.execute(
        sa.select(ChangeTrace.made_by, ChangeTrace.made_at, ChangeTrace.removed_by, ChangeTrace.removed_at,
                  ChangeTrace.removal_reason, ChangeTrace.eid, Comment.reference)
        .join(Comment, Comment.id == ChangeTrace.comment_id)
        .where(sa.or_(ChangeTrace.made_by == account_id, ChangeTrace.removed_by == account_id))
        .order_by(ChangeTrace.id.desc())
    )  # fmt: skip
    return [
        Entry(
            [
                Fact("eid", _("Paragraph"), row.eid),
                *([Fact("linked_at", _("Linked"), row.made_at)] if row.made_by == account_id else []),
                *(
                    [Fact("taken_back_at", _("Taken back"), row.removed_at), Fact("why", _("Why"), row.removal_reason)]
                    if row.removed_by == account_id
                    else []
                ),
            ],
            title=row.reference or "",
        )
        for row in rows
    ]


def _explained(account_id: int) -> list[Entry]:
    reasons = db.session.execute(
        sa.select(UnreflectedReason.reason, UnreflectedReason.given_at, Comment.reference)
        .join(Comment, Comment.id == UnreflectedReason.comment_id)
        .where(UnreflectedReason.given_by == account_id)
        .order_by(UnreflectedReason.id.desc())
    )
    sources = db.session.scalars(
        sa.select(ChangeSource).where(ChangeSource.given_by == account_id).order_by(ChangeSource.id.desc())
    )
    return [
        *[
            Entry([Fact("why", _("Why"), row.reason), Fact("said", _("Said"), row.given_at)], title=row.reference or "")
            for row in reasons
        ],
        *[
            Entry(
                [
                    Fact("source", _("Source"), row.source),
                    Fact("why", _("Why"), row.reason),
                    Fact("said", _("Said"), row.given_at),
                ]
            )
            for row in sources
        ],
    ]


COLLECTORS = (
    Collector(
        key="responses",
        title=_l("Answers"),
        tables=(
            "response_version",
            "response_correction",
            "clearance_decision",
            "delivery",
            "translated_answer",
            "acknowledgement",
            "change_trace",
            "unreflected_reason",
            "change_source",
            "sourced_change",
        ),
        when_closed=_l(
            "Answers stay beside the points that stay; no further message tells you of them. What you wrote as staff "
            "stays, without your name."
        ),
        collect=_collect,
    ),
)
