"""A DOCX read from its first paragraph to its last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing.building import Builder
from consult.documents.importing.composing import Run, plain
from consult.documents.importing.structure import FindingCode, ReadText
from consult.documents.importing.typed import typed_number
from consult.documents.importing.word.inline import Inline, Picture, Words, chosen_of, is_contents, words_in
from consult.documents.importing.word.notes import Notes
from consult.documents.importing.word.numbering import Label, Numbering
from consult.documents.importing.word.package import MC, Element, Package, R, W, value
from consult.documents.importing.word.styles import Styles, number_of
from consult.documents.importing.word.surroundings import list_surroundings
from consult.documents.importing.word.tables import Tables


def read_word(content: bytes, tell: Callable[[int], None]) -> ReadText:
    """Read a DOCX.

    Args:
        content: the file.
        tell: gets the percent that is done.

    Raises:
        Unreadable: with the reason.
    """
    package = Package(content)
    builder = Builder(tell)
    tree = package.tree(package.main)
    tell(10)
    reader = Reader(package, builder)
    body = tree.find(f"{W}body")
    if body is not None:
        reader.body(body, is_top=True)
    reader.end()
    list_surroundings(package, tree, builder)
    made = builder.finish(SourceFormat.DOCX)
    tell(100)
    return made


class Reader:
    """Reads the body of a file, or of a part of it.

    Args:
        package: the file.
        builder: gets the blocks.
    """

    def __init__(self, package: Package, builder: Builder) -> None:
        self.package, self.builder = package, builder
        self.styles = Styles(package.find_tree("styles"))
        self.numbering = Numbering(package.find_tree("numbering"), self.styles)
        self.notes = Notes(package, self.styles, builder)
        self.inline = Inline(package, package.main, self.styles, builder, self.notes.mark)
        self.tables = Tables(self)
        self._carried: list[Run] = []
        self._fixed: list[tuple[str, int]] = []

    def body(self, element: Element, *, is_top: bool = False) -> None:
        """Read all paragraphs and tables of an element, in their order."""
        done = 0
        number = max(1, len(element)) if is_top else 1  # lxml counts them one by one
        for place, child in enumerate(element):
            self._block(child)
            percent = 10 + 85 * place // number
            if is_top and percent > done:
                done = percent
                self.builder.tell(percent)

    def _block(self, child: Element) -> None:
        tag = child.tag
        if tag == f"{W}p":
            self.paragraph(child)
        elif tag == f"{W}tbl":
            self._put_fixed()
            self.tables.read(child)
        elif tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if is_contents(child):
                self._contents(child)
            elif content is not None:
                self.body(content)
        elif tag == f"{MC}AlternateContent":
            chosen = chosen_of(child)
            if chosen is not None:
                self.body(chosen)
        elif tag in {f"{W}customXml", f"{W}del", f"{W}moveFrom", f"{W}smartTag"}:
            self.body(child)
        else:
            self._left_out(child)

    def _left_out(self, child: Element) -> None:
        if child.tag == f"{W}altChunk":
            relation = self.package.related(self.package.main).get(child.get(f"{R}id", ""))
            self.builder.piece("altChunk", relation.target.rpartition("/")[2] if relation else "")
            self.builder.find(FindingCode.FOREIGN_CHUNKS)
        elif child.tag in {f"{W}ins", f"{W}moveTo"} and (said := words_in(child)):
            is_move = child.tag == f"{W}moveTo"
            self.builder.piece("move" if is_move else "insertion", said)
            self.builder.find(FindingCode.TRACKED_MOVES if is_move else FindingCode.TRACKED_INSERTIONS, said)

    def _contents(self, control: Element) -> None:
        lines = [words_in(one) for one in control.iter(f"{W}p")]
        self.builder.piece("TOC", "\n".join(line for line in lines if line.strip()))
        self.builder.find(FindingCode.CONTENTS_LIST)

    def paragraph(self, element: Element) -> None:
        """Read one paragraph, with what hangs on it."""
        properties = element.find(f"{W}pPr")
        style = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        style = style or self.styles.default
        level = self._level(properties, style)
        is_contents_line = self.styles.is_contents(style)
        if level and not is_contents_line:
            self.inline.fields.settle(is_heading=True)
        words = self.inline.read(element)
        self.inline.fields.settle(is_heading=False)
        if self._is_break_proposed(properties, words):
            return
        words = replace(words, runs=[*self._carried, *words.runs])
        self._carried = []
        label = self.numbering.label(properties, style)
        said = plain(words.runs) or words.left_out
        shown = f"{label.text} {said}" if label else said
        place = (
            self.builder.piece(self.styles.name(style) or "Normal", shown) if shown.strip() or words.pictures else None
        )
        if words.is_contents or is_contents_line:
            if is_contents_line and not words.is_contents and said.strip():
                is_first = not self.builder.places(FindingCode.CONTENTS_LIST)
                self.builder.find(FindingCode.CONTENTS_LIST, count=int(is_first))
            self._hanging(words, place)
            return
        if place is not None and self.styles.is_title(style) and not label and not self.builder.entries:
            self.builder.find(FindingCode.TITLE, said)
            self._hanging(words, place)
            return
        if label and not label.is_known:
            self.builder.find(FindingCode.NUMBER_FORMAT, label.text)
        self._put(words, style, level, label, place)
        self._hanging(words, place)

    def _level(self, properties: Element | None, style: str) -> int:
        own = number_of(value(properties.find(f"{W}outlineLvl"))) if properties is not None else None
        if own is not None:
            return min(own + 1, 6) if 0 <= own < 9 else 0
        return self.styles.level(style)

    def _is_break_proposed(self, properties: Element | None, words: Words) -> bool:
        """Whether the end of this paragraph is a tracked insertion: its words then belong to the next one."""
        if properties is None:
            return False
        if properties.find(f"{W}pPrChange") is not None:
            self.builder.find(FindingCode.TRACKED_FORMATTING, ahead=1)
        mark = properties.find(f"{W}rPr")
        if mark is None:
            return False
        if mark.find(f"{W}del") is not None:
            self.builder.find(FindingCode.TRACKED_DELETIONS, "¶", ahead=1)
        if mark.find(f"{W}ins") is None and mark.find(f"{W}moveTo") is None:
            return False
        self.builder.find(FindingCode.TRACKED_INSERTIONS, "¶", ahead=1)
        self._carried += words.runs
        self._hanging(words, None)
        return True

    def _put(self, words: Words, style: str, level: int, label: Label | None, place: int | None) -> None:
        """Add the block that a paragraph is."""
        if self.styles.is_fixed(style):
            if place is not None:
                self._fixed.append((plain(words.runs), place))
            return
        self._put_fixed()
        if level:
            self._heading(words, level, label, place)
        elif label:
            self.builder.add(BlockKind.ITEM, self.builder.words(words.runs), number=label.text, first=place)
        elif self.styles.is_quote(style):
            text = self.builder.words(words.runs)
            quoted = "\n".join(f"> {line}" for line in text.split("\n")) if text else ""
            self.builder.add(BlockKind.QUOTE, quoted, first=place)
        else:
            number, runs = typed_number(words.runs)
            kind = BlockKind.ITEM if number else BlockKind.TEXT
            is_caption = not number and self.styles.is_caption(style)
            text = self.builder.words(runs)
            self.builder.add(kind, text, number=number, first=place, is_caption=is_caption)

    def _heading(self, words: Words, level: int, label: Label | None, place: int | None) -> None:
        is_stressed = all(run.is_italic or not run.text.strip() for run in words.runs)
        runs = [replace(run, is_bold=False, is_italic=run.is_italic and not is_stressed) for run in words.runs]
        text = self.builder.words(runs, in_line=True)
        if label and not label.is_bullet and text:
            text = f"{label.text} {text}"
        self.builder.add(BlockKind.HEADING, text, level=level, first=place)

    def _put_fixed(self) -> None:
        """Add the lines of fixed text that were gathered, as one block."""
        lines, self._fixed = self._fixed, []
        if lines:
            text = "\n".join(line for line, _place in lines)
            fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
            self.builder.add(BlockKind.CODE, f"{fence}\n{text}\n{fence}", first=lines[0][1], last=lines[-1][1])

    def _hanging(self, words: Words, place: int | None) -> None:
        """Add what hangs on a paragraph: its pictures, its boxes, its notes."""
        for picture in words.pictures:
            self.picture(picture, place)
        for box in words.boxes:
            self.builder.find(FindingCode.TEXT_BOXES)
            self.body(box)
        self.notes.take(words.notes)

    def picture(self, picture: Picture, place: int | None) -> None:
        """Add a picture as a figure; where it cannot be taken, its description."""
        index = self.builder.draw(self.package.parts[picture.part]) if picture.part else None
        if picture.part and index is None:
            self.builder.find(FindingCode.PICTURE_KIND, picture.part.rpartition("/")[2], place=place)
        if index is not None and not picture.description.strip():
            self.builder.find(FindingCode.PICTURE_WORDLESS, place=place)
        text = self.builder.words([Run(picture.description)])
        self.builder.add(BlockKind.FIGURE, text, first=place, figure=index)

    def cell(self, element: Element) -> tuple[list[Words], list[Element]]:
        """The paragraphs of a cell, numbers before them, and the tables in it."""
        paragraphs, tables = [], []
        for child in _blocks_in(element):
            if child.tag == f"{W}tbl":
                tables.append(child)
                continue
            properties = child.find(f"{W}pPr")
            style = (value(properties.find(f"{W}pStyle")) if properties is not None else "") or self.styles.default
            words = self.inline.read(child)
            self.inline.fields.settle(is_heading=False)
            if self._is_break_proposed(properties, replace(words, pictures=[], boxes=[], notes=[])):
                continue
            words.runs, self._carried = [*self._carried, *words.runs], []
            label = self.numbering.label(properties, style)
            if label and words.runs:
                words.runs = [Run(f"{label.text} "), *words.runs]
            paragraphs.append(words)
        if self._carried:
            paragraphs.append(Words(runs=self._carried))
            self._carried = []
        return paragraphs, tables

    def hang(self, words: Sequence[Words], place: int | None) -> None:
        """Add what hangs on the paragraphs of a table."""
        for one in words:
            self._hanging(one, place)

    def end(self) -> None:
        """The body is over: what still waits is added."""
        self._put_fixed()
        if self._carried:
            place = self.builder.piece("Normal", plain(self._carried))
            self.builder.add(BlockKind.TEXT, self.builder.words(self._carried), first=place)
            self._carried = []
        self.notes.end()


def _blocks_in(element: Element) -> Iterator[Element]:
    """Paragraphs and tables right inside an element, also where something is wrapped around them."""
    for child in element:
        if child.tag in {f"{W}p", f"{W}tbl"}:
            yield child
        elif child.tag == f"{MC}AlternateContent":
            chosen = chosen_of(child)
            if chosen is not None:
                yield from _blocks_in(chosen)
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}del", f"{W}moveFrom", f"{W}smartTag"}:
            yield from _blocks_in(child)
