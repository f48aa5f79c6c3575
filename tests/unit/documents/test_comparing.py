"""Which words stayed, came and went: told so that a person reads it, in every script."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.documents.comparing import Change, Piece, compare, compare_words
from consult.documents.comparing.cutting import cut, spaced
from consult.documents.comparing.tables import table_of
from consult.documents.comparing.texts import Unit, What, compare_texts, counted, read_back, written
from consult.documents.enums import BlockKind, Continuation
from consult.documents.plain import plain_lines, plain_text


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
    text, heading = BlockKind.TEXT, BlockKind.HEADING
    assert plain_lines(text, "**Bold** and [a link](https://x.example) &amp; `code`") == "Bold and a link & code"
    assert plain_lines(text, "plain  words ") == plain_text(text, "plain  words ") == "plain words"
    assert plain_lines(heading, "# no heading") == "# no heading"
    assert plain_lines(text, "one\ntwo  \nthree\n\nfour") == "one two\nthree\nfour"
    assert plain_lines(text, "    fixed\n      text") == "fixed\ntext"
    assert table_of("| a | *b* |\n|---|---|\n| 1[^2] | 2 |") == [["a", "b"], ["1²", "2"]]


def test_marks_of_footnotes_are_numbers_and_a_change_in_one_alone_is_seen() -> None:
    assert plain_text(BlockKind.TEXT, "A word[^1] and [agreed].") == "A word and [agreed]."
    older, newer = units("It holds[^1] here and [agreed]."), units("It holds[^12] here and [agreed].", first=10)
    (row,) = compare_texts(older, newer, [(0, 10, Continuation.EDITED)], "en")
    assert not row.is_form_only
    assert row.pieces == [
        Piece(Change.SAME, "It holds¹"), Piece(Change.ADDED, "²"), Piece(Change.SAME, " here and [agreed]."),
    ]  # fmt: skip
    assert plain_lines(BlockKind.TEXT, "It holds[^note-a].") == "It holds⁽note-a⁾."


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # What was added to is not told as replaced, however much it was.
        (
            "The fund is safe;",
            "The fund is safe, " + "and more " * 30 + ";",
            f"The fund is safe<+, {'and more ' * 30}>;",
        ),
        (
            "in respect of rights and within the limits of nature.",
            "in respect of rights, including prior and informed consent, and within the limits of nature, seas too.",
            "in respect of rights<+, including prior and informed consent,> and within the limits of nature<+, seas too>.",
        ),
        # The shortest way jumps from word to word; the sentence that stayed is kept.
        (
            "every State reports each year on what it spent",
            "it is each of us, the State that reports on: every State reports each year on what it spent and why",
            "<+it is each of us, the State that reports on: >every State reports each year on what it spent<+ and why>",
        ),
    ],
)
def test_words_that_stayed_are_told_so(before: str, after: str, expected: str) -> None:
    assert told(before, after) == expected


def test_a_part_of_what_was_split_is_compared_with_its_own_share() -> None:
    before = "Every gift is published. No donor gives a quarter. Staff are paid by the fund."
    first, second = "Staff are paid by the fund alone.", "Every gift is published in full. No donor gives a quarter."
    for parts in ([first, second], [second, first]):
        told_of = dict(zip(parts, compare([before], parts, "en"), strict=True))
        assert [piece for piece in told_of[first] if piece.kind is not Change.SAME] == [Piece(Change.ADDED, " alone")]
        assert [piece for piece in told_of[second] if piece.kind is not Change.SAME] == [
            Piece(Change.ADDED, " in full")
        ]
    gone = compare([before], ["Every gift is published.", "Staff are paid by the fund."], "en")
    removed = [piece.text.strip() for part in gone for piece in part if piece.kind is Change.REMOVED]
    assert removed == ["No donor gives a quarter."]


@given(st.text("ab ก\n1[", max_size=30), st.lists(st.text("ab ก\n1[", max_size=20), min_size=1, max_size=4))
def test_every_part_can_be_read_from_what_is_told_of_it(before: str, parts: list[str]) -> None:
    for part, pieces in zip(parts, compare([before], parts, "en"), strict=True):
        assert "".join(piece.text for piece in pieces if piece.kind is not Change.REMOVED) == spaced(part)


def test_of_a_long_text_the_sentences_are_compared_and_what_changed_of_these_by_words() -> None:
    sentences = [f"Sentence number {place} says what was agreed in year {place}." for place in range(400)]
    before = " ".join(sentences)
    sentences[200] = "Sentence number 200 says what was settled in year 200."
    assert [piece.text for piece in compare_words(before, " ".join(sentences), "en") if piece.kind is not Change.SAME] == [
        "agreed", "settled",
    ]  # fmt: skip
    start = time.perf_counter()
    compare_words(*(" ".join(f"{mark}{place}" for place in range(3_400)) for mark in "ab"), "en")
    compare([before], [" ".join(sentences[turn::3]) for turn in range(3)], "en")
    assert time.perf_counter() - start < 2


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
    # Counts are of what stands in the newer text: each part for itself.
    assert counted(rows) == {What.SPLIT: 2, What.MERGED: 1}


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
