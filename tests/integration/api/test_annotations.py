"""Points on paragraphs as Web Annotations: what the W3C data model requires, read here by the words of its text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from consult.consultations.enums import Audience, Visibility
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.anchoring import quote_at
from consult.documents.plain import plain_text
from consult.documents.queries import get_version, list_paragraphs
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.services import begin_draft, save_comment, submit_submission, withdraw_comment
from consult.submissions.services.quotations import put_quotation
from tests.integration.api.conftest import ROOT, Api
from tests.support import build, states

PATH = "/minerals/annotations"
# https://www.w3.org/TR/annotation-vocab/#motivation and the classes of the model that we use.
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying",
    "linking", "moderating", "questioning", "replying", "tagging",
}  # fmt: skip
# Terms of http://www.w3.org/ns/anno.jsonld, of each object that may stand here.
TERMS = {
    "AnnotationPage": {"@context", "id", "type", "partOf", "next", "items"},
    "AnnotationCollection": {"id", "type", "label"},
    "Annotation": {"@context", "id", "type", "motivation", "created", "creator", "body", "target"},
    "TextualBody": {"type", "value", "format", "language", "purpose"},
    "SpecificResource": {"type", "source", "selector"},
    "FragmentSelector": {"type", "conformsTo", "value", "refinedBy"},
    "TextQuoteSelector": {"type", "exact", "prefix", "suffix"},
    "TextPositionSelector": {"type", "start", "end"},
    "Person": {"type", "name", "nickname"},
    "Organization": {"type", "name"},
}
REQUIRED = {
    "AnnotationPage": {"@context", "id", "type", "items"},
    "AnnotationCollection": {"id", "type"},
    "Annotation": {"@context", "id", "type", "target"},
    "TextualBody": {"type", "value"},
    "SpecificResource": {"source", "selector"},
    "FragmentSelector": {"type", "value"},
    "TextQuoteSelector": {"type", "exact"},
    "TextPositionSelector": {"type", "start", "end"},
}
IRI = re.compile(r"https?://\S+")


def check(thing: Any) -> None:
    """Everything in an annotation is what the model says that it may be."""
    if isinstance(thing, list):
        for one in thing:
            check(one)
    if not isinstance(thing, dict):
        return
    kind = thing["type"]
    assert REQUIRED.get(kind, set()) <= set(thing), kind
    assert set(thing) <= TERMS[kind], kind
    for value in thing.values():
        assert value not in (None, [])
        check(value)
    if kind == "Annotation":
        assert thing["@context"] == "http://www.w3.org/ns/anno.jsonld"
        assert IRI.fullmatch(thing["id"])
        assert set(thing["motivation"]) <= MOTIVATIONS
        # As the model says: an xsd:dateTime, in UTC, with the letter Z.
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", thing["created"])
    if kind == "SpecificResource":
        assert IRI.fullmatch(thing["source"])
    if kind == "TextPositionSelector":
        assert 0 <= thing["start"] < thing["end"]


def quoting(staff: build.Desk) -> None:
    """A round with a point on a quote, one with a change alone, a question, a State's reservation, a general point."""
    round_ = build.open_consultation(staff.host, staff.manager)
    author = build.person("Amina")
    draft, _key = begin_draft(round_, actor=author, now=utc_now())
    block = list_paragraphs(get_version(round_))[1]
    for kind, text, change, paragraph in (
        (CommentType.SUBSTANTIVE, "On three words.", "", block),
        (CommentType.EDITORIAL, "", "Other words.", block),
        (CommentType.QUESTION, "What is meant?", "", block),
        (CommentType.GENERAL, "On the whole text.", "", None),
    ):
        made = save_comment(
            draft, None, paragraph=paragraph, question=None, comment_type=kind, text=text, proposed_change=change,
            language="en", now=utc_now(),
        )  # fmt: skip
        if text == "On three words.":
            plain = plain_text(block.kind, block.text)
            put_quotation(made, quote_at(plain, 0, len("Paragraph 1")), "en")
    db.session.flush()
    build.update_speaker(
        draft, name="Amina", capacity=build.Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=utc_now(),
    )  # fmt: skip
    build.update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=utc_now())
    submit_submission(draft, actor=author, now=utc_now())
    build.submit(round_, build.person("Hidden"), "Held words.", setting=PublicationSetting.ANONYMOUS)
    build.publish(round_, staff.moderator)
    states.accept(states.on_record(round_, build.person("Delegate")), staff.moderator)


