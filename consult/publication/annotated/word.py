"""The document with its comments as a Word file: the text with its numbers, then a table that is cleared on paper."""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from lxml import etree

from consult.core.locale import current_locale, direction, format_day, language_name, ngettext, pgettext
from consult.core.locale import gettext as _
from consult.documents.enums import BlockKind
from consult.documents.queries import CorrigendumInWords
from consult.documents.reading import Block
from consult.documents.wording import version_name
from consult.publication.annotated.carried import InFinal
from consult.publication.annotated.gathering import Annotated, Answer, Point
from consult.publication.annotated.runs import (
    Drawing,
    Look,
    paragraph,
    plain_paragraphs,
    run,
    table,
    table_row,
)
from consult.submissions.fates import NOT_CARRIED, NOT_COUNTED
from consult.submissions.natures import numbers_in_words
from consult.texts.values import LocalizedText

# Twentieths of a point, on an A4 sheet on its side: reference, place, who, kind, comment, change, answer, clearance.
WIDTHS = (1150, 1200, 1450, 1200, 3350, 2150, 3450, 1450)
SMALL = 16
"""Of the words in the table, in half points."""
BIDI = f"<w:bidi {nsdecls('w')}/>"
BODY = "word/document.xml"


@dataclass(frozen=True)
class Facts:
    """Of a file.

    Args:
        kind: what it is, as its page is called.
        source: the address that it was made from.
        now: when it was made.
    """

    kind: str
    source: str
    now: datetime


def to_word(annotated: Annotated, corrigenda: Sequence[CorrigendumInWords], facts: Facts) -> bytes:
    """The whole document as DOCX.

    Args:
        annotated: what stands in it.
        corrigenda: to the draft.
        facts: where it comes from, and when.
    """
    made = Document()
    _set_up(made, annotated, facts.now)
    writer = _Writer(annotated, facts)
    written = {
        secrets.token_hex(16): "".join([*writer.opening(), *writer.corrigenda(corrigenda), *writer.text()]),
        secrets.token_hex(16): "".join(writer.comments()),
    }
    text, comments = written
    made.add_paragraph(text)
    section = made.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    made.add_paragraph(comments)
    for one in made.sections:
        _frame(one, annotated)
    if direction(annotated.draft.language) == "rtl":
        for properties in made.element.body.iter(qn("w:sectPr")):
            places = [child for child in properties if child.tag == qn("w:docGrid")]
            properties.insert(properties.index(places[0]) if places else len(properties), parse_xml(BIDI))
    content = io.BytesIO()
    made.save(content)
    return _filled_in(content, written)


def _filled_in(frame: io.BytesIO, written: Mapping[str, str]) -> bytes:
    """The file with the body written where its frame names it: putting in thousands of elements one by one is slow."""
    content = io.BytesIO()
    with zipfile.ZipFile(frame) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename == BODY:
                xml = data.decode()
                for token, parts in written.items():
                    empty = f"<w:p><w:r><w:t>{token}</w:t></w:r></w:p>"
                    if empty not in xml:
                        raise RuntimeError("the frame has no place for its body")
                    xml = xml.replace(empty, parts)
                data = xml.encode()
                etree.fromstring(data)  # whatever people wrote, it is well-formed
            target.writestr(item.filename, data)
    return content.getvalue()


def _set_up(made: Any, annotated: Annotated, now: datetime) -> None:
    """The file's own facts, without those of the program's template."""
    consultation = annotated.consultation
    facts = made.core_properties
    facts.title, facts.author, facts.comments = annotated.title.text, consultation.host.name, ""
    facts.last_modified_by, facts.keywords, facts.subject = "", "", annotated.source.label
    facts.language, facts.revision = annotated.draft.language, 1
    facts.created = facts.modified = now.replace(tzinfo=None)
    package = made.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    style.paragraph_format.space_after = Pt(5)
    for section in made.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(20)
    for part in made.part.rels.values():  # nothing that the template brings leads out of the file
        if part.is_external:
            raise RuntimeError("the template has an external relationship")


