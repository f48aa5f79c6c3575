"""A comparison as a page shows it: its lines, page by page, each with what it is tied to and where the next one is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from consult.core.markdown import to_html, to_inline_html
from consult.documents.comparing.texts import Row, What, counted
from consult.documents.comparing.words import Change, Piece
from consult.documents.enums import BlockKind, Continuation
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.negotiated import mark_negotiated
from consult.documents.queries import paragraph_texts, text_of
from consult.documents.queries.comparisons import Called, Compared, paragraphs_of

# So many rows are on a page, and more up to where a section begins.
ROWS, MOST_ROWS = 100, 160
# So many are shown on one page at most, for printing.
WHOLE = 3_000
_CALM = {What.UNCHANGED, What.LEFT}


@dataclass(frozen=True)
class Line:
    """A row of a comparison, drawn.

    Args:
        row: what it is.
        index: its place among all rows, by which others point to it.
        change: which change it is, from 1; 0 where nothing changed.
        before: the blocks of the older version.
        after: the blocks of the newer one.
        html: its text where nothing in it changed.
        other: the block at the other end of a move, or of a split; its address in ``other_href``.
        other_href: empty where there is none.
        next_href: the next change; empty behind the last one.
    """

    row: Row
    index: int
    change: int
    before: Sequence[Called]
    after: Sequence[Called]
    html: Markup
    other: Called | None
    other_href: str
    next_href: str

    @property
    def is_heading(self) -> bool:
        """Whether it begins a section, in either version."""
        return any(block.is_heading for block in (*self.after, *self.before))

    @property
    def label(self) -> str:
        """What became of it, in a word."""
        return "" if self.row.what in _CALM else Continuation(self.row.what.value).label

    @property
    def older(self) -> list[Piece]:
        """The older words, with what was removed of them."""
        return _without(Change.ADDED, self.row.pieces)

    @property
    def newer(self) -> list[Piece]:
        """The newer words, with what was added to them."""
        return _without(Change.REMOVED, self.row.pieces)

    @property
    def older_cells(self) -> list[list[list[Piece]]]:
        """The rows of the older table in which something changed."""
        changed = [
            cells
            for kind, cells in self.row.table
            if kind is not Change.ADDED and any(piece.kind is not Change.SAME for cell in cells for piece in cell)
        ]
        return [[_without(Change.ADDED, cell) for cell in cells] for cells in changed]

    @property
    def newer_cells(self) -> list[list[list[Piece]]]:
        """The rows of the newer table."""
        kept = [cells for kind, cells in self.row.table if kind is not Change.REMOVED]
        return [[_without(Change.REMOVED, cell) for cell in cells] for cells in kept]


def _without(kind: Change, pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.kind is not kind]


@dataclass(frozen=True)
class Sheet:
    """One page of a comparison."""

    lines: list[Line]
    counts: Counter[What]
    changes: int
    first_href: str
    number: int
    pages: int
    is_guess: bool
    is_long: bool
    """Whether it is too long for one page, for printing too."""


def draw_page(
    compared: Compared,
    versions: tuple[DocumentVersion, DocumentVersion],
    language: str,
    *,
    only_changed: bool,
    number: int | None,
    address: Callable[[int], str],
) -> Sheet:
    """One page of a comparison; at most two queries, for what is shown of the text itself.

    Args:
        compared: what it says.
        versions: the older and the newer one.
        language: of both.
        only_changed: whether rows in which nothing changed are left out.
        number: of the page, from 1; another becomes the nearest. None for everything on one, unless it is too long.
        address: of a page by its number.
    """
    rows = compared.rows
    shown = [place for place, row in enumerate(rows) if not only_changed or row.what is not What.UNCHANGED]
    is_long = len(shown) > WHOLE
    pages = [shown] if number is None and not is_long else _paged(shown, rows, compared)
    number = min(max(number or 1, 1), len(pages))
    page_of = {place: at for at, page in enumerate(pages, 1) for place in page}
    changes = [place for place in shown if rows[place].what not in _CALM]
    order = {place: at for at, place in enumerate(changes, 1)}
    following = dict(pairwise(changes))

    def href(place: int | None) -> str:
        if place is None or place not in page_of:
            return ""
        return f"{'' if page_of[place] == number else address(page_of[place])}#r{place}"

    here = pages[number - 1]
    texts = _texts(here, rows, versions, language)
    lines = [
        Line(
            rows[place],
            place,
            order.get(place, 0),
            [compared.called[key] for key in rows[place].before],
            [compared.called[key] for key in rows[place].after],
            texts.get((rows[place].after or rows[place].before)[0], Markup()),
            _other(rows, place, compared),
            href(rows[place].other),
            href(following.get(place)),
        )
        for place in here
    ]
    first = href(changes[0]) if changes else ""
    return Sheet(lines, counted(rows), len(changes), first, number, len(pages), compared.is_guess, is_long)


def _paged(shown: Sequence[int], rows: Sequence[Row], compared: Compared) -> list[list[int]]:
    pages: list[list[int]] = [[]]
    for place in shown:
        is_head = any(compared.called[key].is_heading for key in rows[place].after)
        if len(pages[-1]) >= MOST_ROWS or (len(pages[-1]) >= ROWS and is_head):
            pages.append([])
        pages[-1].append(place)
    return pages


def _other(rows: Sequence[Row], place: int, compared: Compared) -> Called | None:
    """What stands at the other end of a move: the old place of what moved, the new one of what left."""
    other = rows[place].other
    if other is None:
        return None
    keys = rows[other].after or rows[other].before
    return compared.called[keys[0]]


def _texts(
    here: Sequence[int], rows: Sequence[Row], versions: tuple[DocumentVersion, DocumentVersion], language: str
) -> dict[int, Markup]:
    """The text of what stands on the page as it is, by key."""
    keys = [rows[place].after[0] for place in here if not rows[place].pieces and rows[place].after]
    found = paragraphs_of(versions[1], keys)
    texts = paragraph_texts([] if language == versions[1].language else found, language)
    drawn = [_drawn(one, text_of(one, texts, versions[1].language).text) for one in found]
    return dict(zip([one.id for one in found], mark_negotiated(drawn).pieces, strict=True))


def _drawn(paragraph: Paragraph, text: str) -> Markup:
    if paragraph.kind is BlockKind.HEADING:
        return escape(f"{paragraph.number} ".lstrip()) + to_inline_html(text)
    html = to_html(text)
    if paragraph.number and html.startswith("<p>"):
        return Markup("<p>{} ").format(paragraph.number) + html[3:]
    return html
