"""What became of the points on the version before: every one accounted for, with its ground."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations import services as consultations
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.anchoring import make_quote
from consult.documents.enums import Continuation, Ground
from consult.documents.importing import read_markdown
from consult.documents.plain import plain_text
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.services.keeping import keep_proposal
from consult.documents.services.versions import Link, make_version
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Quotation
from consult.submissions.queries import PUBLIC
from consult.submissions.queries.carrying import Fate, carried, count_fates, list_unanchored
from consult.submissions.services import save_quote, submit_submission, update_publication, update_speaker
from consult.texts.services import update_translations
from tests.support import build
from tests.support.build import Desk
from tests.support.versions import AFTER, BEFORE, decide_all, first_version, following, proposed

URL = "/en/consultations/minerals/draft/carried/2"
# Where each paragraph of BEFORE stands among its blocks, but for the first heading.
HEARD, FUND, DEPTH, HOUSE = 0, 2, 5, 6
QUOTED = (
    "before a mine is opened in a valley",
    "the roads that lead to them",
    "deeper than ten metres",
    "loses a house",
)


def second_version(staff: Desk, first: Round, *, opens: bool = True) -> Round:
    """The next round with its version kept, open if asked."""
    round_ = following(staff, first)
    proposal = proposed(staff, round_, AFTER)
    decide_all(staff, proposal)
    keep_proposal(proposal, actor=staff.manager, now=utc_now())
    if opens:
        _open(round_, staff)
    return round_


def _open(round_: Round, staff: Desk) -> None:
    consultations.update_introduction(round_, {"en": "What is new."}, actor=staff.manager, now=utc_now())
    build.set_dates(round_, utc_now() - timedelta(minutes=1), utc_now() + timedelta(days=3))
    consultations.open_round(round_, actor=staff.manager, now=utc_now())


def say(round_: Round, author: Person, text: str, words: str, *, paragraph: int, language: str = "en") -> None:
    """Submit a point about exact words of a paragraph."""
    now = utc_now()
    submission = build.draft(round_, author, text, paragraph=paragraph)
    (comment,) = submission.comments
    assert comment.paragraph is not None
    quote = make_quote(plain_text(comment.paragraph.kind, comment.paragraph.text), words).quote
    if language == "en":
        save_quote(submission, comment, quote, language=language, now=now)
    elif quote is not None:
        comment.quotation = Quotation(language=language, **vars(quote))
    update_speaker(
        submission, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
        organisation="", country=None, language="en", now=now,
    )  # fmt: skip
    update_publication(submission, PublicationSetting.NAMED, pseudonym="", now=now)
    submit_submission(submission, actor=author, now=now)


@pytest.fixture
def rounds(app: Flask) -> tuple[int, int]:
    """A round with points on paragraphs of every fate, and the next one, open; how many points there are."""
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        author = build.person("Author")
        for number, place in enumerate((HEARD, FUND, DEPTH, HOUSE)):
            build.submit(first, author, f"Point {number} two", paragraph=place)
            say(first, author, f"Point {number} one", QUOTED[number], paragraph=place)
        build.publish(first, staff.moderator)
        second_version(staff, first)
        db.session.commit()
        return first.id, len(build.points_of(first))


def test_every_point_is_accounted_for(app: Flask, rounds: tuple[int, int]) -> None:
    with app.app_context():
        first = db.session.get_one(Round, rounds[0])
        version = get_version(max(first.consultation.rounds, key=lambda one: one.number))
        counts = count_fates(version, first, PUBLIC)
        assert sum(counts.values()) == rounds[1] == 8
        assert counts[Fate.REMOVED] == 2
        assert counts[Fate.SPLIT] == 2
        told = {row.text: one for row in build.points_of(first) for one in [carried([row], version)[row.id]]}
        assert told["Point 2 one"].fate is Fate.REMOVED
        assert not told["Point 2 one"].is_carried
        assert told["Point 3 one"].is_carried
        found, eid = told["Point 1 one"].found or (None, "")
        assert found is not None
        assert found.is_exact
        assert eid in {paragraph.eid for paragraph in list_paragraphs(version)}
        near = told["Point 0 one"].found
        assert near is not None
        assert not near[0].is_exact
        assert list_unanchored(version, first, PUBLIC) == set()


def test_words_that_are_gone_leave_a_point_unanchored(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        say(first, build.person("Author"), "About schools", "for schools in the villages", paragraph=FUND)
        round_ = following(staff, first)
        gone = AFTER.replace("It pays for schools in the villages and for", "It pays for")
        proposal = proposed(staff, round_, gone)
        decide_all(staff, proposal)
        version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
        (point,) = build.points_of(first)
        assert list_unanchored(version, first) == {point.id}
        assert carried([point], version)[point.id].is_unanchored


def numbers(page: str) -> list[int]:
    """Those of the table at the top; the last is their sum."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [int(one) for one in re.findall(r'class="number"[^>]*>(?:<strong>)?(\d+)', table)]


