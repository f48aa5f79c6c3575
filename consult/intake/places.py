"""Where in the draft a row points: the words of its cell to a block, or the question that a person answers.

Several places make one point, attached to the heading that directly holds them all; where none does, to the first
that is named. One point gets one answer; the author's own words of where stay beside it for everybody to read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from consult.documents.enums import BlockKind
from consult.documents.importing.cleaning import western
from consult.documents.models import Paragraph
from consult.intake.cells import Cell, CellKind
from consult.intake.enums import PlaceKind

GENERAL = "general"
"""What stands for the whole text where a person decides."""

_NUMBER = r"(?:[a-z]\.)?\d{1,3}(?:\.\d{1,3}){0,6}"
_LABEL = re.compile(
    r"^(?:sub)?(?:sections?|sect|sec|clauses?|cl|articles?|art|paragraphs?|paras?|chapters?|ch|headings?|numbers?|no|"
    r"chapitres?|paragraphes?|alineas?|articulos?|seccion|القسم|المادة|البند|الفقرة|§+|¶+|#)[\s.:]*(?=[\da-z§])"
)
_WHOLE = {
    "general", "generally", "general comment", "general comments", "gen", "ge", "all", "n a", "na", "n/a", "none",
    "nil", "not applicable", "whole document", "the whole document", "entire document", "whole text", "overall",
    "document",
    "the document", "all sections", "throughout", "general remarks", "global", "-", "--", "–", "—", "x", "tout",
    "tout le document", "ensemble du document", "general observation", "generale", "generalites",
    "observation generale", "commentaire general", "sans objet", "s o", "todo", "todo el documento", "no aplica",
    "عام", "عامة", "كامل الوثيقة",
    "allgemein", "general/all",
}  # fmt: skip
_BELOW = re.compile(
    r"[\s,;]*(?:and|&|et|incl(?:uding|\.)?|with|y|و)?\s*(?:all\s+)?(?:its\s+)?(?:sub-?\s?(?:sections?|clauses?|paragraphs?)|below|"
    r"following|f{1,2}\.?|et seq\.?|et suivants?|ss\.?)$"
)
_ITEM = re.compile(
    rf"^(?P<number>{_NUMBER})[\s,.:;]*(?:"
    r"[\s.(\[](?P<letter>[a-z]|[ivx]{1,5})|"
    r"(?:\(|\[|(?:\(|\[)?(?:numbered\s+|list\s+)?"
    r"(?:bullet|item|point|number|no|nr|entry|para(?:graph)?|list item)\.?\s*#?\s*|#\s*)"
    r"(?P<digits>\d{1,3})"
    r")\s*[)\].]?$"
)
_OURS = re.compile(rf"^(?P<number>{_NUMBER})[\s,;]*[¶§]\s*(?P<place>\d{{1,4}})$")
_PARAGRAPH = re.compile(
    r"^(?:[¶§#]+|paragraphs?|paragraphe|para|par|alinea|al|parrafo|الفقرة)?[\s.]*(?P<place>\d{1,4})$"
)
_RANGE = re.compile(
    rf"^(?P<first>{_NUMBER})\s*(?:-|–|—|‐|‑|to|through|thru|bis|a|à|until|\.\.\.?|…|إلى)\s*(?P<last>{_NUMBER})$"
)
_SEPARATOR = re.compile(r"\s*(?:[,;&\n/+]|\band\b|\bet\b|\by\b|\bor\b|\bund\b|\bou\b|\sو\s?)+\s*")
_DAY_MONTH = re.compile(r"^(\d{1,2})[-. /]?([^\W\d_]{3,9})\.?(?:[-. /]?(\d{2,4}))?$")
_MONTH_DAY = re.compile(r"^([^\W\d_]{3,9})\.?[-. /]?(\d{1,2})$")
_SLASHES = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january janv janvier ene enero", "feb february fev fevr fevrier febrero", "mar march mars marzo",
         "apr april avr avril abr abril", "may mai mayo", "jun june juin junio", "jul july juil juillet julio",
         "aug august aout ago agosto", "sep sept september septembre septiembre", "oct october octobre octubre",
         "nov november novembre noviembre", "dec december decembre dic diciembre"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a row points.

    Args:
        kind: how that was found.
        block: the block; None for the text in general, or while a person has not chosen.
        suggestions: what a person is offered first.
    """

    kind: PlaceKind
    block: Paragraph | None = None
    suggestions: Sequence[Paragraph] = ()


