"""The files of a release: CSV for spreadsheets, JSON for programs, and the manifest that proves both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.core.clock import to_wall
from consult.core.text import spreadsheet_safe
from consult.documents.queries import Place
from consult.ledger.services import canonical_bytes
from consult.publication.changes import RowChange
from consult.publication.enums import GONE, FileKind, Shown
from consult.publication.models import Release, ReleaseRow
from consult.submissions.models import Comment
from consult.submissions.queries import Speaker, public_face

STATEMENT = "Taking part is not consent (FPIC) and not agreement."
ILLUSTRATION = "ILLUSTRATION: invented for demonstration; no real body or person speaks here."
REISSUED = (
    "Reissued: words that were withdrawn, struck, restricted or taken back since the first issue are no longer here. "
    "Rows with the same reference and digest are unchanged."
)
COMPILATION = (
    "Compilation: input as it was received, by provision. The secretariat makes no disposition of it "
    "and gives no answer."
)
# Every field that a response log gives out. What is not in this list is never in one.
COLUMNS = (
    "ordinal",
    "reference",
    "constituencies",
    "broad_group",
    "paragraph_eid",
    "paragraph",
    "heading",
    "question",
    "option",
    "position",
    "comment_type",
    "language",
    "shown",
    "text",
    "proposed_change",
    "restriction_reason",
    "restriction_explanation",
    "struck_as",
    "struck_on",
    "superseded",
    "received_late",
    "late_reason",
    "disposition",
    "disposition_is_proposal",
    "rationale",
    "response",
    "response_language",
    "changed_since_previous",
    "correction_reason",
)
OF_ANSWERS = (
    "disposition",
    "disposition_is_proposal",
    "rationale",
    "response",
    "response_language",
    "correction_reason",
)
OF_SPEAKERS = ("respondent", "respondent_organisation", "respondent_country", "publication_setting")
# Every field that a compilation gives out: nothing of answers, but who said it, as the setting of each allows.
COMPILATION_COLUMNS = (*(name for name in COLUMNS if name not in OF_ANSWERS), *OF_SPEAKERS)
# What the rows of reservations and statements of position have more than those of points, in every release. The rows of
# points are as they were before there were any: what the manifests of earlier releases are over stays the same.
OF_STATES = ("nature", *OF_SPEAKERS)


@dataclass(frozen=True)
class LogRow:
    """One point as a release gives it out; see COLUMNS."""

    values: Mapping[str, Any]
    translations: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(
        cls,
        row: ReleaseRow,
        place: Place | None,
        translations: Mapping[str, Mapping[str, str]],
        *,
        made: Mapping[str, Any] | None = None,
        point: Mapping[str, Any] | None = None,
        superseded: bool = False,
        columns: Sequence[str] = COLUMNS,
        change: RowChange | None = None,
        speaker: Speaker | None = None,
    ) -> LogRow:
        """The public face of a row, by what it shows; a withdrawn one has its reference alone, a struck one the class
        of reason and the day too.

        Args:
            row: of a release.
            place: where in the text the point stands.
            translations: of the answer, by language and field.
            made: who or what made those and when, by language and field.
            point: of the point, by language and field, each with who or what made it and when.
            superseded: whether a revision has taken the place of the point's submission.
            columns: what this kind of release gives out.
            change: how it differs from the release before, if it does.
            speaker: who says it, for compilations.
        """
        comment = row.comment
        values: dict[str, Any] = dict.fromkeys(columns, "")
        values |= {"ordinal": row.ordinal, "reference": comment.reference, "shown": row.shown.value}
        if change is not None:
            values["changed_since_previous"] = [kind.value for kind in change.kinds]
        if row.shown in GONE:
            return cls(values | _struck(comment), {})
        values |= {"nature": comment.nature.value} if comment.nature.is_of_state else {}
        face = public_face(comment.submission)
        values |= {
            "constituencies": [constituency.value for constituency in face.constituencies],
            "broad_group": face.group.value if face.group else "",
            "paragraph_eid": place.eid if place else "",
            "paragraph": place.number if place else "",
            "heading": place.heading if place else "",
            "question": comment.question.text if comment.question else "",
            "option": comment.option.text if comment.option else "",
            "comment_type": comment.comment_type.value,
            "superseded": superseded,
        }
        day = comment.submission.public_day
        if comment.submission.is_late and day is not None:
            values |= {"received_late": day.isoformat(), "late_reason": comment.submission.public_late_reason}
        if row.shown is Shown.TEXT:
            values |= {
                "position": comment.position.value if comment.position else "",
                "language": comment.language,
                "text": comment.text,
                "proposed_change": comment.proposed_change,
            }
            if point:  # not in rows without: what older manifests are over stays as it was
                values["point_translations"] = point
            if speaker is not None and row.setting is not None:
                values |= {
                    "respondent": speaker.name,
                    "respondent_organisation": speaker.organisation,
                    "respondent_country": speaker.country or "",
                    "publication_setting": row.setting.value,
                }
        if row.shown is Shown.RESTRICTED and row.decision is not None:
            values |= {
                "restriction_reason": row.decision.reason.value if row.decision.reason else "",
                "restriction_explanation": row.decision.public_reason,
            }
        if row.response is not None:
            values |= {
                "disposition": row.response.disposition.value,
                "disposition_is_proposal": comment.submission.round.consultation.is_member_driven,
                "rationale": row.response.rationale,
                "response": row.response.text,
                "response_language": row.response.language,
                "correction_reason": change.reason if change is not None else "",
            }
            if made:
                values["translations_made"] = made
        return cls(values, translations if row.response is not None else {})

    def content(self) -> dict[str, Any]:
        """What the row's digest is over."""
        return {**self.values, "translations": {k: dict(v) for k, v in self.translations.items()}}

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> LogRow:
        """The row that `content` was taken of, so that a reissue repeats it to the letter."""
        values = {name: value for name, value in content.items() if name not in {"translations", "salt"}}
        return cls(values, content["translations"])


