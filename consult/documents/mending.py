"""What a manager does to the blocks of a text that is being looked at: parting, joining, numbering anew; pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from consult.core.errors import BadInput
from consult.core.hidden import is_blank
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.core.scripts import is_unspaced
from consult.core.text import check_line, check_text
from consult.documents.enums import BlockKind
from consult.documents.importing import BLOCK_MAX

NUMBER_MAX = 40
LEVELS = range(1, 7)
PROSE = frozenset({BlockKind.TEXT, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.NOTE, BlockKind.HEADING})
"""Kinds whose words can be joined with one another's."""
_EMPTY_LINE = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_ROMANS = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"]


@dataclass(frozen=True)
class Shape:
    """A block as it would be kept.

    Args:
        kind: heading, paragraph, list item and so on.
        level: 1 to 6 for headings, else 0.
        number: of a heading; the marker of a list item.
        text: Markdown.
        figure_id: key of its picture.
        first_piece: position of the first piece of the source that it comes from.
        last_piece: of the last one.
        id: key of its row; None before it has one.
    """

    kind: BlockKind
    level: int
    number: str
    text: str
    figure_id: int | None = None
    first_piece: int | None = None
    last_piece: int | None = None
    id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For keeping it until the act is taken back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Shape:
        """The same from what was kept."""
        return cls(**(value | {"kind": BlockKind(value["kind"])}))

    @property
    def seen(self) -> str:
        """A digest of what somebody looks at: whether two people changed the same block is told by it."""
        words = f"{self.kind.value}|{self.level}|{self.number}|{self.text}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]


def edited(block: Shape, *, kind: BlockKind, level: int, number: str, text: str) -> Shape:
    """A block with what somebody typed.

    Raises:
        BadInput: no words, too many, a heading of several lines, or a table that is none; by field.
    """
    if kind is BlockKind.FIGURE and block.figure_id is None and block.kind is not BlockKind.FIGURE:
        raise BadInput(_("Only what the file held as a picture can be a figure."), "kind")
    is_heading = kind is BlockKind.HEADING
    limit = BLOCK_MAX
    words = check_text(text, limit=limit, field="text")
    if is_heading and "\n" in words:
        raise BadInput(_("A heading stands on one line. Part it, or make it a paragraph."), "text")
    if is_blank(words) and not (kind is BlockKind.FIGURE and block.figure_id is not None):
        raise BadInput(_("There are no words here. Delete the block if it is not wanted."), "text")
    if kind is BlockKind.TABLE and not _is_table(words):
        raise BadInput(
            _("These words are no table: each row stands on a line of its own, its cells between | and |."), "text"
        )
    return replace(
        block,
        kind=kind,
        level=max(1, min(level, LEVELS[-1])) if is_heading else 0,
        number=check_line(number, limit=NUMBER_MAX, field="number"),
        text=words,
        figure_id=block.figure_id if kind is BlockKind.FIGURE else None,
    )


def _is_table(text: str) -> bool:
    lines = text.split("\n")
    return len(lines) > 1 and all("|" in line for line in lines)


def part(block: Shape, text: str) -> list[Shape]:
    """A block parted where an empty line stands in these words; the first part goes on as the block.

    A heading is followed by paragraphs, an item by items of the same kind of list.

    Raises:
        BadInput: a picture or a table; no empty line; a part that is too long.
    """
    words = check_text(text, limit=2 * BLOCK_MAX, field="text")
    parts = [piece.strip("\n") for piece in _EMPTY_LINE.split(words.strip()) if not is_blank(piece)]
    if block.kind is BlockKind.FIGURE:
        raise BadInput(_("A figure cannot be parted. Insert a paragraph behind it instead."), "text")
    if len(parts) < 2:
        raise BadInput(_("Leave an empty line where it is to be parted."), "text")
    if block.kind is BlockKind.TABLE and not all(_is_table(piece) for piece in parts):
        raise BadInput(_("Each part of a table needs its own heading row, with a row of dashes below it."), "text")
    shapes = [replace(block, text=parts[0])]
    for piece in parts[1:]:
        kind = BlockKind.TEXT if block.kind is BlockKind.HEADING else block.kind
        number = following_marker(shapes[-1].number) if kind is BlockKind.ITEM else ""
        shapes.append(replace(block, kind=kind, level=0, number=number, text=piece, id=None, figure_id=None))
    for shape in shapes:
        edited(shape, kind=shape.kind, level=shape.level, number=shape.number, text=shape.text)
    return shapes


