"""Markdown files: the same blocks as ever, with what stood where and what was left out."""

from __future__ import annotations

import base64
import contextlib
import os
import time
from pathlib import Path

import pytest

from consult.documents.importing import read_markdown
from consult.documents.importing.structure import Unreadable
from tests.support import files
from tests.support.word import found, lines_of, reading

SAMPLES = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[5] / "shared" / "samples")
SOURCE = """---
title: A draft
---
# 1 Scope

Text with a note[^1] and [a place](#x), <b>strong</b> and [XX] of [the [nested] text]. <!-- unseen -->

![A figure](picture.png "title")

- one
- two[^b]

```
[^1] stays <b>as it is</b>
```

| a | b |
|---|---|
| 1 | [x](page.md) |

# 2 End

[^1]: The note
    goes on.
[^b]: Another.
[^z]: Never marked.
"""


def test_notes_figures_and_what_was_left_out() -> None:
    made = reading(SOURCE.encode())
    assert lines_of(made) == [
        "heading1 1| Scope",
        "text | Text with a note[^1] and a place, **strong** and [XX] of [the [nested] text].",
        "figure | A figure",
        "item –| one",
        "item –| two[^b]",
        "code | ```\n[^1] stays <b>as it is</b>\n```",
        "table | | a | b |\n|---|---|\n| 1 | [x](page.md) |",
        "note 1| The note\ngoes on.",
        "note b| Another.",
        "heading1 2| End",
        "note z| Never marked.",
    ]
    seen = found(made)
    assert {code: finding.count for code, finding in seen.items()} == {
        "notes_apart": 1,
        "picture_outside": 1,
        "links_dropped": 1,
        "links_inside": 1,
        "raw_html": 2,
        "remarks": 1,
        "front_matter": 3,
    }


def test_each_block_knows_the_lines_that_it_comes_from() -> None:
    made = reading(SOURCE.encode())
    labels = [made.pieces[block.first_piece or 0].label for block in made.blocks[:7]]
    assert labels == ["4", "6", "8", "10", "11", "13", "17"]
    code = made.blocks[5]
    assert code.first_piece == code.last_piece, "fixed text is one piece"
    assert made.pieces[code.first_piece or 0].text == "```\n[^1] stays <b>as it is</b>\n```"
    assert all(0 <= (b.first_piece or 0) <= (b.last_piece or 0) < len(made.pieces) for b in made.blocks)


def test_a_picture_inside_the_file_becomes_a_figure() -> None:
    data = base64.b64encode(files.png(30, 20)).decode()
    made = reading(f"Text\n\n![A map](data:image/png;base64,{data})\n\n![x](data:image/png;base64,AAAA)".encode())
    assert [(block.kind.value, block.text, block.figure) for block in made.blocks] == [
        ("text", "Text", None),
        ("figure", "A map", 0),
        ("figure", "x", None),
    ]
    assert (made.figures[0].width, files.CANARY.encode() in made.figures[0].content) == (30, False)


def test_words_without_any_marks_are_markdown_too() -> None:
    made = reading(b"Only words.\n\nAnd more.")
    assert (made.format.value, lines_of(made)) == ("markdown", ["text | Only words.", "text | And more."])
    assert lines_of(reading(b"<a name='x'></a>\n# Title <b>b</b>\n\ntext"))[0] == "heading1 | Title **b**"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"   \n", "no_text"),
        (b"<!-- nothing -->", "no_text"),
        (b"a" * 20_001, "block_too_long"),
        (b"- x\n" * 6_000, "too_many_blocks"),
        (b"x\n" * 41_000, "too_many_blocks"),
        ("a" + "\u0301" * 400, "characters"),
        (b"text \x00 more" * 9, "unknown"),
        (b"text \x07 more" * 9, "characters"),
        ((b"words of a line " * 9 + b"\n") * 15_000, "too_long"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(99), "unknown"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "unknown"),
    ],
    ids=range(11),
)
def test_what_cannot_be_a_draft_is_refused_soon(content: bytes | str, why: str) -> None:
    began = time.process_time()
    with pytest.raises(Unreadable) as error:
        reading(content.encode() if isinstance(content, str) else content)
    assert error.value.code.value == why
    assert time.process_time() - began < 10


@pytest.mark.parametrize("unit", ["[^a]", "[^a]: x\n", "![", "<b", "](", "`", "> ", "- ", "[", "<!--", "| a "])
def test_repeated_marks_do_not_keep_it_busy(unit: str) -> None:
    began = time.process_time()
    with contextlib.suppress(Unreadable):
        reading(("# T\n\n" + (unit * 300 + "\n") * 60).encode())
    assert time.process_time() - began < 10


@pytest.mark.skipif(not (SAMPLES / "nist-sp800-63-3").is_dir(), reason="the samples are not here")
def test_real_drafts_become_the_blocks_that_they_were_before() -> None:
    paths = [
        SAMPLES / "uspki-tls-policy" / "draft_v0_1.md",
        *(SAMPLES / "nist-sp800-63-3" / "final" / "sp800-63b").glob("sec*.md"),
    ]
    for path in paths:
        source = path.read_text()
        before = read_markdown(source)
        made = [block for block in reading(source.encode()).blocks if block.kind.value != "note"]
        plain = [block for block in before if not block.text.startswith("[^")]
        assert len(made) == len(plain), path.name
        assert [block.number for block in made] == [block.number for block in plain]
