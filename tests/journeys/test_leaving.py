"""Somebody takes along what is held of them, and leaves: without scripts, in English and on a small Arabic telephone."""

from __future__ import annotations

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Open
from tests.journeys.looking import check_layout

SLUG = "apsmd-guideline"


@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("ar", 320)])
def test_take_everything_along_and_be_forgotten(open_browser: Open, locale: str, width: int) -> None:
    page = open_browser(width, scripts=False)
    page.goto(f"/{locale}/")
    steps.write_point(page, SLUG, f"Words that stay in {locale}.", locale, eid="sec_1-1__para_1")
    steps.sign_up(page, "Planted Leaver", f"leaver-{locale}@example.org", f"/{locale}/take-part/{SLUG}/", locale)
    steps.finish(page, SLUG, "named", locale)
    receipt = page.url

    page.goto(f"/{locale}/account/data")
    page.fill("main [type=password]", steps.PASSWORD)
    with page.expect_download() as download:
        page.locator("main form[method=post] button[type=submit]").first.click()
    assert download.value.suggested_filename == "my-data.html"
    assert f"Words that stay in {locale}." in download.value.path().read_text("utf-8")

    page.goto(f"/{locale}/account/close")
    page.check("[name=whole][value=each]")
    steps.submit_form(page)
    page.locator("main select").first.select_option("anonymous")
    steps.submit_form(page)
    check_layout(page)
    page.fill("main [type=password]", steps.PASSWORD)
    page.check("[name=understood]")
    steps.submit_form(page)
    assert page.url.endswith("/account/closed")
    assert "Planted Leaver" not in page.content()
    page.goto(receipt)
    assert "/account/sign-in" in page.url or "Planted Leaver" not in page.content()
    page.goto(f"/{locale}/account/sign-in")
    page.fill("main [name=email]", f"leaver-{locale}@example.org")
    page.fill("main [name=password]", steps.PASSWORD)
    steps.submit_form(page)
    assert page.locator("[role=alert]").count() == 1  # nothing says that there ever was such an account
