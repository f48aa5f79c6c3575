"""A frightened person on a bad line: nothing typed is lost, no name is asked for, the receipt tells nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult import demonstration
from consult.consultations.enums import Audience
from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.queries import get_version
from consult.documents.reading import Draft, load_draft
from consult.documents.services import import_document, issue_corrigendum
from consult.submissions.enums import PublicationSetting
from tests.integration.submissions.conftest import CITED, START, Opened
from tests.support import build
from tests.support.browse import fill_in, forms_in, mails_to, redirects_to, send

FILE = "/en/consultations/minerals/draft/file"
CONTENT = Path(demonstration.__file__).parent / "content/apsmd-guideline"
LIMIT = 1.2
SAFETY = "/en/consultations/minerals/safety"


@pytest.fixture
def author(app: Flask, client: FlaskClient, opened: Opened) -> build.Person:
    with app.app_context():
        person = build.person("Rosa", email="rosa@example.org")
        build.draft(opened.round(), person, "Secretwords of a point.")
        build.sign_in(client, person)
        return person


def test_about_you_is_kept_as_far_as_it_goes(client: FlaskClient, author: build.Person) -> None:
    """Saved for later it asks for nothing; saved to go on it says what is missing, and keeps what is there."""
    typed = {"name": "", "organisation": "River Union", "constituencies": ["trade_union"], "country": "PHL"}
    refused = send(client, START + "about", typed)
    assert refused.status_code == 422
    assert "River Union" in refused.text
    assert redirects_to(send(client, START + "about", {**typed, "then": "later"}), START)
    (form,) = forms_in(client.get(START + "about").text)
    assert form.values["organisation"] == ["River Union"]
    assert form.values["constituencies"] == ["trade_union"]
    assert form.values["country"] == ["PHL"]
    assert "capacity" not in form.values
    assert "Say who you are." in client.get(START + "check").text
    too_long = send(client, START + "about", {**typed, "name": "x" * 200, "then": "later"})
    assert too_long.status_code == 422
    assert "x" * 200 in too_long.text


def test_about_you_is_saved_as_one_types(client: FlaskClient, author: build.Person) -> None:
    (form,) = forms_in(client.get(START + "about").text)
    for typed, status in (({"organisation": "River Uni"}, 200), ({"name": "x" * 200}, 422)):
        answer = client.post(START + "about/autosave", data=fill_in(form, typed))
        assert answer.status_code == status
    assert forms_in(client.get(START + "about").text)[0].values["organisation"] == ["River Uni"]


@pytest.mark.parametrize("setting", ["pseudonym", "not_published"])
def test_who_wants_protection_types_no_name(
    client: FlaskClient, author: build.Person, app: Flask, setting: str
) -> None:
    typed = {"name": "", "capacity": "organisation", "constituencies": ["local_community"]}
    assert redirects_to(send(client, START + "about", typed), START + "who-sees-what")
    assert redirects_to(
        send(client, START + "who-sees-what", {"setting": setting, "pseudonym": "Heron"}), START + "check"
    )
    page = client.get(START + "check").text
    assert "Rosa" not in page.partition("<main")[2]
    form = forms_in(page)[-1]
    assert "/receipt/" in client.post(form.action, data=form.values).location
    (mail,) = mails_to(app, "rosa@example.org")
    assert not re.search(r"minerals|MIN-|Rosa|Heron", mail.subject + mail.body)


def test_a_shown_name_has_to_be_written(client: FlaskClient, author: build.Person) -> None:
    typed = {"name": "", "capacity": "organisation", "constituencies": ["local_community"]}
    send(client, START + "about", typed)
    assert redirects_to(send(client, START + "who-sees-what", {"setting": "organisation_only"}), START + "about")
    assert "write the name of the organisation" in client.get(START + "about").text
    assert redirects_to(send(client, START + "who-sees-what", {"setting": "named"}), START + "about")
    refused = send(client, START + "about", typed)
    assert refused.status_code == 422
    assert "You chose “With my name”" in refused.text
    named = {**typed, "name": "Rosa", "organisation": "River Union"}
    assert redirects_to(send(client, START + "about", named), START + "check")


def test_when_it_may_be_published(client: FlaskClient, author: build.Person) -> None:
    """What is refused comes back as it was chosen; what is kept is said before submitting."""
    day = (utc_now() + timedelta(days=60)).date()
    send(client, START + "about", {"capacity": "organisation", "constituencies": ["none"], "organisation": "A"})
    chosen = {"setting": "organisation_only", "asked_for_protection": "y", "delay": "date"}
    refused = send(client, START + "who-sees-what", chosen)
    assert refused.status_code == 422
    (form,) = forms_in(refused.text)
    assert {name: form.values[name] for name in chosen} == {name: [value] for name, value in chosen.items()}
    assert redirects_to(
        send(client, START + "who-sees-what", {**chosen, "publish_on": day.isoformat()}), START + "check"
    )
    page = client.get(START + "check").text
    assert "You asked us to protect your name" in page
    assert "Published not before" in page


def test_the_receipt_of_a_protected_submission_holds_no_text(app: Flask, client: FlaskClient, opened: Opened) -> None:
    with app.app_context():
        person = build.person("Rosa")
        submission = build.submit(opened.round(), person, "Secretwords of it.", setting=PublicationSetting.ANONYMOUS)
        receipt, reference = f"{CITED}receipt/{submission.key}", str(submission.comments[0].reference)
        build.sign_in(client, person)
    for page in (receipt, f"{receipt}/download", "/en/account/submissions"):
        text = client.get(page).text
        assert reference in text
        assert "Secretwords" not in text
        if page != "/en/account/submissions":
            asked = client.get(f"{page}?words=show").text
            assert "Secretwords" in asked
    assert "Secretwords" not in client.get(receipt).text
    assert "not even the reference" in client.get(f"{receipt}/withdraw").text  # it was not public yet


def test_the_draft_as_one_small_file(app: Flask, client: FlaskClient) -> None:
    """It asks nothing of anybody, weighs little more than its words, and says what it is."""
    with app.app_context():
        staff, now = build.desk(), utc_now()
        round_ = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "ar"))
        for language in ("en", "ar"):
            source = (CONTENT / f"draft.{language}.md").read_text()
            import_document(round_, source, language=language, actor=staff.manager, now=now)
        open_round(round_, actor=staff.manager, now=now)
        issue_corrigendum(
            get_version(round_), None, words={"en": "A correction.", "ar": "تصويب."}, reads="", should_read="",
            language=None, actor=staff.manager, now=now,
        )  # fmt: skip
        round_.consultation.is_illustration = True
        weighs = {code: weight_of(load_draft(get_version(round_), code)) for code in ("en", "ar")}
        db.session.commit()
    answer = client.get(FILE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="draft-MIN-1-en.html"'
    assert not re.search(r"<(script|link|img|style|iframe)|\s(src|style|on\w+)=|url\(|<a\s", answer.text)
    for said in (
        "ILLUSTRATION",
        "Draft for round 1",
        "authentic text",
        "/draft?edition=en",
        "licence",
        "A correction.",
        "An e-mail shows who wrote it.",
        SAFETY,
    ):
        assert said in answer.text
    translated = client.get(f"{FILE}?edition=ar")
    assert '<div lang="ar" dir="rtl">' in translated.text
    assert len(answer.data) / weighs["en"] < LIMIT
    assert len(translated.data) / weighs["ar"] < LIMIT


def weight_of(draft: Draft) -> int:
    """The bytes of a draft's words alone."""
    return sum(len(block.html.striptags().encode()) for block in draft.blocks)


