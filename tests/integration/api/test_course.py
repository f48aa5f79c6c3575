"""What happens beside points: extensions, meetings, corrections, outcomes, commitments; in the API and in the feeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import sqlalchemy as sa

from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment
from consult.commitments.services import (
    Change,
    Link,
    Source,
    Undertaking,
    change_commitment,
    make_from_answers,
    publish_commitment,
    record_statement,
)
from consult.consultations import services as consultations
from consult.consultations.enums import MeetingKind, OutcomeKind
from consult.consultations.queries import get_round
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.documents.queries import get_version
from consult.documents.services import issue_corrigendum
from tests.integration.api.conftest import Api
from tests.support import build

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def titles(api: Api, feed: str) -> list[str]:
    root = ET.fromstring(api.client.get(f"/en/feeds/{feed}.atom").data)
    return [one.text or "" for one in root.findall("a:entry/a:title", ATOM)]


def test_the_course_of_a_consultation(api: Api, staff: build.Desk) -> None:
    now = utc_now()
    today = now.date()

    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "fr"))
        assert round_.closes_at is not None
        assert round_.response_due is not None
        consultations.extend_round(
            round_, closes_wall=to_wall(round_.closes_at + timedelta(days=7), round_.zone).replace(tzinfo=None),
            response_due=round_.response_due + timedelta(days=7),
            reason={"en": "Rain.", "fr": "Pluie."}, actor=staff.manager, now=now,
        )  # fmt: skip
        consultations.save_meeting(
            round_.consultation, None, kind=MeetingKind.TECHNICAL, title={"en": "First talk", "fr": "Échange"},
            first_day=today, last_day=None, place={"en": "Online", "fr": "En ligne"}, record_url="",
            actor=staff.manager, now=now,
        )  # fmt: skip
        issue_corrigendum(
            get_version(round_), None, words={"en": "A year was wrong.", "fr": "Une année."}, reads="", should_read="",
            language=None, actor=staff.manager, now=now,
        )  # fmt: skip

    api.act(act)
    found = api.get("/minerals")["data"]
    assert found["extensions"][0]["reason"] == {"en": "Rain.", "fr": "Pluie."}
    assert found["meetings"][0]["place"] == {"en": "Online", "fr": "En ligne"}
    assert api.get("/minerals/document")["versions"][0]["corrigenda"][0]["words"]["en"] == "A year was wrong."
    cursor = api.get()["meta"]["cursor"]

    def end() -> None:
        round_ = get_round("minerals")
        build.close(round_)
        consultations.record_outcome(
            round_.consultation, kind=OutcomeKind.WELCOMED, body={"en": "Meeting of Member States", "fr": "Réunion"},
            decided_on=today, note={"en": "", "fr": ""}, final_text_url="", replaces=None, actor=staff.manager, now=now,
        )  # fmt: skip

    api.act(end)
    assert [one["slug"] for one in api.get(after=cursor)["data"]] == ["minerals"]
    outcome = api.get("/minerals")["data"]["outcomes"][0]
    assert (outcome["kind"], outcome["standing"], outcome["explanation"]) == ("welcomed", True, {})
    told = " | ".join(titles(api, "consultations/minerals"))
    for words in ("stays open longer", "Technical consultation, held on", "A correction to the draft", "Welcomed by",
                  "has closed"):  # fmt: skip
        assert words in told, told
    assert "Welcomed by" in " | ".join(titles(api, "consultations"))


def test_commitments_are_followed_by_the_clock_too(api: Api, staff: build.Desk) -> None:
    now = utc_now()
    due = now.date() + timedelta(days=10)

    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Respondent"), "One.")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        made = make_from_answers(
            round_.consultation, Undertaking({"en": "We map it."}, {"en": "Mining office"}, due),
            comments=build.points_of(round_), actor=staff.manager, now=now,
        )  # fmt: skip
        publish_commitment(made, actor=staff.manager, now=now)
        source = Source("Statement at a meeting", "https://example.org/statement", now.date())
        elsewhere = record_statement(
            staff.host, Undertaking({"en": "We fund it."}, {"en": "Treasury"}, due), source=source, language="en",
            actor=staff.manager, now=now,
        )  # fmt: skip
        publish_commitment(elsewhere, actor=staff.manager, now=now)
        record_statement(
            staff.host, Undertaking({"en": "Not public yet."}, {"en": "Treasury"}, due), source=source, language="en",
            actor=staff.manager, now=now,
        )  # fmt: skip

    api.act(act)
    [one] = api.get("/minerals/commitments")["data"]
    assert (one["what"], one["office"], one["status"]) == ({"en": "We map it."}, {"en": "Mining office"}, "not_started")
    assert one["points"] == [api.get("/minerals/comments")["data"][0]["reference"]]
    everywhere = api.client.get("/api/v1/commitments?overdue=false").json["data"]
    assert {item["what"]["en"] for item in everywhere} == {"We map it.", "We fund it."}
    cursor = api.get("/minerals/commitments")["meta"]["cursor"]

    def change() -> None:
        made = db.session.scalars(sa.select(Commitment).where(Commitment.what == "We map it.")).unique().one()
        step = Change(
            CommitmentStatus.UNDER_WAY, due + timedelta(days=1), {"en": "It rains."}, [Link("A", "https://example.org")]
        )
        change_commitment(made, step, actor=staff.manager, now=now)

    api.act(change)
    [one] = api.get("/minerals/commitments", after=cursor)["data"]
    assert [(step["due_before"], step["explanation"]) for step in one["history"]] == [
        (due.isoformat(), {"en": "It rains."})
    ]
    assert one["evidence"] == [{"title": "A", "url": "https://example.org"}]

    cursor = api.get("/minerals/commitments")["meta"]["cursor"]
    later(api, now + timedelta(days=12))
    later(api, now + timedelta(days=13))
    assert [item["reference"] for item in api.get("/minerals/commitments", after=cursor)["data"]] == [one["reference"]]
    again = api.get("/minerals/commitments")["meta"]["cursor"]
    later(api, now + timedelta(days=14))
    assert api.get("/minerals/commitments", after=again)["data"] == []  # once for each date
    assert sum("promised by" in title for title in titles(api, "commitments")) == 2
    assert sum("Under way" in title for title in titles(api, "commitments")) == 1


def later(api: Api, moment: datetime) -> None:
    """Let the worker look at another moment."""
    from consult.api.services import place_changes
    from consult.core.db import unit_of_work

    with api.app.test_request_context("/en/"), unit_of_work():
        place_changes(now=moment)
