"""A frightened person with an old phone, no e-mail and a bad line: without scripts, and what scripts add."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.wire import send_form, submit, take_code, walk_in

OPEN = "apsmd-guideline"
STEPS = f"/en/take-part/{OPEN}/"
SECRET = "They came at night and closed the well."


def test_protected_without_scripts(open_browser: Open) -> None:
    """Reads the draft as a file, reads on safety, writes without a name, submits with a code, and is told nothing back."""
    page = open_browser(360, scripts=False)
    page.goto(f"/en/consultations/{OPEN}/draft")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save this draft as one small file, to read offline").click()
    assert saved.value.suggested_filename.endswith("-en.html")
    assert "ILLUSTRATION" in saved.value.path().read_text()
    page.goto(STEPS)
    page.get_by_role("link", name="Could taking part put you at risk? Read this first").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Safety and reprisals")
    page.goto(f"{STEPS}points/new")
    page.fill("[name=text]", SECRET)
    send_form(page)
    # Interrupted in the middle of a step, with something that does not fit: what was typed is there.
    page.goto(f"{STEPS}about?account=none")
    page.fill("[name=organisation]", "Well Users A")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=organisation]")).to_have_value("Well Users A")
    page.get_by_role("button", name="Save it as it is, go on later").click()
    page.goto(f"{STEPS}about")
    expect(page.locator("[name=organisation]")).to_have_value("Well Users A")
    page.fill("[name=organisation]", "")
    page.check("[name=capacity][value=individual]")
    page.check("[name=constituencies][value=local_community]")
    send_form(page)
    page.goto(f"{STEPS}who-sees-what")
    page.check("[name=setting][value=anonymous]")
    send_form(page)
    page.goto(f"{STEPS}who-sees-what")
    expect(page.get_by_role("row", name="Your name, if you give one")).to_contain_text("No")
    take_code(page, OPEN)
    receipt = submit(page, OPEN)
    expect(page.locator("main")).not_to_contain_text(SECRET)
    page.get_by_role("link", name="Show my words and the answers").click()
    expect(page.locator("main")).to_contain_text(SECRET)
    page.goto(receipt)
    expect(page.locator("main")).not_to_contain_text(SECRET)


def kept(page: Page) -> dict[str, Any]:
    """What the tab keeps of what was not sent."""
    found = page.evaluate("Object.fromEntries(Object.entries(sessionStorage))")
    return {name: json.loads(value) for name, value in found.items()}


def write(page: Page, words: str) -> None:
    page.locator("[name=text]").press_sequentially(words)


def test_what_was_typed_without_a_line_comes_back(open_browser: Open) -> None:
    """Saved as one types; kept in the tab while there is no line; sent when it is back; gone from the tab then."""
    page = open_browser(360)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{STEPS}points/new")
    state = page.locator(".saved")
    write(page, "Saved")
    expect(state).to_contain_text("Saved at")
    here = page.url
    assert "/points/new" not in here
    assert kept(page) == {}
    page.context.set_offline(True)
    write(page, " Typed")
    expect(state).to_contain_text("It is kept in this tab")
    # What the page tries as it goes, and once more when the line is back, would pass while it is being taken down: this
    # one dies without it, and the tab alone has the words.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(here)
    expect(page.locator("[name=text]")).to_have_value("Saved Typed")
    expect(page.locator("[role=status]:text('is back') + .field [name=text]")).to_be_visible()
    expect(state).to_contain_text("Saved")
    assert kept(page) == {}
    page.context.set_offline(True)
    write(page, " again")
    expect(state).to_contain_text("It is kept in this tab")
    page.get_by_role("button", name="Save the point").click()
    expect(state).to_contain_text("nothing was sent")  # and not the browser's own page of an error
    expect(page.locator("[name=text]")).to_have_value(re.compile("again"))
    page.context.set_offline(False)  # the browser says so, and the page tries at once
    expect(state).to_contain_text("Saved at")
    write(page, ".")
    send_form(page)
    assert kept(page) == {}


def test_of_protected_input_the_device_keeps_nothing_unasked(open_browser: Open) -> None:
    page = open_browser(360)
    page.on("dialog", lambda dialog: dialog.accept())
    walk_in(page, OPEN, "Heron")
    page.goto(f"{STEPS}points/new")
    page.context.set_offline(True)
    write(page, SECRET)
    expect(page.locator(".saved")).to_contain_text("Not saved yet")
    assert kept(page) == {}
    page.get_by_role("button", name="Keep it in this tab until then").click()
    assert SECRET in str(kept(page))
    page.context.set_offline(False)
    expect(page.locator(".saved")).to_contain_text("Saved at")
    assert kept(page) == {}
