"""Which words stayed, came and went: told so that a person reads it, in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.documents.comparing import Change, Piece, compare_words
from consult.documents.comparing.cutting import cut, spaced
from consult.documents.comparing.plain import plain_of, table_of
from consult.documents.comparing.texts import Unit, What, compare_texts, counted, read_back, written
from consult.documents.enums import BlockKind, Continuation


def told(before: str, after: str, language: str = "en") -> str:
    marks = {Change.SAME: "{}", Change.ADDED: "<+{}>", Change.REMOVED: "<-{}>"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare_words(before, after, language))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The quick fox", "The quick red fox", "The quick <+red >fox"),
        ("States should act.", "States shall act.", "States <-should><+shall> act."),
        ("in 30 days", "in 1,000.5 days", "in <-30><+1,000.5> days"),
        # What stands alone between two changes is told with them.
        (
            "The cat sat on the mat and was happy all day long",
            "A dog lay on a rug and was happy all day long",
            "<-The cat sat on the mat><+A dog lay on a rug> and was happy all day long",
        ),
        # Of what has next to nothing in common, one stands for the other.
        (
            "All of this was said",
            "Nothing like it stands here",
            "<-All of this was said><+Nothing like it stands here>",
        ),
        ("one  \n two", "one\ntwo", "one\ntwo"),
        ("", "new", "<+new>"),
        ("old", "", "<-old>"),
        ("", "", ""),
    ],
)
def test_changes_are_told_as_people_say_them(before: str, after: str, expected: str) -> None:
    assert told(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "language", "expected"),
    [
        (
            "人人生而自由,在尊严和权利上一律平等。",
            "人人生来自由,在尊严和权利上一律平等。",
            "zh",
            "人人生<-而><+来>自由,在尊严和权利上一律平等。",
        ),
        ("មនុស្សទាំងអស់កើតមកមានសេរីភាព", "មនុស្សទាំងពួងកើតមកមានសេរីភាព", "km", "មនុស្សទាំង<-អស់><+ពួង>កើតមកមានសេរីភាព"),
        ("လူတိုင်းသည် လွတ်လပ်သော", "လူတိုင်းက လွတ်လပ်သော", "my", "လူတိုင်း<-သည်><+က> လွတ်လပ်သော"),
        ("يولد جميع الناس أحرارًا", "يولد كل الناس أحرارًا", "ar", "يولد <-جميع><+كل> الناس أحرارًا"),
        ("ทุกคนมีสิทธิในชีวิต", "ทุกคนมีสิทธิในเสรีภาพ", "th", "ทุกคนมีสิทธิใน<-ชีวิต><+เสรีภาพ>"),
    ],
)
def test_scripts_without_spaces_are_told_by_what_one_writes_as_one(
    before: str, after: str, language: str, expected: str
) -> None:
    assert told(before, after, language) == expected


def test_nothing_is_cut_from_its_vowel_signs() -> None:
    assert cut("มี่เด็ก", "th") == ["มี่", "เด็", "ก"]
    assert cut("ស្ស្រី", "km") == ["ស្ស្រី"]
    assert cut("မြန်မာ", "my") == ["မြန်", "မာ"]
    assert cut("ສະບາຍ", "lo") == ["ສະ", "ບາ", "ຍ"]
    assert cut("हिन्दी भाषा don’t", "hi") == ["हिन्दी", " ", "भाषा", " ", "don’t"]
    assert cut("大韓民國은", "ko") == ["大韓民國은"]


def test_signs_of_no_width_are_no_change() -> None:
    assert told("កើត\u200bមក", "កើតមក", "km") == "កើតមក"


@given(st.text("ab ทเ็.\n1,'人x", max_size=40), st.text("ab ทเ็.\n1,'人x", max_size=40))
def test_both_texts_can_be_read_from_what_is_told(before: str, after: str) -> None:
    pieces = compare_words(before, after, "en")
    newer = "".join(piece.text for piece in pieces if piece.kind is not Change.REMOVED)
    older = "".join(piece.text for piece in pieces if piece.kind is not Change.ADDED)
    assert newer == spaced(after)
    assert older == spaced(before)


@given(st.text(max_size=60))
def test_cutting_leaves_nothing_out(text: str) -> None:
    assert "".join(cut(text, "en")) == text


def test_what_people_see_of_markdown() -> None:
    assert plain_of("**Bold** and [a link](https://x.example) &amp; `code`") == "Bold and a link & code"
    assert plain_of("plain words") == "plain words"
    assert plain_of("# no heading", is_heading=True) == "# no heading"
    assert table_of("| a | *b* |\n|---|---|\n| 1 | 2 |") == [["a", "b"], ["1", "2"]]


def units(*texts: str, first: int = 0, kind: BlockKind = BlockKind.TEXT) -> list[Unit]:
    return [Unit(first + n, f"p{first + n}", kind, "", text, f"¶ {n + 1}") for n, text in enumerate(texts)]


def test_rows_stand_in_the_order_of_the_newer_text_and_what_is_gone_where_it_stood() -> None:
    older = units("one", "gone", "moves away", "two words here", "last")
    newer = units("one", "three words here", "added", "last", "moves away", first=10)
    pairs = [
        (0, 10, Continuation.UNCHANGED),
        (3, 11, Continuation.EDITED),
        (4, 13, Continuation.UNCHANGED),
        (2, 14, Continuation.MOVED),
    ]
    rows = compare_texts(older, newer, pairs, "en")
    assert [row.what.value for row in rows] == [
        "unchanged", "removed", "left", "edited", "new", "unchanged", "moved",
    ]  # fmt: skip
    assert (rows[2].other, rows[6].other) == (6, 2)
    assert rows[3].pieces == [
        Piece(Change.REMOVED, "two"), Piece(Change.ADDED, "three"), Piece(Change.SAME, " words here"),
    ]  # fmt: skip
    assert counted(rows)[What.UNCHANGED] == 2
    assert What.LEFT not in counted(rows)
    assert read_back(written(rows)) == rows


def test_split_and_merged_paragraphs_are_one_row_with_their_parts() -> None:
    older = units("First half. Second half.", "Left part.", "Right part.")
    newer = units("First half.", "Second half.", "Left part. Right part.", first=10)
    pairs = [
        (0, 10, Continuation.SPLIT),
        (0, 11, Continuation.SPLIT),
        (1, 12, Continuation.MERGED),
        (2, 12, Continuation.MERGED),
    ]
    rows = compare_texts(older, newer, pairs, "en")
    assert [(row.what, row.before, row.after) for row in rows] == [
        (What.SPLIT, [0], [10, 11]),
        (What.MERGED, [1, 2], [12]),
    ]


def test_a_part_that_stands_elsewhere_points_to_the_whole() -> None:
    older, newer = units("a b", "c"), units("a", "c", "b", first=10)
    pairs = [(0, 10, Continuation.SPLIT), (0, 12, Continuation.SPLIT), (1, 11, Continuation.UNCHANGED)]
    rows = compare_texts(older, newer, pairs, "en")
    assert [(row.what, row.other) for row in rows] == [
        (What.SPLIT, None), (What.UNCHANGED, None), (What.LEFT, 0),
    ]  # fmt: skip


def test_tables_are_told_cell_by_cell() -> None:
    older = units("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", kind=BlockKind.TABLE)
    newer = units("| a | b |\n|---|---|\n| 1 | 5 |\n| 3 | 4 |\n| 6 | 7 |", first=10, kind=BlockKind.TABLE)
    (row,) = compare_texts(older, newer, [(0, 10, Continuation.EDITED)], "en")
    assert [(kind, [[piece.text for piece in cell] for cell in cells]) for kind, cells in row.table] == [
        (None, [["a"], ["b"]]),
        (None, [["1"], ["2", "5"]]),
        (None, [["3"], ["4"]]),
        (Change.ADDED, [["6"], ["7"]]),
    ]


def test_what_changed_in_form_alone_is_said_so() -> None:
    (row,) = compare_texts(units("a *b*"), units("a **b**", first=10), [(0, 10, Continuation.EDITED)], "en")
    assert row.is_form_only
