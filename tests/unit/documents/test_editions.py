"""Which block of a language edition is which paragraph: by what two languages share, never by words."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import consult.demonstration
from consult.core.errors import BadInput
from consult.documents.editions import Misfit, Row, Unit, align_edition, misfits, misfits_of, unit_of
from consult.documents.enums import BlockKind
from consult.documents.importing import read_markdown
from consult.documents.services.importing import require_counterparts

DEMONSTRATION = Path(consult.demonstration.__file__).parent / "content"

HEADING, TEXT, ITEM, TABLE = BlockKind.HEADING, BlockKind.TEXT, BlockKind.ITEM, BlockKind.TABLE


def units(*given: tuple[BlockKind, str, int]) -> list[Unit]:
    return [Unit(kind, 1 if kind is HEADING else 0, number, length) for kind, number, length in given]


ENGLISH = units(
    (HEADING, "1", 20), (TEXT, "", 300), (TEXT, "", 80), (ITEM, "–", 40), (ITEM, "–", 45), (HEADING, "2", 15),
    (TABLE, "", 400), (TEXT, "", 150),
)  # fmt: skip


def test_the_same_build_is_row_by_row() -> None:
    french = [Unit(unit.kind, unit.level, unit.number, int(unit.length * 1.2)) for unit in ENGLISH]
    assert align_edition(ENGLISH, french) == [(n, n) for n in range(8)]


@pytest.mark.parametrize("gone", range(8))
def test_what_is_missing_leaves_a_gap_where_it_is(gone: int) -> None:
    french = [Unit(u.kind, u.level, u.number, int(u.length * 1.2)) for n, u in enumerate(ENGLISH) if n != gone]
    rows = align_edition(ENGLISH, french)
    missing = [left for left, right in rows if right is None]
    if gone in {3, 4}:  # two items that look alike: one of them
        assert missing in ([3], [4])
    else:
        assert missing == [gone]
    assert [left for left, _right in rows if left is not None] == list(range(8))


def test_what_is_too_much_stands_alone() -> None:
    french = [*ENGLISH[:2], Unit(TEXT, 0, "", 900), *ENGLISH[2:]]
    assert (None, 2) in align_edition(ENGLISH, french)


def test_what_a_manager_said_stays_and_the_rest_falls_into_place() -> None:
    one = units((TEXT, "", 50), (TEXT, "", 50), (TEXT, "", 50))
    assert align_edition(one, one[:2], pinned={2: 1}) in ([(0, 0), (1, None), (2, 1)], [(0, None), (1, 0), (2, 1)])
    assert align_edition(one, one[:2], pinned={0: 1}) == [(None, 0), (0, 1), (1, None), (2, None)]
    crossing = align_edition(one, one, pinned={0: 2, 2: 0})
    assert sorted(left for left, _right in crossing if left is not None) == [0, 1, 2]
    assert sorted(right for _left, right in crossing if right is not None) == [0, 1, 2]


def test_each_appears_once_and_in_order_whatever_comes() -> None:
    chance = random.Random(7)
    for _attempt in range(60):
        one, other = (
            [
                Unit(kind, 1 if kind is HEADING else 0, str(chance.randint(1, 4)), chance.randint(0, 400))
                for kind in chance.choices([HEADING, TEXT, ITEM, TABLE], k=chance.randint(0, 25))
            ]
            for _side in "ab"
        )
        rows = align_edition(one, other)
        assert [left for left, _right in rows if left is not None] == list(range(len(one)))
        assert [right for _left, right in rows if right is not None] == list(range(len(other)))


def test_long_texts_with_a_few_gaps_are_aligned_nearly_everywhere() -> None:
    chance = random.Random(3)
    kinds = [TEXT, TEXT, ITEM]
    english = [
        Unit(HEADING, 1, str(n // 20 + 1), 30)
        if n % 20 == 0
        else Unit(chance.choice(kinds), 0, "", int(chance.lognormvariate(5, 0.8)) + 5)
        for n in range(1_000)
    ]
    gone = set(chance.sample(range(1_000), 10))
    left = [n for n in range(1_000) if n not in gone]
    french = [
        Unit(english[n].kind, english[n].level, english[n].number, int(english[n].length * chance.uniform(1, 1.35)))
        for n in left
    ]
    right = sum(one is not None and two is not None and left[two] == one for one, two in align_edition(english, french))
    assert right >= 985


def test_misfits_are_named() -> None:
    assert misfits(Unit(TEXT, 0, "", 1), Unit(ITEM, 0, "–", 1)) == [Misfit.KIND]
    assert misfits(Unit(HEADING, 1, "1", 1), Unit(HEADING, 2, "2", 1)) == [Misfit.LEVEL, Misfit.NUMBER]
    assert misfits(Unit(HEADING, 1, "A", 1), Unit(HEADING, 1, "أ", 1)) == [], "letters may be another alphabet's"
    assert misfits(Unit(HEADING, 1, "3.2", 1), Unit(HEADING, 1, "3-2", 1)) == []
    assert misfits(Unit(TEXT, 0, "", 100), Unit(TEXT, 0, "", 400)) == [Misfit.LENGTH]
    assert misfits(Unit(TEXT, 0, "", 100), Unit(TEXT, 0, "", 400), ratio=3.5) == []


def test_marks_brackets_and_figures_differ_but_not_for_their_script_or_punctuation() -> None:
    assert misfits(Unit(ITEM, 0, "2.", 9), Unit(ITEM, 0, "–", 9)) == [Misfit.NUMBER]
    assert misfits(Unit(ITEM, 0, "a)", 9), Unit(ITEM, 0, "c)", 9)) == [Misfit.NUMBER]
    assert misfits(Unit(ITEM, 0, "a)", 9), Unit(ITEM, 0, "أ)", 9)) == []
    said = unit_of(TEXT, 0, "", "[USD 10,000] in [2.5] [years](#sec_12)[^3] <https://example.org/7>")
    assert (said.brackets, said.figures) == (2, "0000125")
    assert misfits(said, unit_of(TEXT, 0, "", "[١٠ ٠٠٠ دولار] خلال [٢٫٥] سنة[^3]")) == []
    assert misfits(said, unit_of(TEXT, 0, "", "10 000 dollars en 25 ans[^3]")) == [Misfit.BRACKETS]
    assert misfits(said, unit_of(TEXT, 0, "", "[Dix mille dollars] en [deux ans][^1]")) == [Misfit.FIGURES]
    assert misfits(said, unit_of(TEXT, 0, "", "[10 000 dollars] en [2,5] ans")) == [Misfit.NOTES]


# A shorter translation, as a walk through the desk brought it: every pair was of words that are not each other's.
LONG = """# Scope

