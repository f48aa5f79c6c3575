"""Forty protected respondents: nothing public tells in which order they came, nor in which order they signed up.

Whoever reads the site as a stranger is given everything here: pages, lists of the API by place and as they grow, the
places of the ledger, releases, references. Each of them is an order of the same forty points; Spearman's coefficient
compares it with the order of arrival and with that of the accounts. Of forty points in an order drawn at random it has
a standard deviation of 1/sqrt(39) = 0.16: beyond 0.75 is one draw in 300,000, while an order by key gives 1.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.commitments.queries import list_answered, list_points
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import place_waiting_changes, sweep
from consult.ledger.models import LedgerEntry
from consult.moderation.services import publish_comments
from consult.publication.enums import FileKind
from consult.responses.enums import Disposition
from consult.responses.queries import page_of_corrections, page_of_proposed
from consult.responses.services import clear_responses, send_responses, write_correction, write_response
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from tests.integration.publication.releasing import built, bytes_of
from tests.support import build

MANY, BOUND = 40, 0.75
API = "/api/v1/consultations/minerals"
FACES = ("", "/comments", "/draft", "/response-log")


def correlation(seen: Sequence[str], order: Mapping[str, int]) -> float:
    """Spearman's coefficient between the places in which points are seen and those of an order."""
    ranks = [order[one] for one in seen]
    number = len(ranks)
    ranked = {value: place for place, value in enumerate(sorted(ranks))}
    squares = sum((place - ranked[value]) ** 2 for place, value in enumerate(ranks))
    return 1 - 6 * squares / (number * (number**2 - 1))


def test_the_measure_sees_what_leaks() -> None:
    order = {str(place): place for place in range(MANY)}
    assert correlation(list(order), order) == 1
    assert correlation(list(reversed(order)), order) == -1
    # Four days, each in no order, are seen too.
    days = [list(order)[start : start + 10] for start in range(0, MANY, 10)]
    for day in days:
        random.Random(1).shuffle(day)
    assert correlation([one for day in days for one in day], order) > BOUND
    anyhow = list(order)
    random.Random(3).shuffle(anyhow)
    assert abs(correlation(anyhow, order)) < BOUND


def everything(client: FlaskClient) -> list[bytes]:
    """What a stranger who looks again and again can compare."""
    pages = [client.get(f"/en/consultations/minerals{page}").data for page in FACES]
    others = ("/en/search?words=point", "/en/feeds/consultations/minerals.atom", f"{API}/comments", f"{API}/responses")
    return pages + [client.get(one).data for one in others]


def of_api(client: FlaskClient, what: str) -> list[str]:
    """The references of a list of the API in the order of their places."""
    found: list[str] = []
    after = 0
    while True:
        answer = client.get(f"{API}/{what}?after={after}&limit=100").json
        found += [item["reference"] for item in answer["data"]]
        after = answer["meta"]["cursor"]
        if not answer["links"]["next"]:
            return found


