"""Where rows point: every way in which people write a place, and when a person is asked."""

from __future__ import annotations

from datetime import date

import pytest

from consult.documents.importing import read_markdown
from consult.documents.models import Paragraph
from consult.intake.cells import Cell, CellKind
from consult.intake.enums import PlaceKind
from consult.intake.places import DraftIndex, numbers_in_date, place_of, refined

SOURCE = """
# 1 Introduction

1.9 A heading that the file does not mark as one

## 1.1 Overview

# 2 General

# 3 Benefit sharing

## 3.1 Scope

- a. the first
- b. the second

## 3.2 Shares

1. One thing.
2. Another thing altogether.

### 3.2.1 Who gets them

### 3.2.2 When

## 3.4 Audit

## 3.10 Appeals

# 4 Closing

## 4.3 Rehabilitation

## 4.5 Profiles

# Annex A Forms

# 6 Scope
"""


@pytest.fixture(scope="module")
def index() -> DraftIndex:
    return DraftIndex(
        Paragraph(eid=b.eid, position=place, kind=b.kind, level=b.level, number=b.number, text=b.text)
        for place, b in enumerate(read_markdown(SOURCE), start=1)
    )


K = PlaceKind


@pytest.mark.parametrize(
    ("written", "kind", "eid"),
    [
        ("3.2", K.EXACT, "sec_3-2"),
        ("Shares", K.EXACT, "sec_3-2"),
        ("3.2 Shares", K.EXACT, "sec_3-2"),
        ("  3.2. ", K.NORMALISED, "sec_3-2"),
        ("SHARES.", K.NORMALISED, "sec_3-2"),
        ("Section 3.2", K.NORMALISED, "sec_3-2"),
        ("§ 3.2", K.NORMALISED, "sec_3-2"),
        ("Sec. 3.2:", K.NORMALISED, "sec_3-2"),
        ("٣.٢", K.NORMALISED, "sec_3-2"),
        ("3.2 - Shares", K.NORMALISED, "sec_3-2"),
        ("Annex A", K.NORMALISED, "annex_A"),
        ("sec_3-2", K.EXACT, "sec_3-2"),
        ("3.2, 3.4", K.SEVERAL, "sec_3"),
        ("3.2 and 3.4", K.SEVERAL, "sec_3"),
        ("3.2–3.4", K.SEVERAL, "sec_3"),
        ("Section 3 to 4", K.SEVERAL, "sec_3"),
        ("3.2.1; 4.3", K.SEVERAL, "sec_3-2-1"),
        ("3.2, 3.2.1", K.SEVERAL, "sec_3-2"),
        ("3.2 and subsections", K.SEVERAL, "sec_3-2"),
        ("3.2 ff.", K.SEVERAL, "sec_3-2"),
        ("3.2 (numbered bullet 2)", K.ITEM, "sec_3-2__para_2"),
        ("3.2 #2", K.ITEM, "sec_3-2__para_2"),
        ("3.1.b", K.ITEM, "sec_3-1__para_2"),
        ("3.2 ¶ 1", K.ITEM, "sec_3-2__para_1"),
        ("Clause 3.2 § 2", K.ITEM, "sec_3-2__para_2"),
        ("Another thing altogether", K.UNCLEAR, None),
        ("2. Another thing altogether", K.ITEM, "sec_3-2__para_2"),
        ("1.9", K.ITEM, "sec_1__para_1"),
        ("3.2, tables", K.REMARK, "sec_3-2"),
        ("3.2 #9", K.REMARK, "sec_3-2"),
        ("General comment", K.GENERAL, None),
        ("N/A", K.GENERAL, None),
        ("whole document", K.GENERAL, None),
        ("-", K.GENERAL, None),
        ("", K.NOTHING, None),
        ("General", K.UNCLEAR, None),
        ("Scope", K.UNCLEAR, None),
        ("3.9", K.UNCLEAR, None),
        ("3.2, 3.9", K.UNCLEAR, None),
        ("8.1, 8l2", K.UNCLEAR, None),
        ("Clause 3.2, paragraph 7", K.REMARK, "sec_3-2"),
        ("5-Apr", K.DATE, "sec_4-5"),
        ("2026-04-05", K.DATE, "sec_4-5"),
        ("3-Apr", K.UNCLEAR, None),
        ("04/03/2026", K.UNCLEAR, None),
    ],
)
def test_words(index: DraftIndex, written: str, kind: PlaceKind, eid: str | None) -> None:
    found = place_of(index, Cell(written))
    assert (found.kind, found.block.eid if found.block else None) == (kind, eid)


def suggested(index: DraftIndex, cell: Cell) -> list[str]:
    return [block.eid for block in place_of(index, cell).suggestions]


def test_a_date_that_was_a_section_is_taken_when_one_fits_and_asked_when_two_do(index: DraftIndex) -> None:
    def dated(month: int, day: int) -> Cell:
        return Cell(f"2026-{month:02}-{day:02}", CellKind.DATE, date(2026, month, day))

    assert place_of(index, dated(4, 5)).block is index.by_eid["sec_4-5"]
    assert suggested(index, dated(4, 3)) == ["sec_3-4", "sec_4-3"]


def test_a_number_that_may_have_lost_its_zero_is_asked_about(index: DraftIndex) -> None:
    assert suggested(index, Cell("3.1", CellKind.NUMBER, is_rounded=True)) == ["sec_3-1", "sec_3-10"]
    assert place_of(index, Cell("3.1", CellKind.NUMBER)).block is index.by_eid["sec_3-1"]
    assert place_of(index, Cell("3.2", CellKind.NUMBER, is_rounded=True)).kind is PlaceKind.EXACT
    assert place_of(index, Cell("3.0", CellKind.NUMBER)).block is index.by_eid["sec_3"]


def test_what_a_person_may_have_meant_is_offered(index: DraftIndex) -> None:
    assert suggested(index, Cell("3.9.4")) == ["sec_3"]
    assert suggested(index, Cell("General")) == ["sec_2"]
    assert suggested(index, Cell("profile of it")) == []
    assert suggested(index, Cell("Profil")) == ["sec_4-5"]


@pytest.mark.parametrize(
    ("written", "eid"),
    [("¶ 1", "sec_3-2__para_1"), ("Para. 2", "sec_3-2__para_2"), ("2", "sec_3-2__para_2"), ("الفقرة ٢", "sec_3-2__para_2"),
     ("9", "sec_3-2"), ("Table 1", "sec_3-2"), ("", "sec_3-2")],
)  # fmt: skip
def test_a_column_of_paragraphs_says_which_of_a_heading(index: DraftIndex, written: str, eid: str) -> None:
    found = refined(index, place_of(index, Cell("3.2")), Cell(written)).block
    assert (found.eid if found else None) == eid


def test_a_date_that_no_section_explains_says_what_it_may_have_been() -> None:
    assert numbers_in_date("2025-03-05")[:2] == ["5.3", "3.5"]
    assert numbers_in_date("Profiles") == []
