"""What people see of a block, without its marks: its words, or the words of the cells of its table; pure."""

from __future__ import annotations

import html
import re

from consult.core.markdown import to_html, to_inline_html

# Without one of these there is no mark to take out.
_MARKS = re.compile(r"[*_`<>\[\]|#&\\~\n!+]|^\s*(?:[-=]|\d+[.)])", re.MULTILINE)
_ENDS = re.compile(r"</(?:p|li|tr|blockquote|pre)>|<br ?/?>|<hr ?/?>")
_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

Table = list[list[str]]


def plain_of(markdown: str, *, is_heading: bool = False) -> str:
    """The words of a block as they are read, each of its lines for itself.

    Args:
        markdown: as it is kept.
        is_heading: whether it is a heading, in which a number or a hash at the beginning marks nothing.
    """
    if not _MARKS.search(markdown):
        return markdown.strip()
    shown = to_inline_html(markdown) if is_heading else to_html(markdown)
    return _words(_ENDS.sub("\n", str(shown))).strip()


def table_of(markdown: str) -> Table:
    """The words of each cell, row by row; nothing where there is no table."""
    rows = str(to_html(markdown)).split("<tr>")[1:]
    return [[_words(cell).strip() for cell in _CELL.findall(row)] for row in rows]


def _words(shown: str) -> str:
    return html.unescape(_TAG.sub("", shown))