def normal(text: str) -> str:
    """Words as they are compared: lower case, no accents, western digits, one space, no stops at the end."""
    plain = unicodedata.normalize("NFKD", western(text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace("‐", "-").replace("‑", "-").replace("’", "'")
    return re.sub(r"[ \t\xa0]+", " ", re.sub(r"\s*\n\s*", "\n", plain)).strip(" \n.:;,")


def decision_key(cell: Cell) -> str:
    """What stands for a place when a person decides: all rows that name it in the same way follow."""
    return f"{cell.kind.value}:{normal(cell.text)}" if cell.kind is not CellKind.TEXT else normal(cell.text)


class DraftIndex:
    """The blocks of a draft, to be found by what people write.

    Args:
        blocks: all of them, in their order.
    """

    def __init__(self, blocks: Iterable[Paragraph]) -> None:
        self.blocks = list(blocks)
        self.by_eid = {block.eid: block for block in self.blocks}
        self.headings = [block for block in self.blocks if block.kind is BlockKind.HEADING]
        self.by_number: dict[str, list[Paragraph]] = {}
        self.by_words: dict[str, list[Paragraph]] = {}
        for heading in self.headings:
            if heading.number:
                self.by_number.setdefault(normal(heading.number), []).append(heading)
            for words in {normal(heading.text), normal(f"{heading.number} {heading.text}")}:
                if words:
                    self.by_words.setdefault(words, []).append(heading)
        self.number_of = {heading.eid: normal(heading.number) for heading in self.headings if heading.number}
        self.items: list[tuple[str, Paragraph]] = []
        self.inside: dict[str, list[Paragraph]] = {}
        for block in self.blocks:
            if block.kind is not BlockKind.HEADING:
                self._add_block(block)

    def _add_block(self, block: Paragraph) -> None:
        words = normal(f"{block.number.strip('–')} {block.text}")
        self.items.append((words, block))
        self.inside.setdefault(block.eid.partition("__")[0], []).append(block)
        found = re.match(rf"({_NUMBER})(?=[\s:)])", words)
        if found and "." in found[1]:  # "3.2.2.4.1 [Reserved]": a heading that the file does not mark as one
            self.number_of[block.eid] = found[1]
            known = self.by_number.setdefault(found[1], [])
            if not known or known[0].kind is not BlockKind.HEADING:
                known.append(block)

    def numbered(self, number: str) -> Paragraph | None:
        """The one heading of that number; where there is none, the one block that begins with it."""
        found = self.by_number.get(number) or self.by_number.get(re.sub(r"(\.0+)+$", "", number)) or []
        return found[0] if len(found) == 1 else None

    def item(self, heading: Paragraph, mark: str) -> Paragraph | None:
        """The one block below a heading that begins with a mark such as 13, b or iv."""
        sections = [heading.eid, *(h.eid for h in self._below(heading))]
        for wanted in (sections[:1], sections[1:]):
            found = [block for eid in wanted for block in self.inside.get(eid, ()) if _begins(block, mark)]
            if found or any(self.inside.get(eid) for eid in wanted):
                return found[0] if len(found) == 1 else None
        return None

    def _below(self, heading: Paragraph) -> list[Paragraph]:
        return [h for h in self.headings if heading.number and h.number.startswith(f"{heading.number}.")]

    def common(self, blocks: Sequence[Paragraph]) -> Paragraph:
        """The heading that directly holds all of these, or one of them that holds the others; else the first."""
        numbers = [self.number_of.get(block.eid, "") for block in blocks]
        if all(numbers):
            for block, own in zip(blocks, numbers, strict=True):
                if all(number == own or number.startswith(f"{own}.") for number in numbers):
                    return block
            parents = {number.rpartition(".")[0] for number in numbers}
            parent = self.numbered(parents.pop()) if len(parents) == 1 else None
            if parent is not None:
                return parent
        return blocks[0]


def _begins(block: Paragraph, mark: str) -> bool:
    if block.number.strip(".)( ").casefold() == mark:
        return True
    return not mark.isdigit() and bool(re.match(rf"\(?{re.escape(mark)}[.)]\s", block.text.casefold()))


def place_of(index: DraftIndex, cell: Cell) -> Placement:
    """Where a cell points in a draft."""
    text = normal(cell.text)
    if cell.kind in {CellKind.ERROR, CellKind.LOST_FORMULA, CellKind.BOOLEAN}:
        return Placement(PlaceKind.UNCLEAR)
    if cell.day is not None:
        return _of_dates(index, _of_day(cell.day), cell.text)
    if not text:
        is_dash = bool(cell.text.strip())
        return Placement(PlaceKind.GENERAL if is_dash else PlaceKind.NOTHING)
    found = _certain(index, cell, text)
    if found is not None:
        return found
    return Placement(PlaceKind.UNCLEAR, suggestions=_suggestions(index, text))


def refined(index: DraftIndex, placement: Placement, cell: Cell) -> Placement:
    """The paragraph of a heading where a cell of its own names one: "¶ 1", "para 2", "3"; else the heading.

    Args:
        index: the draft.
        placement: what the cell of the clause says.
        cell: of the paragraph.
    """
    block = placement.block
    is_heading = block is not None and block.kind is BlockKind.HEADING and placement.kind is not PlaceKind.SEVERAL
    found = _PARAGRAPH.match(normal(cell.text)) if is_heading and cell.day is None else None
    if block is None or found is None:
        return placement
    inside = index.by_eid.get(f"{block.eid}__para_{int(found['place'])}")
    return placement if inside is None else Placement(PlaceKind.ITEM, inside)


def _certain(index: DraftIndex, cell: Cell, text: str) -> Placement | None:
    bare = cell.text.strip()
    if cell.kind is CellKind.NUMBER and cell.is_rounded and "." in text:
        longer = index.numbered(f"{text}0")
        if longer is not None:  # 3.10 is stored as 3.1
            both = [one for one in (index.numbered(text), longer) if one is not None]
            return Placement(PlaceKind.UNCLEAR, suggestions=both)
    is_number = re.fullmatch(_NUMBER, text)
    if is_number and (heading := index.numbered(text)) is not None:
        if heading.kind is not BlockKind.HEADING:
            return Placement(PlaceKind.ITEM, heading)
        exact = bare == heading.number or cell.kind is CellKind.NUMBER  # 2.0 is how the cell shows a 2
        return Placement(PlaceKind.EXACT if exact else PlaceKind.NORMALISED, heading)
    words = index.by_words.get(text, [])
    if _is_whole(text):
        return Placement(PlaceKind.UNCLEAR, suggestions=words) if words else Placement(PlaceKind.GENERAL)
    if len(words) == 1:
        exact = bare in {words[0].text, f"{words[0].number} {words[0].text}"}
        return Placement(PlaceKind.EXACT if exact else PlaceKind.NORMALISED, words[0])
    if len(words) > 1:
        return Placement(PlaceKind.UNCLEAR, suggestions=words)
    if bare in index.by_eid:
        block = index.by_eid[bare]
        return Placement(PlaceKind.EXACT if block.kind is BlockKind.HEADING else PlaceKind.ITEM, block)
    if days := _days_in(text):
        return _of_dates(index, days, text)
    return _labelled(index, text) or _one(index, text) or _several(index, text) or _by_words(index, text)


def _is_whole(text: str) -> bool:
    return text in _WHOLE or text.strip("()[]-– ") in _WHOLE or text.replace("/", " ") in _WHOLE


def _labelled(index: DraftIndex, text: str) -> Placement | None:
    """“Annex A”, “Article 5”: headings whose label is part of their words."""
    found = [h for h in index.headings if re.match(rf"{re.escape(text)}(?![\w.])", normal(h.text))]
    if len(found) == 1 and re.search(r"^[^\W\d]+ (?:\d+|[a-z]|[ivx]+)$", text):
        return Placement(PlaceKind.NORMALISED, found[0])
    return None


def _stripped(text: str) -> str:
    while (shorter := _LABEL.sub("", text.strip(" \n.,;:()[]"))) != text:
        text = shorter
    return text


def _one(index: DraftIndex, text: str) -> Placement | None:
    """One heading under a label, with its subsections, an item of it, or a remark behind it."""
    bare = _stripped(text)
    below = _BELOW.sub("", bare)
    if below != bare and (heading := index.numbered(below)) is not None:
        return Placement(PlaceKind.SEVERAL, heading)
    if (heading := index.numbered(bare)) is not None:
        return Placement(PlaceKind.NORMALISED, heading)
    if found := re.match(rf"({_NUMBER})[\s.:,-]+(.+)$", bare, re.DOTALL):
        heading = index.numbered(found[1])
        if heading is not None and normal(heading.text).startswith(normal(found[2])[:60]) and len(found[2]) > 3:
            return Placement(PlaceKind.NORMALISED, heading)
    if found := _OURS.match(bare):
        heading = index.numbered(found["number"])
        block = index.by_eid.get(f"{heading.eid}__para_{int(found['place'])}") if heading else None
        return Placement(PlaceKind.ITEM, block) if block else None
    if found := _ITEM.match(bare):
        heading = index.numbered(found["number"])
        if heading is not None:
            block = index.item(heading, found["letter"] or found["digits"])
            return Placement(PlaceKind.ITEM, block) if block else Placement(PlaceKind.REMARK, heading)
    if found := re.match(rf"({_NUMBER})\s*[,;:(\[\s–-]\s*([^\d]+)$", bare):  # whatever it says, it names one heading
        heading = index.numbered(found[1])
        if heading is not None:
            return Placement(PlaceKind.REMARK, heading)
    return None


def _several(index: DraftIndex, text: str) -> Placement | None:
    """A range, or a list of which each part is found."""
    blocks: list[Paragraph] = []
    parts = [part for part in _SEPARATOR.split(_stripped(text)) if part.strip(" .,;:()")]
    if not parts or len(parts) > 40:
        return None
    for part in parts:
        bare = _stripped(part)
        span = _RANGE.match(re.sub(rf"(?<=[-–—\s])(?:{_LABEL.pattern[1:]})", "", bare))
        if span:
            ends = [index.numbered(span["first"]), index.numbered(span["last"])]
            if ends[0] is None or ends[1] is None or ends[0].position > ends[1].position:
                return None
            blocks += _between(index, ends[0], ends[1])
        else:
            block = _part(index, bare)
            if block is None:
                return None
            blocks.append(block)
    if len(blocks) == 1 and len(parts) == 1:
        return None
    return Placement(PlaceKind.SEVERAL, index.common(list(dict.fromkeys(blocks))))


def _between(index: DraftIndex, first: Paragraph, last: Paragraph) -> list[Paragraph]:
    """The headings of a range, of the depth that its ends have."""
    depths = {index.number_of[end.eid].count(".") for end in (first, last)}
    return [
        block
        for block in index.blocks
        if first.position <= block.position <= last.position
        and block.eid in index.number_of
        and index.number_of[block.eid].count(".") in depths
    ]


def _part(index: DraftIndex, text: str) -> Paragraph | None:
    """One place of a list."""
    heading = index.numbered(_BELOW.sub("", text))
    if heading is not None:
        return heading
    found = _ITEM.match(text)
    heading = index.numbered(found["number"]) if found else None
    if found and heading is not None:
        return index.item(heading, found["letter"] or found["digits"]) or heading
    words = index.by_words.get(text, [])
    return words[0] if len(words) == 1 else None


def _by_words(index: DraftIndex, text: str) -> Placement | None:
    """A block that begins with these words: an enumerated sentence that some took for a heading."""
    if len(text) < 12:
        return None
    found = [block for words, block in index.items if words.startswith(text)]
    return Placement(PlaceKind.ITEM, found[0]) if len(found) == 1 else None


def _of_day(day: date) -> list[str]:
    short = day.year % 100
    found = [f"{day.day}.{day.month}", f"{day.month}.{day.day}"]
    found += [f"{day.day}.{day.month}.{short}", f"{day.month}.{day.day}.{short}", f"{short}.{day.month}.{day.day}"]
    return found + ([f"{day.month}.{short}"] if day.day == 1 else [])


def _days_in(text: str) -> list[str]:
    """The section numbers that a date in words may have been: "3-Apr", "avr-05", "03/04/2026", "2026-04-03"."""
    try:
        return _of_day(date.fromisoformat(text[:10])) if re.match(r"\d{4}-\d\d-\d\d", text) else _of_words(text)
    except ValueError:
        return []


def numbers_in_date(written: str) -> list[str]:
    """The numbers of sections that a spreadsheet may have made a date of, the likeliest first; none for other words."""
    return _days_in(normal(written))


def _of_words(text: str) -> list[str]:
    if found := _SLASHES.match(text):
        one, two, year = int(found[1]), int(found[2]), int(found[3]) % 100
        return [f"{one}.{two}", f"{two}.{one}", f"{one}.{two}.{year}", f"{two}.{one}.{year}"]
    if (found := _DAY_MONTH.match(text)) and (month := _MONTHS.get(found[2])):
        with_year = [f"{int(found[1])}.{month}.{int(found[3]) % 100}"] if found[3] else []
        return [f"{int(found[1])}.{month}", f"{month}.{int(found[1])}", *with_year]
    if (found := _MONTH_DAY.match(text)) and (month := _MONTHS.get(found[1])):
        return [f"{month}.{int(found[2])}", f"{int(found[2])}.{month}"]
    return []


def _of_dates(index: DraftIndex, numbers: Sequence[str], text: str) -> Placement:
    """A date that a spreadsheet made of a section's number; taken when one heading alone fits."""
    found = [heading for number in dict.fromkeys(numbers) if (heading := index.numbered(number)) is not None]
    unique = list(dict.fromkeys(found))
    if len(unique) == 1:
        return Placement(PlaceKind.DATE, unique[0])
    return Placement(PlaceKind.UNCLEAR, suggestions=unique or _suggestions(index, text))


def _suggestions(index: DraftIndex, text: str) -> list[Paragraph]:
    """What a person may have meant: headings of the numbers that are named, the next above them, the same words."""
    found: list[Paragraph] = []
    for number in re.findall(rf"(?<![\w.]){_NUMBER}(?!\w)", text):
        parts = number.split(".")
        above = [index.numbered(".".join(parts[:length])) for length in range(len(parts), 0, -1)]
        found += [heading for heading in above if heading is not None][:1]
    stem = text[:-1] if len(text) > 4 and text.endswith("s") else text
    if len(stem) >= 4:
        found += [heading for heading in index.headings if stem in normal(heading.text)]
    return list(dict.fromkeys(found))[:6]
