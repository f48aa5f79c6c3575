"""What the API gives out: the same as a visitor reads, in the order in which it changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.enums import Capacity, Constituency
from consult.consultations import services as consultations
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import publish_comments, restrict_comments
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import make_stricter, withdraw_comment
from tests.integration.api.conftest import Api
from tests.support import build
from tests.support.continuing import conclude, traced


def comment_of(text: str) -> Comment:
    return db.session.scalars(sa.select(Comment).where(Comment.text == text)).unique().one()


def spam(text: str, staff: build.Desk) -> Any:
    return restrict_comments(
        [comment_of(text)], reason=RestrictionReason.SPAM, public_reason="It is an advertisement.", agreement="",
        actor=staff.moderator, now=utc_now(),
    )  # fmt: skip


def withdraw(text: str) -> None:
    comment = comment_of(text)
    withdraw_comment(comment, actor=build.person("Author"), now=utc_now())


def open_with(api: Api, staff: build.Desk, *texts: str, **options: Any) -> None:
    """An open consultation with a published point for each text, each of another person."""

    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager, **options)
        for text in texts:
            build.submit(round_, build.person(f"Author of {text}"), text)
        build.publish(round_, staff.moderator)

    api.act(act)


def test_a_consultation_in_its_languages(api: Api, staff: build.Desk) -> None:
    open_with(api, staff, languages=("en", "fr"))
    listed = api.get()
    assert listed["links"]["next"] is None
    assert [one["title"] for one in listed["data"]] == [
        {"en": "Title of minerals in en", "fr": "Title of minerals in fr"}
    ]
    found = api.get("/minerals")["data"]
    assert found["authentic_language"] == "en"
    assert found["texts"]["who_decides"]["fr"] == "who decides in fr"
    assert found["rounds"][0]["state"] == "open"
    assert found["rounds"][0]["progress"] == {"published": 0, "asked": 0, "answered": 0}
    assert found["seats"] == [
        {"body": "drafting", "constituency": "government", "seats": 4},
        {"body": "deciding", "constituency": "civil_society", "seats": 2},
    ]
    document = api.get("/minerals/document", limit=2)
    assert document["versions"][0]["editions"] == [
        {"language": "en", "authentic": True}, {"language": "fr", "authentic": False},
    ]  # fmt: skip
    assert document["versions"][0]["paragraphs"] == 6
    paragraphs = api.all("/minerals/document", limit=2)
    assert [one["position"] for one in paragraphs] == sorted(one["position"] for one in paragraphs)
    assert paragraphs[1]["text"] == {"en": "Paragraph 1 in en.", "fr": "Paragraphe 1 in fr."}
    assert len(paragraphs) == 6


def test_the_final_text_stands_behind_the_drafts_once_the_outcome_is_recorded(api: Api, staff: build.Desk) -> None:
    api.act(lambda: traced(Disposition.ACCEPTED, staff=staff) and None)
    before = api.get("/minerals/document")
    assert [one["round"] for one in before["versions"]] == [1]

    def end() -> None:
        conclude(db.session.scalars(sa.select(Round)).one(), staff.manager)

    api.act(end)
    document = api.get("/minerals/document", limit=2)
    assert [one["round"] for one in document["versions"]] == [1, None]
    assert document["versions"][1]["page"].endswith("/en/consultations/minerals/draft/final")
    assert document["versions"][1]["corrigenda"] == []
    paragraphs = api.all("/minerals/document", limit=2)
    assert [one["round"] for one in paragraphs] == [1] * 6 + [None] * 6
    final = {one["eid"]: one["text"]["en"] for one in paragraphs if one["round"] is None}
    assert "an exception for small mines" in final["sec_1__para_2"]
    assert [one["round"] for one in api.get("/minerals/document", round=1)["versions"]] == [1]


def test_what_is_not_opened_is_not_there(api: Api, staff: build.Desk) -> None:
    api.act(lambda: build.consultation_in_setup(staff.host, staff.manager, slug="secret"))
    assert api.get()["data"] == []
    bodies = []
    for path in ("/secret", "/nothing", "/secret/comments", "/nothing/document", "/secret/rounds/1"):
        answer = api.client.get(f"/api/v1/consultations{path}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        bodies.append({k: v for k, v in answer.json.items() if k != "request_id"})
    assert all(body == bodies[0] for body in bodies)


def test_a_consultation_that_was_taken_back(api: Api, staff: build.Desk) -> None:
    open_with(api, staff, opens_in=timedelta(days=1))
    cursor = api.get()["meta"]["cursor"]
    api.act(lambda: consultations.take_back_opening(get_round("minerals"), actor=staff.manager, now=utc_now()))
    assert api.get(after=cursor)["data"] == [{"status": "taken_back", "slug": "minerals"}]
    api.act(
        lambda: setattr(db.session.scalars(sa.select(Consultation)).one(), "slug", "not-yet-told"),
    )
    assert [one["slug"] for one in api.get()["data"]] == ["minerals"]
    assert api.client.get("/api/v1/consultations/minerals").status_code == 404


def test_points_and_what_is_no_longer_public(api: Api, staff: build.Desk) -> None:
    open_with(api, staff, "One.", "Two.", "Three.")
    first = api.get("/minerals/comments")
    assert {one["text"] for one in first["data"]} == {"One.", "Two.", "Three."}
    assert first["data"][0]["paragraph"] == {"eid": "sec_1__para_1", "number": "1 ¶ 1", "heading": "Purpose"}
    assert first["data"][0]["speaker"]["name"].startswith("Author of ")
    assert first["data"][0]["response"] == "to_be_answered"
    cursor = first["meta"]["cursor"]
    assert api.get("/minerals/comments", after=cursor)["data"] == []
    references = {one["text"]: one["reference"] for one in first["data"]}
    api.act(lambda: withdraw("One."), lambda: spam("Two.", staff))
    news = api.get("/minerals/comments", after=cursor)
    assert sorted(news["data"], key=lambda one: one["status"]) == [
        {
            "status": "restricted",
            "reference": references["Two."],
            "restriction": {"reason": "spam", "explanation": "It is an advertisement."},
        },
        {"status": "withdrawn", "reference": references["One."]},
    ]
    # Whoever follows a filtered list is told too; and each stands in the list once.
    assert api.get("/minerals/comments", after=cursor, words="Three")["data"] == news["data"]
    assert len(api.all("/minerals/comments", limit=1)) == 3


def test_what_was_never_public_leaves_no_trace(api: Api, staff: build.Desk) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person(), "Withdrawn before it was read.")
        build.submit(round_, build.person(), "Restricted at once.")
        build.submit(round_, build.person(), "Kept back.", setting=PublicationSetting.NOT_PUBLISHED)
        build.submit(round_, build.person(), "For a State.", capacity=Capacity.STATE_DELEGATION)
        build.submit(round_, build.person(), "Waiting.")
        withdraw("Withdrawn before it was read.")
        spam("Restricted at once.", staff)
        publish_comments([comment_of("Kept back.")], actor=staff.moderator, now=utc_now())

    api.act(act)
    assert api.get("/minerals/comments")["data"] == []


def test_a_stricter_setting_is_told(api: Api, staff: build.Desk) -> None:
    open_with(api, staff, "One.")
    cursor = api.get("/minerals/comments")["meta"]["cursor"]

    def stricter(setting: PublicationSetting) -> None:
        author = build.person("Author")
        make_stricter(comment_of("One.").submission, setting, pseudonym="", actor=author, now=utc_now())

    api.act(lambda: stricter(PublicationSetting.ANONYMOUS))
    [told] = api.get("/minerals/comments", after=cursor)["data"]
    assert told["speaker"] == {
        "name": "", "organisation": "", "country": None, "capacity": None, "constituencies": [],
        "broad_group": "communities",
    }  # fmt: skip
    api.act(lambda: stricter(PublicationSetting.NOT_PUBLISHED))
    assert api.all("/minerals/comments") == [{"status": "not_public", "reference": told["reference"]}]


@pytest.mark.parametrize(
    ("visibility", "audience", "before", "after"),
    [
        (Visibility.AS_RECEIVED, Audience.PUBLIC, 2, 2),
        (Visibility.AS_RECEIVED, Audience.BY_INVITATION, 2, 2),
        (Visibility.AFTER_CLOSING, Audience.PUBLIC, 0, 2),
        (Visibility.COMPILATION_ONLY, Audience.PUBLIC, 0, 2),
        (Visibility.PARTICIPANTS_ONLY, Audience.MEMBERS_ONLY, 0, 0),
    ],
)
def test_when_points_of_a_round_appear(
    api: Api, staff: build.Desk, visibility: Visibility, audience: Audience, before: int, after: int
) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        for text in ("One.", "Two.", "Three."):
            build.submit(round_, build.person(), text)
        build.publish(round_, staff.moderator)
        round_.visibility, round_.audience = visibility, audience
        withdraw("Three.")

    api.act(act)
    start = api.get("/minerals/comments")["meta"]["cursor"]
    rounds = api.get("/minerals")["data"]["rounds"]
    assert rounds[0]["input_is_public"] is bool(before)
    assert (rounds[0]["progress"] is None) is (not before)
    assert rounds[0]["draft_is_public"] is (audience is Audience.PUBLIC)
    assert bool(api.get("/minerals/document")["data"]) is (audience is Audience.PUBLIC)
    found = [one["status"] for one in api.all("/minerals/comments")]
    assert found == ["published"] * before
    api.act(lambda: build.close(get_round("minerals")))
    found = [one["status"] for one in api.all("/minerals/comments")]
    assert found == ["published"] * after
    if before == 0:  # a poller who waited gets them, from the cursor of the empty list
        assert len(api.get("/minerals/comments", after=start)["data"]) == after
    if not after:
        # Not even their number: places are given to nothing of it.
        cursor = int(api.get("")["meta"]["cursor"])
        assert cursor <= 2


def test_answers_come_with_the_release(api: Api, staff: build.Desk) -> None:
    def answered() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Respondent"), "One.")
        build.submit(round_, build.person(), "Kept back.", setting=PublicationSetting.NOT_PUBLISHED)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)

    api.act(answered)
    assert api.get("/minerals/responses")["data"] == []
    assert [one["response"] for one in api.all("/minerals/comments")] == ["answered"]
    cursor = api.get("/minerals/responses")["meta"]["cursor"]
    api.act(lambda: request_release(get_round("minerals"), actor=staff.manager, now=utc_now()))
    api.act()
    found = api.get("/minerals/responses", after=cursor)["data"]
    assert {(one["disposition"], one["shown"], one["release"]) for one in found} == {
        ("noted", "text", 1), ("noted", "not_published", 1),
    }  # fmt: skip
    assert found[0]["rationale"] == {"en": "A reason."}
    assert found[0]["response"] == {"en": "An answer."}
    assert len(api.get("/minerals/responses", disposition="noted")["data"]) == 2
    assert api.get("/minerals/responses", disposition="accepted")["data"] == []
    [release] = api.get("/minerals/releases")["data"]
    assert (release["round"], release["number"], release["rows"], release["being_reissued"]) == (1, 1, 2, False)
    kinds = [file["kind"] for file in release["files"]]
    assert sorted(kinds) == ["csv", "json", "manifest"]
    url = next(file["url"] for file in release["files"] if file["kind"] == "csv")
    assert api.client.get("/" + url.split("/", 3)[3]).status_code == 200
    before = {name: api.get(f"/minerals/{name}")["meta"]["cursor"] for name in ("responses", "releases")}
    api.act(lambda: withdraw("One."))
    api.act()
    news = api.get("/minerals/responses", after=before["responses"])["data"]
    assert [(one["status"], one["reference"]) for one in news if one["status"] == "withdrawn"]
    [reissued] = api.get("/minerals/releases", after=before["releases"])["data"]
    assert {file["issue"] for file in reissued["files"] if file["current"] and file["kind"] == "csv"} == {2}


def test_filters(api: Api, staff: build.Desk) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("A"), "On water.", constituencies=[Constituency.ACADEMIA])
        build.submit(round_, build.person("B"), "On land.", constituencies=[Constituency.INDUSTRY], paragraph=4)
        build.publish(round_, staff.moderator)

    api.act(act)

    def texts(**parameters: str) -> list[str]:
        return sorted(one["text"] for one in api.get("/minerals/comments", **parameters)["data"])

    assert texts() == ["On land.", "On water."]
    assert texts(words="water") == ["On water."]
    assert texts(constituency="industry") == ["On land."]
    assert texts(section="sec_1") == ["On water."]
    assert texts(section="sec_2") == ["On land."]
    assert texts(type=CommentType.SUBSTANTIVE.value, language="en", round="1") == ["On land.", "On water."]
    assert texts(type="editorial") == texts(language="fr") == texts(round="2") == []
    assert [one["slug"] for one in api.get(words="minerals", state="open", type="guideline")["data"]] == ["minerals"]
    assert api.get(state="answered")["data"] == api.get(host="nobody")["data"] == []


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_number_of_queries_does_not_grow(app: Flask, api: Api, staff: build.Desk, number: int) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager, paragraphs=number)
        build.submit(round_, build.person(), *[f"Point {place}." for place in range(number)])
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        build.copies_of(round_, number)
        request_release(round_, actor=staff.manager, now=utc_now())

    api.act(act)
    api.act()
    found = {}
    for path in ("", "/minerals", "/minerals/comments", "/minerals/responses", "/minerals/releases",
                 "/minerals/document", "/minerals/commitments"):  # fmt: skip
        with build.count_queries(app) as queries:
            api.get(path, **({} if path == "/minerals" else {"limit": 500}))
        found[path] = len(queries)
    assert found == QUERIES
    assert len(api.get("/minerals/comments", limit=500)["data"]) == number
    assert len(api.get("/minerals/responses", limit=500)["data"]) == number
    assert len(api.get(limit=500)["data"]) == number + 1


QUERIES = {
    "": 5,
    "/minerals": 11,
    "/minerals/comments": 11,
    "/minerals/responses": 10,
    "/minerals/releases": 5,
    "/minerals/document": 9,
    "/minerals/commitments": 5,
}
