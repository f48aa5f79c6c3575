"""Nothing of a protected author's constituency, country or capacity in anything public, nor found by it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DatabaseError, IntegrityError

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.accounts.enums import Constituency as C
from consult.accounts.queries import get_account
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.models import ReleaseRow
from consult.publication.services import request_release
from consult.publication.verifying import verify
from consult.submissions.enums import PublicationSetting as Setting
from consult.submissions.enums import Told
from consult.submissions.models import Submission
from consult.submissions.queries import TOLD, Filters, page_of_queue, public_face, speakers, told_of
from consult.submissions.services import make_stricter, submit_submission, update_publication, update_speaker
from tests.support import build

LIST, LOG, API = (
    "/en/consultations/minerals/comments", "/en/consultations/minerals/response-log/1", "/api/v1/consultations/minerals"
)  # fmt: skip
TRADE_UNION, UNION, GROUP = "Trade union", '"trade_union"', "Communities and civil society"


def hand_in(
    round_: Round, setting: Setting, *, asks: bool = False, constituencies: tuple[C, ...] = (C.TRADE_UNION,)
) -> Submission:
    """A submission of somebody in the Philippines for a union."""
    author, now = build.person("Rosa Real"), utc_now()
    draft = build.draft(round_, author, f"Words under {setting.value}{' asking' if asks else ''}.")
    update_speaker(
        draft, name="Rosa Real", capacity=Capacity.ORGANISATION, constituencies=constituencies,
        organisation="River Union", country="PHL", language="en", now=now,
    )  # fmt: skip
    update_publication(draft, setting, pseudonym="A mask", asked_for_protection=asks, now=now)
    return submit_submission(draft, actor=author, now=now)


def release(round_: Round, staff: build.Desk) -> None:
    """Screen, answer, close, lift and release everything."""
    build.publish(round_, staff.moderator)
    build.answer_all(round_, staff.responder, staff.approver)
    build.close(round_)
    db.session.commit()
    sweep()
    request_release(get_round("minerals"), actor=staff.manager, now=utc_now())
    db.session.commit()
    sweep()


def files_of(client: FlaskClient) -> dict[str, bytes]:
    """The newest files of the first release, by their ending."""
    found = re.findall(r'href="([^"]*/files/[^"]*)"', client.get(LOG).text)
    answers = {url.partition("issue-")[2][1:]: client.get(url) for url in reversed(found)}
    return {name: answer.data for name, answer in answers.items() if answer.status_code == 200}


def data_of(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """What an address of the API below the consultation gives."""
    found: list[dict[str, Any]] = json.loads(client.get(f"{API}/{path}").data)["data"]
    return found


def test_protected_authors_show_a_broad_group_and_are_found_by_no_constituency(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        named = hand_in(round_, Setting.NAMED).comments[0].reference
        settings = (Setting.PSEUDONYM, Setting.ANONYMOUS, Setting.AGGREGATE, Setting.NOT_PUBLISHED)
        hidden = [hand_in(round_, setting) for setting in settings]
        asking = hand_in(round_, Setting.ORGANISATION_ONLY, asks=True)
        queue = page_of_queue(round_, Filters(constituency=C.TRADE_UNION), after=None, before=None)
        assert len(queue.items) == 6  # the desk sees the constituency, and not who it is
        staffs = speakers([*hidden, asking], for_staff=True)
        assert all(one.constituencies == [C.TRADE_UNION] and one.country is None for one in staffs.values())
        assert (staffs[asking.id].name, staffs[asking.id].organisation) == ("River Union", "")
        shown = [one.comments[0].reference for one in (*hidden[:2], asking)]
        closed = hidden[3].comments[0].reference
        release(round_, staff)
    page = client.get(LIST).text
    assert "4 points, by their place in the text." in page
    for reference in shown:
        for text in (
            page.partition(f'id="{reference}"')[2].partition("</article>")[0],
            client.get(f"{LIST}/{reference}").text,
        ):
            assert GROUP in text
            assert not re.search("Trade union|Philippines|Rosa|For an organisation", text)
    narrowed = client.get(f"{LIST}?constituency=trade_union").text
    assert re.findall(r'<article class="point" id="([^"]*)"', narrowed) == [named]
    assert "never those of protected authors" in narrowed
    log = client.get(LOG).text
    for reference in [*shown, closed]:
        row = log.partition(f'id="{reference}"')[2].partition("</article>")[0]
        assert TRADE_UNION not in row
        assert (GROUP in row) == (reference != closed)
    narrowed = client.get(f"{LOG}?constituency=trade_union").text
    assert re.findall(r'<article class="point" id="([^"]*)"', narrowed) == [named]
    assert "never those of protected authors" in narrowed
    for path in ("comments", "responses"):
        items = {one["reference"]: one for one in data_of(client, path)}
        faces = {
            key: one.get("speaker", one) for key, one in items.items() if one["status"] in {"published", "released"}
        }
        assert faces[named]["constituencies"] == ["trade_union"]
        for reference in shown:
            assert (faces[reference]["constituencies"], faces[reference]["broad_group"]) == ([], "communities")
            assert (faces[reference].get("country"), faces[reference].get("capacity")) == (None, None)
        found = data_of(client, f"{path}?constituency=trade_union")
        assert [one["reference"] for one in found if one["status"] in {"published", "released"}] == [named]
    files = files_of(client)
    rows = {row["reference"]: row for row in json.loads(files[".json"])["rows"]}
    assert {row["reference"] for row in rows.values() if row["constituencies"]} == {named}
    assert {rows[reference]["broad_group"] for reference in shown} == {"communities"}
    assert rows[closed]["broad_group"] == ""
    assert files[".csv"].count(b"trade_union") == 1
    with app.app_context():  # what a statement and what the record say of each is the same
        for submission in db.session.scalars(sa.select(Submission)):
            of = sa.select(TOLD).where(Submission.id == submission.id)
            assert db.session.scalar(of) == told_of(submission)


def test_a_release_is_made_anew_when_an_author_becomes_protected(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        key = hand_in(round_, Setting.NAMED).id
        hand_in(round_, Setting.NAMED, constituencies=(C.ACADEMIA,))
        release(round_, staff)
    before = files_of(client)
    assert b"trade_union" in before[".csv"]
    with app.app_context():
        submission = db.session.get_one(Submission, key)
        author = Person(get_account(submission.account_id or 0))
        make_stricter(submission, Setting.ANONYMOUS, pseudonym="", actor=author, now=utc_now())
        db.session.commit()
    assert TRADE_UNION not in client.get(LOG).text.partition('<ol class="points"')[2]
    assert ".csv" not in files_of(client)  # not given out until it is made anew
    with app.app_context():
        assert sweep()["reissue_outdated_releases"] == 1
        (row,) = db.session.scalars(sa.select(ReleaseRow).where(ReleaseRow.told == Told.GROUP)).unique()
        with pytest.raises((IntegrityError, DatabaseError)), db.session.begin_nested():
            db.session.execute(sa.update(ReleaseRow).where(ReleaseRow.id == row.id).values(told=Told.ALL))
        assert sweep()["reissue_outdated_releases"] == 0
    after = files_of(client)
    assert b"trade_union" not in after[".csv"] + after[".json"]
    old, new = before["-manifest.json"], after[".json"]
    assert [len(part) for part in (verify(old, new).unchanged, verify(old, new).changed)] == [1, 1]


@pytest.mark.parametrize(
    ("constituencies", "group"),
    [
        ((C.INDIGENOUS_PEOPLES, C.WOMENS_GROUP), "communities"),
        ((C.INDUSTRY,), "business"),
        ((C.ACADEMIA,), "others"),
        ((C.INDIGENOUS_PEOPLES, C.INDUSTRY), "others"),  # together they would be rare
        ((), None),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_broad_group(app: Flask, constituencies: tuple[C, ...], group: str | None) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        face = public_face(hand_in(round_, Setting.ANONYMOUS, constituencies=constituencies))
        assert (face.constituencies, face.group, face.capacity, face.told) == ([], group, None, Told.GROUP)
