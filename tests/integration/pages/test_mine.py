"""My submissions, and the receipt: where each point stands, why one is restricted, what was answered."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.consultations.enums import Visibility
from consult.core.clock import utc_now
from consult.core.db import db
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import publish_comments, restrict_comments
from consult.responses.queries import sent_versions
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from consult.texts.services import update_translations
from tests.support import build
from tests.support.browse import main_of

MINE = "/en/account/submissions"
MINE_QUERIES = 22
RECEIPT_QUERIES = 25


@pytest.fixture
def author(app: Flask, client: FlaskClient) -> Person:
    with app.app_context():
        who = build.person("Rosa")
        build.sign_in(client, who)
    return who


def receipt_of(comment: Comment, locale: str = "en") -> str:
    submission = comment.submission
    return f"/{locale}/take-part/{submission.round.consultation.slug}/receipt/{submission.key}"


def test_nothing_yet_teaches_and_visitors_sign_in(client: FlaskClient, author: Person, app: Flask) -> None:
    page = client.get(MINE).text
    assert "Nothing yet" in page
    assert app.test_client().get(MINE).location == "/en/account/sign-in?next=" + MINE


def test_drafts_lead_back_to_where_they_are_written(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        build.draft(build.open_consultation(staff.host, staff.manager), author, "A point.")
        closed = build.open_consultation(staff.host, staff.manager, slug="closed", code="CLOSED")
        build.draft(closed, author, "Another point.")
        build.close(closed)
        build.draft(build.open_consultation(staff.host, staff.manager, slug="other", code="OTHER"), staff.manager, "x")
        db.session.commit()
    page = main_of(client.get(MINE))
    assert 'href="/en/take-part/minerals/"' in page
    assert "not submitted yet" in page
    assert "it can no longer be submitted" in page
    assert "take-part/other" not in page


def test_where_each_point_stands_in_words(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        submission = build.submit(round_, author, "Waits.", "Is public.", "Names somebody.", "Goes.", "Is spam.")
        waits, public, restricted, goes, spam = submission.comments
        publish_comments([public], actor=staff.moderator, now=utc_now())
        for comment, reason in ((restricted, RestrictionReason.PERSONAL_DATA), (spam, RestrictionReason.SPAM)):
            restrict_comments(
                [comment], reason=reason, public_reason="Because <b>this</b>.", agreement="",
                actor=staff.moderator, now=utc_now(),
            )  # fmt: skip
        withdraw_comment(goes, actor=author, now=utc_now())
        references = [str(row.reference) for row in (waits, public, restricted, goes, spam)]
        url = receipt_of(waits)
        db.session.commit()
    for page in (client.get(MINE).text, client.get(url).text):
        articles = {part.partition('"')[0]: part for part in page.split('<article class="point" id="')[1:]}
        stands = [articles[reference] for reference in references]
        for words, article in zip(
            ("Waiting to be read", "Published", "Restricted", "Withdrawn", "Closed under a class answer"), stands,
            strict=True,
        ):  # fmt: skip
            assert words in article
        assert "Personal data of somebody else" in stands[2]
        assert "Because &lt;b&gt;this&lt;/b&gt;." in stands[2]
        assert 'If you disagree, write to <bdi dir="ltr">contact@example.org</bdi>.' in stands[2]
        assert "turn to the safety contact" not in stands[2]
        assert "Names somebody." in stands[2]
        assert "Goes." not in page
        assert "To be answered" in stands[0]


@pytest.mark.parametrize("member_driven", [False, True])
def test_answers_are_shown_when_they_are_sent(
    client: FlaskClient, author: Person, app: Flask, member_driven: bool
) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "ar"), member_driven=member_driven)
        comment = build.submit(round_, author, "A point.").comments[0]
        build.publish(round_, staff.moderator)
        url, arabic, reference = receipt_of(comment), receipt_of(comment, "ar"), comment.reference
        db.session.commit()
        before = client.get(url).text
        build.answer_all(round_, staff.responder, staff.approver)
        version = sent_versions([comment])[comment.id]
        update_translations(
            "response_version", version.id, language="ar", fields={"text": (version.text, "جواب.")},
            actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
    assert "An answer." not in before
    assert "The response is due" in before
    answered = client.get(url).text
    assert "The response is due" not in answered
    assert re.search(rf'<h1>.*?href="[^"]*#{reference}">Your answer is here</a>', answered, re.DOTALL)
    for page in (client.get(MINE).text, client.get(url).text):
        assert '<p lang="en" dir="ltr">An answer.</p>' in page
        assert '<p lang="en" dir="ltr">A reason.</p>' in page
        assert ("How addressed (proposed): Noted" in page) is member_driven
        assert ("How addressed: Noted" in page) is not member_driven
        assert "Shown in the original language" not in page
    # They asked for answers in English; another language is one click away.
    assert '<p lang="ar" dir="rtl">جواب.</p>' not in client.get(arabic).text
    page = client.get(arabic + "?in=ar").text
    assert '<p lang="ar" dir="rtl">جواب.</p>' in page
    assert '<p lang="en" dir="ltr">A reason.</p>' in page
    assert page.count('class="original"') == 2  # who translated the answer, and that the reason is the original


def test_what_the_secretariat_is_still_doing_is_not_told(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        comment = build.submit(round_, author, "A point.").comments[0]
        build.publish(round_, staff.moderator)
        build.write_response(
            [comment], disposition=build.Disposition.NOTED, rationale="Inner reason.", text="Inner answer.",
            language="en", propose=True, actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        url = receipt_of(comment)
        db.session.commit()
    for page in (client.get(MINE).text, client.get(url).text):
        assert "Inner" not in page
        assert "clearance" not in page
        assert "To be answered" in page


def test_read_and_public_are_not_the_same(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        later = build.open_consultation(staff.host, staff.manager, visibility=Visibility.AFTER_CLOSING)
        urls = [receipt_of(build.submit(later, author, "A point.").comments[0])]
        for setting, capacity in (
            (PublicationSetting.NOT_PUBLISHED, Capacity.INDIVIDUAL),
            (PublicationSetting.NAMED, Capacity.STATE_DELEGATION),
        ):
            urls.append(receipt_of(build.submit(later, author, "A.", setting=setting, capacity=capacity).comments[0]))
        points = [row for row in build.points_of(later) if not row.submission.is_official]
        publish_comments(points, actor=staff.moderator, now=utc_now())
        db.session.commit()
    words = ("Read, not public yet", "Read, and not published, as you chose", "Waits for your credential")
    for url, sentence in zip(urls, words, strict=True):
        assert sentence in client.get(url).text
        assert sentence in client.get(MINE).text


def test_the_receipt_says_what_happens_next_and_can_be_kept(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        comment = build.submit(round_, author, "A point.\n\nIts <second> part.").comments[0]
        url, reference = receipt_of(comment), str(comment.reference)
        db.session.commit()
    page = client.get(url).text
    assert page.count(reference) >= 2
    for words in ("What happens now", "The round closes", "The response is due", "Show the public less",
                  "Withdraw everything", "whom to turn to"):  # fmt: skip
        assert words in page
    kept = client.get(url + "/download")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="receipt-MIN-1.txt"'
    assert kept.mimetype == "text/plain"
    assert kept.headers["Cache-Control"] == "private, no-store"
    assert reference in kept.text
    assert "Its <second> part." in kept.text
    assert "Taking part is not consent (FPIC) and not agreement." in kept.text


def test_other_peoples_submissions_are_not_mine(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Other"), "Not mine.")
        build.submit(round_, author, "Mine.")
        db.session.commit()
    page = client.get(MINE).text
    assert "Mine." in page
    assert "Not mine." not in page


def test_a_long_submission_is_whole_on_its_receipt(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        comments = build.submit(round_, author, *[f"Point {n}." for n in range(25)]).comments
        url = receipt_of(comments[0])
        db.session.commit()
    assert client.get(MINE).text.count("<article") == 20
    assert "See all 25 points" in client.get(MINE).text
    assert client.get(url).text.count("<article") == 25


def test_pages_of_submissions_hold_each_once(client: FlaskClient, author: Person, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        for number in range(23):
            build.submit(round_, author, f"Submission {number:02}.")
        db.session.commit()
    seen: list[str] = []
    url = MINE
    while url:
        page = client.get(url).text
        seen += [part[:2] for part in page.split("Submission ")[1:]]
        url = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == [f"{number:02}" for number in reversed(range(23))]


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_database_is_asked_as_often_for_300_points(
    client: FlaskClient, author: Person, app: Flask, number: int
) -> None:
    with app.app_context():
        staff = build.desk()
        for place in range(min(number, 12)):
            round_ = build.open_consultation(staff.host, staff.manager, slug=f"minerals-{place}", code=f"C{place}")
            texts = [f"Point {n}." for n in range(max(1, number // 12))]
            comment = build.submit(round_, author, *texts).comments[0]
            build.publish(round_, staff.moderator)
            build.answer_all(round_, staff.responder, staff.approver)
        url = receipt_of(comment)
        db.session.commit()
    for path, expected in ((MINE, MINE_QUERIES), (url, RECEIPT_QUERIES)):
        with build.count_queries(app) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) == expected, queries.statements
