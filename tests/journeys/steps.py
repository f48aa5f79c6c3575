"""What people do in the product, step by step, as they would by hand: with the keyboard's and the screen's own words."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from playwright.sync_api import Page

from consult.consultations.models import CONTACT_FIELDS, DECISION_FIELDS, PRIVACY_FIELDS, SUMMARY_FIELDS, TERMS_FIELDS

SECTIONS = {
    "summary": SUMMARY_FIELDS,
    "decision": DECISION_FIELDS,
    "terms": TERMS_FIELDS,
    "contact": CONTACT_FIELDS,
    "privacy": PRIVACY_FIELDS,
}
LANGUAGES = ("en", "fr", "ar")
WORDS = {"en": "Words in English.", "fr": "Des mots en français.", "ar": "كلمات بالعربية."}
DRAFTS = {
    "en": "# 1 Purpose\n\nThis text has one purpose.\n\n- first item\n- second item\n\n# 2 Scope\n\nIt has a scope.\n",
    "fr": "# 1 But\n\nCe texte a un but.\n\n- premier point\n- second point\n\n# 2 Champ\n\nIl a un champ.\n",
    "ar": "# 1 الغرض\n\nلهذا النص غرض واحد.\n\n- البند الأول\n- البند الثاني\n\n# 2 النطاق\n\nوله نطاق.\n",
}
PASSWORD = "four words make sense"


def press(page: Page, button: str) -> None:
    """Press the button of these words, or follow the link of these words."""
    target = page.get_by_role("button", name=button, exact=True).or_(page.get_by_role("link", name=button, exact=True))
    target.first.click()
    page.wait_for_load_state()


def submit_form(page: Page) -> None:
    """Send the page's form by its first button."""
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_load_state()


def no_errors(page: Page) -> None:
    """Fail with the errors that the form shows."""
    summary = page.locator("[role=alert]")
    assert summary.count() == 0, summary.all_inner_texts()


def set_up(page: Page, slug: str, code: str, locale: str = "en") -> None:
    """A manager sets up a consultation in three languages, from its title to its draft."""
    page.goto(f"/{locale}/desk/new")
    page.fill("[name=title]", f"Title of {slug}")
    page.fill("[name=slug]", slug)
    page.fill("[name=code]", code)
    page.check("[name=text_type][value=guideline]")
    for language in LANGUAGES:
        page.check(f"[name=languages][value={language}]")
    page.select_option("[name=authentic_language]", "en")
    page.select_option("[name=zone]", "Asia/Jakarta")
    submit_form(page)
    no_errors(page)
    fill_sections(page, slug, locale)
    page.goto(f"/{locale}/desk/{slug}/setup/basics")
    for language in LANGUAGES:
        page.fill(f"[name='title-{language}']", f"Title of {slug} ({language})")
    submit_form(page)
    no_errors(page)
    for language in LANGUAGES:
        bring_draft(page, f"/{locale}/desk/{slug}/document/{language}", DRAFTS[language])


def bring_draft(page: Page, address: str, text: str) -> None:
    """A manager pastes a text, waits until the worker has read it, looks at it, and keeps it."""
    page.goto(f"{address}/paste")
    page.fill("textarea[name=text]", text)
    submit_form(page)
    deadline = time.monotonic() + 90
    keeping = page.locator("main a[href$='/proposal/keep']")  # the words are in the manager's language
    while not keeping.count():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.goto(f"{address}/proposal")
    keeping.first.click()
    submit_form(page)
    no_errors(page)


def fill_sections(page: Page, slug: str, locale: str, languages: Sequence[str] = LANGUAGES) -> None:
    """A manager fills in the sections of the set-up, in three languages or in those."""
    for section, fields in SECTIONS.items():
        page.goto(f"/{locale}/desk/{slug}/setup/{section}")
        for field in fields:
            for language in languages:
                page.fill(f"[name='{field}-{language}']", WORDS[language])
        if section == "contact":
            page.fill("[name=contact_email]", "contact@example.org")
        if section == "privacy":
            page.fill("[name=privacy_minimum_age]", "16")
        if section == "decision":
            for seats in page.locator("input[name*=government]").all():
                seats.fill("3")
        submit_form(page)
        no_errors(page)


def set_dates(page: Page, slug: str, locale: str = "en") -> None:
    """The manager sets a round that opened an hour ago and closes in a month."""
    page.goto(f"/{locale}/desk/{slug}/setup/round")
    now = datetime.now()  # noqa: DTZ005 - typed as the form's own clock; a day to either side does not matter here
    page.check("[name=audience][value=public]")
    page.check("[name=visibility][value=as_received]")
    page.fill("[name=opens_wall]", (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=closes_wall]", (now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=response_due]", (now + timedelta(days=90)).strftime("%Y-%m-%d"))
    submit_form(page)
    no_errors(page)


