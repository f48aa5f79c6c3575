"""What a visit costs over the wire, everything counted: the price of a page on a slow line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Open

FIRST_VISIT = 40_000
LATER_PAGE = 15_000
DRAFT = "/en/consultations/apsmd-guideline/draft"


def bytes_of(page: Page, path: str) -> int:
    """Bytes received for a visit: status lines, headers and bodies, as compressed on the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    session.detach()
    assert received
    return int(sum(received))


def test_the_first_visit_is_the_draft(open_browser: Open) -> None:
    page = open_browser(390)
    assert bytes_of(page, DRAFT) <= FIRST_VISIT


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_later_page_is_light(open_browser: Open, locale: str) -> None:
    page = open_browser(390)
    bytes_of(page, DRAFT)
    heavy = {}
    for path in (
        f"/{locale}/",
        f"/{locale}/consultations/apsmd-guideline",
        f"/{locale}/consultations/apsmd-guideline/comments",
        f"/{locale}/consultations/hleag-terms-of-reference/response-log",
        f"/{locale}/take-part/apsmd-guideline/",
        f"/{locale}/account/sign-in",
        f"/{locale}/how-it-works",
    ):
        size = bytes_of(page, path)
        if size > LATER_PAGE:
            heavy[path] = size
    assert heavy == {}
