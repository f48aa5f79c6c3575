"""Both traces in public: a paragraph through time, the point and its change, the two lists with the outcome."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.consultations.enums import Audience
from consult.consultations.models import Round
from consult.consultations.services import create_round
from consult.consultations.services.concluding import list_outcome_warnings
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.models import DocumentVersion
from consult.documents.queries.changes import list_changes
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses
from consult.responses.tracing import queries as tracing
from consult.responses.tracing.services import explain_unreflected, give_source, link_changes
from consult.responses.tracing.standing import likely_changes
from consult.responses.tracing.unreflected import count_unreflected
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import withdraw_comment
from tests.support import build
from tests.support.continuing import EDITED, NEW, REMOVED, Traced, answer, conclude, next_text, traced

HERE = "/en/consultations/minerals"
UNREAD = """# 1 Purpose

Paragraph 1 in en.

Words that nobody was asked about.

# 2 Scope

Paragraph of the second section in en.
"""


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
    assert "most of the words are the same" in after, "on which ground it was carried"
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


def unread(round_: Round, staff: build.Desk) -> DocumentVersion:
    """The draft of a next round that is never opened; the paragraphs with points are not in it."""
    following = create_round(round_.consultation, actor=staff.manager, now=utc_now())
    return next_text(round_.consultation, following, UNREAD, staff.manager)


def test_a_draft_that_nobody_read_is_no_text_that_followed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.ACCEPTED)
        first, second = (point.reference for point in one.points)
        version = unread(one.round, one.staff)
        link_changes(one.points[:1], [list_changes(version)[0].key], actor=one.staff.responder, now=utc_now())
        release(one)
        assert likely_changes(one.points[:1])[one.points[0].id][0].key == one.change(EDITED)
        assert count_unreflected(one.round.consultation, tracing.Audience.STAFF) == 2, "the final text is kept"
        warnings = list_outcome_warnings(one.round.consultation)
        assert "2 accepted points are linked to no change and have no reason." in warnings
        conclude(one.round, one.staff.manager)
        db.session.commit()
    shown = page(client, "/outcome/accepted")
    assert first in shown
    assert second in shown
    assert "Edited" in shown
    assert "Removed" not in shown
    with app.app_context():
        build.sign_in(client, one.staff.manager)
    listed = client.get("/en/desk/minerals/traces/accepted").get_data(as_text=True)
    assert first in listed
    assert "Removed" not in listed


def test_without_a_final_text_nothing_followed_a_draft_that_nobody_read(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), "Except small mines.", paragraph=1)
        build.publish(round_, staff.moderator)
        points = build.points_of(round_)
        answer(staff, points[0], Disposition.ACCEPTED)
        clear_responses(points, actor=staff.approver, now=utc_now())
        send_responses(round_, actor=staff.approver, now=utc_now())
        build.close(round_)
        version = unread(round_, staff)
        request_release(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()
        assert count_unreflected(round_.consultation, tracing.Audience.STAFF) == 1, (
            "the desk works on it before it is opened"
        )
        assert likely_changes(points)[points[0].id][0].key[0] == version.id
        assert list_outcome_warnings(round_.consultation) == [
            "No final text is kept here. Once the outcome is recorded, none can be brought."
        ]
        conclude(round_, staff.manager)
        db.session.commit()
        assert count_unreflected(round_.consultation, tracing.Audience.STAFF) == 0
    assert "Nothing can be compared here" in page(client, "/outcome/accepted")
    assert "Nothing can be compared here" in page(client, "/outcome/changes")
    assert "nothing can be compared here" in page(client, "")


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
