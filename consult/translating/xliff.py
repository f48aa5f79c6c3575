"""XLIFF 2, the format of translators' tools, out and in: bytes and units; nothing here looks at a record.

Written is version 2.1 (OASIS, 13 February 2018), its core alone: what belongs to us stands in notes, which tools keep.
Read are 2.0, 2.1 and 2.2, also as tools leave them: segmented, with inline elements, modules and extensions.

How marked-up words become plain text: `cp` is its character; `ph`, `pc`, `sc` and `ec` are what they stand for in the
original, which their `dataRef` names (of `pc` also what it holds), else their `equiv`; `mrk` is what it holds; `sm`
and `em` are nothing. The segments of a unit follow each other as its `order` says, with what is ignorable in between.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, ErrorHandler, feature_namespaces
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.texts.values import source_digest
from consult.translating.units import Group, Standing, Unit

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
NAMESPACES = {NAMESPACE, "urn:oasis:names:tc:xliff:document:2.2"}
VERSION = "2.1"
VERSIONS = {"2.0", "2.1", "2.2"}
SIZE_MAX = 20 * 1024 * 1024
DEPTH_MAX = 60  # of elements in each other; tools nest a handful
UNITS_MAX = 50_000
STATES = ("initial", "translated", "reviewed", "final")
# The categories of our notes: the version of the translation, digests of the source and of the translation as they
# were when the file was written, and the most characters that may be there.
VERSION_NOTE, SOURCE_NOTE, TARGET_NOTE, LIMIT_NOTE = (
    f"consult-{name}" for name in ("version", "source", "target", "limit")
)
# What XML 1.0 cannot hold in any way (section 2.2).
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARED = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""")


def write_xliff(groups: Sequence[Group], *, consultation: str, source_language: str, language: str) -> bytes:
    """The units that are written in one language, to be translated into another; the same units give the same bytes.

    Args:
        groups: a file of the document each; groups without such units are left out.
        consultation: its code; the reader gives it back.
        source_language: BCP 47 code: units that are written in another are left out.
        language: BCP 47 code of the translations.
    """
    languages = f"srcLang={quoteattr(source_language)} trgLang={quoteattr(language)}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xliff xmlns="{NAMESPACE}" version="{VERSION}" {languages}>',
    ]
    for group in groups:
        units = [unit for unit in group.units if unit.source_language == source_language]
        if units:
            lines.append(f'<file id={_attribute(group.name)} original={_attribute(consultation)} xml:space="preserve">')
            for unit in units:
                lines += _unit(unit, language)
            lines.append("</file>")
    return "\n".join([*lines, "</xliff>", ""]).encode()


def _unit(unit: Unit, language: str) -> Iterable[str]:
    notes = {VERSION_NOTE: str(unit.version), SOURCE_NOTE: source_digest(unit.source)}
    if unit.text:
        notes[TARGET_NOTE] = source_digest(unit.text)
    if unit.limit:
        notes[LIMIT_NOTE] = str(unit.limit)
    fixed = ' translate="no"' if unit.is_fixed else ""  # there to be read, as what stands around it
    yield (
        f'<unit id={_attribute(unit.key)} name={_attribute(unit.place)} canResegment="no"{fixed} xml:space="preserve">'
    )
    yield "<notes>"
    for category, words in notes.items():
        yield f'<note category="{category}">{words}</note>'
    yield "</notes>"
    # A stale translation is to be looked at again: its words are there, its state is that of a beginning.
    state = "translated" if unit.standing is Standing.DONE else "initial"
    yield f'<segment state="{state}">'
    yield f'<source xml:lang={quoteattr(unit.source_language)} xml:space="preserve">{_content(unit.source)}</source>'
    if unit.text:
        yield f'<target xml:lang={quoteattr(language)} xml:space="preserve">{_content(unit.text)}</target>'
    yield "</segment>"
    yield "</unit>"


