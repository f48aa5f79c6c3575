"""Languages of the interface and of content: names, directions, formats, the current locale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from consult.core.paths import translations_dir

DEFAULT = "en"
RTL_LANGUAGES = {"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi", "ug", "sd"}

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
    """``rtl`` or ``ltr`` for a BCP 47 code; unknown languages read left to right."""
    return "rtl" if code.split("-")[0].lower() in RTL_LANGUAGES else "ltr"


@lru_cache(maxsize=1024)
def language_name(code: str, in_language: str) -> str:
    """The name of language ``code`` in ``in_language``; the code itself when nobody knows it."""
    try:
        name = BabelLocale.parse(code.replace("-", "_")).get_display_name(_babel(in_language))
    except (UnknownLocaleError, ValueError):
        return code
    return str(name) if name else code


@lru_cache(maxsize=64)
def native_name(code: str) -> str:
    """The name of a language in itself, capitalised as at the start of a list."""
    name = language_name(code, code)
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


def negotiate(preferred: list[str]) -> Locale:
    """The best interface locale for codes in order of preference."""
    available = [locale.code.replace("-", "_") for locale in interface_locales()]
    code = negotiate_locale([p.replace("-", "_") for p in preferred], available, sep="_") or DEFAULT
    return find_locale(code.replace("_", "-")) or interface_locales()[0]


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


def format_number(value: int | float) -> str:
    """A number as the current locale writes it."""
    return format_decimal(value, locale=current_locale().babel)
