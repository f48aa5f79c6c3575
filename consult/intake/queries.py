"""Reading imports, and what an import would do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.accounts.enums import Capacity
from consult.consultations.models import Consultation, Round
from consult.core.context import file_store, settings
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import PAGE_SIZE, Page, decode_key, encode_key, fetch_page
from consult.core.secrets import keyed_digest
from consult.core.text import search_words
from consult.documents.queries import find_version, list_paragraphs
from consult.intake.cells import Cell
from consult.intake.columns import headings_digest, is_ours, recognise
from consult.intake.enums import Column, Fate, ImportStatus, PlaceKind, Problem, Remark
from consult.intake.interpreting import Choices, Reading, Trouble, groups_of, interpret
from consult.intake.models import ColumnMapping, CommentImport, ImportedRow
from consult.intake.places import DraftIndex
from consult.intake.reading import Table, read_table
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment

MARK = "consult comment table "
"""Before the bytes of a file that is kept: no other stored file has the same digest, so it can be forgotten alone."""


def page_of_imports(round_: Round, *, after: str | None, before: str | None) -> Page[CommentImport]:
    """The comment tables of a round, newest first, those that are not imported yet too."""
    return fetch_page(
        db.session,
        sa.select(CommentImport).where(CommentImport.round_id == round_.id),
        [CommentImport.id],
        lambda row: [row.id],
        after=after,
        before=before,
        descending=True,
    )


def get_import(round_: Round, key: str) -> CommentImport:
    """One import of a round.

    Raises:
        NotFound: none such in this round.
    """
    found = db.session.scalar(
        sa.select(CommentImport).where(CommentImport.round_id == round_.id, CommentImport.key == key)
    )
    if found is None:
        raise NotFound
    return found


def kept_bytes(key: str, content: bytes) -> bytes:
    """A file as it is kept while its import is a draft."""
    return f"{MARK}{key}\n".encode() + content


def kept_table(import_: CommentImport) -> Table:
    """The table of a draft, read as its choices say.

    Raises:
        NotFound: the file has been forgotten.
        BadInput: it cannot be read that way.
    """
    return read_kept(import_, sheet=import_.sheet, encoding=import_.encoding, header=import_.header)


def read_kept(import_: CommentImport, *, sheet: str | None, encoding: str | None, header: int | None) -> Table:
    """The table of a draft, read in a certain way.

    Raises:
        NotFound: the file has been forgotten.
        BadInput: it cannot be read that way.
    """
    if import_.kept_digest is None or not import_.is_draft:
        raise NotFound
    content = file_store().get(import_.kept_digest).partition(b"\n")[2]
    return read_table(content, sheet=sheet, encoding=encoding, header=header)


def find_mapping(host_id: int, headings: Sequence[str]) -> dict[Column, int] | None:
    """The columns as this host decided them the last time for a table with these headings."""
    row = db.session.scalar(
        sa.select(ColumnMapping).where(
            ColumnMapping.host_id == host_id, ColumnMapping.headings == headings_digest(headings)
        )
    )
    return stored_columns(row.columns) if row is not None else None


def proposed_columns(host_id: int, headings: Sequence[str]) -> dict[Column, int]:
    """The columns that are proposed for a table: as remembered, else by its headings."""
    found = find_mapping(host_id, headings)
    return recognise(headings) if found is None else {c: p for c, p in found.items() if p < len(headings)}


def stored_columns(stored: Mapping[str, Any]) -> dict[Column, int]:
    """Columns as they were stored."""
    return {Column(name): int(place) for name, place in stored.items() if name in set(Column)}


def languages_of(round_: Round) -> list[str]:
    """The languages that a row may name in words: those of its consultation."""
    consultation = round_.consultation
    return list(dict.fromkeys([consultation.authentic_language, *consultation.languages]))


def choices_of(import_: CommentImport) -> Choices:
    """What a person has said of a table so far."""
    return Choices(
        columns=stored_columns(import_.columns),
        speaker=import_.speaker,
        capacity=import_.capacity or Capacity.ORGANISATION,
        setting=import_.setting or PublicationSetting.NAMED,
        language=import_.language or import_.round.consultation.authentic_language,
        languages=languages_of(import_.round),
        places=import_.places,
        capacities=import_.capacities,
    )


def sealed(words: str) -> str:
    """A digest of what was imported, keyed with the instance's secret: nobody else can try words against it."""
    return keyed_digest(f"intake\n{words}", settings().secret_key.get_secret_value())


