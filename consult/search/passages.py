"""The passage around what was found, with the words marked; safe HTML."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from consult.core.burmese import converted, lines_told, syllables
from consult.texts.tokens import AS_IT_IS, Phrase, Token, fold, prepare, scan, token_rows

BEFORE, LENGTH = 90, 320
LOOKED_THROUGH = 20_000
# What is marked is worked out character by character, so only around the first match, and of a few signs that stand
# for many letters (one of Arabic for eighteen) no more than this is looked through.
WINDOW, OVERLAP, FOLDED_MOST = 2_000, 400, 100_000
Span = tuple[int, int]
Line = tuple[str, bool]


@dataclass(frozen=True)
class Passage:
    """A part of a text as HTML, and how many of the phrases stand in or near it."""

    html: Markup
    found: int


def passage_of(text: str, phrases: Sequence[Phrase], language: str = "") -> Passage:
    """The part of a text around the first phrase that it holds, or its beginning where it holds none.

    Args:
        text: plain words, never markup.
        phrases: what was looked for.
        language: that the text is in.
    """
    told = [(" ".join(line.split()), is_zawgyi) for line, is_zawgyi in lines_told(text[:LOOKED_THROUGH], language)]
    lines = [line for line in told if line[0]]
    text = " ".join(words for words, _is_zawgyi in lines)
    spans = _first_spans(text, lines, phrases)
    marks = _joined(sorted(span for _phrase, span in spans))
    start = _begin(text, marks[0][0]) if marks else 0
    end = _end(text, max(start + LENGTH, marks[0][1] if marks else 0))
    return Passage(_marked(text, marks, start, end), len({phrase for phrase, _span in spans}))


def _first_spans(text: str, lines: Sequence[Line], phrases: Sequence[Phrase]) -> list[tuple[Phrase, Span]]:
    """Where phrases stand in the first window of a text that has any."""
    looked_at = 0
    for start in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        window = text[start : start + WINDOW]
        cut = _lines_in(lines, start)
        spans = [(phrase, (start + first, start + last)) for phrase, (first, last) in _spans(cut, phrases)]
        looked_at += len(fold(window))
        if spans or looked_at > FOLDED_MOST:
            return spans
    return []


def _lines_in(lines: Sequence[Line], start: int) -> list[Line]:
    """The lines of the window that begins at that place of the whole text."""
    found, at = [], 0
    for line, is_zawgyi in lines:
        here = line[max(0, start - at) : max(0, start + WINDOW - at)]
        if here or start <= at + len(line) < start + WINDOW:
            found.append((here, is_zawgyi))
        at += len(line) + 1
    return found


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Characters with the marks that follow them: what is folded together. With the place of each."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or unicodedata.category(text[place])[0] != "M":
            yield start, text[start:place]
            start = place


def _pieces(lines: Sequence[Line]) -> Iterator[tuple[Span, str]]:
    """What is folded together, and what becomes of it; Zawgyi by syllables, put into Unicode as the index has it."""
    at = 0
    for line, is_zawgyi in lines:
        if is_zawgyi:
            place = at
            for syllable in syllables(line):
                yield (place, place + len(syllable)), prepare(converted(syllable))
                place += len(syllable)
        else:
            for start, cluster in _clusters(line):
                yield (at + start, at + start + len(cluster)), prepare(cluster)
        at += len(line) + 1
        yield (at - 1, at), " "


def _spans(lines: Sequence[Line], phrases: Sequence[Phrase]) -> Iterator[tuple[Phrase, Span]]:
    """Where phrases stand in lines, in characters as they are, not as they are folded."""
    rows = token_rows(" ".join(converted(line) if is_zawgyi else line for line, is_zawgyi in lines), AS_IT_IS)
    there = [phrase for phrase in phrases if any(phrase.is_in(row) for row in rows)]
    if not there:
        return
    folded, places = [], []
    for span, piece in _pieces(lines):
        folded.append(piece)
        places += [span] * len(piece)
    tokens = list(scan("".join(folded)))
    parts = [token for token in tokens if not token.is_extra]
    extras = [token for token in tokens if token.is_extra]
    for phrase in there:
        for wanted in (*phrase.alternatives, *([phrase.as_typed] if phrase.as_typed else [])):
            for among in (parts, extras) if len(wanted) == 1 else (parts,):
                for first, last in _places_of(among, wanted, is_open=phrase.is_open):
                    yield phrase, (places[first][0], places[last - 1][1])


def _places_of(tokens: Sequence[Token], wanted: Sequence[str], *, is_open: bool) -> Iterator[Span]:
    size = len(wanted)
    for place in range(len(tokens) - size + 1):
        if any(tokens[place + n].text != wanted[n] for n in range(size - 1)):
            continue
        last = tokens[place + size - 1]
        if last.text == wanted[-1]:
            yield tokens[place].start, last.end
        elif is_open and last.text.startswith(wanted[-1]):
            # Of a pair of characters the one that was asked for, of a word the whole.
            yield tokens[place].start, last.end if len(wanted[-1]) > 1 else last.start + 1


def _after(text: str, place: int) -> int:
    """The end of the character at that place, with its marks."""
    place += 1
    while place < len(text) and unicodedata.category(text[place])[0] == "M":
        place += 1
    return place


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _begin(text: str, place: int) -> int:
    """Where to begin, some way before that place: at a word, or at a character with its marks."""
    start = place - BEFORE
    if start <= 0:
        return 0
    space = text.find(" ", start, place)
    if space != -1:
        return space + 1
    while start < place and unicodedata.category(text[start])[0] == "M":
        start += 1
    return start


def _end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.find(" ", place, place + 40)
    return space if space != -1 else _after(text, place)


def _marked(text: str, marks: Sequence[Span], start: int, end: int) -> Markup:
    html = Markup("… ") if start else Markup("")
    at = start
    for first, last in marks:
        if first >= end:
            break
        html += escape(text[at:first]) + Markup("<mark>{}</mark>").format(text[first : min(last, end)])
        at = min(last, end)
    return html + escape(text[at:end]) + (Markup(" …") if end < len(text) else Markup(""))
