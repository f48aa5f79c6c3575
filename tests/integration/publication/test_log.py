"""The public response log: the page and its files, before, during and after what is taken back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Constituency
from consult.consultations.enums import QuestionKind, Visibility
from consult.consultations.models import Round
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import fold_waiting_counters, sweep
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import publish_comments, restrict_comments
from consult.publication.models import Release
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_response
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import make_stricter, save_answer, withdraw_comment
from consult.texts.services import update_translations
from tests.support import build
from tests.support.browse import main_of, redirects_to

LOG = "/en/consultations/minerals/response-log"
CITED = "/en/consultations/minerals/rounds/1/response-log"
NARROWED = "?words=point&constituency=civil_society&disposition=noted&section=sec_1"
RELEASE = LOG + "/1"


class Log:
    """A round on its way to its response log; sessions of requests are their own, so everything goes by reference."""

    def __init__(self, app: Flask, client: FlaskClient, **options: Any) -> None:
        self.app, self.client = app, client
        self.people: dict[str, Person] = {}
        with app.app_context():
            self.staff = build.desk()
            round_ = build.open_consultation(self.staff.host, self.staff.manager, **options)
            db.session.commit()
            self.key = round_.id

    def round(self) -> Round:
        return db.session.get_one(Round, self.key)

    def submit(self, name: str, *texts: str, **options: Any) -> list[str]:
        with self.app.app_context():
            author = self.people.setdefault(name, build.person(name))
            submission = build.submit(self.round(), author, *texts, **options)
            db.session.commit()
            return [comment.reference or "" for comment in submission.comments]

    def find(self, reference: str) -> Comment:
        return db.session.scalars(sa.select(Comment).where(Comment.reference == reference)).unique().one()

    def publish(self) -> None:
        with self.app.test_request_context("/en/"):
            build.publish(self.round(), self.staff.moderator)
            db.session.commit()

    def restrict(self, reference: str, reason: RestrictionReason = RestrictionReason.PERSONAL_DATA) -> None:
        with self.app.test_request_context("/en/"):
            restrict_comments(
                [self.find(reference)], reason=reason, public_reason="It named <b>somebody</b>.", agreement="",
                actor=self.staff.moderator, now=utc_now(),
            )  # fmt: skip
            db.session.commit()

    def answer(self, reference: str, disposition: Disposition) -> None:
        with self.app.test_request_context("/en/"):
            point = [self.find(reference)]
            write_response(
                point, disposition=disposition, rationale=f"Why {disposition.value}.", text="Its own answer.",
                language="en", propose=True, actor=self.staff.responder, now=utc_now(),
            )  # fmt: skip
            clear_responses(point, actor=self.staff.approver, now=utc_now())
            send_responses(self.round(), actor=self.staff.approver, now=utc_now())
            db.session.commit()

    def withdraw(self, reference: str) -> None:
        with self.app.app_context():
            withdraw_comment(self.find(reference), actor=build.person("Author"), now=utc_now())
            db.session.commit()

    def hide(self, reference: str) -> None:
        with self.app.app_context():
            make_stricter(
                self.find(reference).submission, PublicationSetting.NOT_PUBLISHED, pseudonym="",
                actor=build.person("Author"), now=utc_now(),
            )  # fmt: skip
            db.session.commit()

    def close(self) -> None:
        with self.app.app_context():
            build.close(self.round())
            db.session.commit()

    def release(self) -> None:
        """Answer what is left, close, release."""
        with self.app.test_request_context("/en/"):
            build.publish(self.round(), self.staff.moderator)
            build.answer_all(self.round(), self.staff.responder, self.staff.approver)
            build.close(self.round())
            request_release(self.round(), actor=self.staff.manager, now=utc_now())
            db.session.commit()
            assert sweep()["build_waiting_releases"] == 1

    def sweep(self) -> None:
        with self.app.test_request_context("/en/"):
            sweep()

    def rows(self, query: str = "") -> list[str]:
        page = self.client.get(RELEASE + query)
        assert page.status_code == 200
        return re.findall(r'<article class="point" id="([^"]+)"', page.text)

    def files(self) -> dict[str, str]:
        """Name to address of every file that the page offers."""
        page = self.client.get(RELEASE).text
        return {url.rpartition("/")[2]: url for url in re.findall(rf'href="({RELEASE}/files/[^"]+)"', page)}


@pytest.fixture
def log(app: Flask, client: FlaskClient) -> Log:
    return Log(app, client)


def point(page: str, reference: str) -> str:
    """The part of the page about one point."""
    return page.partition(f'id="{reference}"')[2].partition("</article>")[0]


def test_before_the_release_the_page_tells_how_far_answering_is(log: Log) -> None:
    page = log.client.get(LOG)
    assert page.status_code == 200
    assert "No points yet" in page.text
    one, _two, _spam = log.submit("Author", "One.", "Two.", "Spam.")
    log.publish()
    log.restrict(_spam, RestrictionReason.SPAM)
    log.answer(one, Disposition.ACCEPTED)
    with log.app.app_context():
        fold_waiting_counters()
    page = log.client.get(LOG)
    assert "1 of 2 points answered" in page.text
    assert "Secretariat" in page.text
    assert "answers every point, and says how it was addressed and why, by" in page.text
    assert "Taking part is not consent (FPIC) and not agreement." in page.text
    assert log.client.get(RELEASE).status_code == 404
    assert page.headers["Cache-Control"] == "public, max-age=60"


def test_the_newest_release_is_one_step_away(log: Log) -> None:
    log.submit("Author", "One.")
    log.release()
    assert redirects_to(log.client.get(LOG), CITED + "/1")
    assert log.client.get(LOG + "/2").status_code == 404
    assert log.client.get("/en/consultations/other/response-log/1").status_code == 404


def test_a_release_shows_every_point_by_what_became_of_it(log: Log) -> None:
    (plain,) = log.submit("Amina Diallo", "Words of <plain>.")
    (hidden,) = log.submit("Hidden", "Words of hidden.", setting=PublicationSetting.NOT_PUBLISHED)
    (named,) = log.submit("Named", "Words of restricted.")
    (spam,) = log.submit("Spammer", "Words of spam.", constituencies=())
    (gone,) = log.submit("Gone", "Words of gone.")
    log.publish()
    log.restrict(named)
    log.restrict(spam, RestrictionReason.SPAM)
    log.answer(plain, Disposition.ACCEPTED_WITH_MODIFICATION)
    log.withdraw(gone)
    log.release()
    assert set(log.rows()) == {plain, hidden, named, spam, gone}
    page = log.client.get(RELEASE)
    text = page.text
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "csrf_token" not in text
    assert "Response log, release 1 of" in text
    assert "Taking part is not consent (FPIC) and not agreement." in text
    assert "Amina" not in text
    assert "Words of &lt;plain&gt;." in point(text, plain)
    assert "Civil society" in point(text, plain)
    assert "Purpose" in point(text, plain)
    assert "Accepted with modification" in point(text, plain)
    assert "Why accepted_with_modification." in point(text, plain)
    assert "Its own answer." in point(text, plain)
    assert "Not published at the respondent’s wish." in point(text, hidden)
    assert "An answer." in point(text, hidden)
    assert "Reason: Personal data of somebody else." in point(text, named)
    assert "It named &lt;b&gt;somebody&lt;/b&gt;." in point(text, named)
    assert "spam gets no answer of its own" in point(text, spam)
    assert "Constituency: prefers not to say" in point(text, spam)
    assert "Constituency not told" in point(text, hidden)
    assert "Only the reference is left." in point(text, gone)
    assert "Civil society" not in point(text, gone)
    assert "Noted" not in point(text, gone)
    assert text.count(">Words of ") == 1 + 1  # the point, and the label of the filter


def test_the_log_narrows_by_what_it_shows(log: Log) -> None:
    (water,) = log.submit("One", "Groundwater needs care.")
    (wages,) = log.submit("Two", "Wages.", constituencies=(Constituency.TRADE_UNION,), paragraph=3)
    (hidden,) = log.submit("Three", "Groundwater, but not for you.", setting=PublicationSetting.NOT_PUBLISHED)
    (gone,) = log.submit("Four", "Groundwater, withdrawn.")
    log.publish()
    log.answer(water, Disposition.OUT_OF_SCOPE)
    log.withdraw(gone)
    log.release()
    assert set(log.rows("?words=groundwater")) == {water}
    assert log.rows(f"?words={hidden.lower()}") == [hidden]
    assert log.rows(f"?words={gone}") == [gone]
    assert set(log.rows("?language=en")) == {water, wages}
    assert log.rows("?language=fr") == []
    assert log.rows("?constituency=civil_society") == [water]  # a protected author is found by no constituency
    assert log.rows("?constituency=trade_union") == [wages]
    assert set(log.rows("?section=sec_1")) == {water, hidden}
    assert set(log.rows("?disposition=noted")) == {wages, hidden}
    assert log.rows("?disposition=out_of_scope&section=sec_1&words=care") == [water]
    assert log.rows("?disposition=accepted") == []
    assert "1 point fits" in log.client.get(RELEASE + "?words=care").text
    for odd in ("?words=%00", "?section=%27", "?disposition=odd", "?_anchor=x&endpoint=y"):
        assert log.client.get(RELEASE + odd).status_code == 200, odd
    assert log.client.get(RELEASE + "?after=odd").status_code == 404


def test_the_files_are_what_their_digests_say(log: Log) -> None:
    log.submit("Author", "One.", "=2+2")
    log.release()
    files = log.files()
    assert sorted(files) == [
        "MIN-1-release-1-issue-1-manifest.json", "MIN-1-release-1-issue-1.csv", "MIN-1-release-1-issue-1.json",
    ]  # fmt: skip
    page = log.client.get(RELEASE).text
    kinds = {".csv": "text/csv; charset=utf-8", "json": "application/json"}
    for name, url in files.items():
        answer = log.client.get(url)
        assert answer.status_code == 200
        digest = hashlib.sha256(answer.data).hexdigest()
        assert digest in page
        assert answer.headers["ETag"] == f'"{digest}"'
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == kinds[name[-4:]]
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in answer.headers
        assert log.client.get(url, headers={"If-None-Match": f'"{digest}"'}).status_code == 304
        packed = log.client.get(url, headers={"Accept-Encoding": "gzip"})
        if "Content-Encoding" in packed.headers:  # other bytes on the wire: the tag no longer vouches for each of them
            assert packed.headers["ETag"] == f'W/"{digest}"'
    manifest = json.loads(log.client.get(files["MIN-1-release-1-issue-1-manifest.json"]).data)
    listed = log.client.get(files["MIN-1-release-1-issue-1.csv"])
    assert manifest["files"]["csv"] == hashlib.sha256(listed.data).hexdigest()
    table = list(csv.DictReader(io.StringIO(listed.data.decode("utf-8-sig"), newline="")))
    assert sorted(row["text"] for row in table) == ["'=2+2", "One."]
    assert log.client.get(f"{RELEASE}/files/MIN-1-release-1-issue-2.csv").status_code == 404
    assert log.client.get(f"{RELEASE}/files/..%2f..%2fconsult.db").status_code == 404


@pytest.mark.parametrize("act", ["withdraw", "restrict", "hide"])
def test_what_is_taken_back_is_gone_at_once_and_the_files_follow(log: Log, act: str) -> None:
    one, two = log.submit("Author", "Unmistakable words.", "Others.")
    if act == "hide":
        (two,) = log.submit("Other", "Others.")
    log.release()
    first = log.files()
    manifest = log.client.get(first["MIN-1-release-1-issue-1-manifest.json"]).data
    getattr(log, act)(one)
    # Before the worker has come:
    page = log.client.get(RELEASE).text
    assert "Unmistakable" not in page
    assert "Others." in point(page, two)
    assert "taken back a moment ago" in page
    assert log.rows("?words=unmistakable") == []
    for name, url in first.items():
        answer = log.client.get(url)
        if name.endswith("-manifest.json"):
            assert answer.data == manifest
        else:
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "30"
            assert b"Unmistakable" not in answer.data
            assert answer.headers["Cache-Control"] == "private, no-store"
    log.sweep()
    page = log.client.get(RELEASE).text
    assert "Unmistakable" not in page
    assert "taken back a moment ago" not in page
    assert "Issue 2 of" in page
    expected = {
        "withdraw": "Only the reference is left.", "restrict": "It named &lt;b&gt;", "hide": "Not published at the",
    }  # fmt: skip
    assert expected[act] in point(page, one)
    for name, url in first.items():
        assert log.client.get(url).status_code == (200 if name.endswith("-manifest.json") else 410), name
    assert log.client.get(first["MIN-1-release-1-issue-1-manifest.json"]).data == manifest
    for name, url in log.files().items():
        answer = log.client.get(url)
        assert answer.status_code == 200, name
        assert b"Unmistakable" not in answer.data
    assert len(log.files()) == 4


def test_a_lifted_restriction_does_not_change_what_was_released(log: Log) -> None:
    (one,) = log.submit("Author", "Unmistakable words.")
    log.publish()
    log.restrict(one)
    log.release()
    with log.app.test_request_context("/en/"):
        publish_comments([log.find(one)], actor=log.staff.moderator, now=utc_now())
        db.session.commit()
    log.sweep()
    page = log.client.get(RELEASE).text
    assert "Unmistakable" not in page
    assert "Personal data of somebody else" in page
    assert log.rows("?words=unmistakable") == []
    # It stands in the next one.
    with log.app.test_request_context("/en/"):
        request_release(log.round(), actor=log.staff.manager, now=utc_now())
        db.session.commit()
    log.sweep()
    assert "There is a newer release: release 2" in log.client.get(RELEASE).text
    assert "Unmistakable" in log.client.get(LOG + "/2").text
    assert redirects_to(log.client.get(LOG), CITED + "/2")


def test_answers_are_shown_in_the_language_of_the_reader_where_they_exist_in_it(
    app: Flask, client: FlaskClient
) -> None:
    log = Log(app, client, languages=("en", "fr"))
    log.submit("Author", "One.")
    log.release()
    with app.app_context():
        release = db.session.scalars(sa.select(Release)).one()
        assert release.number == 1
        row = db.session.scalars(sa.select(Comment)).unique().one()
        version_id = db.session.scalar(sa.text("SELECT max(id) FROM response_version")) or 0
        update_translations(
            "response_version", version_id, language="fr",
            fields={"text": ("An answer.", "Une réponse."), "rationale": ("A reason.", "")},
            actor=log.staff.responder, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        assert row.reference
    french = main_of(client.get(RELEASE.replace("/en/", "/fr/")))
    assert '<p lang="fr" dir="ltr">Une réponse.</p>' in french
    assert '<p lang="en" dir="ltr">A reason.</p>' in french
    assert "An answer." in main_of(client.get(RELEASE))
    arabic = client.get(RELEASE.replace("/en/", "/ar/")).text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<p lang="en" dir="ltr">An answer.</p>' in arabic


def test_a_member_driven_text_shows_proposals(app: Flask, client: FlaskClient) -> None:
    log = Log(app, client, member_driven=True)
    log.submit("Author", "One.")
    log.release()
    page = client.get(RELEASE).text
    assert "Proposed: Noted" in page
    assert "the members decide" in page


def test_an_illustration_says_so(log: Log) -> None:
    with log.app.app_context():
        log.round().consultation.is_illustration = True
        db.session.commit()
    assert "ILLUSTRATION" in log.client.get(LOG).text
    log.submit("Author", "One.")
    log.release()
    assert "ILLUSTRATION" in log.client.get(RELEASE).text


def test_an_answer_to_a_question_stands_under_the_question(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        question = save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "What is missing?"}, options=[],
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        open_round(round_, actor=staff.manager, now=utc_now())
        author = build.person("Author")
        draft = build.draft(round_, author)
        save_answer(draft, question, text="Water.", language="en", now=utc_now())
        build.submit(round_, author)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        request_release(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()
    page = client.get(RELEASE).text
    assert "Answer to question 1" in page
    assert "What is missing?" in page
    assert "Water." in page


def test_the_log_obeys_the_visibility_of_the_round(app: Flask, client: FlaskClient) -> None:
    log = Log(app, client, visibility=Visibility.AFTER_CLOSING)
    log.submit("Author", "One.")
    with app.app_context():
        fold_waiting_counters()
    page = client.get(LOG)
    assert page.status_code == 200
    assert "become public after the round closes" in page.text
    assert "points answered" not in page.text
    log.release()
    assert client.get(RELEASE).status_code == 200
    files = log.files()
    with app.app_context():
        log.round().visibility = Visibility.PARTICIPANTS_ONLY
        db.session.commit()
    assert client.get(RELEASE).status_code == 404
    assert all(client.get(url).status_code == 404 for url in files.values())
    page = client.get(LOG)
    assert page.status_code == 200
    assert "One." not in page.text


def test_whoever_is_signed_in_gets_files_that_no_cache_between_keeps(log: Log) -> None:
    log.submit("Author", "One.")
    log.release()
    files = log.files()
    with log.app.app_context():
        build.sign_in(log.client, build.person("Reader"))
    for url in files.values():
        assert log.client.get(url).headers["Cache-Control"] == "private, no-cache"


def test_a_setup_has_no_log(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager)
        db.session.commit()
    assert client.get(LOG).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 300])
def test_pages_take_as_many_queries_for_any_number_of_points(log: Log, number: int) -> None:
    for start in range(0, number, 30):
        log.submit(f"Author {start}", *[f"Point {n}." for n in range(start, min(number, start + 30))])
    with build.count_queries(log.app) as queries:
        log.client.get(LOG)
    before = len(queries)
    log.release()
    with build.count_queries(log.app) as queries:
        assert len(log.rows()) == min(15, number)
    shown = len(queries)
    with build.count_queries(log.app) as queries:
        assert len(log.rows(NARROWED)) == min(15, number)
    narrowed = len(queries)
    with build.count_queries(log.app) as queries:
        log.client.get(f"{RELEASE}/files/MIN-1-release-1-issue-1.json")
    assert (before, shown, narrowed, len(queries)) == (5, 22, 22, 5)


def test_the_log_says_what_its_points_are(log: Log) -> None:
    plain = log.submit("Plain", "One.", "Two.")
    hidden, gone, restricted, spam = (log.submit(name, f"{name}.")[0] for name in ("Hidden", "Gone", "Bad", "Spam"))
    log.publish()
    log.hide(hidden)
    log.restrict(restricted)
    log.restrict(spam, RestrictionReason.SPAM)
    log.withdraw(gone)
    log.release()
    page = main_of(log.client.get(RELEASE))
    for sentence in (
        "6 points were received.",
        "4 points are here with how they were addressed and why.",
        "1 point was closed with a class answer, as spam is.",
        "1 point was withdrawn by its author: its reference alone is left.",
        "The words of 1 of these points are not published",
        "The words of 2 of these points are restricted by moderators.",
    ):
        assert sentence in page
    assert "each with how it was addressed" not in page
    log.hide(plain[0])
    assert "The words of 3 of these points are not published" in main_of(log.client.get(RELEASE))


def test_the_log_pages_by_key(log: Log) -> None:
    log.submit("Author", *[f"Point {n}." for n in range(60)])
    log.release()
    seen, query = log.rows(), ""
    for _page in range(3):
        found = re.search(r'rel="next" href="([^"]+)"', log.client.get(RELEASE + query).text)
        assert found
        query = found[1].replace("&amp;", "&").removeprefix(RELEASE)
        seen += log.rows(query)
    assert len(seen) == len(set(seen)) == 60