This Guideline helps governments and companies share the benefits of mining fairly with the communities beside a mine.

It applies to all large mines and to their closure.

The reporting threshold is [USD 10 million] [USD [20] million] per year, to be decided.

# Principles

1. Respect the rights of Indigenous Peoples.
2. Publish all payments.
3. Consult before deciding.

## Revenue

A share of the revenue goes to the districts.

- Water is measured monthly.
- Dust is measured weekly.
"""
HALF = """# Champ

Ce Guide aide les gouvernements et les entreprises à partager équitablement les bénéfices.

Il s’applique à toutes les grandes mines et à leur fermeture.

# Principes

1. Respecter les droits des peuples autochtones.
2. Publier tous les paiements.
3. Consulter avant de décider.
"""


def in_units(markdown: str) -> list[Unit]:
    return [unit_of(one.kind, one.level, one.number, one.text) for one in read_markdown(markdown)]


def test_brackets_figures_marks_and_sections_weigh() -> None:
    rows = align_edition(in_units(LONG), in_units(HALF))
    assert rows == [*((n, n) for n in range(3)), (3, None), *((n, n - 1) for n in range(4, 8)), *LEFT]


LEFT: list[Row] = [(n, None) for n in range(8, 12)]


def test_what_stands_below_another_heading_is_to_be_looked_at() -> None:
    rows: list[Row] = [(0, 0), (1, 1), (2, None), (3, 2)]
    one, other = (in_units(text) for text in ("# A\n\nOne.\n\n# B\n\nTwo.\n", "# A\n\nUn.\n\nDeux.\n"))
    assert misfits_of(one, other, rows) == [[], [], [], [Misfit.SECTION]]


@pytest.mark.parametrize(
    "name", ["apsmd-guideline/draft", "hleag-terms-of-reference/draft", "hleag-terms-of-reference/final"]
)
def test_the_illustrated_texts_fit_in_every_language(name: str) -> None:
    english, *others = (in_units((DEMONSTRATION / f"{name}.{code}.md").read_text()) for code in ("en", "fr", "ar"))
    assert len(english) > 40
    for other in others:
        rows = align_edition(english, other)
        assert rows == [(place, place) for place in range(len(english))]
        assert not any(misfits_of(english, other, rows))


AUTHENTIC = "# 1 Purpose\n\nOne.\n\n- two\n\n## 1.1 Scope\n\nThree."


@pytest.mark.parametrize(
    ("authentic", "other"),
    [
        (AUTHENTIC, "# 1 But\n\nUn.\n\n- deux\n\n## 1.1 Champ\n\nTrois."),
        ("# A. Forms\n\n# 2 More", "# أ. النماذج\n\n# المزيد"),
    ],
)
def test_an_edition_may_leave_out_numbers_and_write_other_letters(authentic: str, other: str) -> None:
    require_counterparts(read_markdown(authentic), read_markdown(other))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (
            "# 1 But\n\nUn.\n\nDeux.\n\n## 1.1 Champ\n\nTrois.",
            ["Block 3 differs", "“Deux.” (Paragraph)", "“– two” (List item)"],
        ),
        ("# 1 But\n\nUn.\n\n- deux\n\n# 1.1 Champ\n\nTrois.", ["Block 4 differs", "“# 1.1 Champ”", "“## 1.1 Scope”"]),
        ("# 1 But\n\nUn.\n\n- deux\n\n## 1.2 Champ\n\nTrois.", ["Block 4 differs", "1.2 Champ", "1.1 Scope"]),
        ("# 1 But\n\nUn.\n\n- deux\n\n## 1.1 Champ", ["“Three.” has no counterpart"]),
        ("# 1 But\n\nUn.\n\n- deux\n\n## 1.1 Champ\n\nTrois.\n\nQuatre.", ["“Quatre.” has no counterpart"]),
    ],
)
def test_a_mismatch_names_the_first_place(other: str, words: list[str]) -> None:
    with pytest.raises(BadInput) as error:
        require_counterparts(read_markdown(AUTHENTIC), read_markdown(other))
    message = error.value.message.replace("\u2068", "").replace("\u2069", "")
    assert [word for word in words if word not in message] == [], message
