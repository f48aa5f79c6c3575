"""Writing a point with the keyboard alone, seeing at each step where one is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Open


def focus_on(page: Page, selector: str, steps: int = 200) -> None:
    """Press Tab until the focus is on what the selector names; every stop on the way must show its focus."""
    for _ in range(steps):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """selector => {
                const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
                return {
                    there: at.matches(selector), body: at === document.body, name: at.outerHTML.slice(0, 90),
                    shown: parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none',
                    seen: box.bottom > 0 && box.top < innerHeight,
                };
            }""",
            selector,
        )
        if stop["body"]:
            continue
        assert stop["shown"], f"no visible focus on {stop['name']}"
        assert stop["seen"], f"the focus is outside the window at {stop['name']}"
        if stop["there"]:
            return
    raise AssertionError(f"Tab never reached {selector}")


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_point_by_keyboard_alone(open_browser: Open, locale: str) -> None:
    page = open_browser(1280, reduced_motion="reduce")
    page.goto(f"/{locale}/consultations/apsmd-guideline/draft")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    assert page.evaluate("document.activeElement.id") == "main"
    focus_on(page, "a[href*='paragraph=sec_1-1__para_1'][href*='take-part']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/points/new**")
    focus_on(page, "textarea[name=text]")
    page.keyboard.type("Written without a mouse.")
    focus_on(page, "[name=comment_type]")
    page.keyboard.press("ArrowDown")
    focus_on(page, "main form button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"/{locale}/take-part/apsmd-guideline/points")
    assert "Written without a mouse." in page.locator("main").inner_text()


def test_errors_take_the_focus_to_what_is_wrong(open_browser: Open) -> None:
    page = open_browser(390, reduced_motion="reduce")
    page.goto("/en/account/sign-up")
    focus_on(page, "main form[method=post] button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[role=alert]') !== null")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "name"
