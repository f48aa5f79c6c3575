"""Markdown to a sequence of addressable blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.core.markdown import make_parser
from consult.core.text import DOCUMENT_MAX, check_text
from consult.documents.enums import BlockKind
from consult.documents.importing.blocks import (
    MAX_BLOCKS,
    Block,
    assign_eids,
    has_words,
    numbered,
    require_readable,
    require_short,
    without_false_headings,
)
from consult.documents.importing.cleaning import ANCHOR, clean

MAX_LINES = 40_000
_TO_ANCHOR = re.compile(r"\]\(#([\w.:-]{1,80})\)")
_TO_DEFINITION = re.compile(r"(!?)\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{0,200})\])?(?![(\[:])")
_MARKER = re.compile(r"^(\s*(?:[-*+]|\d{1,9}[.)])\s*)")


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    """The parser without its inline part: the words stay Markdown, and hostile ones cost nothing here."""
    return make_parser().disable(["inline", "text_join"])


def read_markdown(source: str) -> list[Block]:
    """The blocks of a Markdown text, each with its eId.

    Raises:
        BadInput: forbidden characters, nothing to read, or too long; the sentence names the place.
    """
    text = check_text(source.removeprefix("\ufeff"), limit=DOCUMENT_MAX, field="file")
    lines = clean(text).split("\n")
    if len(lines) > MAX_LINES:
        raise BadInput(_("This file has more than %(count)s lines. Split it.", count=format_number(MAX_LINES)), "file")
    require_short(line for line in lines)
    named = parse_markdown(text)
    require_readable(named)
    return named


def parse_markdown(source: str) -> list[Block]:
    """The same of a text in canonical form, without looking at what is too long or too much.

    Callers have bounded the length of the text and of its lines.
    """
    text = clean(source)
    lines = text.split("\n")
    definitions: dict[str, Mapping[str, Mapping[str, str]]] = {}
    tokens = _block_parser().parse(text, definitions)
    blocks: list[Block] = []
    for start, end in _top_level(tokens):
        blocks += _blocks_of(tokens[start : end + 1], lines)
        if len(blocks) > 2 * MAX_BLOCKS:
            break
    return _with_anchors(_with_definitions(blocks, definitions.get("references", {})))


def _top_level(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    spans, start = [], 0
    for place, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0:
            start = place
        if token.level == 0 and token.nesting <= 0:
            spans.append((start, place))
    return spans


def _blocks_of(tokens: Sequence[Token], lines: Sequence[str]) -> list[Block]:
    first = tokens[0]
    if first.type == "heading_open":
        return [Block(BlockKind.HEADING, int(first.tag[1]), "", tokens[1].content.strip())]
    if first.type == "paragraph_open":
        return [Block(BlockKind.TEXT, 0, "", tokens[1].content.strip())]
    if first.type in {"bullet_list_open", "ordered_list_open"}:
        return [
            _item(token, lines, first.type) for token in tokens if token.type == "list_item_open" and token.level == 1
        ]
    kind = {
        "table_open": BlockKind.TABLE,
        "blockquote_open": BlockKind.QUOTE,
        "fence": BlockKind.CODE,
        "code_block": BlockKind.CODE,
    }.get(first.type)
    if kind is None or first.map is None:
        return []  # a horizontal rule, or a link definition: nothing that could be commented on
    return [Block(kind, 0, "", "\n".join(lines[first.map[0] : first.map[1]]).strip("\n"))]


def _item(token: Token, lines: Sequence[str], list_type: str) -> Block:
    begin, end = token.map or (0, 0)
    body = list(lines[begin:end])
    found = _MARKER.match(body[0]) if body else None
    indent = len(found[1]) if found else 0
    if body:
        body[0] = body[0][indent:]
        body[1:] = [re.sub(rf"^\s{{0,{indent}}}", "", line) for line in body[1:]]
    number = f"{token.info}{token.markup}" if list_type == "ordered_list_open" else "–"
    return Block(BlockKind.ITEM, 0, number, "\n".join(body).strip())


def _with_definitions(blocks: Sequence[Block], references: Mapping[str, Mapping[str, str]]) -> Iterator[Block]:
    """Links whose address stands elsewhere in the file get it, since each block is shown by itself."""

    def link(found: re.Match[str]) -> str:
        label = " ".join((found[3] or found[2]).split()).casefold().upper()
        reference = references.get(label)
        return f"{found[1]}[{found[2]}](<{reference['href']}>)" if reference else found[0]

    for block in blocks:
        known = references and block.kind is not BlockKind.CODE
        yield replace(block, text=_TO_DEFINITION.sub(link, block.text)) if known else block


def _with_anchors(blocks: Iterator[Block]) -> list[Block]:
    """The blocks with words in them, numbered and addressed; links to anchors in the file lead to blocks."""
    waiting: list[str] = []
    kept: list[Block] = []
    stands_at: dict[str, int] = {}
    for block in blocks:
        waiting += ANCHOR.findall(block.text)
        bare = replace(block, text=ANCHOR.sub("", block.text).strip() if waiting else block.text)
        if not has_words(bare):
            continue
        stands_at.update((name, len(kept)) for name in waiting)
        waiting = []
        kept.append(numbered(bare))
    named = assign_eids(without_false_headings(kept))

    def link(found: re.Match[str]) -> str:
        place = stands_at.get(found[1])
        return f"](#{named[place].eid})" if place is not None else "]()"

    return [
        block if block.kind is BlockKind.CODE else replace(block, text=_TO_ANCHOR.sub(link, block.text))
        for block in named
    ]


def require_same_build(kind: BlockKind, source: str, translation: str, *, place: str) -> None:
    """Refuse a translation that is not built as its source: readers would see its marks instead of a table or a list.

    Each block is shown by itself, so it is parsed by itself, by the parser of imports.

    Args:
        kind: of the block.
        source: its words, as they are stored.
        translation: as it would be stored.
        place: what the block is called, for the error.

    Raises:
        BadInput: other blocks, or a table with other rows or columns; the sentence names the place.
    """
    build = _build_of(kind, source)
    if _build_of(kind, translation) == build:
        return
    if kind is BlockKind.TABLE and len(build) == 1:
        raise BadInput(
            _(
                "%(place)s: the source is a table (rows: %(rows)s, columns: %(columns)s). The translation has to be "
                "one with as many, with nothing before or after it.",
                place=place,
                rows=format_number(build[0][1]),
                columns=format_number(build[0][2]),
            )
        )
    raise BadInput(
        _(
            "%(place)s: the translation would no longer be the same kind of block as its source (%(kind)s). Keep the "
            "marks that its lines begin with, begin none with a mark or a number and a full stop that the source does "
            "not have, and leave no line empty that is not empty there.",
            place=place,
            kind=kind.label,
        )
    )


def _build_of(kind: BlockKind, text: str) -> list[tuple[str, int, int]]:
    """The blocks that a text is read as, with their rows and columns, or their items."""
    # A heading stands in one line behind its mark: "1986. A year" is none of a list there.
    tokens = _block_parser().parse(f"# {text}" if kind is BlockKind.HEADING else text)
    found = []
    for start, end in _top_level(tokens):
        types = Counter(token.type for token in tokens[start : end + 1])
        first = tokens[start].type
        if first == "table_open":
            found.append((first, types["tr_open"], types["th_open"]))
        elif first in {"fence", "code_block"}:  # what is indented loses that at the beginning of a field
            found.append(("code", 0, 0))
        else:
            found.append((first, types["list_item_open"] if first.endswith("_list_open") else 0, 0))
    return found
