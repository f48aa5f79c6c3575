"""The pages of the translation desk, used as their forms stand."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from consult.access.permissions import Permission
from consult.access.policy import POLICY
from consult.access.roles import Relation, StaffRole
from consult.consultations.services import update_texts
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.services import import_document
from tests.integration.translating.conftest import Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, send

OVERVIEW = "/en/desk/minerals/translations"
FRENCH = f"{OVERVIEW}/fr"
KHMER = f"{OVERVIEW}/km"
OVERVIEW_QUERIES = 25
PAGE_QUERIES = 24
DESK_START_QUERIES = 17


@pytest.fixture
def translator(desk: Desk, client: FlaskClient) -> FlaskClient:
    with desk.app.app_context():
        build.sign_in(client, desk.staff.translator)
    return client


def fields_of(page: str) -> list[str]:
    """The units that a page has fields for, in their order."""
    return re.findall(r'name="text-([^"]+)"', page)


def test_a_language_is_translated_from_the_first_text_to_the_last(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    page = translator.get(f"{FRENCH}?group=draft").text
    assert "0% done: 0 of 27" in page
    first, *rest = fields_of(page)
    answer = send(translator, f"{FRENCH}?group=draft", {f"text-{first}": "But"}, action=f"{FRENCH}?group=draft")
    assert (answer.status_code, answer.location) == (302, f"{FRENCH}?group=draft")
    page = translator.get(answer.location).text
    assert "One translation is saved." in page
    assert fields_of(page) == rest
    url = FRENCH
    while fields := fields_of(translator.get(url).text):
        send(translator, url, {f"text-{key}": f"Texte {key}" for key in fields}, action=url)
    page = translator.get(url).text
    assert "Nothing is left to translate" in page
    assert "100% done: 27 of 27" in page
    assert "All translated" in translator.get(OVERVIEW).text
    with desk.app.app_context():
        assert [one.language for one in desk.round.consultation.languages and get_editions(desk)] == ["en", "fr"]


def get_editions(desk: Desk) -> list[object]:
    from consult.documents.queries import get_version

    return sorted(get_version(desk.round).editions, key=lambda one: one.language)


def test_what_two_people_write_at_once_stands_side_by_side_and_the_rest_is_saved(
    desk: Desk, translator: FlaskClient
) -> None:
    desk.in_setup()
    page = translator.get(FRENCH).text
    one, other, *_rest = fields_of(page)
    with desk.app.test_request_context("/en/"):
        desk.translate(one, "Leurs mots", language="fr", actor=desk.staff.manager)
        db.session.commit()
    form = next(form for form in forms_in(page) if form.action == FRENCH)
    answer = translator.post(FRENCH, data=fill_in(form, {f"text-{one}": "Mes mots", f"text-{other}": "Les autres"}))
    assert answer.status_code == 200
    assert "One translation is saved." in answer.text
    assert fields_of(answer.text) == [one]
    assert "Leurs mots" in answer.text
    assert "Mes mots" in answer.text
    with desk.app.test_request_context("/en/"):
        assert (desk.unit(one, "fr").text, desk.unit(other, "fr").text) == ("Leurs mots", "Les autres")
    again = next(form for form in forms_in(answer.text) if form.action == FRENCH)
    assert translator.post(FRENCH, data=again.values).status_code == 302  # knowingly, now that both were seen
    with desk.app.test_request_context("/en/"):
        assert desk.unit(one, "fr").text == "Mes mots"


def test_what_cannot_be_stored_stays_in_its_field_and_the_rest_is_saved(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    one, other, *_rest = fields_of(translator.get(FRENCH).text)
    answer = send(translator, FRENCH, {f"text-{one}": "x" * 301, f"text-{other}": "Bien"}, action=FRENCH)
    assert answer.status_code == 200
    assert "x" * 301 in answer.text
    assert "over the limit" in answer.text
    with desk.app.test_request_context("/en/"):
        assert desk.unit(other, "fr").text == "Bien"


def test_words_for_a_text_that_is_gone_are_handed_back(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    url = f"{FRENCH}?group=draft"
    page = translator.get(url).text
    form = next(form for form in forms_in(page) if form.action == url)
    typed = {f"text-{key}": f"Mots {place}" for place, key in enumerate(fields_of(page))}
    with desk.app.test_request_context("/en/"):
        import_document(desk.round, "Short.", language="en", actor=desk.staff.manager, now=utc_now())
        db.session.commit()
    answer = translator.post(url, data=fill_in(form, typed))
    assert answer.status_code in {409, 422}
    assert all(f"Mots {place}" in answer.text for place in range(len(typed)))


def test_a_changed_source_is_said_and_somebody_can_say_that_the_translation_holds(
    desk: Desk, translator: FlaskClient
) -> None:
    desk.in_setup(languages=("en", "fr"))
    with desk.app.test_request_context("/en/"):
        new = {"summary_asked": {"en": "Something new"}}
        update_texts(desk.consultation, new, actor=desk.staff.manager, now=utc_now())
        db.session.commit()
    page = translator.get(FRENCH)
    (key,) = fields_of(page.text)
    assert "The source has changed since then." in page.text
    assert "Translated by the secretariat on" in page.text
    send(translator, FRENCH, {f"keep-{key}": "y"}, action=FRENCH)
    assert "Nothing is left to translate" in translator.get(FRENCH).text


def test_an_emptied_field_is_asked_about_before_the_public_loses_it(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    first, second, *_rest = fields_of(translator.get(FRENCH).text)
    send(translator, FRENCH, {f"text-{first}": "Un", f"text-{second}": "Deux"}, action=FRENCH)
    url = f"{FRENCH}?show=all"
    answer = send(translator, url, {f"text-{first}": "", f"text-{second}": "Deux et demi"}, action=url)
    assert "One translation is saved." in answer.text
    assert "You have emptied this." in answer.text
    assert fields_of(answer.text) == [first]
    with desk.app.test_request_context("/en/"):
        assert (desk.unit(first, "fr").text, desk.unit(second, "fr").text) == ("Un", "Deux et demi")
    form = next(form for form in forms_in(answer.text) if form.action == url)
    assert form.values[f"text-{first}"] == ["Un"]
    assert translator.post(url, data=form.values).status_code == 302  # as it stands, it stays
    with desk.app.test_request_context("/en/"):
        assert desk.unit(first, "fr").text == "Un"
    answer = send(translator, url, {f"text-{first}": ""}, action=url)
    form = next(form for form in forms_in(answer.text) if form.action == url)
    translator.post(url, data=fill_in(form, {f"remove-{first}": "y"}))
    page = translator.get(FRENCH).text
    assert "One translation is removed." in page
    assert "is saved" not in page
    with desk.app.test_request_context("/en/"):
        assert desk.unit(first, "fr").text == ""


def test_saving_goes_on_to_the_next_page(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    page = translator.get(FRENCH).text
    keys = fields_of(page)
    following = re.search(r'name="next" value="([^"]+)">Save and go to the next page<', page)
    assert following is not None
    assert following[1] == keys[-1]
    answer = send(translator, FRENCH, {f"text-{keys[0]}": "But", "next": keys[-1]}, action=FRENCH)
    assert answer.location == f"{FRENCH}?after={keys[-1]}"
    page = translator.get(answer.location).text
    assert not set(fields_of(page)) & set(keys)
    assert "One translation is saved." in page
    assert "Save and go to the next page" not in page


def test_a_finished_choice_says_so(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    with desk.app.test_request_context("/en/"):
        desk.translate_all("fr", "draft")
        db.session.commit()
    page = translator.get(f"{FRENCH}?group=draft").text
    assert "Nothing is left here" in page
    assert f'href="{FRENCH}?group=draft&amp;show=all"' in page
    assert "<title>Translation into French" in page
    for url in ("?group=draft&words=qqq", "?show=all&words=qqq", "?group=nothing"):
        assert "Try fewer filters" in translator.get(FRENCH + url).text


def test_numbers_and_links_that_are_missing_are_said_and_can_be_listed(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    with desk.app.test_request_context("/en/"):
        new = {"summary_asked": {"en": "At least 30 % by 2030, see https://example.org/terms"}}
        update_texts(desk.consultation, new, actor=desk.staff.manager, now=utc_now())
        db.session.commit()
    key = next(key for key in fields_of(translator.get(FRENCH).text) if key.endswith("summary_asked"))
    send(translator, FRENCH, {f"text-{key}": "Au moins ٣٠ pour cent"}, action=FRENCH)
    page = translator.get(f"{FRENCH}?show=check").text
    assert fields_of(page) == [key]
    missing = re.findall(r"<bdi><code>(.*?)</code></bdi>", page)
    assert missing == ["https://example.org/terms", "2030"]


def test_another_language_is_a_choice_or_a_code(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    assert translator.get(f"{OVERVIEW}?to=km&code=").location == KHMER
    assert translator.get(f"{OVERVIEW}?to=km&code=zh-hant").location == f"{OVERVIEW}/zh-Hant"
    answer = translator.get(f"{OVERVIEW}?to=km&code=no+language")
    assert (answer.status_code, "This is not a language code" in answer.text) == (422, True)
    assert translator.get(f"{OVERVIEW}/qq").status_code == 404


def test_a_village_reads_its_answer_in_khmer(desk: Desk, translator: FlaskClient) -> None:
    desk.opened()
    with desk.app.test_request_context("/en/"):
        build.submit(desk.round, desk.author, "ដីនេះជារបស់សហគមន៍។", language="km")
        build.publish(desk.round, desk.staff.moderator)
        build.answer_all(desk.round, desk.staff.responder, desk.staff.approver)
        db.session.commit()
    start = translator.get("/en/desk").text
    assert f'href="{KHMER}?show=awaited">2 texts of answers to translate into Khmer</a>' in start
    overview = translator.get(OVERVIEW).text
    assert "1 answer waits to be translated for somebody who writes in this language." in overview
    url = f"{KHMER}?show=awaited"
    page = translator.get(url).text
    keys = fields_of(page)
    assert "2 texts" in page
    assert len(keys) == 2
    send(translator, url, {f"text-{key}": "ចម្លើយជាភាសាខ្មែរ" for key in keys}, action=url)
    assert "to translate into" not in translator.get("/en/desk").text
    page = translator.get(f"{OVERVIEW}/en?show=all").text
    assert 'lang="km"' in page
    assert "ដីនេះជារបស់សហគមន៍។" in page
    with desk.app.test_request_context("/en/"):
        build.sign_in(translator, desk.author)
    assert "ចម្លើយជាភាសាខ្មែរ" in translator.get("/en/account/submissions").text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_a_draft_of_300_paragraphs_asks_no_more_than_one_of_one(
    desk: Desk, translator: FlaskClient, number: int
) -> None:
    desk.opened(paragraphs=number)
    with desk.app.test_request_context("/en/"):
        build.submit(desk.round, desk.author, *[f"Point {place}" for place in range(min(number, 20))])
        build.publish(desk.round, desk.staff.moderator)
        db.session.commit()
    for url, expected in ((OVERVIEW, OVERVIEW_QUERIES), (KHMER, PAGE_QUERIES), ("/en/desk", DESK_START_QUERIES)):
        with build.count_queries(desk.app) as queries:
            assert translator.get(url).status_code == 200
        assert len(queries) == expected, (url, queries.statements)
    if number == 300:
        seen, url = [], KHMER
        while url:
            page = translator.get(url).text
            seen += fields_of(page)
            following = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
            url = following
        assert len(seen) == len(set(seen)) == 21 + 303 + 20


def test_who_may_translate_what_follows_the_policy(desk: Desk, client: FlaskClient) -> None:
    desk.opened()
    with desk.app.test_request_context("/en/"):
        build.submit(desk.round, desk.author, "A point.")
        build.publish(desk.round, desk.staff.moderator)
        db.session.commit()
        key = f"consultation-{desk.consultation.id}-title"
        people = {role.value: getattr(desk.staff, role.value) for role in StaffRole}
        outside = {"author": desk.author, "elsewhere": build.desk().manager}
        db.session.commit()
    for name, who in people.items():
        with desk.app.app_context():
            build.sign_in(client, who)
        may = {p for p in (Permission.INPUT_TRANSLATE, Permission.TEXT_TRANSLATE) if Relation(name) in POLICY[p]}
        page = client.get(f"{KHMER}?show=all")
        assert page.status_code == (200 if may else 403), name
        assert (key in fields_of(page.text)) is (Permission.TEXT_TRANSLATE in may), name
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        forged = {"csrf_token": csrf[1] if csrf else "", f"version-{key}": "0", f"text-{key}": f"By {name}"}
        client.post(KHMER, data=forged)
        with desk.app.test_request_context("/en/"):
            stored = desk.unit(key, "km").text
            assert (stored == f"By {name}") is (Permission.TEXT_TRANSLATE in may), name
            if stored:
                desk.translate(key, "", language="km")
                db.session.commit()
    for name, who in outside.items():
        with desk.app.app_context():
            build.sign_in(client, who)
        for url in (OVERVIEW, KHMER):
            assert client.get(url).status_code == 404, name


def test_translators_are_shown_these_pages_and_no_others(desk: Desk, translator: FlaskClient) -> None:
    desk.opened()
    start = translator.get("/en/desk").text
    assert f'href="{OVERVIEW}"' in start
    links = set(re.findall(r'href="(/en/desk/minerals[^"]*)"', main_of(translator.get(OVERVIEW)) + start))
    assert links == {OVERVIEW, "/en/desk/minerals/contested"}
    for page in ("", "/queue", "/setup", "/answers", "/missing", "/commitments"):
        assert translator.get(f"/en/desk/minerals{page}").status_code == 403, page


def test_translating_before_the_opening_is_not_seen_by_anybody(desk: Desk, translator: FlaskClient) -> None:
    desk.in_setup()
    key = fields_of(translator.get(FRENCH).text)[0]
    send(translator, FRENCH, {f"text-{key}": "Un titre"}, action=FRENCH)
    with desk.app.app_context():
        build.sign_in(translator, desk.author)
    assert translator.get("/fr/consultations/minerals").status_code == 404
