"""Selecting words of the draft and commenting on them: by mouse, keyboard and finger; the page and the server agree."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Open

DRAFT = "/en/consultations/apsmd-guideline/draft"
# Selects all words of a block, or those between two characters of its first run of text.
SELECT = """([eid, start, end]) => {
    const block = document.getElementById(eid);
    const root = block.querySelector('.para-text') ?? block.firstElementChild;
    const range = document.createRange();
    range.selectNodeContents(root);
    if (end) {
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
            node.data.trim().length > end && !node.parentElement.matches('.para-number') ? 1 : 2);
        const text = texts.nextNode();
        range.setStart(text, start);
        range.setEnd(text, end);
    }
    root.scrollIntoView({ block: 'center', behavior: 'instant' });
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""
LINK = "[data-pointing] a"


def select(page: Page, eid: str, start: int = 0, end: int = 0) -> dict[str, str]:
    """Select, wait for the button, and say what its address brings."""
    page.evaluate(SELECT, [eid, start, end])
    page.locator(f"#{eid} {LINK}").wait_for(state="visible")
    page.wait_for_timeout(300)
    address = page.locator(LINK).get_attribute("href") or ""
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()} | {"address": address}


def test_the_page_counts_as_the_server_does(open_browser: Open) -> None:
    page = open_browser(1280)
    page.goto(DRAFT)
    eids = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('.para[id]')];
            const kinds = ['h2', 'h3', 'li.para', 'table', 'b.br', 'strong', 'em', 'blockquote'];
            const some = kinds.map((kind) => all.find((one) => one.matches(kind) || one.querySelector(kind)));
            return [...new Set([...some, all.at(-1)].filter(Boolean).map((one) => one.id))];
        }"""
    )
    assert len(eids) >= 4
    for eid in eids:
        page.goto(DRAFT)
        brought = select(page, eid)
        assert brought["paragraph"] == eid
        page.goto(brought["address"])
        field, place = page.locator("#quote").input_value(), page.locator("[name=quote_place]").input_value()
        assert place == brought["place"]
        assert place == f"0-{len(field)}"


def test_a_selection_is_commented_on_by_keyboard_and_escape_closes(open_browser: Open) -> None:
    page = open_browser(1280, reduced_motion="reduce")
    page.goto(DRAFT)
    assert page.locator(LINK).is_hidden()
    brought = select(page, "sec_2-1__para_1", 5, 40)
    page.keyboard.press("Escape")
    assert page.locator(LINK).is_hidden()
    assert select(page, "sec_2-1__para_1", 5, 40) == brought
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-pointing] a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/points/new**")
    start, end = map(int, brought["place"].split("-"))
    words = page.locator("#quote").input_value()
    assert len(words) == end - start == 35
    page.locator("#text").fill("About these words.")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    assert words in page.locator("main blockquote").inner_text()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_on_a_phone_the_button_is_clear_of_the_words(open_browser: Open, locale: str) -> None:
    page = open_browser(360, has_touch=True, is_mobile=True)
    page.goto(DRAFT.replace("/en/", f"/{locale}/"))
    select(page, "sec_2-1__para_1", 5, 40)
    button = page.locator(LINK).bounding_box()
    words = page.evaluate(
        "(() => { const b = getSelection().getRangeAt(0).getBoundingClientRect(); return b.bottom; })()"
    )
    assert button is not None
    assert button["height"] >= 44
    assert button["y"] > words + 40
    assert page.evaluate("document.documentElement.scrollWidth") == 360