def _content(words: str) -> str:
    """Words as the content of an element: every character comes back as it was."""
    parts = re.split(f"({_UNWRITABLE.pattern})", words)
    return "".join(
        f'<cp hex="{ord(part):04X}"/>' if place % 2 else escape(part, {"\r": "&#13;"})
        for place, part in enumerate(parts)
    )


def _attribute(words: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\ufffd", words))


@dataclass(frozen=True)
class FileUnit:
    """A unit as it stands in a file.

    Args:
        key: as `Unit.key`.
        line: where it begins in the file, from 1.
        source: the words to translate, as the file has them.
        text: the translation; empty where there is none.
        state: the least of its segments, one of `STATES`.
        is_complete: no segment that has words is without its translation, while others have one.
        version: of the translation when the file was written; None where the tool has lost it.
        source_note: digest of the source at that time; empty where the tool has lost it.
        target_note: digest of the translation at that time; empty where there was none, or the tool has lost it.
    """

    key: str
    line: int
    source: str
    text: str
    state: str
    is_complete: bool
    version: int | None
    source_note: str
    target_note: str

    @property
    def source_digest(self) -> str:
        """Of which source it is the translation."""
        return self.source_note or source_digest(self.source)


@dataclass(frozen=True)
class Document:
    """What a file holds.

    Args:
        source_language: BCP 47 code of what was to be translated.
        language: BCP 47 code of the translations.
        consultations: the codes that its files name, without repetition; a tool may have lost them.
        units: in their order.
    """

    source_language: str
    language: str
    consultations: Sequence[str]
    units: Sequence[FileUnit]


def read_xliff(content: bytes) -> Document:
    """Read a file that came back from a translator's tool.

    Raises:
        BadInput: not XLIFF 2, damaged, hostile, too large; the sentence says in which line.
    """
    _require_text(content)
    handler = _Handler()
    parser: Any = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    parser.setErrorHandler(ErrorHandler())
    try:
        parser.parse(io.BytesIO(content))
    except DefusedXmlException as error:
        raise BadInput(
            _(
                "Line %(line)s: the file declares a document type or entities. No XLIFF file needs them, and they can "
                "do harm, so it is not read.",
                line=parser.getLineNumber() or 1,
            )
        ) from error
    except SAXParseException as error:
        raise BadInput(
            _(
                "Line %(line)s, column %(column)s: the file is damaged here. Export it again from the tool, and do "
                "not edit it by hand.",
                line=error.getLineNumber() or 1,
                column=(error.getColumnNumber() or 0) + 1,
            )
        ) from error
    except SAXException as error:
        raise BadInput(_("This file cannot be read. Export it again from the tool.")) from error
    return handler.document()


def _require_text(content: bytes) -> None:
    if len(content) > SIZE_MAX:
        raise BadInput(_("This file is too large. Export and bring in one part after the other."))
    if not content.strip():
        raise BadInput(_("This file is empty."))
    declared = _DECLARED.match(content)
    is_other = declared is not None and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
    line = 1
    if not is_other:
        try:
            content.decode()
            is_other = b"\0" in content
        except UnicodeDecodeError as error:
            is_other, line = True, content.count(b"\n", 0, error.start) + 1
    if is_other:
        raise BadInput(_("Line %(line)s: the file is not in UTF-8. Let the tool save it in that encoding.", line=line))


@dataclass
class _Part:
    """A segment, or what is ignorable between two; None: it has no such element."""

    is_segment: bool
    state: str
    source: str = ""
    target: str | None = None
    order: int = 0


@dataclass
class _Open:
    """The unit that is being read."""

    key: str
    line: int
    notes: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)

    def close(self) -> FileUnit:
        """All of it is read."""
        segments = [part for part in self.parts if part.is_segment and part.source.strip()]
        has = [bool(part.target and part.target.strip()) for part in segments]
        ordered = sorted(enumerate(self.parts, start=1), key=lambda pair: (pair[1].order or pair[0], -pair[1].order))
        text = "".join(
            part.target if part.target is not None else "" if part.is_segment else part.source for _n, part in ordered
        )
        version = self.notes.get(VERSION_NOTE, "")
        return FileUnit(
            key=self.key,
            line=self.line,
            source="".join(part.source for part in self.parts),
            text=text if any(has) else "",
            state=min((part.state for part in segments), key=STATES.index, default=STATES[0]),
            is_complete=all(has) or not any(has),
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
            source_note=_digest(self.notes.get(SOURCE_NOTE, "")),
            target_note=_digest(self.notes.get(TARGET_NOTE, "")),
        )


