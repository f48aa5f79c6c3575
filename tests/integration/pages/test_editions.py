"""Reading in a language that the interface does not have: its words, marked, kept from page to page; nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import SYSTEM, Person
from consult.accounts.enums import Capacity, Constituency
from consult.accounts.models import Account
from consult.consultations.emails import queue_extension
from consult.consultations.enums import MeetingKind, OutcomeKind, QuestionKind
from consult.consultations.models import Outcome
from consult.consultations.queries import get_round
from consult.consultations.recipients import list_recipients
from consult.consultations.services import extend_round, open_round, save_meeting, save_question
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.documents.languages import publish_edition
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.services import issue_corrigendum
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.submissions.enums import PublicationSetting, Stance
from consult.submissions.services import save_answer, submit_submission, update_publication, update_speaker
from consult.texts.services import update_translations
from tests.support import build
from tests.support.browse import main_of, send

HERE = "/en/consultations/minerals"
PAGES = ("", "/timeline", "/draft", "/comments", "/response-log", "/commitments")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """Nobody in particular; a consultation in English with an edition in Khmer, and Arabic in preparation."""
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        save_question(
            round_, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which?"},
            options=[{"en": "One"}, {"en": "Two"}], actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        save_question(
            round_, None, kind=QuestionKind.POSITIONS, text={"en": "For or against?"},
            options=[{"en": "First"}, {"en": "Second"}], actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        open_round(round_, actor=staff.manager, now=utc_now())
        build.add_language(round_, "km", staff.manager)
        build.add_language(round_, "ar", staff.manager, translated=False)
        build.translate(round_, "ar", staff.manager)
        build.submit(round_, build.person("A"), "A point.")
        build.publish(round_, staff.moderator)
        build.commitment(round_.consultation, staff.manager)
        db.session.commit()
        sweep()  # the API tells of what has its place
    return app.test_client()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_read_in_khmer_inside_english_and_leads_to_the_others_in_it(
    visitor: FlaskClient, page: str
) -> None:
    answer = visitor.get(f"{HERE}{page}?edition=km")
    text = main_of(answer)
    assert '<html lang="en" dir="ltr">' in answer.text
    assert re.search(r'lang="km"[^>]*>\s*(title in km|Block 1 in km)', text)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    for other in PAGES:
        if other not in {page, "/timeline"}:
            assert f'href="{HERE}{other}?edition=km"' in text
    if page != "/draft":  # which has a list of its own
        assert f'href="{HERE}{page}"' in text  # back to English, the language of the interface
    assert 'hreflang="km"' not in answer.text


@pytest.mark.parametrize("wanted", ["th", "ar", "", "<b>", "km-KH", "KM"])
def test_what_is_no_language_of_the_consultation_is_as_if_it_were_not_there(visitor: FlaskClient, wanted: str) -> None:
    text = main_of(visitor.get(HERE, query_string={"edition": wanted}))
    assert "Title of minerals in en" in text
    assert "title in ar" not in text
    assert "/draft?edition" not in text.replace("/draft?edition=km", "")


def _happenings(app: Flask) -> tuple[int, str]:
    """More time, a meeting, a correction and an outcome, all in preparation; input of a reader of Arabic: who, and its key."""
    with app.test_request_context("/en/"):
        now, today, round_ = utc_now(), utc_now().date(), get_round("minerals")
        consultation = round_.consultation
        assert round_.closes_at is not None
        assert round_.response_due is not None
        author = build.person("B", locale="ar")
        submission = build.draft(round_, author, "A point on a block.")
        question = round_.questions[1]
        option = question.options[0].id
        save_answer(
            submission, question, chosen={option: Stance.SUPPORT}, reasons={option: "Because."}, language="en", now=now
        )
        update_speaker(
            submission, name="B", capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
            organisation="", country=None, language="en", now=now,
        )  # fmt: skip
        update_publication(submission, PublicationSetting.NAMED, pseudonym="", now=now)
        submit_submission(submission, actor=author, now=now)
        extension = extend_round(
            round_, closes_wall=to_wall(round_.closes_at + timedelta(days=1), round_.zone),
            response_due=round_.response_due + timedelta(days=1), reason={"en": "Why in en"}, actor=SYSTEM, now=now,
        )  # fmt: skip
        meeting = save_meeting(
            consultation, None, kind=MeetingKind.OTHER, title={"en": "Meeting in en"}, first_day=today, last_day=None,
            place={"en": "Place in en"}, record_url="", actor=SYSTEM, now=now,
        )  # fmt: skip
        correction = issue_corrigendum(
            get_version(round_), None, words={"en": "Correction in en"}, reads="", should_read="", language=None,
            actor=SYSTEM, now=now,
        )  # fmt: skip
        outcome = Outcome(
            consultation=consultation, kind=OutcomeKind.NOTED, body="Body in en", note="Note in en", decided_on=today,
            recorded_at=now,
        )  # fmt: skip
        db.session.add(outcome)
        db.session.flush()
        for subject, row, names in (
            ("round_extension", extension, ["reason"]),
            ("meeting", meeting, ["title", "place"]),
            ("corrigendum", correction, ["words"]),
            ("outcome", outcome, ["body", "note"]),
        ):
            fields = {name: (getattr(row, name), f"{name} in ar") for name in names}
            update_translations(subject, row.id, language="ar", fields=fields, actor=SYSTEM, now=now)
        queue_extension(extension, list_recipients(round_, now), now=now)
        db.session.commit()
        return author.actor_id, submission.key


def test_a_language_in_preparation_is_nowhere_read(app: Flask, visitor: FlaskClient) -> None:
    author, key = _happenings(app)
    public = [
        "/ar/",
        "/ar/consultations",
        "/ar/commitments",
        *(f"/ar/consultations/minerals{page}" for page in PAGES),
        *(f"/ar/search?words={words}" for words in ("paragraph", "title", "point", "write")),
        *(f"/ar/feeds/{name}.atom" for name in ("consultations", "consultations/minerals", "commitments")),
    ]
    for page in public:
        answer = visitor.get(page)
        assert answer.status_code == 200
        assert " in en" in answer.text, page
        assert " in ar" not in answer.text, page
    told = visitor.get("/ar/feeds/consultations/minerals.atom").text
    for words in ("Why in en", "Meeting in en", "Correction in en", "Body in en", "Note in en"):
        assert words in told
    for page in (
        "/api/v1/consultations",
        "/api/v1/consultations/minerals",
        "/api/v1/consultations/minerals/document",
    ):
        answer = visitor.get(page)
        assert answer.status_code == 200
        assert " in km" in answer.text
        assert " in ar" not in answer.text, page
    with app.app_context():
        build.sign_in(visitor, Person(db.session.get_one(Account, author)))
        mails = db.session.scalars(sa.select(OutgoingMail.body).where(OutgoingMail.locale == "ar")).all()
        assert any("Why in en" in body for body in mails)
        assert not any(" in ar" in body for body in mails)
    receipt = f"/ar/take-part/minerals/receipt/{key}"
    for page in ("/ar/account/submissions", receipt, f"{receipt}/download"):
        answer = visitor.get(page)
        assert answer.status_code == 200
        assert "Title of minerals in en" in answer.text
        assert " in ar" not in answer.text, page


def test_half_an_edition_of_an_earlier_draft_is_nowhere_read(app: Flask, client: FlaskClient) -> None:
    """A language is published with the draft that is current; one block of the draft before was translated too."""
    with app.test_request_context("/en/"):
        staff, now = build.desk(), utc_now()
        first = build.open_consultation(staff.host, staff.manager)
        build.submit(first, build.person("A"), "A point.")
        build.publish(first, staff.moderator)
        build.close(first)
        second = build.following_round(first, staff.manager)
        added = build.add_language(second, "km", staff.manager, translated=False)
        build.translate(second, "km", staff.manager)
        block = list_paragraphs(get_version(first))[0]  # the heading, which the list of comments shows too
        words = {"text": (block.text, "Half of it in km")}
        update_translations("paragraph", block.id, language="km", fields=words, actor=staff.manager, now=now)
        publish_edition(added, reason={"en": "Nobody asked."}, actor=staff.manager, now=now)
        db.session.commit()
        assert [edition.language for edition in get_version(first).editions] == ["en"]
        sweep()
    assert "Block 1 in km" in client.get(f"{HERE}/rounds/2/draft?edition=km").text
    for page in ("draft", "comments"):
        answer = client.get(f"{HERE}/rounds/1/{page}?edition=km")
        assert answer.status_code == 200
        assert "Purpose" in main_of(answer)
        assert "Half of it in km" not in answer.text
    told = client.get("/api/v1/consultations/minerals/document").text
    assert "Block 1 in km" in told
    assert "Half of it in km" not in told


def test_taking_part_stays_in_khmer_from_step_to_step(app: Flask, visitor: FlaskClient) -> None:
    start = "/en/take-part/minerals/"
    text = main_of(visitor.get(f"{start}?edition=km"))
    assert f'href="{start}questions?edition=km"' in text
    for nothing_there_yet in ("code", "check"):
        assert f'href="{start}{nothing_there_yet}' not in text
    for page, has_words_of_the_draft in (("", False), ("files", False), ("points/new", False), ("questions", True)):
        assert ("Read this in:" in visitor.get(f"{start}{page}").text) is has_words_of_the_draft
    questions = visitor.get(f"{start}questions?edition=km")
    assert "Which? in km" in questions.text
    assert "One in km" in questions.text
    done = send(visitor, f"{start}questions?edition=km")
    assert done.location == f"{start}?edition=km"
    with app.app_context():
        eid = "sec_1__para_1"
        assert get_round("minerals").is_open(utc_now())
    point = visitor.get(f"{start}points/new?edition=km&paragraph={eid}").text
    assert "Block 2 in km" in point
    draft = visitor.get(f"{HERE}/draft?edition=km").text
    assert f'href="{start}points/new?edition=km&amp;paragraph={eid}"' in draft
