"""In which languages something can be read: how an address asks for one, and the links that do so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

EDITION = "edition"
"""The parameter that asks for what a consultation says, in one of its languages."""
READ_IN = "in"
"""The parameter that asks for a point or an answer, in any language that it was translated into."""


@dataclass(frozen=True)
class ReadLink:
    """A language in which something can be read.

    Args:
        language: BCP 47 code.
        href: where it is read so.
        is_original: whether it was written in it, or is authentic in it.
        is_current: whether it is read in it now.
    """

    language: str
    href: str
    is_original: bool
    is_current: bool


def read_links(
    languages: Sequence[str], address: Callable[[str], str], *, originals: Collection[str], current: str | None
) -> list[ReadLink]:
    """The links to these languages, as the macro `read_in` draws them.

    Args:
        languages: BCP 47 codes, in the order in which they are shown.
        address: where something is read in a language.
        originals: the languages that count in doubt.
        current: the language that it is read in now; None where several are.
    """
    return [ReadLink(code, address(code), code in originals, code == current) for code in languages]
