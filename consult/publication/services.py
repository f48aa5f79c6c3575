"""Releasing the response log, and reissuing it when something is withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import SYSTEM
from consult.consultations.models import Round
from consult.core.context import file_store
from consult.core.db import db, unit_of_work
from consult.core.errors import InvalidTransition
from consult.core.locale import gettext as _
from consult.core.wake import want_worker
from consult.documents.queries import get_version, places
from consult.ledger.services import new_salt, record, salted_digest
from consult.moderation.queries import newest_decisions
from consult.publication.enums import FileKind, ReleaseStatus, Shown
from consult.publication.formats import LogRow, manifest_bytes, to_csv, to_json
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.publication.queries import comments_for_release, list_reasons_against_release
from consult.responses.queries import sent_versions
from consult.submissions.enums import ModerationStatus
from consult.submissions.models import Comment
from consult.submissions.services import is_public
from consult.texts.queries import list_translations

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5


def request_release(round_: Round, *, actor: Actor, now: datetime) -> Release:
    """Ask for the next release of a round; the worker builds it.

    Raises:
        InvalidTransition: the round is open, not screened, not answered, or a release is being built.
    """
    reasons = list_reasons_against_release(round_, has_closed=round_.has_closed(now))
    if reasons:
        raise InvalidTransition(_("The round cannot be released yet: every point must be screened and answered first."))
    last = db.session.scalar(
        sa.select(Release).where(Release.round_id == round_.id).order_by(Release.number.desc()).limit(1)
    )
    if last is not None:
        if last.status is ReleaseStatus.BUILDING:
            raise InvalidTransition(_("A release is being built already."))
        raise InvalidTransition(_("This round has its release already."))
    release = Release(round=round_, number=1, requested_by=actor.actor_id, requested_at=now)
    db.session.add(release)
    db.session.flush()
    want_worker()
    record("desk:release:request", release, actor=actor, now=now, content={"number": release.number})
    return release


def lease_release(*, now: datetime) -> int | None:
    """Take a release that waits to be built, so that no other worker builds it meanwhile; its key, or None."""
    with unit_of_work() as session:
        release = session.scalar(
            sa.select(Release)
            .where(
                Release.status == ReleaseStatus.BUILDING,
                Release.attempts < MAX_ATTEMPTS,
                sa.or_(Release.leased_until.is_(None), Release.leased_until < now),
            )
            .order_by(Release.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=Release)
        )
        if release is None:
            return None
        release.leased_until = now + LEASE
        release.attempts += 1
        return release.id


def shown_of(comment: Comment) -> Shown:
    """What a log may show of a point's words now."""
    if comment.is_withdrawn:
        return Shown.WITHDRAWN
    if comment.moderation_status is ModerationStatus.RESTRICTED:
        return Shown.RESTRICTED
    return Shown.TEXT if is_public(comment) else Shown.NOT_PUBLISHED


def build_release(release_id: int, *, now: datetime) -> Release:
    """Build a release: its rows, its files, its manifest. Building it again after a crash gives the same rows.

    The caller commits; the files are on disk before that.
    """
    release = db.session.get_one(Release, release_id, with_for_update={"of": Release})
    if release.status is ReleaseStatus.PUBLISHED:
        return release
    db.session.execute(sa.delete(ReleaseRow).where(ReleaseRow.release_id == release.id))
    comments = comments_for_release(release.round)
    decisions = newest_decisions([c.id for c in comments if c.moderation_status is ModerationStatus.RESTRICTED])
    responses = sent_versions(comments)
    rows = []
    for ordinal, comment in enumerate(comments, start=1):
        response, decision = responses.get(comment.id), decisions.get(comment.id)
        row = ReleaseRow(
            release_id=release.id,
            ordinal=ordinal,
            comment=comment,
            response=response,
            decision=decision,
            shown=shown_of(comment),
            salt=None,
            digest="",
        )
        rows.append(row)
    _issue_files(release, rows, now=now)
    db.session.add_all(rows)
    release.rows_done = release.rows_total = len(rows)
    release.status, release.published_at, release.leased_until = ReleaseStatus.PUBLISHED, now, None
    release.error = None
    db.session.flush()
    record(
        "system:release:publish",
        release,
        actor=SYSTEM,
        now=now,
        content={"number": release.number, "files": {file.kind: file.sha256 for file in release.files}},
    )
    return release


