"""Words with their emphasis as Markdown: what would be markup by accident is escaped, and nothing else.

Whoever writes [a](b) in an office program means these characters. What is made is read again by the parser of pages;
what that would show otherwise is escaped more and more, until it shows what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from consult.core.markdown import SCHEMES, make_parser

SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|]|(?:^|\n)[ \t]*(?:[#+=\-]|\d{1,9}[.)])")
_AT_START = re.compile(r"^(?=#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|=+\s*$|(?:[-*_][ \t]*){3,}$|```|~~~|\|)", re.MULTILINE)
_NUMBER_AT_START = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))", re.MULTILINE)
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~\n]|$)")
_ACCIDENTS = re.compile(
    r"(?<=\])(?=[(])|(?<=\])(?=:)|(?=&#?\w{1,40};)|(?=<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:|[^\s<>]+@))"
)
_STARS = re.compile(r"([`*~])")
_MARKS = re.compile(r"([`*_~])")
_ALL = re.compile(r"([\\`*_\[\]<>&~!])")
_EVERY_LINE = re.compile(r"^(?=[#+=\-|])", re.MULTILINE)


Escape = Callable[[str], str]
Shown = list[tuple[str, bool, bool, bool, str]]
"""Each character as it is seen: strong, stressed, struck through, and where it leads."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look.

    Args:
        text: as they are written; a line end is a forced break.
        is_bold: they are strong.
        is_italic: they are stressed.
        is_struck: they are struck through.
        raised: 1 above the line, -1 below it, else 0.
        link: where they lead: http, https or mailto; may be empty.
    """

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_struck: bool = False
    raised: int = 0
    link: str = ""


def plain(runs: Iterable[Run]) -> str:
    """The words alone, as they are shown: those above or below the line in signs of their own."""
    return "".join(_lifted(run) for run in runs)


def is_web(address: str) -> bool:
    """Whether a link may lead there."""
    return address.partition(":")[0].lower() in SCHEMES and ":" in address


def mark_in_text(mark: str) -> str:
    """How the mark of a footnote stands in Markdown, whatever it looked like; pages lead from it to the note."""
    return f"[^{mark}]"


def raised_words(words: str, raised: int) -> str:
    """Raised and lowered signs keep their meaning: 10⁶ must not become 106."""
    bare = words.strip()
    shown = bare.translate(SUPERSCRIPT if raised > 0 else SUBSCRIPT)
    if any(character.isalnum() and character in shown for character in bare if character != " "):
        shown = bare if raised < 0 else f"^{bare}" if len(bare) == 1 else f"^({bare})"
    before, _, after = words.partition(bare) if bare else (words, "", "")
    return f"{before}{shown}{after}" if bare else words


def compose(runs: Sequence[Run], *, in_line: bool = False) -> tuple[str, bool]:
    """Markdown that shows exactly these words.

    Args:
        runs: the words.
        in_line: whether they stand in one line, as in a heading or a cell, where a forced break is a space.

    Returns:
        The Markdown, and whether all emphasis could be kept.
    """
    tidy = _tidy(runs, in_line=in_line)
    words = "".join(run.text for run in tidy)
    if not words:
        return "", True
    has_looks = any(run.is_bold or run.is_italic or run.is_struck or run.link for run in tidy)
    if not has_looks and not _SPECIAL.search(words):
        return words.replace("\n", "  \n"), True
    wanted = _wanted(tidy)
    for escape in (_few, _some, _more, _most):
        made = _written(tidy, escape, in_line=in_line)
        if shown(made, in_line=in_line) == wanted:
            return made, True
    bare = [Run(words)]
    plainly = next(
        (
            made
            for escape in (_few, _some, _more)
            if shown(made := _written(bare, escape, in_line=in_line), in_line=in_line) == _wanted(bare)
        ),
        _written(bare, _most, in_line=in_line),
    )
    return plainly, not has_looks


def _tidy(runs: Sequence[Run], *, in_line: bool) -> list[Run]:
    """Neighbours of one look joined, white space as Markdown shows it, none at the ends."""
    lifted = [replace(run, text=_lifted(run), raised=0) for run in runs if run.text]
    bare = [run if run.text.strip() else replace(run, is_bold=False, is_italic=False) for run in lifted]
    joined = [
        replace(first, text=re.sub(r"[ \t\r\f\v]+", " ", "".join([first.text, *(run.text for run in rest)])))
        for first, *rest in (list(group) for _look, group in groupby(bare, key=_look_of))
    ]
    result: list[Run] = []
    for run in joined:
        text = run.text.replace("\n", " ") if in_line else re.sub(r" *\n[ \n]*", "\n", run.text)
        text = re.sub(r" {2,}", " ", text) if in_line else text
        before = result[-1].text[-1:] if result else " "
        text = text.lstrip(" \n") if not result or before == "\n" else text.lstrip(" ") if before == " " else text
        if text:
            result.append(replace(run, text=text))
    while result and not (text := result[-1].text.rstrip(" \n")):
        result.pop()
    if result:
        result[-1] = replace(result[-1], text=text)
    return result


_look_of = attrgetter("is_bold", "is_italic", "is_struck", "raised", "link")


def _lifted(run: Run) -> str:
    return raised_words(run.text, run.raised) if run.raised else run.text


def _few(text: str) -> str:
    return _ACCIDENTS.sub(r"\\", _BACKSLASH.sub(r"\\\\", text))


def _some(text: str) -> str:
    return _ACCIDENTS.sub(r"\\", _STARS.sub(r"\\\1", text.replace("\\", "\\\\")))


def _more(text: str) -> str:
    return _ACCIDENTS.sub(r"\\", _MARKS.sub(r"\\\1", text.replace("\\", "\\\\")))


def _most(text: str) -> str:
    return _ALL.sub(r"\\\1", text)


def _written(runs: Sequence[Run], escape: Escape, *, in_line: bool) -> str:
    """The Markdown of tidy runs: links outermost, then strong, stressed and struck words."""
    made = _nested(list(runs), ("link", "is_bold", "is_italic", "is_struck"), escape)
    if in_line:
        return made
    made = _NUMBER_AT_START.sub(r"\1\\", _AT_START.sub(r"\\", made))
    if escape is _most:
        made = _EVERY_LINE.sub(r"\\", made)
    return made.replace("\n", "  \n")


def _nested(runs: list[Run], looks: Sequence[str], escape: Escape) -> str:
    if not looks:
        return "".join(escape(run.text) for run in runs)
    look, *others = looks
    parts: list[str] = []
    groups = [(value, list(group)) for value, group in groupby(runs, key=attrgetter(look))]
    for place, (value, group) in enumerate(groups):
        inner = _nested(group, others, escape)
        if not value:
            parts.append(inner)
        elif look == "link":
            parts.append(f"[{inner}]({_address(str(value))})")
        else:
            after = groups[place + 1][1][0].text[:1] if place + 1 < len(groups) else " "
            before = groups[place - 1][1][-1].text[-1:] if place else " "
            parts.append(_marked(inner, {"is_bold": "**", "is_italic": "*", "is_struck": "~~"}[look], before, after))
    return "".join(parts)


def _marked(inner: str, mark: str, before: str, after: str) -> str:
    """Words between marks of emphasis; these must stand at words, not at spaces nor at signs before a letter."""
    start = len(inner) - len(inner.lstrip())
    end = len(inner.rstrip())
    if before.isalnum():
        while start < end and not (inner[start].isalnum() or inner[start] in "\\*~["):
            start += 1
    if after.isalnum():
        while end > start and not (inner[end - 1].isalnum() or inner[end - 1] in "*~)"):
            end -= 1
    if start >= end:
        return inner
    return f"{inner[:start]}{mark}{inner[start:end]}{mark}{inner[end:]}"


def _address(link: str) -> str:
    return quote(link, safe="!#$%&'*+,-./:;=?@_~[]").replace("[", "%5B").replace("]", "%5D")


def _wanted(runs: Iterable[Run]) -> Shown:
    """What is to be seen: each character with its looks; those of signs and spaces are not looked at."""
    return [
        (c, run.is_bold, run.is_italic, run.is_struck, _parser().normalizeLink(_address(run.link)) if run.link else "")
        if c.isalnum()
        else (c, False, False, False, "")
        for run in runs
        for c in run.text
    ]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return make_parser()


def shown(source: str, *, in_line: bool) -> Shown | None:
    """What the parser of pages shows of Markdown, or None where it is more than a paragraph."""
    tokens = _parser().parseInline(source) if in_line else _parser().parse(source)
    if [token.type for token in tokens] not in (["inline"], ["paragraph_open", "inline", "paragraph_close"]):
        return None
    return list(_shown_in(tokens[-1 if in_line else 1].children or []))


def _shown_in(tokens: Iterable[Token]) -> Iterator[tuple[str, bool, bool, bool, str]]:
    deep = {"strong": 0, "em": 0, "s": 0}
    link = ""
    for token in tokens:
        kind = token.type
        name, _, edge = kind.rpartition("_")
        if kind == "text":
            for c in token.content:
                if c.isalnum():
                    yield c, deep["strong"] > 0, deep["em"] > 0, deep["s"] > 0, link
                else:
                    yield c, False, False, False, ""
        elif kind in {"hardbreak", "softbreak"}:
            yield "\n", False, False, False, ""
        elif kind == "link_open":
            link = str(token.attrs.get("href", ""))
        elif kind == "link_close":
            link = ""
        elif name in deep:
            deep[name] += 1 if edge == "open" else -1
        else:  # a picture, a piece of code: never ours
            yield "", False, False, False, kind
