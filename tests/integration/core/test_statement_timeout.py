"""On PostgreSQL a page that only reads is not waited for without end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.db import READING_SECONDS, db, mark_writing, unit_of_work

SETTING = "SELECT current_setting('statement_timeout')"


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_page_that_reads_is_bounded_and_work_is_not(app: Flask) -> None:
    with app.test_request_context("/"):
        mark_writing(False)  # as every request does first; another test may have written here
        assert db.session.scalar(sa.text(SETTING)) == f"{READING_SECONDS}s"
        with unit_of_work() as session:
            assert session.scalar(sa.text(SETTING)) == "0"
    with app.app_context():
        assert db.session.scalar(sa.text(SETTING)) == "0"
