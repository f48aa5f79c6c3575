"""Scripts without spaces: one list, which says the same by script and by place in Unicode."""

from __future__ import annotations

import re
import unicodedata

from consult.core.scripts import UNSPACED, UNSPACED_SET, is_unspaced, script_of


def test_letters_of_unspaced_scripts_stand_where_the_list_says() -> None:
    letters = [chr(code) for code in range(0x40000) if unicodedata.category(chr(code))[0] in "LM"]
    listed = re.compile(f"[{UNSPACED_SET}]")
    by_script = {letter for letter in letters if script_of(letter) in UNSPACED - {"Tibt"}}
    by_place = {letter for letter in letters if listed.match(letter) and script_of(letter)}
    assert by_script == by_place
    assert all(map(is_unspaced, by_script))


def test_wide_signs_go_with_them_and_spaced_scripts_do_not() -> None:
    assert all(map(is_unspaced, "。，：「々〇๑"))
    assert not any(map(is_unspaced, ["a", "Ａ", "é", "한", "ع", "འ", " ", ",", ""]))
