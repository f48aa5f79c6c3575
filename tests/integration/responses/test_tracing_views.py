"""The pages of both traces at the desk: overview, lists, linking from either side, reasons and sources."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.db import db
from consult.mail.models import OutgoingMail
from consult.responses.enums import Disposition
from consult.responses.models import ChangeSource, ChangeTrace, UnreflectedReason
from consult.responses.services import clear_responses, send_responses
from tests.integration.every_page.test_validity import faults
from tests.support import build
from tests.support.continuing import EDITED, NEW, REMOVED, conclude, traced

DESK = "/en/desk/minerals"


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(f"{DESK}{path}")
    assert answer.status_code == 200, path
    assert faults(answer.text, "en", "") == [], path
    return answer.text


def test_from_the_point_to_the_change(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        reference = one.points[0].reference
        build.sign_in(client, one.staff.responder)
    assert ">1</span>" in page(client, "/traces")
    listed = page(client, "/traces/accepted")
    assert reference in listed
    assert "Likely change" in listed
    form = page(client, f"/traces/link?point={reference}")
    assert form.index(f"final:{EDITED}") < form.index(f"final:{NEW}"), "the likely one comes first"
    assert f"final:{NEW}" in page(client, f"/traces/link?point={reference}&words=monitoring")
    link = f"{DESK}/traces/link"
    assert build.post(client, link, {"point": reference}).status_code == 422
    assert build.post(client, link, {"point": reference, "change": "final:sec_7"}).status_code == 422
    assert build.post(client, link, {"point": reference, "change": f"9:{EDITED}"}).status_code == 422
    assert build.post(client, link, {"point": reference, "change": f"final:{EDITED}"}).status_code == 302
    assert "Nothing is missing" in page(client, "/traces/accepted")
    with app.app_context():
        number = db.session.scalars(sa.select(ChangeTrace.id)).one()
    assert reference in page(client, "/traces/changes?show=caused")
    assert reference in page(client, f"/paragraphs/{EDITED}")
    assert client.get("/en/desk/minerals/paragraphs/sec_9").status_code == 404
    back = f"/traces/links/{number}/take-back"
    assert "has not read this link" in page(client, back)
    with app.app_context():
        conclude(one.round, one.staff.manager)
        db.session.commit()
    assert "may have read this link" in page(client, back)
    assert build.post(client, f"{DESK}{back}", {"reason": ""}).status_code == 422
    assert build.post(client, f"{DESK}{back}", {"reason": "A mistake."}).status_code == 302
    assert client.get(f"{DESK}{back}").status_code == 404


def test_from_the_change_to_its_points_or_its_source(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.NOT_ACCEPTED)
        first, second = (point.reference for point in one.points)
        build.sign_in(client, one.staff.manager)
    listed = page(client, "/traces/changes")
    assert all(f"final:{eid}" in listed for eid in (EDITED, REMOVED, NEW))
    points = page(client, f"/traces/changes/points?change=final:{EDITED}")
    assert first in points
    assert second not in points, "it was not accepted"
    assert first in page(client, f"/traces/changes/points?change=final:{NEW}&words={first}")
    address = f"{DESK}/traces/changes/points"
    assert build.post(client, address, {"change": f"final:{EDITED}"}).status_code == 422
    assert build.post(client, address, {"change": f"final:{EDITED}", "point": second}).status_code == 422
    assert build.post(client, address, {"change": f"final:{EDITED}", "point": first}).status_code == 302
    both = {"change": [f"final:{REMOVED}", f"final:{NEW}"]}
    marked = build.post(client, f"{DESK}/traces/changes", {**both, "action": "editorial"})
    assert marked.status_code == 302
    assert "Nothing is missing" in page(client, "/traces/changes")
    to_source = build.post(client, f"{DESK}/traces/changes", {**both, "action": "source"})
    assert "/traces/changes/source?change=" in to_source.location
    written = {**both, "source-en": "Legal review", "reason-en": ""}
    refused = build.post(client, f"{DESK}/traces/changes/source", written)
    assert refused.status_code == 422
    assert "Legal review" in refused.get_data(as_text=True)
    kept = build.post(client, f"{DESK}/traces/changes/source", {**written, "reason-en": "The act asks for it."})
    assert kept.status_code == 302
    with app.app_context():
        assert [row.source for row in db.session.scalars(sa.select(ChangeSource))] == ["Legal review"]
    assert "The act asks for it." in page(client, f"/traces/changes/source?change=final:{NEW}")
    assert client.get(f"{DESK}/traces/changes/source?change=final:sec_8").status_code == 404


def test_why_accepted_points_are_not_seen(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.TAKEN_UP, languages=["en", "fr"])
        references = [point.reference for point in one.points]
        build.sign_in(client, one.staff.manager)
    address = f"{DESK}/traces/reason"
    assert build.post(client, address, {"point": references, "reason-fr": "Dans l’annexe."}).status_code == 422
    words = {"point": references, "reason-en": "In the annex.", "reason-fr": "Dans l’annexe."}
    assert build.post(client, address, words).status_code == 302
    assert "Dans l’annexe." in page(client, f"/traces/reason?point={references[0]}")
    assert "In the annex." in page(client, "/traces/accepted?show=explained")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnreflectedReason)) == 2
    assert client.get(f"{address}?point=MIN-1-000000").status_code == 404


def test_another_host_finds_nothing_and_an_approver_changes_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        stranger = build.desk()
        reference = one.points[0].reference
        build.sign_in(client, stranger.manager)
    for path in ("/traces", "/traces/accepted", "/traces/changes", f"/traces/link?point={reference}",
                 f"/traces/reason?point={reference}", f"/traces/changes/source?change=final:{NEW}",
                 f"/paragraphs/{EDITED}"):  # fmt: skip
        assert client.get(f"{DESK}{path}").status_code == 404, path
    with app.app_context():
        build.sign_in(client, one.staff.approver)
    assert "/traces/link" not in page(client, "/traces/accepted")
    assert client.get(f"{DESK}/traces/link?point={reference}").status_code == 403


def test_a_change_can_be_ticked_beside_the_answer_and_the_message_tells_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.NOTED, send=False)
        [point] = one.points
        reference = point.reference
        build.sign_in(client, one.staff.responder)
    write = f"{DESK}/answers/write"
    assert f'value="final:{EDITED}"' in page(client, f"/answers/write?point={reference}")
    words = {"point": f"{reference}:1", "disposition": "accepted", "rationale": "R.", "text": "Yes.", "language": "en"}
    sent = build.post(client, write, {**words, "action": "propose", "change": f"final:{EDITED}"})
    assert sent.status_code == 302
    with app.app_context():
        conclude(one.round, one.staff.manager)
        comments = build.points_of(db.session.merge(one.round))
        clear_responses(comments, actor=one.staff.approver, now=utc_now())
        send_responses(db.session.merge(one.round), actor=one.staff.approver, now=utc_now())
        body = db.session.scalars(sa.select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
        assert body is not None
        assert "What it changed in the text (Final text, 1 ¶ 2):" in body
        assert "Before: Paragraph 2 in en" in body
        assert "After: Paragraph 2 in en, with an exception for small mines that monitor water." in body


def test_the_outcome_is_warned_of_what_is_missing(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        build.sign_in(client, one.staff.manager)
    shown = page(client, "/outcome")
    assert "1 accepted point is linked to no change and has no reason." in shown
    assert "3 changes that no point asked for have no source." in shown
    assert "3 changes that no point asked for have no source." in page(client, "")
    assert 'name="body-en"' in shown, "it blocks nothing"


def test_pages_ask_the_same_of_the_database_however_many_points(app: Flask, client: FlaskClient) -> None:
    counts: dict[str, set[int]] = {}
    for number in (2, 6, 20):
        with app.app_context():
            one = traced(*[Disposition.ACCEPTED] * number, slug=f"mine{number}", code=f"M{number}")
            for point in one.points[: number // 2]:
                one.link(point, EDITED)
            build.sign_in(client, one.staff.manager)
            reference = one.points[-1].reference
        for path in ("/traces/accepted", "/traces/changes?show=all", f"/traces/link?point={reference}",
                     f"/paragraphs/{EDITED}", f"/traces/changes/points?change=final:{EDITED}"):  # fmt: skip
            client.get(f"/en/desk/mine{number}{path}")
            with build.count_queries(app) as queries:
                assert client.get(f"/en/desk/mine{number}{path}").status_code == 200
            counts.setdefault(path.partition("?")[0], set()).add(len(queries))
    assert {path: max(found) - min(found) for path, found in counts.items() if len(found) > 1} == {}
