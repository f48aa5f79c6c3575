"""The pages of screening, as a moderator uses them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.core.clock import utc_now
from consult.core.db import db
from consult.moderation.enums import CredentialKind, RestrictionReason
from consult.moderation.models import ModerationDecision
from consult.moderation.services import publish_comments, record_credential, restrict_comments
from consult.submissions.enums import ModerationStatus, PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from tests.support import build
from tests.support.browse import main_of, redirects_to, send

QUEUE = "/en/desk/minerals/queue"
CREDENTIALS = "/en/desk/minerals/credentials"
DELEGATION = {"capacity": Capacity.STATE_DELEGATION, "constituencies": (Constituency.GOVERNMENT,)}


class Queue:
    """An open round with what one test needs; sessions of requests are their own, so everything goes by reference."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        with app.app_context():
            self.staff = build.desk()
            self.round = build.open_consultation(self.staff.host, self.staff.manager, languages=("en", "ar"))
            build.sign_in(client, self.staff.moderator)

    def submit(self, name: str, *texts: str, **options: Any) -> list[str]:
        with self.app.app_context():
            self.round = db.session.merge(self.round)
            submission = build.submit(self.round, build.person(name), *texts, **options)
            db.session.commit()
            return [comment.reference or "" for comment in submission.comments]

    def find(self, reference: str) -> Comment:
        return db.session.scalars(sa.select(Comment).where(Comment.reference == reference)).unique().one()

    def publish(self, *references: str) -> None:
        with self.app.app_context():
            points = [self.find(reference) for reference in references]
            publish_comments(points, actor=self.staff.moderator, now=utc_now())
            db.session.commit()

    def restrict(self, *references: str) -> None:
        with self.app.test_request_context("/en/"):
            restrict_comments(
                [self.find(reference) for reference in references], reason=RestrictionReason.UNLAWFUL,
                public_reason="A reason for all.", agreement="", actor=self.staff.moderator, now=utc_now(),
            )  # fmt: skip
            db.session.commit()

    def status(self, reference: str) -> ModerationStatus:
        with self.app.app_context():
            return self.find(reference).moderation_status

    def rows(self, query: str = "") -> list[str]:
        page = self.client.get(QUEUE + query)
        assert page.status_code == 200
        return re.findall(r'<tr id="([^"]+)"', page.text)


@pytest.fixture
def queue(app: Flask, client: FlaskClient) -> Queue:
    return Queue(app, client)


def test_an_empty_queue_teaches(queue: Queue) -> None:
    page = queue.client.get(QUEUE).text
    assert "Nothing waits to be read" in page
    assert "0 points" in page


def test_the_queue_shows_what_waits_oldest_first_and_who_speaks_as_far_as_staff_may_know(queue: Queue) -> None:
    named = queue.submit("Amina <b>Bold</b>", "Words of one.", country="KEN")
    hidden = queue.submit("Secret Name", "Words of two.", setting=PublicationSetting.ANONYMOUS)
    pseudonym = queue.submit(
        "Other Secret", "Words of three.", setting=PublicationSetting.PSEUDONYM, pseudonym="A miner"
    )
    official = queue.submit("Delegate", "Words of four.", **DELEGATION)
    assert queue.rows() == named + official + sorted(hidden + pseudonym)  # protected ones in no order of arrival
    page = queue.client.get(QUEUE).text
    assert "Amina &lt;b&gt;Bold&lt;/b&gt;" in page
    assert "Kenya" in page
    assert "Secret" not in page
    assert "A miner" in page
    assert page.count("Waits for a credential") == 1
    assert "Off topic is never a reason to restrict" in page


def test_protected_points_say_nothing_of_their_arrival_and_are_cleared_not_published(queue: Queue) -> None:
    anonymous = PublicationSetting.ANONYMOUS
    hidden = [queue.submit(f"Secret {number}", f"Words {number}.", setting=anonymous)[0] for number in range(30)]
    (last,) = queue.submit("Named", "Words at last.")
    first, rest = queue.client.get(QUEUE).text, []
    follow = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert follow is not None
    rest = re.findall(r'<tr id="([^"]+)"', queue.client.get(follow[1].replace("&amp;", "&")).text)
    assert re.findall(r'<tr id="([^"]+)"', first) + rest == [last, *sorted(hidden)]
    answer = build.post(queue.client, QUEUE, {"point": [min(hidden)], "action": "publish"})
    page = queue.client.get(answer.location).text
    assert "1 point is cleared. Public after the round has closed." in page
    assert "is published" not in page


