"""Building a release, and what may ask for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.consultations.enums import QuestionKind
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.ledger.models import LedgerEntry
from consult.moderation.services import publish_comments
from consult.publication.enums import FileKind, ReleaseStatus
from consult.publication.formats import COLUMNS, OF_STATES
from consult.publication.models import ReleaseFile
from consult.publication.queries import (
    list_reasons_against_release,
)
from consult.publication.services import (
    MAX_ATTEMPTS,
    build_release,
    lease_release,
    reissue_release,
    retry_release,
)
from consult.publication.verifying import verify
from consult.responses.enums import Disposition
from consult.responses.services import write_response
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Submission
from consult.submissions.services import save_answer
from tests.integration.publication.releasing import ask, built, bytes_of, everything, rows_of, swept, table_of
from tests.support import build


def test_a_release_holds_every_point_by_what_became_of_it(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = everything(staff)
        release = built(round_, staff)
        assert (release.number, release.status) == (1, ReleaseStatus.PUBLISHED)
        assert (release.rows_done, release.rows_total) == (5, 5)
        rows = {row["reference"]: row for row in rows_of(release)}
        assert set(rows) == {point.reference for point in points.values()}
        assert {name: rows[point.reference]["shown"] for name, point in points.items()} == {
            "plain": "text", "hidden": "not_published", "restricted": "restricted", "spam": "restricted",
            "gone": "withdrawn",
        }  # fmt: skip
        plain, gone = rows[points["plain"].reference], rows[points["gone"].reference]
        assert plain["text"] == "Words of plain."
        assert plain["constituencies"] == ["civil_society"]
        assert (plain["paragraph_eid"], plain["paragraph"], plain["heading"]) == ("sec_1__para_1", "1 ¶ 1", "Purpose")
        assert (plain["disposition"], plain["rationale"], plain["response"]) == ("noted", "A reason.", "An answer.")
        assert plain["disposition_is_proposal"] is False
        told = {key for key, value in gone.items() if value not in ("", {})}
        assert told == {"ordinal", "reference", "shown", "salt"}
        restricted, spam = rows[points["restricted"].reference], rows[points["spam"].reference]
        assert restricted["restriction_explanation"] == "It named somebody."
        assert restricted["disposition"] == "noted"
        assert (spam["restriction_reason"], spam["disposition"], spam["response"]) == ("spam", "", "")
        for kind in FileKind:
            content = bytes_of(release, kind).decode()
            assert all(f"Words of {name}" not in content for name in points if name != "plain")
            assert not any(point in content for point in ("Plain", "Hidden", "Gone"))  # nobody's name
        acts = db.session.scalars(
            sa.select(LedgerEntry.act).where(LedgerEntry.subject == "release").order_by(LedgerEntry.id)
        )
        assert list(acts) == ["desk:release:request", "system:release:publish"]


def test_rows_stand_by_place_in_the_text_then_by_reference(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        question = save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "What is missing?"}, options=[],
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        open_round(round_, actor=staff.manager, now=utc_now())
        author = build.person("Author")
        save_answer(build.draft(round_, author), question, text="Q.", language="en", now=utc_now())
        build.submit(round_, author, "Third.", paragraph=2)
        build.submit(round_, author, "One.", "Two.", "Three.", paragraph=0)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        rows = rows_of(built(round_, staff))
        assert [row["ordinal"] for row in rows] == [1, 2, 3, 4, 5]
        assert [row["paragraph_eid"] for row in rows] == ["", *["sec_1__para_1"] * 3, "sec_1__para_3"]
        assert [row["question"] for row in rows] == ["What is missing?", "", "", "", ""]
        middle = [row["reference"] for row in rows[1:4]]
        assert middle == sorted(middle)


def test_the_csv_opens_with_every_script_and_runs_no_formula(app: Flask) -> None:
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "＝1", 'He said "no"; =1+1']
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, *formulas, "نقترح فقرة", "Two\n\nlines, and a comma", "ภาษาไทย")
        release = built(round_, staff)
        content = bytes_of(release, FileKind.CSV)
        assert content.startswith(b"\xef\xbb\xbf")
        assert b"\n=" not in content
        assert b",=" not in content
        assert b'"=' not in content.replace(b'""', b"")
        table = table_of(release)
        assert list(table[0]) == [*COLUMNS, *OF_STATES, "notice"]
        assert {row["notice"] for row in table} == {"Taking part is not consent (FPIC) and not agreement."}
        texts = [row["text"] for row in table]
        assert sorted(texts) == sorted(
            [*(f"'{one}" for one in formulas[:-1]), formulas[-1], "نقترح فقرة", "Two\n\nlines, and a comma", "ภาษาไทย"]
        )
        assert sorted(row["text"] for row in rows_of(release)) == sorted(
            [*formulas, "نقترح فقرة", "Two\n\nlines, and a comma", "ภาษาไทย"]
        )


def test_every_file_of_an_illustration_says_so(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.", member_driven=True)
        round_.consultation.is_illustration = True
        release = built(round_, staff)
        for kind in FileKind:
            assert b"ILLUSTRATION" in bytes_of(release, kind)
            assert b"Taking part is not consent (FPIC) and not agreement." in bytes_of(release, kind)
        assert rows_of(release)[0]["disposition_is_proposal"] is True
        assert table_of(release)[0]["disposition_is_proposal"] == "yes"


def test_nothing_is_released_before_it_is_closed_read_and_answered(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), "One.")

        def reasons() -> list[str]:
            return list_reasons_against_release(round_, is_over=round_.is_over(utc_now()))

        for expected, next_step in (
            (["open", "screening", "answers"], lambda: build.publish(round_, staff.moderator)),
            (["open", "answers"], lambda: build.answer_all(round_, staff.responder, staff.approver)),
            (["open"], lambda: build.close(round_)),
        ):
            assert reasons() == expected
            with pytest.raises(InvalidTransition):
                ask(round_, staff)
            next_step()
        assert reasons() == []
        assert ask(round_, staff).number == 1


def test_nothing_is_released_while_drafts_can_still_come_in(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.")
        now = utc_now()
        build.set_dates(round_, now - timedelta(days=9), now - timedelta(minutes=10))
        assert round_.has_closed(now)
        with pytest.raises(InvalidTransition):
            ask(round_, staff)
        round_.grace_minutes = 0
        assert ask(round_, staff).number == 1


def test_a_release_is_asked_for_once(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.")
        ask(round_, staff)
        with pytest.raises(InvalidTransition, match="being built"):
            ask(round_, staff)
        swept()
        with pytest.raises(InvalidTransition, match="Nothing has changed"):
            ask(round_, staff)


def test_a_published_release_does_not_change(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = everything(staff)
        release = built(round_, staff)
        before = {kind: bytes_of(release, kind) for kind in FileKind}
        with pytest.raises(InvalidTransition):
            write_response(
                [points["plain"]], disposition=Disposition.ACCEPTED, rationale="x", text="x", language="en",
                propose=False, actor=staff.responder, now=utc_now(),
            )  # fmt: skip
        publish_comments([points["restricted"]], actor=staff.moderator, now=utc_now())
        swept()
        build_release(release.id, now=utc_now())
        assert reissue_release(release, now=utc_now()) == 0
        assert {kind: bytes_of(release, kind) for kind in FileKind} == before
        assert len(release.files) == 3


def test_what_the_record_gives_later_comes_with_the_next_release(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = everything(staff)
        first = built(round_, staff)
        publish_comments([points["spam"]], actor=staff.moderator, now=utc_now())
        with pytest.raises(InvalidTransition):
            ask(round_, staff)  # it asks for an answer again
        build.answer_all(round_, staff.responder, staff.approver)
        second = built(round_, staff)
        assert (first.number, second.number) == (1, 2)
        now_shown = {row["reference"]: row["shown"] for row in rows_of(second)}
        assert now_shown[points["spam"].reference] == "text"
        assert {row["reference"]: row["shown"] for row in rows_of(first)}[points["spam"].reference] == "restricted"


def test_a_failure_is_kept_with_the_release_and_tried_again(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.")
        release = ask(round_, staff)
        with pytest.raises(InvalidTransition):
            retry_release(release, actor=staff.manager, now=utc_now())
        # Something comes up between asking and building.
        (point,) = build.points_of(round_)
        point.response_status = ResponseStatus.UNANSWERED
        assert swept()["build_waiting_releases"] == 0
        db.session.refresh(release)
        assert (release.status, release.error, release.attempts) == (ReleaseStatus.BUILDING, "InvalidTransition", 1)
        assert lease_release(now=utc_now()) is None  # not before the lease is over
        later = utc_now() + timedelta(hours=1)
        for _ in range(MAX_ATTEMPTS - 1):
            assert lease_release(now=later) == release.id
            later += timedelta(hours=1)
        assert lease_release(now=later) is None
        point.response_status = ResponseStatus.SENT
        retry_release(release, actor=staff.manager, now=utc_now())
        assert swept()["build_waiting_releases"] == 1
        db.session.refresh(release)
        assert (release.status, release.error) == (ReleaseStatus.PUBLISHED, None)
        with pytest.raises(InvalidTransition):
            retry_release(release, actor=staff.manager, now=utc_now())


def test_a_release_of_a_round_without_points_is_an_empty_log(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.close(round_)
        release = built(round_, staff)
        assert rows_of(release) == []
        assert len(table_of(release)) == 0
        assert verify(bytes_of(release, FileKind.MANIFEST), bytes_of(release, FileKind.JSON)).is_intact
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ReleaseFile)) == 3
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 0