def _frame(section: Any, annotated: Annotated) -> None:
    """What stands on every page: what it is, that it is invented where it is, and its number."""
    if section.orientation == WD_ORIENT.LANDSCAPE:
        section.left_margin = section.right_margin = Mm(12)
        section.top_margin = section.bottom_margin = Mm(15)
    locale = current_locale()
    look = Look(locale.code, quiet=True)
    title = run(annotated.title.text, Look(annotated.title.language, quiet=True))
    marks = run(f"{illustration()} · ", Look(locale.code, bold=True)) if _is_invented(annotated) else ""
    label = run(f"{annotated.source.label} · ", look)
    numbers = "".join(
        f'<w:fldSimple w:instr="{field}">{run("1", look)}</w:fldSimple>{run(between, look)}'
        for field, between in (("PAGE", " / "), ("NUMPAGES", ""))
    )
    is_rtl = locale.dir == "rtl"
    for part, runs in ((section.header, marks + label + title), (section.footer, marks + numbers)):
        part.is_linked_to_previous = False
        tree = part.part.element
        tree.replace(tree[0], parse_xml(_declared(paragraph(runs, is_rtl=is_rtl))))


def _declared(element: str) -> str:
    return element.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)


def illustration() -> str:
    """The mark of invented examples."""
    return pgettext("banner", "ILLUSTRATION")


def _is_invented(annotated: Annotated) -> bool:
    return annotated.consultation.is_illustration


