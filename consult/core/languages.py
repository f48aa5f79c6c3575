"""Any language of the world: by its BCP 47 code, by its name, or in the words of whoever writes in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale as BabelLocale
from babel.core import get_global

from consult.core.autonyms import AUTONYMS
from consult.core.collation import in_order
from consult.core.errors import BadInput
from consult.core.locale import UNCODED, current_locale, language_name, native_name
from consult.core.locale import gettext as _

CODE_MAX = 35
NAME_MAX = 60
# What people in this field write in; every other language is named or has its code.
LANGUAGES = (
    "ar", "bn", "de", "en", "es", "fa", "fil", "fr", "ha", "hi", "id", "it", "ja", "jv", "km", "ko", "lo", "mn", "ms",
    "my", "ne", "pt", "qu", "ru", "rw", "sw", "ta", "th", "tr", "uk", "ur", "uz", "vi", "yo", "zh",
)  # fmt: skip
LESS_THAN_A_LANGUAGE = frozenset({UNCODED, "und", "zxx"})
# The grandfathered tags of RFC 5646, section 2.2.8, beside those that begin with "i-"; all are deprecated or replaced.
_GRANDFATHERED = frozenset({
    "art-lojban", "cel-gaulish", "en-gb-oed", "no-bok", "no-nyn", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de", "zh-guoyu",
    "zh-hakka", "zh-min", "zh-min-nan", "zh-xiang",
})  # fmt: skip
_EXTENDED = frozenset({"ar", "kok", "lv", "ms", "sgn", "sw", "uz", "zh"})  # languages that have extlang subtags
_TAG = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*")
_SUBTAGS = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<extended>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*)(?P<private>-x(?:-[a-z0-9]{1,8})+)?"
)


@dataclass(frozen=True, slots=True)
class InputLanguage:
    """The language that somebody writes in.

    Args:
        code: in BCP 47; `UNCODED` where only its name is known.
        words: the name as it was typed, then.
    """

    code: str
    words: str = ""


def canonical_language(tag: str) -> str | None:
    """A language tag as BCP 47 writes it (``zh-Hant-TW``), old codes replaced (``iw`` is ``he``), or None.

    None is for what is no tag of a language: malformed, grandfathered, for private use, with a script or region that
    does not exist, or of two letters that mean nothing. Of three letters any are taken, since thousands are in use.
    """
    return _canonical(tag) if len(tag) <= CODE_MAX else None


@lru_cache(maxsize=2048)
def _canonical(tag: str) -> str | None:
    found = _SUBTAGS.fullmatch(tag.lower())
    if found is None or tag.lower() in _GRANDFATHERED or not tag.isascii():
        return None
    part = found.groupdict(default="")
    language, script, region = part["language"], part["script"].title(), part["region"].upper()
    variants = part["variants"].split("-")[1:]
    is_known = (not script or script in _names("en").scripts) and (not region or region in _names("en").territories)
    if not is_known or len(set(variants)) < len(variants):
        return None
    if part["extended"]:
        if language not in _EXTENDED:
            return None
        language = part["extended"]  # RFC 5646, section 4.5: zh-yue is yue
    language, script, region = _current(language, script, region)
    if language in LESS_THAN_A_LANGUAGE or "qaa" <= language <= "qtz":
        return None
    if len(language) == 2 and language not in _names("en").languages:
        return None
    tail = f"{part['extensions']}{part['private']}".split("-")[1:]
    return "-".join([language, *filter(None, [script, region]), *variants, *tail])


def _current(language: str, script: str, region: str) -> tuple[str, str, str]:
    """The subtags that Unicode CLDR uses today for old or other ones."""
    language, *implied = get_global("language_aliases").get(language, language).split("_")
    for subtag in implied:
        script, region = (script or subtag, region) if len(subtag) == 4 else (script, region or subtag)
    now = get_global("territory_aliases").get(region) or [region]
    return language, script, now[0] if len(now) == 1 else region


@lru_cache(maxsize=1)
def _names(code: str) -> BabelLocale:
    return BabelLocale.parse(code)


def resolve_language(typed: str, reader: str, *, field: str | None = None) -> InputLanguage:
    """The language that somebody means who typed its code or its name.

    Args:
        typed: one line that came through `check_line`.
        reader: the locale that it was typed in; names are known in it, in English, and in the language itself.
        field: of the form, for the error.

    Returns:
        The code where it is known; a name that nobody knows is kept as it was typed, beside the code `UNCODED`.

    Raises:
        BadInput: what can be neither a code nor a name, or is too long.
    """
    words = " ".join(typed.split())
    if len(words) > NAME_MAX:
        raise BadInput(_("This is too long for the name of a language. Write its name alone."), field)
    is_short_name = len(words) <= 3 and words.istitle()  # "Ga" is a language, "ga" the code of another
    code = _code_of_name(words, reader) if is_short_name else None
    if code is None and _TAG.fullmatch(words):
        code = canonical_language(words.replace("_", "-"))
        if is_short_name and len(words) == 3 and words.lower() not in _names("en").languages:
            code = None  # "Kui" or "Mon", which as codes mean another language, or none that anybody here knows
    code = code or _code_of_name(words, reader)
    if code is not None:
        return InputLanguage(code)
    if not _may_be_name(words):
        raise BadInput(_refusal(words), field)
    return InputLanguage(UNCODED, words)


def read_language(typed: str, readers: Iterable[str]) -> InputLanguage | None:
    """The language that is meant where nobody can be asked, as in a table; None for what can be none.

    Args:
        typed: what stands there.
        readers: the locales whose names of languages are tried.
    """
    found = None
    for reader in readers:
        try:
            found = resolve_language(typed, reader)
        except BadInput:
            continue
        if found.code != UNCODED:
            return found
    return found


def _may_be_name(words: str) -> bool:
    letters = [character for character in words if character.isalpha()]
    if len(letters) < 2 or re.search(r"[0-9_<>{}\[\]@#%=\\/|:]|\w\.\w", words):
        return False
    if not words.isascii() or " " in words:
        return True
    pieces = words.split("-")
    if len(pieces) == 1:
        return len(words) > 3 or words.istitle()
    # "Tai-Dam" and "ta'ang-palaung" are names; "en--US", "zz-Latn", "en-u" and "i-klingon" are tags that are none.
    is_grandfathered = words.lower() in _GRANDFATHERED
    return not is_grandfathered and all(len(one) > 1 and (one.istitle() or len(one) > 4) for one in pieces)


def _refusal(words: str) -> str:
    shown = f"\u2068{words[:CODE_MAX]}\u2069"
    if words.lower() in _GRANDFATHERED or words.lower().startswith("i-"):
        return _("“%(code)s” is an old code that is not used any more. Write the name of the language.", code=shown)
    if words.lower().startswith("x-") or re.fullmatch(r"q[a-t][a-z]\b.*", words.lower()):
        return _(
            "“%(code)s” is a private code, which nobody else can read. Write the name of the language.", code=shown
        )
    return _(
        "“%(code)s” is neither a language code nor a name. Write the name of the language, such as “Kavet”, or its "
        "code, such as “ktu”.",
        code=shown,
    )


def _key(name: str) -> str:
    """A name as it is compared: without case, and without the accents of Latin letters."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not "\u0300" <= c <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", plain).casefold().replace("’", "'").split())


