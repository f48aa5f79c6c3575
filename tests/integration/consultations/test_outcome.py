"""What became of the text: it closes the process, stays, and may be replaced by a newer one that everybody sees."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import OutcomeKind
from consult.consultations.history import find_outcome
from consult.consultations.models import Outcome
from consult.consultations.queries import get_round, newest_round
from consult.consultations.services import create_round, extend_round, open_round, record_outcome
from consult.core.clock import to_wall, utc_now
from consult.core.counters import fold_counters
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.documents.queries import get_version
from consult.documents.services import import_document, issue_corrigendum
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to
from tests.support.race import Races
from tests.support.record import assert_refused

URL = "/en/desk/held/outcome"


def held(app: Flask, desk: Desk, *, points: int = 0, close: bool = True) -> None:
    with app.app_context():
        round_ = build.open_consultation(
            desk.staff.host, desk.staff.manager, slug="held", code="HELD", languages=("en", "ar")
        )
        for number in range(points):
            build.submit(round_, build.person(f"P{number}"), "A point.")
        if close:
            build.close(round_)
        db.session.commit()


def conclude(desk: Desk, **changes: Any) -> Outcome:
    consultation = get_round("held").consultation
    values: dict[str, Any] = {
        "kind": OutcomeKind.ADOPTED,
        "body": {"en": "the Assembly", "ar": "الجمعية"},
        "decided_on": utc_now().date() - timedelta(days=1),
        "note": {"en": "By consensus."},
        "final_text_url": "https://example.org/final",
        "replaces": find_outcome(consultation),
        **changes,
    }
    return record_outcome(consultation, actor=desk.staff.manager, now=utc_now(), **values)


def test_the_desk_asks_before_it_closes_the_process_and_everybody_reads_it(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    held(app, desk, points=2)
    with app.app_context():
        build.publish(get_round("held"), desk.staff.moderator)
        fold_counters()
        db.session.commit()
    decided = utc_now().date() - timedelta(days=1)
    typed = {
        "kind": "adopted", "body-en": "the Assembly", "body-ar": "الجمعية", "decided_on": decided.isoformat(),
        "final_text_url": "https://example.org/final",
    }  # fmt: skip
    look = manager.post(URL, data=fill_in(forms_in(manager.get(URL).text)[0], {**typed, "step": "look"}))
    assert look.status_code == 200
    sentence = f"Adopted by \u2068the Assembly\u2069 on {decided.day} {decided:%B} {decided.year}."
    assert sentence in main_of(look)
    assert "The process is closed" in main_of(look)
    with app.app_context():
        assert find_outcome(get_round("held").consultation) is None
    done = manager.post(URL, data=fill_in(forms_in(look.text)[0], {"step": "confirm"}))
    assert redirects_to(done, "/en/desk/held/timeline")
    anybody = browse(None)
    page = main_of(anybody.get("/en/consultations/held"))
    assert sentence in page
    assert "2 points still wait for an answer." in page
    assert 'href="https://example.org/final"' in page
    assert "\u2068الجمعية\u2069" in anybody.get("/ar/consultations/held").text
    assert sentence in anybody.get("/en/").text
    assert sentence in anybody.get("/en/consultations").text


def test_an_outcome_refuses_what_would_begin_again(app: Flask, desk: Desk) -> None:
    held(app, desk)
    with app.test_request_context("/en/"):
        now, manager = utc_now(), desk.staff.manager
        round_ = get_round("held")
        second = create_round(round_.consultation, actor=manager, now=now)
        conclude(desk)
        for act in (
            lambda: create_round(round_.consultation, actor=manager, now=now),
            lambda: open_round(second, actor=manager, now=now),
            lambda: import_document(second, "# 1 A\n\nText.\n", language="en", actor=manager, now=now),
            lambda: extend_round(
                round_, closes_wall=to_wall(now, "UTC"), response_due=now.date(), reason={"en": "Why."},
                actor=manager, now=now,
            ),
        ):  # fmt: skip
            with pytest.raises(InvalidTransition, match="outcome is recorded"):
                act()
        assert newest_round(round_.consultation).opened_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": {"ar": "الجمعية"}}, "body-en"),
        ({"decided_on": utc_now().date() + timedelta(days=3)}, "decided_on"),
        ({"decided_on": date(1999, 1, 1)}, "decided_on"),
        ({"final_text_url": "javascript:alert(1)"}, "final_text_url"),
    ],
)
def test_what_is_wrong_is_said(app: Flask, desk: Desk, changes: dict[str, Any], field: str) -> None:
    held(app, desk)
    with app.test_request_context("/en/"):
        with pytest.raises(BadInput) as refusal:
            conclude(desk, **changes)
        assert refusal.value.field == field


def test_only_once_a_round_was_held_and_none_takes_input(app: Flask, desk: Desk, browse: Browse) -> None:
    held(app, desk, close=False)
    with app.test_request_context("/en/"):
        with pytest.raises(InvalidTransition):
            conclude(desk)
        round_ = get_round("held")
        now = utc_now()
        build.set_dates(round_, now - timedelta(days=9), now - timedelta(minutes=2))  # its grace still runs
        with pytest.raises(InvalidTransition):
            conclude(desk)
        with pytest.raises(InvalidTransition):
            record_outcome(
                get_round("bare").consultation, kind=OutcomeKind.NOTED, body={"en": "B"}, decided_on=now.date(),
                note={}, final_text_url="", replaces=None, actor=desk.staff.manager, now=now,
            )  # fmt: skip
    for who in (desk.stranger, desk.staff.approver):
        assert browse(who).get(URL).status_code in {403, 404}


def test_a_correction_begins_with_what_stands_and_names_it(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    held(app, desk)
    with app.test_request_context("/en/"):
        conclude(desk)
        db.session.commit()
    form = forms_in(manager.get(URL).text)[0]
    begun = {name: values for name, values in form.values.items() if name.partition("-")[0] in {"body", "note"}}
    assert begun == {"body-en": ["the Assembly"], "body-ar": ["الجمعية"], "note-en": ["By consensus."], "note-ar": [""]}
    assert form.values["kind"] == ["adopted"]
    assert form.values["final_text_url"] == ["https://example.org/final"]
    look = manager.post(URL, data=fill_in(form, {"kind": "endorsed", "note-en": "", "step": "look"}))
    assert "It replaces" in main_of(look)
    assert "Adopted by \u2068the Assembly" in main_of(look).partition("It replaces")[2]
    done = manager.post(URL, data=fill_in(forms_in(look.text)[0], {"step": "confirm"}))
    assert redirects_to(done, "/en/desk/held/timeline")
    with app.app_context():
        outcome = find_outcome(get_round("held").consultation)
        assert outcome is not None
        assert (outcome.kind, outcome.note, outcome.body) == (OutcomeKind.ENDORSED, "", "the Assembly")


def test_a_newer_outcome_replaces_and_the_older_stays_visible(app: Flask, desk: Desk, browse: Browse) -> None:
    held(app, desk)
    with app.test_request_context("/en/"):
        first = conclude(desk, kind=OutcomeKind.DEFERRED)
        with pytest.raises(Conflict):
            conclude(desk, replaces=None)
        conclude(desk, kind=OutcomeKind.ENDORSED)
        with pytest.raises(Conflict):
            conclude(desk, replaces=first)
        db.session.commit()
    page = browse(None).get("/en/consultations/held").text
    assert "Deferred by" in page
    assert "Replaced by a newer one." in page
    head = page.partition("timeline")[0]
    assert "Endorsed by" in head
    assert "Deferred by" not in head


class TestAtOnce(Races):
    """Two managers record, or one opens while another records."""

    def test_one_of_two_is_recorded(self, app: Flask, desk: Desk) -> None:
        self.app = app
        held(app, desk)
        refused = self.race(lambda: conclude(desk), lambda: conclude(desk, replaces=None))
        assert isinstance(refused, Conflict)
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Outcome)) == 1

    def test_no_round_opens_while_the_outcome_is_recorded(self, app: Flask, desk: Desk) -> None:
        self.app = app
        held(app, desk)
        refused = self.race(
            lambda: conclude(desk),
            lambda: create_round(get_round("held").consultation, actor=desk.staff.manager, now=utc_now()),
        )
        assert isinstance(refused, InvalidTransition)


def test_what_is_on_record_is_not_changed(app: Flask, desk: Desk) -> None:
    held(app, desk, close=False)
    with app.test_request_context("/en/"):
        manager, now = desk.staff.manager, utc_now()
        round_ = get_round("held")
        wall = to_wall(now + timedelta(days=40), round_.zone)
        due = wall.date() + timedelta(days=40)
        extend_round(round_, closes_wall=wall, response_due=due, reason={"en": "Why."}, actor=manager, now=now)
        issue_corrigendum(
            get_version(round_), None, words={"en": "Words."}, reads="", should_read="", language=None,
            actor=manager, now=now,
        )  # fmt: skip
        build.close(round_)
        conclude(desk)
        db.session.commit()
        for table in ("round_extension", "corrigendum", "outcome"):
            assert_refused(f"UPDATE {table} SET id = id", f"DELETE FROM {table}")
