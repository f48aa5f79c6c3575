"""What every format becomes: blocks, what stood in the file, what was lost, and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing.findings import FindingCode, UnreadableCode
from consult.files.kinds import Kind

PLACES_MOST = 12
"""Places that are named of each finding; its count tells of the others."""


class Unreadable(Exception):
    """A file that cannot become a draft.

    Args:
        code: why; its sentence, which says what to do, is in `findings.unreadable_sentence`.
    """

    def __init__(self, code: UnreadableCode) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True)
class Piece:
    """What stood in the file at one place, as plain text.

    Args:
        label: what the file calls it: the name of a style in DOCX, of an element in HTML, the number of the first line
            in Markdown, of the page in PDF.
        text: its words, never markup.
    """

    label: str
    text: str


@dataclass(frozen=True)
class ReadBlock:
    """One block as it was understood.

    Args:
        kind: heading, paragraph, list item, table, footnote, figure and so on.
        level: 1 to 6 for headings, else 0.
        number: a heading's own number, a list item's marker, a footnote's mark; may be empty.
        text: Markdown, without the number or marker; of a figure its caption, else its description.
        first_piece: index of the first of the pieces that it comes from, from 0; None where there is none.
        last_piece: of the last one.
        figure: index into the figures; None for what is no figure, or whose picture could not be taken.
    """

    kind: BlockKind
    level: int
    number: str
    text: str
    first_piece: int | None = None
    last_piece: int | None = None
    figure: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something that was left out, or understood with a loss.

    Args:
        code: which; its sentence is in `findings.sentence_of`.
        count: how often.
        places: indices of a few of the pieces where it was, from 0.
        details: a few of the words that it was about (of a tracked change, of a link), or names (of a font); plain.
    """

    code: FindingCode
    count: int
    places: Sequence[int] = ()
    details: Sequence[str] = ()


@dataclass(frozen=True)
class ReadFigure:
    """A picture, drawn anew.

    Args:
        content: its bytes.
        kind: PNG or JPEG.
        width: in pixels.
        height: in pixels.
    """

    content: bytes
    kind: Kind
    width: int
    height: int


@dataclass(frozen=True)
class ReadText:
    """What a file became."""

    format: SourceFormat
    blocks: list[ReadBlock] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    figures: list[ReadFigure] = field(default_factory=list)
