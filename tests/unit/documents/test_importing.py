"""Markdown to addressable blocks."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.core.errors import BadInput
from consult.documents.enums import BlockKind
from consult.documents.importing import BLOCK_MAX, MAX_BLOCKS, MAX_LINES, Block, read_markdown

pytestmark = pytest.mark.usefixtures("app_context")

DEMONSTRATION = Path(__file__).parents[3] / "consult/demonstration/content"


def eids(source: str) -> list[str]:
    return [block.eid for block in read_markdown(source)]


def texts(source: str) -> list[str]:
    return [block.text for block in read_markdown(source)]


def test_sections_and_what_stands_in_them() -> None:
    blocks = read_markdown(
        "Before any heading.\n\n# 1 Purpose\n\nA paragraph\nin two lines.\n\n## 1.1 Scope\n\n- one\n- two\n\n> quoted\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nfixed\n```\n\nLast.\n"
    )
    assert [(b.eid, b.kind, b.level, b.number) for b in blocks] == [
        ("preamble__para_1", BlockKind.TEXT, 0, ""),
        ("sec_1", BlockKind.HEADING, 1, "1"),
        ("sec_1__para_1", BlockKind.TEXT, 0, ""),
        ("sec_1-1", BlockKind.HEADING, 2, "1.1"),
        ("sec_1-1__para_1", BlockKind.ITEM, 0, "–"),
        ("sec_1-1__para_2", BlockKind.ITEM, 0, "–"),
        ("sec_1-1__para_3", BlockKind.QUOTE, 0, ""),
        ("sec_1-1__para_4", BlockKind.TABLE, 0, ""),
        ("sec_1-1__para_5", BlockKind.CODE, 0, ""),
        ("sec_1-1__para_6", BlockKind.TEXT, 0, ""),
    ]
    assert blocks[1].text == "Purpose"
    assert blocks[2].text == "A paragraph\nin two lines."


@pytest.mark.parametrize(
    ("heading", "number", "text", "eid"),
    [
        ("3.2 Benefit sharing", "3.2", "Benefit sharing", "sec_3-2"),
        ("3.2. Benefit sharing", "3.2", "Benefit sharing", "sec_3-2"),
        ("3) Benefit sharing", "3", "Benefit sharing", "sec_3"),
        ("A.1 Forms", "A.1", "Forms", "sec_A-1"),
        ("A. Forms", "A", "Forms", "sec_A"),
        ("IV. Forms", "IV", "Forms", "sec_IV"),
        ("A short history", "", "A short history", "hdg_1"),
        ("٣٫٢ تقاسم المنافع", "3.2", "تقاسم المنافع", "sec_3-2"),
        ("۳.۲ تقسیم", "3.2", "تقسیم", "sec_3-2"),
        ("Annex A. Forms", "", "Annex A. Forms", "annex_A"),
        ("APPENDIX 2", "", "APPENDIX 2", "annex_2"),
        ("الملحق ١: النماذج", "", "الملحق ١: النماذج", "annex_1"),
        ("Article 5 – Reservations", "", "Article 5 – Reservations", "art_5"),
        ("المادة ٥", "", "المادة ٥", "art_5"),
        ("Chapitre II", "", "Chapitre II", "chp_II"),
        ("Articles of faith", "", "Articles of faith", "hdg_1"),
        ("2030 Agenda", "", "2030 Agenda", "hdg_1"),
        ("2.16.840.1.101.3.2.1 TBD", "", "2.16.840.1.101.3.2.1 TBD", "hdg_1"),
        ("3", "", "3", "hdg_1"),
        ("Purpose", "", "Purpose", "hdg_1"),
    ],
)
def test_numbers_of_headings(heading: str, number: str, text: str, eid: str) -> None:
    assert read_markdown(f"## {heading}") == [Block(BlockKind.HEADING, 2, number, text, eid)]


def test_a_number_twice_gets_a_suffix_and_addresses_are_unique() -> None:
    source = "# 1 One\n\na\n\n# 1 Again\n\nb\n\n# One\n\n# Two\n\n# Annex A\n\n# Annex A\n\nc"
    assert eids(source) == [
        "sec_1", "sec_1__para_1", "sec_1_2", "sec_1_2__para_1", "hdg_1", "hdg_2", "annex_A", "annex_A_2", "annex_A_2__para_1",
    ]  # fmt: skip


def test_numbered_items_keep_their_numbers_and_what_belongs_to_them() -> None:
    blocks = read_markdown("3. three\n4. four\n\n   its second paragraph\n   - and a list\n\n٥. خمسة")
    assert [(b.number, b.text) for b in blocks] == [
        ("3.", "three"),
        ("4.", "four\n\nits second paragraph\n- and a list"),
        ("5.", "خمسة"),
    ]


def test_a_sentence_that_a_converter_took_for_a_chapter_is_an_item() -> None:
    source = "# 1 A\n\n## 1.1 B\n\n# 1 The first of two conditions\n\n# 2 the second\n\n## 1.2 C\n\n# 2 D\n\n## 2.1 E"
    assert [(b.eid, b.kind.value, b.number) for b in read_markdown(source)] == [
        ("sec_1", "heading", "1"),
        ("sec_1-1", "heading", "1.1"),
        ("sec_1-1__para_1", "item", "1."),
        ("sec_1-1__para_2", "item", "2."),
        ("sec_1-2", "heading", "1.2"),
        ("sec_2", "heading", "2"),
        ("sec_2-1", "heading", "2.1"),
    ]


def test_chapters_that_begin_their_numbers_anew_stay_chapters() -> None:
    source = "# 1 A\n\n## 1.1 B\n\n## 1.2 C\n\n# 1 Part two\n\n## 1.1 D\n\n### 1 Deeper than its neighbours\n\n## 1.2 E"
    assert all(block.kind is BlockKind.HEADING for block in read_markdown(source))


def test_anchors_lead_to_blocks() -> None:
    source = (
        '<a name="sec4"></a>\n\n## <a id="x"></a>4. Levels\n\nSee [Section 4](#sec4), [the table](#t1), [nothing](#gone).\n\n'
        '<a name="t1"></a>\n\n| a |\n|---|\n| [4](#x) |\n\n`[4](#x)`\n\n```\n[4](#x)\n```'
    )
    blocks = read_markdown(source)
    assert [b.eid for b in blocks] == ["sec_4", "sec_4__para_1", "sec_4__para_2", "sec_4__para_3", "sec_4__para_4"]
    assert blocks[1].text == "See [Section 4](#sec_4), [the table](#sec_4__para_2), [nothing]()."
    assert "[4](#sec_4)" in blocks[2].text
    assert blocks[4].text == "```\n[4](#x)\n```"


def test_links_defined_elsewhere_are_made_whole() -> None:
    source = "See [the letter][1], [Letter][] and [letter], not [other] or [x](y).\n\n[1]: https://x.example/1\n[letter]: https://x.example/l"
    assert texts(source) == [
        "See [the letter](<https://x.example/1>), [Letter](<https://x.example/l>) and [letter](<https://x.example/l>), not [other] or [x](y)."
    ]


def test_pictures_alone_are_no_paragraph() -> None:
    assert texts("![](logo.png)\n\n![](a.png) ![](b.png)\n\n![A map](map.png)\n\n***\n\nText") == [
        "![A map](map.png)",
        "Text",
    ]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "no text"),
        ("  \n\n***\n", "no text"),
        ("a\x00b", "cannot be stored"),
        ("a\ud800b", "cannot be stored"),
        ("x" * (BLOCK_MAX + 1), "too long"),
        ("> " + "word\n> " * BLOCK_MAX, "too long"),
        ("# " + "x" * 2_000_001, "over the limit"),
        ("a\n\n" * (MAX_BLOCKS + 1), "more than 5,000 paragraphs"),
        ("a\n" * (MAX_LINES + 1), "more than 40,000 lines"),
    ],
    ids=lambda value: value[:30] if value.isprintable() else "",
)
def test_what_cannot_be_imported_is_said(source: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as error:
        read_markdown(source)
    assert error.value.field == "file"


def test_a_draft_of_5000_blocks_is_read() -> None:
    blocks = read_markdown(
        "\n\n".join(f"## {n} Heading" if n % 10 == 0 else f"Paragraph {n}." for n in range(MAX_BLOCKS))
    )
    assert len(blocks) == MAX_BLOCKS
    assert len({block.eid for block in blocks}) == MAX_BLOCKS


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "<!--", "{::comment}", "```a", "<table><tr><td>", "<a name=x>", "<a href='x'", "<b>" + " " * 500, "<br>" * 50,
        "[" * 1000, "[a][b]" * 100, ">" * 200, "- - - - - - -", "# 1.1.1", "|x|y|", "{:" + "a" * 200, "*a " * 200, "`" * 300,
        "![](x)" * 100, "[a]: b", "<a " + "href='a' " * 100,
    ],
    ids=lambda line: line[:12],
)  # fmt: skip
def test_hostile_files_are_refused_or_read_in_time(line: str) -> None:
    source = (line + "\n") * min(MAX_LINES, 1_900_000 // (len(line) + 1))
    begun = time.process_time()
    with suppress(BadInput):
        read_markdown(source)
    assert time.process_time() - begun < 8


@given(st.text(alphabet=st.sampled_from(list("ab1.<>/#-*|`[]()!:=\\\"' \n١أ\ufdd0\ufdd1")), min_size=1, max_size=300))
@settings(deadline=None, max_examples=300)
def test_whatever_comes_addresses_are_unique_and_nothing_else_is_raised(source: str) -> None:
    try:
        blocks = read_markdown(source)
    except BadInput:
        return
    assert len({block.eid for block in blocks}) == len(blocks)
    for block in blocks:
        assert block.text
        assert (block.kind is BlockKind.HEADING) == (block.level > 0)
        assert "\ufdd0" not in block.text
