"""What people at risk do, and what staff do with a single point of theirs, step by step; without scripts."""

from __future__ import annotations

import re
import time
from urllib.request import urlopen

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import Open
from tests.journeys.looking import sign_in
from tests.journeys.wire import send_form

PHONE = 360
ANSWER = "Section 1 now says that nobody has to be named."


def set_up_round(open_browser: Open, slug: str, code: str) -> None:
    """A manager opens a round for everybody."""
    manager = open_browser(scripts=False)
    sign_in(manager, "manager")
    steps.set_up(manager, slug, code)
    steps.set_dates(manager, slug)
    steps.open_round(manager, slug)


def read_and_write(page: Page, slug: str, words: str, locale: str = "en") -> None:
    """Somebody opens a consultation, reads the draft, and writes a point on a paragraph of it."""
    page.goto(f"/{locale}/consultations/{slug}")
    page.locator(f"main a[href$='/consultations/{slug}/draft']").first.click()
    page.locator("a[href*='paragraph=sec_1__para_1'][href*='take-part']").first.click()
    page.check("[name=comment_type][value=substantive]")
    page.fill("main [name=text]", words)
    send_form(page)


def say_who(page: Page, slug: str, setting: str, *, locale: str = "en", **typed: str) -> None:
    """On the page that asks, they say who they are, and on the next they choose who sees it.

    Args:
        page: of whoever takes part.
        slug: in which consultation.
        setting: what the public sees.
        locale: of the pages.
        typed: what is typed into fields by their names, such as ``pseudonym``.
    """
    page.check("[name=capacity][value=individual]")
    page.check("[name=constituencies][value=local_community]")
    for field in typed.keys() & {"name", "organisation"}:
        page.fill(f"main [name={field}]", typed[field])
    send_form(page)
    page.goto(f"/{locale}/take-part/{slug}/who-sees-what")
    page.check(f"[name=setting][value={setting}]")
    if "pseudonym" in typed:
        page.fill("[name=pseudonym]", typed["pseudonym"])
    send_form(page)


def type_code(page: Page, code: str) -> None:
    """They type a code into the form that asks for one."""
    page.fill("[name=written_code]", code)
    page.locator("main form:has([name=written_code]) button.button[type=submit]").first.click()
    page.wait_for_load_state()


def shown_code(page: Page) -> str:
    """The code that stands on the page, as somebody writes it down."""
    return (page.locator(".code-shown").text_content() or "").strip()


def reference_on(page: Page) -> str:
    """The reference of the one point of a receipt."""
    return page.locator(".receipt code.ref").inner_text().strip()


def publish(open_browser: Open, slug: str, reference: str) -> Page:
    """A moderator reads one point and publishes it; returns their page of the queue as it was before."""
    moderator = open_browser(scripts=False)
    sign_in(moderator, "moderator")
    moderator.goto(f"/en/desk/{slug}/queue?words={reference}")
    moderator.locator(f"input[name=point][value^='{reference}']").check()
    moderator.locator("main button[name=action][value=publish]").click()
    moderator.wait_for_load_state()
    return moderator


def answer(open_browser: Open, slug: str, reference: str) -> Page:
    """A moderator publishes a point, a responder answers it, an approver sends the answer; the responder's page."""
    publish(open_browser, slug, reference)
    responder, approver = open_browser(scripts=False), open_browser(scripts=False)
    sign_in(responder, "responder")
    responder.goto(f"/en/desk/{slug}/answers/write?point={reference}")
    responder.check("[name=disposition][value=accepted]")
    responder.fill("[name=rationale]", "The reason is sound.")
    responder.fill("main [name=text]", ANSWER)
    responder.locator("main button[name=action][value=propose]").click()
    responder.wait_for_load_state()
    steps.no_errors(responder)
    sign_in(approver, "approver")
    steps.clear_and_send(approver, slug)
    return responder


def read_answer(page: Page) -> None:
    """On a receipt that says nothing by itself they ask for their words and the answer."""
    expect(page.locator("main")).not_to_contain_text(ANSWER)
    page.locator(".receipt a[href*='words=show#']").click()  # the answer is named first, and leads to its point
    expect(page.locator("main")).to_contain_text(ANSWER)


def wait_until_public(url: str, words: str) -> str:
    """What everybody reads at an address, once the worker has let the words become public."""
    deadline = time.monotonic() + 100  # the worker looks every minute
    while time.monotonic() < deadline:
        with urlopen(url, timeout=10) as answered:  # noqa: S310 - our own address
            text = str(answered.read().decode())
        if words in text:
            return text
        time.sleep(0.5)
    raise AssertionError(f"not public at {url}: {words}")


def said_of_removal(page: Page) -> str:
    """The sentence that says what was taken out of a file."""
    found = re.search(r"Removed from it: [^.]*\.", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]
