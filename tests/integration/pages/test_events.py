"""The public timeline: every dated event once, in its order, in a constant number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from consult.consultations.enums import MeetingKind, OutcomeKind
from consult.consultations.history import find_outcome
from consult.consultations.models import Meeting, Outcome, RoundExtension
from consult.consultations.queries import get_consultation
from consult.consultations.services import create_round, open_round, record_outcome, save_meeting
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.models import Corrigendum
from consult.documents.queries import get_version
from consult.jobs import sweep
from consult.pages.enums import EventKind, EventState
from consult.pages.events import events_near, list_events
from consult.publication.services import request_release
from tests.support import build


def test_every_event_once_in_the_order_of_its_day(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.released_round(staff, "A point.", languages=("en", "fr"))
        consultation, now = round_.consultation, utc_now()
        request_release(round_, actor=staff.manager, now=now)
        save_meeting(
            consultation, None, kind=MeetingKind.MINISTERIAL, title={"en": "Ministers meet", "fr": "Les ministres"},
            first_day=now.date() + timedelta(days=5), last_day=None, place={"en": "City A"},
            record_url="https://example.org/record", actor=staff.manager, now=now,
        )  # fmt: skip
        create_round(consultation, actor=staff.manager, now=now)  # being set up: the public does not know of it
        record_outcome(
            consultation, kind=OutcomeKind.ADOPTED, body={"en": "the Assembly"}, decided_on=now.date(), note={},
            final_text_url="", replaces=None, actor=staff.manager, now=now,
        )  # fmt: skip
        db.session.commit()
    with app.app_context():
        sweep()
    with app.test_request_context("/en/"):
        events = list_events(get_consultation("minerals"), "fr", now=utc_now())
        kinds = [event.kind for event in events]
        assert sorted(kinds) == sorted(set(kinds) | {EventKind.OPENS})
        assert set(kinds) == set(EventKind) - {EventKind.EXTENDED, EventKind.CORRIGENDUM, EventKind.LANGUAGE}
        assert [event.day for event in events] == sorted(event.day for event in events)
        by_kind = {event.kind: event for event in events}
        meeting = by_kind[EventKind.MEETING]
        assert (meeting.state, meeting.title and meeting.title.text) == (EventState.NEXT, "Les ministres")
        assert meeting.place is not None
        assert meeting.place.is_fallback
        assert by_kind[EventKind.RELEASED].href == "/fr/consultations/minerals/rounds/1/response-log/1"
        assert by_kind[EventKind.RESPONSE_DUE].state is EventState.DONE
    page = app.test_client().get("/en/consultations/minerals").text
    assert page.count("Ministers meet") == 2  # its title, and the label of the link to its record
    assert page.count('class="timeline-label">The round opens') == 1


def test_two_rounds_are_told_apart(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        first = build.open_consultation(staff.host, staff.manager)
        build.close(first)
        second = create_round(first.consultation, actor=staff.manager, now=utc_now())
        now = utc_now()
        build.set_dates(second, now - timedelta(minutes=1), now + timedelta(days=9))
        second.opened_at = now
        db.session.flush()
        labels = [event.label for event in list_events(first.consultation, "en", now=now)]
        assert labels.count("Round 1 opens") == labels.count("Round 2 opens") == 1


# Rounds, extensions, corrigenda, states, answers, releases, meetings, outcomes; translations of four of them.
@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_number_of_queries_does_not_grow(app: Flask, number: int) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.released_round(staff, "A point.", languages=("en", "fr"))
        now = utc_now()
        consultation, version = round_.consultation, get_version(round_)
        assert round_.closes_at is not None
        assert round_.response_due is not None
        previous: Outcome | None = None
        for place in range(number):
            db.session.add(
                RoundExtension(
                    round=round_, closes_before=round_.closes_at, closes_wall_before="", closes_wall_after="",
                    closes_after=round_.closes_at + timedelta(days=1), response_due_before=round_.response_due,
                    response_due_after=round_.response_due, reason="Why.", extended_at=now,
                )
            )  # fmt: skip
            db.session.add(Corrigendum(version=version, words="Words.", issued_at=now))
            day = now.date() + timedelta(days=place - 1)
            db.session.add(
                Meeting(
                    consultation=consultation, kind=MeetingKind.OTHER, title="T", first_day=day, last_day=day,
                    created_at=now,
                )
            )  # fmt: skip
            previous = Outcome(
                consultation=consultation, kind=OutcomeKind.NOTED, body="B", decided_on=now.date(), recorded_at=now,
                replaces_id=previous.id if previous else None,
            )  # fmt: skip
            db.session.add(previous)
            db.session.flush()
        db.session.commit()
        db.session.expunge_all()
        found = get_consultation("minerals")
        with build.count_queries(app) as queries:
            events = list_events(found, "fr", now=now)
        assert len(events) == 4 + 4 * number
        assert len(queries) == 13
        assert find_outcome(found) is not None
    client = app.test_client()
    with build.count_queries(app) as page:
        answer = client.get("/en/consultations/minerals")
    assert answer.status_code == 200
    assert len(page) <= 27
    assert ("See the whole timeline" in answer.text) == (4 + 4 * number > 10)
    assert answer.text.count("timeline-label") == min(10, 4 + 4 * number)
    whole = client.get("/en/consultations/minerals/timeline")
    assert whole.text.count("timeline-label") == 4 + 4 * number


def test_the_events_near_now_are_shown_first(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        for days in [*range(-30, -10), *range(10, 30)]:
            day = utc_now().date() + timedelta(days=days)
            save_meeting(
                round_.consultation, None, kind=MeetingKind.OTHER, title={"en": str(days)}, first_day=day,
                last_day=None, place={}, record_url="", actor=staff.manager, now=utc_now(),
            )  # fmt: skip
        near = events_near(list_events(round_.consultation, "en", now=utc_now()))
        assert [event.state for event in near] == [EventState.DONE] * 5 + [EventState.NEXT] * 5
        assert near[4].kind is EventKind.OPENS
        assert events_near(near, 20) == near


def test_the_opening_of_a_round_is_on_the_timeline_from_the_day_it_is_announced(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager, opens_in=timedelta(days=2))
        assert list_events(round_.consultation, "en", now=utc_now()) == []
        open_round(round_, actor=staff.manager, now=utc_now())
        assert [event.state for event in list_events(round_.consultation, "en", now=utc_now())] == [EventState.NEXT] * 3
