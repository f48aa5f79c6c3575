"""Words of a message that are in another language than it: marked in its plain text, told in its HTML."""

from __future__ import annotations

import re

from consult.core.locale import current_locale

# Characters that no text of anybody's can hold (`core.text`), so nobody can write a mark.
_BEGIN, _NAMED, _END = "\x02", "\x03", "\x04"
_MARKED = re.compile(f"{_BEGIN}([^{_NAMED}]*){_NAMED}([^{_END}]*){_END}")


def in_language(words: object, language: str | None = None) -> str:
    """For templates of messages: words that may be in another language than the message.

    The mark is nothing in the plain text, and ``lang`` and ``dir`` in its HTML. A localised text gives its own
    language. The words may be several paragraphs.

    Args:
        words: what is said; anything with a ``text`` and a ``language``, or a string.
        language: BCP 47, for a string.
    """
    said, code = str(getattr(words, "text", words) or ""), getattr(words, "language", None) or language or ""
    said = re.sub(f"[{_BEGIN}{_NAMED}{_END}]", "", said)
    return f"{_BEGIN}{code}{_NAMED}{said}{_END}" if code and code != current_locale().code else said


def split_marked(text: str) -> list[tuple[str, str]]:
    """The words of a message in their order, each with its language; empty where it is that of the message."""
    pieces: list[tuple[str, str]] = []
    end = 0
    for found in _MARKED.finditer(text):
        pieces.append(("", text[end : found.start()]))
        pieces.append((found[1], found[2]))
        end = found.end()
    pieces.append(("", text[end:]))
    return [(language, words) for language, words in pieces if words]


def without_marks(text: str) -> str:
    """The words of a message alone."""
    return "".join(words for _language, words in split_marked(text))
