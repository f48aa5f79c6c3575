"""Setting up a consultation begins with its name, its host and its languages."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.consultations.models import Consultation
from consult.core.db import db
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to, send

NEW = "/en/desk/new"
TYPED = {"title": "Minerals and people", "code": "MIN", "text_type": "guideline"}


def slugs(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(sa.select(Consultation.slug)))


def test_a_manager_creates_one(desk: Desk, manager: FlaskClient) -> None:
    answer = send(
        manager,
        NEW,
        {**TYPED, "languages": ["en", "ar"], "more_languages": "KM, pt-br zh-hant", "authentic_language": "ar",
         "is_member_driven": "y", "zone": "Asia/Jakarta", "code": " min "},
    )  # fmt: skip
    assert redirects_to(answer, "/en/desk/minerals-and-people/setup")
    found = desk.read(
        "minerals-and-people",
        lambda c: (c.code, c.title, c.languages, c.authentic_language, c.is_member_driven, c.rounds[0].zone, c.host_id),
    )
    assert found == (
        "MIN", "Minerals and people", ["ar", "en", "km", "pt-BR", "zh-Hant"], "ar", True, "Asia/Jakarta",
        desk.staff.host.id,
    )  # fmt: skip
    assert "Only the staff of its host sees it" in manager.get(answer.location).text


def test_its_authentic_language_may_be_one_of_the_others(desk: Desk, manager: FlaskClient) -> None:
    send(manager, NEW, {**TYPED, "languages": ["en"], "more_languages": "km", "authentic_language": "other"})
    assert desk.read("minerals-and-people", lambda c: (c.authentic_language, c.languages)) == ("km", ["km", "en"])


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Minerals and people", "minerals-and-people-2"),
        ("L’énergie, à qui ?", "lenergie-a-qui"),
        ("المعادن", "consultation-two"),
        ("New", "new-2"),
        ("A " + "very " * 30 + "long title", "a-very-very-very-very-very-very-very-very-very"),
    ],
)
def test_the_address_is_made_from_the_title(app: Flask, manager: FlaskClient, title: str, slug: str) -> None:
    send(manager, NEW, TYPED)
    answer = send(manager, NEW, {**TYPED, "title": title, "code": "TWO"})
    assert redirects_to(answer, f"/en/desk/{slug}/setup")


WRONG: list[tuple[dict[str, str], str]] = [
    ({"title": ""}, "Fill this in."),
    ({"title": "x" * 301}, "one character over the limit of 300"),
    ({"title": "a\x00b"}, "cannot be stored"),
    ({"title": "a\u202eb"}, "invisible character"),
    ({"code": "M"}, "Use 2 to 12 capital letters"),
    ({"code": "BARE"}, "Another consultation has this code."),
    ({"slug": "bare"}, "Another consultation has this address."),
    ({"slug": "new"}, "needed by a page of the site"),
    ({"slug": "invitation"}, "needed by a page of the site"),
    ({"slug": "A B"}, "Use 3 to 60 small letters"),
    ({"more_languages": "km, klingon"}, "“klingon” is not a language code."),
    ({"more_languages": "<b>"}, "“&lt;b&gt;” is not a language code."),
    ({"more_languages": "aa, af, am, az, be, bg, bn, bs, ca, cs, cy, da"}, "at most 12 languages"),
    ({"authentic_language": "other"}, "Name the other language"),
    ({"text_type": "sermon"}, "Choose one of these."),
    ({"zone": "Mars/Olympus"}, "Choose one of these."),
]


def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    for typed, sentence in WRONG:
        answer = send(manager, NEW, {**TYPED, **typed})
        assert answer.status_code == 422, typed
        assert sentence in re.sub(r"\s+", " ", answer.text), typed
        assert "There is a problem" in answer.text
        kept = forms_in(answer.text)[0].values
        assert kept["code"] == [{**TYPED, **typed}["code"]]
    assert slugs(app) == {"bare"}


def test_sending_twice_makes_one(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    form = fill_in(forms_in(manager.get(NEW).text)[0], TYPED)
    first, second = manager.post(NEW, data=form), manager.post(NEW, data=form)
    assert first.location == second.location == "/en/desk/minerals-and-people/setup"
    assert slugs(app) == {"bare", "minerals-and-people"}


def test_who_manages_several_hosts_chooses(app: Flask, browse: Browse) -> None:
    with app.app_context():
        one, two, other = build.host("one"), build.host("two"), build.host("other")
        both = build.person(
            "Both", roles={one: [StaffRole.MANAGER], two: [StaffRole.MANAGER], other: [StaffRole.APPROVER]}
        )
        wanted = two.id
        db.session.commit()
    client = browse(both)
    page = client.get(NEW).text
    hosts = page.partition('name="host"')[2].partition("</select>")[0]
    assert re.findall(r'<option[^>]* value="([^"]*)"', hosts) == ["one", "two"]
    send(client, NEW, {**TYPED, "host": "two"})
    with app.app_context():
        assert db.session.scalars(sa.select(Consultation.host_id)).all() == [wanted]


def test_nobody_creates_one_at_a_host_they_do_not_manage(app: Flask, desk: Desk, browse: Browse) -> None:
    assert browse(None).get(NEW).status_code == 302
    assert browse(desk.staff.moderator).get(NEW).status_code == 403
    with app.app_context():
        nobody = build.person("Nobody")
        db.session.commit()
    assert browse(nobody).get(NEW).status_code == 403
    with app.app_context():
        ours = build.person("Also", roles={desk.staff.host: [StaffRole.MODERATOR]}).account.id
        theirs = desk.staff.host.slug
        db.session.commit()
    assert ours
    for who in (desk.staff.moderator, desk.stranger):
        client = browse(who)
        form = fill_in(forms_in(browse(desk.staff.manager).get(NEW).text)[0], {**TYPED, "host": theirs})
        form.pop("csrf_token")
        assert build.post(client, NEW, form).status_code in {403, 404}
    assert slugs(app) == {"bare"}


def test_every_word_in_front_of_a_slug_is_reserved(app: Flask) -> None:
    from consult.consultations.services.setting_up import RESERVED

    starts = ("/<locale:locale>/desk/", "/<locale:locale>/take-part/", "/<locale:locale>/consultations/")
    words = {
        rest.partition("/")[0]
        for rule in map(str, app.url_map.iter_rules())
        for start in starts
        if (rest := rule.removeprefix(start)) != rule
    }
    assert words - {"<address:slug>", ""} <= RESERVED
