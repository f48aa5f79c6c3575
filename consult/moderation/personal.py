"""What was decided about one's points, and what one decided as staff."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, by_clock, chosen
from consult.moderation.enums import Decision
from consult.moderation.models import Credential, Decided, FileDecision, ModerationDecision
from consult.submissions.disclosure import standing_of
from consult.submissions.enums import ModerationStatus
from consult.submissions.models import Attachment, Comment, Submission


def _collect(owner: Owner) -> Iterable[Section]:
    yield Section(
        "decisions",
        _("What moderators decided about your points"),
        _("The public reads a restriction and its reason."),
        [
            *_decisions(Comment.submission_id.in_(list(owner.submission_ids))),
            *_file_decisions(Attachment.submission_id.in_(list(owner.submission_ids))),
        ],
        correct=("pages.safety_everywhere", {}, _("Whom to turn to")),
        why_not=_(
            "A decision stays on record. If it is wrong, write to the contact of the consultation; if what is public "
            "puts you at risk, to the safety contact."
        ),
    )
    yield Section(
        "credentials",
        _("Credentials that were seen for what you submitted"),
        _("The staff of the host."),
        _credentials(Credential.submission_id.in_(list(owner.submission_ids))),
    )
    if owner.account_id is None:
        return
    yield Section(
        "decisions_made",
        _("What you decided as staff"),
        _("The staff of the host see who decided; the public does not."),
        [
            *_decisions(ModerationDecision.decided_by == owner.account_id),
            *_file_decisions(FileDecision.decided_by == owner.account_id),
            *_credentials(Credential.recorded_by == owner.account_id),
        ],
    )


def _decisions(of_whom: sa.ColumnElement[bool]) -> list[Entry]:
    rows = db.session.execute(
        sa.select(ModerationDecision, Comment)
        .join(Comment, Comment.id == ModerationDecision.comment_id)
        .where(of_whom)
        .order_by(ModerationDecision.id.desc())
    ).unique()
    return [_decision(row, comment.submission, comment, comment.reference or "") for row, comment in rows]


def _file_decisions(of_whom: sa.ColumnElement[bool]) -> list[Entry]:
    rows = db.session.execute(
        sa.select(FileDecision, Attachment)
        .join(Attachment, Attachment.id == FileDecision.attachment_id)
        .where(of_whom)
        .order_by(FileDecision.id.desc())
    ).unique()
    return [_decision(row, file.submission, file.comment, _("A file")) for row, file in rows]


def _decision(row: Decided, submission: Submission, point: Comment | None, title: str) -> Entry:
    words = row.decision.label
    if row.decision is Decision.PUBLISH and point is not None and point.moderation_status is ModerationStatus.PUBLISHED:
        words = standing_of(point)[0]  # a point that was read may wait still
    return Entry(
        [
            Fact("decision", _("Decision"), row.decision.value, words),
            chosen("reason", _("Kind of reason"), row.reason),
            Fact("public_reason", _("Reason"), row.public_reason),
            by_clock("decided_at", _("Decided"), row.decided_at, submission.round.zone,
                     day_only=submission.is_protected),
        ],
        title=title,
    )  # fmt: skip


def _credentials(of_whom: sa.ColumnElement[bool]) -> list[Entry]:
    rows = db.session.execute(
        sa.select(Credential, Submission)
        .join(Submission, Submission.id == Credential.submission_id)
        .where(of_whom)
        .order_by(Credential.id.desc())
    ).unique()
    return [
        Entry(
            [
                Fact("round", _("Round"), submission.round.label),
                chosen("kind", _("Credential"), row.kind),
                Fact("reference", _("What was seen"), row.reference),
                Fact("recorded_at", _("Recorded"), row.recorded_at),
            ]
        )
        for row, submission in rows
    ]


COLLECTORS = (
    Collector(
        key="moderation",
        title=_l("Decisions of moderators"),
        tables=("moderation_decision", "credential", "file_decision"),
        when_closed=_l("Decisions about points that stay, stay with them. Those that you made as staff stay too."),
        collect=_collect,
    ),
)
