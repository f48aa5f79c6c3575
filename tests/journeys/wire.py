"""What moves over the wire while a page is opened, by the browser's own count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

SHOWN_FIRST = ("Document", "Stylesheet")
"""What has to come before a page shows words."""


@dataclass
class Wire:
    """Counts what one page's browser receives and sends, from now on."""

    page: Page
    received: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    _kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.requestWillBeSentExtraInfo", self._headed)
        self.session.on("Network.loadingFinished", self._finished)
        self.session.send("Network.enable")

    def begin(self, *, first_visit: bool) -> None:
        """Count anew; on a first visit the browser has nothing of this site."""
        if first_visit:
            self.session.send("Network.clearBrowserCache")
        self.received.clear()
        self.sent = 0

    @property
    def before_words(self) -> int:
        """HTML and CSS that came, with their headers."""
        return sum(self.received[kind] for kind in SHOWN_FIRST)

    @property
    def total(self) -> int:
        """Everything that moved, both ways."""
        return sum(self.received.values()) + self.sent

    def _asked(self, event: dict[str, Any]) -> None:
        if redirect := event.get("redirectResponse"):
            self.received["Document"] += int(redirect["encodedDataLength"])
        self._kinds[event["requestId"]] = event.get("type", "Other")
        self.sent += len(event["request"].get("postData", "").encode())

    def _headed(self, event: dict[str, Any]) -> None:
        self.sent += sum(len(name) + len(value) + 4 for name, value in event["headers"].items())

    def _finished(self, event: dict[str, Any]) -> None:
        self.received[self._kinds.get(event["requestId"], "Other")] += int(event["encodedDataLength"])


def walk_in(page: Page, slug: str, name: str, locale: str = "en") -> list[str]:
    """Take part without an account, up to a submission that is ready; returns the pages of the way, in their order.

    Args:
        page: of a fresh browser.
        slug: of a consultation that is open to everybody.
        name: under which pseudonym.
        locale: of the pages.
    """
    steps = f"/{locale}/take-part/{slug}/"
    page.goto(f"{steps}points/new")
    page.fill("[name=text]", "One point, of some length, so that there is something to read.")
    send_form(page)
    point = page.locator("main a[href*='/points/']:not([href*='delete']):not([href$='/new'])").first
    edit = str(point.get_attribute("href"))
    page.goto(f"{steps}about?account=none")
    page.check("[name=capacity][value=individual]")
    page.check("[name=constituencies][value=local_community]")
    send_form(page)
    page.goto(f"{steps}who-sees-what")
    page.check("[name=setting][value=pseudonym]")
    page.fill("[name=pseudonym]", name)
    send_form(page)
    return [
        steps,
        f"{steps}points",
        f"{steps}points/new",
        edit,
        f"{steps}questions",
        f"{steps}files",
        f"{steps}about",
        f"{steps}who-sees-what",
        f"{steps}code",
        f"{steps}check",
    ]


def send_form(page: Page) -> None:
    """Send the page's form by its own first button."""
    page.locator("main form[method=post] button.button[type=submit]").first.click()
    page.wait_for_load_state()
    errors = page.locator("[role=alert]:visible")
    assert errors.count() == 0, errors.all_inner_texts()


def take_code(page: Page, slug: str, locale: str = "en") -> str:
    """Have a code shown, and type it back; returns it."""
    page.goto(f"/{locale}/take-part/{slug}/code")
    page.locator("form[action$='/code/new'] button").click()
    code = (page.locator(".code-shown").text_content() or "").strip()
    page.fill("[name=written_code]", code)
    page.locator("main form:has([name=written_code]) button").first.click()
    page.wait_for_load_state()
    return code


def submit(page: Page, slug: str, locale: str = "en") -> str:
    """Submit what is ready; returns the address of the receipt."""
    page.goto(f"/{locale}/take-part/{slug}/check")
    page.locator("form[action*='/submit/'] button").click()
    page.wait_for_load_state()
    assert "/receipt/" in page.url, page.locator("main").inner_text()
    return page.url
