"""Seconds until words can be read, on a first visit over a slow line: 50 kbit/s, 600 ms a round trip. Target: 5.

Chromium holds each request back by the round trip and lets the bytes trickle; names, connections and encryption, which
a real line adds on a first visit, are not among what it slows down.
"""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.conftest import Open
from tests.journeys.wire import Wire, submit, take_code, walk_in

OPEN = "apsmd-guideline"
BYTES_A_SECOND = 50_000 / 8
ROUND_TRIP = 600
TARGET = 5.0

PAINTS = """() => new Promise((done) => {
  const seen = {};
  const first = performance.getEntriesByName('first-contentful-paint')[0];
  seen.first = first ? first.startTime : null;
  new PerformanceObserver((list) => {
    seen.largest = list.getEntries().at(-1).startTime;
    done(seen);
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => done(seen), 1000);
})"""


def measure(page: Page, wire: Wire, path: str) -> None:
    """Print how long a first visit takes until there are words, and until the largest part is there."""
    wire.begin(first_visit=True)
    page.goto(path, wait_until="load", timeout=90_000)
    page.wait_for_load_state("networkidle", timeout=90_000)
    paints = page.evaluate(PAINTS)
    first, largest = ((paints.get(name) or 0) / 1000 for name in ("first", "largest"))
    late = "" if largest <= TARGET else "  later than the target"
    name = path.partition("//")[2].partition("/")[2] or path.lstrip("/")
    print(f"  {name[:58]:<58} {first:5.1f} s {largest:6.1f} s {wire.before_words:8,} bytes{late}")


def test_seconds_until_words_can_be_read(open_browser: Open) -> None:
    for locale in ("en", "ar"):
        page = open_browser(390)
        steps = walk_in(page, OPEN, "Heron", locale)
        take_code(page, OPEN, locale)
        wire = Wire(page)
        line = {"offline": False, "latency": ROUND_TRIP}
        fast = {**line, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        slow = {**line, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
        wire.session.send("Network.emulateNetworkConditions", slow)
        print(f"\n  {'first visit, 50 kbit/s, 600 ms':<58} words  largest  HTML and CSS")
        consultation = f"/{locale}/consultations/{OPEN}"
        doors = [f"/{locale}/account/{door}" for door in ("sign-in", "sign-up", "sign-up/without-email")]
        for path in [*steps, *doors, f"/{locale}/come-back", f"{consultation}/safety", f"{consultation}/draft"]:
            measure(page, wire, path)
        wire.session.send("Network.emulateNetworkConditions", fast)
        receipt = submit(page, OPEN, locale)
        wire.session.send("Network.emulateNetworkConditions", slow)
        measure(page, wire, receipt)
