"""The blocks of an imported text, and their stable eIds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.core.text import PARAGRAPH_MAX
from consult.documents.enums import BlockKind
from consult.documents.importing.cleaning import western

MAX_BLOCKS = 5_000
BLOCK_MAX = 4 * PARAGRAPH_MAX

# A section's number: 3, 3.2, A.1, and A or IV before a full stop or bracket. Longer ones (2.16.840.1.101.3.2.1) and
# years are part of the heading's words. An Annex or an Article keeps its word, which differs between languages.
_NUMBER = re.compile(
    r"^(?P<number>(?:[A-Z][.٫])?\d{1,3}(?:[.٫]\d{1,3}){0,5}(?![.٫]?\w)|(?:[A-Z]|[IVXLC]{1,6})(?=[.)]\s))[.):]?\s+(?=\S)"
)
# What begins a section with a label, in the languages that drafts come in; PDF files are read by the same words.
LABELS = {
    "annex": "annex|annexe|anexo|appendix|الملحق|ملحق|المرفق|مرفق",
    "art": "article|artículo|المادة|مادة",
    "chp": "chapter|chapitre|الفصل|فصل",
    "part": "part|partie|الجزء|جزء",
    "princ": "principle|principe|المبدأ|مبدأ",
    "sec": "section|القسم|قسم",
}
_LABELLED = [
    (short, re.compile(rf"^(?:{words})\s+((?:[A-Z][.٫])?\d{{1,3}}(?:[.٫]\d{{1,3}})*|[IVXLC]+|[A-Z])\b", re.IGNORECASE))
    for short, words in LABELS.items()
]


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


def require_readable(blocks: Sequence[Block]) -> None:
    """Refuse what holds no words, too many blocks, or one that is too long.

    Raises:
        BadInput: the sentence names the place.
    """
    if not blocks:
        raise BadInput(_("There is no text in this file."), "file")
    if len(blocks) > MAX_BLOCKS:
        raise BadInput(
            _("This file has more than %(count)s paragraphs. Split it.", count=format_number(MAX_BLOCKS)), "file"
        )
    require_short(block.text for block in blocks)


def require_short(pieces: Iterable[str]) -> None:
    """Refuse text with a piece that is too long for one block.

    Raises:
        BadInput: the sentence says how it begins.
    """
    for piece in pieces:
        if len(piece) > BLOCK_MAX:
            raise BadInput(
                _("The paragraph that begins “%(start)s” is too long. Split it.", start=beginning_of(piece)), "file"
            )


def beginning_of(text: str) -> str:
    """The first words, held apart from the direction of the sentence around them."""
    return f"\u2068{' '.join(text[:200].split())[:60]}\u2069"


def has_words(block: Block) -> bool:
    """Whether anything would be shown: pictures without a description are nothing."""
    return bool(re.sub(r"!\[\]\([^()\n]*\)", "", block.text).strip())


def numbered(block: Block) -> Block:
    """A heading whose words begin with its number, with the number by itself."""
    found = _NUMBER.match(block.text) if block.kind is BlockKind.HEADING else None
    return replace(block, number=western(found["number"]), text=block.text[found.end() :]) if found else block


def section_of(block: Block) -> tuple[int, ...]:
    """The number of a heading in figures: (3, 2) for 3.2; nothing where it has none."""
    if block.kind is not BlockKind.HEADING or not re.fullmatch(r"[\d.]+", block.number):
        return ()
    return tuple(int(part) for part in block.number.split("."))


def without_false_headings(blocks: Sequence[Block]) -> list[Block]:
    """A numbered sentence that a converter took for a chapter becomes the list item that it is.

    Such is a heading with a single number, above its neighbours in level, in the middle of a chapter: "1" between
    1.3.2 and 1.3.3.
    """
    dotted = [(place, section) for place, block in enumerate(blocks) if len(section := section_of(block)) > 1]
    result = list(blocks)
    for (start, before), (end, after) in pairwise(dotted):
        if before[0] != after[0] or before >= after:
            continue
        highest = min(blocks[start].level, blocks[end].level)
        for place in range(start + 1, end):
            if len(section_of(blocks[place])) == 1 and blocks[place].level < highest:
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


def places_inside(blocks: Iterable[Block]) -> list[int]:
    """Which block of its section each one is, from 1; 0 for headings, which begin sections."""
    places: list[int] = []
    for block in blocks:
        places.append(0 if block.kind is BlockKind.HEADING else (places[-1] if places else 0) + 1)
    return places


def _eid_of(heading: Block) -> str:
    if heading.number:
        return "sec_" + heading.number.replace(".", "-")
    for short, pattern in _LABELLED:
        if found := pattern.match(heading.text):
            return f"{short}_{western(found[1]).upper().replace('.', '-')}"
    return ""
