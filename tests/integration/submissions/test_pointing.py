"""What points refer to, shown in the draft: marks, overlaps, what is lost on the way; counts narrowed by kind and sort."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.consultations import services as consultations
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.anchoring import make_quote
from consult.documents.plain import plain_text
from consult.documents.services import import_document
from consult.documents.services.keeping import keep_proposal
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.services import save_quote, submit_submission, update_publication, update_speaker
from tests.support import build, continuing, versions
from tests.support.browse import main_of

DRAFT = "/en/consultations/minerals/draft"
FIRST = "Every mine needs the consent of the people who live on the land before it opens."
TEXT = f"# 1 Purpose\n\n{FIRST}\n\nThe fund pays **for schools** and roads.\n"


def open_round(staff: build.Desk, text: str = TEXT, slug: str = "minerals") -> Round:
    round_ = build.consultation_in_setup(staff.host, staff.manager, slug=slug, code=slug[:3].upper() + slug[8:])
    import_document(round_, text, language="en", actor=staff.manager, now=utc_now())
    consultations.open_round(round_, actor=staff.manager, now=utc_now())
    return round_


def quoting(
    round_: Round,
    text: str,
    words: str,
    *,
    paragraph: int = 0,
    setting: PublicationSetting = PublicationSetting.NAMED,
    constituency: Constituency = Constituency.CIVIL_SOCIETY,
    kind: CommentType = CommentType.SUBSTANTIVE,
) -> str:
    """Submit a point on some words of a paragraph; its reference."""
    author = build.person()
    draft = build.draft(round_, author, text, paragraph=paragraph)
    point = draft.comments[0]
    point.comment_type = kind
    assert point.paragraph is not None
    quote = make_quote(plain_text(point.paragraph.kind, point.paragraph.text), words).quote
    assert quote is not None
    save_quote(draft, point, quote, language="en", now=utc_now())
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[constituency], organisation="",
        country=None, language="en", now=utc_now(),
    )  # fmt: skip
    update_publication(draft, setting, pseudonym="A reader", now=utc_now())
    return submit_submission(draft, actor=author, now=utc_now()).comments[0].reference or ""


def test_words_are_marked_where_a_reader_asks_and_overlaps_stay_readable(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = open_round(staff)
        one = quoting(round_, "One.", "the consent of the people")
        two = quoting(round_, "Two.", "people who live on the land")
        three = quoting(round_, "Three.", "pays for schools", paragraph=1)
        build.publish(round_, staff.moderator)
        waiting = quoting(round_, "Four.", "Every mine")
        db.session.commit()
    plain = main_of(client.get(DRAFT))
    assert "<mark>" not in plain
    assert "Show what points refer to" in plain
    page = main_of(client.get(f"{DRAFT}?words=shown"))
    link = r'<a class="pointed" href="#words-sec_1__para_1" aria-label="{} points? on these words">{}</a>'
    pattern = (
        r"Every mine needs <mark>the consent of the</mark>" + link.format(1, 1)
        + " <mark>people</mark>" + link.format(2, 2)
        + r" <mark>who live on the land</mark>" + link.format(1, 1) + " before"
    )  # fmt: skip
    assert re.search(pattern, page)
    assert re.search(r"The fund <mark>pays </mark><strong><mark>for schools</mark><a [^>]*>1</a></strong>", page)
    assert all(reference in page for reference in (one, two, three))
    assert waiting not in page, "nobody screened it yet"
    assert "Hide what points refer to" in page


def test_a_point_s_quote_stands_above_it_wherever_it_is_read(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = open_round(staff)
        reference = quoting(round_, "One.", "the consent of the people")
        build.sign_in(client, staff.moderator)
    quoted = "the consent of the people</p></blockquote>"
    assert quoted in client.get("/en/desk/minerals/queue").text
    with app.app_context():
        build.publish(db.session.merge(round_), staff.moderator)
        db.session.commit()
    visitor = app.test_client()
    for page in ("comments", f"comments/{reference}"):
        assert quoted in visitor.get(f"/en/consultations/minerals/{page}").text


def test_counts_are_narrowed_by_kind_and_sort_and_never_by_what_a_protected_author_is(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = open_round(staff)
        quoting(round_, "One.", "Every mine")
        quoting(round_, "Two.", "the land", kind=CommentType.EDITORIAL)
        quoting(round_, "Three.", "The fund", paragraph=1, constituency=Constituency.INDUSTRY)
        quoting(round_, "Four.", "roads", paragraph=1, setting=PublicationSetting.ANONYMOUS)
        build.publish(round_, staff.moderator)
        build.close(round_)
        build.lift(round_)
        db.session.commit()

    def counted(query: str) -> dict[str, str]:
        found = re.findall(r'section=(sec_1__para_\d)" aria-label="(\d+) points? on', client.get(DRAFT + query).text)
        return dict(found)

    assert counted("") == {"sec_1__para_1": "2", "sec_1__para_2": "2"}
    assert counted("?type=editorial") == {"sec_1__para_1": "1"}
    assert counted("?constituency=civil_society") == {"sec_1__para_1": "2"}, "the protected one is not among them"
    assert counted("?constituency=industry") == {"sec_1__para_2": "1"}
    assert counted("?constituency=nobody") == counted("")
    page = client.get(f"{DRAFT}?constituency=industry&words=shown").text
    assert "comments?constituency=industry&amp;section=sec_1__para_2" in page
    assert "The fund</mark>" in page
    assert "never those of protected authors" in page
    assert "Every mine</mark>" not in page


@pytest.mark.parametrize("query", ["?words=shown", "?words=shown&type=substantive", "?constituency=industry"])
def test_however_many_point_the_page_asks_the_same_number_of_queries(
    app: Flask, client: FlaskClient, query: str
) -> None:
    numbers = []
    for wanted in (1, 3, 30):
        with app.app_context():
            staff = build.desk()
            round_ = open_round(staff, slug=f"minerals{wanted}")
            for number in range(wanted):
                quoting(round_, f"Point {number}.", "the land")
            build.publish(round_, staff.moderator)
            db.session.commit()
        with build.count_queries(app) as found:
            assert client.get(DRAFT.replace("minerals", f"minerals{wanted}") + query).status_code == 200
        numbers.append(len(found))
    assert len(set(numbers)) == 1


def test_in_the_next_version_words_are_found_again_or_said_to_be_lost(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        first = versions.first_version(staff)
        heard = quoting(first, "Heard.", "is heard before a mine is opened")
        schools = quoting(first, "Schools.", "schools in the villages", paragraph=2)
        few = quoting(first, "A mine?", "a mine")
        gone = quoting(first, "Depth.", "deeper than ten metres", paragraph=5)
        build.publish(first, staff.moderator)
        second = versions.following(staff, first)
        proposal = versions.proposed(staff, second, versions.AFTER)
        versions.decide_all(staff, proposal)
        version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
        eids = versions.eids(version)
        consultations.update_introduction(second, {"en": "What is new."}, actor=staff.manager, now=utc_now())
        build.set_dates(second, utc_now() - timedelta(minutes=1), utc_now() + timedelta(days=3))
        consultations.open_round(second, actor=staff.manager, now=utc_now())
        db.session.commit()
    page = main_of(client.get(f"{DRAFT}?words=shown"))

    def below(eid: str) -> str:
        return page.partition(f'id="words-{eid}"')[2].partition("</div>")[0]

    edited = below(eids["Everybody is"])
    assert "is heard before any mine is opened</mark>" in page
    assert heard in edited
    assert "The words have changed since." in edited
    assert "Made on the draft for round 1. Ground: " in edited
    assert "Ground" not in main_of(client.get(f"{DRAFT.replace('/draft', '/rounds/1/draft')}?words=shown")), "made here"
    assert few in edited
    assert "Not found in this text any more" in edited, "too few letters to be taken for others"
    assert schools in below(eids["It pays for "]), "in the part that has its words"
    assert schools not in below(eids["The fund pay"])
    assert gone not in page, "its paragraph is gone: it is listed with what was not carried"
    assert f"/rounds/1/comments/{heard}" in page


def test_the_final_text_shows_where_points_referred_to(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        first = versions.first_version(staff)
        heard = quoting(first, "Heard.", "is heard before a mine is opened")
        build.publish(first, staff.moderator)
        build.close(first)
        continuing.final_text(first, versions.BEFORE, staff.manager)
        continuing.conclude(first, staff.manager)
        db.session.commit()
    page = main_of(client.get(f"{DRAFT}/final?words=shown"))
    assert "is heard before a mine is opened</mark>" in page
    assert f"/comments/{heard}" in page
    assert "Count only some points" not in page, "no point is written on it"
