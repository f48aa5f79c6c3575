"""The whole loop, by browser, from a published draft to a published response log."""

from __future__ import annotations

import json

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Instance, Open
from tests.journeys.looking import check_page, sign_in


@pytest.mark.parametrize("locale", ["en", "fr", "ar"])
def test_from_a_draft_to_its_response_log(open_browser: Open, instance: Instance, locale: str) -> None:
    slug, code = f"walk-{locale}", f"WALK{locale.upper()}"
    manager = open_browser()
    sign_in(manager, "manager", locale=locale)
    steps.set_up(manager, slug, code, locale)
    manager.goto(f"/{locale}/desk/{slug}/open")  # the dates are missing: the page says so, with a link
    assert manager.locator("main form[method=post]").count() == 0
    assert manager.locator("main a[href*='/setup/round']").count() >= 1
    check_page(manager)
    assert manager.goto(f"/{locale}/consultations/{slug}").status == 404  # type: ignore[union-attr]
    steps.set_dates(manager, slug, locale)
    steps.open_round(manager, slug, locale)

    respondent = open_browser(390)
    respondent.goto(f"/{locale}/")
    respondent.locator(f"a[href$='/consultations/{slug}']").first.click()
    check_page(respondent)
    steps.write_point(respondent, slug, "Begun before signing in.", locale)
    steps.write_point(respondent, slug, "A second point.", locale, eid="sec_1__para_2")
    email = f"walker-{locale}@example.org"
    steps.sign_up(respondent, "Walker", email, f"/{locale}/take-part/{slug}/", locale)
    references = steps.finish(respondent, slug, "named", locale)
    assert len(references) == 2
    assert all(reference.startswith(f"{code}-1-") for reference in references)
    receipt = respondent.url
    steps.mailed_link(respondent, email, r"/receipt/[\w-]+", locale)

    moderator = open_browser()
    sign_in(moderator, "moderator", locale=locale)
    moderator.goto(f"/{locale}/desk/{slug}/queue")
    assert "Walker" in moderator.locator("main").inner_text()
    steps.publish_all(moderator, slug, locale)
    visitor = open_browser(320)
    visitor.goto(f"/{locale}/consultations/{slug}/comments")
    assert "Begun before signing in." in visitor.locator("main").inner_text()
    visitor.goto(f"/r/{references[0].lower()}")
    check_page(visitor)

    responder = open_browser()
    sign_in(responder, "responder", locale=locale)
    steps.answer_all(responder, slug, locale)
    approver = open_browser()
    sign_in(approver, "approver", locale=locale)
    steps.clear_and_send(approver, slug, locale)
    instance.move_clock(slug, "opens_at = datetime('now', '-9 days'), closes_at = datetime('now', '-3 days')")
    steps.release(manager, slug, locale)

    visitor.goto(f"/{locale}/consultations/{slug}/response-log/1")
    check_page(visitor)
    text = visitor.locator("main").inner_text()
    assert all(reference in text for reference in references)
    assert "Section 1 now says so." in text
    with visitor.expect_download() as download:
        visitor.locator("a[href$='.json']").first.click()
    log = json.loads(download.value.path().read_bytes())
    assert {row["reference"] for row in log["rows"]} == set(references)
    assert "walker" not in download.value.path().read_text("utf-8").lower()

    respondent.goto(receipt)
    assert "Section 1 now says so." in respondent.locator("main").inner_text()
    check_page(respondent)


def test_without_scripts_in_arabic_on_a_small_telephone(open_browser: Open) -> None:
    page = open_browser(320, scripts=False)
    steps.write_point(page, "apsmd-guideline", "ملاحظة كُتبت من دون برامج.", "ar", eid="sec_1-1__para_1")
    steps.sign_up(page, "قارئة", "no-scripts@example.org", "/ar/take-part/apsmd-guideline/", "ar")
    references = steps.finish(page, "apsmd-guideline", "anonymous", "ar")
    assert len(references) == 1
    page.locator("a[href*='/withdraw']").first.click()
    steps.submit_form(page)
    assert "ملاحظة كُتبت" not in page.locator("main").inner_text()
