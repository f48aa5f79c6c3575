"""Nothing tells from where somebody took part: no address, no program, in no row and on no line of a log."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO

import pytest
import sqlalchemy as sa
from flask import Flask
from gunicorn.config import Config

from consult.access.permissions import Permission
from consult.accounts.models import Attempt
from consult.accounts.throttling import forget_attempts, reserve_attempt
from consult.core.clock import utc_now
from consult.core.db import Base, db
from consult.core.errors import TooManyAttempts
from consult.core.settings import Settings
from consult.core.web.server_log import QuietLogger
from consult.jobs import sweep
from tests.integration.every_page.test_access import marks_of
from tests.integration.every_page.walk import build_world, open_as, values_for
from tests.support import build

ADDRESS = "203.0.113.77"
PROGRAM = "Unmistakable-Browser/99.1 (old telephone)"
OF_A_PERSON = {
    Permission.TAKE_PART, Permission.SUBMIT, Permission.SUBMISSION_OWN, Permission.ACCOUNT_USE,
    Permission.OWN_INPUT_USE,
}  # fmt: skip


def is_of_a_person(app: Flask, endpoint: str, rule: str) -> bool:
    marks = set(marks_of(app.view_functions[endpoint]))
    return bool(marks & OF_A_PERSON) or "/take-part/" in rule or "/account/" in rule


def dump() -> str:
    """Every value of every row."""
    return "\n".join(
        str(row) for table in Base.metadata.sorted_tables for row in db.session.execute(sa.select(table)).all()
    )


def test_no_row_and_no_line_holds_the_address_or_the_program_of_anybody(
    app: Flask, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = app.test_client()
    client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": PROGRAM, "HTTP_X_FORWARDED_FOR": ADDRESS}
    with app.app_context():
        world = build_world()
    asked = 0
    for who in (None, world.people["author"]):
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
            if not is_of_a_person(app, rule.endpoint, rule.rule):
                continue
            fitting = [one for one in world.values.values() if rule.arguments - {"locale"} <= set(one)]
            address = rule.build(values_for(rule, fitting[0], "en")) if fitting else None
            if address is None or rule.endpoint.endswith("sign_out"):
                continue
            open_as(app, client, who)
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                typed = {"email": "somebody@example.org", "password": build.PASSWORD, "name": "Somebody"}
                answer = client.get(address[1]) if method == "GET" else build.post(client, address[1], typed)
                assert answer.status_code < 500, address
                asked += 1
    assert asked > 60
    with app.app_context():
        sweep()
        found = dump()
    lines = capsys.readouterr()
    for trace in (ADDRESS, "203.0.113", PROGRAM, "Unmistakable", "99.1 (old"):
        assert trace not in found
        assert trace not in lines.out + lines.err
        assert trace not in caplog.text
    assert "path='/en/account/sign-in'" in lines.out  # lines were read


def test_the_web_servers_own_log_names_nobody() -> None:
    config = Config()
    config.set("errorlog", "-")
    config.set("loglevel", "warning")
    log = QuietLogger(config)
    written = StringIO()
    log.error_log.handlers = [logging.StreamHandler(written)]
    broken = f"Invalid request from ip={ADDRESS}: Invalid HTTP request line: '/en/take-part/secret'"
    log.warning(broken)
    try:
        raise ValueError("/en/take-part/secret")
    except ValueError:
        log.exception("Error handling request %s %s", "GET", "/en/take-part/secret")
    log.access(None, None, {}, timedelta(1))
    assert written.getvalue() == "Invalid request\nError handling a request: ValueError\n"


def test_the_development_server_writes_no_line_with_an_address(app: Flask) -> None:
    assert not logging.getLogger("werkzeug").isEnabledFor(logging.INFO)


def test_what_throttles_count_is_gone_after_an_hour_and_cannot_be_joined_over_days(app: Flask) -> None:
    with app.test_request_context("/en/"):
        now = utc_now().replace(hour=12)
        for moment in (now - timedelta(days=1), now):
            reserve_attempt(email=None, address=ADDRESS, now=moment)
        # Trying again has deleted the first; the two keys of one address differ, as the days do.
        reserve_attempt(email=None, address=ADDRESS, now=now - timedelta(days=1))
        digests = db.session.scalars(sa.select(Attempt.key_digest).order_by(Attempt.id)).all()
        assert len(digests) == len(set(digests)) == 2
        assert forget_attempts(now + timedelta(minutes=59)) == 1
        assert forget_attempts(now + timedelta(minutes=61)) == 1
        db.session.commit()
    with pytest.raises(ValueError, match="less than or equal to 60"):
        Settings(attempt_window_minutes=61)


def test_a_window_over_midnight_counts_both_days(app: Flask) -> None:
    with app.test_request_context("/en/"):
        midnight = (utc_now() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
        limit = app.extensions["consult.settings"].attempts_per_account
        for _ in range(limit):
            reserve_attempt(email="a@example.org", address=ADDRESS, now=midnight - timedelta(minutes=2))
        with pytest.raises(TooManyAttempts):
            reserve_attempt(email="a@example.org", address=ADDRESS, now=midnight + timedelta(minutes=2))