def test_each_point_on_a_paragraph_is_an_annotation(api: Api, staff: build.Desk) -> None:
    api.act(lambda: quoting(staff))
    answer = api.client.get(f"{ROOT}{PATH}")
    assert answer.content_type == 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    page = answer.json
    check({name: value for name, value in page.items() if name not in {"links", "meta", "gone"}})
    found = {one["body"][0]["value"]: one for one in page["items"]}
    assert set(found) == {
        "On three words.", "Other words.", "What is meant?", states.RESERVED, "Member State A asks for a date.",
    }  # fmt: skip
    assert found["Other words."]["motivation"] == ["editing"]
    assert found["What is meant?"]["motivation"] == ["questioning"]
    assert found[states.RESERVED]["motivation"] == ["assessing"]
    assert found["On three words."]["creator"] == [{"type": "Person", "name": "Amina"}]
    selector = found["On three words."]["target"]["selector"]
    quote, position = selector["refinedBy"]
    assert (selector["value"], quote["exact"], quote["suffix"]) == ("sec_1__para_1", "Paragraph 1", " in en.")
    assert (position["start"], position["end"]) == (0, 11)
    assert "refinedBy" not in found["Other words."]["target"]["selector"]
    source = found["On three words."]["target"]["source"]
    there = api.client.get("/" + source.partition("://")[2].partition("/")[2])
    assert there.status_code == 200
    assert 'id="sec_1__para_1"' in there.text
    assert "Held words." not in answer.text
    assert "Hidden" not in answer.text


def test_nobody_is_named_who_is_not_shown(api: Api, staff: build.Desk) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        for setting in (PublicationSetting.PSEUDONYM, PublicationSetting.ANONYMOUS):
            build.submit(round_, build.person(f"Real {setting}"), f"Words of {setting}.", setting=setting)
        build.publish(round_, staff.moderator)
        build.close(round_)

    api.act(act)
    api.act()
    found = {one["body"][0]["value"]: one for one in api.get(PATH)["items"]}
    assert found["Words of pseudonym."]["creator"] == [{"type": "Person", "nickname": "A reader"}]
    assert "creator" not in found["Words of anonymous."]
    assert "Real" not in str(found)


def test_pages_follow_each_other_and_tell_what_is_gone(api: Api, staff: build.Desk) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), *[f"Point {place}." for place in range(5)])
        build.publish(round_, staff.moderator)

    api.act(act)
    items, address = [], f"{ROOT}{PATH}?limit=2"
    while address:
        page = api.client.get(address).json
        assert len(page["items"]) <= 2
        items += page["items"]
        address = "/" + page["next"].partition("://")[2].partition("/")[2] if "next" in page else ""
    assert len({one["id"] for one in items}) == 5
    cursor = page["meta"]["cursor"]

    def withdraw() -> None:
        from tests.integration.api.test_lists import comment_of

        withdraw_comment(comment_of("Point 3."), actor=build.person("Author"), now=utc_now())

    api.act(withdraw)
    after = api.get(PATH, after=cursor)
    assert after["items"] == []
    assert [one["status"] for one in after["gone"]] == ["withdrawn"]
    assert "Point 3." not in str(api.get(PATH))


@pytest.mark.parametrize("options", [{"visibility": Visibility.AFTER_CLOSING}, {"audience": Audience.BY_INVITATION}])
def test_what_a_visitor_may_not_read_is_not_there(api: Api, staff: build.Desk, options: dict[str, Any]) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager, **options)
        build.submit(round_, build.person("Author"), "Not for everybody.")
        build.publish(round_, staff.moderator)

    api.act(act)
    assert api.get(PATH)["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=x",
        "after=-1",
        "nature=vote",
        "round=0",
        "words=x",
        "section=a%00b",
        "limit=1&limit=2",
    ],
)
def test_hostile_parameters_are_refused(api: Api, staff: build.Desk, query: str) -> None:
    api.act(lambda: build.open_consultation(staff.host, staff.manager) and None)
    answer = api.client.get(f"{ROOT}{PATH}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert [item["parameter"] for item in answer.json["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("accept", "status"), [("application/ld+json", 200), ("application/json", 200), ("*/*", 200), ("text/html", 406)]
)
def test_what_is_accepted(api: Api, staff: build.Desk, accept: str, status: int) -> None:
    api.act(lambda: build.open_consultation(staff.host, staff.manager) and None)
    answer = api.client.get(f"{ROOT}{PATH}", headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.mimetype == ("application/ld+json" if status == 200 else "application/problem+json")
    assert ("items" in answer.json) == (status == 200)
    other = api.client.get(f"{ROOT}/minerals/comments", headers={"Accept": accept})
    assert other.status_code == (406 if accept == "application/ld+json" else status)


@pytest.mark.parametrize("number", [1, 3, 300])
def test_it_takes_as_many_queries_for_any_number_of_points(
    app: Flask, api: Api, staff: build.Desk, number: int
) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), *[f"Point {place}." for place in range(number)])
        build.publish(round_, staff.moderator)

    api.act(act)
    with build.count_queries(app) as queries:
        assert len(api.get(PATH, limit=500)["items"]) == number
    assert len(queries) == 5
