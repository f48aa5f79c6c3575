"""Zawgyi and Unicode: what is told apart, and what the one becomes in the other."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.core.burmese import converted, is_zawgyi, to_unicode_burmese, zawgyi_probability

# Words as people type them, also with marks in another order than Zawgyi's own and with zero and four for letters.
WORDS = [
    ("ျမန္မာႏိုင္ငံ", "မြန်မာနိုင်ငံ"), ("ဉာဏ္ႀကီးရွင္", "ဉာဏ်ကြီးရှင်"), ("ကၽြန္ေတာ္တို႔", "ကျွန်တော်တို့"),
    ("ေက်းဇူးတင္ပါတယ္", "ကျေးဇူးတင်ပါတယ်"), ("သတၱဳတူးေဖာ္ေရး", "သတ္တုတူးဖော်ရေး"), ("ေက်းရြာ", "ကျေးရွာ"),
    ("အဂၤလိပ္", "အင်္ဂလိပ်"), ("ဥပေဒ", "ဥပဒေ"), ("ညႊန္ၾကားခ်က္", "ညွှန်ကြားချက်"), ("လႊတ္ေတာ္", "လွှတ်တော်"),
    ("ႏွင့္", "နှင့်"), ("၎င္း", "၎င်း"), ("၄င္း", "၎င်း"), ("အစည္းအေ၀း", "အစည်းအဝေး"), ("ဆံုးျဖတ္", "ဆုံးဖြတ်"),
    ("ပတ္၀န္းက်င္", "ပတ်ဝန်းကျင်"), ("ဗုဒၶ", "ဗုဒ္ဓ"), ("ဒုကၡ", "ဒုက္ခ"), ("ဘ႑ာေရး", "ဘဏ္ဍာရေး"), ("ေၾကာင့္", "ကြောင့်"),
    ("ဝိညာဥ္", "ဝိညာဉ်"), ("၀န္ႀကီး", "ဝန်ကြီး"), ("၂၀၂၆", "၂၀၂၆"), ("၅၀ေက်ာ္", "၅၀ကျော်"), ("ဓာတ္သတၱဳ", "ဓာတ်သတ္တု"),
    ("ပစၥည္း", "ပစ္စည်း"), ("ေယာက္်ား", "ယောက်ျား"), ("ကၽြႏ္ုပ္", "ကျွန်ုပ်"), ("ၾသဂုတ္", "ဩဂုတ်"), ("ေစ်း", "ဈေး"),
    ("ေပၚ", "ပေါ်"), ("ကမၻာ", "ကမ္ဘာ"), ("ပဥၥမ", "ပဉ္စမ"), ("အႏၲရာယ္", "အန္တရာယ်"), ("ေန ့", "နေ့"), ("အ႒မ", "အဋ္ဌမ"),
    ("ရိွသည္", "ရှိသည်"), ("အဖဲြ႔", "အဖွဲ့"), ("ၿငိႈးငယ္", "ငြှိုးငယ်"), ("pdf ေငြ", "pdf ငွေ"),
]  # fmt: skip
# From the Universal Declaration of Human Rights as it is published in either encoding.
SENTENCES = [
    (
        "လူတိုင္း၌ အသက္ရွင္ရန္ လြတ္လပ္ခြင့္ႏွင့္ လံုႃခံုစိတ္ခ်ခြင့္ ရိွသည္။",
        "လူတိုင်း၌ အသက်ရှင်ရန် လွတ်လပ်ခွင့်နှင့် လုံခြုံစိတ်ချခွင့် ရှိသည်။",
    ),
    (
        "မည္သူကိုမ်ွ ၫွဉ္းပန္းႏိွပ္စက္ျခင္း၊ သို႔တည္းမဟုတ္ ရက္စက္ၾကမ္းၾကဳတ္စြာ မျပဳရ",
        "မည်သူကိုမျှ ညှဉ်းပန်းနှိပ်စက်ခြင်း၊ သို့တည်းမဟုတ် ရက်စက်ကြမ်းကြုတ်စွာ မပြုရ",
    ),
]


@pytest.mark.parametrize(("zawgyi", "unicode"), [*WORDS, *SENTENCES])
def test_zawgyi_becomes_unicode_in_its_order(zawgyi: str, unicode: str) -> None:
    assert converted(zawgyi) == unicodedata.normalize("NFC", unicode)


@pytest.mark.parametrize(("zawgyi", "unicode"), SENTENCES)
def test_the_two_are_told_apart(zawgyi: str, unicode: str) -> None:
    assert is_zawgyi(zawgyi)
    assert not is_zawgyi(unicode)
    assert to_unicode_burmese(unicode) == unicode
    assert to_unicode_burmese(zawgyi) == converted(zawgyi)
    both = f"{unicode}\n\n{zawgyi}\nIn English."
    assert to_unicode_burmese(both) == f"{unicode}\n\n{converted(zawgyi)}\nIn English."


def test_other_languages_of_the_script_are_left_alone() -> None:
    for words in ("မိူင်းတႆး ၵႂၢမ်းတႆး ၸုမ်း", "ဘာသာမန် ပ္ဍဲဍုၚ်ဗၟာ", "ကညီကျိာ်"):
        assert not is_zawgyi(words)
        assert to_unicode_burmese(words) == words
    assert to_unicode_burmese(SENTENCES[0][0], "shn") == SENTENCES[0][0]


def test_words_that_hold_none_of_its_letters_have_no_probability() -> None:
    assert zawgyi_probability("Only English, 2026.") == 0


@given(st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=40))
def test_whatever_is_typed_becomes_something(typed: str) -> None:
    assert unicodedata.is_normalized("NFC", converted(typed))
