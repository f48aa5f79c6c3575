"""Footnotes and endnotes: their marks, and their words."""

from __future__ import annotations

from collections.abc import Sequence

from consult.documents.importing.building import Builder
from consult.documents.importing.composing import Run, plain
from consult.documents.importing.structure import FindingCode
from consult.documents.importing.word.inline import Inline
from consult.documents.importing.word.numbering import in_format
from consult.documents.importing.word.package import Element, Package, W, value
from consult.documents.importing.word.styles import Styles, number_of

_PARTS = {"footnote": "footnotes", "endnote": "endnotes"}


class Notes:
    """The notes of a file.

    Args:
        package: the file.
        styles: of the file.
        builder: gets the notes.
    """

    def __init__(self, package: Package, styles: Styles, builder: Builder) -> None:
        self.builder = builder
        self._notes: dict[tuple[str, str], Element] = {}
        self._inline: dict[str, Inline] = {}
        self._counted = {"footnote": 0, "endnote": 0}
        self._formats = {"footnote": "decimal", "endnote": "lowerRoman"}
        self._taken: set[tuple[str, str]] = set()
        self._at_end: list[tuple[str, str]] = []
        settings = package.find_tree("settings")
        for kind, part in _PARTS.items():
            tree = package.find_tree(part)
            form = settings.find(f"{W}{kind}Pr/{W}numFmt") if settings is not None else None
            self._formats[kind] = value(form, default=self._formats[kind])
            start = number_of(value(settings.find(f"{W}{kind}Pr/{W}numStart"))) if settings is not None else None
            self._counted[kind] = max(0, min(start, 10_000) - 1) if start else 0
            name = package.part_named(part)
            if tree is None or name is None:
                continue
            self._inline[kind] = Inline(package, name, styles, builder, lambda _kind, _key: "")
            for note in tree.iterfind(f"{W}{kind}"):
                if value(note, "type") in {"", "normal"}:
                    self._notes[kind, value(note, "id")] = note

    def mark(self, kind: str, _key: str) -> str:
        """The mark of the next note of a kind, in the text."""
        self._counted[kind] += 1
        return in_format(self._counted[kind], self._formats[kind])[0]

    def take(self, marks: Sequence[tuple[str, str, str]]) -> None:
        """Add the notes whose marks stand in a paragraph: footnotes at the end of its section, endnotes of the text."""
        for kind, key, mark in marks:
            note = self._notes.get((kind, key))
            if note is None:
                self.builder.find(FindingCode.NOTES_MISSING, mark)
            elif (kind, key) not in self._taken:
                self._taken.add((kind, key))
                if kind == "endnote":
                    self._at_end.append((key, mark))
                else:
                    self._add(kind, note, mark)

    def end(self) -> None:
        """The text is over: the endnotes come."""
        self.builder.put_notes()
        for key, mark in self._at_end:
            self._add("endnote", self._notes["endnote", key], mark)

    def _add(self, kind: str, note: Element, mark: str) -> None:
        texts: list[str] = []
        first = last = None
        for paragraph in note.iter(f"{W}p"):
            words = self._inline[kind].read(paragraph)
            self._inline[kind].fields.settle(is_heading=False)
            said = plain(words.runs)
            if not said.strip():
                continue
            last = self.builder.piece(f"{kind} {mark}".strip(), said)
            first = last if first is None else first
            runs = words.runs
            if not mark and runs and not texts:  # its own mark stands before its words
                own, _, rest = runs[0].text.lstrip().partition(" ")
                if runs[0].raised or (len(own) <= 3 and not own.isalpha()):
                    mark, runs = (own, [Run(rest), *runs[1:]]) if own else (mark, runs)
            texts.append(self.builder.words(runs))
        self.builder.note(mark, "\n\n".join(text for text in texts if text), first, last)
