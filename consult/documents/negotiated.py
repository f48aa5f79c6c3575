"""Negotiated text: square brackets, alternatives and blanks, shown as what they are.

Brackets may be nested, and may open in one paragraph and close in another. They are marked in the HTML that Markdown
became: what was a link there is one already, and what is fixed text stays as it is. Each mark is told by its weight,
the depth of an inner one by a number, and both by a short label to those who listen; no words are added to the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise, zip_longest

from markupsafe import Markup, escape

from consult.core.locale import gettext as _
from consult.core.locale import pgettext
from consult.documents.comparing import Change, Piece

_MARKED = re.compile(r"[\[\]［］]|_{3,}|(?:\\_){3,}|\.{5,}|…{2,}")
# What a bracket may hold that is to be filled in.
_BLANK = re.compile(
    r"[\[［](?:\s{0,9}|[.…_xX×\s*•●○-]{1,60}|(?:tbd|tbc|n\.?n\.?|date|number|name|amount|percentage|insert[^\[\]<>]{0,60}"
    r"|(?:to be|à|a)\s[^\[\]<>]{0,20}(?:inserted|decided|determined|completed|confirmed|defined|added|compléter|insérer"
    r"|completar|insertar)[^\[\]<>]{0,40}|يُ?حدد لاحقا[^\[\]<>]{0,20}|待定|待补充|будет [^\[\]<>]{0,30}))[\]］]",
    re.IGNORECASE,
)
# What only names a source: [12], [RFC 2119], [SP 800-63A]; but "[12] months" is a number that is not agreed.
_SOURCE = re.compile(
    r"[\[［](?:\^[^\[\]\s]{1,20}[\]］]|\d{1,4}(?:[,;–-] ?\d{1,4})*[\]］](?!\s?[^\W\d_%])"
    r"|(?=[^\[\]<>]*\d)[A-Z][A-Z0-9./: -]{2,24}[\]］])"
)
_LABEL = (
    r"(?:Alternatives?|Alternate|Alt\.?|Option|Variant|Variante|Opción|Alternativa|Вариант|Альтернатива|البديل|الخيار"
    r"|备选案文|备选方案|方案|选项)\s{0,2}(?:\d{1,3}|[A-Z]|[IVX]{1,5}|[一二三四五六七八九十]|[أبجد])(?!\w)"
)
_ALTERNATIVE = re.compile(_LABEL, re.IGNORECASE)
_BEGINS_WITH = re.compile(rf"^((?:<(?:p|strong|em|blockquote)>|\s)*)({_LABEL})(?=\s?[:.)\]–—-]|</|\s*$)", re.IGNORECASE)
_TOKEN = re.compile(rf"<(?:code|pre)\b.*?</(?:code|pre)>|<[^>]*>|{_MARKED.pattern}", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_OPENING, _CLOSING = "[［", "]］"
DEEPEST = 9


@dataclass
class _Sign:
    """A mark in one of the pieces: a bracket, or a blank."""

    piece: int
    start: int
    end: int
    is_opening: bool = False
    is_blank: bool = False
    label: tuple[int, int] | None = None
    partner: _Sign | None = None
    depth: int = 0


@dataclass
class Negotiated:
    """The pieces with their marks, and what there is of them.

    Args:
        pieces: the same HTML, marked.
        passages: how many passages stand in brackets, inner ones not counted.
        blanks: how many places are to be filled in.
        alternatives: how many alternatives have a number.
        stray: the pieces with a bracket that lacks its other half, in order.
        begins: the pieces in which an outermost passage begins, in order.
        deepest: how deep brackets stand in one another; 1 where none does.
    """

    pieces: list[Markup]
    passages: int = 0
    blanks: int = 0
    alternatives: int = 0
    stray: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    deepest: int = 0

    @property
    def is_negotiated(self) -> bool:
        """Whether anything in it is not agreed yet."""
        return bool(self.passages or self.blanks or self.alternatives)


def mark_negotiated(pieces: Sequence[Markup]) -> Negotiated:
    """Mark brackets, alternatives and blanks in the pieces of one text, in time that grows with its length.

    Args:
        pieces: safe HTML of its blocks, in order.
    """
    signs: list[_Sign] = []
    for place, piece in enumerate(pieces):
        if _MARKED.search(piece):
            signs += _signs_in(place, str(piece))
    _match(signs)
    found = Negotiated(list(pieces))
    if not _is_negotiated(signs, pieces):
        return found
    of_piece: dict[int, list[_Sign]] = {}
    for sign in signs:
        of_piece.setdefault(sign.piece, []).append(sign)
        _count(found, sign)
    tell = _teller()
    for place, mine in of_piece.items():
        found.pieces[place] = _drawn(str(pieces[place]), mine, tell)
    for place, piece in enumerate(found.pieces):
        if found.passages and (begins := _BEGINS_WITH.match(piece)):
            found.alternatives += 1
            marked = f"{begins[1]}<b>{begins[2]}</b>{piece[begins.end() :]}"
            found.pieces[place] = Markup(marked)  # noqa: S704 - safe HTML with one more mark
    return found


def _count(found: Negotiated, sign: _Sign) -> None:
    found.alternatives += sign.label is not None
    found.deepest = max(found.deepest, sign.depth)
    if sign.is_blank:
        found.blanks += 1
    elif sign.partner is None:
        found.stray += [] if found.stray[-1:] == [sign.piece] else [sign.piece]
    elif sign.is_opening and sign.depth == 1:
        found.passages += 1
        found.begins += [] if found.begins[-1:] == [sign.piece] else [sign.piece]


def mark_pieces(pieces: Sequence[Piece]) -> list[tuple[Change, Markup]]:
    """What became of words, as HTML with marked brackets and blanks, those that a change cuts too.

    Brackets are found in what can be read: the older words, and the newer ones. What stayed is shown as in the newer.

    Args:
        pieces: of one paragraph. A bracket without its other half has it in another one, and is shown like the rest.
    """
    drawn = [escape(piece.text) for piece in pieces]
    if any(_MARKED.search(piece) for piece in drawn):
        tell = _teller()
        plain = list(map(str, drawn))
        for hidden in (Change.ADDED, Change.REMOVED):
            read = [place for place, piece in enumerate(pieces) if piece.kind is not hidden]
            for place, html in zip(read, _marked_across([plain[place] for place in read], tell), strict=True):
                drawn[place] = html
    return [(piece.kind, html) for piece, html in zip(pieces, drawn, strict=True)]


def _marked_across(parts: Sequence[str], tell: Teller) -> list[Markup]:
    """Parts of one text, each with the marks that stand in it."""
    borders = [0, *accumulate(map(len, parts))]
    text = "".join(parts)
    signs = [part for sign in _signs_in(0, text) for part in _cut_blank(sign, text, borders)]
    _match(signs)
    found = []
    for part, start, stop in zip(parts, borders, borders[1:], strict=False):
        here = [
            replace(
                sign,
                start=sign.start - start,
                end=sign.end - start,
                depth=max(sign.depth, 1),
                label=_within(sign.label, start, stop),
            )
            for sign in signs
            if start <= sign.start < stop
        ]
        found.append(_drawn(part, here, tell))
    return found


def _cut_blank(sign: _Sign, text: str, borders: Sequence[int]) -> list[_Sign]:
    """A sign, or what is left of a blank that a change cuts: its brackets, or the pieces of its line."""
    cuts = [border for border in borders if sign.start < border < sign.end]
    if not cuts:
        return [sign]
    if text[sign.start] in _OPENING:
        return [_Sign(0, sign.start, sign.start + 1, is_opening=True), _Sign(0, sign.end - 1, sign.end)]
    return [_Sign(0, start, end, is_blank=True) for start, end in pairwise([sign.start, *cuts, sign.end])]


def _within(label: tuple[int, int] | None, start: int, stop: int) -> tuple[int, int] | None:
    return None if label is None or label[1] > stop else (label[0] - start, label[1] - start)


def _signs_in(place: int, html: str) -> list[_Sign]:
    found = []
    end = 0
    for token in _TOKEN.finditer(html):
        if token[0][0] == "<" or token.start() < end:
            continue
        start, end = token.span()
        if token[0] in _OPENING:
            whole = _SOURCE.match(html, start)
            # What stands alone, as in the cell of a table, is no reference to a source.
            if whole and not (html[start - 1 : start] == ">" and html[whole.end() : whole.end() + 2] == "</"):
                end = whole.end()
                continue
            blank = _BLANK.match(html, start)
            if blank:
                end = blank.end()
                found.append(_Sign(place, start, end, is_blank=True))
                continue
            label = _ALTERNATIVE.match(html, end)
            found.append(_Sign(place, start, end, is_opening=True, label=label.span() if label else None))
        elif token[0] in _CLOSING:
            found.append(_Sign(place, start, end))
        else:
            found.append(_Sign(place, start, end, is_blank=True))
    return found


def _is_negotiated(signs: Sequence[_Sign], pieces: Sequence[Markup]) -> bool:
    """Whether anything tells that brackets mean what is not agreed, rather than names of sources such as [Smith]."""
    for sign, following in zip_longest(signs, signs[1:]):
        if sign.is_blank or sign.label is not None or sign.depth > 1:
            return True
        if sign.partner is None or not sign.is_opening:
            if (
                following is not None
                and following.is_opening
                and (following.piece, following.start)
                == (
                    sign.piece,
                    sign.end,
                )
            ):
                return True
            continue
        if sign.partner.piece != sign.piece:
            return True
        words = _TAGS.sub("", str(pieces[sign.piece])[sign.end : sign.partner.start]).strip()
        if len(words.split()) > 2 or not words[:1].isupper():
            return True
    return False


def _match(signs: Sequence[_Sign]) -> None:
    """Find the other half of each bracket, and how deep those stand that have one."""
    waiting: list[_Sign] = []
    for sign in signs:
        if sign.is_blank:
            continue
        if sign.is_opening:
            waiting.append(sign)
        elif waiting:
            sign.partner, waiting[-1].partner = waiting[-1], sign
            waiting.pop()
    depth = 0
    for sign in signs:
        if sign.partner is None:
            continue
        depth += sign.is_opening
        sign.depth = depth
        depth -= not sign.is_opening


Teller = Callable[[str, int], Markup]


def _teller() -> Teller:
    """How a bracket is drawn; the labels are looked up once."""
    opens, closes = pgettext("bracket", "bracket opens"), pgettext("bracket", "bracket closes")
    known: dict[tuple[str, int], Markup] = {}

    def tell(sign: str, depth: int) -> Markup:
        if (sign, depth) not in known:
            label = opens if sign in _OPENING else closes
            if depth > 1:
                label = f"{label} ({depth})"
            inner = f" br{min(depth, DEEPEST)}" if depth > 1 else ""
            stray = " stray" if not depth else ""
            known[sign, depth] = Markup('<b class="br{}{}" role="img" aria-label="{}">{}</b>').format(
                inner, stray, label, sign
            )
        return known[sign, depth]

    return tell


def _drawn(html: str, signs: Sequence[_Sign], tell: Teller) -> Markup:
    parts, end = [], 0
    blank = _("to be filled in")
    for sign in signs:
        parts.append(html[end : sign.start])
        words = html[sign.start : sign.end]
        if sign.is_blank:
            parts.append(str(Markup('<b class="blank" role="img" aria-label="{}">').format(blank)) + words + "</b>")
        else:
            parts.append(str(tell(words, sign.depth)))
        end = sign.end
        if sign.label is not None:
            parts.append(html[end : sign.label[0]] + "<b>" + html[slice(*sign.label)] + "</b>")
            end = sign.label[1]
    parts.append(html[end:])
    return Markup("".join(parts))  # noqa: S704 - safe HTML with marks of ours
