"""Languages as people name them, and what words seem to be in."""

from __future__ import annotations

import pytest
from babel import Locale, UnknownLocaleError
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from consult.accounts.enums import Capacity
from consult.core.autonyms import AUTONYMS
from consult.core.errors import BadInput
from consult.core.guessing import guess_language, is_other_script, proposal
from consult.core.languages import CODE_MAX, NAME_MAX, canonical_language, resolve_language
from consult.core.locale import UNCODED, direction, in_locale, language_name

ZAWGYI_WORDS = "ျပည္ေထာင္စု သတၱဳတူးေဖာ္ေရး"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("iw", "he"), ("in", "id"), ("tl", "fil"), ("sh", "sr-Latn"), ("KTU", "ktu"), ("zh-hant-tw", "zh-Hant-TW"),
        ("sr_Latn", "sr-Latn"), ("es-419", "es-419"), ("zh-yue", "yue"), ("en-x-abc", "en-x-abc"), ("En", "en"),
        ("my-qaag", "my-Qaag"), ("Khmer", "km"), ("khmer", "km"), ("ខ្មែរ", "km"), ("birman", "my"), ("Francais", "fr"),
        ("Kiswahili", "sw"), ("arabe", "ar"), ("Ga", "gaa"), ("ga", "ga"), ("Chinois traditionnel", "zh-Hant"),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_code_and_by_its_name_in_three_languages(
    app_context: None, typed: str, code: str
) -> None:
    assert resolve_language(typed, "fr").code == code
    assert resolve_language(typed, "fr").words == ""


@pytest.mark.parametrize(
    "typed", ["Kavet", "Brao", "Mon", "Kui", "Tai-Dam", "Tz’utujil", "كافيت", "ភាសាព្រៅ", "Bahasa Wana"]
)
def test_a_name_that_nobody_knows_is_kept_as_it_was_typed(app_context: None, typed: str) -> None:
    found = resolve_language(f"  {typed} ", "en")
    assert (found.code, found.words) == (UNCODED, typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("xx", "“\u2068xx\u2069” is neither a language code nor a name"), ("en--US", "neither a language code"),
        ("zh-Hant-", "neither"), ("en-Xxxx", "neither"), ("en-u", "neither"), ("12", "neither"), ("e", "neither"),
        ("<b>ktu</b>", "neither"), ("mis", "neither"), ("und", "neither"), ("i-klingon", "is an old code"),
        ("en-GB-oed", "is an old code"), ("x-private", "is a private code"), ("qaa", "is a private code"),
        ("K" * (NAME_MAX + 1), "too long for the name of a language"),
    ],
)  # fmt: skip
def test_what_is_neither_code_nor_name_gets_a_sentence(app_context: None, typed: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        resolve_language(typed, "en", field="other_language")


@given(st.text(max_size=CODE_MAX + 5))
def test_a_code_is_canonical_once_for_all(typed: str) -> None:
    code = canonical_language(typed)
    if code is not None:
        assert canonical_language(code) == code
        assert len(typed) <= CODE_MAX


@given(st.from_regex(r"[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-[a-zA-Z]{2})?", fullmatch=True))
def test_codes_in_any_case_are_one(typed: str) -> None:
    assert canonical_language(typed.upper()) == canonical_language(typed.lower())


def test_names_of_languages_in_themselves_are_those_of_babel() -> None:
    for code, name in AUTONYMS.items():
        try:
            assert Locale.parse(code).languages.get(code) == name
        except UnknownLocaleError:
            pytest.fail(code)


def test_every_language_has_something_to_be_called_by(bare_app: Flask) -> None:
    with bare_app.test_request_context("/en/"):
        assert language_name("mis", "en") == "Language without a code"
        assert language_name("my-Qaag", "en") == "Burmese (Zawgyi)"
        assert language_name("ktu", "en") == "ktu"
        assert language_name("zh-Hant-TW", "en") == "Chinese (Traditional, Taiwan)"


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("ar", "rtl"),
        ("en", "ltr"),
        ("ku-Arab", "rtl"),
        ("ur-Latn", "ltr"),
        ("mis", "auto"),
        ("ktu", "auto"),
        ("mul", "auto"),
    ],
)
def test_where_the_code_does_not_tell_the_words_do(code: str, way: str) -> None:
    assert direction(code) == way


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ធូលីពីការរុករករ៉ែ", "km"), ("ຝຸ່ນຈາກບໍ່ແຮ່", "lo"), ("ဖုန်မှုန့်များ", "my"), (ZAWGYI_WORDS, "my-Qaag"),
        ("ฝุ่นจากเหมือง", "th"), ("მტვერი კარიერიდან", "ka"), ("採石場的灰塵進入我們的稻米", "zh"),
        ("鉱山の粉塵が水に入ります", "ja"), ("ok", ""), ("ISO 14001, GRI 11", ""), ("", ""), ("قصير", ""),
        ("Vumbi la machimbo huingia kwenye mchele wetu kila siku na maji", "sw"),
    ],
)  # fmt: skip
def test_what_words_seem_to_be_in(words: str, code: str) -> None:
    assert guess_language(words) == code


@pytest.mark.parametrize(
    ("words", "said", "asked"),
    [
        ("ធូលីពីការរុករករ៉ែ", "en", "km"), ("ធូលីពីការរុករករ៉ែ", "brb", ""), ("ធូលីពីការរុករករ៉ែ", "mis", ""),
        ("The dust of the quarry gets into our rice and water every day.", "km", "en"),
        ("The dust of the quarry gets into our rice and water every day.", "en-GB", ""),
        ("The dust of the quarry gets into our rice and water every day.", "ktu", ""),  # unknown to the model
        ("Debu dari tambang masuk ke padi kami setiap hari, air kami kotor.", "en", "id"),
        ("Debu dari tambang masuk ke padi kami setiap hari, air kami kotor.", "ms", ""),
        ("Short words.", "fr", ""),
        (ZAWGYI_WORDS, "my", "my-Qaag"), (ZAWGYI_WORDS, "en", "my-Qaag"), (ZAWGYI_WORDS, "my-Qaag", ""),
        (ZAWGYI_WORDS, "shn", ""), ("ဖုန်မှုန့်များ", "my-Qaag", "my"), ("ဖုန်မှုန့်များ", "my", ""),
        ("မိူင်းတႆး ၵႂၢမ်းတႆး", "shn", ""),
    ],
)  # fmt: skip
def test_an_author_is_asked_only_where_it_is_clear(words: str, said: str, asked: str) -> None:
    assert proposal(words, said) == asked


def test_a_script_alone_tells_of_rows_in_tables() -> None:
    assert is_other_script("ធូលីពីការរុករករ៉ែ", "en")
    assert not is_other_script("ធូលីពីការរុករករ៉ែ", "km")
    assert not is_other_script("La poussière de la carrière", "km")
    assert not is_other_script("ធូលីពីការរុករករ៉ែ", "mis")


@pytest.mark.usefixtures("app_context")
def test_what_people_choose_of_themselves_is_not_said_so_of_others() -> None:
    with in_locale("ar"):
        assert Capacity.INDIVIDUAL.own_label != Capacity.INDIVIDUAL.label
        assert Capacity.ORGANISATION.own_label == Capacity.ORGANISATION.label
