"""The draft as a page shows it: blocks as HTML with what to call them, headings nested without gaps, contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from markupsafe import Markup, escape

from consult.consultations.reading import ReadLink, read_links
from consult.core.locale import gettext as _
from consult.core.markdown import to_html, to_inline_html
from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.models import DocumentVersion, Figure, Paragraph
from consult.documents.negotiated import Negotiated, mark_negotiated
from consult.documents.queries import list_paragraphs, paragraph_texts, text_of
from consult.documents.sections import Page, cut_into_pages, is_long, page_with
from consult.texts.values import LocalizedText

# The page's own heading is the first level; HTML has six.
FIRST_LEVEL, LAST_LEVEL = 2, 6
_LONG = 60


@dataclass(frozen=True)
class Block:
    """One block as a page shows it.

    Args:
        id: key of the paragraph.
        eid: its address in the page.
        kind: heading, paragraph, list item and so on.
        number: a heading's number or a list item's marker; may be empty.
        text: the words, with their language.
        html: the same as safe HTML; inline in headings.
        level: 2 to 6 for headings, never more than one below the heading above; else 0.
        place: what to call it beside its text: "3.2", "3.2 ¶ 4".
        inside: which block of its section it is, from 1; 0 for headings.
        figure: the picture of a figure, whose words describe it.
        other: the words in a second language, which stand beside it; None where none was asked for.
        other_html: the same as safe HTML.
    """

    id: int
    eid: str
    kind: BlockKind
    number: str
    text: LocalizedText
    html: Markup
    level: int
    place: str
    inside: int
    figure: Figure | None = None
    other: LocalizedText | None = None
    other_html: Markup = field(default_factory=Markup)

    @property
    def is_heading(self) -> bool:
        """Whether it begins a section."""
        return self.kind is BlockKind.HEADING

    @property
    def is_item(self) -> bool:
        """Whether it belongs in a list with its neighbours."""
        return self.kind is BlockKind.ITEM

    @property
    def is_note(self) -> bool:
        """Whether it is a footnote."""
        return self.kind is BlockKind.NOTE


@dataclass(frozen=True)
class Entry:
    """A line of the contents, with those below it."""

    eid: str
    number: str
    text: LocalizedText
    words: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """One language edition of a draft, ready for a page.

    ``blocks`` are those that are shown: of the whole draft, or of one of its ``pages``; ``contents`` always name all.
    """

    version: DocumentVersion
    language: str
    paragraphs: Sequence[Paragraph]
    blocks: Sequence[Block]
    contents: Sequence[Entry]
    languages: Sequence[str]
    pages: Sequence[Page] = ()
    page: Page | None = None
    negotiated: Negotiated = field(default_factory=lambda: Negotiated([]))
    beside: str = ""

    @property
    def is_authentic(self) -> bool:
        """Whether this edition is the one that counts in doubt."""
        return self.language == self.version.language

    @property
    def is_from_pdf(self) -> bool:
        """Whether this edition was taken from a PDF file, so that its layout may be lost."""
        return any(e.language == self.language and e.source_format is SourceFormat.PDF for e in self.version.editions)

    def links(self, address: Callable[[str], str]) -> list[ReadLink]:
        """The links to all editions, each at its address; the authentic one first."""
        return read_links(self.languages, address, originals=[self.version.language], current=self.language)

    @property
    def page_eids(self) -> dict[str, str]:
        """For each heading that the contents of a page name, the eId of its page; nothing of a whole draft."""
        if self.page is None:
            return {}
        found: dict[str, str] = {}
        for page in self.pages:
            if page is self.page:
                places = range(page.start, page.stop)
            else:
                places = range(page.start, page.start + 1)
            found |= {self.paragraphs[place].eid: page.eid for place in places}
        return found

    def neighbour(self, step: int) -> str:
        """The eId of the page before (-1) or behind (1) the one that is shown; empty where there is none."""
        if self.page is None:
            return ""
        at = self.pages.index(self.page) + step
        return self.pages[at].eid if 0 <= at < len(self.pages) else ""


def choose_edition(version: DocumentVersion, wanted: str | None, reader: str) -> str:
    """The language to show: the one asked for, else the reader's, else the authentic one; only what there is."""
    have = editions_of(version)
    return next((code for code in (wanted, reader) if code in have), version.language)


def editions_of(version: DocumentVersion) -> list[str]:
    """The languages of the consultation that the draft exists in, the authentic one first."""
    have = {edition.language for edition in version.editions}
    others = [code for code in version.consultation.languages if code in have and code != version.language]
    return [version.language, *others]


