"""Markdown to a sequence of addressable blocks with stable eIds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.core.markdown import make_parser
from consult.core.text import DOCUMENT_MAX, PARAGRAPH_MAX, check_text
from consult.documents.cleaning import ANCHOR, clean, western
from consult.documents.enums import BlockKind

MAX_BLOCKS = 5_000
MAX_LINES = 40_000
BLOCK_MAX = 4 * PARAGRAPH_MAX

# A section's number: 3, 3.2, A.1, and A or IV before a full stop or bracket. Longer ones (2.16.840.1.101.3.2.1) and
# years are part of the heading's words. An Annex or an Article keeps its word, which differs between languages.
_NUMBER = re.compile(
    r"^(?P<number>(?:[A-Z][.٫])?\d{1,3}(?:[.٫]\d{1,3}){0,5}(?![.٫]?\w)|(?:[A-Z]|[IVXLC]{1,6})(?=[.)]\s))[.):]?\s+(?=\S)"
)
_LABELS = {
    "annex": "annex|annexe|appendix|الملحق|ملحق|المرفق|مرفق",
    "art": "article|المادة|مادة",
    "chp": "chapter|chapitre|الفصل|فصل",
    "part": "part|partie|الجزء|جزء",
    "princ": "principle|principe|المبدأ|مبدأ",
    "sec": "section|القسم|قسم",
}
_LABELLED = [
    (short, re.compile(rf"^(?:{words})\s+((?:[A-Z][.٫])?\d{{1,3}}(?:[.٫]\d{{1,3}})*|[IVXLC]+|[A-Z])\b", re.IGNORECASE))
    for short, words in _LABELS.items()
]
_TO_ANCHOR = re.compile(r"\]\(#([\w.:-]{1,80})\)")
_TO_DEFINITION = re.compile(r"(!?)\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{0,200})\])?(?![(\[:])")
_MARKER = re.compile(r"^(\s*(?:[-*+]|\d{1,9}[.)])\s*)")


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    """The parser without its inline part: the words stay Markdown, and hostile ones cost nothing here."""
    return make_parser().disable(["inline", "text_join"])


@dataclass(frozen=True)
class Block:
    """One addressable unit of an imported text.

    Args:
        kind: heading, paragraph, list item, table, quotation, fixed text.
        level: 1 to 6 for headings, else 0.
        number: the heading's own number, or the list item's marker; may be empty.
        text: Markdown, without the number or marker.
        eid: the stable address; assigned last.
    """

    kind: BlockKind
    level: int
    number: str
    text: str
    eid: str = ""


def read_markdown(source: str) -> list[Block]:
    """The blocks of a Markdown text, each with its eId.

    Raises:
        BadInput: forbidden characters, nothing to read, or too long; the sentence names the place.
    """
    text = clean(check_text(source.removeprefix("\ufeff"), limit=DOCUMENT_MAX, field="file"))
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise BadInput(_("This file has more than %(count)s lines. Split it.", count=format_number(MAX_LINES)), "file")
    _require_short(line for line in lines)
    definitions: dict[str, Mapping[str, Mapping[str, str]]] = {}
    tokens = _block_parser().parse(text, definitions)
    blocks: list[Block] = []
    for start, end in _top_level(tokens):
        blocks += _blocks_of(tokens[start : end + 1], lines)
        if len(blocks) > 2 * MAX_BLOCKS:
            break
    named = _with_anchors(_with_definitions(blocks, definitions.get("references", {})))
    if not named:
        raise BadInput(_("There is no text in this file."), "file")
    if len(named) > MAX_BLOCKS:
        raise BadInput(
            _("This file has more than %(count)s paragraphs. Split it.", count=format_number(MAX_BLOCKS)), "file"
        )
    _require_short(block.text for block in named)
    return named


def _require_short(pieces: Iterator[str]) -> None:
    for piece in pieces:
        if len(piece) > BLOCK_MAX:
            raise BadInput(
                _("The paragraph that begins “%(start)s” is too long. Split it.", start=_begin(piece)), "file"
            )


def _begin(text: str) -> str:
    """The first words, held apart from the direction of the sentence around them."""
    return f"\u2068{' '.join(text[:200].split())[:60]}\u2069"


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
        if not _has_words(bare):
            continue
        stands_at.update((name, len(kept)) for name in waiting)
        waiting = []
        kept.append(_numbered(bare))
    named = assign_eids(_without_false_headings(kept))

    def link(found: re.Match[str]) -> str:
        place = stands_at.get(found[1])
        return f"](#{named[place].eid})" if place is not None else "]()"

    return [
        block if block.kind is BlockKind.CODE else replace(block, text=_TO_ANCHOR.sub(link, block.text))
        for block in named
    ]


def _has_words(block: Block) -> bool:
    """Whether anything would be shown: pictures without a description are nothing."""
    return bool(re.sub(r"!\[\]\([^()\n]*\)", "", block.text).strip())


def _numbered(block: Block) -> Block:
    found = _NUMBER.match(block.text) if block.kind is BlockKind.HEADING else None
    return replace(block, number=western(found["number"]), text=block.text[found.end() :]) if found else block


def _section(block: Block) -> tuple[int, ...]:
    if block.kind is not BlockKind.HEADING or not re.fullmatch(r"[\d.]+", block.number):
        return ()
    return tuple(int(part) for part in block.number.split("."))


def _without_false_headings(blocks: Sequence[Block]) -> list[Block]:
    """A numbered sentence that a converter took for a chapter becomes the list item that it is.

    Such is a heading with a single number, above its neighbours in level, in the middle of a chapter: "1" between
    1.3.2 and 1.3.3.
    """
    dotted = [(place, section) for place, block in enumerate(blocks) if len(section := _section(block)) > 1]
    result = list(blocks)
    for (start, before), (end, after) in pairwise(dotted):
        if before[0] != after[0] or before >= after:
            continue
        highest = min(blocks[start].level, blocks[end].level)
        for place in range(start + 1, end):
            if len(_section(blocks[place])) == 1 and blocks[place].level < highest:
                result[place] = replace(blocks[place], kind=BlockKind.ITEM, level=0, number=f"{blocks[place].number}.")
    return result


def assign_eids(blocks: Sequence[Block]) -> list[Block]:
    """Give each block its eId: `sec_3-2` for heading 3.2, `sec_3-2__para_4` for the fourth block below it.

    Annex A is `annex_A`, Article 5 `art_5`. Headings without a number count through the document (`hdg_2`); what
    stands before the first heading is `preamble__para_n`; a second heading of the same number gets `_2`.
    """
    used: dict[str, int] = {}
    unnumbered = paragraphs = 0
    section = "preamble"
    result = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            section = _eid_of(block)
            if not section:
                unnumbered += 1
                section = f"hdg_{unnumbered}"
            used[section] = used.get(section, 0) + 1
            if used[section] > 1:
                section = f"{section}_{used[section]}"
            paragraphs = 0
            result.append(replace(block, eid=section))
        else:
            paragraphs += 1
            result.append(replace(block, eid=f"{section}__para_{paragraphs}"))
    return result


def _eid_of(heading: Block) -> str:
    if heading.number:
        return "sec_" + heading.number.replace(".", "-")
    for short, pattern in _LABELLED:
        if found := pattern.match(heading.text):
            return f"{short}_{western(found[1]).upper().replace('.', '-')}"
    return ""


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


def match_edition(authentic: Sequence[Block], other: Sequence[Block]) -> list[Block]:
    """The blocks of another language edition under the eIds of the authentic one.

    Raises:
        BadInput: the two do not have the same sequence of blocks; the sentence names the first place that differs.
    """
    for place, (one, two) in enumerate(zip_longest(authentic, other), start=1):
        if one is None or two is None:
            longer = one or two
            raise BadInput(
                _(
                    "This edition has %(here)s blocks, the authentic one %(there)s. "
                    "The first one too many begins “%(start)s”.",
                    here=format_number(len(other)),
                    there=format_number(len(authentic)),
                    start=_begin(longer.text),
                ),
                "file",
            )
        if (one.kind, one.level) != (two.kind, two.level) or _numbers_differ(one, two):
            raise BadInput(
                _(
                    "Block %(place)s differs: here it is “%(here)s” (%(here_kind)s), in the authentic edition "
                    "“%(there)s” (%(there_kind)s). Both editions need the same headings, paragraphs and list items.",
                    place=format_number(place),
                    here=_begin(_as_written(two)),
                    here_kind=two.kind.label,
                    there=_begin(_as_written(one)),
                    there_kind=one.kind.label,
                ),
                "file",
            )
    return [replace(two, eid=one.eid) for one, two in zip(authentic, other, strict=True)]


def _as_written(block: Block) -> str:
    """A block as it stands in the file, near enough to be found there."""
    return f"{'#' * block.level} {block.number} {block.text}"


def _numbers_differ(one: Block, two: Block) -> bool:
    """Whether two headings have numbers of figures that differ; letters may be another alphabet's."""
    return bool(_section(one) and _section(two) and _section(one) != _section(two))
