"""The content of the illustrated final text: in step in every language, and every promise accounted for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from consult.demonstration.final import places_of, read_continued
from consult.demonstration.services import CONSULTATIONS, read_text, read_toml
from consult.documents.anchoring import make_quote
from consult.documents.enums import BlockKind
from consult.documents.importing import Block, read_markdown
from consult.documents.plain import plain_text
from consult.responses.enums import AGREED, CAUSING, Disposition

TERMS = "hleag-terms-of-reference"
EDITIONS = ("en", "fr", "ar")


def _blocks(name: str, language: str = "en", slug: str = TERMS) -> list[Block]:
    return read_markdown(read_text(slug, f"{name}.{language}.md"))


def test_the_languages_say_the_same_numbers_block_by_block() -> None:
    editions = {code: _blocks("final", code) for code in EDITIONS}
    for code in EDITIONS[1:]:
        for one, other in zip(editions["en"], editions[code], strict=True):
            # What is written in figures in one language is in the others: sections, seats, words.
            assert sorted(re.findall(r"\d+", one.text)) == sorted(re.findall(r"\d+", other.text)), (code, one.text)
    table = next(block.text for block in editions["en"] if block.kind is BlockKind.TABLE)
    assert sum(int(number) for number in re.findall(r"\| (\d+) \|", table)) == 28


def test_everything_of_the_draft_lives_on_or_is_removed() -> None:
    rows = read_toml(TERMS, "changes.toml")["continues"]
    before, after = places_of(_blocks("draft")), places_of(_blocks("final"))
    continued = read_continued(rows, before, after)
    living = {place for origins in continued.origins.values() for place in origins}
    assert set(before) - living == {"4.1 ¶ 5"}
    assert continued.origins["4.1 ¶ 2"] == ["4.1 ¶ 3", "4.1 ¶ 4"]
    assert continued.origins["5.3 ¶ 6"] == ["5.3 ¶ 1"]
    assert continued.origins["2.1 ¶ 2"] == []  # the table that stood there stands further down
    assert "5.3 ¶ 1" in continued.shared
    assert "1.2 ¶ 7" not in continued.shared


def test_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"9\.9 ¶ 1"):
        read_continued([{"before": ["1.1 ¶ 1"], "after": ["9.9 ¶ 1"]}], ["1.1", "1.1 ¶ 1"], ["1.1", "1.1 ¶ 1"])


def test_every_promise_leads_to_a_change_or_stands_among_those_that_do_not() -> None:
    changes = read_toml(TERMS, "changes.toml")
    caused, places = changes["caused"], set(places_of(_blocks("final")))
    answers = {point["key"]: _answer(point) for point in read_toml(TERMS, "points.toml")["point"]}
    promised = {key for key, disposition in answers.items() if disposition in AGREED}
    explained = {key for row in changes["unreflected"] for key in row["points"]}
    assert promised - set(caused) - explained == {"h111"}
    assert explained.isdisjoint(caused)
    assert {answers[key] for key in caused} <= CAUSING
    assert {place for named in caused.values() for place in named} <= places
    for row in [*changes["unreflected"], *changes["unasked"]]:
        assert row.get("editorial") or set(row["reason"]) == set(EDITIONS)


def _answer(point: dict[str, Any]) -> Disposition | None:
    answer = point.get("correction") or point.get("response")
    return Disposition(answer["disposition"]) if answer else None


@pytest.mark.parametrize("slug", CONSULTATIONS)
def test_quoted_words_stand_once_in_their_paragraph(slug: str) -> None:
    eids = [block.eid for block in _blocks("draft", slug=slug)]
    quoted = [point for point in read_toml(slug, "points.toml")["point"] if "quote" in point]
    assert len(quoted) >= 8
    for point in quoted:
        block = _blocks("draft", point.get("quote_language", "en"), slug)[eids.index(point["paragraph"])]
        assert make_quote(plain_text(block.kind, block.text), point["quote"]).quote is not None, point["key"]
