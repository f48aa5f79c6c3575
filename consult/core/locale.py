"""Languages of the interface and of content: names, directions, formats, the current locale."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from consult.core.autonyms import AUTONYMS
from consult.core.paths import translations_dir
from consult.core.scripts import RTL_SCRIPTS

DEFAULT = "en"
RTL_LANGUAGES = {
    "ar", "apc", "arc", "ary", "arz", "azb", "bal", "bgn", "ckb", "dv", "fa", "glk", "he", "khw", "ks", "lrc", "mzn",
    "nqo", "pnb", "prs", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug", "ur", "yi",
}  # fmt: skip
UNCODED = "mis"
"""The code of BCP 47 for a language that has none; its name then stands beside it in words."""
ZAWGYI = "my-Qaag"
"""Burmese in the encoding of the Zawgyi font, as Unicode CLDR tags it."""

gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
pgettext: Callable[..., str] = flask_babel.pgettext
lazy_gettext = flask_babel.lazy_gettext
lazy_pgettext = flask_babel.lazy_pgettext


@dataclass(frozen=True)
class Locale:
    """A language of the interface: its BCP 47 ``code``, ``dir`` and ``name`` in itself."""

    code: str
    dir: str
    name: str

    @property
    def babel(self) -> BabelLocale:
        """Babel's data for it."""
        return _babel(self.code)


# The field writes "3 June 2027" in English, as the United Nations do, not "June 3, 2027".
REGIONS = {"en": "en-GB"}


@lru_cache(maxsize=256)
def _babel(code: str) -> BabelLocale:
    code = REGIONS.get(code, code)
    try:
        return BabelLocale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        primary = code.split("-")[0]
        try:
            return BabelLocale.parse(primary)
        except (UnknownLocaleError, ValueError):
            return BabelLocale.parse(DEFAULT)


@lru_cache(maxsize=256)
def direction(code: str) -> str:
    """``rtl`` or ``ltr`` for a BCP 47 code, by its script where it names one.

    ``auto`` where the code does not tell: of a language without a code, or one that CLDR does not know. As an
    attribute it takes the direction of the words' own first letter.
    """
    language, *rest = code.split("-")
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), None)
    if script is None and language.lower() not in RTL_LANGUAGES and not _is_known(language.lower()):
        return "auto"
    is_rtl = script in RTL_SCRIPTS if script else language.lower() in RTL_LANGUAGES
    return "rtl" if is_rtl else "ltr"


@lru_cache(maxsize=256)
def _is_known(language: str) -> bool:
    return language != "mul" and language in BabelLocale.parse(DEFAULT).languages


def language_name(code: str, in_language: str) -> str:
    """The name of language ``code`` in ``in_language``; the code itself when nobody knows it."""
    if code == UNCODED:
        return pgettext("language", "Language without a code")
    return _language_name(code, in_language)


@lru_cache(maxsize=1024)
def _language_name(code: str, in_language: str) -> str:
    names = _babel(in_language)
    language, *rest = code.split("-")
    if rest == ["Qaag"] and language in names.languages:  # Zawgyi, which Babel knows as a name alone
        return f"{names.languages[language]} ({names.scripts.get('Qaag', 'Zawgyi')})"
    try:
        name = BabelLocale.parse(code.replace("-", "_")).get_display_name(names)
    except (UnknownLocaleError, ValueError):
        return str(names.languages.get(code, code))
    return str(name) if name else code


@lru_cache(maxsize=64)
def native_name(code: str) -> str:
    """The name of a language in itself, capitalised as at the start of a list."""
    name = AUTONYMS.get(code) or language_name(code, code)
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=1)
def interface_locales() -> tuple[Locale, ...]:
    """English and every folder of ``translations/``; adding a locale is adding a folder."""
    codes = {DEFAULT}
    codes.update(p.parent.name.replace("_", "-") for p in translations_dir().glob("*/LC_MESSAGES"))
    ordered = [DEFAULT, *sorted(codes - {DEFAULT}, key=lambda c: (c != "fr", c != "ar", c))]
    return tuple(Locale(code, direction(code), native_name(code)) for code in ordered)


