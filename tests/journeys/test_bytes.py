"""What a visit costs over the wire, everything counted: the price of a page on a slow line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Open
from tests.journeys.steps import PASSWORD, finish, mailed_link, write_point
from tests.journeys.wire import Wire, send_form, submit, take_code, walk_in

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


# Of HTML and CSS, compressed, with their headers: at 50 kbit/s and 600 ms a round trip, words within 5 seconds.
STEP = 16_000
WHOLE_WAY = 150_000
OPEN = "apsmd-guideline"


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_step_of_taking_part_is_light_on_a_first_visit(open_browser: Open, locale: str) -> None:
    page = open_browser(390)
    steps = walk_in(page, OPEN, "Heron", locale)
    account = f"/{locale}/account/"
    doors = ["sign-in", "sign-up", "sign-up/without-email", "recover", "lost", "beside", "finish"]
    pages = [f"/{locale}/consultations/{OPEN}/safety", f"/{locale}/come-back", *(account + door for door in doors)]
    wire, weights = Wire(page), {}
    for path in [*steps, *pages]:
        wire.begin(first_visit=True)
        page.goto(path, wait_until="networkidle")
        weights[path] = wire.before_words
    take_code(page, OPEN, locale)
    receipt = submit(page, OPEN, locale)
    for path in (receipt, f"{receipt}?words=show"):
        wire.begin(first_visit=True)
        page.goto(path, wait_until="networkidle")
        weights[path] = wire.before_words
    assert min(weights.values()) > 5_000  # else the style sheet came from the browser's own store
    assert {path: weight for path, weight in weights.items() if weight > STEP} == {}


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_whole_way_from_registering_to_the_receipt(open_browser: Open, locale: str) -> None:
    """Everything both ways: an account, the draft, a point, the questions, who speaks, who sees what, submitting."""
    page, letters = open_browser(390), open_browser(390)
    wire = Wire(page)
    wire.begin(first_visit=True)
    page.goto(f"/{locale}/account/sign-up?next=/{locale}/take-part/{OPEN}/")
    email = f"far-away-{locale}@example.org"
    for field, value in (("name", "Far Away"), ("email", email), ("password", PASSWORD)):
        page.fill(f"[name={field}]", value)
    send_form(page)
    page.goto(mailed_link(letters, email, r"/account/confirm/[\w-]+"))
    send_form(page)
    page.goto(f"/{locale}/take-part/{OPEN}/")
    write_point(
        page, OPEN, "One point, of some length, so that there is something to send.", locale, eid="sec_1-1__para_1"
    )
    page.goto(f"/{locale}/take-part/{OPEN}/questions")
    send_form(page)
    finish(page, OPEN, "named", locale)
    page.wait_for_load_state("networkidle")
    assert wire.received["Script"] > 0
    assert wire.total <= WHOLE_WAY, (wire.received, wire.sent)