def _struck(comment: Comment) -> dict[str, str]:
    """What is left of a point that was struck; nothing of one that was withdrawn."""
    if comment.struck_as is None or comment.withdrawn_at is None:
        return {}
    day = to_wall(comment.withdrawn_at, comment.submission.round.zone).date()
    return {"struck_as": comment.struck_as.value, "struck_on": day.isoformat()}


def notice_of(release: Release, issue: int) -> str:
    """What every file of a release says beside its rows."""
    sentences = [STATEMENT]
    if release.round.consultation.is_illustration:
        sentences.insert(0, ILLUSTRATION)
    if not release.round.asks_for_answers:
        sentences.append(COMPILATION)
    if issue > 1:
        sentences.append(REISSUED)
    return " ".join(sentences)


def columns_of(release: Release) -> Sequence[str]:
    """The fields that the rows of points have in a release: those of a response log, or of a compilation."""
    return COLUMNS if release.round.asks_for_answers else COMPILATION_COLUMNS


def table_columns_of(release: Release) -> Sequence[str]:
    """The columns of its table: of rows of every nature, each once."""
    return list(dict.fromkeys((*columns_of(release), *OF_STATES)))


@dataclass(frozen=True)
class Previous:
    """The release before, as files name it: its number, and the SHA-256 of its newest manifest."""

    release: int
    manifest: str


def to_csv(release: Release, rows: Sequence[LogRow], *, issue: int) -> bytes:
    """The log as CSV: UTF-8 with a byte order mark, so that office programs read every script.

    Every cell is in quotes: a program that takes semicolons for borders then still finds one cell, and no formula.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    notice, columns = notice_of(release, issue), table_columns_of(release)
    writer.writerow([*columns, "notice"])
    for row in rows:
        writer.writerow([*(_cell(row.values.get(column, "")) for column in columns), notice])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return spreadsheet_safe("; ".join(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spreadsheet_safe(str(value))


def _header(release: Release, *, issue: int, issued_at: datetime, previous: Previous | None) -> dict[str, Any]:
    consultation = release.round.consultation
    header: dict[str, Any] = {
        "consultation": consultation.slug,
        "code": consultation.code,
        "host": consultation.host.name,
        "round": release.round.number,
        "release": release.number,
        "kind": "response_log" if release.round.asks_for_answers else "compilation",
        "issue": issue,
        "issued_on": issued_at.date().isoformat(),
        "statement": STATEMENT,
    }
    if release.counted_only:  # at their authors' wish: no row tells of them
        header["points_only_counted"] = release.counted_only
    if previous is not None:
        header["previous"] = {"release": previous.release, "manifest_sha256": previous.manifest}
    if not release.round.asks_for_answers:
        header["compilation"] = COMPILATION
    if consultation.is_illustration:
        header["illustration"] = ILLUSTRATION
    if issue > 1:
        header["notice"] = REISSUED
    return header


def to_json(
    release: Release,
    rows: Sequence[LogRow],
    salts: Sequence[str | None],
    *,
    issue: int,
    issued_at: datetime,
    previous: Previous | None = None,
) -> bytes:
    """The log as JSON, with each row's salt, so that anybody can recompute the digests of the manifest."""
    body = {
        **_header(release, issue=issue, issued_at=issued_at, previous=previous),
        "rows": [{**row.content(), "salt": salt} for row, salt in zip(rows, salts, strict=True)],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def manifest_bytes(
    release: Release,
    rows: Sequence[ReleaseRow],
    files: Mapping[FileKind, str],
    *,
    issue: int,
    issued_at: datetime,
    previous: Previous | None = None,
) -> bytes:
    """The manifest: the SHA-256 of each file and the salted digest of each row, without a word of any.

    A row's digest is SHA-256 over its salt (32 bytes, in the JSON file) and the canonical bytes of its content.
    """
    return canonical_bytes(
        {
            **_header(release, issue=issue, issued_at=issued_at, previous=previous),
            "files": {kind.value: digest for kind, digest in files.items()},
            "rows": [{"reference": row.comment.reference, "digest": row.digest} for row in rows],
        }
    )