def find_locale(code: str) -> Locale | None:
    """The interface locale of that exact code, if the instance has it."""
    return next((locale for locale in interface_locales() if locale.code == code), None)


_RANGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,6}")


@lru_cache(maxsize=512)
def _language_and_script(code: str) -> tuple[str, str]:
    """What decides whether somebody reads a language: ``zh-TW`` is Chinese in Traditional characters."""
    language, *rest = code.split("-")
    language = str(get_global("language_aliases").get(language.lower(), language.lower())).split("_")[0]
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    region = next((part.upper() for part in rest if len(part) == 2), "")
    likely = get_global("likely_subtags")
    whole = str(likely.get(f"{language}_{region}") or likely.get(language) or "")
    return language, script or next((part for part in whole.split("_") if len(part) == 4), "")


def negotiate(preferred: Sequence[str]) -> Locale:
    """The best interface locale for language ranges in order of preference (RFC 4647, lookup).

    Of each range first the exact locale, then one in the same language and script. One in the same language but
    another script (Simplified Chinese for Traditional) is taken only if no later range fits. ``*``, and ranges that
    cannot be read, give English.
    """
    second: Locale | None = None
    for code in preferred:
        if code == "*":
            break
        if not _RANGE.fullmatch(code):
            continue
        wanted = _language_and_script(code)
        same = [locale for locale in interface_locales() if _language_and_script(locale.code)[0] == wanted[0]]
        exact = [locale for locale in same if locale.code.lower() == code.lower()]
        in_script = [locale for locale in same if _language_and_script(locale.code) == wanted]
        if exact or in_script:
            return (exact or in_script)[0]
        second = second or next(iter(same), None)
    return second or interface_locales()[0]


def current_locale() -> Locale:
    """The locale that sentences are being written in now."""
    babel = flask_babel.get_locale()
    code = str(babel).replace("_", "-") if babel else DEFAULT
    return find_locale(code) or interface_locales()[0]


@contextmanager
def in_locale(code: str) -> Iterator[None]:
    """Write sentences in another locale for a while, as e-mails do; unknown codes give English."""
    found = find_locale(code) or negotiate([code])
    with flask_babel.force_locale(found.code.replace("-", "_")):
        yield


def _first_of_month(words: str) -> str:
    """In French the first day of a month is an ordinal, which CLDR does not write: 1er mars."""
    is_first = current_locale().babel.language == "fr" and words.startswith("1 ")
    return f"1er {words[2:]}" if is_first else words


def format_day(value: date | datetime, zone_name: str | None = None) -> str:
    """A date in words, as the current locale writes it; Gregorian, Western or local digits as CLDR says."""
    if isinstance(value, datetime) and zone_name:
        value = value.astimezone(ZoneInfo(zone_name))
    return _first_of_month(format_date(value, format="long", locale=current_locale().babel))


def format_moment(value: datetime, zone_name: str = "UTC") -> str:
    """A date and time in words, in that zone, without the zone's name."""
    local = value.astimezone(ZoneInfo(zone_name))
    babel = current_locale().babel
    comma = "،" if babel.text_direction == "rtl" else ","
    return _first_of_month(format_datetime(local, format=f"d MMMM y{comma} HH:mm", locale=babel))


def format_time(local: datetime) -> str:
    """What a clock shows, as deadlines have it: 17:59."""
    return str(format_datetime(local, format="HH:mm", locale=current_locale().babel))


def format_day_of_year(local: datetime) -> str:
    """A day without its year: 15 March."""
    return _first_of_month(format_skeleton("MMMMd", local, locale=current_locale().babel))


def format_number(value: int | float) -> str:
    """A number as the current locale writes it."""
    return format_decimal(value, locale=current_locale().babel)


def format_share(value: float) -> str:
    """A share of one as a percentage, as the current locale writes it: 45%, 45 %."""
    return format_percent(value, locale=current_locale().babel)


def join_words(words: Sequence[str], *, style: str = "standard") -> str:
    """Words as a list in a sentence of the current locale: "a, b and c".

    Args:
        words: each as it is to stand there.
        style: as Babel names them: ``standard`` ("and"), ``or``, ``unit`` (commas alone).
    """
    return format_list(list(words), style=style, locale=current_locale().babel)  # type: ignore[arg-type]