def test_the_file_is_for_those_who_may_read_the_draft(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        guest = build.person("Guest")
        build.admit(round_, guest, manager=staff.manager)
        db.session.commit()
    assert client.get(FILE).status_code == client.get("/en/consultations/minerals/draft").status_code == 403
    with app.app_context():
        build.sign_in(client, guest)
    assert client.get(FILE).status_code == 200


def test_the_safety_contact(app: Flask, client: FlaskClient, opened: Opened) -> None:
    """Until the host names one, the contact of the consultation stands in; whoever may not name it finds no page."""
    assert "contact@example.org" in client.get(SAFETY).text
    with app.app_context():
        host, manager, moderator = opened.staff.host.slug, opened.staff.manager, opened.staff.moderator
        stranger = build.desk().manager
        db.session.commit()
    page = f"/en/admin/hosts/{host}/safety"
    for who, status in ((moderator, 403), (stranger, 404)):
        with app.app_context():
            build.sign_in(client, who)
        assert client.get(page).status_code == status
    with app.app_context():
        build.sign_in(client, manager)
    assert "No safety contact is named" in client.get("/en/desk/minerals/setup").text
    assert redirects_to(send(client, page, {"contact": "Ms <b>Tree</b>\n+00 1"}), page)
    shown = client.get(SAFETY).text
    assert "Ms &lt;b&gt;Tree&lt;/b&gt;\n+00 1" in shown.replace("\r\n", "\n")
    assert "contact@example.org" not in shown
    assert "No safety contact is named" not in client.get("/en/desk/minerals/setup").text
    for page in (START, "/en/consultations/minerals", START + "who-sees-what"):
        assert SAFETY in client.get(page).text
