"""What every format becomes: blocks, what stood in the file, what was lost, and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from consult.documents.enums import BlockKind, SourceFormat
from consult.files.kinds import Kind

PLACES_MOST = 12
"""Places that are named of each finding; its count tells of the others."""


class FindingCode(StrEnum):
    """What was left out, or understood with a loss; in the order in which people are told of it."""

    TRACKED_INSERTIONS = "tracked_insertions"
    TRACKED_DELETIONS = "tracked_deletions"
    TRACKED_MOVES = "tracked_moves"
    TRACKED_FORMATTING = "tracked_formatting"
    COMMENTS = "comments"
    HIDDEN_TEXT = "hidden_text"
    HEADERS_FOOTERS = "headers_footers"
    TITLE = "title"
    CONTENTS_LIST = "contents_list"
    NOTES_APART = "notes_apart"
    NOTES_MISSING = "notes_missing"
    TEXT_BOXES = "text_boxes"
    TABLE_MERGED = "table_merged"
    TABLE_NESTED = "table_nested"
    TABLE_LINES = "table_lines"
    TABLE_LAYOUT = "table_layout"
    TABLE_HEADINGS = "table_headings"
    TABLE_LONG = "table_long"
    PICTURE_KIND = "picture_kind"
    PICTURE_OUTSIDE = "picture_outside"
    PICTURE_WORDLESS = "picture_wordless"
    PICTURE_IN_TABLE = "picture_in_table"
    DRAWINGS = "drawings"
    EMBEDDED = "embedded"
    OUTSIDE = "outside"
    FOREIGN_CHUNKS = "foreign_chunks"
    FIELDS_OUTSIDE = "fields_outside"
    EQUATIONS = "equations"
    SYMBOLS = "symbols"
    NUMBER_FORMAT = "number_format"
    UNDERLINES = "underlines"
    HIGHLIGHTS = "highlights"
    COLOURS = "colours"
    CAPITALS = "capitals"
    EMPHASIS = "emphasis"
    LINKS_DROPPED = "links_dropped"
    LINKS_INSIDE = "links_inside"
    CHARACTERS = "characters"
    ACTIVE = "active"
    FORMS = "forms"
    FRAMES = "frames"
    RAW_HTML = "raw_html"
    REMARKS = "remarks"
    FRONT_MATTER = "front_matter"
    OTHER_LANGUAGE = "other_language"
    CHARSET_GUESSED = "charset_guessed"
    PDF_TEXT = "pdf_text"
    PDF_RUNNING = "pdf_running"
    PDF_LINE_NUMBERS = "pdf_line_numbers"
    PDF_HYPHENS = "pdf_hyphens"
    PDF_EMPTY_PAGES = "pdf_empty_pages"


class UnreadableCode(StrEnum):
    """Why a file cannot become a draft."""

    EMPTY = "empty"
    NO_TEXT = "no_text"
    UNKNOWN = "unknown"
    OLD_WORD = "old_word"
    RTF = "rtf"
    OPEN_DOCUMENT = "open_document"
    OTHER_OFFICE = "other_office"
    STRICT = "strict"
    MACROS = "macros"
    ENCRYPTED = "encrypted"
    BOMB = "bomb"
    DAMAGED = "damaged"
    TOO_DEEP = "too_deep"
    TOO_HARD = "too_hard"
    TOO_LONG = "too_long"
    TOO_MANY_BLOCKS = "too_many_blocks"
    BLOCK_TOO_LONG = "block_too_long"
    TABLE_TOO_LARGE = "table_too_large"
    CHARACTERS = "characters"
    CHARSET = "charset"
    SCANNED = "scanned"


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
