"""Comparing two versions: made by the worker, once; for whoever may read both."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult import jobs
from consult.consultations.enums import Audience
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.documents.models import Comparison
from consult.documents.services import comparing, import_document
from consult.jobs import make_waiting_comparisons
from tests.support import build

FIRST = "# 1 Purpose\n\nEverybody may speak.\n\nThis goes away.\n\nThis stays here.\n\n# 2 Scope\n\nAll of it.\n"
SECOND = "# 1 Purpose\n\nEverybody may speak freely.\n\nThis stays here.\n\n# 2 Scope\n\nAll of it.\n\nThis is new.\n"
COMPARE = "/en/consultations/minerals/compare"


def two_rounds(first: str = FIRST, second: str = SECOND, *, is_open: bool = True, **options: object) -> build.Desk:
    staff = build.desk()
    round_ = build.consultation_in_setup(staff.host, staff.manager, **options)  # type: ignore[arg-type]
    put(staff, round_, first, second, is_open=is_open)
    return staff


def put(staff: build.Desk, round_: build.Round, first: str, second: str, *, is_open: bool) -> None:
    now = utc_now()
    import_document(round_, first, language="en", actor=staff.manager, now=now)
    build.consultations.open_round(round_, actor=staff.manager, now=now)
    build.close(round_)
    following = build.consultations.create_round(round_.consultation, actor=staff.manager, now=now)
    words = {code: f"New in {code}." for code in round_.consultation.languages}
    build.consultations.update_introduction(following, words, actor=staff.manager, now=now)
    build.set_dates(following, now - build.timedelta(minutes=1), now + build.timedelta(days=30))
    import_document(following, second, language="en", actor=staff.manager, now=now)
    if is_open:
        build.consultations.open_round(following, actor=staff.manager, now=now)
    db.session.commit()


def test_a_reader_sees_what_changed_word_by_word(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        two_rounds()
    page = client.get(COMPARE).text
    assert "The comparison is being made" in page
    with app.app_context():
        assert make_waiting_comparisons() == 1
        assert make_waiting_comparisons() == 0
    page = client.get(COMPARE).text
    assert "<ins>" in page
    assert "removed: </span>This goes away." in page
    assert "added: </span>This is new." in page
    assert "All of it." in page
    changed = client.get(COMPARE, query_string={"only": "changed", "shown": "margin"}).text
    assert "All of it." not in changed
    assert "This is new." in changed
    assert client.get(COMPARE, query_string={"from": "2", "to": "1"}).text.count("<ins>") == page.count("<ins>")
    for query in ({"to": "3"}, {"from": "1", "to": "1"}, {"from": "final"}):
        assert client.get(COMPARE, query_string=query).status_code == 404
    for number in ("0", "99", "x", "²", "1" * 5_000):
        assert client.get(COMPARE, query_string={"page": number}).status_code == 200


def test_who_may_not_read_a_version_gets_no_comparison(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        manager = two_rounds(audience=Audience.BY_INVITATION).manager
    with app.app_context():
        assert make_waiting_comparisons() == 1
    assert client.get(COMPARE).status_code == 404
    with app.test_request_context():
        build.sign_in(client, manager)
    assert "This is new." in client.get(COMPARE).text


def test_a_draft_in_set_up_is_compared_for_the_desk_alone_and_again_when_it_changes(
    app: Flask, client: FlaskClient
) -> None:
    with app.test_request_context():
        manager = two_rounds(is_open=False).manager
    with app.app_context():
        assert make_waiting_comparisons() == 1
        kept = db.session.scalars(sa.select(Comparison)).one().sha256
    assert client.get(COMPARE).status_code == 404
    with app.test_request_context():
        build.sign_in(client, manager)
    desk = "/en/desk/minerals/document/compare"
    assert "This is new." in client.get(desk).text
    with app.test_request_context():
        round_ = get_round("minerals/rounds/2")
        import_document(round_, SECOND + "\nAnd more.\n", language="en", actor=manager, now=utc_now())
        db.session.commit()
    assert "has changed since" in client.get(desk).text
    with app.app_context():
        assert make_waiting_comparisons() == 1
        row = db.session.scalars(sa.select(Comparison)).one()
        assert row.sha256 != kept
        assert kept not in set(file_store().digests())
    assert "And more." in client.get(desk).text


def test_a_killed_worker_and_one_that_fails_leave_work_that_is_done_later(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.test_request_context():
        two_rounds()
    with app.app_context():
        now = utc_now()
        comparing.note_comparisons(now=now)
        db.session.commit()
        leased = comparing.lease_comparison(now=now)
        assert leased is not None
        assert comparing.lease_comparison(now=now) is None
        later = now + comparing.LEASE + build.timedelta(seconds=1)
        assert comparing.lease_comparison(now=later) == leased
        assert comparing.lease_comparison(now=later + 2 * comparing.LEASE) == leased
        comparing.keep_comparison_failure(leased, "Trouble")
        db.session.commit()
        assert comparing.lease_comparison(now=later + 4 * comparing.LEASE) is None
    assert "could not be made" in client.get(COMPARE).text


class Killed(BaseException):
    """The process is gone, and the database takes its open transaction back."""


@pytest.mark.parametrize(
    ("step", "is_done"),
    [("lease_comparison", True), ("make_comparison", False), ("make_comparison", True)],
)
def test_a_comparison_that_is_killed_is_made_anew(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, step: str, *, is_done: bool
) -> None:
    """Once it was taken up; before it is compared; when its file is written and its row is not."""
    whole = getattr(jobs, step)

    def ended(*given: Any, **named: Any) -> Any:
        if is_done:
            whole(*given, **named)
        raise Killed

    with app.test_request_context():
        two_rounds()
    with monkeypatch.context() as patched, app.app_context():
        patched.setattr(jobs, step, ended)
        with pytest.raises(Killed):
            make_waiting_comparisons()
    assert "The comparison is being made" in client.get(COMPARE).text
    with app.app_context():
        assert make_waiting_comparisons() == 0, "nobody else makes it meanwhile"
        db.session.execute(sa.update(Comparison).values(leased_until=utc_now().replace(year=2020)))
        db.session.commit()
        assert make_waiting_comparisons() == 1
        row = db.session.scalars(sa.select(Comparison)).one()
        assert (row.is_current, row.attempts, row.leased_until) == (True, 2, None)
        assert row.sha256 in set(file_store().digests())
    assert "This is new." in client.get(COMPARE).text


@pytest.mark.parametrize("paragraphs", [1, 3, 300])
def test_the_page_asks_the_same_number_of_questions_however_long_the_text(
    app: Flask, client: FlaskClient, paragraphs: int
) -> None:
    texts = ["\n\n".join(f"Words {number} {which}." for number in range(paragraphs)) for which in ("old", "new")]
    with app.test_request_context():
        two_rounds(f"# 1 A\n\n{texts[0]}\n", f"# 1 A\n\n{texts[1]}\n")
    with app.app_context():
        assert make_waiting_comparisons() == 1
    with build.count_queries(app) as queries:
        page = client.get(COMPARE)
    assert page.status_code == 200
    assert len(queries) <= 9, queries
    assert len(page.data) < 120_000


def test_every_row_of_a_long_comparison_can_be_reached(app: Flask, client: FlaskClient) -> None:
    old = "\n\n".join(f"Words {number}." for number in range(400))
    with app.test_request_context():
        two_rounds(f"# 1 A\n\n{old}\n", f"# 1 A\n\n{old}\n\nThe very last change.\n")
    with app.app_context():
        make_waiting_comparisons()
    first = client.get(COMPARE).text
    assert "The very last change." not in first
    assert "page=3#r" in first  # the way to the first change
    assert "The very last change." in client.get(COMPARE, query_string={"page": "3"}).text
    assert "page=whole" in first
    whole = client.get(COMPARE, query_string={"page": "whole"}).text
    assert "Words 0." in whole
    assert "The very last change." in whole
    assert 'href="#r' in whole
    assert "Page 1 of" not in whole


def test_older_rows_of_a_table_stand_in_the_margin_and_marks_of_notes_are_no_brackets(
    app: Flask, client: FlaskClient
) -> None:
    table = "| Who | Seats |\n|---|---|\n| Unions | {} |\n| Others | 4 |"
    noted = "It holds for [all] of them[^{}] as it stands here."
    with app.test_request_context():
        two_rounds(*(f"# 1 A\n\n{table.format(n)}\n\n{noted.format(n)}\n" for n in (2, 3)))
    with app.app_context():
        make_waiting_comparisons()
    text = client.get(COMPARE).text
    assert text.count("<table>") == 1
    assert "removed: </span>2<" in text
    assert "removed: </span>²<" in text
    assert "added: </span>³<" in text
    assert text.count("bracket opens") == 1
    margin = client.get(COMPARE, query_string={"shown": "margin"}).text
    in_text, in_margin = (part.split("</table>")[0] for part in margin.split("<table")[1:])
    assert "Others" in in_text
    assert "removed:" not in in_text
    assert "Others" not in in_margin
    assert "removed: </span>2<" in in_margin