def load_draft(
    version: DocumentVersion, language: str, *, section: str = "", by_section: bool | None = False, beside: str = ""
) -> Draft:
    """A draft in one language; one query, or two for an edition other than the authentic one, and one more beside it.

    Args:
        version: whose text it is.
        language: one of its editions.
        section: the eId of any block, on whose page one is; empty for the first page.
        by_section: whether one page alone becomes HTML; None where a long draft is to be read so, another one not.
        beside: another of its editions, to stand beside it; empty for none.
    """
    paragraphs = list_paragraphs(version)
    texts = paragraph_texts([] if language == version.language else paragraphs, language)
    pairs = [(paragraph, text_of(paragraph, texts, version.language)) for paragraph in paragraphs]
    levels = nested_levels([(p.level, p.number) for p in paragraphs if p.kind is BlockKind.HEADING])
    pages = pages_of(paragraphs)
    page = None
    if pages and (is_long(len(paragraphs)) if by_section is None else by_section):
        place = next((place for place, one in enumerate(paragraphs) if one.eid == section), 0)
        page = page_with(pages, place)
    shown = slice(page.start, page.stop) if page else slice(None)
    every = list(_blocks(pairs, levels, range(len(pairs))[shown]))
    marked = mark_negotiated([block.html for block in every[shown]])
    blocks = linked_notes(
        [
            block if block.html is html else replace(block, html=html)
            for block, html in zip(every[shown], marked.pieces, strict=True)
        ]
    )
    if beside:
        blocks = _with_others(blocks, paragraphs[shown], beside, version.language)
    have = editions_of(version)
    return Draft(version, language, paragraphs, blocks, contents_of(every), have, pages, page, marked, beside)


def _with_others(blocks: Sequence[Block], paragraphs: Sequence[Paragraph], beside: str, original: str) -> list[Block]:
    """The blocks with their words in a second language."""
    texts = paragraph_texts([] if beside == original else paragraphs, beside)
    others = [text_of(paragraph, texts, original) for paragraph in paragraphs]
    drawn = mark_negotiated(
        [
            to_inline_html(other.text) if block.is_heading else to_html(other.text)
            for block, other in zip(blocks, others, strict=True)
        ]
    ).pieces
    return [
        replace(block, other=other, other_html=html) for block, other, html in zip(blocks, others, drawn, strict=True)
    ]


def pages_of(paragraphs: Sequence[Paragraph]) -> list[Page]:
    """The pages of a draft that is read section by section."""
    headings = [(p.level, p.number) for p in paragraphs if p.kind is BlockKind.HEADING]
    levels = iter(nested_levels(headings))
    return cut_into_pages([(p.eid, next(levels) if p.kind is BlockKind.HEADING else 0) for p in paragraphs])


def _blocks(pairs: Sequence[tuple[Paragraph, LocalizedText]], levels: Sequence[int], shown: range) -> Iterator[Block]:
    depth = iter(levels)
    section = ""
    for index, (paragraph, text) in enumerate(pairs):
        figure = None
        if paragraph.kind is BlockKind.HEADING:
            html = to_inline_html(text.text)
            section = paragraph.number or _shortened(words_of(html))
            place, inside, level = section, 0, next(depth)
        else:
            html = to_html(text.text) if index in shown else Markup()
            inside = paragraph.inside
            place, level = f"{section} ¶ {inside}".strip(), 0
            if "<table>" in html:
                html = _scrolling(html, place)
            if paragraph.figure_id is not None and index in shown:
                figure = paragraph.figure
        yield Block(
            paragraph.id, paragraph.eid, paragraph.kind, paragraph.number, text, html, level, place, inside, figure
        )


def words_of(html: Markup) -> str:
    """The words of a heading alone: a line of the contents is itself a link and can hold none."""
    return html.striptags()


def block_in_words(block: Block) -> str:
    """What to call a block in a list of them: its place, and how it begins."""
    words = _shortened(words_of(block.html))
    return words if block.place == words else _("%(place)s: %(words)s", place=block.place, words=words)


def _shortened(words: str) -> str:
    return words if len(words) <= _LONG else words[:_LONG].rpartition(" ")[0] + "…"


def _scrolling(html: Markup, place: str) -> Markup:
    """Tables in a box of their own that scrolls, by keyboard too, so that the page never does."""
    opening = Markup('<div class="scroll" role="region" tabindex="0" aria-label="{}"><table>').format(
        _("Table in %(place)s", place=place)
    )
    return Markup(  # noqa: S704 - pieces of safe HTML
        str(html)
        .replace("<table>", str(opening))
        .replace("</table>", "</table></div>")
        .replace("<th>", '<th scope="col">')
    )


