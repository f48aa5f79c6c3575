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
        f"consultations/{OPEN}/draft?read=sections&beside=ar",
        f"consultations/{DONE}/draft/final",
        f"consultations/{DONE}/compare",
        f"consultations/{DONE}/compare?shown=margin&only=changed",
        f"consultations/{OPEN}/draft?words=shown",
        f"take-part/{OPEN}/points/new?paragraph=sec_1-1__para_1&more=1",
        f"consultations/{OPEN}/with-comments",
        f"consultations/{DONE}/with-comments/final",
        f"consultations/{OPEN}/timeline",
        f"consultations/{OPEN}/safety",
        f"consultations/{OPEN}/comments",
        f"consultations/{OPEN}/response-log",
        f"consultations/{DONE}",
        f"consultations/{DONE}/comments",
        f"consultations/{OPEN}/positions",
        f"consultations/{DONE}/response-log",
        f"consultations/{DONE}/response-log/1",
        f"consultations/{DONE}/commitments",
        "commitments",
        "search",
        "search?words=a",
        f"take-part/{OPEN}/",
        f"take-part/{OPEN}/points/new?paragraph=sec_1-1__para_1",
        f"take-part/{OPEN}/questions",
        f"take-part/{OPEN}/files",
        f"consultations/{OPEN}/files",
        "account/sign-in",
        "account/sign-up",
        "account/sign-up/without-email",
        "account/recover",
        "account/lost",
        "account/beside",
        "account/finish",
        "come-back",
        f"take-part/{OPEN}/about?account=none",
        "account/reset",
        "how-it-works",
        "safety",
        "api",
        "accessibility",
        "privacy",
        "account/closed",
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
        "account/data",
        "account/close",
        "account/password",
        "account/ways",
        "account/name",
        "account/address",
        "account/address/remove",
        "account/code",
        "come-back/keep",
    ],
    "manager": [
        "desk",
        f"desk/{OPEN}/contested",
        "desk/new",
        f"desk/{OPEN}",
        f"desk/{OPEN}/setup",
        f"desk/{OPEN}/setup/summary",
        f"desk/{OPEN}/document",
        f"desk/{OPEN}/document/preview",
        f"desk/{OPEN}/document/corrigendum",
        f"desk/{OPEN}/document/fr",
        f"desk/{DONE}/document/final",
        f"desk/{OPEN}/copy",
        f"desk/{OPEN}/extend",
        f"desk/{OPEN}/timeline",
        f"desk/{OPEN}/background",
        f"desk/{OPEN}/languages",
        f"desk/{OPEN}/translations",
        f"desk/{OPEN}/translations/km?show=all",
        f"desk/{OPEN}/translations/km/files",
        f"desk/{OPEN}/timeline/meetings/new",
        f"desk/{DONE}/outcome",
        f"desk/{OPEN}/credentials",
        f"desk/{OPEN}/late",
        f"desk/{OPEN}/setup/questions",
        f"desk/{OPEN}/missing",
        f"desk/{OPEN}/release",
        f"desk/{DONE}/release",
        f"desk/{DONE}/commitments",
        f"desk/{DONE}/commitments/from-answers",
        "desk/hosts/secretariat-a/commitments/from-statement",
        "desk/hosts/secretariat-a/retention",
        "admin/hosts/secretariat-a/looks",
        "admin/hosts/secretariat-a/staff",
        "admin/hosts/secretariat-a/safety",
        "admin/hosts/secretariat-a/members",
        "admin/hosts/secretariat-a/members/add",
    ],
    "moderator": [
        f"desk/{OPEN}/comment-tables",
        f"desk/{OPEN}/queue",
        f"desk/{OPEN}/files",
        f"desk/{OPEN}/queue?status=published",
        f"desk/{DONE}/queue",
    ],
    "responder": [f"desk/{OPEN}/answers", f"desk/{DONE}/answers", f"desk/{DONE}/corrections"],
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
