"""Which format a file has, judged by its content, and the reader for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from consult.documents.importing.structure import ReadText, Unreadable, UnreadableCode
from consult.files.judging import OLE, ZIP

_LOOK = 8192
_PAGE = re.compile(
    rb"^(?:\s|<\?xml[^>]{0,200}\?>|<!--(?:(?!-->).){0,4000}-->)*"
    rb"(?:<!doctype\s+html|<(?:html|head|body|title|meta|h[1-6]|p|div|section|article|main|table|ol|ul)(?:\s[^<>]{0,2000})?>)",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN = re.compile(rb"^(?:#{1,6} |[-*+] |> |\|? ?-{3,} ?\|)", re.MULTILINE)


def read(content: bytes, tell: Callable[[int], None]) -> ReadText:
    """Read a file.

    Args:
        content: its bytes.
        tell: gets the percent that is done.

    Raises:
        Unreadable: with the reason.
    """
    # Each reader is imported when it is needed, with the libraries behind it: a process reads one file.
    if content.startswith(ZIP):
        _refuse_other_archives(content)
        from consult.documents.importing.word import read_word

        return read_word(content, tell)
    if b"%PDF-" in content[:1024]:
        from consult.documents.importing.pdf import read_pdf

        return read_pdf(content, tell)
    _refuse_known(content)
    if is_page(content):
        from consult.documents.importing.web import read_web

        return read_web(content, tell)
    if b"\x00" in content[:_LOOK] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(UnreadableCode.UNKNOWN)
    from consult.documents.importing.markdown_file import read_markdown_file

    return read_markdown_file(content, tell)


def _refuse_other_archives(content: bytes) -> None:
    head = content[:400]
    if head[30:38] == b"mimetype" and b"opendocument" in head:
        is_text = b"opendocument.text" in head
        raise Unreadable(UnreadableCode.OPEN_DOCUMENT if is_text else UnreadableCode.OTHER_OFFICE)
    if b"[Content_Types].xml" not in content:
        raise Unreadable(UnreadableCode.UNKNOWN)


def _refuse_known(content: bytes) -> None:
    if not content.strip(b"\x00 \t\r\n\f\xef\xbb\xbf\xff\xfe"):
        raise Unreadable(UnreadableCode.NO_TEXT)
    if content.startswith(OLE):
        raise Unreadable(UnreadableCode.OLD_WORD)
    if content.lstrip().startswith(b"{\\rtf"):
        raise Unreadable(UnreadableCode.RTF)
    if content[:200].lower().startswith((b"mime-version:", b"from: <saved by")):
        raise Unreadable(UnreadableCode.UNKNOWN)


def is_page(content: bytes) -> bool:
    """Whether this is HTML: it says so, or begins with its elements and has none of Markdown's marks."""
    if content.startswith(ZIP) or b"%PDF-" in content[:1024]:
        return False
    head = content[:_LOOK].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if b"<html" in head.lower() or head.lstrip().lower().startswith(b"<!doctype html"):
        return True
    return bool(_PAGE.match(head)) and not _MARKDOWN.search(content)
