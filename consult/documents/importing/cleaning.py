"""What office tools, site generators and hands leave in Markdown, put into Markdown's own words or taken out.

Everything here is linear in the length of the text: a hostile file must not keep a worker busy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

# Noncharacters hold the place of an HTML anchor until the block behind it is known.
ANCHOR_OPEN, ANCHOR_CLOSE = "\ufdd0", "\ufdd1"
ANCHOR = re.compile(f"{ANCHOR_OPEN}([^{ANCHOR_CLOSE}]*){ANCHOR_CLOSE}[ \t]*")

# Elements that are taken out. Only these: text such as <INSERT NAME> stays.
_INLINE = "a|abbr|b|big|em|font|i|img|s|small|span|strong|sub|sup|u"
_BLOCK = (
    "blockquote|caption|center|col|colgroup|div|figcaption|figure|h[1-6]|hr|li|ol|p|table|tbody|td|tfoot|th|thead|tr|ul"
)
_BLOCK_TAGS = re.compile(rf"^[ \t]*(?:</?(?:{_BLOCK})(?:\s[^<>]*)?/?>[ \t]*)+", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rf"</?(?:{_INLINE}|{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"(?:<br\s*/?>[ \t]*)+", re.IGNORECASE)
_PARTING = re.compile(r"(?:</?(?:blockquote|center|div|ol|p|ul)(?:\s[^<>]*)?/?>[ \t]*)+", re.IGNORECASE)
_LIST_ITEM = re.compile(r"<li(?:\s[^<>]*)?>[ \t]*", re.IGNORECASE)
_NAMED = re.compile(r"<a\s+(?:name|id)\s*=\s*[\"']?([\w.:-]{1,80})[\"']?\s*(?:/>|>\s*</a>|>)", re.IGNORECASE)
_LINK = re.compile(
    r"<a\s[^<>]{0,300}?href\s*=\s*[\"']([^\"'<>\s]{1,2000})[\"'][^<>]{0,300}>([^<>]{1,2000})</a>", re.IGNORECASE
)
_STRONG = re.compile(r"<(b|strong)>([^<>]*)</\1>", re.IGNORECASE)
_EMPHASIS = re.compile(r"<(i|em)>([^<>]*)</\1>", re.IGNORECASE)
_RAISED = re.compile(r"<(sup|sub)>([^<>]{1,40})</\1>", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t]*<h([1-6])(?:\s[^<>]*)?>([^<>\n]*)</h\1>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_COMMENTS = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"\{::comment\}"), re.compile(r"\{:/comment\}|\{:/\}")),
)
_TABLE = (re.compile(r"<table(?:\s[^<>]*)?>", re.IGNORECASE), re.compile(r"</table\s*>", re.IGNORECASE))
_ROW = re.compile(r"</?tr(?:\s[^<>]*)?>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh](?:\s[^<>]*)?>(.*?)(?=</t[dh]\s*>|<t[dh][\s>]|\Z)", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"<img(?:\s[^<>]*)?/?>", re.IGNORECASE)
_DESCRIBED = re.compile(r"<img\s[^<>]{0,300}?\balt\s*=\s*[\"']([^\"'<>]{1,500})[\"'][^<>]{0,300}>", re.IGNORECASE)

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n[\w-]+:[^\n]*\n(?:(?:[\w-]+:|[ \t]+\S|-[ \t])[^\n]*\n)*---[ \t]*(?:\n|\Z)")
_ATTRIBUTES = re.compile(r"^[ \t]*\{:[^{}\n]*\}[ \t]*$", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]{0,3})[•◦▪‣·●○][ \t]+", re.MULTILINE)
_LOCAL_MARKER = re.compile(r"^([ \t]{0,3})(\d{1,9})(?=[.)][ \t])", re.MULTILINE)

_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def clean(text: str) -> str:
    """Markdown without the leftovers; fixed text in fences is left as it is.

    Anchors (``<a name="x">``) are held as `ANCHOR` marks, for the importer to give to the block they stand at.

    Args:
        text: as it was uploaded or pasted, in canonical form.
    """
    text = FRONT_MATTER.sub("", text.replace(ANCHOR_OPEN, "").replace(ANCHOR_CLOSE, ""))
    return "\n".join(part if is_fixed else _clean_part(part) for part, is_fixed in parts(text.split("\n")))


def parts(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text in its order, cut at fences; each part with whether it is fixed text."""
    part: list[str] = []
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if not fence and found:
            yield "\n".join(part), False
            part, fence = [line], found[1]
        elif fence and found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
            yield "\n".join([*part, line]), True
            part, fence = [], ""
        else:
            part.append(line)
    yield "\n".join(part), bool(fence)


