"""A comment table at the desk, step by step, as a browser without scripts goes through it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.documents.services import import_document
from consult.intake.interpreting import Choices
from consult.intake.models import CommentImport
from consult.intake.queries import preview_of, proposed_columns
from consult.intake.reading import read_table
from consult.ledger.models import LedgerEntry
from consult.ledger.services import salted_digest
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Comment
from tests.integration.intake.conftest import begin, round_, table, take
from tests.support import build
from tests.support.browse import main_of
from tests.support.tables import workbook

TABLES = "/en/desk/minerals/comment-tables"
WHO = {
    "speaker": "",
    "capacity": "organisation",
    "setting": "named",
    "language": "en",
    "how_permitted": "The call said so.",
}
ROWS = (
    ("Community F", "1", "te", "One <b>thing</b>.", ""),
    ("Community F", "Profiles", "te", "Where does this belong?", ""),
    ("", "2", "te", "Nobody says this.", ""),
)
SAMPLE = Path(__file__).parents[4] / "shared" / "samples" / "uspki-tls-policy"


@pytest.fixture
def desk(client: FlaskClient, app: Flask, staff: build.Desk) -> FlaskClient:
    """The browser of a moderator."""
    with app.app_context():
        build.sign_in(client, staff.moderator)
    return client


def upload(client: FlaskClient, content: bytes, name: str = "comments.xlsx") -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return build.post(client, TABLES, data, content_type="multipart/form-data")


def save_columns(client: FlaskClient, address: str, columns: Mapping[str, str]) -> Any:
    return build.post(client, address, {"action": "save", **columns})


def test_the_whole_way(desk: FlaskClient, app: Flask) -> None:
    assert "Read the table" in desk.get(TABLES).text
    answer = upload(desk, table(*ROWS), name="../../<script>.xlsx")
    columns = answer.location
    assert columns.endswith("/columns")
    page = desk.get(columns)
    assert "&lt;script&gt;.xlsx" in page.text
    assert "<script>.xlsx" not in page.text
    first = columns.removesuffix("/columns")
    eight = dict(
        zip(("author", "line", "clause", "paragraph", "type", "comment", "proposed"), map(str, range(7)), strict=True)
    )
    assert save_columns(desk, columns, eight | {"comment": "", "proposed": ""}).status_code == 422
    assert save_columns(desk, columns, eight | {"comment": "0"}).status_code == 422
    assert save_columns(desk, columns, eight).location == f"{first}/respondents"
    refused = build.post(desk, f"{first}/respondents", WHO | {"how_permitted": ""})
    assert refused.status_code == 422
    assert build.post(desk, f"{first}/respondents", WHO).location == first

    page = desk.get(first)
    assert "Nothing is taken yet" in page.text
    assert "1 place needs you" in page.text
    assert "You have not decided on any yet." in page.text
    assert "One thing." in main_of(page)
    assert "<td" in page.text
    for narrowed, shown in (
        ("fate=refused", "Nobody says this."),
        ("words=thing", "One thing."),
        ("place=exact", "One thing."),
    ):
        assert shown in desk.get(f"{first}?{narrowed}").text
    assert "One thing." not in main_of(desk.get(f"{first}?fate=refused"))
    assert b"Nobody says this." in desk.get(f"{first}/not-taken.csv").data
    workbook_ = desk.get(f"{first}/not-taken.xlsx")
    assert "attachment" in workbook_.headers["Content-Disposition"]
    assert len(read_table(workbook_.data).rows) == 2

    questions = desk.get(f"{first}/questions")
    name = questions.text.partition('name="place-')[2].partition('"')[0]
    wrong = build.post(desk, f"{first}/questions", {f"place-{name}": "other", f"place-{name}-other": "9.9"})
    assert wrong.status_code == 422
    empty = build.post(desk, f"{first}/questions", {f"place-{name}": "other", f"place-{name}-other": " "})
    assert empty.status_code == 422
    assert f'<a href="#place-{name}-other">Row 3: write the number' in empty.text
    assert (
        build.post(desk, f"{first}/questions", {f"place-{name}": "other", f"place-{name}-other": "2 — Scope"}).location
        == first
    )
    taken = build.post(desk, f"{first}/import")
    assert taken.location == first
    page = desk.get(first, follow_redirects=True)
    assert "2 rows are taken" in page.text
    assert "Place as written: " in page.text
    refused = desk.get(f"{first}?show=refused")
    assert "Nobody is named who says it" in refused.text
    assert desk.get(f"{first}/questions").status_code == 404
    assert build.post(desk, f"{first}/import").location == first
    with app.app_context():
        points = db.session.scalars(sa.select(Comment).order_by(Comment.id)).unique().all()
        assert [point.paragraph.eid if point.paragraph else "" for point in points] == ["sec_1", "sec_2"]
    point = desk.get(f"/en/desk/minerals/queue/{points[1].reference}")
    assert "How it came in" in point.text
    assert "Constituency not stated" in point.text
    again = upload(desk, table(*ROWS, ("Community F", "1", "te", "Corrected.", ""))).location.replace(
        "columns", "respondents"
    )
    page = desk.get(again)
    assert "A table with the same headings came in" in page.text
    assert "The call said so.</textarea>" in page.text
    assert desk.get(again.removesuffix("/respondents")).location == again
    assert "The call said so." in point.text


def test_a_file_that_cannot_be_read_leaves_nothing_behind(desk: FlaskClient, app: Flask) -> None:
    answer = upload(desk, b"%PDF-1.7", name="comments.pdf")
    assert answer.status_code == 422
    assert "This is not a table" in answer.text
    assert build.post(desk, TABLES, {}, content_type="multipart/form-data").status_code == 422
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CommentImport)) == 0


def test_another_sheet_can_be_read_and_a_table_can_be_forgotten(desk: FlaskClient, app: Flask) -> None:
    content = workbook([["Notes"], ["Something"]], [["Organisation", "Section", "Comments"], ["E", "1", "One."]])
    columns = upload(desk, content).location
    assert "Choose" not in main_of(desk.get(columns)).partition("Organisation")[0]
    again = build.post(desk, columns, {"action": "read", "sheet": "Sheet1", "header": "1"})
    assert again.location == columns
    assert "Something" in desk.get(columns).text
    wrong = build.post(desk, columns, {"action": "read", "sheet": "Sheet1", "header": "900"})
    assert wrong.status_code == 422
    assert "Something" in wrong.text
    gone = build.post(desk, columns.replace("/columns", "/discard"))
    assert gone.location == TABLES
    assert desk.get(columns).status_code == 404


def test_a_table_of_another_round_is_not_found(desk: FlaskClient, app: Flask, staff: build.Desk) -> None:
    with app.app_context(), unit_of_work():
        others = build.desk()
        build.open_consultation(others.host, others.manager, slug="elsewhere", code="ELSE")
        key = begin(table(*ROWS), staff).key
    assert desk.get(f"{TABLES}/{key}").status_code == 200
    assert desk.get(f"{TABLES.replace('minerals', 'elsewhere')}/{key}").status_code == 404


def test_what_came_by_a_table_is_withdrawn_at_the_wish_of_its_respondent(
    desk: FlaskClient, app: Flask, staff: build.Desk
) -> None:
    rows = [("Community F", "1", "te", f"Point {number}.", "") for number in range(3)]
    with app.app_context():
        take(table(*rows), staff)
        with unit_of_work():
            online = build.submit(round_(), build.person("Respondent"), "With an account.").comments[0].reference
        found = db.session.scalars(sa.select(Comment).order_by(Comment.id)).unique().all()
        first, second = found[0].reference, found[1].reference
    address = f"{TABLES}/points/{first}/withdraw"
    assert address in desk.get(f"/en/desk/minerals/queue/{first}").text
    page = desk.get(address)
    assert "What will remain" in page.text
    assert "2 other points" in page.text
    for answer in ({"what": "point", "how_wished": " "}, {"how_wished": "A letter."}):
        assert build.post(desk, address, answer).status_code == 422
    letter = {"what": "point", "how_wished": "A letter."}
    assert build.post(desk, address, letter).location == TABLES
    assert desk.get(address).status_code == 404
    assert desk.get(f"{TABLES}/points/{online}/withdraw").status_code == 404
    assert "/withdraw" not in desk.get(f"/en/desk/minerals/queue/{online}").text
    assert build.post(desk, address.replace(str(first), str(second)), letter | {"what": "all"}).location == TABLES
    with app.app_context():
        submission = db.session.scalars(sa.select(Comment).where(Comment.reference == first)).one().submission
        assert submission.status is SubmissionStatus.WITHDRAWN
        assert [comment.text for comment in submission.comments] == [""] * 3
        entries = db.session.execute(
            sa.select(LedgerEntry.act, LedgerEntry.actor_kind, LedgerEntry.actor_id)
            .where(LedgerEntry.act.endswith(":withdraw"))
            .order_by(LedgerEntry.id)
        ).all()
        by = ("staff", staff.moderator.actor_id)
        assert entries == [("desk:comment:withdraw", *by)] * 3 + [("desk:submission:withdraw", *by)]
        content = {"act": "desk:submission:withdraw", "subject": "submission", "how_wished": "A letter."}
        entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "desk:submission:withdraw")).one()
        assert entry.digest == salted_digest(entry.salt or "", content)


@pytest.mark.parametrize("number", [1, 3, 300])
def test_each_page_takes_as_many_queries_for_any_number_of_rows(
    desk: FlaskClient, app: Flask, staff: build.Desk, number: int
) -> None:
    rows = [(f"Group {row}", ("1", "2", "Elsewhere")[row % 3], "te", f"Point {row}.", "") for row in range(number)]
    with app.app_context(), unit_of_work():
        key = begin(table(*rows), staff).key

    def queries(path: str) -> int:
        with build.count_queries(app) as found:
            assert desk.get(f"{TABLES}{path}").status_code == 200
        return len(found)

    drafted = [queries(path) for path in ("", f"/{key}", f"/{key}/columns", f"/{key}/questions")]
    build.post(desk, f"{TABLES}/{key}/import")
    assert (drafted, queries(f"/{key}")) == ([8, 13, 6, 10], 14)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of a real comment table is not here")
def test_a_real_table_goes_in(app: Flask, staff: build.Desk, desk: FlaskClient) -> None:
    with app.app_context():
        with unit_of_work():
            round_ = build.consultation_in_setup(staff.host, staff.manager, slug="policy", code="POL")
            draft = (SAMPLE / "draft_v0_1.md").read_text("utf-8")
            import_document(round_, draft, language="en", actor=staff.manager, now=utc_now())
            open_round(round_, actor=staff.manager, now=utc_now())
        read = read_table((SAMPLE / "consolidated_comments_20171113.xlsx").read_bytes())
        choices = Choices(proposed_columns(staff.host.id, read.headings))
        groups = preview_of(round_, read, choices).groups
    assert groups == {
        "exact": 383, "several": 15, "general": 22, "item": 5, "remark": 1, "unclear": 43, "proposed_alone": 48,
    }  # fmt: skip
