"""Copying a set-up: everything it says, field by field, and nothing else; and what a consultation follows."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Audience, QuestionKind, Visibility
from consult.consultations.models import LOCALIZED_FIELDS, Consultation, Question, QuestionOption, Round
from consult.consultations.queries import get_consultation, get_round, list_questions
from consult.consultations.services import copy_setup, invite, open_round, save_question, update_predecessor
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.documents.queries import find_version
from consult.texts.queries import list_translations
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import main_of, redirects_to, send

# What makes a row that row, or belongs to its own life: never copied.
OWN = {
    "consultation": {
        "id", "slug", "code", "title", "created_at", "published_at", "version", "predecessor_id", "predecessor_title",
        "predecessor_url", "current_number",
    },
    "round": {
        "id", "consultation_id", "number", "opens_wall", "closes_wall", "opens_at", "closes_at", "response_due",
        "opened_at", "introduction",
    },
    "question": {"id", "round_id"},
    "question_option": {"id", "question_id"},
}  # fmt: skip


def earlier(app: Flask, desk: Desk) -> None:
    with app.app_context():
        manager, now = desk.staff.manager, utc_now()
        round_ = build.consultation_in_setup(
            desk.staff.host, manager, slug="earlier", code="EARL", languages=("en", "ar"),
            audience=Audience.BY_INVITATION, visibility=Visibility.AFTER_CLOSING, member_driven=True,
        )  # fmt: skip
        round_.grace_minutes = 240
        save_question(
            round_, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which?", "ar": "أي؟"},
            options=[{"en": "One", "ar": "واحد"}, {"en": "Two", "ar": "اثنان"}], actor=manager, now=now,
        )  # fmt: skip
        save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "Why?", "ar": "لماذا؟"}, options=[],
            actor=manager, now=now,
        )  # fmt: skip
        open_round(round_, actor=manager, now=now)
        invite(round_, ["guest@example.org"], locale="en", actor=manager, now=now)
        db.session.commit()


def columns_of(row: Any) -> dict[str, Any]:
    return {
        attribute.key: getattr(row, attribute.key)
        for attribute in sa.inspect(type(row)).column_attrs
        if attribute.key not in OWN[row.__tablename__]
    }


def translations_of(subject: str, key: int) -> set[tuple[str, ...]]:
    return {
        (row.field, row.language, row.text, row.origin.value, row.source_digest)
        for row in list_translations(subject, [key])
        if row.field != "title"
    }


def test_the_copy_has_all_that_it_says_and_nothing_else(app: Flask, desk: Desk) -> None:
    earlier(app, desk)
    with app.test_request_context("/en/"):
        source = get_round("earlier")
        with build.count_queries(app) as queries:
            made = copy_setup(
                source, host=source.consultation.host, title="Newer", slug="newer", code="NEW",
                names_predecessor=True, actor=desk.staff.manager, now=utc_now(),
            )  # fmt: skip
        assert len(queries) <= 50  # however many questions there are; a third of them keep the index of words
        db.session.expire_all()
        old, new = get_consultation("earlier"), get_consultation("newer")
        assert columns_of(new) == columns_of(old)
        assert all(getattr(new, name) for name in LOCALIZED_FIELDS)
        assert translations_of("consultation", new.id) == translations_of("consultation", old.id) != set()
        assert list_translations("consultation", [new.id])[0].translated_by == desk.staff.manager.actor_id
        assert [(s.body, s.constituency, s.seats) for s in new.seats] == [
            (s.body, s.constituency, s.seats) for s in old.seats
        ]
        (copy,) = new.rounds
        assert columns_of(copy) == columns_of(old.rounds[0])
        pairs = list(zip(list_questions(copy), list_questions(old.rounds[0]), strict=True))
        assert len(pairs) == 2
        for mine, theirs in pairs:
            assert columns_of(mine) == columns_of(theirs)
            assert translations_of("question", mine.id) == translations_of("question", theirs.id) != set()
            for one, other in zip(mine.options, theirs.options, strict=True):
                assert columns_of(one) == columns_of(other)
                assert translations_of("question_option", one.id) == translations_of("question_option", other.id)
        # Its own life begins anew.
        assert (new.title, new.code, new.slug, new.published_at) == ("Newer", "NEW", "newer", None)
        assert new.predecessor_id == old.id
        assert made.id == new.id
        assert (copy.opens_at, copy.closes_at, copy.response_due, copy.opened_at, copy.number) == (*[None] * 4, 1)
        assert find_version(copy) is None
        assert list_translations("consultation", [new.id])
        assert not [row for row in list_translations("consultation", [new.id]) if row.field == "title"]


def test_what_is_named_as_not_copied_exists() -> None:
    """A name that is no column any more would only seem to be left out on purpose."""
    kinds: tuple[type[Any], ...] = (Consultation, Round, Question, QuestionOption)
    for kind in kinds:
        names = {attribute.key for attribute in sa.inspect(kind).column_attrs}
        assert OWN[kind.__tablename__] <= names, kind


def test_a_manager_copies_from_the_list_and_goes_on_with_what_is_missing(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    earlier(app, desk)
    assert "EARL" in main_of(manager.get("/en/desk/new"))
    assert redirects_to(manager.get("/en/desk/new?copy=earlier"), "/en/desk/earlier/copy")
    assert manager.get("/en/desk/new?copy=somebody-elses").status_code == 200
    page = main_of(manager.get("/en/desk/earlier/copy"))
    assert "The 2 questions of this round, with their options." in page
    done = send(manager, "/en/desk/earlier/copy", {"title": "Newer", "code": "new"})
    assert redirects_to(done, "/en/desk/newer/setup")
    setup = manager.get("/en/desk/newer/setup").text
    assert "The set-up is copied. 6 parts are still missing" in setup  # title in Arabic, three dates, two drafts
    with app.app_context():
        assert get_consultation("newer").predecessor_id == get_consultation("earlier").id
    taken = send(manager, "/en/desk/earlier/copy", {"title": "Third", "code": "NEW", "names_predecessor": None})
    assert taken.status_code == 422
    assert "Another consultation has this code" in taken.text
    for who in (desk.stranger, desk.staff.approver):
        assert browse(who).get("/en/desk/earlier/copy").status_code in {403, 404}


def test_what_it_follows_is_named_in_the_basics_and_linked_both_ways(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    earlier(app, desk)
    with app.app_context():
        build.consultation_in_setup(desk.staff.host, desk.staff.manager, slug="later", code="LATER")
        db.session.commit()
    url = "/en/desk/later/setup/basics"
    unknown = send(manager, url, {"predecessor": "NOBODY"})
    assert unknown.status_code == 422
    assert "has this code or address" in unknown.text
    both = send(manager, url, {"predecessor": "EARL", "predecessor_title": "A text elsewhere"})
    assert both.status_code == 422
    assert "not both" in both.text
    assert send(manager, url, {"predecessor": "https://here.example/en/consultations/earlier/draft"}).status_code == 302
    assert 'value="EARL"' in manager.get(url).text
    anybody = browse(None)
    assert "Title of later" not in anybody.get("/en/consultations/earlier").text
    with app.app_context():
        open_round(get_round("later"), actor=desk.staff.manager, now=utc_now())
        db.session.commit()
    assert "Title of earlier in en" in anybody.get("/en/consultations/later").text
    assert "Title of later" in anybody.get("/en/consultations/earlier").text


def test_nothing_follows_itself_nor_what_is_not_public(app: Flask, desk: Desk) -> None:
    earlier(app, desk)
    with app.test_request_context("/en/"):
        old, bare = get_consultation("earlier"), get_consultation("bare")
        none: dict[str, Any] = {"title": "", "url": "", "actor": desk.staff.manager, "now": utc_now()}
        old.predecessor_id = bare.id  # as when the opening of the other was taken back
        db.session.flush()
        for wrong in (old, bare):
            with pytest.raises(BadInput):
                update_predecessor(bare, predecessor=wrong, **none)
        with pytest.raises(BadInput):
            update_predecessor(bare, predecessor=None, **{**none, "url": "https://example.org/"})
        with pytest.raises(InvalidTransition):
            update_predecessor(old, predecessor=None, **none)