def reissue_release(release: Release, *, now: datetime) -> int:
    """Take out of a release what was withdrawn, restricted or made stricter since; returns how many rows changed.

    The new files carry the tombstones and a notice. The old files are retired and their bytes forgotten; the old
    manifest stays, and still verifies the rows that are unchanged, through their salts.
    """
    rows = list(
        db.session.scalars(
            sa.select(ReleaseRow)
            .where(ReleaseRow.release_id == release.id)
            .order_by(ReleaseRow.ordinal)
            .with_for_update(of=ReleaseRow)
        ).unique()
    )
    changed = [row for row in rows if row.shown is not shown_of(row.comment)]
    changed = [row for row in changed if row.shown is Shown.TEXT or row.comment.is_withdrawn]
    if not changed:
        return 0
    decisions = newest_decisions([row.comment_id for row in changed])
    for row in changed:
        row.shown = shown_of(row.comment)
        row.salt = None
        if row.shown is Shown.RESTRICTED:
            row.decision = decisions.get(row.comment_id)
        if row.shown is Shown.WITHDRAWN:
            row.response = row.decision = None
    for file in release.files:
        if file.retired_at is None:
            file.retired_at = now
    _issue_files(release, rows, now=now)
    db.session.flush()
    record(
        "system:release:reissue",
        release,
        actor=SYSTEM,
        now=now,
        content={"files": {f.kind: f.sha256 for f in release.files if f.retired_at is None}},
    )
    return len(changed)


def _issue_files(release: Release, rows: list[ReleaseRow], *, now: datetime) -> None:
    issue = 1 + max((file.issue for file in release.files), default=0)
    log_rows = _log_rows(release, rows)
    for row, log_row in zip(rows, log_rows, strict=True):
        if row.salt is None:
            row.salt = new_salt()
            row.digest = salted_digest(row.salt, log_row.content())
    store = file_store()
    contents = {
        FileKind.CSV: to_csv(release, log_rows),
        FileKind.JSON: to_json(release, log_rows, [row.salt for row in rows], issue=issue, issued_at=now),
    }
    digests = {kind: store.put(content) for kind, content in contents.items()}
    contents[FileKind.MANIFEST] = manifest_bytes(release, rows, digests, issue=issue, issued_at=now)
    digests[FileKind.MANIFEST] = store.put(contents[FileKind.MANIFEST])
    for kind, content in contents.items():
        release.files.append(
            ReleaseFile(kind=kind, issue=issue, sha256=digests[kind], size=len(content), issued_at=now)
        )


def _log_rows(release: Release, rows: list[ReleaseRow]) -> list[LogRow]:
    consultation = release.round.consultation
    where = places(get_version(release.round), consultation.authentic_language)
    version_ids = [row.response.id for row in rows if row.response is not None]
    translations: dict[int, dict[str, dict[str, str]]] = {}
    for start in range(0, len(version_ids), 500):
        for translation in list_translations("response_version", version_ids[start : start + 500]):
            by_language = translations.setdefault(translation.subject_id, {})
            by_language.setdefault(translation.language, {})[translation.field] = translation.text
    return [
        LogRow.of(
            row, where.get(row.comment.paragraph_id or 0), translations.get(row.response.id if row.response else 0, {})
        )
        for row in rows
    ]


def forget_retired_files(*, now: datetime) -> int:
    """Delete the bytes of retired CSV and JSON files, after the commit that retired them; manifests stay."""
    store = file_store()
    forgotten = 0
    retired = db.session.scalars(
        sa.select(ReleaseFile)
        .where(ReleaseFile.retired_at.is_not(None), ReleaseFile.kind != FileKind.MANIFEST)
        .order_by(ReleaseFile.id)
    )
    kept = set(db.session.scalars(sa.select(ReleaseFile.sha256).where(ReleaseFile.retired_at.is_(None))))
    for file in retired:
        if file.sha256 not in kept:
            store.delete(file.sha256)
            forgotten += 1
    return forgotten
