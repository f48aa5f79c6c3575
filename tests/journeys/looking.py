"""Looking at a page as a program can: axe, overflow, headings, languages."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# What another colour scheme or width can change; the rest of a page is the same in both.
OF_THE_LOOK = ["color-contrast", "target-size", "link-in-text-block"]


def check_page(page: Page, *, look_alone: bool = False) -> None:
    """Fail on any finding of axe, on sideways scrolling, and on anything but one first heading.

    Args:
        page: what to look at.
        look_alone: ask only for what colours and widths can change.
    """
    rules = {"type": "rule", "values": OF_THE_LOOK} if look_alone else {"type": "tag", "values": RULES}
    results = Axe().run(page, options={"runOnly": rules})
    found = [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
        for violation in results.response["violations"]
    ]
    assert found == [], f"{page.url}: {found}"
    check_layout(page)


def check_layout(page: Page) -> None:
    """Fail on sideways scrolling and on anything but one first heading: all that can be asked without scripts.

    Axe never answers in a page whose scripts are switched off.
    """
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} pixels"
    assert page.locator("h1").count() == 1, page.url
    assert page.title().strip(" –"), page.url


def sign_in(page: Page, role: str, password: str = "illustration only", locale: str = "en") -> None:
    """Sign in through the form."""
    page.goto(f"/{locale}/account/sign-in")
    page.fill("input[name=email]", role if "@" in role else f"{role}@example.org")
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    assert "/account/sign-in" not in page.url, page.locator("main").inner_text()
