"""Releasing a round in tests, and reading what came out."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.jobs import sweep
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.publication.enums import FileKind
from consult.publication.models import Release
from consult.publication.queries import (
    current_files,
    find_latest_release,
)
from consult.publication.services import (
    request_release,
)
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from tests.support import build


def ask(round_: Round, staff: build.Desk) -> Release:
    return request_release(round_, actor=staff.manager, now=utc_now())


def built(round_: Round, staff: build.Desk) -> Release:
    """Release a round as the worker does."""
    ask(round_, staff)
    db.session.commit()
    assert sweep()["build_waiting_releases"] == 1
    release = find_latest_release(round_)
    assert release is not None
    return release


def swept() -> dict[str, int]:
    db.session.commit()
    return sweep()


def bytes_of(release: Release, kind: FileKind) -> bytes:
    db.session.refresh(release, attribute_names=["files"])
    return file_store().get(current_files(release)[kind].sha256)


def rows_of(release: Release) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(bytes_of(release, FileKind.JSON))["rows"]
    return rows


def table_of(release: Release) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes_of(release, FileKind.CSV).decode("utf-8-sig"), newline="")))


def restrict(comment: Comment, staff: build.Desk, reason: RestrictionReason = RestrictionReason.PERSONAL_DATA) -> None:
    restrict_comments(
        [comment], reason=reason, public_reason="It named somebody.", agreement="", actor=staff.moderator, now=utc_now()
    )


def everything(staff: build.Desk, **options: Any) -> tuple[Round, dict[str, Comment]]:
    """A closed and answered round with a point of every fate."""
    round_ = build.open_consultation(staff.host, staff.manager, **options)
    authors = {name: build.person(name.title()) for name in ("plain", "hidden", "restricted", "spam", "gone")}
    points: dict[str, Comment] = {}
    for name, author in authors.items():
        setting = PublicationSetting.NOT_PUBLISHED if name == "hidden" else PublicationSetting.NAMED
        submission = build.submit(round_, author, f"Words of {name}.", setting=setting)
        points[name] = submission.comments[0]
    build.publish(round_, staff.moderator)
    restrict(points["restricted"], staff)
    restrict(points["spam"], staff, RestrictionReason.SPAM)
    build.answer_all(round_, staff.responder, staff.approver)
    withdraw_comment(points["gone"], actor=authors["gone"], now=utc_now())
    build.close(round_)
    return round_, points