@lru_cache(maxsize=8)
def _codes(reader: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for babel in (_names("en"), BabelLocale.parse(reader, sep="-")):
        found |= {_key(name): code for code, name in babel.languages.items()}
    found |= {_key(name): code for code, name in AUTONYMS.items() if _key(name) not in found}
    return found


def _code_of_name(words: str, reader: str) -> str | None:
    code = _codes(reader).get(_key(words))
    return canonical_language(code.replace("_", "-")) if code else None


def languages_in_order(codes: Iterable[str], reader: str) -> list[str]:
    """Languages by their names, as a reader of the language looks them up.

    Args:
        codes: in any order.
        reader: language that the names are shown in.
    """
    return in_order(codes, lambda code: language_name(code, reader), reader)


def language_choices(first: Sequence[str]) -> list[tuple[str, str]]:
    """Languages to choose from: those that matter here first, then the others by their own names.

    Args:
        first: codes, such as the reader's language and the languages of the consultation.
    """
    here = current_locale().code
    leading = list(dict.fromkeys(first))
    others = in_order(set(LANGUAGES) - set(leading), native_name, here)
    choices = []
    for code in [*leading, *others]:
        own, name = native_name(code), language_name(code, here)
        choices.append((code, own if own.casefold() == name.casefold() else f"{own} ({name})"))
    return choices
