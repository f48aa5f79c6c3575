"""The published points of a round: who may see them, what they tell, how they are found."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import Visibility
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.services import make_stricter, submit_submission, withdraw_comment
from tests.integration.submissions.conftest import Opened, speak
from tests.support import build
from tests.support.browse import main_of, redirects_to

LIST = "/en/consultations/minerals/comments"
LIST_QUERIES = 20
POINT_QUERIES = 13


def published(opened: Opened, *texts: str, name: str = "Rosa", **options: object) -> list[str]:
    """References of points that are submitted and published; commits."""
    submission = build.submit(opened.round(), build.person(name), *texts, **options)  # type: ignore[arg-type]
    build.publish(opened.round(), opened.staff.moderator)
    references = [str(row.reference) for row in submission.comments]
    db.session.commit()
    return references


def one_point(
    opened: Opened,
    text: str,
    *,
    language: str = "en",
    kind: CommentType = CommentType.SUBSTANTIVE,
    constituency: Constituency = Constituency.CIVIL_SOCIETY,
    paragraph: int = 0,
) -> str:
    """The reference of a submitted point in a language and of a type."""
    author = build.person("Author")
    draft = build.draft(opened.round(), author, text, paragraph=paragraph)
    draft.comments[0].language, draft.comments[0].comment_type = language, kind
    speak(draft, author, [constituency])
    return str(submit_submission(draft, actor=author, now=utc_now()).comments[0].reference)


def test_a_published_point_is_shown_and_a_waiting_one_is_not(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        (shown,) = published(opened, "Published words.")
        waiting = build.submit(opened.round(), build.person("Other"), "Waiting words.").comments[0].reference
        db.session.commit()
    page = client.get(LIST).text
    assert shown in page
    assert "Published words." in page
    assert "To be answered" in page
    assert waiting not in page
    assert "Waiting words." not in page
    assert "One point, by its place in the text." in page


@pytest.mark.parametrize(
    ("setting", "told", "hidden"),
    [
        (PublicationSetting.NAMED, ["Rosa Real", "River Union", "Philippines"], ["A mask"]),
        (PublicationSetting.ORGANISATION_ONLY, ["River Union", "Philippines"], ["Rosa Real", "A mask"]),
        (PublicationSetting.PSEUDONYM, ["A mask"], ["Rosa Real", "River Union", "Philippines"]),
        (PublicationSetting.ANONYMOUS, ["No name given"], ["Rosa Real", "River Union", "Philippines", "A mask"]),
    ],
)
def test_only_what_the_author_chose_is_told(
    client: FlaskClient, opened: Opened, app: Flask, setting: PublicationSetting, told: list[str], hidden: list[str]
) -> None:
    with app.app_context():
        (reference,) = published(
            opened, "Words.", name="Rosa Real", setting=setting, capacity=Capacity.ORGANISATION,
            organisation="River Union", country="PHL", pseudonym="A mask",
            constituencies=[Constituency.TRADE_UNION],
        )  # fmt: skip
        build.close(opened.round())
        db.session.commit()
        sweep()  # what is protected is public from now on
    for url in (LIST, f"{LIST}/{reference}"):
        page = client.get(url).text.partition('<article class="point"')[2]
        assert "Words." in page
        assert ("Communities and civil society" if setting.is_protected else "Trade union") in page
        assert ("Trade union" in page) == ("For an organisation" in page) == (not setting.is_protected)
        for words in told:
            assert words in page
        for words in hidden:
            assert words not in page.replace('value="A mask"', "")


def test_a_point_that_is_not_published_is_in_the_record_and_nowhere_else(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        (reference,) = published(opened, "Secret words.", setting=PublicationSetting.NOT_PUBLISHED)
        (restricted,) = published(opened, "Restricted words.")
        restrict_comments(
            build.points_of(opened.round())[1:], reason=RestrictionReason.PERSONAL_DATA, public_reason="A name.",
            agreement="", actor=opened.staff.moderator, now=utc_now(),
        )  # fmt: skip
        build.close(opened.round())
        build.lift(opened.round())
        db.session.commit()
    page = client.get(LIST).text
    assert reference not in page
    assert "words." not in main_of(client.get(f"{LIST}?words=secret")).replace("other words.", "")
    for one in (reference, restricted):
        assert one not in page
        answer = client.get(f"{LIST}/{one}")
        assert answer.status_code == 200
        assert "This reference is in the record. Nothing about it is public now." in answer.text
        assert "words." not in main_of(answer)
        assert "Rosa" not in answer.text


def test_official_input_is_not_shown_before_its_credential(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        submission = build.submit(
            opened.round(), build.person("Minister"), "Official words.", capacity=Capacity.STATE_DELEGATION
        )
        reference = submission.comments[0].reference
        db.session.commit()
    assert "Official words." not in client.get(LIST).text
    assert "Nothing about it is public now." in client.get(f"{LIST}/{reference}").text


def test_a_withdrawn_point_leaves_its_reference_alone(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Rosa")
        comment = build.submit(opened.round(), author, "Words to go.").comments[0]
        build.publish(opened.round(), opened.staff.moderator)
        withdraw_comment(comment, actor=author, now=utc_now())
        reference = comment.reference
        db.session.commit()
    answer = client.get(f"{LIST}/{reference}")
    assert answer.status_code == 410
    assert reference in answer.text
    assert "Words to go." not in answer.text
    assert "Rosa" not in answer.text
    assert "Civil society" not in answer.text
    assert reference not in client.get(LIST).text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_stricter_setting_holds_at_once(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Rosa Real")
        submission = build.submit(opened.round(), author, "Words.")
        build.publish(opened.round(), opened.staff.moderator)
        db.session.commit()
        assert "Rosa Real" in client.get(LIST).text
        make_stricter(submission, PublicationSetting.ANONYMOUS, pseudonym="", actor=author, now=utc_now())
        db.session.commit()
    assert "Rosa Real" not in client.get(LIST).text


def test_points_that_become_public_after_closing(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        opened.round().visibility = Visibility.AFTER_CLOSING
        (reference,) = published(opened, "Early words.")
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert "The points become public after the round closes on" in answer.text
    assert "Early words." not in answer.text
    single = client.get(f"{LIST}/{reference}")
    assert "Early words." not in single.text
    assert "become public after the round closes" in single.text
    with app.app_context():
        build.close(opened.round())
        db.session.commit()
    assert "Early words." in client.get(LIST).text
    assert "Early words." in client.get(f"{LIST}/{reference}").text


def test_participants_only_stays_among_them(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        opened.round().visibility = Visibility.PARTICIPANTS_ONLY
        published(opened, "Inner words.")
    assert "visible only to those who take part" in client.get(LIST).text
    assert "Inner words." not in client.get(LIST).text


def test_words_are_shown_in_their_language_and_direction(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        one_point(opened, "كلمات", language="ar")
        build.publish(opened.round(), opened.staff.moderator)
        db.session.commit()
    assert '<p lang="ar" dir="rtl">كلمات</p>' in client.get(LIST).text


def test_a_name_is_no_markup(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        published(
            opened, '<img src=x onerror="alert(1)">', name="<script>alert(1)</script>",
            capacity=Capacity.ORGANISATION, organisation='"><svg onload=alert(1)>',
        )  # fmt: skip
    page = main_of(client.get(LIST))
    assert "<script>alert" not in page
    assert "<svg" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_filters_find_by_words_constituency_type_place_and_language(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        references = {
            "union": one_point(
                opened, "The price of water.", constituency=Constituency.TRADE_UNION, kind=CommentType.TECHNICAL
            ),
            "other": one_point(opened, "The road.", paragraph=1, language="sw"),
        }
        build.publish(opened.round(), opened.staff.moderator)
        db.session.commit()
    for query, found in {
        "words=WATER price": "union",
        "words=water road": None,
        f"words={references['other'].lower()}": "other",
        "words=100%25": None,
        "constituency=trade_union": "union",
        "constituency=civil_society": "other",
        "type=technical": "union",
        "section=sec_1__para_2": "other",
        "language=sw": "other",
        "section=sec_2": None,
    }.items():
        page = client.get(f"{LIST}?{query}").text
        shown = {name for name, reference in references.items() if f'id="{reference}"' in page}
        assert shown == ({found} if found else set()), query
        assert ("One point found" if found else "No point fits") in page
    both = client.get(f"{LIST}?section=sec_1").text
    assert "2 points found" in both
    assert re.search(r'<option value="sec_1"[^>]* selected>', both)


@pytest.mark.parametrize(
    "query",
    ["words=%00", "words=%ED%A0%80", "constituency=%00", "type=x'--", "section=%00%FF", "language=%00",
     "words=" + "x" * 5_000, "words=%E2%80%AE"],
)  # fmt: skip
def test_filters_that_make_no_sense_do_no_harm(client: FlaskClient, opened: Opened, query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("key", ["x", "WyJhIl0", "bnVsbA", "W251bGwsbnVsbF0", "%00", "WzEsMiwzXQ"])
def test_keys_of_pages_that_are_not_ours(client: FlaskClient, opened: Opened, key: str) -> None:
    assert client.get(f"{LIST}?after={key}").status_code == 404


def test_pages_hold_every_point_once_in_one_order(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        references = set(published(opened, *[f"Point {n}." for n in range(60)]))
    seen: list[str] = []
    url: str | None = LIST
    while url:
        page = client.get(url).text
        seen += [part.partition('"')[0] for part in page.split('<article class="point" id="')[1:]]
        following = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        url = following or None
    assert set(seen) == references
    assert len(seen) == 60
    assert seen == sorted(seen)


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_list_asks_the_database_as_often_for_300(
    client: FlaskClient, opened: Opened, app: Flask, number: int
) -> None:
    with app.app_context():
        for place in range(min(number, 5)):
            (reference, *_rest) = published(opened, *["Words."] * (number // min(number, 5)), name=f"Author {place}")
    for url, expected in ((LIST, LIST_QUERIES), (f"{LIST}/{reference}", POINT_QUERIES)):
        with build.count_queries(app) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) == expected, queries.statements


def test_anonymous_visitors_get_no_cookie_and_caches_may_keep_it(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        (reference,) = published(opened, "Words.")
    for url in (LIST, f"{LIST}/{reference}"):
        answer = client.get(url)
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Set-Cookie" not in answer.headers
        assert "csrf_token" not in answer.text
        again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_short_references_find_the_point_for_ever(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        (reference,) = published(opened, "Words.")
    target = f"/en/consultations/minerals/rounds/1/comments/{reference}"
    code, number, tail = reference.split("-")
    typed = f"{code}-{number}-{tail.replace('0', 'o').replace('1', 'l')}".lower()
    for one in (reference, reference.lower(), typed):
        assert redirects_to(client.get(f"/r/{one}"), target)
    arabic = client.get(f"/r/{reference}", headers={"Accept-Language": "ar"})
    assert arabic.location == target.replace("/en/", "/ar/")
    assert "Accept-Language" in arabic.headers["Vary"]
    assert redirects_to(client.get(f"{LIST}/{reference.lower()}"), target)
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    for one in (wrong, "MIN-1-", "x", "%00-1-000000", "MIN%00-1-000000", "\u202e"):
        assert client.get(f"/r/{one}").status_code == 404
        assert client.get(f"{LIST}/{one}").status_code == 404


def test_a_reference_of_another_consultation_is_not_here(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        other = build.open_consultation(opened.staff.host, opened.staff.manager, slug="other", code="OTHER")
        reference = build.submit(other, build.person("Rosa"), "Words.").comments[0].reference
        db.session.commit()
    assert client.get(f"{LIST}/{reference}").status_code == 404
    assert client.get(f"/en/consultations/other/comments/{reference}").status_code == 200
    assert client.get("/en/consultations/nowhere/comments").status_code == 404
