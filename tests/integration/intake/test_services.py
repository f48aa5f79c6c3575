"""Rows to the record: each taken once, or reported; published and answered without an account."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db, unit_of_work
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.intake.cells import FULL_CELL
from consult.intake.columns import read_mapping
from consult.intake.enums import Column, PlaceKind, Problem, Remark
from consult.intake.interpreting import looks_official
from consult.intake.models import CommentImport, ImportedRow
from consult.intake.queries import (
    choices_of,
    kept_table,
    preview_of,
    proposed_columns,
    refused_headings,
    refused_rows,
)
from consult.intake.reading import read_table
from consult.intake.reports import to_csv, to_xlsx
from consult.intake.services import (
    begin_import,
    decide_places,
    discard_import,
    forget_old_tables,
    run_import,
    update_columns,
    withdraw_point,
)
from consult.intake.wording import problem_in_words
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.moderation.enums import CredentialKind, RestrictionReason
from consult.moderation.services import publish_comments, record_credential, restrict_comments
from consult.publication.services import request_release
from consult.responses.enums import Route
from consult.responses.models import Delivery
from consult.responses.queries import count_outgoing
from consult.submissions.enums import (
    CommentType,
    CredentialStatus,
    ModerationStatus,
    PublicationSetting,
    SubmissionSource,
    SubmissionStatus,
)
from consult.submissions.models import Comment, Submission, SubmissionIdentity
from consult.submissions.queries import (
    exact_progress,
    exact_public_progress,
    page_of_submissions_of,
    progress_of,
    speakers,
)
from tests.integration.intake.conftest import begin, round_, table, take
from tests.support import build
from tests.support.race import in_thread, until_blocked
from tests.support.record import assert_refused
from tests.support.tables import separated, workbook

TWO = (
    ("Trade union federation E", "1", "te", "One.", ""),
    ("Trade union federation E", "2", "ed", "", "Two instead."),
    ("Community F", "General", "", "Three.", ""),
)


def comments() -> list[Comment]:
    return list(db.session.scalars(sa.select(Comment).order_by(Comment.id)).unique())


def test_every_row_becomes_a_point_of_its_respondent(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        import_ = take(table(*TWO), staff)
        assert (import_.rows_taken, import_.rows_known, import_.rows_refused) == (3, 0, 0)
        assert import_.groups == {"exact": 2, "general": 1, Remark.PROPOSED_ALONE.value: 1}
        one, two, three = comments()
        assert [c.paragraph.eid if c.paragraph else None for c in (one, two, three)] == ["sec_1", "sec_2", None]
        assert [c.comment_type for c in (one, two, three)] == [
            CommentType.TECHNICAL, CommentType.EDITORIAL, CommentType.GENERAL,
        ]  # fmt: skip
        assert (two.text, two.proposed_change, two.place_as_written) == ("", "Two instead.", "2")
        assert one.reference is not None
        assert one.submission is two.submission is not three.submission
        submission = one.submission
        assert (submission.status, submission.source) == (SubmissionStatus.SUBMITTED, SubmissionSource.COMMENT_TABLE)
        assert (submission.account_id, submission.transcribed_by) == (None, staff.manager.actor_id)
        assert submission.how_permitted == "The call said so."
        assert submission.constituencies == []
        assert speakers([submission], for_staff=False)[submission.id].name == "Trade union federation E"
        assert one.moderation_status is ModerationStatus.WAITING
        assert exact_public_progress(round_()) == progress_of([round_()])[round_().id]
        acts = db.session.scalars(sa.select(LedgerEntry.act)).all()
        assert acts.count("desk:comment:transcribe") == 3
        assert acts.count("desk:comment_table:import") == 1
        assert page_of_submissions_of(staff.manager, after=None, before=None).items == []


def test_a_second_import_adds_nothing_and_a_corrected_file_only_what_was_corrected(
    app: Flask, staff: build.Desk
) -> None:
    bad = [("", "1", "te", "Nobody says this.", ""), ("Community F", "9.9", "te", "Where?", ""), ("E", "1", "", "", "")]
    same = ("Community F", "1", "te", "Said twice.", "")
    with app.app_context():
        first = take(table(*TWO, *bad, same, same), staff)
        assert (first.rows_taken, first.rows_refused) == (5, 3)
        again = take(table(*TWO, *bad, same, same), staff)
        assert (again.rows_taken, again.rows_known, again.rows_refused) == (0, 5, 3)
        rows = refused_rows(first)
        assert [(row.number, row.troubles[0].cell, row.troubles[0].problem) for row in rows] == [
            (5, "A5", Problem.NO_AUTHOR), (6, "C6", Problem.PLACE_UNCLEAR), (7, "F7", Problem.NO_WORDS),
        ]  # fmt: skip
        for make in (to_xlsx, to_csv):
            report = read_table(make(refused_headings(first), rows))
            assert proposed_columns(staff.host.id, report.headings) == proposed_columns(
                staff.host.id, read_table(table(*TWO)).headings
            )
        corrected = [("Community G", *bad[0][1:]), ("Community F", "1", "te", "Where?", "")]
        third = take(table(*TWO, *corrected, bad[2], same, same), staff)
        assert (third.rows_taken, third.rows_known, third.rows_refused) == (2, 5, 1)
        assert len(comments()) == 7


def test_another_respondent_with_the_same_words_is_another_voice(app: Flask, staff: build.Desk) -> None:
    rows = [["Section", "Comments"], ["1", "The same words."]]
    with app.app_context():
        assert take(workbook(rows), staff, speaker="Community F").rows_taken == 1
        assert take(workbook(rows), staff, speaker="Community G").rows_taken == 1
        assert take(separated(rows, separator=";"), staff, speaker="Community G").rows_known == 1


def test_two_who_import_at_once_take_each_row_once(app: Flask, staff: build.Desk) -> None:
    content = table(*TWO)
    with app.app_context(), unit_of_work():
        second = begin(content, staff).key

    def import_second() -> tuple[int, int]:
        with app.app_context(), unit_of_work():
            import_ = db.session.scalars(sa.select(CommentImport).where(CommentImport.key == second)).one()
            run_import(import_, actor=staff.moderator, now=utc_now())
            return import_.rows_taken, import_.rows_known

    with app.app_context(), unit_of_work():
        run_import(begin(content, staff), actor=staff.manager, now=utc_now())
        waiting = in_thread(import_second)
        until_blocked(app, waiting)
    assert waiting.result(30) == (0, 3)
    with app.app_context():
        assert len(comments()) == 3


def killed_after_importing(key: str, staff: build.Desk) -> None:
    with unit_of_work():
        import_ = db.session.scalars(sa.select(CommentImport).where(CommentImport.key == key)).one()
        run_import(import_, actor=staff.manager, now=utc_now())
        raise RuntimeError("killed")


def test_a_failure_takes_no_row(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        with unit_of_work():
            key = begin(table(*TWO), staff).key
        with pytest.raises(RuntimeError, match="killed"):
            killed_after_importing(key, staff)
        assert comments() == []
        with unit_of_work():
            import_ = db.session.scalars(sa.select(CommentImport).where(CommentImport.key == key)).one()
            assert import_.is_draft
            assert run_import(import_, actor=staff.manager, now=utc_now()).rows_taken == 3
            assert run_import(import_, actor=staff.manager, now=utc_now()).rows_taken == 3  # twice changes nothing
        assert len(comments()) == 3


def test_words_are_kept_whole_and_what_cannot_be_is_reported(app: Flask, staff: build.Desk) -> None:
    full = "x " * (FULL_CELL // 2) + "x"
    rows = [
        ("E", "1", "te", full, ""),
        ("E", "1", "te", "<p>One &amp; <script>alert(1)</script>two</p>", ""),
        ("E", "1", "te", '="gone"', ""),
        ("E", "1", "te", "<b>=1+1</b>", ""),
        ("E\u202e", "1", "te", "A name that lies.", ""),
    ]
    with app.app_context():
        import_ = take(table(*rows), staff)
        assert [comment.text for comment in comments()] == [full, "One & two", "=1+1"]
        assert [row.troubles[0].problem for row in refused_rows(import_)] == [
            Problem.LOST_FORMULA, Problem.NAME_UNFIT,
        ]  # fmt: skip
        long = separated([["Organisation", "Section", "Comments"], ["E", "1", "y" * (FULL_CELL + 1)]])
        assert refused_rows(take(long, staff))[0].troubles[0].problem is Problem.TOO_LONG


def test_a_person_decides_what_is_not_clear_once_for_all_rows_that_say_it(app: Flask, staff: build.Desk) -> None:
    rows = [("E", "Profiles", "te", f"Point {number}.", "") for number in range(3)]
    with app.app_context(), unit_of_work():
        import_ = begin(table(*rows, ("E", "9.9", "te", "Where?", "")), staff)
        preview = preview_of(round_(), kept_table(import_), choices_of(import_))
        assert preview.groups[PlaceKind.UNCLEAR.value] == 4
        decide_places(import_, {"profiles": "sec_2", "9.9": "general"}, {}, preview=preview)
        with pytest.raises(BadInput):
            decide_places(import_, {"profiles": "sec_99"}, {}, preview=preview)
        run_import(import_, actor=staff.manager, now=utc_now())
        assert import_.groups[PlaceKind.DECIDED.value] == 4
        assert [c.paragraph.eid if c.paragraph else None for c in comments()] == ["sec_2"] * 3 + [None]
        assert comments()[0].place_as_written == "Profiles"


def test_columns_are_remembered_for_the_host_and_mapped_by_hand(app: Flask, staff: build.Desk) -> None:
    rows = [["Ort", "Wer", "Was"], ["1", "Gruppe E", "Mehr davon."]]
    with app.app_context():
        with unit_of_work():
            import_ = begin(workbook(rows), staff)
            assert choices_of(import_).columns == {}
            with pytest.raises(BadInput, match="holds the comments"):
                run_import(import_, actor=staff.manager, now=utc_now())
            read = kept_table(import_)
            with pytest.raises(BadInput, match="no column"):
                read_mapping("comment=Wo", read.headings)
            columns = read_mapping("clause=Ort, author=wer,comment=C", read.headings)
            assert columns == {Column.CLAUSE: 0, Column.AUTHOR: 1, Column.COMMENT: 2}
            update_columns(import_, columns, table=read, actor=staff.manager, now=utc_now())
        assert take(workbook(rows), staff).rows_taken == 1
        other = build.host()
        assert proposed_columns(other.id, ["Ort", "Wer", "Was"]) == {}


def test_what_may_be_a_state_waits_for_its_credential(app: Flask, staff: build.Desk) -> None:
    name = "Ministry of Mines of Member State A"
    with app.app_context():
        with unit_of_work():
            import_ = begin(table((name, "1", "te", "One.", ""), ("Agency F", "1", "te", "Two.", "")), staff)
            run_import(import_, actor=staff.manager, now=utc_now())
        official, other = (comment.submission for comment in comments())
        assert (official.capacity, official.credential_status) == (Capacity.STATE_DELEGATION, CredentialStatus.AWAITED)
        assert (other.capacity, other.credential_status) == (Capacity.ORGANISATION, CredentialStatus.NOT_NEEDED)
        with unit_of_work():
            with pytest.raises(InvalidTransition):
                publish_comments(comments()[:1], actor=staff.moderator, now=utc_now())
            record_credential(
                official, kind=CredentialKind.OTHER, reference="Letter", actor=staff.moderator, now=utc_now()
            )
            publish_comments(comments()[:1], actor=staff.moderator, now=utc_now())
        refused = take(table((name, "1", "te", "New.", "")), staff, setting=PublicationSetting.ANONYMOUS)
        assert refused_rows(refused)[0].troubles[0].problem is Problem.SETTING_UNFIT
        with unit_of_work():
            import_ = begin(table((name, "2", "te", "Say what it is.", "")), staff)
            preview = preview_of(round_(), kept_table(import_), choices_of(import_))
            decide_places(import_, {}, {name.lower(): Capacity.ORGANISATION.value}, preview=preview)
            run_import(import_, actor=staff.manager, now=utc_now())
            assert comments()[-1].submission.capacity is Capacity.ORGANISATION
            assert (import_.speaker, import_.capacities) == ("", {})


def test_a_constituency_is_taken_only_where_the_table_says_it(app: Flask, staff: build.Desk) -> None:
    rows = [
        ["Organisation", "Section", "Comments", "Constituency"],
        ["E", "1", "One.", "Trade union"],
        ["F", "1", "Two.", "Syndicat"],
        ["G", "1", "Three.", "Friends"],
    ]
    with app.app_context():
        import_ = take(workbook(rows), staff)
        found = [[row.constituency for row in c.submission.constituencies] for c in comments()]
        assert found == [[Constituency.TRADE_UNION], [Constituency.TRADE_UNION], []]
        assert import_.rows_taken == 3


def test_answers_are_published_where_no_route_to_the_author_exists(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        take(table(*TWO), staff, setting=PublicationSetting.ANONYMOUS)
        with unit_of_work():
            build.publish(round_(), staff.moderator)
            restrict_comments(
                comments()[:1], reason=RestrictionReason.PERSONAL_DATA, public_reason="Why.", agreement="",
                actor=staff.moderator, now=utc_now(),
            )  # fmt: skip
            publish_comments(comments()[:1], actor=staff.moderator, now=utc_now())
            build.submit(round_(), build.person("Respondent"), "With an account.")
            build.publish(round_(), staff.moderator)
            db.session.execute(sa.delete(OutgoingMail))
            build.answer_all(round_(), staff.responder, staff.approver)
            assert count_outgoing(round_()).published_alone == 0
        routes = db.session.execute(sa.select(Delivery.route, Delivery.reason).order_by(Delivery.id)).all()
        assert Counter(route for route, _reason in routes) == {Route.PUBLICATION: 3, Route.ACCOUNT: 1}
        assert all(bool(reason) == (route is Route.PUBLICATION) for route, reason in routes)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 1
        assert exact_progress(round_()).outstanding == 0
        assert {s.name for s in speakers([c.submission for c in comments()[:3]], for_staff=True).values()} == {""}


def wish(comment: Comment, staff: build.Desk, *, is_all: bool = True) -> None:
    with unit_of_work():
        withdraw_point(comment, is_all=is_all, how_wished="A letter.", actor=staff.manager, now=utc_now())


def test_withdrawing_erases_words_and_whatever_would_prove_that_they_stood_in_a_table(
    app: Flask, staff: build.Desk
) -> None:
    theirs = ("Trade union federation E", "9.9", "te", "Where?", "")
    with app.app_context():
        import_ = take(table(*TWO, theirs, ("Community F", "9.9", "te", "Where?", "")), staff)
        wish(comments()[0], staff, is_all=False)
        rows = db.session.execute(sa.select(ImportedRow.row_number, ImportedRow.digest).order_by(ImportedRow.id)).all()
        assert [(number, digest is None) for number, digest in rows] == [(0, True), (3, False), (4, False)]
        assert (import_.file_name, len(refused_rows(import_))) == ("comments.xlsx", 2)
        wish(comments()[1], staff)
        first = comments()[0]
        assert (first.text, first.place_as_written, first.submission.how_permitted) == ("", "", "")
        assert db.session.get(SubmissionIdentity, first.submission_id) is None
        assert import_.file_name == ""
        assert [row.cells[0] for row in refused_rows(import_)] == ["Community F"]
        assert import_.how_permitted
        wish(comments()[2], staff)
        assert (import_.how_permitted, refused_rows(import_)) == ("", [])
        assert take(table(*TWO), staff).rows_known == 0


def test_nobody_finds_out_by_guessing_who_said_what_without_a_name(app: Flask, staff: build.Desk) -> None:
    said = ("Community F", "1", "te", "Said without a name.", "")
    with app.app_context():
        take(table(said), staff, setting=PublicationSetting.ANONYMOUS)
        assert take(table(said), staff).rows_known == 1
        assert (
            take(table(("Community G", *said[1:])), staff).rows_known == 1
        )  # whoever is named: the answer is the same
        (stored,) = db.session.scalars(sa.select(ImportedRow.digest)).all()
        where = ["1", "", "", "", "te"]
        for core in (["Community F", *where, said[3], ""], [*where, said[3], ""]):
            assert hashlib.sha256(json.dumps(core).encode()).hexdigest() not in (stored or "")


def test_the_bytes_of_a_discarded_table_go_after_the_commit_alone(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        with unit_of_work():
            import_ = begin(table(*TWO), staff)
        digest = import_.kept_digest or ""
        discard_import(import_, actor=staff.manager, now=utc_now())
        db.session.rollback()
        assert kept_table(import_).rows
        with unit_of_work():
            discard_import(import_, actor=staff.manager, now=utc_now())
            with db.session.begin_nested():
                pass
            assert digest in set(file_store().digests())
        assert digest not in set(file_store().digests())


def test_a_row_may_say_its_language(app: Flask, staff: build.Desk) -> None:
    rows = [
        ["Organisation", "Comments", "Language"],
        *[["E", f"{n}.", n] for n in ("fr", "anglais", "zh_hant", "??", "", "Kavet", "Khmer")],
    ]
    with app.app_context():
        take(workbook(rows), staff)
        assert [(comment.language, comment.language_words) for comment in comments()] == [
            ("fr", ""), ("en", ""), ("zh-Hant", ""), ("en", ""), ("en", ""), ("mis", "Kavet"), ("km", ""),
        ]  # fmt: skip


def test_rows_in_another_script_and_with_hidden_characters_are_told(app: Flask, staff: build.Desk) -> None:
    rows = [
        ["Organisation", "Comments"],
        ["E", "ធូលីពីការរុករករ៉ែចូលស្រូវ"],
        ["M\u0456ne F", "Pay gpj\u202e.exe, Minis\u200btry."],
        ["G", "Nobody reads Z" + "\u0301" * 9 + "algo."],
    ]
    with app.app_context():
        with unit_of_work():
            import_ = begin(workbook(rows), staff)
            preview = preview_of(import_.round, kept_table(import_), choices_of(import_))
            assert [reading.remarks for reading in preview.readings] == [[Remark.OTHER_SCRIPT], [Remark.CONTROLS], []]
            refused = preview.readings[2].troubles[0]
            assert (refused.problem, refused.cell) == (Problem.CHARACTERS, "B4")
            assert problem_in_words(refused).startswith("So many marks stand on one letter")
            run_import(import_, actor=staff.manager, now=utc_now())
        assert [comment.text for comment in comments()] == [rows[1][1], "Pay gpj.exe, Ministry."]


def test_a_code_or_a_name_of_a_country_may_be_a_states(app: Flask) -> None:
    with app.app_context():
        for name in ("ID", "MY", "phl", "US 012", "Indonesia (BSN)", "The Gambia", "Côte d’Ivoire", "إندونيسيا",
                     "Embassy of Member State A", "Delegation of Member State A"):  # fmt: skip
            assert looks_official(name), name
        for name in ("E", "Indonesia Mining Association", "3M", "Community F", "12", ""):
            assert not looks_official(name), name


def test_after_the_closing_a_reason_is_needed_and_before_the_opening_nothing_is_taken(
    app: Flask, staff: build.Desk
) -> None:
    with app.app_context():
        with unit_of_work():
            build.close(round_())
        with pytest.raises(BadInput, match="closed"):
            take(table(*TWO), staff)
        take(table(*TWO), staff, late_reason="The post was slow.")
        assert {(c.submission.is_late, c.submission.late_reason) for c in comments()} == {(True, "The post was slow.")}
        others = build.desk()
        setup = build.consultation_in_setup(others.host, others.manager, slug="setup", code="SETUP")
        with pytest.raises(InvalidTransition, match="not opened"):
            begin_in(setup, staff)
        released = build.released_round(others, "A point.", slug="released", code="REL")
        request_release(released, actor=others.manager, now=utc_now())
        with pytest.raises(InvalidTransition, match="released"):
            begin_in(released, staff)


def begin_in(other: Round, staff: build.Desk) -> None:
    begin_import(other, table(*TWO), file_name="a", actor=staff.manager, now=utc_now())


def test_files_and_rows_not_taken_are_forgotten_and_the_numbers_stay(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        done = take(table(*TWO, ("", "1", "te", "Nobody.", "")), staff)
        with unit_of_work():
            left = begin(table(*TWO), staff)
        files = [done.kept_digest or "", left.kept_digest or ""]
        assert {*files} <= {*file_store().digests()}
        key = left.key
        with unit_of_work():
            assert forget_old_tables(utc_now()) == 1
        with pytest.raises(NotFound):
            file_store().get(files[0])
        assert refused_rows(done)
        with unit_of_work():
            assert forget_old_tables(utc_now() + timedelta(days=31)) == 1
        db.session.expire_all()
        assert db.session.scalar(sa.select(CommentImport).where(CommentImport.key == key)) is None
        assert not {*files} & {*file_store().digests()}
        assert refused_rows(done) == []
        assert (done.rows_taken, done.rows_refused, done.file_name) == (3, 1, "")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportedRow)) == 3


def test_what_came_in_is_not_changed(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        take(table(*TWO), staff)
        db.session.commit()
        assert_refused(
            "UPDATE imported_row SET row_number = 9",
            "UPDATE imported_row SET digest = 'another'",
            "UPDATE comment_import SET how_permitted = 'another way'",
            "DELETE FROM imported_row",
            "UPDATE comment_import SET rows_taken = 9",
            "DELETE FROM comment_import",
            "UPDATE comment SET place_as_written = 'elsewhere'",
            "UPDATE submission SET source = 'online'",
            "UPDATE submission SET how_permitted = 'another way'",
        )
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 2
