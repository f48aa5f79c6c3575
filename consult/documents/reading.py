"""The draft as a page shows it: blocks as HTML with what to call them, headings nested without gaps, contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from consult.consultations.reading import ReadLink, read_links
from consult.core.locale import gettext as _
from consult.core.markdown import to_html, to_inline_html
from consult.documents.enums import BlockKind
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.queries import list_paragraphs, paragraph_texts, text_of
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

    @property
    def is_heading(self) -> bool:
        """Whether it begins a section."""
        return self.kind is BlockKind.HEADING

    @property
    def is_item(self) -> bool:
        """Whether it belongs in a list with its neighbours."""
        return self.kind is BlockKind.ITEM


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
    """One language edition of a draft, ready for a page."""

    version: DocumentVersion
    language: str
    paragraphs: Sequence[Paragraph]
    blocks: Sequence[Block]
    contents: Sequence[Entry]
    languages: Sequence[str]

    @property
    def is_authentic(self) -> bool:
        """Whether this edition is the one that counts in doubt."""
        return self.language == self.version.language

    def links(self, address: Callable[[str], str]) -> list[ReadLink]:
        """The links to all editions, each at its address; the authentic one first."""
        return read_links(self.languages, address, originals=[self.version.language], current=self.language)


def choose_edition(version: DocumentVersion, wanted: str | None, reader: str) -> str:
    """The language to show: the one asked for, else the reader's, else the authentic one; only what there is."""
    have = editions_of(version)
    return next((code for code in (wanted, reader) if code in have), version.language)


def editions_of(version: DocumentVersion) -> list[str]:
    """The languages of the consultation that the draft exists in, the authentic one first."""
    have = {edition.language for edition in version.editions}
    others = [code for code in version.consultation.languages if code in have and code != version.language]
    return [version.language, *others]


def load_draft(version: DocumentVersion, language: str) -> Draft:
    """The whole draft in one language; one query, or two for an edition other than the authentic one."""
    paragraphs = list_paragraphs(version)
    texts = paragraph_texts([] if language == version.language else paragraphs, language)
    pairs = [(paragraph, text_of(paragraph, texts, version.language)) for paragraph in paragraphs]
    levels = nested_levels([(p.level, p.number) for p in paragraphs if p.kind is BlockKind.HEADING])
    blocks = list(_blocks(pairs, levels))
    return Draft(version, language, paragraphs, blocks, contents_of(blocks), editions_of(version))


def _blocks(pairs: Sequence[tuple[Paragraph, LocalizedText]], levels: Sequence[int]) -> Iterator[Block]:
    depth = iter(levels)
    section = ""
    for paragraph, text in pairs:
        if paragraph.kind is BlockKind.HEADING:
            html = to_inline_html(text.text)
            section = paragraph.number or _shortened(words_of(html))
            place, inside, level = section, 0, next(depth)
        else:
            html = to_html(text.text)
            inside = paragraph.inside
            place, level = f"{section} ¶ {inside}".strip(), 0
            if "<table>" in html:
                html = _scrolling(html, place)
        yield Block(paragraph.id, paragraph.eid, paragraph.kind, paragraph.number, text, html, level, place, inside)


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


# Ends that HTML does without, and what only a page with our style sheet needs.
_NEEDLESS = re.compile(r'</(?:p|li|td|th|tr|thead|tbody)>|<div class="scroll"[^>]*>|</div>| scope="col"|(?<=>)\n')
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def light_html(html: Markup) -> Markup:
    """The same words for a file that is read offline: no ends and boxes that it can do without, and no links.

    Where a link led to stands beside its words.
    """
    return Markup(_NEEDLESS.sub("", _LINK.sub(_spelt_out, str(html))).strip())  # noqa: S704 - safe HTML, and less of it


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
