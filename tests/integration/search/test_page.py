"""The page: what it shows of what is found, what it says where nothing can be, and what it costs."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import submit_submission, update_publication, update_speaker
from consult.texts.services import update_translations
from tests.support import build

PAGE = "/en/search"
QUERIES = {"consultation": 8, "paragraph": 12, "comment": 8, "response": 8, "commitment": 8}


@pytest.mark.parametrize("number", [1, 3, 300])
def test_it_asks_as_much_for_one_as_for_many(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, *["A needle." for _ in range(number)], paragraphs=number)
        request_release(round_, actor=staff.manager, now=utc_now())
        build.commitment(round_.consultation, staff.manager, what="A promise")
        db.session.commit()
        sweep()
    for words, kind, total in (
        ("needle", "comment", number),
        ("paragraph", "paragraph", number + 1),
        ("reason", "response", number),
        ("promise", "commitment", 1),
        ("minerals", "consultation", 1),
    ):
        with build.count_queries(app) as queries:
            answer = client.get(PAGE, query_string={"words": words, "kind": kind})
        assert answer.status_code == 200
        assert len(queries) == QUERIES[kind], queries.statements
        assert f"{total} result" in answer.text
        assert ("Next page" in answer.text) is (total > 25)


def test_every_kind_is_shown_with_where_it_is_from(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "A point <b>in en</b> that says it.", languages=("en", "fr"))
        request_release(round_, actor=staff.manager, now=utc_now())
        build.commitment(round_.consultation, staff.manager, what="Say it")
        comment = build.points_of(round_)[0]
        fields = {"text": (comment.text, "Un point français.")}
        update_translations("comment", comment.id, language="fr", fields=fields, actor=staff.translator, now=utc_now())
        db.session.commit()
        sweep()
        reference = comment.reference
    page = client.get(PAGE, query_string={"words": "in en"}).text
    assert '<meta name="robots" content="noindex">' in page
    assert "A point &lt;b&gt;<mark>in</mark> <mark>en</mark>&lt;/b&gt; that says it." in page
    for kind in ("Consultation", "Draft paragraph", "Point", "Commitment"):
        assert f"<li>{kind}</li>" in page
    assert "/en/consultations/minerals/rounds/1/draft?at=sec_1__para_1#sec_1__para_1" in page
    answers = client.get(PAGE, query_string={"words": "answer", "kind": "response"}).text
    assert f'Answer to <code class="ref">{reference}</code>' in answers
    assert client.get(f"/en/consultations/minerals/response-log/1?words={reference}").status_code == 200
    french = client.get(PAGE, query_string={"words": "francais"}).text
    assert '<p lang="fr" dir="ltr">Un point <mark>français</mark>.</p>' in french
    assert "Found in the translation into this language: French" in french
    assert ">French</option>" in french
    assert "1 result, newest first" in client.get(PAGE, query_string={"words": "point", "language": "fr"}).text
    assert "Nothing found" in client.get(PAGE, query_string={"words": "francais", "language": "en"}).text
    assert "Nothing found" in client.get(PAGE, query_string={"words": "in", "consultation": "elsewhere"}).text
    parts = {"words": str(reference).rpartition("-")[2], "kind": "comment"}
    assert "1 result, newest first" in client.get(PAGE, query_string=parts).text


def test_words_that_cannot_be_found_are_answered(app: Flask, client: FlaskClient) -> None:
    nothing = client.get(PAGE).text
    assert "noindex" not in nothing
    assert "Accents and vowel points may be left out" in nothing
    assert "signs are not searched" in client.get(PAGE, query_string={"words": "%&!"}).text
    many = client.get(PAGE, query_string={"words": " ".join(f"word{n}" for n in range(12))}).text
    assert "more than ten words" in many
    assert "word9" in many
    assert "more than 200 characters" in client.get(PAGE, query_string={"words": "x" * 10_000}).text
    empty = client.get(PAGE, query_string={"words": "needle"}).text
    assert "Nothing found" in empty
    assert "results" not in empty.partition("Nothing found")[0].partition("</nav>")[2].rpartition("Kinds of results")[2]
    assert client.get(PAGE, query_string={"words": "a\x00b\ud7ff", "kind": "x", "after": "x"}).status_code in {200, 404}


def test_languages_are_named_as_people_name_them_and_in_the_order_of_their_names(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        for language in ("my-Qaag", "es", "sw"):
            build.submit(round_, build.person(f"Author {language}"), f"needle {language}", language=language)
        author = build.person("Author")
        draft = build.draft(round_, author, "needle of the river", language="mis")
        draft.comments[0].language_words = "Speech of the upper river"
        update_speaker(
            draft, name="Author", capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
            organisation="", country=None, language="en", now=utc_now(),
        )  # fmt: skip
        update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=utc_now())
        submit_submission(draft, actor=author, now=utc_now())
        build.publish(round_, staff.moderator)
        db.session.commit()
    found = client.get(PAGE, query_string={"words": "needle", "kind": "comment"}).text
    assert "<li><bdi>Speech of the upper river</bdi></li>" in found
    listed = client.get("/en/consultations/minerals/comments").text
    assert "Language without a code" not in listed
    for page, others in ((found, "Language without a code"), (listed, "Speech of the upper river")):
        names = re.findall(r"<option value=\"[a-zA-Z-]{2,7}\">([^<]+)</option>", page.partition('name="language"')[2])
        assert names[:4] == sorted(["Burmese (Zawgyi)", others, "Spanish", "Swahili"])


def test_the_home_page_leads_here(client: FlaskClient) -> None:
    home = client.get("/ar/").text
    assert 'action="/ar/search"' in home
    assert '<li><a href="/ar/search">' in home
