"""People at risk and people without e-mail, from the draft to the answer, without scripts, one of them in Arabic."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Instance, Open
from tests.journeys.looking import check_layout, sign_in
from tests.journeys.steps_at_risk import (
    PHONE,
    answer,
    publish,
    read_and_write,
    read_answer,
    reference_on,
    said_of_removal,
    say_who,
    set_up_round,
    shown_code,
    type_code,
    wait_until_public,
)
from tests.journeys.wire import send_form, submit, take_code
from tests.support.files import CANARY, jpeg

WORDS = "They came at night and closed the well."
NAME = "Planted Name"
GPS, EXIF_OFFSET = 0x8825, 0x8769


def test_no_email_and_the_password_lost(open_browser: Open) -> None:
    """An account with a name, its code shown and typed back; months later the code alone opens it, and the answer."""
    slug = "no-email"
    set_up_round(open_browser, slug, "NOMAIL")
    page = open_browser(PHONE, scripts=False)
    read_and_write(page, slug, WORDS)
    page.goto(f"/en/take-part/{slug}/about")
    page.get_by_role("link", name="Create an account without e-mail").click()
    page.fill("[name=sign_in_name]", "Grey Heron 47")
    page.fill("[name=password]", steps.PASSWORD)
    send_form(page)
    first = shown_code(page)
    type_code(page, "0000-0000-0000-0000-0000")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(first)  # it is never shown again
    type_code(page, first)
    assert page.url.endswith(f"/take-part/{slug}/about"), page.url
    say_who(page, slug, "anonymous")
    submit(page, slug)
    expect(page.locator("main")).to_contain_text("Nothing is sent to you, since your account has no e-mail address.")
    expect(page.locator("main")).not_to_contain_text(WORDS)
    reference = reference_on(page)
    steps.press(page, "Sign out")
    answer(open_browser, slug, reference)

    back = open_browser(PHONE, scripts=False)  # another device
    back.goto("/en/account/sign-in")
    steps.press(back, "I do not know my password")
    steps.press(back, "Use the recovery code that you wrote down")
    new_password = "another four words then"
    back.fill("[name=sign_in_name]", "grey-heron 47")
    back.fill("[name=password]", new_password)
    type_code(back, "0000-0000-0000-0000-0000")
    expect(back.get_by_role("alert")).to_be_visible()
    back.fill("[name=sign_in_name]", "grey-heron 47")
    back.fill("[name=password]", new_password)
    type_code(back, first.lower().replace("-", " "))
    second = shown_code(back)
    assert second != first
    type_code(back, second)
    steps.press(back, "My submissions")
    steps.press(back, "Receipt, withdraw, who sees it")
    read_answer(back)
    check_layout(back)

    other = open_browser(PHONE, scripts=False)  # neither the first code nor the password that was lost opens anything
    other.goto("/en/account/recover")
    other.fill("[name=sign_in_name]", "Grey Heron 47")
    other.fill("[name=password]", steps.PASSWORD)
    type_code(other, first)
    expect(other.get_by_role("alert")).to_be_visible()
    other.goto("/en/account/sign-in")
    other.fill("[name=email]", "Grey Heron 47")
    other.fill("[name=password]", steps.PASSWORD)
    steps.submit_form(other)
    expect(other.get_by_role("alert")).to_be_visible()


def test_a_claim_code_in_arabic(open_browser: Open) -> None:
    """No account: a code on paper, the answer read elsewhere, said that it does not answer, everything withdrawn."""
    slug, words, why = "claim-code", "جاؤوا ليلاً وأغلقوا البئر.", "لا يذكر الجواب البئر."
    set_up_round(open_browser, slug, "CLAIM")
    page = open_browser(PHONE, scripts=False)
    read_and_write(page, slug, words, "ar")
    page.goto(f"/ar/take-part/{slug}/about")
    page.locator("main a[href*='account=none']").click()
    say_who(page, slug, "anonymous", locale="ar")
    code = take_code(page, slug, "ar")
    receipt = submit(page, slug, "ar")
    expect(page.locator("main")).not_to_contain_text(words)
    reference = reference_on(page)
    check_layout(page)
    page.locator("form[action$='/come-back/leave'] button").click()
    page.wait_for_load_state()
    page.goto(receipt)
    assert reference not in page.content()
    assert "/account/sign-in" in page.url
    responder = answer(open_browser, slug, reference)

    back = open_browser(PHONE, scripts=False)
    back.goto("/ar/")
    back.locator("footer a[href$='/come-back']").click()
    type_code(back, "0000-0000-0000-0000-0000")
    expect(back.get_by_role("alert")).to_be_visible()
    type_code(back, code.lower())
    assert f"/ar/take-part/{slug}/" in back.url
    assert "/receipt/" in back.url
    read_answer(back)
    expect(back.locator("main")).to_contain_text(words)
    back.locator("main a[href$='/answered']").click()
    back.check("[name=verdict][value=no]")
    back.fill("[name=why]", why)
    send_form(back)
    assert "/receipt/" in back.url
    responder.goto(f"/en/desk/{slug}/answers?status=all")
    expect(responder.locator("main")).to_contain_text(why)

    back.goto(receipt)
    back.locator("main a[href*='/withdraw']").last.click()
    expect(back.locator("main")).to_contain_text(reference)
    send_form(back)
    for shown in (receipt, f"{receipt}?words=show", "/ar/account/submissions"):
        back.goto(shown)
        assert words not in back.content()
    third = open_browser(PHONE, scripts=False)
    third.goto("/ar/come-back")
    type_code(third, code)
    expect(third.get_by_role("alert")).to_be_visible()
    responder.goto(f"/en/desk/{slug}/answers?status=all")
    for lost in (words, why):
        assert lost not in responder.content()


def test_protected_until_the_round_has_closed(open_browser: Open, instance: Instance) -> None:
    """Under a pseudonym: unseen while the round is open, then words without who; a look at who is told to the person."""
    slug = "held"
    set_up_round(open_browser, slug, "HELD")
    page = open_browser(PHONE, scripts=False)
    read_and_write(page, slug, WORDS)
    steps.sign_up(page, NAME, "protected@example.org", f"/en/take-part/{slug}/about")
    say_who(page, slug, "pseudonym", name=NAME, organisation="Well Users A", pseudonym="Night Heron")
    receipt = submit(page, slug)
    reference = reference_on(page)
    expect(page.locator("main")).to_contain_text("Nobody. If a protection officer looks")
    moderator = publish(open_browser, slug, reference)
    moderator.goto(f"/en/desk/{slug}/points/{reference}")
    assert NAME not in moderator.content()
    assert "protected@example.org" not in moderator.content()

    visitor = open_browser(PHONE, scripts=False)
    unseen = [
        f"/en/consultations/{slug}",
        f"/en/consultations/{slug}/comments",
        f"/en/consultations/{slug}/draft",
        f"/en/consultations/{slug}/moderation-log",
        f"/en/search?words={reference}",
        "/en/search?words=closed+well",
        f"/api/v1/consultations/{slug}/comments",
    ]
    for path in unseen:
        visitor.goto(path)
        for trace in (WORDS, f"{reference}</", "Night Heron", NAME):
            assert trace not in visitor.content(), (path, trace)
    assert visitor.goto(f"/r/{reference}").status == 404  # type: ignore[union-attr]

    officer = open_browser(scripts=False)
    sign_in(officer, "protection")
    officer.goto(f"/en/desk/{slug}/protection")
    officer.locator("tr", has_text=reference).get_by_role("link").click()
    assert NAME not in officer.content()
    officer.check("[name=reason][value=safety]")
    officer.fill("[name=why]", "A letter names this person. We check whether it is them.")
    send_form(officer)
    expect(officer.locator("main")).to_contain_text(NAME)
    officer.goto(officer.url)
    assert NAME not in officer.content()  # it is shown once
    page.goto(receipt)
    for told in ("Protection officer at Secretariat A", "Somebody’s safety", "A letter names this person."):
        expect(page.locator("main")).to_contain_text(told)

    instance.move_clock(slug, "opens_at = datetime('now', '-9 days'), closes_at = datetime('now', '-3 days')")
    points = f"/en/consultations/{slug}/comments"
    wait_until_public(f"{instance.url}{points}", WORDS)
    after = open_browser(PHONE, scripts=False)
    after.goto(f"{points}/{reference}")
    expect(after.locator("main")).to_contain_text(WORDS)
    expect(after.locator("main")).to_contain_text("Night Heron")
    check_layout(after)
    everything = [after.content()]
    for path in (points, f"/api/v1/consultations/{slug}/comments", f"/en/consultations/{slug}/draft"):
        after.goto(path)
        everything.append(after.content())
    for kept in (NAME, "Well Users A", "protected@example.org", "local_community"):
        assert all(kept not in text.replace('value="local_community"', "") for text in everything), kept
    after.goto(f"{points}?constituency=local_community")
    assert WORDS not in after.content()


def test_a_photograph_with_a_place_in_it(open_browser: Open) -> None:
    """What the photograph tells beside what it shows is gone, and said to be; nobody but the secretariat may have it."""
    slug = "apsmd-guideline"
    sent = jpeg(400, 300)
    assert GPS in Image.open(io.BytesIO(sent)).getexif()
    page = open_browser(PHONE, scripts=False)
    steps.write_point(page, slug, "The photograph shows the well.", eid="sec_1-1__para_1")
    page.goto(f"/en/take-part/{slug}/")
    page.locator(f"main a[href$='/take-part/{slug}/files']").first.click()
    page.set_input_files("[name=file]", {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": sent})
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url("**/files/*")
    for removed in ("the place where it was taken", "the device or program", "the author", "dates and times"):
        assert removed in said_of_removal(page)
    expect(page.locator("[name=audience][value=secretariat]")).to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what we keep").click()
    kept = download.value.path().read_bytes()
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (300, 400)  # turned as the device said it was taken, which is not kept either
        assert not image.getexif()
    assert CANARY.encode() not in kept
    assert b"Exif" not in kept

    page.check("[name=audience][value=public]")  # not by one press: consent, a point and words for who cannot see it
    page.locator("main form[method=post] button.button[type=submit]").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.check("[name=audience][value=secretariat]")
    send_form(page)
    page.goto(f"/en/take-part/{slug}/about?account=none")
    say_who(page, slug, "named", name=NAME)
    take_code(page, slug)
    receipt = submit(page, slug)
    reference = reference_on(page)
    publish(open_browser, slug, reference)
    page.goto(f"{receipt}?words=show")
    mine = page.locator("main a[href*='/files/']", has_text="IMG_2041").first.get_attribute("href")
    visitor = open_browser(PHONE, scripts=False)
    visitor.goto(f"/en/consultations/{slug}/comments/{reference}")
    assert "/files/" not in visitor.locator("main").inner_html()
    for address in (str(mine), f"/en/consultations/{slug}/comments/{reference}/files/1"):
        assert visitor.request.get(address, max_redirects=0).status in (302, 303, 403, 404), address
