"""The final text with the points on its drafts: carried or not, with their ground; and words that are taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.models import Account
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.db import db
from consult.documents.anchoring import make_quote
from consult.documents.plain import plain_text
from consult.jobs import sweep
from consult.protection.services import confirm_strike, propose_strike
from consult.submissions.enums import PublicationSetting, StrikeReason
from consult.submissions.models import Comment
from consult.submissions.services import make_stricter, submit_submission, update_publication, withdraw_comment
from consult.submissions.services.quotations import put_quotation
from tests.integration.publication.releasing import built, bytes_of, restrict
from tests.integration.publication.test_annotated import given
from tests.support import build, continuing, states

ROOT = "/en/consultations/minerals/with-comments"
FINAL = f"{ROOT}/final"
FINALS = (FINAL, f"{FINAL}/file", f"{FINAL}/word")
FILES = (f"{ROOT}/file", f"{ROOT}/word", *FINALS[1:])
QUOTED = "Paragraph 3 in"


@pytest.fixture
def staff(app: Flask) -> Iterator[build.Desk]:
    with app.app_context():
        shutil.rmtree(settings().data_dir / "made", ignore_errors=True)
        yield build.desk()


def quoting(round_: Round, text: str, words: str = QUOTED, *, paragraph: int = 2, name: str = "Amina") -> Comment:
    """A submitted point about exact words of a paragraph; the final text has the third no more."""
    author, now = build.person(name), utc_now()
    draft = build.draft(round_, author, text, paragraph=paragraph)
    (comment,) = draft.comments
    assert comment.paragraph is not None
    plain = plain_text(comment.paragraph.kind, comment.paragraph.text)
    put_quotation(comment, make_quote(plain, words).quote, "en")
    build.update_speaker(
        draft, name=name, capacity=build.Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
    submit_submission(draft, actor=author, now=now)
    return comment


def ended(staff: build.Desk, round_: Round) -> None:
    """The round is over, and its final text is public."""
    build.publish(round_, staff.moderator)
    build.close(round_)
    continuing.final_text(round_, continuing.FINAL, staff.manager)
    continuing.conclude(round_, staff.manager)
    db.session.commit()


def test_points_stand_in_the_final_text_with_their_ground_or_are_listed(client: FlaskClient, staff: build.Desk) -> None:
    round_ = build.open_consultation(staff.host, staff.manager)
    build.submit(round_, build.person("Author"), "On what stayed.", paragraph=0)
    quoting(round_, "On quoted words.", "1 in en", paragraph=0)
    quoting(round_, "On what went.")
    states.accept(states.on_record(round_, build.person("Delegate")), staff.moderator)
    build.publish(round_, staff.moderator)
    build.close(round_)
    continuing.final_text(round_, continuing.FINAL, staff.manager)
    db.session.commit()
    for address in FINALS:
        assert client.get(address).status_code == 404, address  # the outcome is not recorded yet
    continuing.conclude(round_, staff.manager)
    db.session.commit()
    for address in FINALS:
        page = given(client, address)
        kept, _heading, lost = page.partition("What could not be carried, with the text that it was about")
        assert "On what stayed." in page
        assert "Ground: the words are the same." in page
        assert "Made on 1 ¶ 1 of the draft for round 1." in page
        assert states.RESERVED in page
        assert states.STATED in page
        assert QUOTED in lost
        assert QUOTED not in kept
        assert "The paragraph was removed" in lost
        assert "6 published points" in page
    marked = client.get(FINAL).text
    assert "<mark>1 in en</mark>" in marked
    assert marked.index('id="sec_1__para_1"') < marked.index("On what stayed.") < marked.index('id="sec_1__para_2"')


def withdraw(staff: build.Desk, comment: Comment) -> None:
    withdraw_comment(comment, actor=build.person("Amina"), now=utc_now())


def strike(staff: build.Desk, comment: Comment) -> None:
    second = build.person("Second officer", roles={staff.host: [build.StaffRole.PROTECTION]})
    asked = propose_strike(
        comment, reason=StrikeReason.SAFETY, order_reference="", words="It says where.", actor=staff.protection,
        now=utc_now(),
    )  # fmt: skip
    confirm_strike(asked, actor=second, now=utc_now())


def hide(staff: build.Desk, comment: Comment) -> None:
    make_stricter(
        comment.submission, PublicationSetting.NOT_PUBLISHED, pseudonym="", actor=build.person("Amina"), now=utc_now()
    )


def of_text(address: str) -> int:
    """How often the text itself has the quoted words: the final one lacks their paragraph."""
    return 0 if address.startswith(FINAL) else 1


@pytest.mark.parametrize("take_back", [withdraw, strike, hide, lambda staff, comment: restrict(comment, staff)])
def test_words_that_are_taken_back_are_gone_from_the_next_download_of_every_file(
    client: FlaskClient, staff: build.Desk, take_back: Callable[[build.Desk, Comment], None]
) -> None:
    round_ = build.open_consultation(staff.host, staff.manager)
    comment = quoting(round_, "It goes.")
    quoting(round_, "It stays.", "Paragraph 1", paragraph=0, name="Another")
    ended(staff, round_)
    tags = {}
    for address in FILES:
        page = given(client, address)
        assert "It goes." in page
        assert page.count(QUOTED) > of_text(address)
        tags[address] = client.get(address).headers["ETag"]
    take_back(staff, comment)
    db.session.commit()
    for address in FILES:
        page = client.get(address, headers={"If-None-Match": tags[address]})
        assert page.status_code == 200, address
        said = given(client, address)
        assert "It goes." not in said
        assert "It stays." in said
        assert said.count(QUOTED) == of_text(address)
    sweep()
    newest = {client.get(address).data for address in FILES}
    sweep()
    folder = settings().data_dir / "made"
    assert {path.read_bytes() for path in folder.iterdir()} == newest


def test_words_of_a_draft_by_invitation_are_in_no_file_for_everybody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():  # not while pages are asked for: who asks is kept in it
        staff, guest = build.desk(), build.person("Guest")
        key = guest.account.id
        round_ = build.open_consultation(
            staff.host, staff.manager, audience=Audience.BY_INVITATION, visibility=Visibility.AS_RECEIVED
        )
        build.admit(round_, guest, manager=staff.manager)
        quoting(round_, "On what went.")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        ended(staff, round_)
        release = built(round_, staff)
        for kind in [file.kind for file in release.files]:
            assert QUOTED not in bytes_of(release, kind).decode()
    for address in FINALS:
        page = given(client, address)
        assert "On what went." in page
        assert QUOTED not in page
        assert client.get(ROOT + address.removeprefix(FINAL)).status_code == 403
    with app.app_context():
        build.sign_in(client, build.Person(db.session.get_one(Account, key), {}))
    for address in FINALS:
        assert QUOTED in given(client, address)
        assert client.get(address).headers["Cache-Control"].startswith("private")


def test_points_for_participants_are_not_in_the_final_text_of_others(client: FlaskClient, staff: build.Desk) -> None:
    round_ = build.open_consultation(staff.host, staff.manager, visibility=Visibility.PARTICIPANTS_ONLY)
    quoting(round_, "Not for you.")
    ended(staff, round_)
    page = client.get(FINAL)
    assert page.status_code == 200
    assert "Not for you." not in page.text
    assert "visible only to those who take part" in page.text
    for address in FINALS[1:]:
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_final_text_takes_as_many_queries_for_any_number_of_points(
    app: Flask, client: FlaskClient, staff: build.Desk, number: int
) -> None:
    round_ = build.open_consultation(staff.host, staff.manager)
    quoting(round_, "On what went.")
    build.submit(round_, build.person("Author"), *[f"Point {place}." for place in range(number)])
    ended(staff, round_)
    client.get(FINAL)
    with build.count_queries(app) as queries:
        client.get(FINAL)
    assert len(queries) == 23