def open_round(page: Page, slug: str, locale: str = "en") -> None:
    """The manager opens the round."""
    page.goto(f"/{locale}/desk/{slug}/open")
    submit_form(page)
    no_errors(page)


def write_point(page: Page, slug: str, text: str, locale: str = "en", eid: str = "sec_1__para_1") -> None:
    """A respondent writes a point on a paragraph, from the draft."""
    page.goto(f"/{locale}/consultations/{slug}/draft")
    page.locator(f"a[href*='paragraph={eid}'][href*='take-part']").first.click()
    page.wait_for_load_state()
    page.check("[name=comment_type][value=substantive]")
    page.fill("[name=text]", text)
    submit_form(page)
    no_errors(page)


def sign_up(page: Page, name: str, email: str, next_path: str, locale: str = "en") -> None:
    """A respondent makes an account and follows the link in the e-mail."""
    page.goto(f"/{locale}/account/sign-up?next={next_path}")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    submit_form(page)
    no_errors(page)
    link = mailed_link(page, email, r"/account/confirm/[\w-]+")
    page.goto(link)
    submit_form(page)
    no_errors(page)


def mailed_link(page: Page, email: str, pattern: str, locale: str = "en") -> str:
    """The newest link of that pattern that was mailed to somebody, once the worker has delivered it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        page.goto(f"/{locale}/development/mail/")
        for row in page.locator("main a[href*='/development/mail/']").all():
            page.goto(str(row.get_attribute("href")))
            body = page.locator("main").inner_text()
            found = re.search(rf"http://[^\s]*({pattern})", body)
            if email in body and found:
                return found[0]
            page.go_back()
        time.sleep(0.3)
    raise AssertionError(f"no mail to {email} with {pattern}")


def finish(page: Page, slug: str, setting: str = "named", locale: str = "en") -> list[str]:
    """The respondent says who they are, who sees what, checks, and submits; returns the references of the receipt."""
    page.goto(f"/{locale}/take-part/{slug}/about")
    page.check("[name=capacity][value=individual]")
    page.check("[name=constituencies][value=local_community]")
    submit_form(page)
    no_errors(page)
    page.goto(f"/{locale}/take-part/{slug}/who-sees-what")
    page.check(f"[name=setting][value={setting}]")
    submit_form(page)
    no_errors(page)
    page.goto(f"/{locale}/take-part/{slug}/check")
    page.locator("form[action*='/submit/'] button").click()
    page.wait_for_load_state()
    assert "/receipt/" in page.url, page.url
    return page.locator(".receipt code.ref, .refs code.ref").all_inner_texts()


def publish_all(page: Page, slug: str, locale: str = "en") -> None:
    """The moderator publishes everything that waits."""
    page.goto(f"/{locale}/desk/{slug}/queue")
    for box in page.locator("input[name=point]").all():
        box.check()
    page.locator("main button[name=action][value=publish]").click()
    page.wait_for_load_state()


def answer_all(page: Page, slug: str, locale: str = "en") -> None:
    """The responder answers everything together."""
    page.goto(f"/{locale}/desk/{slug}/answers")
    for box in page.locator("main input[type=checkbox][name=point]").all():
        box.check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    page.check("[name=disposition][value=accepted]")
    page.fill("[name=rationale]", "The reason is sound.")
    page.fill("[name=text]", "Section 1 now says so.")
    page.locator("main button[name=action][value=propose]").click()
    page.wait_for_load_state()
    no_errors(page)


def clear_and_send(page: Page, slug: str, locale: str = "en") -> None:
    """The approver clears all answers and sends them."""
    page.goto(f"/{locale}/desk/{slug}/clearance")
    for box in page.locator("main input[type=checkbox][name=answer]").all():
        box.check()
    page.locator("main button[name=action][value=clear]").click()
    page.wait_for_load_state()
    page.goto(f"/{locale}/desk/{slug}/clearance/send")
    submit_form(page)
    no_errors(page)


def release(page: Page, slug: str, locale: str = "en") -> None:
    """The manager releases the response log and waits until the worker has built it."""
    page.goto(f"/{locale}/desk/{slug}/release")
    submit_form(page)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        answer = page.goto(f"/{locale}/consultations/{slug}/response-log/1")
        if answer and answer.status == 200:
            return
        time.sleep(0.5)
    raise AssertionError("release 1 was not built")
