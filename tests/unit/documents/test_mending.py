"""Parting, joining and numbering anew, as lists."""

from __future__ import annotations

import pytest

from consult.core.errors import BadInput
from consult.documents.enums import BlockKind
from consult.documents.mending import Shape, following_marker, joined, merge, next_number, part, renumber


def text(words: str, kind: BlockKind = BlockKind.TEXT, **more: object) -> Shape:
    return Shape(kind, 0, "", words, **more)  # type: ignore[arg-type]


def test_parted_where_empty_lines_are() -> None:
    block = Shape(BlockKind.ITEM, 0, "2.", "x", first_piece=3, last_piece=3, id=9)
    parts = part(block, "One\r\n\r\n  \nTwo\nstill two\n\nThree")
    assert [(p.number, p.text, p.id) for p in parts] == [
        ("2.", "One", 9), ("3.", "Two\nstill two", None), ("4.", "Three", None),
    ]  # fmt: skip
    assert {(p.first_piece, p.last_piece) for p in parts} == {(3, 3)}
    heading = part(Shape(BlockKind.HEADING, 2, "1.1", "x"), "Scope\n\nWords that stood behind it.")
    assert [(p.kind, p.level, p.number) for p in heading] == [(BlockKind.HEADING, 2, "1.1"), (BlockKind.TEXT, 0, "")]


@pytest.mark.parametrize(
    "block", [text("a\n\nb", BlockKind.FIGURE), text("a"), text("| a |\n| - |\n\nb", BlockKind.TABLE)]
)
def test_what_cannot_be_parted_is_refused(block: Shape) -> None:
    with pytest.raises(BadInput):
        part(block, block.text)


def test_joined_as_the_script_wants_it() -> None:
    assert joined("cut in", "two") == "cut in two"
    assert joined("ဆက်", "သွယ်") == "ဆက်သွယ်"
    assert joined("中文", "中文") == "中文中文"
    assert joined("", "alone") == "alone"


def test_joined_blocks_come_from_both_places() -> None:
    made = merge(text("a", first_piece=4, last_piece=4, id=1), text("b", first_piece=2, last_piece=3, id=2))
    assert (made.text, made.first_piece, made.last_piece, made.id) == ("a b", 2, 4, 1)


def test_tables_over_pages_are_one_table_again() -> None:
    one = text("| A | B |\n| - | - |\n| 1 | 2 |", BlockKind.TABLE)
    other = text("| A | B |\n| - | - |\n| 3 | 4 |", BlockKind.TABLE)
    assert merge(one, other).text == "| A | B |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |"
    with pytest.raises(BadInput):
        merge(one, text("| A |\n| - |\n| 3 |", BlockKind.TABLE))
    with pytest.raises(BadInput):
        merge(one, text("words"))
    with pytest.raises(BadInput):
        merge(text("x" * 15_000), text("y" * 15_000))


def test_numbers_go_on() -> None:
    assert [next_number(n) for n in ("3", "3.9", "A", "A.1", "II", "V")] == ["4", "3.10", "B", "A.2", "III", "VI"]
    assert following_marker("9)") == "10)"
    for wrong in ("", "Annex", "3.x"):
        with pytest.raises(BadInput):
            next_number(wrong)


def test_a_run_of_headings_is_numbered_up_to_the_next_of_a_higher_level() -> None:
    headings = [(2, "1.1"), (3, "1.1.1"), (3, ""), (3, "9"), (2, "7"), (2, ""), (1, "2"), (2, "2.1")]
    assert renumber(headings, "4.1") == ["4.1", "4.1.1", "", "4.1.2", "4.2", ""]
    assert renumber(headings, "4.1", unnumbered=True) == ["4.1", "4.1.1", "4.1.2", "4.1.3", "4.2", "4.3"]
    assert renumber([(1, ""), (3, "x"), (2, "y"), (1, "z")], "A") == ["A", "A.1", "A.2", "B"]