def test_the_public_page_adds_up_and_shows_the_text_that_was_lost(client: FlaskClient, rounds: tuple[int, int]) -> None:
    page = client.get(URL)
    assert page.status_code == 200
    *parts, total = numbers(page.text)
    assert sum(parts) == total == rounds[1]
    lost = client.get(f"{URL}?fate=not-carried").text
    assert "deeper than ten metres" in lost
    assert lost.count('<article class="point"') == 2
    assert client.get("/en/consultations/minerals/draft/carried/1").status_code == 404
    assert client.get("/en/consultations/minerals/draft/carried/final").status_code == 404


def test_what_could_not_be_carried_comes_first(client: FlaskClient, rounds: tuple[int, int]) -> None:
    page = client.get(URL).text
    lost, found = page.index("What could not be carried, with"), page.index("What was carried, and on which ground")
    assert lost < page.index("deeper than ten metres") < found
    assert page[lost:found].count("Not carried</strong>") == 2
    assert page[found:].count("Carried</strong>") == 6
    assert "8 published points on the draft of MIN-1." in page
    assert "You are reading round 1" not in page
    assert "You are reading round 1" in client.get("/en/consultations/minerals/rounds/1/comments").text


def test_a_quote_of_an_edition_that_was_brought_anew_is_unanchored_though_its_paragraph_stays(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        say(first, build.person("Author"), "On schools", "schools in the villages", paragraph=FUND, language="fr")
        (point,) = build.points_of(first)
        round_ = following(staff, first)
        proposal = proposed(staff, round_, BEFORE)
        decide_all(staff, proposal)
        version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
        [newer] = [one for one in list_paragraphs(version) if "schools" in one.text]
        french = {"text": (newer.text, "D'autres mots.")}
        update_translations("paragraph", newer.id, language="fr", fields=french, actor=staff.manager, now=utc_now())
        told = carried([point], version)[point.id]
        assert told.fate is Fate.UNCHANGED
        assert told.is_unanchored
        assert list_unanchored(version, first) == {point.id}


def test_the_first_page_of_a_round_leads_to_what_changed_and_to_what_became_of_the_points(
    client: FlaskClient, rounds: tuple[int, int]
) -> None:
    page = client.get("/en/consultations/minerals").text
    new = page[page.index('<h2 id="new">') : page.index('<h2 id="summary">')]
    for link in re.findall(r'href="([^"]*/(?:compare|carried)[^"]*)"', new):
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    assert new.count("/compare?from=1&amp;to=2") == 1
    assert new.count('/draft/carried/2"') == 1


def test_an_author_is_told_what_became_of_their_point_in_the_newest_text(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        author = build.person("Author")
        say(first, author, "About deep mines", "deeper than ten metres", paragraph=DEPTH)
        say(first, author, "About the fund", QUOTED[1], paragraph=FUND)
        build.publish(first, staff.moderator)
        second_version(staff, first, opens=False)
        references = {point.text: point.reference for point in build.points_of(first)}
        round_id = first.id
        db.session.commit()
        build.sign_in(client, author)
    mine, one = "/en/account/submissions", "/en/consultations/minerals/comments/"
    assert "Draft for round 2" not in client.get(mine).text
    with app.app_context():
        rounds = db.session.get_one(Round, round_id).consultation.rounds
        _open(max(rounds, key=_number), staff)
        db.session.commit()
    page = client.get(mine).text
    assert page.count("<strong>Draft for round 2</strong>") == 2
    assert "The paragraph was removed" in page
    assert "</a> · Round 1</h2>" in page
    assert "The words that it is about are found again, exactly." in page
    lost = client.get(one + str(references["About deep mines"]), follow_redirects=True).text
    assert "<strong>Draft for round 2</strong><br>The paragraph was removed" in lost
    assert "The paragraph was split" in client.get(one + str(references["About the fund"]), follow_redirects=True).text


def _number(round_: Round) -> int:
    return round_.number


def test_parts_that_went_different_ways_are_told_by_what_says_most_each_on_its_ground(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        build.submit(first, build.person("Author"), "About the fund.", paragraph=FUND)
        (point,) = build.points_of(first)
        blocks = read_markdown(AFTER)
        parts = [place for place, block in enumerate(blocks) if "pays for" in block.text or "mines." in block.text]
        kinds = (Continuation.EDITED, Ground.SIMILAR_WORDS), (Continuation.SPLIT, Ground.BY_HAND)
        links = [Link(point.paragraph_id, place, *kind, 800) for place, kind in zip(parts, kinds, strict=True)]
        version = make_version(
            first.consultation, following(staff, first), blocks, base=get_version(first), links=links,
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        assert count_fates(version, first) == {Fate.SPLIT: 1}
        assert carried([point], version)[point.id].fate is Fate.SPLIT
        db.session.commit()
        build.sign_in(client, staff.manager)
    page = client.get("/en/desk/minerals/carried/2").text
    assert page.count("Nobody looked at this one match.") == 1
    assert page.count("the secretariat looked at this match and confirmed it.") == 1


def test_the_desk_sees_it_before_the_round_opens_and_the_public_does_not(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        build.submit(first, build.person("Author"), "A point that waits", paragraph=DEPTH)
        second_version(staff, first, opens=False)
        db.session.commit()
        manager = staff.manager
    assert client.get(URL).status_code == 404
    address, opening = "/en/desk/minerals/carried/2", "/en/desk/minerals/rounds/2/open"
    assert client.get(address).status_code in {302, 403}
    with app.app_context():
        build.sign_in(client, manager)
    page = client.get(address)
    assert page.status_code == 200
    assert "A point that waits" in page.text
    said = client.get(opening).text
    assert "1 point was received on the draft of MIN-1 and not withdrawn." in said
    link = re.search(r'<a href="([^"]+)">1 point could not be carried</a>', said)
    assert link is not None
    assert "A point that waits" in client.get(link[1]).text


def test_it_costs_the_same_however_many_points_there_are(app: Flask, client: FlaskClient) -> None:
    cost = _cost(app, client)
    assert cost(1) == cost(3) == cost(300)


def _cost(app: Flask, client: FlaskClient) -> Callable[[int], int]:
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        author = build.person("Author")
        say(first, author, "Point 0 one", QUOTED[1], paragraph=FUND)
        build.publish(first, staff.moderator)
        second_version(staff, first)
        db.session.commit()
        round_id, moderator = first.id, staff.moderator

    def cost(number: int) -> int:
        with app.app_context():
            round_ = db.session.get_one(Round, round_id)
            missing = number - len(build.points_of(round_))
            if missing:
                build.set_dates(round_, utc_now() - timedelta(days=1), utc_now() + timedelta(days=1))
                build.submit(round_, author, *(f"Point {one}" for one in range(missing)), paragraph=FUND)
                build.publish(round_, moderator)
                build.close(round_)
            db.session.commit()
        with build.count_queries(app) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    return cost
