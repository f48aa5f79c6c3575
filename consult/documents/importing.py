"""Markdown to a sequence of addressable blocks with stable eIds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.markdown import parser
from consult.core.text import DOCUMENT_MAX, PARAGRAPH_MAX, check_text
from consult.documents.enums import BlockKind

MAX_BLOCKS = 5_000
# Elements that office tools leave in Markdown. Only these are taken out: text such as <INSERT NAME> stays.
_HTML = re.compile(
    r"</?(?:a|abbr|b|br|center|col|colgroup|div|em|font|h[1-6]|hr|i|img|p|small|span|strong|sub|sup|table|tbody|"
    r"td|tfoot|th|thead|tr|u)(?:\s[^<>]*)?/?>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_NUMBER = re.compile(
    r"^(?P<number>(?:[A-Z]\.)?\d+(?:\.\d+)*|[A-Z](?=[.)]\s)|(?:Annex|Appendix|Annexe|ملحق)\s+\w+)[.):]?\s+"
)


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
    text = check_text(source.removeprefix("\ufeff"), limit=DOCUMENT_MAX, field="file")
    text = _HTML.sub("", _FRONT_MATTER.sub("", text))
    lines = text.split("\n")
    tokens = parser().parse(text)
    blocks: list[Block] = []
    for start, end in _top_level(tokens):
        blocks += _blocks_of(tokens[start : end + 1], lines)
    blocks = [block for block in blocks if block.text]
    if not blocks:
        raise BadInput(_("There is no text in this file."), "file")
    if len(blocks) > MAX_BLOCKS:
        raise BadInput(_("This file has more than %(count)s paragraphs. Split it.", count=MAX_BLOCKS), "file")
    for block in blocks:
        if len(block.text) > 4 * PARAGRAPH_MAX:
            raise BadInput(
                _("The paragraph that begins “%(start)s” is too long. Split it.", start=block.text[:60]), "file"
            )
    return assign_eids(blocks)


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
        content = tokens[1].content.strip()
        found = _NUMBER.match(content)
        number = _western(found["number"]) if found else ""
        return [Block(BlockKind.HEADING, int(first.tag[1]), number, content[found.end() :] if found else content)]
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
    found = re.match(r"^(\s*(?:[-*+]|\d{1,9}[.)])\s*)", body[0]) if body else None
    indent = len(found[1]) if found else 0
    if body:
        body[0] = body[0][indent:]
        body[1:] = [re.sub(rf"^\s{{0,{indent}}}", "", line) for line in body[1:]]
    number = f"{token.info}{token.markup}" if list_type == "ordered_list_open" else "–"
    return Block(BlockKind.ITEM, 0, number, "\n".join(body).strip())


def _western(number: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in number)


def assign_eids(blocks: Sequence[Block]) -> list[Block]:
    """Give each block its eId: `sec_3-2` for heading 3.2, `sec_3-2__para_4` for the fourth block below it.

    Headings without a number count through the document (`hdg_2`); what stands before the first heading is
    `preamble__para_n`; a second heading of the same number gets `_2`.
    """
    used: dict[str, int] = {}
    unnumbered = paragraphs = 0
    section = "preamble"
    result = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            if block.number:
                section = "sec_" + re.sub(r"[^0-9A-Za-z]+", "-", block.number).strip("-")
            else:
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


def match_edition(authentic: Sequence[Block], other: Sequence[Block]) -> list[Block]:
    """The blocks of another language edition under the eIds of the authentic one.

    Raises:
        BadInput: the two do not have the same sequence of blocks; the sentence names the first place that differs.
    """
    for place, (one, two) in enumerate(zip(authentic, other, strict=False), start=1):
        if (one.kind, one.level) != (two.kind, two.level):
            raise BadInput(
                _(
                    "Block %(place)s differs: here it is “%(here)s” (%(here_kind)s), in the authentic edition "
                    "“%(there)s” (%(there_kind)s). Both editions need the same headings, paragraphs and list items.",
                    place=place,
                    here=two.text[:60],
                    here_kind=two.kind.label,
                    there=one.text[:60],
                    there_kind=one.kind.label,
                ),
                "file",
            )
    if len(authentic) != len(other):
        longer = authentic if len(authentic) > len(other) else other
        first = longer[min(len(authentic), len(other))]
        raise BadInput(
            _(
                "This edition has %(here)s blocks, the authentic one %(there)s. The first one too many begins “%(start)s”.",
                here=len(other),
                there=len(authentic),
                start=first.text[:60],
            ),
            "file",
        )
    return [replace(two, eid=one.eid) for one, two in zip(authentic, other, strict=True)]
