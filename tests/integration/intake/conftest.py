"""A round that is open, and a comment table for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from consult.accounts.enums import Capacity
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.intake.models import CommentImport
from consult.intake.services import begin_import, run_import, update_respondents
from consult.submissions.enums import PublicationSetting
from tests.support import build
from tests.support.tables import ISO, workbook

TakeTable = Callable[..., CommentImport]


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """The staff of the open round `minerals`: sections 1 Purpose and 2 Scope."""
    with app.app_context():
        made = build.desk()
        build.open_consultation(made.host, made.manager, languages=("en",))
        db.session.commit()
        return made


def round_() -> Round:
    """The round, read in this context."""
    return get_round("minerals")


def table(*rows: Sequence[Any]) -> bytes:
    """A table of the form of standards bodies: who, clause, type, comment, proposed change."""
    return workbook([ISO, *[[who, "", where, "", kind, text, change] for who, where, kind, text, change in rows]])


def begin(content: bytes, staff: build.Desk, **options: Any) -> CommentImport:
    """A draft of an import with everything said of it; inside a transaction."""
    now = utc_now()
    import_ = begin_import(round_(), content, file_name="comments.xlsx", actor=staff.manager, now=now)
    values = {
        "speaker": "",
        "capacity": Capacity.ORGANISATION,
        "setting": PublicationSetting.NAMED,
        "language": "en",
        "how_permitted": "The call said so.",
        "late_reason": "",
    }
    update_respondents(import_, now=now, **(values | options))
    return import_


def take(content: bytes, staff: build.Desk, **options: Any) -> CommentImport:
    """Import a table, in a transaction of its own."""
    with unit_of_work():
        import_ = begin(content, staff, **options)
        return run_import(import_, actor=staff.manager, now=utc_now())
