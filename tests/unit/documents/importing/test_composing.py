"""What is written as Markdown shows exactly the words that it was made of."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consult.documents.importing.building import Builder
from consult.documents.importing.composing import Run, compose, plain, shown
from consult.documents.importing.grids import tables_of

LOOKS = st.builds(
    Run,
    st.text(alphabet=list("ab1 .*_`~[]()<>#-+=|\\!&;:\n“é字"), max_size=12),
    is_bold=st.booleans(),
    is_italic=st.booleans(),
    is_struck=st.booleans(),
    link=st.sampled_from(["", "", "https://example.org/a_(b)"]),
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(LOOKS, max_size=6), st.booleans())
@example([Run("[a]", is_bold=True), Run("(b)")], False)
@example([Run("1", is_italic=True), Run(". x")], False)
@example([Run("a\n---")], False)
@example([Run("&amp"), Run(";")], True)
def test_no_word_or_sign_is_ever_lost_or_turned_into_markup(runs: list[Run], in_line: bool) -> None:
    made, _is_kept = compose(runs, in_line=in_line)
    said = squeezed(plain(runs))
    if not made:
        assert not said
        return
    seen = shown(made, in_line=in_line)
    assert seen is not None
    assert squeezed("".join(one[0] for one in seen)) == said


@pytest.mark.parametrize(
    ("runs", "made"),
    [
        ([Run("[[a] b] [Alternative 1: c] [XX] […] ____")], "[[a] b] [Alternative 1: c] [XX] […] ____"),
        ([Run("a*b 2_000 <x> 5 * 3")], "a*b 2_000 <x> 5 * 3"),
        ([Run("bold,", is_bold=True), Run("next")], "**bold**,next"),
        ([Run(" spaced ", is_bold=True), Run("out")], "**spaced** out"),
        ([Run("see "), Run("here", link="https://example.org/a b")], "see [here](https://example.org/a%20b)"),
        ([Run("x"), Run("nd", raised=1), Run(" H"), Run("2", raised=-1), Run("O")], "x^(nd) H₂O"),
    ],
)
def test_words_stay_readable(runs: list[Run], made: str) -> None:
    assert compose(runs) == (made, True)


def test_tables_keep_their_columns_whatever_stands_in_a_cell() -> None:
    builder = Builder(lambda _percent: None)
    cells = ["a|b", "`|`", "\\|", "**", "[x](y)"]
    row = [builder.words([Run(cell)], in_line=True) for cell in cells]
    ((text, _start, _end),) = tables_of([["h"] * 5, row])
    from consult.core.markdown import to_html

    assert to_html(text).count("<td>") == 5
