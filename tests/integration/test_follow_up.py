"""The whole of following up: last year's table in, answered, released, corrected, promised, remembered, and read by all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity
from consult.commitments.services import find_host_to_remind, remind_managers
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import unit_of_work
from consult.intake.enums import ImportStatus
from consult.intake.services import begin_import, run_import, update_respondents
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_correction
from consult.submissions.enums import PublicationSetting
from tests.support import build
from tests.support.browse import mails_to
from tests.support.tables import workbook

HEADINGS = ["MB/NC", "Clause/ Subclause", "Type of comment", "Comments", "Proposed change"]
ROWS = [
    ["Community E", "1", "te", "Say who pays.", ""],
    ["Community E", "General", "ge", "Write it so that we can read it.", ""],
    ["Trade Union Federation F", "2", "ed", "", "Replace “may” by “shall”."],
]


def test_from_last_years_table_to_a_reminder_in_spring(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/en/"), unit_of_work():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        table = begin_import(
            round_, workbook([HEADINGS, *ROWS]), file_name="last year.xlsx", actor=staff.manager, now=utc_now()
        )
        update_respondents(
            table, speaker="", capacity=Capacity.ORGANISATION, setting=PublicationSetting.NAMED, language="en",
            how_permitted="The call said that comments are published.", late_reason="", now=utc_now(),
        )  # fmt: skip
        run_import(table, actor=staff.manager, now=utc_now())
        assert (table.status, table.rows_taken, table.rows_refused) == (ImportStatus.IMPORTED, 3, 0)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        request_release(round_, actor=staff.manager, now=utc_now())
    log = "/en/consultations/minerals/rounds/1/response-log"
    with app.app_context():
        sweep()
    assert "Say who pays." in client.get(f"{log}/1").text

    # An answer was wrong: it is corrected, by two people, and a second release says what changed.
    with app.test_request_context("/en/"), unit_of_work():
        round_ = get_round("minerals")
        wrong = [point for point in build.points_of(round_) if point.text == "Say who pays."]
        write_correction(
            wrong, disposition=Disposition.ACCEPTED, rationale="It was missing.", text="Section 1 names the payer now.",
            language="en", reason="The first answer was about another section.", actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        clear_responses(wrong, actor=staff.approver, now=utc_now())
        send_responses(round_, actor=staff.approver, now=utc_now())
        request_release(round_, actor=staff.manager, now=utc_now())
        due = (utc_now() + timedelta(days=200)).date()
        promise = build.commitment(round_.consultation, staff.manager, *wrong, what="Name the payer", due=due)
        reference = promise.reference
    with app.app_context():
        sweep()
    second = client.get(f"{log}/2").text
    assert "The answer to 1 point was corrected" in second
    assert "Section 1 names the payer now." in second
    assert "Section 1 names the payer now." not in client.get(f"{log}/1").text, "the first stays as it was"
    assert "Name the payer in en" in client.get("/en/commitments").text

    # In spring, a month before its day, the office is reminded of what it promised.
    spring = datetime(due.year, due.month, due.day, 9, tzinfo=UTC) - timedelta(days=30)
    with app.app_context(), unit_of_work():
        host_id = find_host_to_remind(now=spring)
        assert host_id == staff.host.id
        assert remind_managers(host_id, now=spring) == 1
    assert any(reference in mail.body for mail in mails_to(app, staff.manager.account.email))

    # And a researcher reads all of it.
    assert sorted(point["proposed_change"] for point in read_all(client, "comments")) == ["", "", ROWS[2][4]]
    answers = read_all(client, "responses")
    assert sorted(answer["disposition"] for answer in answers) == ["accepted", "noted", "noted"]
    assert [one["reference"] for one in read_all(client, "commitments")] == [reference]
    assert len(read_all(client, "releases")) == 2


def read_all(client: FlaskClient, what: str) -> list[dict[str, object]]:
    """What the script of the how-to does."""
    url, found = f"/api/v1/consultations/minerals/{what}?limit=2", []
    while url:
        page = client.get(url).get_json()
        found += page["data"]
        url = page["links"]["next"]
    return found
