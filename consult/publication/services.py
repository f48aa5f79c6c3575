"""Releasing the response log, and reissuing it when something is withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import SYSTEM
from consult.commitments.queries import commitments_of_protected
from consult.consultations.models import Round
from consult.core.changes import note_change
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import InvalidTransition, NotFound
from consult.core.leasing import lease
from consult.core.locale import gettext as _
from consult.core.storage import FileStore
from consult.core.wake import want_worker
from consult.ledger.services import new_salt, record, salted_digest
from consult.moderation.queries import newest_decisions
from consult.publication.changes import find_previous_release
from consult.publication.enums import GONE, FileKind, ReleaseStatus, Shown
from consult.publication.formats import LogRow, Previous, manifest_bytes, to_csv, to_json
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.publication.queries import (
    comments_for_release,
    count_for_release,
    count_only_counted,
    current_files,
    find_last_release,
    list_reasons_against_release,
)
from consult.publication.rows import CHUNK, log_rows_of, setting_now, shown_now, shown_of
from consult.responses.queries import sent_versions
from consult.submissions.models import Comment
from consult.submissions.queries import told_of
from consult.submissions.services import lift_due

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5


def request_release(round_: Round, *, actor: Actor, now: datetime) -> Release:
    """Ask for the next release of a round; the worker builds it.

    Raises:
        InvalidTransition: the round is open, not screened, not answered; nothing has changed since the last release;
            or one is being built.
    """
    # Of two managers who ask at once, the second waits here and then sees what the first asked for.
    db.session.refresh(round_, attribute_names=["opened_at"], with_for_update={"of": Round})
    last = find_last_release(round_)
    if last is not None and last.status is ReleaseStatus.BUILDING:
        raise InvalidTransition(_("A release is being built already."))
    lift_due(round_, now=now, for_release=True)
    _require_ready(round_, now)
    release = Release(
        round=round_,
        number=last.number + 1 if last is not None else 1,
        requested_by=actor.actor_id,
        requested_at=now,
        rows_total=count_for_release(round_),
    )
    db.session.add(release)
    db.session.flush()
    want_worker()
    record("desk:release:request", release, actor=actor, now=now, content={"number": release.number})
    return release


def _require_ready(round_: Round, now: datetime) -> None:
    reasons = list_reasons_against_release(round_, is_over=round_.is_over(now))
    if "nothing" in reasons:
        raise InvalidTransition(_("Nothing has changed since the last release, so there is nothing new to release."))
    if reasons:
        raise InvalidTransition(_("The round cannot be released yet: every point must be screened and answered first."))


def retry_release(release: Release, *, actor: Actor, now: datetime) -> None:
    """Let the worker try again at once to build a release that failed.

    Raises:
        InvalidTransition: it is published, or has not failed.
    """
    db.session.refresh(release, attribute_names=["status", "error"], with_for_update={"of": Release})
    if release.status is ReleaseStatus.PUBLISHED or release.error is None:
        raise InvalidTransition(_("This release is being built, or is published already."))
    release.attempts, release.leased_until, release.error = 0, None, None
    db.session.flush()
    want_worker()
    record("desk:release:retry", release, actor=actor, now=now, content={"number": release.number})


def lease_release(*, now: datetime) -> int | None:
    """Take a release that waits to be built, so that no other worker builds it meanwhile; its key, or None."""
    waits = Release.status == ReleaseStatus.BUILDING
    return lease(Release, waits, order=[Release.id], lasts=LEASE, most=MAX_ATTEMPTS, now=now)


def keep_failure(release_id: int, error: str) -> None:
    """Keep why building a release failed, for the desk to show; its lease lets a worker try again."""
    db.session.get_one(Release, release_id).error = error


def build_release(release_id: int, *, now: datetime) -> Release:
    """Build a release: its rows, its files, its manifest. Building it again after a crash gives the same rows.

    The caller commits; the files are on disk before that.

    Raises:
        InvalidTransition: since it was asked for, something has come up that must be screened or answered first.
    """
    release = db.session.get_one(Release, release_id, with_for_update={"of": Release}, populate_existing=True)
    if release.status is ReleaseStatus.PUBLISHED:
        return release
    _require_ready(release.round, now)
    rows = list(_new_rows(release, comments_for_release(release.round)))
    db.session.add_all(rows)
    if find_previous_release(release) is not None:
        db.session.flush()  # what changed is asked of the rows of both
    log_rows = log_rows_of(release, rows)
    for row, log_row in zip(rows, log_rows, strict=True):
        _seal(row, log_row)
    release.rows_done = release.rows_total = len(rows)
    release.counted_only = count_only_counted(release.round)
    release.status, release.published_at, release.leased_until = ReleaseStatus.PUBLISHED, now, None
    release.error = None
    db.session.flush()
    note_change("release", release.id)
    note_change("response", *[row.comment_id for row in rows])  # those that are answered: the others are not told
    # A protected point says that it was answered from now on, all of them at once; commitments name them.
    note_change("comment", *[row.comment_id for row in rows if row.comment.submission.is_protected])
    note_change("commitment", *commitments_of_protected(release.round))
    _issue_files(release, rows, log_rows, now=now)
    record(
        "system:release:publish",
        release,
        actor=SYSTEM,
        now=now,
        content={"number": release.number, "files": {file.kind: file.sha256 for file in release.files}},
    )
    return release


def _new_rows(release: Release, comments: Sequence[Comment]) -> Iterator[ReleaseRow]:
    ordinal = 0
    for start in range(0, len(comments), CHUNK):
        chunk = comments[start : start + CHUNK]
        restricted = [c.id for c in chunk if shown_of(c) is Shown.RESTRICTED]
        decisions, responses = newest_decisions(restricted), sent_versions(chunk)
        for comment in chunk:
            ordinal += 1
            row = ReleaseRow(
                release_id=release.id,
                ordinal=ordinal,
                comment=comment,
                response=responses.get(comment.id),
                decision=decisions.get(comment.id),
                shown=shown_of(comment),
                digest="",
            )
            row.setting, row.told = setting_now(row), told_of(comment.submission)
            yield row


def reissue_release(release: Release, *, now: datetime) -> int:
    """Take out of a release what was withdrawn, restricted or made stricter since; returns how many rows changed.

    The new files carry the tombstones and a notice, and repeat every other row to the letter. The old files are
    retired and their bytes forgotten; the old manifest stays, and still verifies the rows that are unchanged, through
    their salts.
    """
    db.session.refresh(release, attribute_names=["status", "files"], with_for_update={"of": Release})
    rows = list(
        db.session.scalars(
            sa.select(ReleaseRow)
            .where(ReleaseRow.release_id == release.id)
            .order_by(ReleaseRow.ordinal)
            .execution_options(populate_existing=True)
        ).unique()
    )
    changed = [row for row in rows if _shows_too_much(row)]
    if not changed:
        return 0
    before = _issued_rows(release)
    for start in range(0, len(changed), CHUNK):
        _tighten(changed[start : start + CHUNK])
    log_rows = log_rows_of(release, rows)
    for place, row in enumerate(rows):
        if row.salt is None:
            _seal(row, log_rows[place])
        elif row.comment.reference in before:
            log_rows[place] = before[row.comment.reference]
        elif row.digest != salted_digest(row.salt, log_rows[place].content()):
            _seal(row, log_rows[place])
    for file in release.files:
        if file.retired_at is None:
            file.retired_at = now
    db.session.flush()
    note_change("release", release.id)
    _issue_files(release, rows, log_rows, now=now)
    record(
        "system:release:reissue",
        release,
        actor=SYSTEM,
        now=now,
        content={"files": {f.kind: f.sha256 for f in release.files if f.retired_at is None}},
    )
    return len(changed)


def _shows_too_much(row: ReleaseRow) -> bool:
    """Whether a row gives out what the record no longer gives; see `queries.OUTDATED`."""
    if row.shown is not shown_now(row) or row.setting is not setting_now(row):
        return True
    return row.shown not in GONE and row.told is not told_of(row.comment.submission)


def _tighten(rows: Sequence[ReleaseRow]) -> None:
    """Let rows show what the record now gives, and forget the salts of what they showed."""
    for row in rows:
        row.shown, row.salt = shown_now(row), None
        row.setting, row.told = setting_now(row), told_of(row.comment.submission)
    decisions = newest_decisions([row.comment_id for row in rows if row.shown is Shown.RESTRICTED])
    for row in rows:
        row.decision = decisions.get(row.comment_id)
        if row.shown in GONE:  # an answer may repeat what was struck
            row.response = None


def _issued_rows(release: Release) -> dict[str | None, LogRow]:
    """The rows as the newest issue gave them out, by reference.

    They are taken from its file: a translation that was added since, or a newer program, must not change a row
    whose digest stands in the manifest. If the file is lost or damaged, words that must go still go.
    """
    file = current_files(release)[FileKind.JSON]
    try:
        content = file_store().get(file.sha256)
    except NotFound:
        return {}
    if FileStore.digest(content) != file.sha256:
        return {}
    return {row["reference"]: LogRow.from_content(row) for row in json.loads(content)["rows"]}


def _seal(row: ReleaseRow, log_row: LogRow) -> None:
    row.salt = new_salt()
    row.digest = salted_digest(row.salt, log_row.content())


def _issue_files(release: Release, rows: Sequence[ReleaseRow], log_rows: Sequence[LogRow], *, now: datetime) -> None:
    issue = 1 + max((file.issue for file in release.files), default=0)
    store = file_store()
    before = find_previous_release(release)
    previous = Previous(before.number, current_files(before)[FileKind.MANIFEST].sha256) if before is not None else None
    salts = [row.salt for row in rows]
    contents = {
        FileKind.CSV: to_csv(release, log_rows, issue=issue),
        FileKind.JSON: to_json(release, log_rows, salts, issue=issue, issued_at=now, previous=previous),
    }
    digests = {kind: store.put(content) for kind, content in contents.items()}
    contents[FileKind.MANIFEST] = manifest_bytes(release, rows, digests, issue=issue, issued_at=now, previous=previous)
    digests[FileKind.MANIFEST] = store.put(contents[FileKind.MANIFEST])
    for kind, content in contents.items():
        release.files.append(
            ReleaseFile(kind=kind, issue=issue, sha256=digests[kind], size=len(content), issued_at=now)
        )
    db.session.flush()


def forget_retired_files(*, now: datetime) -> int:
    """Delete the bytes of retired CSV and JSON files, after the commit that retired them; manifests stay.

    Returns how many were still there. Doing it again finds nothing: a worker that was killed in between is made good.
    """
    store = file_store()
    retired = db.session.scalars(
        sa.select(ReleaseFile)
        .where(ReleaseFile.retired_at <= now, ReleaseFile.kind != FileKind.MANIFEST)
        .order_by(ReleaseFile.id)
    )
    kept = set(db.session.scalars(sa.select(ReleaseFile.sha256).where(ReleaseFile.retired_at.is_(None))))
    return sum(store.delete(file.sha256) for file in retired if file.sha256 not in kept)
