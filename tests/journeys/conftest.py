"""A real instance (web server, worker, demonstration) and a real browser for the journeys."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "illustration only"
# What a browser says of a refusal, and of a line that a journey has cut.
EXPECTED = re.compile("status of 4|ERR_INTERNET_DISCONNECTED")


@dataclass(frozen=True)
class Instance:
    """A running instance."""

    url: str
    data: Path

    def move_clock(self, slug: str, statement: str) -> None:
        """Move the dates of a consultation's round, as waiting would.

        Args:
            slug: which consultation.
            statement: what to set, as in ``closes_at = datetime('now', '-2 hours')``.
        """
        with closing(sqlite3.connect(self.data / "consult.db", timeout=20)) as connection, connection:
            connection.execute(
                f"UPDATE round SET {statement} WHERE consultation_id = (SELECT id FROM consultation WHERE slug = ?)",
                (slug,),
            )


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """`consult run`, as a newcomer starts it."""
    data, port = tmp_path_factory.mktemp("instance"), _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    environment |= {
        "CONSULT_DATA_DIR": str(data),
        "CONSULT_PORT": str(port),
        "CONSULT_WEB_WORKERS": "1",
        "CONSULT_ATTEMPTS_PER_ADDRESS": "1000",
    }
    output = data / "output.txt"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "consult", "run"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process, output)
        yield Instance(url, data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _wait_for(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the instance did not start:\n{output.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a network of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CONSULT_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield chromium
        chromium.close()


Open = Callable[..., Page]


@pytest.fixture
def open_browser(browser: Browser, instance: Instance) -> Iterator[Open]:
    """Open a fresh browser window; every request that leaves for another host, and every script error, fails the test."""
    contexts, trouble = [], []

    def open_page(width: int = 1280, *, scripts: bool = True, dark: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            base_url=instance.url,
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()

        def look(request: Any) -> None:
            if not request.url.startswith((instance.url, "data:")):
                trouble.append(f"request to {request.url}")

        context.on("request", look)
        context.on("weberror", lambda error: trouble.append(f"script error: {error.error}"))
        page.on(
            "console",
            lambda m: (
                trouble.append(f"console: {m.text}") if m.type == "error" and not EXPECTED.search(m.text) else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []
