"""The order of names in lists, as a reader of the language looks them up.

Names in Latin, Greek, Cyrillic, Hebrew and Arabic letters get a key of our own, which orders every country of our list
in English and French as the Unicode Collation Algorithm does: capitals, accents and apostrophes do not count; in
Arabic, neither do hamza nor the article, as in the lists of the United Nations. Where a name is in a script whose order
is not that of its code points (Thai and Lao write a vowel before the consonant that it follows, Burmese and Khmer
stack), the whole list is ordered by the algorithm's own table (pyuca, DUCET). It takes about a second and 30 MB to
load, so it is loaded where it is first needed and nowhere else. Chinese then comes by radical, not by sound.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

Item = TypeVar("Item")

_SIMPLE = re.compile(r"[\u0000-\u06ff\u1e00-\u214f\ufb00-\ufdff]*")
_ARABIC_ARTICLE = "ال"


@lru_cache(maxsize=1)
def _collator() -> Any:
    from pyuca import Collator

    return Collator()


def sort_key(name: str, language: str) -> str:
    """The key of a name in letters whose order is that of their code points.

    Args:
        name: as it is shown.
        language: that of the reader.
    """
    # The article goes before folding: ألبانيا begins with a hamza, and looks like الـ only once folded.
    if language.split("-")[0] == "ar":
        name = name.removeprefix(_ARABIC_ARTICLE)
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    folded = "".join(character for character in decomposed if not unicodedata.combining(character))
    # The typographic apostrophe has a code point above every letter: « d’Åland » would follow « des Cocos ».
    return folded.replace("’", "'")


def in_order(items: Iterable[Item], name_of: Callable[[Item], str], language: str) -> list[Item]:
    """Things by their names, as a reader of the language looks them up; the same names by their code points.

    Args:
        items: in any order.
        name_of: gives the name that is shown.
        language: that of the reader.
    """
    named = [(name_of(item), item) for item in items]
    if all(_SIMPLE.fullmatch(name) for name, _item in named):
        named.sort(key=lambda pair: (sort_key(pair[0], language), pair[0]))
    else:
        named.sort(key=lambda pair: (_collator().sort_key(pair[0]), pair[0]))
    return [item for _name, item in named]