def test_the_queue_narrows_by_status_words_section_and_constituency(queue: Queue) -> None:
    (water,) = queue.submit("One", "Groundwater needs care.")
    (wages,) = queue.submit("Two", "Wages are low.", constituencies=(Constituency.TRADE_UNION,), paragraph=3)
    (old,) = queue.submit("Three", "Groundwater again.")
    queue.publish(old)
    assert queue.rows() == [water, wages]
    assert queue.rows("?status=") == [water, wages, old]
    assert queue.rows("?status=published") == [old]
    assert queue.rows("?words=groundwater") == [water]
    assert queue.rows(f"?words={wages.lower()}") == [wages]
    assert queue.rows("?section=sec_1&status=") == [water, old]
    assert queue.rows("?section=sec_2") == [wages] or queue.rows("?section=sec_1") == [water]
    assert queue.rows("?constituency=trade_union") == [wages]
    assert queue.rows("?words=nowhere") == []
    assert "No point fits" in queue.client.get(QUEUE + "?words=nowhere").text
    for odd in ("?words=%00%ff", "?section=%27", "?status=odd", "?constituency=odd", "?_scheme=x&endpoint=y"):
        assert queue.client.get(QUEUE + odd).status_code == 200, odd
    assert queue.client.get(QUEUE + "?after=odd").status_code == 404


def test_the_chosen_points_are_published_and_the_list_keeps_its_filters(queue: Queue) -> None:
    one, two, three = queue.submit("Author", "One.", "Two.", "Three.")
    answer = send(
        queue.client, QUEUE + "?constituency=civil_society", {"point": [one, two], "action": "publish"},
        action=QUEUE + "?constituency=civil_society",
    )  # fmt: skip
    assert redirects_to(answer, QUEUE + "?constituency=civil_society")
    assert "2 points are published." in queue.client.get(QUEUE).text
    assert [queue.status(reference).value for reference in (one, two, three)] == ["published", "published", "waiting"]


def test_what_cannot_be_published_is_named_and_does_not_keep_the_others_from_it(queue: Queue) -> None:
    (one,) = queue.submit("Author", "One.")
    (waits,) = queue.submit("Delegate", "Two.", **DELEGATION)
    send(queue.client, QUEUE, {"point": [one, waits], "action": "publish"}, action=QUEUE)
    page = queue.client.get(QUEUE).text
    assert "1 point is published." in page
    assert f"1 point stays as it was. {waits}: It speaks for a government" in page
    assert [queue.status(one).value, queue.status(waits).value] == ["published", "waiting"]
    answer = send(queue.client, QUEUE, {"point": [waits], "action": "publish"}, action=QUEUE)
    assert answer.status_code == 422
    assert f'value="{waits}" checked' in answer.text
    assert "Record the credential first." in answer.text


def test_choosing_nothing_says_what_to_do(queue: Queue) -> None:
    queue.submit("Author", "One.")
    answer = send(queue.client, QUEUE, {"action": "publish"}, action=QUEUE)
    assert answer.status_code == 422
    assert "Choose at least one point." in answer.text


def test_restricting_asks_for_a_reason_and_keeps_what_was_typed(queue: Queue) -> None:
    one, two = queue.submit("Author", "One.", "Two.")
    answer = send(queue.client, QUEUE, {"point": [one, two], "action": "restrict"}, action=QUEUE)
    page = f"{QUEUE}/restrict?point={one}&point={two}"
    assert redirects_to(answer, page)
    shown = queue.client.get(page).text
    assert "Restrict 2 points" in shown
    assert "Off topic" in shown
    assert "written agreement" not in shown
    action = f"{QUEUE}/restrict"
    answer = send(queue.client, page, {"public_reason": "Typed words."}, action=action)
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    assert "Typed words." in answer.text
    answer = send(queue.client, page, {"reason": "personal_data"}, action=action)
    assert answer.status_code == 422
    assert answer.text.count("checked") == 1
    answer = send(queue.client, page, {"reason": "personal_data", "public_reason": "Why."}, action=action)
    assert redirects_to(answer, QUEUE)
    assert "2 points are restricted. Their authors are told why." in queue.client.get(QUEUE).text
    assert queue.status(one) is queue.status(two) is ModerationStatus.RESTRICTED


