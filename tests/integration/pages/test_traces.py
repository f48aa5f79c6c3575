"""Both traces in public: a paragraph through time, the point and its change, the two lists with the outcome."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.consultations.enums import Audience
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.tracing.services import explain_unreflected, give_source
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import withdraw_comment
from tests.support import build
from tests.support.continuing import EDITED, NEW, REMOVED, Traced, conclude, traced

HERE = "/en/consultations/minerals"


def release(one: Traced) -> None:
    """Release the response log as the worker does."""
    request_release(one.round, actor=one.staff.manager, now=utc_now())
    db.session.commit()
    sweep()


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(f"{HERE}{path}")
    assert answer.status_code == status, path
    return str(answer.get_data(as_text=True))


def test_a_paragraph_through_time(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        reference = one.points[0].reference
        one.link(one.points[0], EDITED)
        release(one)
    before = page(client, f"/draft/paragraphs/{EDITED}")
    assert "Draft for round 1" in before
    assert "Final text" not in before, "it is the desk’s until the outcome"
    page(client, f"/draft/paragraphs/{NEW}", 404)
    with app.app_context():
        conclude(one.round, one.staff.manager)
        db.session.commit()
    after = page(client, f"/draft/paragraphs/{EDITED}")
    assert "This point changed it:" in after
    assert after.count(f"/comments/{reference}") >= 2
    assert "The words are similar" in after, "on which ground it was carried"
    assert "Removed" in page(client, f"/draft/paragraphs/{REMOVED}")
    assert "New" in page(client, f"/draft/paragraphs/{NEW}")
    assert f"paragraphs/{EDITED}" in page(client, "/draft/final")
    assert f"paragraphs/{EDITED}" in page(client, f"/comments/{reference}")
    assert f"paragraphs/{NEW}" not in page(client, "/draft")


def test_a_point_shows_its_change_on_its_page_in_the_log_and_to_its_author(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        reference = one.points[0].reference
        key = one.points[0].submission.key
        one.link(one.points[0], EDITED)
        release(one)
    added = "an exception for small mines that monitor water</ins>"
    assert added not in page(client, f"/comments/{reference}")
    with app.app_context():
        conclude(one.round, one.staff.manager)
        db.session.commit()
    assert "with an exception for small mines" in page(client, f"/comments/{reference}")
    assert "<ins>" in page(client, f"/comments/{reference}")
    assert "See the change: 1 ¶ 2" in page(client, "/response-log/1")
    with app.app_context():
        build.sign_in(client, Person(db.session.merge(one.author.account)))
    for address in ("/en/account/submissions", f"/en/take-part/minerals/receipt/{key}"):
        shown = client.get(address).get_data(as_text=True)
        assert "What your words changed in the text" in shown, address
        assert "<ins>" in shown


def test_both_lists_are_public_with_the_outcome(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.TAKEN_UP, Disposition.NOTED)
        first, second, third = (point.reference for point in one.points)
        release(one)
        one.link(one.points[0], EDITED)
        consultation, manager = one.round.consultation, one.staff.manager
        explain_unreflected(one.points[1:2], reason={"en": "=In the annex."}, actor=manager, now=utc_now())
        give_source(
            consultation, [one.change(NEW)], source={"en": "Legal review"}, reason={"en": "The act asks for it."},
            is_editorial=False, actor=manager, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
    for path in ("accepted", "changes", "accepted.csv", "changes.csv"):
        page(client, f"/outcome/{path}", 404)
    with app.app_context():
        conclude(one.round, one.staff.manager)
        db.session.commit()
    shown = page(client, "/outcome/accepted")
    assert second in shown
    assert "In the annex." in shown
    assert first not in shown
    assert third not in shown
    changes = page(client, "/outcome/changes")
    assert "Legal review" in changes
    assert "The secretariat has given no source yet." in changes, "of what was removed"
    assert f'id="{EDITED}"' not in changes
    overview = page(client, "")
    assert "1 accepted point is not seen in the text" in overview
    assert "2 changes that no published point asked for" in overview
    assert "/draft/final" in overview
    assert "/compare?from=1&amp;to=final" in overview
    rows = list(csv.DictReader(io.StringIO(page(client, "/outcome/accepted.csv").removeprefix("\ufeff"))))
    assert [(row["reference"], row["disposition"], row["reason"]) for row in rows] == [
        (second, "taken_up", "'=In the annex.")
    ]
    rows = list(csv.DictReader(io.StringIO(page(client, "/outcome/changes.csv").removeprefix("\ufeff"))))
    assert [(row["paragraph_eid"], row["what_happened"], row["source"]) for row in rows] == [
        (REMOVED, "removed", ""), (NEW, "new", "Legal review"),
    ]  # fmt: skip
    assert rows[0]["before"] == "Paragraph 3 in en."


def test_where_nothing_is_left_over_the_lists_say_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        release(one)
        one.link(one.points[0], EDITED, REMOVED, NEW)
        conclude(one.round, one.staff.manager)
        db.session.commit()
    for path in ("accepted", "changes"):
        assert "There is none" in page(client, f"/outcome/{path}")
    overview = page(client, "")
    assert "Every accepted point is seen in the text" in overview
    assert "Every change was asked for by a published point" in overview


@pytest.mark.parametrize("how", ["withdrawn", "not published", "members only"])
def test_what_somebody_may_not_read_is_not_told_by_its_change(app: Flask, client: FlaskClient, how: str) -> None:
    options = {"audience": Audience.BY_INVITATION} if how == "members only" else {}
    with app.app_context():
        one = traced(Disposition.ACCEPTED, **options)
        point = one.points[0]
        reference = point.reference or ""
        one.link(point, EDITED)
        if how == "not published":
            point.submission.publication_setting = PublicationSetting.NOT_PUBLISHED
        release(one)
        conclude(one.round, one.staff.manager)
        if how == "withdrawn":
            withdraw_comment(point, actor=build.person("Author again"), now=utc_now())
        db.session.commit()
    history = page(client, f"/draft/paragraphs/{EDITED}")
    if how == "members only":
        assert "Paragraph 2 in en.<" not in history, "the draft is for those who were invited"
        changes = page(client, "/outcome/changes")
        assert f'id="{REMOVED}"' not in changes
        assert "<del>" not in changes
    else:
        assert reference not in history
        assert f'id="{EDITED}"' in page(client, "/outcome/changes")
        assert reference not in page(client, "/outcome/changes")


def test_a_list_asks_the_same_of_the_database_however_long_it_is(app: Flask, client: FlaskClient) -> None:
    counts: dict[str, set[int]] = {}
    for number in (2, 6, 30):
        with app.app_context():
            one = traced(*[Disposition.ACCEPTED] * number, slug=f"mine{number}", code=f"M{number}")
            release(one)
            for point in one.points[: number // 2]:
                one.link(point, EDITED)
            conclude(one.round, one.staff.manager)
            db.session.commit()
        for path in ("/outcome/accepted", "/outcome/changes", f"/draft/paragraphs/{EDITED}"):
            client.get(f"/en/consultations/mine{number}{path}")
            with build.count_queries(app) as queries:
                assert client.get(f"/en/consultations/mine{number}{path}").status_code == 200
            counts.setdefault(path, set()).add(len(queries))
    assert {path: max(found) - min(found) for path, found in counts.items() if len(found) > 1} == {}
    assert max(max(found) for found in counts.values()) <= 60
