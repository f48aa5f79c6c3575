"""The files of a release: CSV for spreadsheets, JSON for programs, and the manifest that proves both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.documents.queries import Place
from consult.ledger.services import canonical_bytes
from consult.publication.enums import FileKind, Shown
from consult.publication.models import Release, ReleaseRow

STATEMENT = "Taking part is not consent (FPIC) and not agreement."
ILLUSTRATION = "ILLUSTRATION: invented for demonstration; no real body or person speaks here."
REISSUED = (
    "Reissued: words that were withdrawn, restricted or taken back since the first issue are no longer here. "
    "Rows with the same reference and digest are unchanged."
)
# Every field that a release gives out. What is not in this list is never in a release.
COLUMNS = (
    "ordinal",
    "reference",
    "constituencies",
    "paragraph_eid",
    "paragraph",
    "heading",
    "question",
    "comment_type",
    "language",
    "shown",
    "text",
    "proposed_change",
    "restriction_reason",
    "restriction_explanation",
    "disposition",
    "disposition_is_proposal",
    "rationale",
    "response",
    "response_language",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class LogRow:
    """One point as a release gives it out; see COLUMNS."""

    values: Mapping[str, Any]
    translations: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, row: ReleaseRow, place: Place | None, translations: Mapping[str, Mapping[str, str]]) -> LogRow:
        """The public face of a row, by what it shows; a withdrawn one has its reference alone."""
        comment = row.comment
        values: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        values |= {"ordinal": row.ordinal, "reference": comment.reference, "shown": row.shown.value}
        if row.shown is Shown.WITHDRAWN:
            return cls(values, {})
        values |= {
            "constituencies": [item.constituency.value for item in comment.submission.constituencies],
            "paragraph_eid": place.eid if place else "",
            "paragraph": place.number if place else "",
            "heading": place.heading if place else "",
            "question": comment.question.text if comment.question else "",
            "comment_type": comment.comment_type.value,
        }
        if row.shown is Shown.TEXT:
            values |= {
                "language": comment.language,
                "text": comment.text,
                "proposed_change": comment.proposed_change,
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
            }
        return cls(values, translations if row.response is not None else {})

    def content(self) -> dict[str, Any]:
        """What the row's digest is over."""
        return {**self.values, "translations": {k: dict(v) for k, v in self.translations.items()}}

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> LogRow:
        """The row that `content` was taken of, so that a reissue repeats it to the letter."""
        values = {name: value for name, value in content.items() if name not in {"translations", "salt"}}
        return cls(values, content["translations"])


def spreadsheet_safe(value: str) -> str:
    """Text that a spreadsheet will not run as a formula: an apostrophe goes before what could start one."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def notice_of(release: Release, issue: int) -> str:
    """What every file of a release says beside its rows."""
    sentences = [STATEMENT]
    if release.round.consultation.is_illustration:
        sentences.insert(0, ILLUSTRATION)
    if issue > 1:
        sentences.append(REISSUED)
    return " ".join(sentences)


def to_csv(release: Release, rows: Sequence[LogRow], *, issue: int) -> bytes:
    """The log as CSV: UTF-8 with a byte order mark, so that office programs read every script.

    Every cell is in quotes: a program that takes semicolons for borders then still finds one cell, and no formula.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    notice = notice_of(release, issue)
    writer.writerow([*COLUMNS, "notice"])
    for row in rows:
        writer.writerow([*(_cell(row.values.get(column, "")) for column in COLUMNS), notice])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return spreadsheet_safe("; ".join(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spreadsheet_safe(str(value))


def _header(release: Release, *, issue: int, issued_at: datetime) -> dict[str, Any]:
    consultation = release.round.consultation
    header: dict[str, Any] = {
        "consultation": consultation.slug,
        "code": consultation.code,
        "host": consultation.host.name,
        "round": release.round.number,
        "release": release.number,
        "issue": issue,
        "issued_on": issued_at.date().isoformat(),
        "statement": STATEMENT,
    }
    if consultation.is_illustration:
        header["illustration"] = ILLUSTRATION
    if issue > 1:
        header["notice"] = REISSUED
    return header


def to_json(
    release: Release, rows: Sequence[LogRow], salts: Sequence[str | None], *, issue: int, issued_at: datetime
) -> bytes:
    """The log as JSON, with each row's salt, so that anybody can recompute the digests of the manifest."""
    body = {
        **_header(release, issue=issue, issued_at=issued_at),
        "rows": [{**row.content(), "salt": salt} for row, salt in zip(rows, salts, strict=True)],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def manifest_bytes(
    release: Release, rows: Sequence[ReleaseRow], files: Mapping[FileKind, str], *, issue: int, issued_at: datetime
) -> bytes:
    """The manifest: the SHA-256 of each file and the salted digest of each row, without a word of any.

    A row's digest is SHA-256 over its salt (32 bytes, in the JSON file) and the canonical bytes of its content.
    """
    return canonical_bytes(
        {
            **_header(release, issue=issue, issued_at=issued_at),
            "files": {kind.value: digest for kind, digest in files.items()},
            "rows": [{"reference": row.comment.reference, "digest": row.digest} for row in rows],
        }
    )