def _clean_part(text: str) -> str:
    for opening, closing in _COMMENTS:
        text = _between(text, opening, closing, lambda _inner: "")
    text = _ATTRIBUTES.sub("", text)
    text = _BULLET.sub(r"\1- ", text)
    text = _LOCAL_MARKER.sub(lambda found: found[1] + western(found[2]), text)
    if "<" not in text:
        return text
    text = _between(text, *_TABLE, _table)
    text = _NAMED.sub(rf"{ANCHOR_OPEN}\1{ANCHOR_CLOSE}", text)
    text = _LINK.sub(r"[\2](\1)", text)
    text = _DESCRIBED.sub(r"\1", text)
    text = _RAISED.sub(_raised, text)
    text = _STRONG.sub(lambda found: _marked(found[2], "**"), text)
    text = _EMPHASIS.sub(lambda found: _marked(found[2], "*"), text)
    text = _HEADING.sub(lambda found: f"\n{'#' * int(found[1])} {found[2].strip()}\n", text)
    text = "\n".join(_parted(line) if "<" in line else line for line in text.split("\n"))
    return _TAG.sub("", _BLOCK_TAGS.sub("", text))


def is_known_tag(tag: str) -> bool:
    """Whether a tag is one that is taken out, and not words such as <INSERT NAME>."""
    return bool(_TAG.fullmatch(tag) or _BREAK.fullmatch(tag))


def western(text: str) -> str:
    """The same with the digits 0 to 9 for those of any script, and a full stop for the Arabic decimal mark."""
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text).replace("٫", ".")


def _between(text: str, opening: re.Pattern[str], closing: re.Pattern[str], replace: Callable[[str], str]) -> str:
    """Replace what stands between two marks, and the marks; an opening without its closing stays."""
    parts, start = [], 0
    while (begin := opening.search(text, start)) and (end := closing.search(text, begin.end())):
        parts += [text[start : begin.start()], replace(text[begin.end() : end.start()])]
        start = end.end()
    return "".join([*parts, text[start:]])


def _raised(found: re.Match[str]) -> str:
    """Raised and lowered signs keep their meaning: 10⁶ must not become 106."""
    is_raised = found[1].lower() == "sup"
    words = found[2].strip()
    shown = words.translate(_SUPERSCRIPT if is_raised else _SUBSCRIPT)
    if any(character in shown for character in words):
        return f"^{words}" if is_raised and len(words) == 1 else f"^({words})" if is_raised else words
    return shown


def _marked(words: str, mark: str) -> str:
    """Words between marks of emphasis, which must stand at the words themselves, not at spaces."""
    inner = words.strip()
    if not inner:
        return words
    before, _, after = words.partition(inner)
    return f"{before}{mark}{inner}{mark}{after}"


def _parted(line: str) -> str:
    """A line with its forced breaks; in headings and tables, which hold one line each, they are spaces."""
    if line.lstrip().startswith("#") or "|" in line:
        for pattern in (_BREAK, _PARTING, _LIST_ITEM):
            line = " ".join(piece.rstrip() for piece in pattern.split(line))
        return line
    line = "  \n".join(piece.rstrip() for piece in _BREAK.split(line)).rstrip()
    return _LIST_ITEM.sub("\n- ", _PARTING.sub("\n\n", line))


def _table(inner: str) -> str:
    """An HTML table as a Markdown one; a table for layout alone, with one column of words, as paragraphs."""
    found = [_CELL.findall(row) for row in _ROW.split(inner)]
    rows = [[_PICTURE.sub("", cell).strip() for cell in row] for row in found if row]
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    kept = [place for place in range(width) if any(row[place] for row in rows)]
    if not kept:
        return "\n"
    if len(kept) == 1:
        cells = [re.sub(r"^[ \t]+", "", row[kept[0]], flags=re.MULTILINE) for row in rows]
        return "\n\n" + "\n\n".join(cell for cell in cells if cell) + "\n\n"
    lines = [" | ".join(" ".join(row[place].split()).replace("|", "\\|") for place in kept) for row in rows]
    lines.insert(1, " | ".join(["---"] * len(kept)))
    return "\n\n" + "\n".join(f"| {line} |" for line in lines) + "\n\n"
