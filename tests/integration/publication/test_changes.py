"""Release 2 says what changed since release 1, and release 1 stays as it is."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import SYSTEM, Person
from consult.accounts.models import Account
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.ledger.services import salted_digest
from consult.moderation.services import publish_comments
from consult.publication.changes import count_changes, find_previous_release
from consult.publication.enums import Change, FileKind
from consult.publication.formats import LogRow
from consult.publication.models import Release, ReleaseFile
from consult.publication.queries import count_news, current_files, get_published_release, has_news
from consult.publication.verifying import verify
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_correction
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.services import make_stricter, withdraw_comment
from tests.integration.publication.releasing import ask, built, bytes_of, restrict, rows_of, swept, table_of
from tests.support import build
from tests.support.record import assert_refused

LOG = "/en/consultations/minerals/response-log"


def correct(comment: Comment, staff: build.Desk, text: str = "A corrected answer.") -> None:
    write_correction(
        [comment], disposition=Disposition.ACCEPTED, rationale="A better reason.", text=text, language="en",
        reason="A slip of the pen.", actor=staff.responder, now=utc_now(),
    )  # fmt: skip
    clear_responses([comment], actor=staff.approver, now=utc_now())
    send_responses(comment.submission.round, actor=staff.approver, now=utc_now())


class Released:
    """A round that was released once, with a point for each thing that may happen to one afterwards."""

    NAMES = ("same", "corrected", "lifted", "restricted", "stricter", "gone")

    def __init__(self) -> None:
        self.staff = build.desk()
        round_ = build.open_consultation(self.staff.host, self.staff.manager)
        self.authors = {name: build.person(name.title()) for name in self.NAMES}
        self.points = {
            name: build.submit(round_, author, f"Words of {name}.").comments[0].id
            for name, author in self.authors.items()
        }
        build.publish(round_, self.staff.moderator)
        restrict(self.point("lifted"), self.staff)
        build.answer_all(round_, self.staff.responder, self.staff.approver)
        build.close(round_)
        self.round_key = round_.id
        self.first = built(round_, self.staff).id

    def point(self, name: str) -> Comment:
        return db.session.get_one(Comment, self.points[name])

    def change_all(self) -> None:
        now = utc_now()
        correct(self.point("corrected"), self.staff)
        publish_comments([self.point("lifted")], actor=self.staff.moderator, now=now)
        restrict(self.point("restricted"), self.staff)
        submission = self.point("stricter").submission
        make_stricter(
            submission, PublicationSetting.NOT_PUBLISHED, pseudonym="", actor=self.authors["stricter"], now=now
        )
        withdraw_comment(self.point("gone"), actor=self.authors["gone"], now=now)

    def release_again(self) -> Release:
        round_ = db.session.get_one(Release, self.first).round
        ask(round_, self.staff)
        assert swept()["build_waiting_releases"] == 1
        return get_published_release(round_, 2)


def test_release_two_says_what_changed_and_release_one_stays(app: Flask) -> None:
    with app.app_context():
        made = Released()
        first = db.session.get_one(Release, made.first)
        manifest_before = bytes_of(first, FileKind.MANIFEST)
        assert "previous" not in json.loads(manifest_before)
        assert {row["changed_since_previous"] for row in rows_of(first)} == {""}
        assert not has_news(first)
        with pytest.raises(InvalidTransition):
            ask(first.round, made.staff)
        made.change_all()
        assert count_news(first) == {
            kind: int(kind in {Change.CORRECTED, Change.LIFTED})
            for kind in (Change.ADDED, Change.ANSWERED, Change.CORRECTED, Change.LIFTED)
        }
        second = made.release_again()
        rows = {row["reference"]: row for row in rows_of(second)}
        told = {name: rows[made.point(name).reference]["changed_since_previous"] for name in made.NAMES}
        assert told == {
            "same": "", "corrected": ["corrected"], "lifted": ["restriction_lifted"], "restricted": ["restricted"],
            "stricter": ["no_longer_published"], "gone": ["withdrawn"],
        }  # fmt: skip
        corrected = rows[made.point("corrected").reference]
        assert (corrected["response"], corrected["correction_reason"]) == ("A corrected answer.", "A slip of the pen.")
        assert {row["correction_reason"] for row in rows.values()} == {"", "A slip of the pen."}
        gone = rows[made.point("gone").reference]
        assert {key for key, value in gone.items() if value not in ("", {})} == {
            "ordinal", "reference", "shown", "salt", "changed_since_previous",
        }  # fmt: skip
        in_csv = {row["reference"]: row["changed_since_previous"] for row in table_of(second)}
        assert in_csv[made.point("corrected").reference] == "corrected"
        previous = find_previous_release(second)
        assert previous is not None
        assert count_changes(second, previous) == {
            kind: int(kind not in {Change.ADDED, Change.ANSWERED, Change.STRUCK}) for kind in Change
        }
        named = json.loads(bytes_of(second, FileKind.MANIFEST))["previous"]
        assert named["release"] == 1
        db.session.refresh(first, attribute_names=["files"])
        assert named["manifest_sha256"] in {f.sha256 for f in first.files if f.kind is FileKind.MANIFEST}
        # The first release answers as it did, but for what was taken back; its old manifest still vouches for the rest.
        old = {row["reference"]: row for row in rows_of(first)}
        assert old[made.point("corrected").reference]["response"] == "An answer."
        checked = verify(manifest_before, bytes_of(first, FileKind.JSON))
        assert set(checked.unchanged) == {made.point(name).reference for name in ("same", "corrected", "lifted")}
        assert verify(bytes_of(second, FileKind.MANIFEST), bytes_of(second, FileKind.JSON)).is_intact
        assert not has_news(second)


def test_a_reissue_of_release_two_repeats_what_it_said_and_leaks_nothing(app: Flask) -> None:
    with app.app_context():
        made = Released()
        made.change_all()
        second = made.release_again()
        before = {row["reference"]: row for row in rows_of(second)}
        author = made.authors["corrected"]
        withdraw_comment(made.point("corrected"), actor=author, now=utc_now())
        assert swept()["reissue_outdated_releases"] == 2  # the first one too
        after = {row["reference"]: row for row in rows_of(second)}
        gone = made.point("corrected").reference
        assert after[gone]["changed_since_previous"] == ["withdrawn"]
        assert after[gone]["correction_reason"] == after[gone]["response"] == ""
        assert {key: row for key, row in after.items() if key != gone} == {
            key: row for key, row in before.items() if key != gone
        }
        for release in (second, db.session.get_one(Release, made.first)):
            for kind in FileKind:
                assert b"slip of the pen" not in bytes_of(release, kind)
                assert b"corrected answer" not in bytes_of(release, kind)


def test_files_of_earlier_programs_verify_and_are_repeated_to_the_letter(app: Flask) -> None:
    """Rows without the columns of today, as the first program wrote them."""
    with app.app_context():
        made = Released()
        release = db.session.get_one(Release, made.first)
        old = json.loads(bytes_of(release, FileKind.JSON))
        for row in old["rows"]:
            for name in ("changed_since_previous", "correction_reason"):
                del row[name]
        manifest = {
            "rows": [
                {
                    "reference": row["reference"],
                    "digest": salted_digest(row["salt"], LogRow.from_content(row).content()),
                }
                for row in old["rows"]
            ],
            "files": {"json": "0" * 64},
        }
        checked = verify(json.dumps(manifest).encode(), json.dumps(old).encode())
        assert checked.is_intact
        assert len(checked.unchanged) == 6


def test_the_page_of_release_two(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made = Released()
        made.change_all()
        made.release_again()
        reference, gone = made.point("corrected").reference, made.point("gone").reference
    page = client.get(f"{LOG}/2").text
    for words in (
        "What changed since release 1", "The answer to 1 point was corrected", "1 point was withdrawn",
        "The restriction of 1 point was lifted", "1 point was restricted", "1 point is no longer published",
        "A slip of the pen.", "The answer in release 1", "An answer.", "A corrected answer.",
    ):  # fmt: skip
        assert words in page, words
    narrowed = client.get(f"{LOG}/2?changed=corrected").text
    assert reference in narrowed
    assert narrowed.count("<article") == 1
    assert client.get(f"{LOG}/2?changed=any").text.count("<article") == 5
    assert client.get(f"{LOG}/2?changed=nonsense").text.count("<article") == 6
    first = client.get(f"{LOG}/1").text
    assert "There is a newer release" in first
    assert "A corrected answer." not in first
    assert "What changed" not in first
    assert client.get(LOG).location.endswith("/response-log/2")
    point = client.get(f"/en/consultations/minerals/comments/{reference}").text
    assert all(words in point for words in ("A corrected answer.", "because:", "A slip of the pen.", "An answer."))
    with app.app_context():
        comment = made.point("corrected")
        withdraw_comment(comment, actor=SYSTEM, now=utc_now())
        db.session.commit()
    for address in (f"{LOG}/2", f"{LOG}/2?changed=any", f"{LOG}/2?changed=corrected", f"{LOG}/2?changed=withdrawn"):
        page = client.get(address).text  # before the worker has reissued it
        assert "slip of the pen" not in page
        assert "corrected answer" not in page
    assert reference not in client.get(f"{LOG}/2?changed=corrected").text
    withdrawn = client.get(f"{LOG}/2?changed=withdrawn").text
    assert reference in withdrawn
    assert gone in withdrawn


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_page_takes_as_many_queries_for_any_number(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, *(f"Point {place}." for place in range(number)))
        built(round_, staff)
        points = build.points_of(round_)
        write_correction(
            points, disposition=Disposition.ACCEPTED, rationale="Why.", text="Better.", language="en", reason="A slip.",
            actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        clear_responses(points, actor=staff.approver, now=utc_now())
        send_responses(round_, actor=staff.approver, now=utc_now())
        ask(round_, staff)
        assert swept()["build_waiting_releases"] == 1
    counts: dict[str, int] = {}
    for name, address in (("all", f"{LOG}/2"), ("changed", f"{LOG}/2?changed=corrected")):
        with build.count_queries(app) as queries:
            assert client.get(address).status_code == 200
        counts[name] = len(queries)
    assert counts == {"all": 25, "changed": 25}


def test_the_record_refuses_to_be_changed(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.")
        correct(build.points_of(round_)[0], staff)
        built(round_, staff)
        db.session.commit()
        assert_refused(
            "UPDATE release_row SET ordinal = 9",
            "UPDATE release_row SET shown = 'text'",
            "UPDATE release_row SET response_version_id = 1",
            "DELETE FROM release_row",
            "UPDATE response_correction SET reason = 'another'",
            "DELETE FROM response_correction",
        )


def compilation() -> tuple[build.Desk, Round]:
    staff = build.desk()
    round_ = build.open_consultation(staff.host, staff.manager, visibility=Visibility.COMPILATION_ONLY)
    build.submit(round_, build.person("Ada Named"), "Second place.", paragraph=2)
    build.submit(round_, build.person("Bo Hidden"), "First place.", setting=PublicationSetting.ANONYMOUS)
    build.publish(round_, staff.moderator)
    build.close(round_)
    return staff, round_


def test_a_compilation_holds_input_by_provision_and_no_dispositions(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff, round_ = compilation()
        release = built(round_, staff)
        rows = rows_of(release)
        assert [row["text"] for row in rows] == ["First place.", "Second place."]
        assert [(row["respondent"], row["publication_setting"]) for row in rows] == [
            ("", "anonymous"), ("Ada Named", "named"),
        ]  # fmt: skip
        assert not {"disposition", "rationale", "response"} & set(rows[0])
        for kind in (FileKind.JSON, FileKind.MANIFEST):
            assert json.loads(bytes_of(release, kind))["kind"] == "compilation"
        assert "disposition" not in bytes_of(release, FileKind.CSV).decode().splitlines()[0]
        assert verify(bytes_of(release, FileKind.MANIFEST), bytes_of(release, FileKind.JSON)).is_intact
    page = client.get(f"{LOG}/1").text
    assert "Compilation, release 1" in page
    assert page.index("First place.") < page.index("Second place.")
    assert "Ada Named" in page
    assert "Bo Hidden" not in page
    assert "How addressed" not in page
    assert "The compilation of all input is published." in page


def test_who_no_longer_wants_to_be_named_leaves_a_compilation(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff, round_ = compilation()
        release = built(round_, staff)
        submission = db.session.scalars(
            sa.select(Submission).where(Submission.publication_setting == PublicationSetting.NAMED)
        ).one()
        author = Person(db.session.get_one(Account, submission.account_id), {})
        make_stricter(submission, PublicationSetting.ANONYMOUS, pseudonym="", actor=author, now=utc_now())
        db.session.commit()
        assert b"Ada Named" in file_store().get(current_files(release)[FileKind.JSON].sha256)
        name = next(f for f in release.files if f.kind is FileKind.JSON)
        address = f"{LOG}/1/files/MIN-1-release-1-issue-{name.issue}.json"
    assert client.get(address).status_code == 503
    assert "Ada Named" not in client.get(f"{LOG}/1").text
    with app.app_context():
        assert swept()["reissue_outdated_releases"] == 1
        release = get_published_release(db.session.get_one(Release, release.id).round, 1)
        assert [row["respondent"] for row in rows_of(release)] == ["", ""]
        assert [row["text"] for row in rows_of(release)] == ["First place.", "Second place."]
        digests = set(db.session.scalars(sa.select(ReleaseFile.sha256)))
        assert not any(b"Ada Named" in file_store().get(one) for one in file_store().digests() if one in digests)
        assert swept()["reissue_outdated_releases"] == 0
