"""A manager takes a Word file to an open round, and its successor to the next one: without scripts too."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.journeys import steps
from tests.journeys.conftest import Instance, Open
from tests.journeys.looking import sign_in
from tests.support.word import heading_styles, p, run, word

TITLE = '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
FIRST = (
    p("Guidelines on older mines", style="Title"),
    p("1 Purpose", style="H1"),
    p("These guidelines help people who live beside mines that nobody works any more."),
    p("Each State keeps a public list of such mines and of what is known of each of them."),
    p("2 Money", style="H1"),
    p("A fund pays for making them safe, and everybody sees what it pays."),
    p("The minister may close the fund at any time."),
)
SECOND = (
    *FIRST[:3],
    p("Each State keeps a public list of such mines and of what is known of each of them, in every language."),
    FIRST[4],
    p("A fund pays for the work in the order of danger, and a court looks at what it pays and to whom."),
)
"""One paragraph has more words, one is so different that somebody has to look, and the last one is gone."""


def file_of(folder: Path, name: str, *paragraphs: str) -> Path:
    """A Word file of these paragraphs."""
    file = folder / f"{name}.docx"
    file.write_bytes(word("".join(paragraphs), parts={"styles": heading_styles() + TITLE}))
    return file


def create(page: Page, slug: str, code: str) -> None:
    """The manager begins a consultation in English alone."""
    page.goto("/en/desk/new")
    page.fill("[name=title]", "From a Word file")
    page.fill("[name=slug]", slug)
    page.fill("[name=code]", code)
    page.check("[name=text_type][value=guideline]")
    page.check("[name=languages][value=en]")
    page.select_option("[name=authentic_language]", "en")
    page.select_option("[name=zone]", "Asia/Jakarta")
    steps.submit_form(page)
    page.wait_for_url(f"**/desk/{slug}/setup")


def send(page: Page, file: Path, wanted: str) -> None:
    """Send the file on the page that asks for one, and wait until it has been read and the page offers what is next."""
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url("**/proposal")
    address, deadline = page.url, time.monotonic() + 90
    while not page.get_by_role("link", name=wanted).count():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.goto(address)


def counted(page: Page) -> list[str]:
    """The pages that are seen from now on; one that is loaded again while something is awaited counts once."""
    seen: list[str] = []

    def note(response: Response) -> None:
        request = response.request
        is_page = request.is_navigation_request() and request.method == "GET" and response.status == 200
        if is_page and seen[-1:] != [response.url]:
            seen.append(response.url)

    page.on("response", note)
    return seen


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_from_a_word_file_to_the_preview(open_browser: Open, tmp_path: Path, scripts: bool) -> None:
    """A heading and three paragraphs, of which two were one."""
    name = f"word-{'a' if scripts else 'b'}"
    body = (p(run("1 Purpose"), style="H1"), p(run("It begins")), p(run("and ends here.")), p(run("More.")))
    page = open_browser(360, scripts=scripts)
    sign_in(page, "manager")
    create(page, name, name.upper()[-6:].replace("-", ""))
    page.goto(f"/en/desk/{name}/document/en")
    send(page, file_of(tmp_path, "Draft", *body), "Keep this text")
    expect(page.locator("main")).to_contain_text("4 blocks: 1 heading · 3 paragraphs")
    page.get_by_role("link", name="Change block 2").click()
    page.get_by_role("button", name="Join it with the next block").click()
    expect(page.locator("main")).to_contain_text("It begins and ends here.")
    page.get_by_role("link", name="Keep this text").click()
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url("**/document/preview*")
    expect(page.locator("#sec_1__para_1")).to_contain_text("It begins and ends here.")


def test_from_a_word_file_to_an_open_round_and_its_successor(
    open_browser: Open, instance: Instance, tmp_path: Path
) -> None:
    slug, desk = "word-walk", "/en/desk/word-walk"
    manager = open_browser()
    sign_in(manager, "manager")
    seen = counted(manager)
    create(manager, slug, "WWALK")
    steps.fill_sections(manager, slug, "en", ["en"])
    manager.goto(f"{desk}/document/en")
    send(manager, file_of(tmp_path, "First", *FIRST), "Keep this text")
    expect(manager.locator("main")).to_contain_text("6 blocks: 2 headings · 4 paragraphs")
    expect(manager.locator(".found")).to_contain_text("One line is the title of the file.")
    steps.press(manager, "Keep this text")
    steps.press(manager, "Keep it")
    steps.set_dates(manager, slug)
    steps.open_round(manager, slug)
    assert len(seen) <= 16, seen

    respondent = open_browser(390)
    for eid in ("sec_1__para_1", "sec_1__para_2", "sec_2__para_1", "sec_2__para_2"):
        steps.write_point(respondent, slug, f"About {eid}.", eid=eid)
    steps.sign_up(respondent, "Wanda", "wanda@example.org", f"/en/take-part/{slug}/")
    assert len(steps.finish(respondent, slug)) == 4
    instance.move_clock(slug, "opens_at = datetime('now', '-9 days'), closes_at = datetime('now', '-3 days')")

    seen.clear()
    manager.goto(f"{desk}/next-round")
    expect(manager.locator("main")).to_contain_text("nothing is carried on a guess")
    steps.press(manager, "Set up the next round")
    manager.goto(desk)
    steps.press(manager, "Go to the draft of round 2")
    manager.locator("tr#draft-en a").click()
    send(manager, file_of(tmp_path, "Second", *SECOND), "Decide 2 matches")
    steps.press(manager, "Decide 2 matches")
    choices = manager.locator("input[type=radio][value=yes]")
    assert choices.count(), "what is uncertain is asked"
    for choice in choices.all():
        choice.check()
    steps.press(manager, "Save these decisions")
    expect(manager.locator("main")).to_contain_text("Nothing is left to decide")
    steps.press(manager, "Keep this text")
    steps.press(manager, "Keep it")
    steps.no_errors(manager)
    manager.goto(f"{desk}/rounds/2/document")
    steps.press(manager, "What became of the points on the version before")
    assert len(seen) <= 11, seen

    numbers = [int(words) for words in manager.locator("main table td.number").all_inner_texts()]
    labels = [words.strip() for words in manager.locator("main table tbody th").all_inner_texts()]
    fates = dict(zip(labels, numbers, strict=True))
    assert fates.pop("All points") == sum(fates.values()) == 4, fates
    assert fates == {"The paragraph is unchanged": 1, "The paragraph was edited": 2, "The paragraph was removed": 1}
    expect(manager.locator("main")).to_contain_text("1 point could not be carried")
    expect(manager.locator("main blockquote")).to_contain_text("The minister may close the fund at any time.")

    manager.goto(f"{desk}/rounds/2/setup/introduction")
    manager.fill("[name=introduction-en]", steps.WORDS["en"])
    steps.submit_form(manager)
    steps.set_dates(manager, f"{slug}/rounds/2")
    steps.open_round(manager, f"{slug}/rounds/2")
    assert len(seen) <= 16, seen
    respondent.goto(f"/en/consultations/{slug}/draft")
    expect(respondent.locator("#sec_1__para_2")).to_contain_text("in every language")