def _digest(words: str) -> str:
    return words if re.fullmatch("[0-9a-f]{64}", words) else ""


_Attributes = Mapping[tuple[str | None, str], str]


class _Handler(ContentHandler):
    """Goes through the elements of a document once, and holds no more than its units."""

    def __init__(self) -> None:
        super().__init__()
        self._path: list[str] = []
        self._ignored = 0  # depth inside an element that is not of the core
        self._languages = ("", "")
        self._consultations: dict[str, None] = {}
        self._units: dict[str, FileUnit] = {}
        self._unit: _Open | None = None
        self._name = ""  # of the note or the data that is being read
        self._words: list[str] | None = None  # where characters go; None: they are white space between elements
        self._ends: list[str] = []  # what the open inline elements put at their ends
        self._inserted = 0  # characters that stand for inline elements, in the whole document

    def document(self) -> Document:
        """What was read."""
        source, language = self._languages
        return Document(source, language, list(self._consultations), list(self._units.values()))

    @property
    def _line(self) -> int:
        return self._locator.getLineNumber() or 1  # type: ignore[attr-defined]

    def startElementNS(  # noqa: N802 - as SAX calls it
        self, name: tuple[str | None, str], qname: str | None, attrs: Any
    ) -> None:
        """An element begins."""
        namespace, local = name
        if not self._path:
            self._take_root(namespace, local, attrs)
        self._path.append(local)
        if len(self._path) > DEPTH_MAX:
            raise BadInput(
                _("Line %(line)s: elements are nested more than %(most)s deep. No tool does so; export the file again.",
                  line=self._line, most=DEPTH_MAX)
            )  # fmt: skip
        if self._words is not None:
            if namespace not in NAMESPACES:
                raise self._unreadable(local)
            self._begin_inline(local, attrs)
        elif self._ignored or namespace not in NAMESPACES:
            self._ignored += 1
        else:
            begin = self._beginnings.get(local)
            if begin is not None:
                begin(self, attrs)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802 - as SAX calls it
        """An element ends."""
        local = self._path.pop()
        if self._ignored:
            self._ignored -= 1
        elif self._words is not None:
            if self._ends:
                self._words.append(self._ends.pop())
            else:
                self._end_words(local)
        elif local == "unit" and self._unit is not None:
            self._units[self._unit.key] = self._unit.close()
            self._unit = None

    def characters(self, content: str) -> None:
        """Some words, or white space between elements."""
        if self._words is not None:
            self._words.append(content)

    def _take_root(self, namespace: str | None, local: str, attrs: _Attributes) -> None:
        version = attrs.get((None, "version"), "")
        if local == "xliff" and (version.startswith("1") or (namespace or "").startswith(f"{NAMESPACE[:-3]}1.")):
            raise BadInput(
                _("Line %(line)s: this is XLIFF %(version)s. Let the tool save it as XLIFF 2.", line=self._line,
                  version=_shortened(version) or "1")
            )  # fmt: skip
        if local != "xliff" or namespace not in NAMESPACES or version not in VERSIONS:
            raise BadInput(_("Line %(line)s: this is not an XLIFF 2 file.", line=self._line))
        self._languages = (attrs.get((None, "srcLang"), ""), attrs.get((None, "trgLang"), ""))
        if not all(self._languages):
            raise BadInput(
                _("Line %(line)s: the file does not say from which language into which it translates (srcLang, "
                  "trgLang).", line=self._line)
            )  # fmt: skip

    def _begin_file(self, attrs: _Attributes) -> None:
        original = attrs.get((None, "original"), "")
        if original:
            self._consultations.setdefault(original[:100])

    def _begin_unit(self, attrs: _Attributes) -> None:
        key = attrs.get((None, "id"), "")
        if self._unit is not None or not key:
            raise self._unreadable("unit")
        if key in self._units:
            raise BadInput(
                _("Line %(line)s: the unit “%(unit)s” stands here for the second time; the first is in line %(first)s. "
                  "Export the file again.", line=self._line, unit=_shortened(key), first=self._units[key].line)
            )  # fmt: skip
        if len(self._units) >= UNITS_MAX:
            raise BadInput(_("This file is too large. Export and bring in one part after the other."))
        self._unit = _Open(key, self._line)

    def _begin_part(self, attrs: _Attributes, *, is_segment: bool) -> None:
        if self._unit is None:
            raise self._unreadable("segment")
        state = attrs.get((None, "state"), STATES[0])
        self._unit.parts.append(_Part(is_segment, state if state in STATES else STATES[0]))

    def _begin_words(self, attrs: _Attributes) -> None:
        local = self._path[-1]
        if local in {"source", "target"} and (self._unit is None or not self._unit.parts):
            raise self._unreadable(local)
        self._name = attrs.get((None, "category" if local == "note" else "id"), "")
        if local == "target" and self._unit is not None:
            order = attrs.get((None, "order"), "")
            self._unit.parts[-1].order = int(order) if order.isascii() and order.isdigit() and len(order) < 6 else 0
        self._words, self._ends = [], []

    def _end_words(self, local: str) -> None:
        words, self._words = "".join(self._words or []), None
        unit = self._unit
        if unit is None:
            return
        if local == "source":
            unit.parts[-1].source = words
        elif local == "target":
            unit.parts[-1].target = words
        elif local == "note":
            if not unit.parts:  # those of the unit stand before its segments
                unit.notes.setdefault(self._name, words.strip())
        else:
            unit.data[self._name] = words

    def _begin_inline(self, local: str, attrs: _Attributes) -> None:
        def original(reference: str, equivalent: str) -> str:
            data = self._unit.data if self._unit is not None else {}
            found = data.get(attrs.get((None, reference), ""))
            return found if found is not None else attrs.get((None, equivalent), "")

        before = after = ""
        if local == "cp":
            before = self._code_point(attrs.get((None, "hex"), ""))
        elif local in {"ph", "sc", "ec"}:
            before = original("dataRef", "equiv")
        elif local == "pc":
            before, after = original("dataRefStart", "equivStart"), original("dataRefEnd", "equivEnd")
        elif local not in {"mrk", "sm", "em"}:
            raise self._unreadable(local)
        self._inserted += len(before) + len(after)
        if self._inserted > SIZE_MAX:  # a few codes that are named over and over would fill the memory
            raise BadInput(
                _("Line %(line)s: the codes of this file grow too large when they are put in. Export it again from "
                  "the tool.", line=self._line)
            )  # fmt: skip
        if self._words is not None:
            self._words.append(before)
        self._ends.append(after)

    def _code_point(self, number: str) -> str:
        try:
            character = chr(int(number, 16))
        except (ValueError, OverflowError) as error:
            raise self._unreadable("cp") from error
        if "\ud800" <= character <= "\udfff":  # half of a character, which no text can hold
            raise self._unreadable("cp")
        return character

    def _unreadable(self, local: str) -> BadInput:
        return BadInput(
            _("Line %(line)s: the element “%(element)s” cannot stand here in XLIFF 2. Export the file again from the "
              "tool.", line=self._line, element=_shortened(local))
        )  # fmt: skip

    _beginnings: Mapping[str, Callable[[_Handler, _Attributes], None]] = {
        "file": _begin_file,
        "unit": _begin_unit,
        "segment": lambda self, attrs: self._begin_part(attrs, is_segment=True),
        "ignorable": lambda self, attrs: self._begin_part(attrs, is_segment=False),
        **dict.fromkeys(("source", "target", "note", "data"), _begin_words),
    }


def _shortened(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:60]}…"