def merge(one: Shape, other: Shape) -> Shape:
    """Two neighbours as one block, which is the first.

    Raises:
        BadInput: they cannot be one: a table and a paragraph, two pictures, or too many words.
    """
    if other.kind in PROSE and (one.kind in PROSE or one.kind is BlockKind.FIGURE):
        text = joined(one.text, other.text)
    elif one.kind is other.kind is BlockKind.CODE:
        text = f"{one.text}\n{other.text}"
    elif one.kind is other.kind is BlockKind.TABLE:
        text = _rows_together(one.text, other.text)
    else:
        raise BadInput(
            _(
                "%(one)s and %(other)s cannot become one. Change the kind of one of them first.",
                one=one.kind.label,
                other=other.kind.label,
            )
        )
    if len(text) > BLOCK_MAX:
        raise BadInput(_("Together they would have more than %(number)s characters.", number=format_number(BLOCK_MAX)))
    places = [piece for piece in (one.first_piece, other.first_piece) if piece is not None]
    ends = [piece for piece in (one.last_piece, other.last_piece) if piece is not None]
    return replace(one, text=text, first_piece=min(places, default=None), last_piece=max(ends, default=None))


def joined(before: str, after: str) -> str:
    """Words that were cut, together again; a hyphen at the end of a line stays, as nobody knows whose it is."""
    if not before or not after:
        return before or after
    is_close = is_unspaced(before[-1]) and is_unspaced(after[0])
    return f"{before}{after}" if is_close else f"{before} {after}"


def _rows_together(one: str, other: str) -> str:
    rows = other.split("\n")
    has_head = len(rows) > 1 and re.fullmatch(r"[|\s:-]+", rows[1]) is not None
    if one.split("\n")[0].count("|") != rows[0].count("|"):
        raise BadInput(_("These tables have different numbers of columns."))
    kept = [rows[0], *rows[2:]] if has_head else rows
    if has_head and rows[0].strip() == one.split("\n")[0].strip():
        kept = rows[2:]  # the head is repeated on each page of the file
    return "\n".join([one, *kept])


def following_marker(marker: str) -> str:
    """The marker of the next item of a list: 3. after 2., – after –."""
    found = re.fullmatch(r"(\d{1,8})(\D*)", marker)
    return f"{int(found[1]) + 1}{found[2]}" if found else marker


def next_number(number: str) -> str:
    """The number after this one on the same level: 3.3 after 3.2, B after A, II after I.

    Raises:
        BadInput: nothing that can be counted on from.
    """
    head, dot, last = number.rpartition(".")
    if last.isascii() and last.isdigit():
        return f"{head}{dot}{int(last) + 1}"
    if last in _ROMANS[1:-1] and last not in {"C", "D"}:
        return f"{head}{dot}{_ROMANS[_ROMANS.index(last) + 1]}"
    if len(last) == 1 and "A" <= last < "Z":
        return f"{head}{dot}{chr(ord(last) + 1)}"
    raise BadInput(_("Write a number that can be counted on from, such as 3, 3.2, A or II."), "number")


def renumber(headings: Sequence[tuple[int, str]], start: str, *, unnumbered: bool = False) -> list[str]:
    """New numbers for a run of headings, of which the first gets ``start``.

    Args:
        headings: (level, number) of the first heading and those after it; the run ends before the first one of a
            higher rank than it.
        start: the number of the first.
        unnumbered: whether headings that have no number get one too.

    Returns:
        One number for each heading of the run; shorter than ``headings`` where it ends before.

    Raises:
        BadInput: ``start`` cannot be counted on from.
    """
    next_number(start)
    top = headings[0][0]
    current: list[tuple[int, str]] = [(top, start)]
    numbers = [start]
    for level, number in headings[1:]:
        if level < top:
            break
        if not number and not unnumbered:
            numbers.append("")
            continue
        passed = ""
        while len(current) > 1 and current[-1][0] > level:
            passed = current.pop()[1]
        if current[-1][0] == level:
            current[-1] = (level, next_number(current[-1][1]))
        else:  # where a level was left out, what comes back to it goes on from what stood there
            current.append((level, next_number(passed) if passed else f"{current[-1][1]}.1"))
        numbers.append(current[-1][1])
    return numbers