def test_input_of_a_state_asks_for_the_written_agreement(queue: Queue) -> None:
    (one,) = queue.submit("Delegate", "One.", **DELEGATION)
    with queue.app.test_request_context("/en/"):
        record_credential(
            queue.find(one).submission, kind=CredentialKind.OTHER, reference="Letter", actor=queue.staff.moderator,
            now=utc_now(),
        )  # fmt: skip
        db.session.commit()
    page, action = f"{QUEUE}/restrict?point={one}", f"{QUEUE}/restrict"
    typed = {"reason": "personal_data", "public_reason": "Why."}
    answer = send(queue.client, page, typed, action=action)
    assert answer.status_code == 422
    assert "never restricted without their written agreement" in answer.text
    assert queue.status(one) is ModerationStatus.WAITING
    answer = send(queue.client, page, {**typed, "agreement": "Letter 7"}, action=action)
    assert redirects_to(answer, QUEUE)
    assert "Written agreement: Letter 7" in queue.client.get(f"{QUEUE}/{one}").text


def test_a_restriction_is_lifted_from_the_list_of_restricted_points(queue: Queue) -> None:
    (one,) = queue.submit("Author", "One.")
    queue.restrict(one)
    url = QUEUE + "?status=restricted"
    page = queue.client.get(url).text
    assert "Lift the restriction and publish" in page
    assert "Unlawful to publish" in page
    send(queue.client, url, {"point": [one], "action": "publish"}, action=url)
    assert queue.status(one) is ModerationStatus.PUBLISHED


def test_a_double_click_decides_once(queue: Queue) -> None:
    (one,) = queue.submit("Author", "One.")
    form = {"point": one, "action": "publish", "idempotency_key": "the same key"}
    first = build.post(queue.client, QUEUE, form)
    again = build.post(queue.client, QUEUE, form)
    assert (first.status_code, again.status_code) == (302, 302)
    with queue.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ModerationDecision)) == 1


def test_a_point_shows_who_decided_what(queue: Queue) -> None:
    (one,) = queue.submit("Author", "One.")
    queue.restrict(one)
    queue.publish(one)
    page = queue.client.get(f"{QUEUE}/{one}").text
    assert page.count("Moderator") > 2
    assert page.index("Published") < page.index("Unlawful to publish")
    assert "A reason for all." in page
    assert queue.client.get(f"{QUEUE}/MIN-1-ZZZZZZ").status_code == 404


def test_withdrawn_points_are_no_work(queue: Queue) -> None:
    one, two = queue.submit("Author", "One.", "Two.")
    with queue.app.app_context():
        withdraw_comment(queue.find(one), actor=build.person("Author"), now=utc_now())
        db.session.commit()
    assert queue.rows("?status=") == [two]
    assert queue.client.get(f"{QUEUE}/{one}").status_code == 404


def test_points_of_another_host_are_out_of_reach(queue: Queue) -> None:
    (one,) = queue.submit("Author", "One.")
    with queue.app.app_context():
        other = build.desk()
        foreign = build.open_consultation(other.host, other.manager, slug="foreign", code="FOR")
        (theirs,) = build.submit(foreign, build.person("Theirs"), "Theirs.").comments
        db.session.commit()
        reference = theirs.reference or ""
        mine = queue.staff.moderator
        build.sign_in(queue.client, other.moderator)
    for url in (QUEUE, f"{QUEUE}/{one}", f"{QUEUE}/restrict?point={one}", CREDENTIALS):
        assert queue.client.get(url).status_code == 404, url
    assert build.post(queue.client, QUEUE, {"point": one, "action": "publish"}).status_code == 404
    # A reference of theirs, sent to a desk of mine, is not found there.
    with queue.app.app_context():
        build.sign_in(queue.client, mine)
    assert build.post(queue.client, QUEUE, {"point": reference, "action": "publish"}).status_code == 422
    assert queue.client.get(f"{QUEUE}/{reference}").status_code == 404
    assert queue.status(reference) is ModerationStatus.WAITING


