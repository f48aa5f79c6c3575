"""What stands in a paragraph: words with their looks, fields, notes, pictures, boxes; not what was only proposed.

Tracked changes are read as if none had been accepted: insertions are left out, deletions stay, and each is listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from consult.documents.importing.building import Builder
from consult.documents.importing.composing import Run, is_web, mark_in_text
from consult.documents.importing.structure import FindingCode
from consult.documents.importing.word import signs
from consult.documents.importing.word.fields import Fields
from consult.documents.importing.word.package import MC, WP, A, Element, M, O, Package, R, V, W, is_on, value
from consult.documents.importing.word.styles import Style, Styles, number_of, raised_of

_SKIPPED = {
    f"{W}{name}"
    for name in [
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "smartTagPr",
        "customXmlPr",
        "rubyPr",
        "proofErr",
        "footnoteRef",
        "endnoteRef",
        "annotationRef",
        "separator",
        "continuationSeparator",
        "rt",
        "fldData",
        "lastRenderedPageBreak",
        "softHyphen",
        "tblPr",
        "ffData",
        "delInstrText",
    ]
}
_BREAKS = {"page": " ", "column": " "}
_PLAIN_COLOURS = {"", "auto", "000000", "windowtext"}
_PLAIN_FILLS = {"", "auto", "ffffff"}


@dataclass
class Picture:
    """A picture that hangs on a paragraph.

    Args:
        description: in words; may be empty.
        part: the name of the part that holds it; empty where it is elsewhere or nowhere.
    """

    description: str
    part: str


@dataclass
class Words:
    """What stands in a paragraph.

    Args:
        runs: its words.
        pictures: that hang on it.
        boxes: the contents of text boxes that hang on it.
        notes: (kind, id, mark) of the notes whose marks stand in it.
        lost: formatting that is left out, once for each kind.
        is_contents: whether it belongs to a list of contents.
        left_out: the words of such a list.
    """

    runs: list[Run] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    lost: set[FindingCode] = field(default_factory=set)
    is_contents: bool = False
    left_out: str = ""


@dataclass(frozen=True)
class _Look:
    """How the words around are, for those inside."""

    link: str = ""
    is_deleted: bool = False


class Inline:
    """Reads the paragraphs of one part, in their order: fields begin in one and end in another.

    Args:
        package: the file.
        part: the name of the part.
        styles: of the file.
        builder: gets what is lost.
        mark: gives the mark of the next note of a kind.
    """

    def __init__(
        self, package: Package, part: str, styles: Styles, builder: Builder, mark: Callable[[str, str], str]
    ) -> None:
        self.package, self.part, self.styles, self.builder, self.mark = package, part, styles, builder, mark
        self.fields = Fields(builder)
        self._words = Words()
        self._is_hidden = False

    def read(self, paragraph: Element) -> Words:
        """What stands in a paragraph."""
        self._words = Words(is_contents=self.fields.is_skipped)
        style = value(paragraph.find(f"{W}pPr/{W}pStyle"))
        self._is_hidden = next((one.is_hidden for one in self.styles.chain(style) if one.is_hidden is not None), False)
        self._children(paragraph, _Look())
        for code in self._words.lost:
            self.builder.find(code, ahead=1)
        return self._words

    def _children(self, element: Element, look: _Look) -> None:
        for child in element:
            self._element(child, look)

    def _element(self, child: Element, look: _Look) -> None:
        tag = child.tag
        if tag in _SKIPPED:
            return
        handler = self._HANDLERS.get(tag)
        if handler is not None:
            handler(self, child, look)
        else:
            self._children(child, look)

    # --- around runs ---

    def _hyperlink(self, element: Element, look: _Look) -> None:
        relation = self.package.related(self.part).get(element.get(f"{R}id", ""))
        address = relation.target if relation and relation.is_outside else ""
        self._children(element, replace(look, link=self.link(address, is_inside=not address)))

    def link(self, address: str, *, is_inside: bool) -> str:
        """An address that a link may lead to, or nothing, with a note of what became of it."""
        if self.fields.is_skipped:
            return ""
        if is_inside:
            self.builder.find(FindingCode.LINKS_INSIDE, ahead=1)
            return ""
        if not is_web(address):
            self.builder.find(FindingCode.LINKS_DROPPED, address, ahead=1)
            return ""
        return address

    def _simple_field(self, element: Element, look: _Look) -> None:
        self.fields.begin()
        self.fields.instruct(value(element, "instr"))
        self.fields.separate(self.link)
        self._children(element, look)
        self.fields.end()

    def _inserted(self, element: Element, _look: _Look) -> None:
        self.builder.find(FindingCode.TRACKED_INSERTIONS, words_in(element), ahead=1)

    def _moved_here(self, element: Element, _look: _Look) -> None:
        self.builder.find(FindingCode.TRACKED_MOVES, words_in(element), ahead=1)

    def _deleted(self, element: Element, look: _Look) -> None:
        self.builder.find(FindingCode.TRACKED_DELETIONS, words_in(element), ahead=1)
        self._children(element, replace(look, is_deleted=True))

    def _moved_away(self, element: Element, look: _Look) -> None:
        self._children(element, replace(look, is_deleted=True))

    def _content_control(self, element: Element, look: _Look) -> None:
        if is_contents(element):
            self._words.is_contents = True
            return
        self._children(element, look)

    def _ruby(self, element: Element, look: _Look) -> None:
        base, above = element.find(f"{W}rubyBase"), element.find(f"{W}rt")
        if base is not None:
            self._children(base, look)
        if above is not None and (said := words_in(above)):
            self._put(Run(f"({said})", link=look.link))

    def _alternative(self, element: Element, look: _Look) -> None:
        chosen = chosen_of(element)
        if chosen is not None:
            self._children(chosen, look)

    def _formula(self, element: Element, look: _Look) -> None:
        said = signs.formula(element)
        if said:
            self.builder.find(FindingCode.EQUATIONS, said, ahead=1)
            self._put(Run(said, link=look.link))

    def _outside(self, element: Element, _look: _Look) -> None:
        self.builder.find(FindingCode.OUTSIDE, element.tag.rpartition("}")[2], ahead=1)

    # --- runs ---

    def _put(self, run: Run) -> None:
        if self.fields.is_skipped:
            self._words.left_out += run.text
        elif run.text and not self.fields.is_silent:
            self._words.runs.append(replace(run, link=run.link or self.fields.link))

    def _run(self, element: Element, look: _Look) -> None:
        properties = element.find(f"{W}rPr")
        model = Run("", link=look.link)
        is_hidden, font = self._is_hidden, ""
        if properties is not None and len(properties):
            chain = self.styles.chain(value(properties.find(f"{W}rStyle")))
            model, is_hidden, font = self._look_of(properties, chain, look)
        hidden: list[str] = []
        for child in element:
            said = self._in_run(child, look, font)
            if not said:
                continue
            if is_hidden:
                hidden.append(said)
            else:
                self._put(replace(model, text=said))
        if hidden and "".join(hidden).strip():
            self.builder.find(FindingCode.HIDDEN_TEXT, "".join(hidden), ahead=1)

    def _look_of(self, properties: Element, chain: Sequence[Style], look: _Look) -> tuple[Run, bool, str]:
        def said(name: str, of: str) -> bool:
            own = is_on(properties.find(f"{W}{name}"))
            if own is None:
                own = next((got for one in chain if (got := getattr(one, of)) is not None), None)
            return bool(own)

        raised = raised_of(properties)
        if raised is None:
            raised = next((got for one in chain if (got := one.raised) is not None), 0)
        self._note_lost(properties, look)
        is_hidden = self._is_hidden
        if properties.find(f"{W}vanish") is not None or any(one.is_hidden for one in chain):
            is_hidden = said("vanish", "is_hidden")
        font = properties.find(f"{W}rFonts")
        is_struck = said("strike", "is_struck") or bool(is_on(properties.find(f"{W}dstrike")))
        run = Run("", said("b", "is_bold"), said("i", "is_italic"), is_struck, raised, look.link)
        return run, is_hidden, value(font, "ascii")

    def _note_lost(self, properties: Element, look: _Look) -> None:
        lost = self._words.lost
        for child in properties:
            name = child.tag[len(W) :] if isinstance(child.tag, str) else ""
            if name == "u" and value(child) not in {"", "none"} and not (look.link or self.fields.link):
                lost.add(FindingCode.UNDERLINES)
            elif (name == "highlight" and value(child) != "none") or (
                name == "shd" and value(child, "fill").lower() not in _PLAIN_FILLS
            ):
                lost.add(FindingCode.HIGHLIGHTS)
            elif name == "color" and not look.link and value(child).lower() not in _PLAIN_COLOURS:
                lost.add(FindingCode.COLOURS)
            elif name in {"caps", "smallCaps"} and is_on(child):
                lost.add(FindingCode.CAPITALS)
            elif name == "rPrChange":
                self.builder.find(FindingCode.TRACKED_FORMATTING, ahead=1)

    def _in_run(self, child: Element, look: _Look, font: str) -> str:
        """The words of one child of a run; fields, notes and pictures are noted on the way."""
        tag = child.tag
        if tag == f"{W}t" or (tag == f"{W}delText" and look.is_deleted):
            return signs.without_private((child.text or "").replace("\n", " "), font)
        simple = _SIMPLE.get(tag)
        if simple is not None:
            return simple
        if tag in _SKIPPED:
            return ""
        handler = self._IN_RUNS.get(tag)
        if handler is not None:
            return handler(self, child, look)
        if tag not in {f"{W}delText", f"{W}instrText"}:
            self._element(child, look)
        return ""

    def _break(self, child: Element, _look: _Look) -> str:
        return _BREAKS.get(value(child, "type"), "\n")

    def _symbol(self, child: Element, _look: _Look) -> str:
        code = value(child, "char")
        made = (
            signs.sign(value(child, "font"), int(code, 16))
            if re.fullmatch(r"[0-9A-Fa-f]{1,6}", code)
            else signs.UNKNOWN
        )
        if made == signs.UNKNOWN:
            self.builder.find(FindingCode.SYMBOLS, value(child, "font"), ahead=1)
        return made

    def _field_mark(self, child: Element, _look: _Look) -> str:
        kind = value(child, "fldCharType")
        if kind == "begin":
            self.fields.begin(child)
        elif kind == "separate":
            self.fields.separate(self.link)
        elif kind == "end":
            if self.fields.is_skipped:
                self._words.is_contents = True
            return self.fields.end()
        if self.fields.is_skipped:
            self._words.is_contents = True
        return ""

    def _instruction(self, child: Element, _look: _Look) -> str:
        self.fields.instruct(child.text or "")
        return ""

    def _note(self, child: Element, _look: _Look) -> str:
        kind = "endnote" if child.tag == f"{W}endnoteReference" else "footnote"
        key = value(child, "id")
        if self.fields.is_silent or number_of(key) is None:
            return ""
        is_own = bool(is_on(child.find(".")) and value(child, "customMarkFollows") in {"1", "true", "on"})
        mark = "" if is_own else self.mark(kind, key)
        if mark:
            self._put(Run(mark_in_text(mark)))
        self._words.notes.append((kind, key, mark))
        return ""

    def _comment(self, _child: Element, _look: _Look) -> str:
        self.builder.find(FindingCode.COMMENTS, count=0, ahead=1)
        return ""

    # --- pictures and boxes ---

    def _drawing(self, element: Element, _look: _Look) -> str:
        described = next((d for d in element.iter(f"{WP}docPr")), None)
        said = (described.get("descr") or described.get("title") or "") if described is not None else ""
        blips = list(element.iter(f"{A}blip"))
        for blip in blips[:20]:
            self._picture(
                said if blip is blips[0] else "", blip.get(f"{R}embed", ""), is_linked=bool(blip.get(f"{R}link"))
            )
        boxes = self._boxes(element)
        graphic = element.find(f".//{A}graphicData")
        uri = graphic.get("uri", "") if graphic is not None else ""
        if not blips and (uri.rpartition("/")[2] in {"chart", "diagram"} or "chart" in uri or (said and not boxes)):
            self._drawn(said)
        return ""

    def _drawn(self, said: str) -> None:
        self.builder.find(FindingCode.DRAWINGS, said, ahead=1)
        if said.strip():
            self._words.pictures.append(Picture(said, ""))

    def _vml(self, element: Element, _look: _Look) -> str:
        said = next((s.get("alt", "") for s in element.iter() if s.get("alt")), "")
        pictures = list(element.iter(f"{V}imagedata"))
        for one in pictures[:20]:
            key = one.get(f"{R}id", "")
            is_linked = bool(one.get("src") or one.get(f"{R}href") or one.get(f"{O}href"))
            self._picture(said or one.get(f"{O}title", ""), key, is_linked=is_linked and not key)
        for path in element.iter(f"{V}textpath"):
            self._drawn(path.get("string", ""))
        if not pictures and not self._boxes(element) and said:
            self._drawn(said)
        return ""

    def _boxes(self, element: Element) -> list[Element]:
        found = [box for box in element.iter(f"{W}txbxContent") if not _is_within_another(box, element)]
        self._words.boxes += found
        return found

    def _picture(self, said: str, key: str, *, is_linked: bool) -> None:
        if self.fields.is_silent:
            return
        relation = self.package.related(self.part).get(key)
        if relation is not None and not relation.is_outside and relation.target in self.package.parts:
            self._words.pictures.append(Picture(said, relation.target))
            return
        is_outside = is_linked or (relation is not None and relation.is_outside)
        address = relation.target if relation is not None and relation.is_outside else ""
        self.builder.find(FindingCode.PICTURE_OUTSIDE if is_outside else FindingCode.PICTURE_KIND, address, ahead=1)
        if said.strip():
            self._words.pictures.append(Picture(said, ""))

    _HANDLERS: ClassVar[Mapping[str, Callable[[Inline, Element, _Look], object]]] = {
        f"{W}r": _run,
        f"{W}hyperlink": _hyperlink,
        f"{W}fldSimple": _simple_field,
        f"{W}ins": _inserted,
        f"{W}del": _deleted,
        f"{W}moveTo": _moved_here,
        f"{W}moveFrom": _moved_away,
        f"{W}sdt": _content_control,
        f"{W}ruby": _ruby,
        f"{W}subDoc": _outside,
        f"{MC}AlternateContent": _alternative,
        f"{M}oMath": _formula,
        f"{W}drawing": _drawing,
        f"{W}pict": _vml,
        f"{W}object": _vml,
    }
    _IN_RUNS: ClassVar[Mapping[str, Callable[[Inline, Element, _Look], str]]] = {
        f"{W}br": _break,
        f"{W}sym": _symbol,
        f"{W}fldChar": _field_mark,
        f"{W}instrText": _instruction,
        f"{W}footnoteReference": _note,
        f"{W}endnoteReference": _note,
        f"{W}commentReference": _comment,
    }


def words_in(element: Element) -> str:
    """The words inside an element, those that are deleted too."""
    return "".join(one.text or "" for one in element.iter(f"{W}t", f"{W}delText"))


def is_contents(control: Element) -> bool:
    """Whether a content control holds a list of contents."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return value(gallery).lower() in {"table of contents", "indexes", "bibliographies of contents"}


def chosen_of(alternatives: Element) -> Element | None:
    """The one of several forms of the same thing that is read."""
    choices = [*alternatives.iterfind(f"{MC}Choice"), *alternatives.iterfind(f"{MC}Fallback")]
    return next((one for one in choices if len(one)), None)


def _is_within_another(box: Element, top: Element) -> bool:
    at = box.getparent()
    while at is not None and at is not top:
        if at.tag in {f"{W}txbxContent", f"{MC}Fallback"}:
            return True
        at = at.getparent()
    return False


_SIMPLE = {f"{W}tab": "\t", f"{W}ptab": " ", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