class _Writer:
    """Writes the parts of the body, each a piece of WordprocessingML.

    Args:
        annotated: what stands in it.
        facts: where it comes from, and when.
    """

    def __init__(self, annotated: Annotated, facts: Facts) -> None:
        self._annotated, self._facts = annotated, facts
        self._own = current_locale().code
        self._is_rtl = current_locale().dir == "rtl"
        self._zone = annotated.source.zone
        self._dot = " \u200f·\u200f " if self._is_rtl else " · "  # between words of any direction

    def _say(self, words: str, *, style: str = "", bold: bool = False, quiet: bool = False) -> str:
        """A sentence of ours, in the language of the page that the file was asked for on."""
        return paragraph(run(words, Look(self._own, bold=bold, quiet=quiet)), is_rtl=self._is_rtl, style=style)

    def opening(self) -> Iterator[str]:
        """Title, which draft, where from, what it is not."""
        annotated = self._annotated
        draft = annotated.draft
        if _is_invented(annotated):
            words = _(
                "This is an invented example. No State, organisation or person has said or promised what is shown here."
            )
            yield self._say(f"{illustration()}: {words}", bold=True)
        yield self._say(self._facts.kind, quiet=True)
        title = annotated.title
        yield paragraph(run(title.text, Look(title.language)), is_rtl=title.dir == "rtl", style="Title")
        yield self._say(version_name(draft.version, dated=True))
        yield self._say(_("Language: %(language)s.", language=language_name(draft.language, self._own)))
        if not draft.is_authentic:
            yield self._say(_("This is a translation. In doubt, the authentic text counts."))
        made = _(
            "Published by %(host)s for this consultation. Made on %(day)s from:",
            host=annotated.consultation.host.name, day=format_day(self._facts.now, self._zone),
        )  # fmt: skip
        yield self._say(f"{made} {self._facts.source}")
        yield self._say(
            _("What is withdrawn later is not in files that are made later. Make it anew before you use it.")
        )
        yield self._say(_("Taking part is not consent (FPIC) and not agreement."), bold=True)
        yield from self._negotiated()

    def _negotiated(self) -> Iterator[str]:
        """What is not agreed yet, and how it is shown."""
        found = self._annotated.draft.negotiated
        if not found.is_negotiated:
            return
        said = []
        if found.passages:
            said.append(
                ngettext("%(num)s passage is in brackets.", "%(num)s passages are in brackets.", found.passages)
            )
        if found.deepest > 1:
            said.append(_("A small number beside a bracket tells how deep it stands in others."))
        if found.alternatives:
            said.append(
                ngettext("%(num)s alternative has a number.", "%(num)s alternatives have a number.", found.alternatives)
            )
        if found.blanks:
            said.append(
                ngettext(
                    "%(num)s place is still to be filled in. It has a dashed frame.",
                    "%(num)s places are still to be filled in. They have a dashed frame.",
                    found.blanks,
                )
            )
        yield self._say(_("Text in square brackets is not agreed."), bold=True)
        yield self._say(" ".join(said))

    def corrigenda(self, corrigenda: Sequence[CorrigendumInWords]) -> Iterator[str]:
        """Corrections beside the text, which stays as it was."""
        if not corrigenda:
            return
        yield self._say(_("Corrigenda"), style="Heading1")
        for one in corrigenda:
            yield self._say(format_day(one.row.issued_at, self._zone), bold=True)
            yield from plain_paragraphs(one.words.text, Look(one.words.language))
            if one.row.reads:
                old, new = run(one.row.reads, Look(one.quoted, strike=True)), run(one.row.should_read, Look(one.quoted))
                yield paragraph(f"{old}{run(' → ', Look(self._own))}{new}", is_rtl=direction(one.quoted) == "rtl")

    def text(self) -> Iterator[str]:
        """The draft, with its numbers; beside each block which points are on it, and what States put on record."""
        on_record = [point for point in self._annotated.in_general if point.nature.is_of_state]
        for point in on_record:
            yield from self._reservation(point)
        points = self._annotated.by_eid
        for block in self._annotated.draft.blocks:
            yield self._block(block)
            yield from self._beside(points.get(block.eid, ()))
        yield from self._lost()

    def _lost(self) -> Iterator[str]:
        """What could not be carried to the final text, with the words that it was about."""
        if self._annotated.lost:
            yield self._say(str(NOT_CARRIED), style="Heading1")
        for point in self._annotated.lost:
            if point.nature.is_of_state:
                yield from self._reservation(point)
            else:
                yield self._say(self._dot.join((point.reference, point.who)), bold=True)
            if point.carried is not None:
                yield self._say(" ".join(_sentences(point.carried)), quiet=True)
                if point.carried.about is not None:
                    about = point.carried.about
                    yield from plain_paragraphs(about.text, Look(about.language, italic=True), indent=360)

    def _block(self, block: Block) -> str:
        language = block.text.language
        if block.is_heading:
            # In the file the title is no heading: headings begin with the first level.
            style, lead = f"Heading{min(max(block.level - 1, 1), 9)}", f"{block.number} " if block.number else ""
            return Drawing(language, lead=run(lead, Look(language)), style=style).draw(block.html)
        number = run(f"¶ {block.inside}  ", Look(self._own, quiet=True))
        lead = number + (run(f"{block.number} ", Look(language)) if block.number else "")
        if block.kind is BlockKind.FIGURE:
            lead += run(_("Figure:") + " ", Look(self._own, italic=True))
        return Drawing(language, lead=lead, indent=360 if block.is_item else 0).draw(block.html)

    def _beside(self, points: Sequence[Point]) -> Iterator[str]:
        asking = [point for point in points if not point.nature.is_of_state]
        if asking:
            number = ngettext("%(num)s point", "%(num)s points", len(asking))
            listed = ", ".join(point.reference for point in asking)
            look = Look(self._own, quiet=True, italic=True)
            yield paragraph(run(f"→ {number}: {listed}", look), is_rtl=self._is_rtl, indent=360)
        for point in points:
            if point.nature.is_of_state:
                yield from self._reservation(point)

    def _reservation(self, point: Point) -> Iterator[str]:
        """Word for word, with who and when."""
        day = [format_day(point.day)] if point.day else []
        facts = [str(point.nature.label), point.who, *day, point.reference]
        head = run(self._dot.join(facts), Look(self._own, bold=True))
        yield paragraph(head, is_rtl=self._is_rtl, indent=360, shaded=True, kept=True)
        for said in (*point.text, *point.change):
            yield from plain_paragraphs(said.text, Look(said.language), indent=360, shaded=True)
        if point.made:
            yield paragraph(run(point.made, Look(self._own, quiet=True)), is_rtl=self._is_rtl, indent=360, shaded=True)

    def comments(self) -> list[str]:
        """The table: a row for each point, with a column that a delegation fills in."""
        annotated = self._annotated
        parts = [self._say(_("Comments"), style="Heading1")]
        number = len(annotated.points)
        parts.append(self._say(ngettext("%(num)s published point", "%(num)s published points", number), bold=True))
        of_states = numbers_in_words(annotated.of_states)
        if of_states:
            parts.append(self._say(_("This number includes %(numbers)s, which nobody answers.", numbers=of_states)))
        parts.append(self._say(str(NOT_COUNTED)))
        if annotated.has_translated_answers:
            parts.append(self._say(_("Some answers are translations. The originals stand at the address above.")))
        if annotated.awaits_answers:
            parts.append(self._say(_("How points are addressed stands here once the response log is released.")))
        parts.append(
            self._say(
                _("A number of points is not a vote. The last column is empty, for your delegation to clear on paper.")
            )
        )
        names = (
            _("Reference"), _("Paragraph"), _("Who"), _("Type"), _("Comment"), _("Proposed change"),
            _("How addressed"), _("Clearance"),
        )  # fmt: skip
        head = table_row([self._cell(name, bold=True) for name in names], is_head=True, widths=WIDTHS)
        rows = [head, *(self._row(point) for point in annotated.points)]
        parts.append(table(rows, WIDTHS, is_rtl=self._is_rtl))
        if annotated.gone:
            parts.append(self._say(_("Withdrawn or struck, so that only the reference is left:")))
            parts.append(self._say(", ".join(annotated.gone)))
        return parts

    def _row(self, point: Point) -> str:
        quote = point.quote
        quoted = [LocalizedText(f"“{quote.text}”", quote.language)] if quote is not None else []
        who = [point.who, point.sort, format_day(point.day) if point.day else ""]
        return table_row(
            [
                self._cell(point.reference, bold=True) + (self._cell(_("Superseded")) if point.is_superseded else ""),
                self._cell(point.place or (_("Not carried") if point.is_lost else _("The text in general"))),
                "".join(self._cell(words) for words in who if words),
                self._cell(str(point.kind.label)),
                (self._cell(" ".join(_sentences(point.carried)), quiet=True) if point.carried is not None else "")
                + _words(quoted, quiet=True)
                + _words(point.text)
                + (self._cell(point.made, quiet=True) if point.made else ""),
                _words(point.change),
                self._addressed(point, point.answer),
                self._clearance(),
            ],
            widths=WIDTHS,
        )

    def _addressed(self, point: Point, answer: Answer | None) -> str:
        if point.nature.is_of_state:
            return self._cell(_("Stands on record as it is; not answered."), quiet=True)
        if answer is None:
            return ""
        return self._cell(answer.disposition, bold=True) + _words(answer.reason[-1:]) + _words(answer.words[-1:])

    def _cell(self, words: str, *, bold: bool = False, quiet: bool = False) -> str:
        look = Look(self._own, bold=bold, quiet=quiet, size=SMALL)
        return paragraph(run(words, look), is_rtl=self._is_rtl, tight=True)

    def _clearance(self) -> str:
        lines = (_("Initials:"), _("Agreed: ☐ yes ☐ no"), _("Remarks:"))
        return "".join(self._cell(line, quiet=True) for line in lines)


def _sentences(carried: InFinal) -> list[str]:
    """How a point came to the final text."""
    return [words for words in (carried.made_on, f"{carried.fate}." if carried.fate else "", carried.ground) if words]


def _words(texts: Sequence[LocalizedText], *, quiet: bool = False) -> str:
    return "".join(
        part
        for text in texts
        for part in plain_paragraphs(text.text, Look(text.language, italic=quiet, quiet=quiet, size=SMALL), tight=True)
    )
