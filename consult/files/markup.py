"""XML rewritten as it is read: names with their prefixes stay as they were, so that office programs read it as before.

A document type is refused, and with it every entity of its own; comments and processing instructions go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from consult.files.kinds import Refused, Why

DEPTH_MOST = 400
Attributes = list[tuple[str, str, str]]
"""(name with its prefix, name without it, value) of each attribute."""
Element = Callable[[str, str, Attributes], Attributes | None]
"""Takes the namespace, the name without prefix and the attributes; gives those that stay, or None to drop it all."""
Text = Callable[[Sequence[str], str], str]
"""Takes the names of the elements around, outermost first, and the whole text between two tags; gives what stays."""
End = Callable[[str], None]
"""Takes the name without prefix of an element that ends."""


def rewrite(content: bytes, *, element: Element, text: Text, end: End | None = None) -> bytes:
    """The same XML after these two have seen each element and each text of it.

    Raises:
        Refused: not well formed, too deep, or with a document type.
    """
    writer = _Writer(element, text, end)
    parser: Any = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.words
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refused(Why.DAMAGED) from error
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return (head + "".join(writer.out)).encode("utf-8", "surrogatepass")


def _refuse(*_arguments: Any) -> None:
    raise Refused(Why.BOMB)


class _Writer:
    def __init__(self, element: Element, text: Text, ended: End | None) -> None:
        self.element, self.text, self.ended = element, text, ended
        self.gathered: list[str] = []
        self.out: list[str] = []
        self.names: list[str] = []
        self.scopes: list[dict[str, str]] = [{}]
        self.skipped = 0
        self.open = False

    def start(self, name: str, flat: list[str]) -> None:
        if self.skipped:
            self.skipped += 1
            return
        self._write_words()
        if len(self.names) >= DEPTH_MOST:
            raise Refused(Why.BOMB)
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        scope = self.scopes[-1]
        declared = {key[6:]: value for key, value in pairs if key == "xmlns" or key.startswith("xmlns:")}
        scope = {**scope, **declared} if declared else scope
        prefix, _, local = name.rpartition(":")
        kept = self.element(
            scope.get(prefix, ""), local, [(key, key.rpartition(":")[2], value) for key, value in pairs]
        )
        if kept is None:
            self.skipped = 1
            return
        self._close_tag()
        shown = "".join(f" {key}={_quoted(value)}" for key, _local, value in kept)
        self.out.append(f"<{name}{shown}")
        self.open = True
        self.names.append(local)
        self.scopes.append(scope)

    def end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        self._write_words()
        if self.open:
            self.out.append("/>")
            self.open = False
        else:
            self.out.append(f"</{name}>")
        self.scopes.pop()
        local = self.names.pop()
        if self.ended is not None:
            self.ended(local)

    def words(self, words: str) -> None:
        if not self.skipped:  # expat gives a long text in pieces, which are judged as one
            self.gathered.append(words)

    def _write_words(self) -> None:
        if not self.gathered:
            return
        words = "".join(self.gathered)
        self.gathered.clear()
        kept = self.text(self.names, words)
        if kept:
            self._close_tag()
            self.out.append(escape(kept).replace("\r", "&#13;"))

    def _close_tag(self) -> None:
        if self.open:
            self.out.append(">")
            self.open = False


def _quoted(value: str) -> str:
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
