"""The words of a draft by invitation, quoted in published points or the headings above them: for its readers alone."""

from __future__ import annotations

import io
import zipfile

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import Audience, Visibility
from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.anchoring import make_quote
from consult.documents.services import import_document
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import save_quote, submit_submission, update_publication, update_speaker
from tests.integration.every_page.test_openness import Stage, addresses, close_and_release, conclude_with_a_text
from tests.integration.every_page.walk import open_as
from tests.support import build

# Of the draft alone: the final text has none of these.
KEPT, GONE = "Paragraph 2 in en.", "Paragraph 3 in en."
NUMBERED, UNNUMBERED = "A numbered heading of the draft", "A heading without a number"
WORDS = (KEPT, GONE, NUMBERED, UNNUMBERED)
DRAFT = f"# 1 {NUMBERED}\n\nParagraph 1 in en.\n\n{KEPT}\n\n{GONE}\n\n# {UNNUMBERED}\n\nMore in en.\n"
MORE = [
    "/r/{reference}",
    "/en/search?words=Paragraph",
    "/en/consultations/{slug}/draft/carried/final",
    "/en/consultations/{slug}/draft/carried/final?fate=not-carried",
    "/en/consultations/{slug}/draft?words=shown",
    "/en/consultations/{slug}/draft/final?words=shown",
]


def set_up() -> Stage:
    staff = build.desk()
    round_ = build.consultation_in_setup(
        staff.host, staff.manager, audience=Audience.BY_INVITATION, visibility=Visibility.AS_RECEIVED
    )
    now = utc_now()
    import_document(round_, DRAFT, language="en", actor=staff.manager, now=now)
    open_round(round_, actor=staff.manager, now=now)
    guest = build.person("Guest")
    build.admit(round_, guest, manager=staff.manager)
    for place, words in ((1, KEPT), (3, UNNUMBERED), (4, "More in en."), (2, GONE)):
        submission = build.draft(round_, guest, f"A point on paragraph {place}.", paragraph=place)
        (comment,) = submission.comments
        save_quote(submission, comment, make_quote(words, words).quote, language="en", now=now)
        update_speaker(
            submission, name="Guest", capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
            organisation="", country=None, language="en", now=now,
        )  # fmt: skip
        update_publication(submission, PublicationSetting.NAMED, pseudonym="", now=now)
        submit_submission(submission, actor=guest, now=now)
    build.publish(round_, staff.moderator)
    point = build.points_of(round_)[-1]
    assert point.paragraph is not None
    people = {"visitor": None, "stranger": build.person("Stranger"), "guest": guest}
    stage = Stage(people, staff, round_.consultation.slug, point.reference or "", point.paragraph.eid)
    db.session.commit()
    sweep()
    for who in (guest, people["stranger"], staff.manager, staff.responder, staff.approver):
        if who is not None:
            db.session.refresh(who.account)  # the worker's transactions end with everything forgotten
    return stage


def found_in(app: Flask, client: FlaskClient, stage: Stage, who: str, files: list[str]) -> set[str]:
    """The addresses that show words of the draft to somebody."""
    open_as(app, client, stage.people[who])
    walked = [address for _endpoint, address, _marks in addresses(app, stage, files)]
    more = [address.format(slug=stage.slug, reference=stage.reference) for address in MORE]
    shown = set()
    for address in [*walked, *more]:
        content = client.get(address, follow_redirects=True).data
        if zipfile.is_zipfile(io.BytesIO(content)):  # tables and documents are packed
            packed = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(packed.read(name) for name in packed.namelist())
        if any(words.encode() in content for words in WORDS):
            shown.add(address)
    return shown


def test_words_of_a_draft_by_invitation_stay_with_who_may_read_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        stage = set_up()
    files: list[str] = []
    for when in ("open", "closed", "concluded"):
        with app.app_context():
            if when == "closed":
                files = close_and_release(stage)
            elif when == "concluded":
                conclude_with_a_text(stage)
        for who in ("visitor", "stranger"):
            assert found_in(app, client, stage, who, files) == set(), (when, who)
        listed = client.get(f"/en/consultations/{stage.slug}/comments").text
        assert all(f'<bdi dir="ltr">{place}</bdi></a>' in listed for place in ("1 ¶ 3", "hdg_1", "¶ 1"))
        shown = found_in(app, client, stage, "guest", files)
        assert f"/en/consultations/{stage.slug}/comments/{stage.reference}" in shown
    assert {f"/en/consultations/{stage.slug}/draft/{way}" for way in ("carried/final", "final?words=shown")} <= shown
    with app.app_context():
        mails = db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert mails
        guest = stage.people["guest"]
        assert guest is not None
        assert not [
            one for one in mails if one.recipient != guest.account.email and any(words in one.body for words in WORDS)
        ]
