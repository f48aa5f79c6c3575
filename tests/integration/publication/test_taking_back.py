"""What a later withdrawal leaves of a release, and how anybody verifies it."""

from __future__ import annotations

import json
import secrets

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, NotFound
from consult.ledger.models import LedgerEntry
from consult.ledger.services import canonical_bytes, salted_digest
from consult.publication.enums import FileKind, Shown
from consult.publication.models import ReleaseRow
from consult.publication.queries import (
    is_outdated,
)
from consult.publication.rows import shown_now
from consult.publication.services import (
    forget_retired_files,
    reissue_release,
)
from consult.publication.verifying import verify
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import make_stricter, withdraw_comment, withdraw_submission
from consult.texts.services import update_translations
from tests.integration.publication.releasing import built, bytes_of, restrict, rows_of, swept
from tests.support import build


def salts_of(comment: Comment) -> list[str]:
    statement = sa.select(LedgerEntry.salt).where(
        LedgerEntry.subject == "comment", LedgerEntry.subject_id == comment.id, LedgerEntry.salt.is_not(None)
    )
    return [salt for salt in db.session.scalars(statement) if salt]


def test_a_withdrawal_leaves_the_words_nowhere_and_the_old_manifest_verifies_the_rest(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        words = f"Words {secrets.token_hex(8)}"  # the store also has files of other tests
        author, other = build.person("Author"), build.person("Other")
        (point,) = build.submit(round_, author, words).comments
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
        assert words.encode() in old[FileKind.CSV]
        assert words.encode() not in everything_kept
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


@pytest.mark.parametrize("is_lost", [True, False])
def test_words_go_even_when_the_old_files_are_lost_or_damaged(app: Flask, is_lost: bool) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "Unmistakable.", "Two.")
        release = built(round_, staff)
        for file in release.files:
            path = file_store().root / file.sha256[:2] / file.sha256
            path.unlink() if is_lost else path.write_bytes(b"damaged")
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


def test_a_release_that_cannot_be_reissued_keeps_no_other_waiting(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        broken = built(build.released_round(staff, "One."), staff)
        sound = built(build.released_round(staff, "Two.", slug="sound", code="SND"), staff)
        for release in (broken, sound):
            withdraw_comment(build.points_of(release.round)[0], actor=build.person("Author"), now=utc_now())
        for file in broken.files:
            file.retired_at = utc_now()  # none is left that the rows could be taken from
        assert swept()["reissue_outdated_releases"] == 1
        assert (is_outdated(broken), is_outdated(sound)) == (True, False)
        for file in broken.files:
            file.retired_at = None
        assert swept()["reissue_outdated_releases"] == 1
        assert not is_outdated(broken)
