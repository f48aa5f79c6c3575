"""Another language in the middle of writing; every script on a phone; a deadline by the reader's own clock."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Open

CONSULTATION = "/en/consultations/apsmd-guideline"
# Our own words, in scripts that stack above and below the line, and in the widest.
WORDS = {
    "ar": "نكتب هنا كلمات طويلة لكي نرى كيف تُعرض على هاتف صغير",
    "th": "ที่นี่เราเขียนคำยาวๆ เพื่อดูว่าอ่านบนโทรศัพท์เครื่องเล็กได้ดีหรือไม่",
    "lo": "ພວກເຮົາຂຽນຄຳຍາວໆ ຢູ່ບ່ອນນີ້ ເພື່ອເບິ່ງວ່າອ່ານໃນໂທລະສັບນ້ອຍໄດ້ບໍ່",
    "km": "យើងសរសេរពាក្យវែងៗនៅទីនេះដើម្បីមើលថាតើអាចអានបានស្រួលលើទូរស័ព្ទតូចឬទេ",
    "my": "ဖုန်းငယ်ပေါ်တွင် ကောင်းစွာဖတ်၍ရမရ ကြည့်ရန် ဤနေရာတွင် စကားလုံးရှည်များ ရေးပါသည်",
    "zh": "我们在这里写很长的句子看看在小手机上能不能轻松地读出来",
    "ru": "Здесь стоит длинное предложение, чтобы видеть, как оно читается на телефоне",
    "sw": "Hapa tunaandika sentensi ndefu ili kuona inavyosomeka kwenye simu ndogo",
}
PUT = """([code, dir, words]) => {
  const all = 'main :is(h1, h2, h3, p, li, dt, dd, th, td, caption, .button, .tag, .hint, .status, legend, label, a)';
  for (const one of document.querySelectorAll(all)) {
    if (one.querySelector('input, select, textarea, button') || one.closest('.visually-hidden, code')) continue;
    one.lang = code; one.textContent = words;
    if (one.tagName !== 'LI') one.dir = dir;  // its mark stands where the list has it
  }
  for (const input of document.querySelectorAll('main :is(input[type=text], input[type=email], textarea)')) {
    input.lang = code; input.value = words;
  }
}"""
FAULTS = """() => {
  const found = [];
  for (const one of document.querySelectorAll('body, main, main *')) {
    const style = getComputedStyle(one);
    if (one.closest('.visually-hidden, .scroll, svg') || one.matches('option, progress')) continue;
    if (style.display.startsWith('inline') && !one.matches('input, .button, .tag') || style.display === 'none') continue;
    const wide = one.scrollWidth > one.clientWidth + 1 && one.clientWidth && !one.matches('input, select');
    const hides = one.matches('input') || /hidden|clip/.test(style.overflowY);
    const cut = hides && one.scrollHeight > one.clientHeight + 1;
    if (wide || cut) found.push(`${wide ? 'wide' : 'cut'}: ${one.outerHTML.slice(0, 80)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_no_script_runs_out_of_its_box(open_browser: Open, width: int) -> None:
    page = open_browser(width)
    wrong = {}
    for path in (CONSULTATION, f"{CONSULTATION}/draft", "/en/account/sign-up"):
        page.goto(path)
        for code, words in WORDS.items():
            page.evaluate(PUT, [code, "rtl" if code == "ar" else "ltr", words])
            if found := page.evaluate(FAULTS):
                wrong[f"{path} {code}"] = found[:5]
    assert wrong == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_changes_in_the_middle_of_writing(open_browser: Open, scripts: bool) -> None:
    page = open_browser(1280, scripts=scripts)
    page.goto("/en/account/sign-up?next=/en/")
    page.fill("[name=name]", "Rosa")
    page.fill("[name=email]", "no address")
    page.get_by_role("button", name="العربية").click()
    page.wait_for_url("**/ar/account/sign-up?next=/en/")
    assert page.get_attribute("html", "dir") == "rtl"
    assert typed_in(page) == ("Rosa", "no address")
    assert page.locator("[role=alert]").count() == 0
    # Enter in a field sends the form, as without the buttons of the languages.
    page.press("[name=email]", "Enter")
    page.wait_for_selector("[role=alert]")
    assert page.url.endswith("/ar/account/sign-up?next=/en/")
    page.get_by_role("button", name="Français").click()
    page.wait_for_url("**/fr/account/sign-up?next=/en/")
    assert typed_in(page) == ("Rosa", "no address")
    assert page.locator("[role=alert]").count() == 0


def typed_in(page: Page) -> tuple[str, str]:
    return page.input_value("[name=name]"), page.input_value("[name=email]")


def test_a_deadline_stands_beside_the_readers_own_time(open_browser: Open) -> None:
    there = open_browser(1280, timezone_id="Asia/Jakarta")
    there.goto(CONSULTATION)
    moment = there.locator(".status time").first
    assert "your time" not in there.inner_text("main")
    wall = moment.get_attribute("data-wall") or ""
    elsewhere = open_browser(1280, timezone_id="Asia/Kathmandu")  # an hour and a quarter behind
    elsewhere.goto(CONSULTATION)
    hour, minute = (int(part) for part in wall[11:].split(":"))
    minutes = (hour * 60 + minute - 75) % 1440
    assert f"{minutes // 60:02}:{minutes % 60:02} your time)" in elsewhere.inner_text(".status")
