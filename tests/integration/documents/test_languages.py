"""Languages after the opening: in preparation unseen, published whole, with more time or a public reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError, IntegrityError

from consult.access.roles import StaffRole
from consult.consultations.enums import QuestionKind
from consult.consultations.languages import list_languages_in_preparation, list_missing_in
from consult.consultations.models import AddedLanguage, Round, RoundExtension
from consult.consultations.queries import get_consultation, get_round, list_missing_parts
from consult.consultations.services import begin_language, save_question, withdraw_language
from consult.core.changes import PublicChange
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.documents.languages import publish_edition
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.reading import editions_of
from consult.documents.services import import_document
from consult.ledger.models import LedgerEntry
from consult.texts.services import update_translations
from tests.integration.documents.bringing import bring
from tests.support import build
from tests.support.browse import fill_in, forms_in, mails_to, main_of, redirects_to, send

URL = "/en/desk/minerals/languages"
REASON = {"en": "Everybody who reads Khmer was told in May."}


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """An open consultation in English, with a question."""
    with app.app_context():
        made = build.desk()
        round_ = build.consultation_in_setup(made.host, made.manager)
        save_question(
            round_, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which?"},
            options=[{"en": "One"}, {"en": "Two"}], actor=made.manager, now=utc_now(),
        )  # fmt: skip
        build.consultations.open_round(round_, actor=made.manager, now=utc_now())
        db.session.commit()
        return made


def begin(staff: build.Desk, language: str = "km") -> AddedLanguage:
    return begin_language(get_consultation("minerals"), language, actor=staff.manager, now=utc_now())


def test_a_language_is_begun_translated_looked_at_and_published_with_more_time(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    with app.app_context():
        build.submit(get_round("minerals"), build.person("B", email="b@example.org"), "A point.")
        db.session.commit()
    assert redirects_to(send(manager, URL, {"language": "ខ្មែរ"}), URL)
    page = main_of(manager.get(URL))
    assert "Khmer, in preparation" in page
    assert "23 parts are still to be translated" in page
    assert "Publish Khmer" not in page
    assert "It cannot be published yet" in main_of(manager.get(f"{URL}/km/publish"))
    visitor = app.test_client()
    assert "Khmer" not in visitor.get("/en/consultations/minerals").text

    with app.app_context():
        build.translate(get_round("minerals"), "km", staff.manager)
        db.session.commit()
        round_ = get_round("minerals")
        assert round_.closes_at is not None
        wall = to_wall(round_.closes_at + timedelta(days=10), round_.zone)
    assert "title in km" not in visitor.get("/en/consultations/minerals?edition=km").text
    typed = {
        "decision": "extend", "closes_wall": wall.isoformat(timespec="minutes"),
        "response_due": (wall.date() + timedelta(days=30)).isoformat(), "reason-en": "Khmer came late.", "reason-km": "Late, in Khmer.",
    }  # fmt: skip
    form = forms_in(manager.get(f"{URL}/km/publish").text)[0]
    look = manager.post(f"{URL}/km/publish", data=fill_in(form, {**typed, "step": "look"}))
    assert "One person is told by e-mail" in main_of(look)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RoundExtension)) == 0
    done = manager.post(f"{URL}/km/publish", data=fill_in(forms_in(look.text)[0], {"step": "confirm"}))
    assert redirects_to(done, URL)

    with app.app_context():
        round_ = get_round("minerals")
        assert round_.consultation.languages == ["en", "km"]
        assert editions_of(get_version(round_)) == ["en", "km"]
        added = db.session.scalars(sa.select(AddedLanguage)).one()
        assert added.extension is not None
        assert added.reason == ""
        acts = set(db.session.scalars(sa.select(LedgerEntry.act)))
        assert {"desk:language:begin", "desk:language:publish", "desk:round:extend"} <= acts
        changed = sa.select(PublicChange.id).where(PublicChange.subject_id == round_.consultation_id)
        assert db.session.scalars(changed).first() is not None
    assert len(mails_to(app, "b@example.org")) == 2  # the receipt, and the extension
    for address in ("", "/draft"):
        page = visitor.get(f"/en/consultations/minerals{address}").text
        assert "The edition in Khmer was added on" in page
        assert page.partition('class="tabs"')[0].count("Khmer came late.") == 1
        assert "Late, in Khmer." in visitor.get(f"/en/consultations/minerals{address}?edition=km").text
    timeline = visitor.get("/en/consultations/minerals/timeline").text
    assert "The edition in Khmer is added" in timeline
    assert "/en/consultations/minerals/rounds/1/draft?edition=km" in timeline


def test_publishing_while_the_round_is_open_demands_time_or_a_public_reason(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        round_, now = get_round("minerals"), utc_now()
        added = begin(staff)
        build.translate(round_, "km", staff.manager)
        for reason in (None, {}, {"en": " "}):
            with pytest.raises(BadInput):
                publish_edition(added, reason=reason, actor=staff.manager, now=now)
        assert round_.closes_at is not None
        wall = to_wall(round_.closes_at + timedelta(hours=2), round_.zone)
        with pytest.raises(BadInput, match="by a day at least"):
            publish_edition(
                added, reason=REASON, closes_wall=wall, response_due=wall.date() + timedelta(days=60),
                actor=staff.manager, now=now,
            )  # fmt: skip
        publish_edition(added, reason=REASON, actor=staff.manager, now=now)
        assert (added.reason, added.extension) == (REASON["en"], None)
        with pytest.raises(InvalidTransition):
            publish_edition(added, reason=REASON, actor=staff.manager, now=now)
        with pytest.raises(InvalidTransition):
            withdraw_language(added, actor=staff.manager, now=now)
        db.session.commit()
        for statement in (sa.delete(AddedLanguage), sa.update(AddedLanguage).values(reason="Another")):
            with pytest.raises((DBAPIError, IntegrityError)):
                db.session.execute(statement)
            db.session.rollback()
    assert REASON["en"] in app.test_client().get("/en/consultations/minerals").text


def test_after_the_closing_the_day_alone_is_public(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    with app.app_context():
        begin(staff)
        build.translate(get_round("minerals"), "km", staff.manager)
        build.close(get_round("minerals"))
        db.session.commit()
    form = forms_in(manager.get(f"{URL}/km/publish").text)[0]
    look = manager.post(f"{URL}/km/publish", data=fill_in(form, {"step": "look"}))
    assert redirects_to(
        manager.post(f"{URL}/km/publish", data=fill_in(forms_in(look.text)[0], {"step": "confirm"})), URL
    )
    with app.app_context():
        added = db.session.scalars(sa.select(AddedLanguage)).one()
        assert (added.is_published, added.reason, added.extension_id) == (True, "", None)
    assert "The edition in Khmer was added on" in app.test_client().get("/en/consultations/minerals").text


def test_every_text_question_option_and_block_must_be_translated_from_its_present_words(
    app: Flask, staff: build.Desk
) -> None:
    with app.app_context():
        round_, now = get_round("minerals"), utc_now()
        added = begin(staff)
        everything = {part.field for part in list_missing_in(round_, "km")}
        assert {"title", "privacy_contact", "questions", "draft"} <= everything
        build.translate(round_, "km", staff.manager)
        assert list_missing_in(round_, "km") == []
        block, option = list_paragraphs(get_version(round_))[-1], round_.questions[0].options[1]
        for subject, key, words, part in (
            ("paragraph", block.id, (block.text, ""), "draft"),
            ("paragraph", block.id, ("Other words.", "Stale"), "draft"),
            ("question_option", option.id, (option.text, ""), "questions"),
            ("consultation", round_.consultation_id, ("Another title", "Stale"), "title"),
        ):
            field = part if part == "title" else "text"
            update_translations(subject, key, language="km", fields={field: words}, actor=staff.manager, now=now)
            assert [missing.field for missing in list_missing_in(round_, "km")] == [part]
            with pytest.raises(InvalidTransition, match="1 part is not translated"):
                publish_edition(added, reason=REASON, actor=staff.manager, now=now)
            build.translate(round_, "km", staff.manager)


def test_what_is_begun_twice_or_is_no_language_is_refused(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    for typed, words in (
        ("English", "held in this language already"),
        ("Klingonese of the hills", "has a code"),
        ("", "Fill"),
    ):
        answer = send(manager, URL, {"language": typed})
        assert answer.status_code == 422
        assert words in main_of(answer)
    with app.app_context():
        begin(staff)
        with pytest.raises(Conflict):
            begin(staff)
        for code in ("th", "lo", "my", "vi", "id", "ms", "sw", "zh", "ru", "fr"):
            begin(staff, code)
        with pytest.raises(BadInput, match="at most 12 languages"):
            begin(staff, "es")
        build.consultation_in_setup(staff.host, staff.manager, slug="later", code="LATER")
        with pytest.raises(InvalidTransition):
            begin_language(get_consultation("later"), "km", actor=staff.manager, now=utc_now())


def test_a_withdrawn_language_can_be_begun_again_with_what_was_translated(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    with app.app_context():
        begin(staff)
        build.translate(get_round("minerals"), "km", staff.manager)
        db.session.commit()
    assert redirects_to(send(manager, f"{URL}/km/withdraw", {}), URL)
    assert manager.get(f"{URL}/km/withdraw").status_code == 404
    with app.app_context():
        assert list_languages_in_preparation(get_consultation("minerals")) == []
        begin(staff)
        assert list_missing_in(get_round("minerals"), "km") == []


def test_a_file_makes_the_draft_in_preparation_and_never_one_that_people_comment_on(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    with app.app_context():
        begin(staff)
        db.session.commit()
        source = build.draft_source(3, "km")
    assert redirects_to(bring(app, manager, "/en/desk/minerals/document", "km", source), URL)
    assert manager.get("/en/desk/minerals/document/lo").status_code == 404
    with app.app_context():
        round_, now = get_round("minerals"), utc_now()
        assert "draft" not in {part.field for part in list_missing_in(round_, "km")}
        assert editions_of(get_version(round_)) == ["en"]
        with pytest.raises(InvalidTransition):
            import_document(round_, build.draft_source(3), language="en", actor=staff.manager, now=now)
        build.translate(round_, "km", staff.manager)
        publish_edition(db.session.scalars(sa.select(AddedLanguage)).one(), reason=REASON, actor=staff.manager, now=now)
        with pytest.raises(InvalidTransition):
            import_document(round_, source, language="km", actor=staff.manager, now=now)


def test_the_next_round_cannot_open_without_the_added_language(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        round_: Round = get_round("minerals")
        build.add_language(round_, "km", staff.manager)
        build.close(round_)
        following = build.consultations.create_round(round_.consultation, actor=staff.manager, now=utc_now())
        missing = {(part.field, part.language) for part in list_missing_parts(following, utc_now())}
        assert {("introduction", "km"), ("draft", "km")} <= missing


def test_only_managers_add_languages_and_the_page_costs_little(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    with app.app_context():
        begin(staff)
        people = [staff.translator, staff.moderator, build.person("X", roles={build.host(): [StaffRole.MANAGER]})]
        db.session.commit()
    for who, status in zip(people, (403, 403, 404), strict=True):
        client = app.test_client()
        with app.app_context():
            build.sign_in(client, who)
        for address in (URL, f"{URL}/km/publish", f"{URL}/km/withdraw"):
            assert client.get(address).status_code == status
    for languages, most in ((0, 24), (2, 36)):
        with app.app_context():
            for code in ("lo", "th")[:languages]:
                begin(staff, code)
            db.session.commit()
        with build.count_queries(app) as queries:
            manager.get(URL)
        assert len(queries) <= most
