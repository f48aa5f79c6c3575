"""A web page read from its first paragraph to its last."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from lxml import etree

from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing.building import Builder
from consult.documents.importing.charsets import decoded
from consult.documents.importing.composing import Run, plain
from consult.documents.importing.structure import FindingCode, ReadText, Unreadable, UnreadableCode
from consult.documents.importing.typed import split_number, typed_number
from consult.documents.importing.web.inline import CONTAINERS, SKIPPED, Gathered, Inline
from consult.documents.importing.web.lists import markers_of
from consult.documents.importing.web.looks import Element, Look, look_of, styles_of
from consult.documents.importing.web.notes import find_notes
from consult.documents.importing.web.tables import Tables

DEEPEST = 180
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,2000}(\[)?", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MSO_HEADING = re.compile(r"MsoTitle|MsoHeading([1-6])")
_MSO_CONTENTS = re.compile(r"MsoToc\w*|MsoTof\w*")


def read_web(content: bytes, tell: Callable[[int], None]) -> ReadText:
    """Read an HTML file.

    Args:
        content: the file.
        tell: gets the percent that is done.

    Raises:
        Unreadable: with the reason.
    """
    try:
        text, is_guessed = decoded(content)
    except UnicodeDecodeError as error:
        raise Unreadable(UnreadableCode.CHARSET) from error
    builder = Builder(tell)
    if is_guessed:
        builder.find(FindingCode.CHARSET_GUESSED)
    tree = tree_of(text, builder)
    tell(10)
    Reader(tree, builder).read()
    made = builder.finish(SourceFormat.HTML)
    tell(100)
    return made


def tree_of(text: str, builder: Builder) -> Element:
    """The tree of a page.

    Raises:
        Unreadable: it declares entities, or is far too deep, or holds nothing.
    """
    found = _DOCTYPE.search(text[:20_000])
    if found and found[1]:
        raise Unreadable(UnreadableCode.BOMB)
    bare = _UNSTORABLE.sub("", text)
    if bare != text:
        builder.find(FindingCode.CHARACTERS)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True, recover=True)
    try:
        tree = etree.fromstring(bare.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(UnreadableCode.DAMAGED) from error
    if tree is None:
        raise Unreadable(UnreadableCode.NO_TEXT)
    depth = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise Unreadable(UnreadableCode.TOO_DEEP)
    return tree


class Reader:
    """Reads a page into blocks.

    Args:
        tree: of the page.
        builder: gets the blocks.
    """

    def __init__(self, tree: Element, builder: Builder) -> None:
        self.tree, self.builder = tree, builder
        self.notes, marks = find_notes(tree)
        self.inline = Inline(builder, marks, {one for note in self.notes.values() for one in note.own_marks})
        self.tables = Tables(self)
        self._is_quoted = False
        self._taken: set[Element] = set()
        self._total = sum(1 for _ in tree.iter("*"))
        self._seen = self._told = 0

    def read(self) -> None:
        """Read the whole page."""
        body = self.tree.find("body")
        for remark in self.tree.iter(etree.Comment):
            if (remark.text or "").strip():
                self.builder.find(FindingCode.REMARKS)
        for part in self.tree.iter("script", "style", "link"):
            if part.tag != "link" or "stylesheet" in (part.get("rel") or ""):
                self.builder.find(FindingCode.ACTIVE)
        self.inline.languages(self.tree)
        self.blocks(body if body is not None else self.tree, Look())
        self.builder.put_notes()
        for element in self.notes:
            if element not in self._taken:
                self._note(element)

    def blocks(self, element: Element, look: Look) -> None:
        """Read what stands in an element: its own words as paragraphs between the blocks in it."""
        gathered = Gathered()
        self.inline.put(element.text, look, gathered)
        for child in element:
            if isinstance(child.tag, str):
                self._count()
                if child.tag in CONTAINERS or self.inline.has_blocks(child):
                    self._paragraph(element, gathered)
                    gathered = Gathered()
                    self._block(child, look)
                else:
                    self.inline.read(child, look, gathered)
            self.inline.put(child.tail, look, gathered)
        self._paragraph(element, gathered)

    def _count(self) -> None:
        self._seen += 1
        percent = 10 + 85 * self._seen // max(1, self._total)
        if percent > self._told + 2:
            self._told = percent
            self.builder.tell(min(95, percent))

    def _block(self, element: Element, look: Look) -> None:
        tag = element.tag
        if element in self.notes:
            return  # comes where its mark is
        if tag in SKIPPED or not self.inline.is_seen(element):
            self.inline.skip(element)
            return
        self.inline.languages(element)
        handler = self._HANDLERS.get(tag)
        if handler is not None:
            handler(self, element, look)
        elif _MSO_CONTENTS.search(element.get("class") or ""):
            self._skip(element, FindingCode.CONTENTS_LIST)
        elif "comment" in styles_of(element).get("mso-element", ""):
            self._skip(element, FindingCode.COMMENTS)
        elif tag == "ins":
            self._skip(element, FindingCode.TRACKED_INSERTIONS)
        else:
            self.inline.around(element)
            self.blocks(element, look_of(element, look))

    def _skip(self, element: Element, code: FindingCode) -> None:
        words = " ".join("".join(element.itertext()).split())
        if words:
            self.builder.piece(element.tag, words)
            self.builder.find(code, words)

    # --- paragraphs ---

    def _paragraph(self, element: Element, gathered: Gathered) -> None:
        """Add gathered words as the block that their element makes them."""
        said = " ".join(plain(gathered.runs).split())
        number = gathered.number
        if not said and not gathered.pictures:
            self.hang(gathered, None)
            return
        place = self.builder.piece(_label(element), f"{number} {said}".strip())
        found = _MSO_HEADING.search(element.get("class") or "") if element.tag == "p" else None
        if found:
            self._as_heading(gathered, int(found[1] or 1), place)
        elif said:
            self._as_text(element, gathered, place)
        self.hang(gathered, place)

    def _as_text(self, element: Element, gathered: Gathered, place: int) -> None:
        number, runs = (gathered.number, gathered.runs) if gathered.number else typed_number(gathered.runs)
        text = self.builder.words(runs)
        if number:
            self.builder.add(BlockKind.ITEM, text, number=number, first=place)
        elif self._is_quoted:
            self.builder.add(BlockKind.QUOTE, "\n".join(f"> {line}" for line in text.split("\n")), first=place)
        else:
            is_caption = element.tag == "figcaption" or "MsoCaption" in (element.get("class") or "")
            self.builder.add(BlockKind.TEXT, text, first=place, is_caption=is_caption)

    def hang(self, gathered: Gathered, place: int | None) -> None:
        """Add the pictures of a paragraph, and the notes whose marks stand in it."""
        for picture in gathered.pictures:
            self.figure(picture.content, picture.description, place)
        for link in gathered.marks:
            self._note_of(link)

    def figure(self, content: bytes, description: str, place: int | None) -> None:
        """Add a picture as a figure; where it cannot be taken, its description."""
        index = self.builder.draw(content) if content else None
        if content and index is None:
            self.builder.find(FindingCode.PICTURE_KIND, place=place)
        if index is not None and not description.strip():
            self.builder.find(FindingCode.PICTURE_WORDLESS, place=place)
        self.builder.add(BlockKind.FIGURE, self.builder.words([Run(description)]), first=place, figure=index)

    def _note_of(self, link: Element) -> None:
        element = self.inline.marks[link].element
        if element not in self._taken:
            self._note(element)

    def _note(self, element: Element) -> None:
        self._taken.add(element)
        gathered = Gathered()
        self.inline.flat(element, Look(), gathered)
        said = " ".join(plain(gathered.runs).split())
        place = self.builder.piece("footnote", said)
        text = self.builder.words(gathered.runs)
        mark = self.notes[element].mark
        own, rest = split_number(text)
        self.builder.note(mark, rest if own.strip("().") == mark else text, place, place)

    # --- kinds of blocks ---

    def _heading(self, element: Element, look: Look) -> None:
        gathered = Gathered()
        self.inline.flat(element, look, gathered)
        said = " ".join(plain(gathered.runs).split())
        place = self.builder.piece(_label(element), f"{gathered.number} {said}".strip()) if said else None
        if said:
            self._as_heading(gathered, int(element.tag[1]), place)
        self.hang(gathered, place)

    def _as_heading(self, gathered: Gathered, level: int, place: int | None) -> None:
        is_stressed = all(run.is_italic or not run.text.strip() for run in gathered.runs)
        runs = [replace(run, is_bold=False, is_italic=run.is_italic and not is_stressed) for run in gathered.runs]
        text = self.builder.words(runs, in_line=True)
        self.builder.add(BlockKind.HEADING, f"{gathered.number} {text}".strip(), level=level, first=place)

    def _list(self, element: Element, look: Look) -> None:
        for marker, item in markers_of(element):
            self._count()
            if item in self.notes or not self.inline.is_seen(item):
                self.inline.skip(item)
            elif item.tag in {"ul", "ol"}:  # an older way to put a list in a list
                self._list(item, look)
            else:
                self._item(marker, item, look_of(item, look))

    def _item(self, marker: str, item: Element, look: Look) -> None:
        """A list item: its words, its further paragraphs, and then the lists and tables in it."""
        self.inline.languages(item)
        paragraphs, later = self._parts_of(item, look)
        full = [one for one in paragraphs if plain(one.runs).strip()]
        place = None
        if full:
            place = self.builder.piece("li", f"{marker} {' '.join(' '.join(plain(one.runs).split()) for one in full)}")
            text = "\n\n".join(self.builder.words(one.runs) for one in full)
            self.builder.add(BlockKind.ITEM, text, number=full[0].number or marker, first=place)
        for one in paragraphs:
            self.hang(one, place)
        for child in later:
            if isinstance(child, str):
                gathered = Gathered()
                self.inline.put(child, look, gathered)
                self._paragraph(item, gathered)
            else:
                self._block(child, look)

    def _parts_of(self, item: Element, look: Look) -> tuple[list[Gathered], list[Element | str]]:
        """The paragraphs of a list item, and what stands behind them: blocks, and words between those."""
        paragraphs: list[Gathered] = [Gathered()]
        later: list[Element | str] = []
        self.inline.put(item.text, look, paragraphs[0])
        for child in item:
            if isinstance(child.tag, str):
                is_paragraph = child.tag in {"p", "div"}
                if later or (child.tag in CONTAINERS and not is_paragraph) or self.inline.has_deep(child):
                    later.append(child)
                elif is_paragraph:
                    paragraphs.append(Gathered())
                    self.inline.flat(child, look, paragraphs[-1])
                    paragraphs.append(Gathered())
                else:
                    self.inline.read(child, look, paragraphs[-1])
            if not later:
                self.inline.put(child.tail, look, paragraphs[-1])
            elif (child.tail or "").strip():
                later.append(child.tail)
        return paragraphs, later

    def _quotation(self, element: Element, look: Look) -> None:
        before, self._is_quoted = self._is_quoted, True
        self.blocks(element, look_of(element, look))
        self._is_quoted = before

    def _fixed(self, element: Element, _look: Look) -> None:
        text = "".join(element.itertext()).strip("\n")
        if not text.strip():
            return
        place = self.builder.piece("pre", text)
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
        self.builder.add(BlockKind.CODE, f"{fence}\n{text}\n{fence}", first=place)

    def _term(self, element: Element, look: Look) -> None:
        self.blocks(element, replace(look, is_bold=True))

    def _table(self, element: Element, look: Look) -> None:
        self.tables.read(element, look)

    def _menu(self, element: Element, _look: Look) -> None:
        self._skip(element, FindingCode.HEADERS_FOOTERS)

    def _nothing(self, _element: Element, _look: Look) -> None:
        """A line between paragraphs is no words."""

    _HANDLERS: ClassVar[Mapping[str, Callable[[Reader, Element, Look], None]]] = {
        **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
        **dict.fromkeys(("ul", "ol", "menu", "dir"), _list),
        "blockquote": _quotation,
        "pre": _fixed,
        "xmp": _fixed,
        "table": _table,
        "dt": _term,
        "nav": _menu,
        "hr": _nothing,
    }


def _label(element: Element) -> str:
    name = element.get("class") or ""
    return f"{element.tag}.{name.split()[0]}" if name.startswith("Mso") else str(element.tag)