# The mark of a note in a text: raised figures, but not those of a power or of square metres; or [^3], as in Markdown.
_NOTE_MARK = re.compile(r"(?<![0-9])(?<!\b[mk]m)(?<!\bcm)(?<!\bm)([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4})|\[\^([^\[\]\s<>&\"]{1,20})\](?!:)")
_UNSEEN = '<span class="visually-hidden">{}</span>'
_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def linked_notes(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with their marks of footnotes as links to the notes among them, and each note with a link back.

    Where numbers begin anew in every section, a mark is of the next note of its number.
    """
    if not any(block.is_note and block.number for block in blocks):
        return list(blocks)
    called: set[str] = set()
    following: list[dict[str, Block]] = []
    notes: dict[str, Block] = {}
    for block in reversed(blocks):
        if block.is_note and block.number:
            notes = {**notes, block.number: block}
        following.append(notes)

    def linked(found: re.Match[str], notes: Mapping[str, Block]) -> str:
        number = found[2] or found[1].translate(_FIGURES)
        note = notes.get(number)
        if note is None:
            return found[0]
        here = "" if note.eid in called else f' id="mark-{note.eid}"'
        called.add(note.eid)
        label = escape(_("Footnote %(number)s", number=number))
        # The words stay as they are for who counts their characters; the brackets of Markdown are not seen.
        shown = found[0] if found[1] else f"<sup>{_UNSEEN.format('[^')}{number}{_UNSEEN.format(']')}</sup>"
        return f'<a{here} href="#{note.eid}" aria-label="{label}">{shown}</a>'

    marked = [
        replace(block, html=Markup(_NOTE_MARK.sub(partial(linked, notes=notes), str(block.html))))  # noqa: S704
        if not block.is_note and not block.is_heading and _NOTE_MARK.search(block.html)
        else block
        for block, notes in zip(blocks, reversed(following), strict=True)
    ]
    back = escape(_("Back to the text"))
    link = Markup('<p class="hint" data-beside><a href="#mark-{}">{}</a></p>')
    return [
        replace(block, html=block.html + link.format(block.eid, back))
        if block.is_note and block.eid in called
        else block
        for block in marked
    ]


# Ends that HTML does without, and what only a page with our style sheet needs: boxes, hidden words, ways back.
_NEEDLESS = re.compile(
    r'<span class="visually-hidden">[^<]*</span>|<p class="hint" data-beside>.*?</p>'
    r'|</(?:p|li|td|th|tr|thead|tbody)>|<div class="scroll"[^>]*>|</div>| scope="col"|(?<=>)\n'
)
# Brackets and what belongs to them speak for themselves.
_SIGN = re.compile(r"<b(?: [^>]*)?>(.*?)</b>", re.DOTALL)
_LINK = re.compile(r'<a(?: id="[^"]*")? href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def light_html(html: Markup) -> Markup:
    """The same words for a file that is read offline: no ends and boxes that it can do without, and no links.

    Where a link led to stands beside its words.
    """
    bare = _SIGN.sub(r"\1", str(html)) if "<b" in html else str(html)
    return Markup(_NEEDLESS.sub("", _LINK.sub(_spelt_out, bare)).strip())  # noqa: S704 - safe HTML, and less of it


def _spelt_out(link: re.Match[str]) -> str:
    target, words = link.groups()
    return words if target.startswith("#") or target in words else f"{words} ({target})"


def nested_levels(headings: Sequence[tuple[int, str]]) -> list[int]:
    """The level that each heading has on a page, from 2, never more than one below the heading above it.

    A heading stands below the nearest one before it of a lower level, or whose number its own continues: texts from
    converters give 5.1.3 and 5.1.3.1 one level.

    Args:
        headings: (level, number) as imported; the number may be empty.
    """
    above: list[tuple[int, str]] = []
    result = []
    for level, number in headings:
        while above and above[-1][0] >= level and not _continues(number, above[-1][1]):
            above.pop()
        result.append(min(FIRST_LEVEL + len(above), LAST_LEVEL))
        above.append((level, number))
    return result


def _continues(number: str, other: str) -> bool:
    return bool(re.fullmatch(r"[\w.]+", other)) and number.startswith(f"{other}.")


def contents_of(blocks: Sequence[Block]) -> list[Entry]:
    """The headings, each with those below it."""
    top: list[Entry] = []
    open_entries: list[tuple[int, Entry]] = []
    for block in blocks:
        if not block.is_heading:
            continue
        entry = Entry(block.eid, block.number, block.text, words_of(block.html))
        while open_entries and open_entries[-1][0] >= block.level:
            open_entries.pop()
        (open_entries[-1][1].entries if open_entries else top).append(entry)
        open_entries.append((block.level, entry))
    return top
