"""Every page of the path under axe: English and Arabic, light and dark, telephone and desktop."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Open
from tests.journeys.looking import check_page, sign_in

OPEN, DONE = "apsmd-guideline", "hleag-terms-of-reference"
PAGES = {
    "visitor": [
        "",
        "consultations",
        f"consultations/{OPEN}",
        f"consultations/{OPEN}/draft",
        f"consultations/{OPEN}/comments",
        f"consultations/{OPEN}/response-log",
        f"consultations/{DONE}",
        f"consultations/{DONE}/comments",
        f"consultations/{DONE}/response-log",
        f"consultations/{DONE}/response-log/1",
        f"take-part/{OPEN}/",
        f"take-part/{OPEN}/points/new?paragraph=sec_1-1__para_1",
        f"take-part/{OPEN}/questions",
        "account/sign-in",
        "account/sign-up",
        "account/reset",
        "how-it-works",
        "accessibility",
        "no-such-page",
    ],
    "respondent": [
        f"take-part/{OPEN}/",
        f"take-part/{OPEN}/points",
        f"take-part/{OPEN}/about",
        f"take-part/{OPEN}/who-sees-what",
        f"take-part/{OPEN}/check",
        "account/submissions",
        "account/profile",
        "account/sign-ins",
        "account/password",
    ],
    "manager": [
        "desk",
        "desk/new",
        f"desk/{OPEN}",
        f"desk/{OPEN}/setup",
        f"desk/{OPEN}/setup/summary",
        f"desk/{OPEN}/document",
        f"desk/{OPEN}/document/preview",
        f"desk/{OPEN}/credentials",
        f"desk/{OPEN}/missing",
        f"desk/{OPEN}/release",
        f"desk/{DONE}/release",
        "admin/hosts/secretariat-a/staff",
    ],
    "moderator": [f"desk/{OPEN}/queue", f"desk/{OPEN}/queue?status=published", f"desk/{DONE}/queue"],
    "responder": [f"desk/{OPEN}/answers", f"desk/{DONE}/answers"],
    "approver": [f"desk/{OPEN}/clearance"],
    "administrator": ["admin/hosts", "admin/hosts/new"],
}


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("look", [("en", False, 1280), ("ar", True, 320), ("en", True, 390), ("ar", False, 1280)])
def test_axe_finds_nothing(open_browser: Open, role: str, look: tuple[str, bool, int]) -> None:
    locale, dark, width = look
    again = (locale == "en") == dark  # the same page in its language's other colours
    page = open_browser(width, dark=dark)
    if role != "visitor":
        sign_in(page, role, locale=locale)
    for path in PAGES[role]:
        answer = page.goto(f"/{locale}/{path}")
        assert answer
        assert answer.status == (404 if path == "no-such-page" else 200), f"{path}: {answer.status}"
        check_page(page, look_alone=again)
