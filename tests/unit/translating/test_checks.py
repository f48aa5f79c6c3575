"""What a translation lacks of its source, in figures, links and placeholders of any script."""

from __future__ import annotations

import pytest

from consult.translating.checks import list_missing


@pytest.mark.parametrize(
    ("source", "translation", "missing"),
    [
        ("At least 30 % of it", "ប្រាំ", ["30"]),
        ("At least 30 % of it", "យ៉ាងហោចណាស់ ៣០ ភាគរយ", []),
        ("1,500 sites by 2030", "1 500 sites d’ici à 2030", []),
        ("1,500 sites by 2030", "٢٠٣٠ موقعا ١٬٥٠٠", []),
        ("1.5 degrees", "1,5 degré", []),
        ("1.5 degrees", "15 degrés", []),  # a warning that separators change would cry wolf in every language
        ("In 2027 30 people", "30 personnes en 2027", []),
        ("In 2027 30 people", "2027 年", ["30"]),
        ("See https://example.org/a, and write to a@example.org.", "Voir https://example.org/a.", ["a@example.org"]),
        ("Page https://example.org/2030", "Page", ["https://example.org/2030"]),
        ("Dear {name}, see [^1]", "Chère {nom}, voir", ["{name}", "[^1]"]),
        ("30 and 30", "rien", ["30"]),
        ("30", "", []),
        ("Nothing of it", "Rien", []),
    ],
)
def test_what_is_missing_is_told_as_the_source_writes_it(source: str, translation: str, missing: list[str]) -> None:
    assert list_missing(source, translation) == missing
