"""Building a release, what may ask for it, and what a later withdrawal leaves of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.consultations.enums import QuestionKind
from consult.consultations.models import Round
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.jobs import sweep
from consult.ledger.models import LedgerEntry
from consult.ledger.services import canonical_bytes, salted_digest
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import publish_comments, restrict_comments
from consult.publication.enums import FileKind, ReleaseStatus, Shown
from consult.publication.formats import COLUMNS
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.publication.queries import (
    current_files,
    find_latest_release,
    is_outdated,
    list_reasons_against_release,
)
from consult.publication.services import (
    MAX_ATTEMPTS,
    build_release,
    forget_retired_files,
    lease_release,
    reissue_release,
    request_release,
    retry_release,
    shown_now,
    verify,
)
from consult.responses.enums import Disposition
from consult.responses.services import write_response
from consult.submissions.enums import PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.services import make_stricter, save_answer, withdraw_comment, withdraw_submission
from consult.texts.services import update_translations
from tests.support import build


def ask(round_: Round, staff: build.Desk) -> Release:
    return request_release(round_, actor=staff.manager, now=utc_now())


def built(round_: Round, staff: build.Desk) -> Release:
    """Release a round as the worker does."""
    ask(round_, staff)
    db.session.commit()
    assert sweep()["build_waiting_releases"] == 1
    release = find_latest_release(round_)
    assert release is not None
    return release


def swept() -> dict[str, int]:
    db.session.commit()
    return sweep()


def bytes_of(release: Release, kind: FileKind) -> bytes:
    db.session.refresh(release, attribute_names=["files"])
    return file_store().get(current_files(release)[kind].sha256)


def rows_of(release: Release) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(bytes_of(release, FileKind.JSON))["rows"]
    return rows


def table_of(release: Release) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes_of(release, FileKind.CSV).decode("utf-8-sig"), newline="")))


def restrict(comment: Comment, staff: build.Desk, reason: RestrictionReason = RestrictionReason.PERSONAL_DATA) -> None:
    restrict_comments(
        [comment], reason=reason, public_reason="It named somebody.", agreement="", actor=staff.moderator, now=utc_now()
    )


def everything(staff: build.Desk, **options: Any) -> tuple[Round, dict[str, Comment]]:
    """A closed and answered round with a point of every fate."""
    round_ = build.open_consultation(staff.host, staff.manager, **options)
    authors = {name: build.person(name.title()) for name in ("plain", "hidden", "restricted", "spam", "gone")}
    points: dict[str, Comment] = {}
    for name, author in authors.items():
        setting = PublicationSetting.NOT_PUBLISHED if name == "hidden" else PublicationSetting.NAMED
        submission = build.submit(round_, author, f"Words of {name}.", setting=setting)
        points[name] = submission.comments[0]
    build.publish(round_, staff.moderator)
    restrict(points["restricted"], staff)
    restrict(points["spam"], staff, RestrictionReason.SPAM)
    build.answer_all(round_, staff.responder, staff.approver)
    withdraw_comment(points["gone"], actor=authors["gone"], now=utc_now())
    build.close(round_)
    return round_, points


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
        save_answer(build.draft(round_, author), question, option=None, text="Q.", language="en", now=utc_now())
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
        assert list(table[0]) == [*COLUMNS, "notice"]
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


def salts_of(comment: Comment) -> list[str]:
    statement = sa.select(LedgerEntry.salt).where(
        LedgerEntry.subject == "comment", LedgerEntry.subject_id == comment.id, LedgerEntry.salt.is_not(None)
    )
    return [salt for salt in db.session.scalars(statement) if salt]


def test_a_withdrawal_leaves_the_words_nowhere_and_the_old_manifest_verifies_the_rest(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author, other = build.person("Author"), build.person("Other")
        (point,) = build.submit(round_, author, "Unmistakable words.").comments
        build.submit(round_, other, "Kept.", "Kept too.")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        release = built(round_, staff)
        old = {kind: bytes_of(release, kind) for kind in FileKind}
        old_salt = next(row["salt"] for row in rows_of(release) if row["reference"] == point.reference)
        salts_before = salts_of(point)
        assert salts_before
        assert verify(old[FileKind.MANIFEST], old[FileKind.JSON]).is_intact

        withdraw_comment(point, actor=author, now=utc_now())
        assert is_outdated(release)
        assert swept()["reissue_outdated_releases"] == 1

        assert not is_outdated(release)
        files = {kind: bytes_of(release, kind) for kind in FileKind}
        names = [path for path in file_store().root.rglob("*") if path.is_file()]
        everything_kept = b"".join(path.read_bytes() for path in names)
        assert b"Unmistakable" not in everything_kept
        assert old_salt.encode() not in everything_kept
        row = db.session.scalars(sa.select(ReleaseRow).where(ReleaseRow.comment_id == point.id)).unique().one()
        assert (row.shown, row.response, row.decision) == (Shown.WITHDRAWN, None, None)
        assert row.salt != old_salt
        assert not set(salts_before) & set(salts_of(point))
        assert point.text == ""
        gone = next(one for one in rows_of(release) if one["reference"] == point.reference)
        assert {key for key, value in gone.items() if value not in ("", {})} == {
            "ordinal", "reference", "shown", "salt",
        }  # fmt: skip

        new = verify(files[FileKind.MANIFEST], files[FileKind.JSON])
        assert (new.is_intact, new.is_same_file) == (True, True)
        against_old = verify(old[FileKind.MANIFEST], files[FileKind.JSON])
        assert list(against_old.changed) == [point.reference]
        assert len(against_old.unchanged) == 2
        assert (against_old.missing, against_old.added, against_old.is_same_file) == ([], [], False)

        for kind, content in files.items():
            assert b"Reissued" in content, kind
        assert json.loads(files[FileKind.MANIFEST])["issue"] == 2
        db.session.refresh(release, attribute_names=["files"])
        kept = {(file.kind, file.issue): file.retired_at is None for file in release.files}
        assert kept == {(kind, issue): issue == 2 for kind in FileKind for issue in (1, 2)}
        for file in release.files:
            if file.issue == 1 and file.kind is not FileKind.MANIFEST:
                with pytest.raises(NotFound):
                    file_store().get(file.sha256)
        acts = db.session.scalars(
            sa.select(LedgerEntry.act).where(LedgerEntry.subject == "release").order_by(LedgerEntry.id)
        )
        assert list(acts)[-1] == "system:release:reissue"


def test_whatever_the_record_no_longer_gives_leaves_the_release(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        authors = [build.person(name) for name in ("Restricted", "Stricter", "Withdrawn", "Kept")]
        points = [build.submit(round_, author, f"Words of {author.name}.").comments[0] for author in authors]
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        release = built(round_, staff)
        first = bytes_of(release, FileKind.MANIFEST)
        restrict(points[0], staff)
        hide = PublicationSetting.NOT_PUBLISHED
        make_stricter(points[1].submission, hide, pseudonym="", actor=authors[1], now=utc_now())
        withdraw_submission(points[2].submission, actor=authors[2], now=utc_now())
        rows = db.session.scalars(sa.select(ReleaseRow).order_by(ReleaseRow.comment_id)).unique().all()
        # The page follows the record at once, before the worker comes.
        assert [shown_now(row) for row in rows] == [
            Shown.RESTRICTED, Shown.NOT_PUBLISHED, Shown.WITHDRAWN, Shown.TEXT,
        ]  # fmt: skip
        assert {row.shown for row in rows} == {Shown.TEXT}
        swept()
        shown = {row["reference"]: row for row in rows_of(release)}
        assert [shown[point.reference]["shown"] for point in points] == [
            "restricted", "not_published", "withdrawn", "text",
        ]  # fmt: skip
        restricted = shown[points[0].reference]
        assert (restricted["restriction_reason"], restricted["text"]) == ("personal_data", "")
        assert restricted["response"] == shown[points[1].reference]["response"] == "An answer."
        assert list(verify(first, bytes_of(release, FileKind.JSON)).unchanged) == [points[3].reference]
        # Restricted then withdrawn: the tombstone replaces the reason too.
        withdraw_comment(points[0], actor=authors[0], now=utc_now())
        assert swept()["reissue_outdated_releases"] == 1
        assert "It named somebody." not in bytes_of(release, FileKind.JSON).decode()
        assert json.loads(bytes_of(release, FileKind.MANIFEST))["issue"] == 3
        assert swept()["reissue_outdated_releases"] == 0


def test_a_reissue_repeats_unchanged_rows_to_the_letter(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.", "Two.", languages=("en", "fr"))
        one, two = build.points_of(round_)
        release = built(round_, staff)
        first = bytes_of(release, FileKind.MANIFEST)
        row = db.session.scalars(sa.select(ReleaseRow).where(ReleaseRow.comment_id == one.id)).unique().one()
        assert row.response is not None
        update_translations(  # comes after the release, and so belongs to the next one
            "response_version", row.response.id, language="fr",
            fields={"text": (row.response.text, "Une réponse.")}, actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        withdraw_comment(two, actor=build.person("Author"), now=utc_now())
        swept()
        assert list(verify(first, bytes_of(release, FileKind.JSON)).unchanged) == [one.reference]
        assert "Une réponse." not in bytes_of(release, FileKind.JSON).decode()


def test_words_go_even_when_the_old_files_are_lost(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "Unmistakable.", "Two.")
        release = built(round_, staff)
        for file in release.files:
            file_store().delete(file.sha256)
        withdraw_comment(build.points_of(round_)[0], actor=build.person("Author"), now=utc_now())
        assert swept()["reissue_outdated_releases"] == 1
        assert verify(bytes_of(release, FileKind.MANIFEST), bytes_of(release, FileKind.JSON)).is_intact


def test_a_worker_that_was_killed_before_it_forgot_is_made_good(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.", "Two.")
        release = built(round_, staff)
        old = [file.sha256 for file in release.files if file.kind is not FileKind.MANIFEST]
        withdraw_comment(build.points_of(round_)[0], actor=build.person("Author"), now=utc_now())
        reissue_release(release, now=utc_now())
        db.session.commit()
        assert file_store().get(old[0])
        assert swept()["reissue_outdated_releases"] == 0
        for digest in old:
            with pytest.raises(NotFound):
                file_store().get(digest)
        assert forget_retired_files(now=utc_now()) == 0


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


def test_the_manifest_is_checked_by_hand_as_the_page_says(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        release = built(build.released_round(staff, "Café, en décomposé: é"), staff)
        log, manifest = (bytes_of(release, kind) for kind in (FileKind.JSON, FileKind.MANIFEST))
        promised = json.loads(manifest)
        row = json.loads(log)["rows"][0]
        salt = row.pop("salt")
        import hashlib

        words = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(bytes.fromhex(salt) + words).hexdigest() == promised["rows"][0]["digest"]
        assert words == canonical_bytes(row)
        assert promised["files"]["json"] == hashlib.sha256(log).hexdigest()
        assert promised["files"]["csv"] == hashlib.sha256(bytes_of(release, FileKind.CSV)).hexdigest()
        assert "Caf" not in manifest.decode()


def test_verifying_finds_what_was_changed(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        release = built(build.released_round(staff, "One.", "Two.", "Three."), staff)
        log, manifest = (bytes_of(release, kind) for kind in (FileKind.JSON, FileKind.MANIFEST))
        references = [row["reference"] for row in json.loads(log)["rows"]]
        forged = json.loads(log)
        forged["rows"][0]["response"] = "Another answer."
        del forged["rows"][1]
        forged["rows"].append({**forged["rows"][1], "reference": "MIN-1-FORGED"})
        found = verify(manifest, json.dumps(forged).encode())
        assert not found.is_intact
        assert not found.is_same_file
        assert (found.changed, found.missing, found.added) == ([references[0]], [references[1]], ["MIN-1-FORGED"])
        assert found.unchanged == [references[2]]
        for one, other in ((log, manifest), (manifest, b"no JSON"), (b"[]", log), (manifest, b'{"rows": [1]}')):
            with pytest.raises(BadInput):
                verify(one, other)
        assert salted_digest("00" * 32, {"a": 1}) != salted_digest("01" * 32, {"a": 1})


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
