"""Fields: what they showed last is kept as words; nothing that they ask for is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from consult.documents.importing.building import Builder
from consult.documents.importing.structure import FindingCode
from consult.documents.importing.word.package import Element, W, is_on

_CONTENTS = {"TOC", "INDEX", "TOA"}
_OUTSIDE = {
    "INCLUDEPICTURE",
    "INCLUDETEXT",
    "INCLUDE",
    "IMPORT",
    "DDE",
    "DDEAUTO",
    "LINK",
    "DATABASE",
    "RD",
    "MERGEFIELD",
}
_HYPERLINK = re.compile(r'HYPERLINK\s+(\\l\s+)?"?([^"\s]*)"?', re.IGNORECASE)
DEEPEST = 40


@dataclass
class _Field:
    instruction: str = ""
    is_result: bool = False
    is_skipped: bool = False
    link: str = ""
    box: str = ""


class Fields:
    """The fields that are open at a place.

    Args:
        builder: gets what is lost.
    """

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._open: list[_Field] = []
        self._too_deep = 0

    @property
    def is_silent(self) -> bool:
        """Whether what stands here is an instruction, or the result of a field that is left out."""
        return any(not one.is_result or one.is_skipped for one in self._open)

    @property
    def is_skipped(self) -> bool:
        """Whether this belongs to a list of contents."""
        return any(one.is_skipped for one in self._open)

    @property
    def link(self) -> str:
        """Where the words of the field lead."""
        return next((one.link for one in reversed(self._open) if one.link), "")

    def begin(self, mark: Element | None = None) -> None:
        """A field begins."""
        if len(self._open) >= DEEPEST:
            self._too_deep += 1
            return
        made = _Field()
        box = mark.find(f"{W}ffData/{W}checkBox") if mark is not None else None
        if box is not None:
            set_ = is_on(box.find(f"{W}checked"))
            made.box = "☒" if (set_ if set_ is not None else is_on(box.find(f"{W}default"))) else "☐"
        self._open.append(made)

    def instruct(self, words: str) -> None:
        """More of the instruction of the field that began last."""
        if self._open and not self._open[-1].is_result and len(self._open[-1].instruction) < 5_000:
            self._open[-1].instruction += words

    def separate(self, link: Callable[..., str]) -> None:
        """The instruction ends; what follows is what the field showed last.

        Args:
            link: judges an address.
        """
        if not self._open or self._too_deep:
            return
        field = self._open[-1]
        self._judge(field)
        field.is_result = True
        found = _HYPERLINK.match(field.instruction.strip())
        if found:
            field.link = link(found[2], is_inside=bool(found[1]) or not found[2])

    def end(self) -> str:
        """The field ends; gives what it shows without words, as a box does."""
        if self._too_deep:
            self._too_deep -= 1
            return ""
        if not self._open:
            return ""
        field = self._open[-1]
        if not field.is_result:
            self._judge(field)
        self._open.pop()
        return field.box

    def _judge(self, field: _Field) -> None:
        name = field.instruction.strip().partition(" ")[0].upper()
        if name in _CONTENTS:
            field.is_skipped = True
            self.builder.find(FindingCode.CONTENTS_LIST, ahead=1)
        elif name in _OUTSIDE:
            self.builder.find(FindingCode.FIELDS_OUTSIDE, field.instruction.strip(), ahead=1)

    def settle(self, *, is_heading: bool) -> None:
        """A paragraph is over: instructions do not go on in the next one, nor lists of contents over a heading.

        A field that never ends would otherwise take the rest of the text with it.
        """
        while self._open and (not self._open[-1].is_result or (is_heading and self.is_skipped)):
            self._open.pop()