def answer(points: Sequence[Comment], staff: build.Desk) -> None:
    """Answer these as the desk does: oldest first, five at a time; the worker looks after each time."""
    for start in range(0, len(points), 5):
        some = list(points[start : start + 5])
        write_response(
            some, disposition=Disposition.NOTED, rationale="R.", text="T.", language="en", propose=True,
            actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        clear_responses(some, actor=staff.approver, now=utc_now())
        send_responses(some[0].submission.round, actor=staff.approver, now=utc_now())
        db.session.commit()
        place_waiting_changes()


def test_neither_the_order_of_arrival_nor_of_accounts_is_told(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        signed_up = [build.person(f"Respondent {number}") for number in range(MANY)]
        arriving = list(enumerate(signed_up))
        random.Random(7).shuffle(arriving)
        open_ = build.submit(round_, build.person("Open"), "A point that all read.")
        publish_comments(list(open_.comments), actor=staff.moderator, now=utc_now())
        db.session.commit()
        sweep()
        before = everything(client)
        settings = (PublicationSetting.ANONYMOUS, PublicationSetting.PSEUDONYM)
        points: list[Comment] = []
        by_account: dict[str, int] = {}
        for place, (number, author) in enumerate(arriving):
            submission = build.submit(
                round_, author, f"Protected point {random.random()}", setting=settings[place % 2], pseudonym=f"P{place}"
            )
            (point,) = submission.comments
            publish_comments([point], actor=staff.moderator, now=utc_now())
            points.append(point)
            by_account[point.reference or ""] = number
            if place in {0, 1, MANY - 1}:
                db.session.commit()
                sweep()
                assert everything(client) == before  # who looks again learns nothing, not even that somebody came
        by_arrival = {point.reference or "": place for place, point in enumerate(points)}
        keys = {point.id: point.reference or "" for point in points}
        answer(points[:10], staff)
        assert everything(client) == before
        build.close(round_)
        db.session.commit()
        assert sweep()["lift_what_is_due"] == MANY
        seen: dict[str, list[str]] = {"places after the batch": of_api(client, "comments")}
        told = client.get(f"{API}/comments?limit=100").json["data"]
        assert {item["response"] for item in told if item["reference"] in by_arrival} == {"to_be_answered"}
        answer(points[10:], staff)
        seen["places while the desk answers"] = of_api(client, "comments")
        answer(list(open_.comments), staff)
        release = built(round_, staff)
        sweep()
        seen["places after the release"] = of_api(client, "comments")
        seen["places of the answers"] = of_api(client, "responses")
        found = json.loads(bytes_of(release, FileKind.JSON))
        seen["rows of the release"] = [row["reference"] for row in found["rows"]]
        seen["references by the alphabet"] = sorted(by_arrival)
        for subject_act in ("account:comment:submit", "desk:comment:publish"):
            entries = db.session.execute(
                sa.select(LedgerEntry.subject_id, LedgerEntry.at)
                .where(LedgerEntry.act == subject_act, LedgerEntry.subject_id.in_(keys))
                .order_by(LedgerEntry.sequence)
            ).all()
            seen[subject_act] = [keys[row.subject_id] for row in entries]
            assert len({row.at for row in entries}) == 1
        assert {row.get("received_late") for row in found["rows"]} == {""}
        told = client.get(f"{API}/responses?limit=100").json["data"]
        assert {item["sent_on"] for item in told if item["reference"] in by_arrival} == {None}
    for name, references in seen.items():
        mine = [one for one in references if one in by_arrival]
        assert len(mine) == MANY, name
        for order in (by_arrival, by_account):
            assert abs(correlation(mine, order)) < BOUND, name


def test_a_bulk_act_puts_protected_points_in_no_order_of_arrival(app: Flask) -> None:
    """Nor does whatever lists what such an act wrote: clearance, corrections, a commitment."""
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        anonymous = PublicationSetting.ANONYMOUS
        for number in range(9):
            build.submit(round_, build.person(f"P{number}"), f"Protected {number}.", setting=anonymous)
        build.publish(round_, staff.moderator)
        points, now = build.points_of(round_), utc_now()
        said: dict[str, Any] = {"disposition": Disposition.NOTED, "rationale": "R.", "language": "en"}
        write_response(points, **said, text="T.", propose=True, actor=staff.responder, now=now)
        shown = {"clearance": page_of_proposed(round_, after=None, before=None).items}
        clear_responses(points, actor=staff.approver, now=now)
        send_responses(round_, actor=staff.approver, now=now)
        write_correction(points, **said, text="U.", reason="Why.", actor=staff.responder, now=now)
        shown["corrections"] = page_of_corrections(round_, after=None, before=None).items
        seen = {where: [version.comment.reference for version in rows] for where, rows in shown.items()}
        made = build.commitment(round_.consultation, staff.manager, *points, draft=True)
        seen["its points"] = [point.reference for point in list_points(made)]
        references = sorted(point.reference or "" for point in points)
        seen["those chosen"] = [point.reference for point in list_answered(round_.consultation, references)]
    for where, found in seen.items():
        assert found == references, where
