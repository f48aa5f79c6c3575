"""Putting a read text together: blocks with the pieces that they come from, footnotes in their place, what was lost."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from consult.core.errors import BadInput
from consult.core.text import DOCUMENT_MAX, check_text
from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing.blocks import BLOCK_MAX, MAX_BLOCKS, Block, numbered
from consult.documents.importing.composing import Run, compose, plain, shown
from consult.documents.importing.structure import (
    PLACES_MOST,
    Finding,
    FindingCode,
    Piece,
    ReadBlock,
    ReadFigure,
    ReadText,
    Unreadable,
    UnreadableCode,
)
from consult.files.images import TOGETHER_MOST, draw_figure
from consult.files.kinds import Refused

PIECES_MOST = 20_000
PIECE_MAX = 20_000
DETAILS_MOST, DETAIL_MAX = 40, 200
FIGURES_MOST = 400
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass
class _Lost:
    count: int = 0
    places: list[int] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


@dataclass
class Entry:
    """A block as it grows; a caption waits to be joined with its figure."""

    block: ReadBlock
    is_caption: bool = False


class Builder:
    """What a reader fills, piece by piece and block by block.

    Args:
        tell: gets the percent that is done.
    """

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.tell = tell
        self.entries: list[Entry] = []
        self.pieces: list[Piece] = []
        self.figures: list[ReadFigure] = []
        self._notes: list[ReadBlock] = []
        self._lost: dict[FindingCode, _Lost] = {}
        self._drawn: dict[bytes, int | None] = {}
        self._pixels = 0
        self._length = 0

    @property
    def here(self) -> int | None:
        """The last piece, where something is found now."""
        return len(self.pieces) - 1 if self.pieces else None

    def piece(self, label: str, text: str) -> int:
        """Note what stood in the file; gives its index."""
        if len(self.pieces) >= PIECES_MOST:
            raise Unreadable(UnreadableCode.TOO_MANY_BLOCKS)
        bare = _UNSTORABLE.sub("\ufffd", unicodedata.normalize("NFC", text)).strip()
        self.pieces.append(Piece(_UNSTORABLE.sub("", label)[:100], bare[:PIECE_MAX]))
        return len(self.pieces) - 1

    def find(
        self, code: FindingCode, detail: str = "", *, count: int = 1, place: int | None = None, ahead: int = 0
    ) -> None:
        """Note a loss.

        Args:
            code: which.
            detail: words that it is about.
            count: how many.
            place: index of the piece; else the last one.
            ahead: pieces that come before the one that is meant is noted: 1 for the one being read.
        """
        lost = self._lost.setdefault(code, _Lost())
        lost.count += count
        where = place if place is not None else (self.here if not ahead else len(self.pieces) - 1 + ahead)
        if where is not None and len(lost.places) < PLACES_MOST and where not in lost.places:
            lost.places.append(where)
        words = _UNSTORABLE.sub("", " ".join(detail.split()))
        if words and len(lost.details) < DETAILS_MOST:
            lost.details.append(words if len(words) <= DETAIL_MAX else f"{words[: DETAIL_MAX - 1]}…")

    def places(self, code: FindingCode) -> list[int]:
        """Where a loss was noted."""
        return self._lost[code].places if code in self._lost else []

    def words(self, runs: Sequence[Run], *, in_line: bool = False) -> str:
        """Markdown that shows these words, fit to be stored.

        Raises:
            Unreadable: a flood of marks, or too long.
        """
        tidy = [replace(run, text=self._storable(run.text)) for run in runs]
        length = sum(len(run.text) for run in tidy)
        self._length += length
        if self._length > DOCUMENT_MAX:
            raise Unreadable(UnreadableCode.TOO_LONG)
        if length > 2 * BLOCK_MAX:  # white space goes; what stays is looked at with the whole block
            raise Unreadable(UnreadableCode.BLOCK_TOO_LONG)
        made, is_kept = compose(tidy, in_line=in_line)
        if not is_kept:
            self.find(FindingCode.EMPHASIS, place=self.here)
        if made.isascii():
            return made
        checked = checked_text(made)
        if checked != made and shown(checked, in_line=in_line) is None:
            checked = compose([Run(checked_text(plain(tidy)))], in_line=in_line)[0]
        return checked

    def _storable(self, text: str) -> str:
        if text.isascii() and text.isprintable():
            return text
        kept = _UNSTORABLE.sub("", text)
        if kept != text:
            self.find(FindingCode.CHARACTERS, place=self.here)
        return unicodedata.normalize("NFC", kept)

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        number: str = "",
        first: int | None = None,
        last: int | None = None,
        figure: int | None = None,
        is_caption: bool = False,
    ) -> None:
        """Add a block, if there is anything to see in it."""
        if not text.strip() and figure is None:
            return
        if len(text) > BLOCK_MAX:
            raise Unreadable(UnreadableCode.BLOCK_TOO_LONG)
        if kind is BlockKind.HEADING:
            self.put_notes()
        last = first if last is None else last
        self.entries.append(Entry(ReadBlock(kind, level, number[:100], text, first, last, figure), is_caption))
        if len(self.entries) > 2 * MAX_BLOCKS:
            raise Unreadable(UnreadableCode.TOO_MANY_BLOCKS)

    def note(self, mark: str, text: str, first: int | None, last: int | None) -> None:
        """Add a footnote; it stands at the end of its section."""
        if len(text) > BLOCK_MAX:
            raise Unreadable(UnreadableCode.BLOCK_TOO_LONG)
        self._notes.append(ReadBlock(BlockKind.NOTE, 0, mark[:100], text, first, last))

    def put_notes(self) -> None:
        """Place the footnotes that wait."""
        self.entries += [Entry(note) for note in self._notes if note.text.strip()]
        self._notes = []

    def draw(self, content: bytes) -> int | None:
        """Take a picture; gives its index, or None where it is of a kind that is not taken, or damaged."""
        key = hashlib.sha256(content).digest()
        if key not in self._drawn:
            self._drawn[key] = self._draw(content)
        return self._drawn[key]

    def _draw(self, content: bytes) -> int | None:
        if len(self.figures) >= FIGURES_MOST or self._pixels > TOGETHER_MOST:
            return None
        try:
            made, kind, width, height = draw_figure(content)
        except Refused:
            return None
        self._pixels += width * height
        self.figures.append(ReadFigure(made, kind, width, height))
        return len(self.figures) - 1

    def finish(self, source: SourceFormat) -> ReadText:
        """The whole text.

        Raises:
            Unreadable: nothing to read, or too many paragraphs.
        """
        self.put_notes()
        blocks = [_numbered(entry.block) for entry in _with_captions(self.entries)]
        if not blocks:
            raise Unreadable(UnreadableCode.NO_TEXT)
        if len(blocks) > MAX_BLOCKS:
            raise Unreadable(UnreadableCode.TOO_MANY_BLOCKS)
        most = len(self.pieces) - 1
        findings = [
            Finding(code, lost.count, sorted(place for place in lost.places if place <= most), lost.details)
            for code, lost in sorted(self._lost.items(), key=lambda pair: list(FindingCode).index(pair[0]))
        ]
        return ReadText(source, blocks, self.pieces, findings, self.figures)


def checked_text(text: str) -> str:
    """Text that may enter, in canonical form.

    Raises:
        Unreadable: a flood of marks on one letter, or too long.
    """
    try:
        return check_text(text, limit=DOCUMENT_MAX)
    except BadInput as error:
        raise Unreadable(UnreadableCode.CHARACTERS) from error


def _numbered(block: ReadBlock) -> ReadBlock:
    """A heading whose words begin with its number, with the number by itself."""
    if block.kind is not BlockKind.HEADING or block.number:
        return block
    apart = numbered(Block(block.kind, block.level, "", block.text))
    return replace(block, number=apart.number, text=apart.text)


def _with_captions(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, captions joined with the figure before them, or else with the one behind them."""
    result: list[Entry] = []
    for entry in entries:
        before = result[-1] if result else None
        is_free = before is not None and before.block.kind is BlockKind.FIGURE and not before.is_caption
        if entry.is_caption and before is not None and is_free:
            result[-1] = _captioned(before, entry)
        elif (
            entry.block.kind is BlockKind.FIGURE
            and before is not None
            and before.is_caption
            and not (len(result) > 1 and result[-2].block.kind is BlockKind.TABLE)
            and before.block.kind is not BlockKind.FIGURE
        ):
            result[-1] = _captioned(entry, before)
        else:
            result.append(entry)
    return result


def _captioned(figure: Entry, caption: Entry) -> Entry:
    """A figure with its caption, and below that its description where it says something else."""
    words, described = caption.block.text, figure.block.text
    text = words if described.strip() in {"", words.strip()} else f"{words}\n\n{described}"
    known = [p for b in (figure.block, caption.block) for p in (b.first_piece, b.last_piece) if p is not None]
    first, last = (min(known), max(known)) if known else (None, None)
    return Entry(replace(figure.block, text=text, first_piece=first, last_piece=last), is_caption=True)
