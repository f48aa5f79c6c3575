"""A manager takes a Word file to the desk, sees what was understood, mends it, keeps it: without scripts too."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.looking import sign_in
from tests.support.word import heading_styles, p, run, word


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_from_a_word_file_to_the_preview(open_browser: Open, tmp_path: Path, scripts: bool) -> None:
    """A heading and three paragraphs, of which two were one."""
    name = f"word-{'a' if scripts else 'b'}"
    file = tmp_path / "Draft.docx"
    body = p(run("1 Purpose"), style="H1") + p(run("It begins")) + p(run("and ends here.")) + p(run("More."))
    file.write_bytes(word(body, parts={"styles": heading_styles()}))
    page = open_browser(360, scripts=scripts)
    sign_in(page, "manager")
    page.goto("/en/desk/new")
    page.fill("[name=title]", "From a Word file")
    page.fill("[name=slug]", name)
    page.fill("[name=code]", name.upper()[-6:].replace("-", ""))
    page.check("[name=text_type][value=guideline]")
    page.check("[name=languages][value=en]")
    page.select_option("[name=authentic_language]", "en")
    page.select_option("[name=zone]", "Asia/Jakarta")
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_url(f"**/desk/{name}/setup")
    address = f"/en/desk/{name}/document/en"
    page.goto(address)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url("**/proposal")
    deadline = time.monotonic() + 90
    while not page.get_by_role("link", name="Keep this text").count():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.goto(f"{address}/proposal")
    expect(page.locator("main")).to_contain_text("4 blocks: 1 heading · 3 paragraphs")
    page.get_by_role("link", name="Change block 2").click()
    page.get_by_role("button", name="Join it with the next block").click()
    expect(page.locator("main")).to_contain_text("It begins and ends here.")
    page.get_by_role("link", name="Keep this text").click()
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url("**/document/preview*")
    expect(page.locator("#sec_1__para_1")).to_contain_text("It begins and ends here.")
