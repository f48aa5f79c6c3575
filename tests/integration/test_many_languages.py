"""Many languages, honestly: read in French, answered in Khmer, translated both ways, and followed in Arabic."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_response
from consult.submissions.enums import PublicationSetting
from tests.support import build
from tests.support.browse import fill_in, forms_in

SAID = "សូមឱ្យភូមិរបស់យើងទទួលបានព័ត៌មានអំពីទឹកជាភាសាខ្មែរ។"  # that our village be told about the water in Khmer
IN_ENGLISH = "Please tell our village about the water in Khmer."
IN_ARABIC = "نرجو إبلاغ قريتنا عن المياه بلغة الخمير."
ANSWER = "We will send the results of the water tests every month."
WHY = "The village has a right to know."
ANSWERED_IN_KHMER = "យើងនឹងផ្ញើលទ្ធផលទឹកជាភាសាខ្មែររៀងរាល់ខែ។"
WHY_IN_KHMER = "ភូមិមានសិទ្ធិដឹង។"
ANSWERED_IN_ARABIC = "سنرسل نتائج فحص المياه كل شهر."
WHY_IN_ARABIC = "من حق القرية أن تعرف."
DESK = "/en/desk/minerals/translations"


def translate(client: FlaskClient, language: str, group: str, words: dict[str, str]) -> None:
    """Fill in the side-by-side page: for each field, by the words of its source, a translation."""
    page = client.get(f"{DESK}/{language}?group={group}").text
    typed = {}
    for source, translation in words.items():
        before = page.partition(f">{source}</div>")[2]
        found = re.search(r'<(?:textarea|input)[^>]* name="(text-[^"]+)"', before)
        assert found, f"{source!r} is not offered"
        typed[found[1]] = translation
    form = next(form for form in forms_in(page) if set(typed) <= set(form.values))
    assert client.post(form.action, data=fill_in(form, typed)).status_code in {302, 303}


def test_a_village_answers_in_khmer_and_everybody_follows(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/en/"), unit_of_work():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "fr", "ar"))
        village = build.person("Village committee")
        point = build.submit(
            round_, village, SAID, language="km", paragraph=1, setting=PublicationSetting.NAMED
        ).comments[0]
        reference = point.reference
        build.publish(round_, staff.moderator)
        points = build.points_of(round_)
        write_response(
            points, disposition=Disposition.ACCEPTED, rationale=WHY, text=ANSWER, language="en", actor=staff.responder,
            propose=True, now=utc_now(),
        )  # fmt: skip
        clear_responses(points, actor=staff.approver, now=utc_now())
        build.close(round_)

    # A delegation reads the draft in French.
    french = client.get("/fr/consultations/minerals/draft").text
    assert '<html lang="fr" dir="ltr">' in french
    assert re.search(r'lang="fr"[^>]*>.*Paragraphe 1 in fr', french, re.DOTALL)

    # The translator, who sees nothing else of the desk, puts the point into English and Arabic, the answer into both.
    with app.app_context():
        build.sign_in(client, staff.translator)
    assert client.get("/en/desk/minerals").status_code == 403
    translate(client, "en", "points", {SAID: IN_ENGLISH})
    translate(client, "ar", "points", {SAID: IN_ARABIC})
    translate(client, "ar", "answers", {ANSWER: ANSWERED_IN_ARABIC, WHY: WHY_IN_ARABIC})
    translate(client, "km", "answers", {ANSWER: ANSWERED_IN_KHMER, WHY: WHY_IN_KHMER})
    with app.test_request_context("/en/"), unit_of_work():
        send_responses(get_round("minerals"), actor=staff.approver, now=utc_now())
        (told,) = db.session.scalars(
            sa.select(OutgoingMail.body).where(OutgoingMail.recipient == village.account.email)
            .order_by(OutgoingMail.id.desc()).limit(1)
        )  # fmt: skip
        assert ANSWERED_IN_KHMER in told
        assert ANSWER in told
        request_release(get_round("minerals"), actor=staff.manager, now=utc_now())
    with app.app_context():
        sweep()

    # The village reads its answer in Khmer, with the original, on its page and in a message.
    with app.app_context():
        build.sign_in(client, village)
    mine = client.get("/en/account/submissions").text
    for words in (ANSWERED_IN_KHMER, WHY_IN_KHMER, ANSWER):
        assert words in mine
    assert re.search(r'lang="km"[^>]*>[^<]*' + ANSWERED_IN_KHMER, mine)

    # A reader of Arabic follows it: the translation with who made it, the original beside it, and finds all of it.
    client.delete_cookie("consult")
    page = client.get(f"/ar/consultations/minerals/comments/{reference}").text
    assert re.search(r'lang="ar"[^>]*>[^<]*' + IN_ARABIC, page)
    assert re.search(r'lang="km"[^>]*>[^<]*' + SAID, page)
    assert ANSWERED_IN_ARABIC in page
    log = client.get("/ar/consultations/minerals/response-log", follow_redirects=True).text
    assert ANSWERED_IN_ARABIC in log
    for words in ("المياه", "ភាសាខ្មែរ", "village"):
        assert reference in client.get("/ar/search", query_string={"words": words}).text, words
    assert reference not in client.get("/ar/search", query_string={"words": "الذهب"}).text