@pytest.mark.parametrize("role", ["manager", "responder", "approver"])
def test_only_a_moderator_works_the_queue(queue: Queue, role: str) -> None:
    (one,) = queue.submit("Author", "One.")
    with queue.app.app_context():
        build.sign_in(queue.client, getattr(queue.staff, role))
    assert queue.client.get(QUEUE).status_code == 403
    assert build.post(queue.client, QUEUE, {"point": one, "action": "publish"}).status_code == 403
    page = queue.client.get(f"{QUEUE}/{one}")  # all staff of the host may read a point, and not decide on it
    assert page.status_code == 200
    assert "Restrict this point" not in page.text
    assert queue.status(one) is ModerationStatus.WAITING


def test_credentials_are_listed_and_put_on_record(queue: Queue) -> None:
    assert "No credential is awaited" in queue.client.get(CREDENTIALS).text
    queue.submit("Delegate", "One.", "Two.", organisation="Ministry of Mines", **DELEGATION)
    queue.submit("Somebody", "Three.")
    page = queue.client.get(CREDENTIALS).text
    assert "1 submission waits for its credential" in page
    assert "Ministry of Mines" in page
    assert "Somebody" not in page
    found = re.search(rf'href="({CREDENTIALS}/[0-9a-f]+)"', page)
    assert found
    answer = send(queue.client, found[1], {"kind": "note_verbale", "reference": ""})
    assert answer.status_code == 422
    assert "Fill this in." in answer.text
    answer = send(queue.client, found[1], {"kind": "note_verbale", "reference": "NV 41"})
    assert redirects_to(answer, CREDENTIALS)
    assert "The credential is on record." in queue.client.get(CREDENTIALS).text
    assert queue.client.get(found[1]).status_code == 404


def test_the_queue_pages_by_key(queue: Queue) -> None:
    queue.submit("Author", *[f"Point {number}." for number in range(60)])
    first = queue.client.get(QUEUE).text
    seen, url = queue.rows(), QUEUE
    for _page in range(2):
        page = queue.client.get(url).text
        found = re.search(r'rel="next" href="([^"]+)"', page)
        assert found
        url = found[1].replace("&amp;", "&")
        seen += queue.rows(url.removeprefix(QUEUE))
    assert "60 points" in first
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_queue_takes_as_many_queries_for_any_number_of_points(queue: Queue, number: int) -> None:
    for start in range(0, number, 30):
        queue.submit(f"Author {start}", *[f"Point {n}." for n in range(start, min(number, start + 30))])
        queue.submit(f"Delegate {start}", "Official.", **DELEGATION)
    with build.count_queries(queue.app) as queries:
        queue.rows("?status=")
    assert len(queries) == 16
    references = queue.rows()[:number]
    with build.count_queries(queue.app) as queries:
        page = queue.client.get(f"{QUEUE}/restrict?" + "&".join(f"point={one}" for one in references))
    assert page.status_code == 200
    assert len(queries) == 14
    with build.count_queries(queue.app) as queries:
        queue.client.get(CREDENTIALS)
    assert len(queries) == 14


@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_point_takes_as_many_queries_for_any_number_of_decisions(queue: Queue, number: int) -> None:
    (one,) = queue.submit("Author", "One.")
    for _ in range(number):
        queue.restrict(one)
        queue.publish(one)
    with build.count_queries(queue.app) as queries:
        page = queue.client.get(f"{QUEUE}/{one}")
    assert page.text.count("Unlawful to publish") == number
    assert len(queries) == 18


def test_the_pages_speak_arabic_from_right_to_left(queue: Queue) -> None:
    queue.submit("Author", "One.")
    page = queue.client.get(QUEUE.replace("/en/", "/ar/"))
    assert 'dir="rtl"' in page.text
    assert 'lang="en" dir="ltr"' in main_of(page)
