"""Languages as people choose or type them."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.core.languages import canonical_language, language_choices


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("en", "en"),
        ("KTU", "ktu"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("e", None),
        ("english", None),
        ("en_GB", None),
        ("en--GB", None),
        ("", None),
        ("en\n", None),
        ("\u202een", None),
    ],
)
def test_a_language_code_is_written_in_one_way(typed: str, kept: str | None) -> None:
    assert canonical_language(typed) == kept


def test_the_languages_of_the_place_come_first_and_each_once(bare_app: Flask) -> None:
    with bare_app.test_request_context("/fr/"):
        choices = language_choices(["fr", "ktu", "fr", "ar"])
    codes = [code for code, _words in choices]
    assert codes[:3] == ["fr", "ktu", "ar"]
    assert len(codes) == len(set(codes))
    words = dict(choices)
    assert words["fr"] == "Français"
    assert words["th"] == "ไทย (thaï)"
