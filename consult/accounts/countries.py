"""The countries and areas a person or an organisation may be from, with their United Nations names.

Codes and names in English, French and Arabic are in ``countries.csv`` beside this file; a further column, headed by
its BCP 47 code, adds a language. Source: United Nations Statistics Division, Standard country or area codes for
statistical use (M49), except that apostrophes are typographic.
Antarctica and territories without inhabitants are left out. These are the names a new installation
starts with; a host may override names later.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType

from consult.core.collation import in_order

FALLBACK_LANGUAGE = "en"
CODES = {"iso3", "m49"}
"""The columns that hold no name; every other is headed by the language of its names."""


@dataclass(frozen=True, slots=True)
class Country:
    """One country or area: ISO 3166 alpha-3 code, three-digit M49 code, and its name by language."""

    code: str
    m49: str
    names: Mapping[str, str] = field(hash=False)


def _load() -> Mapping[str, Country]:
    text = files("consult.accounts").joinpath("countries.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["iso3"]: Country(
                code=row["iso3"],
                m49=row["m49"],
                names=MappingProxyType({language: row[language] for language in row.keys() - CODES if row[language]}),
            )
            for row in csv.DictReader(text.splitlines())
        }
    )


COUNTRIES: Mapping[str, Country] = _load()


def country_name(code: str, language: str) -> str:
    """Return the name of the country, in English where M49 has none in the language.

    Raises KeyError for a code that is not in COUNTRIES.
    """
    names = COUNTRIES[code].names
    return names.get(language, names[FALLBACK_LANGUAGE])


def country_in_words(code: str | None, language: str) -> str:
    """The name of the country; empty where none is said, or the code is not in COUNTRIES."""
    return country_name(code, language) if code is not None and code in COUNTRIES else ""


def country_choices(language: str) -> list[tuple[str, str]]:
    """Return (alpha-3 code, name) pairs in the order a reader of the language looks a name up."""
    choices = [(code, country_name(code, language)) for code in COUNTRIES]
    return in_order(choices, lambda choice: choice[1], language)