def find_said_before(import_: CommentImport) -> CommentImport | None:
    """The newest import of this host of a table with the same headings, first of the same round: what it chose."""
    return db.session.scalar(
        sa.select(CommentImport)
        .join(CommentImport.round)
        .join(Round.consultation)
        .where(
            Consultation.host_id == import_.host_id,
            CommentImport.headings == import_.headings,
            CommentImport.status == ImportStatus.IMPORTED,
        )
        .order_by(CommentImport.round_id != import_.round_id, CommentImport.imported_at.desc(), CommentImport.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    Args:
        table: as it was read.
        readings: its rows, each with its fate.
        index: the draft that they point at.
    """

    table: Table
    readings: Sequence[Reading]
    index: DraftIndex

    def count(self, fate: Fate) -> int:
        """How many rows have that fate."""
        return sum(reading.fate is fate for reading in self.readings)

    @property
    def groups(self) -> dict[str, int]:
        """How many rows there are of each kind of place, and with only a proposed change."""
        return groups_of(self.readings)


def preview_of(round_: Round, table: Table, choices: Choices) -> Preview:
    """What would become of every row of a table in a round."""
    version = find_version(round_)
    index = DraftIndex(list_paragraphs(version) if version is not None else [])
    readings = interpret(table, index, choices, lambda words: sealed(f"{round_.id}\n{words}"))
    known = known_digests(round_, [digest for reading in readings for digest in reading.digests])
    for reading in readings:
        if not known.isdisjoint(reading.digests):
            reading.fate = Fate.KNOWN
            reading.troubles.clear()
    return Preview(table, readings, index)


def known_digests(round_: Round, digests: Sequence[str]) -> set[str]:
    """Which of these rows were taken before."""
    found: set[str] = set()
    for start in range(0, len(digests), 1000):
        part = digests[start : start + 1000]
        found |= {
            digest
            for digest in db.session.scalars(
                sa.select(ImportedRow.digest).where(ImportedRow.round_id == round_.id, ImportedRow.digest.in_(part))
            )
            if digest is not None
        }
    return found


@dataclass(frozen=True)
class RowFilter:
    """Which rows of a preview are shown; empty values narrow nothing."""

    fate: Fate | None = None
    place: PlaceKind | None = None
    remark: Remark | None = None
    words: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> RowFilter:
        """What an address asks for; what it cannot mean narrows nothing."""
        fate, place, remark = values.get("fate", ""), values.get("place", ""), values.get("remark", "")
        return cls(
            Fate(fate) if fate in set(Fate) else None,
            PlaceKind(place) if place in set(PlaceKind) else None,
            Remark(remark) if remark in set(Remark) else None,
            search_words(values.get("words")),
        )

    def fits(self, reading: Reading) -> bool:
        """Whether a row is shown."""
        if self.fate is not None and reading.fate is not self.fate:
            return False
        if self.place is not None and reading.placement.kind is not self.place:
            return False
        if self.remark is not None and self.remark not in reading.remarks:
            return False
        words = f"{reading.number} {reading.author} {reading.as_written} {reading.text} {reading.proposed}".casefold()
        return all(word in words for word in self.words.casefold().split())


def page_of_readings(readings: Sequence[Reading], *, after: str | None, before: str | None) -> Page[Reading]:
    """One page of the rows of a preview, by their numbers."""
    return _page_by_number(readings, after, before)


def page_of_refused(import_: CommentImport, *, after: str | None, before: str | None) -> Page[RefusedRow]:
    """One page of the rows that an import did not take, as far as they are still kept."""
    return _page_by_number(refused_rows(import_), after, before)


def _page_by_number(rows: Sequence[Any], after: str | None, before: str | None) -> Page[Any]:
    start = next((i for i, row in enumerate(rows) if row.number > _number(after)), len(rows)) if after else 0
    if before and not after:
        end = next((i for i, row in enumerate(rows) if row.number >= _number(before)), len(rows))
        start = max(0, end - PAGE_SIZE)
    else:
        end = min(len(rows), start + PAGE_SIZE)
    items = rows[start:end]
    if not items:
        return Page([], None, None)
    return Page(
        items,
        encode_key([items[-1].number]) if end < len(rows) else None,
        encode_key([items[0].number]) if start > 0 else None,
    )


def _number(key: str) -> int:
    return int(decode_key(key, [sa.Integer()])[0])


def stored_refused(preview: Preview) -> dict[str, Any] | None:
    """The rows that are not taken, as they are kept with an import."""
    rows = [
        {
            "row": row.number,
            "cells": row.cells,
            "why": [[one.problem.value, one.cell, one.detail] for one in row.troubles],
        }
        for row in refused_in(preview)
    ]
    return {"headings": list(preview.table.headings), "rows": rows} if rows else None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken.

    Args:
        number: of the row in its file.
        cells: as they stood there.
        troubles: why.
    """

    number: int
    cells: Sequence[str]
    troubles: Sequence[Trouble]


def refused_rows(import_: CommentImport) -> list[RefusedRow]:
    """The rows that an import did not take, as far as they are still kept."""
    stored = import_.refused or {}
    return [
        RefusedRow(row["row"], row["cells"], [Trouble(Problem(why[0]), why[1], why[2]) for why in row["why"]])
        for row in stored.get("rows", [])
    ]


def refused_in(preview: Preview) -> list[RefusedRow]:
    """The rows that an import would not take."""
    return [
        RefusedRow(reading.number, [cell.text for cell in reading.row.cells], reading.troubles)
        for reading in preview.readings
        if reading.fate is Fate.REFUSED
    ]


def refused_headings(import_: CommentImport) -> list[str]:
    """The headings of the table that those rows stood in."""
    return list((import_.refused or {}).get("headings", []))


def page_of_taken(import_: CommentImport, *, after: str | None, before: str | None) -> Page[ImportedRow]:
    """The rows that an import took, by their numbers."""
    return fetch_page(
        db.session,
        sa.select(ImportedRow).where(ImportedRow.import_id == import_.id),
        [ImportedRow.row_number, ImportedRow.id],
        lambda row: [row.row_number, row.id],
        after=after,
        before=before,
    )


def points_of_rows(rows: Collection[ImportedRow]) -> dict[int, Comment]:
    """The points that rows became, by key of the point; one query."""
    found = db.session.scalars(
        sa.select(Comment)
        .options(joinedload(Comment.paragraph))
        .where(Comment.id.in_([row.comment_id for row in rows]))
        .order_by(Comment.id)
    ).unique()
    return {comment.id: comment for comment in found}


def shown_headings(table: Table) -> list[tuple[int, str, Sequence[Cell]]]:
    """The columns of a table that a person may choose from: place, heading, and what stands in the first rows."""
    return [
        (place, heading, [row.cell(place) for row in table.rows[:200] if not row.cell(place).is_empty][:3])
        for place, heading in enumerate(table.headings)
        if not is_ours(heading) and (heading or any(not row.cell(place).is_empty for row in table.rows[:200]))
    ]
