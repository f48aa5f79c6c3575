"""A Markdown file, with what stood where, and what was left out."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from consult.core.text import DOCUMENT_MAX
from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing import cleaning
from consult.documents.importing.blocks import BLOCK_MAX, Block
from consult.documents.importing.building import Builder, checked_text
from consult.documents.importing.charsets import decoded
from consult.documents.importing.composing import is_web
from consult.documents.importing.markdown import MAX_LINES, parse_markdown
from consult.documents.importing.structure import FindingCode, ReadText, Unreadable, UnreadableCode

_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.*)")
_MARK = re.compile(r"\[\^([^\]\s]{1,40})\](?!:)")
_FIGURE = re.compile(r"!\[((?:[^\[\]]|\\.){0,2000})\]\(\s*(\S{0,2000}?)(?:\s+[\"'(][^\n]{0,300})?\s*\)")
_DATA = re.compile(r"\]\(\s*data:image/[\w.+-]{1,40}(?:;[\w=.-]{1,60})*;base64,([A-Za-z0-9+/=\s]{1,8000000}?)\)")
_HELD = re.compile(r"held-picture-(\d{1,4})")
_PICTURE = re.compile(r"!\[[^\]\n]{0,2000}\]\(\s*(?!held-picture)\S")
_TO_BLOCK = re.compile(r"(?<!!)\[([^\[\]\n]{1,2000})\]\((?:#[^()\s]{0,200})?\)")
_LINK = re.compile(r"(?<!!)\[[^\[\]\n]{1,2000}\]\(<?([^()<>\s]{1,2000})")
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,20}(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W_]+")
_AHEAD = 200_000
"""Characters of the file that the beginning of a block is looked for in."""


def read_markdown_file(content: bytes, tell: Callable[[int], None]) -> ReadText:
    """Read a Markdown file.

    Args:
        content: the file.
        tell: gets the percent that is done.

    Raises:
        Unreadable: with the reason.
    """
    builder = Builder(tell)
    source = _decoded(content, builder)
    held: list[bytes] = []
    bare = _DATA.sub(lambda found: _hold(found, held), source)
    _check_lengths(bare)
    text = checked_text(bare)
    _list_lost(text, builder)
    unnoted, notes = _without_notes(text)
    blocks = parse_markdown(unnoted)
    tell(60)
    spans = _pieces(text, blocks, builder)
    taken: set[str] = set()
    for block, (first, last) in zip(blocks, spans, strict=True):
        if block.kind is BlockKind.HEADING:
            builder.put_notes()
        said = block.text if block.kind is BlockKind.CODE else _without_places(block.text, builder, first)
        marks = [] if block.kind is BlockKind.CODE else [m for m in _MARK.findall(said) if m in notes]
        _put(replace(block, text=said), first, last, builder, held)
        for mark in dict.fromkeys(marks):
            if mark not in taken:
                taken.add(mark)
                place = builder.piece("footnote", notes[mark])
                builder.note(mark, _without_places(notes[mark], builder, place), place, place)
    builder.put_notes()
    for mark, words in notes.items():
        if mark not in taken and words.strip():
            place = builder.piece("footnote", words)
            builder.note(mark, words, place, place)
            builder.find(FindingCode.NOTES_APART, mark)
    made = builder.finish(SourceFormat.MARKDOWN)
    tell(100)
    return made


def _decoded(content: bytes, builder: Builder) -> str:
    try:
        source, is_guessed = decoded(content)
    except UnicodeDecodeError as error:
        raise Unreadable(UnreadableCode.CHARSET) from error
    if is_guessed:
        builder.find(FindingCode.CHARSET_GUESSED)
    if len(source) > 4 * DOCUMENT_MAX:
        raise Unreadable(UnreadableCode.TOO_LONG)
    return source


def _check_lengths(text: str) -> None:
    lines = text.split("\n")
    if len(text) > DOCUMENT_MAX:
        raise Unreadable(UnreadableCode.TOO_LONG)
    if len(lines) > MAX_LINES:
        raise Unreadable(UnreadableCode.TOO_MANY_BLOCKS)
    if any(len(line) > BLOCK_MAX for line in lines):
        raise Unreadable(UnreadableCode.BLOCK_TOO_LONG)


def _hold(found: re.Match[str], held: list[bytes]) -> str:
    """A picture inside the file is put aside while the text is read."""
    try:
        held.append(base64.b64decode(found[1]))
    except (binascii.Error, ValueError):
        held.append(b"\x00")
    return f"](held-picture-{len(held) - 1})"


def _list_lost(text: str, builder: Builder) -> None:
    """Note what the reader of Markdown leaves out, so that nothing goes without a word."""
    settings = cleaning.FRONT_MATTER.match(text)
    if settings:
        builder.find(FindingCode.FRONT_MATTER, count=settings[0].count("\n") or 1)
    open_text = "\n".join(part for part, is_fixed in cleaning.parts(text.split("\n")) if not is_fixed)
    remarks = open_text.count("<!--")
    if remarks:
        builder.find(FindingCode.REMARKS, count=remarks)
    tags = [found[0] for found in _TAG.finditer(open_text) if cleaning.is_known_tag(found[0])]
    if tags:
        for tag in dict.fromkeys(tags):
            builder.find(FindingCode.RAW_HTML, tag, count=0)
        builder.find(FindingCode.RAW_HTML, count=len(tags))


def _without_notes(text: str) -> tuple[str, dict[str, str]]:
    """The text without its footnotes, and these by their marks; lines stay where they are."""
    notes: dict[str, list[str]] = {}
    kept: list[str] = []
    is_fixed, here = False, ""
    for line in text.split("\n"):
        if _FENCE.match(line):
            is_fixed, here = not is_fixed, ""
        found = None if is_fixed else _NOTE.match(line)
        if found and found[1] not in notes:
            here = found[1]
            notes[here] = [found[2]]
            kept.append("")
        elif here and (not line.strip() or line.startswith(("    ", "\t"))):
            notes[here].append(line.strip())
            kept.append("")
        elif here and kept[-1:] == [""] and notes[here][-1].strip() and not re.match(r"\s*(?:[-*+#>|]|\d+[.)] )", line):
            notes[here].append(line.strip())  # a line that goes on without being indented
            kept.append("")
        else:
            here = ""
            kept.append(line)
    return "\n".join(kept), {mark: "\n".join(lines).strip() for mark, lines in notes.items()}


def _without_places(text: str, builder: Builder, place: int | None) -> str:
    """Links to places in the text become words; which other ones lead nowhere is noted."""
    for address in _LINK.findall(text):
        if not address.startswith("#") and not is_web(address):
            builder.find(FindingCode.LINKS_DROPPED, address, place=place)
    made, count = _TO_BLOCK.subn(r"\1", text)
    if count:
        builder.find(FindingCode.LINKS_INSIDE, count=count, place=place)
    return made


def _put(block: Block, first: int, last: int, builder: Builder, held: Sequence[bytes]) -> None:
    alone = _FIGURE.fullmatch(block.text.strip()) if block.kind is BlockKind.TEXT else None
    if alone is None:
        pictures = len(_PICTURE.findall(block.text)) if block.kind is not BlockKind.CODE else 0
        if pictures:
            builder.find(FindingCode.PICTURE_OUTSIDE, count=pictures, place=first)
        builder.add(block.kind, block.text, level=block.level, number=block.number, first=first, last=last)
        return
    inside = _HELD.fullmatch(alone[2])
    index = builder.draw(held[int(inside[1])]) if inside and int(inside[1]) < len(held) else None
    if index is None:
        code = FindingCode.PICTURE_KIND if inside else FindingCode.PICTURE_OUTSIDE
        builder.find(code, "" if inside else alone[2], place=first)
    elif not alone[1].strip():
        builder.find(FindingCode.PICTURE_WORDLESS, place=first)
    builder.add(BlockKind.FIGURE, alone[1].strip(), first=first, last=last, figure=index)


def _pieces(text: str, blocks: Sequence[Block], builder: Builder) -> list[tuple[int, int]]:
    """Cut the file into pieces, at empty lines and where blocks begin; and which pieces each block comes from."""
    lines = text.split("\n")
    starts = _lines_of(lines, blocks)
    cuts = sorted({*starts, *_after_gaps(lines)})
    begin = 0
    pieces: list[tuple[int, int]] = []
    for cut in [*cuts, len(lines)]:
        said = "\n".join(lines[begin:cut]).strip("\n")
        if said.strip():
            pieces.append((begin, builder.piece(str(begin + 1), said)))
        begin = cut
    firsts = [line for line, _index in pieces]
    spans = []
    for place, start in enumerate(starts):
        first = pieces[max(0, bisect_right(firsts, start) - 1)][1]
        end = starts[place + 1] if place + 1 < len(starts) else len(lines)
        last = pieces[max(0, bisect_right(firsts, max(start, end - 1)) - 1)][1]
        spans.append((first, max(first, last)))
    return spans


def _after_gaps(lines: Sequence[str]) -> Iterator[int]:
    """Where something begins after an empty line; fixed text holds together."""
    is_fixed = False
    for place, line in enumerate(lines):
        if not is_fixed and line.strip() and (not place or not lines[place - 1].strip()):
            yield place
        if _FENCE.match(line):
            is_fixed = not is_fixed


def _lines_of(lines: Sequence[str], blocks: Sequence[Block]) -> list[int]:
    """The line that each block begins in: where its first letters are found, in order."""
    letters: list[str] = []
    ends: list[int] = []
    length = 0
    for said in lines:
        letters.append("".join(_LETTERS.findall(said)))
        length += len(letters[-1])
        ends.append(length)
    joined = "".join(letters)
    at, line = 0, 0
    result = []
    for block in blocks:
        words = "".join(_LETTERS.findall(f"{block.number}{block.text[:400]}"))
        bare = "".join(_LETTERS.findall(block.text[:400]))
        for wanted in (words[:60], bare[:60], bare[:16]):
            found = joined.find(wanted, at, at + _AHEAD) if len(wanted) > 1 or wanted == words else -1
            if found >= 0 and wanted:
                at, line = found + 1, bisect_right(ends, found)
                break
        opens = block.kind is BlockKind.CODE and line and _FENCE.match(lines[line - 1])
        result.append(min(line - 1 if opens else line, len(lines) - 1))
    return result
