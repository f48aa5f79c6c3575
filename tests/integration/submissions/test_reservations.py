"""Reservations and statements of position: a State's alone, attributed, verbatim, never answered, counted apart."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import OutcomeKind, Visibility
from consult.consultations.models import Round
from consult.consultations.services import record_outcome
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.publication.enums import FileKind, Shown
from consult.publication.queries import current_files, makeup_of
from consult.publication.verifying import verify
from consult.responses.enums import Disposition
from consult.responses.queries import count_by_status, is_answered
from consult.responses.services import write_response
from consult.submissions.enums import CommentType, Nature, PublicationSetting, ResponseStatus, SubmissionSource
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import (
    Filters,
    count_public_comments,
    count_reservations,
    exact_progress,
    exact_public_progress,
    progress_of,
    published_counts,
)
from consult.submissions.services import (
    Transcribed,
    begin_revision,
    make_stricter,
    submit_submission,
    transcribe_submission,
    update_publication,
    update_speaker,
    withdraw_comment,
)
from tests.integration.publication.releasing import built, bytes_of, rows_of, swept, table_of
from tests.integration.submissions.conftest import START, Opened
from tests.support import build, states
from tests.support.browse import fill_in, forms_in, main_of

DRAFT = "/en/consultations/minerals/draft"
LIST = "/en/consultations/minerals/comments"
POINT = f"{START}points/new?paragraph=sec_1__para_1"


def of_nature(submission: Submission, nature: Nature) -> Comment:
    return next(comment for comment in submission.comments if comment.nature is nature)


def test_it_is_a_states_alone(opened: Opened) -> None:
    with opened.app.app_context():
        draft = build.draft(opened.round(), build.person("Author"), "A point.")
        with pytest.raises(BadInput, match="Only a State delegation") as refused:
            states.put(draft, "Not for me.", Nature.RESERVATION)
        assert refused.value.field == "nature"
        speaks: dict[str, Any] = {
            "name": "Author",
            "constituencies": [Constituency.GOVERNMENT],
            "organisation": "Ministry B",
        }
        update_speaker(draft, capacity=Capacity.ORGANISATION, country=None, language="en", now=utc_now(), **speaks)
        with pytest.raises(BadInput, match="Only a State delegation"):
            states.put(draft, "Not for me either.", Nature.STATEMENT)


@pytest.mark.parametrize("setting", [one for one in PublicationSetting if one.is_protected])
def test_it_always_shows_the_name_of_the_state(opened: Opened, setting: PublicationSetting) -> None:
    with opened.app.app_context():
        delegate = build.person("Delegate")
        draft = states.delegation(opened.round(), delegate)
        states.put(draft, states.RESERVED, Nature.RESERVATION)
        with pytest.raises(BadInput):
            update_publication(draft, setting, pseudonym="Nobody", now=utc_now())
        with pytest.raises(BadInput):
            update_publication(
                draft, PublicationSetting.ORGANISATION_ONLY, pseudonym="", asked_for_protection=True, now=utc_now()
            )
        submit_submission(draft, actor=delegate, now=utc_now())
        with pytest.raises(BadInput):
            make_stricter(draft, setting, pseudonym="Nobody", actor=delegate, now=utc_now())


def test_it_waits_for_the_credential_then_stands_beside_its_paragraph(client: FlaskClient, opened: Opened) -> None:
    with opened.app.app_context():
        submission = states.on_record(opened.round(), build.person("Delegate"))
        reference = of_nature(submission, Nature.RESERVATION).reference
        db.session.commit()
        assert states.RESERVED not in client.get(DRAFT).text
        states.accept(submission, opened.staff.moderator)
        db.session.commit()
    page = main_of(client.get(DRAFT))
    beside = page.partition('id="sec_1__para_1"')[2].partition('id="sec_1__para_2"')[0]
    assert states.RESERVED in beside
    assert "Member State A" in beside
    assert "Reservation" in beside
    assert str(reference) in beside
    before_the_text = page.partition('class="reader"')[0]
    assert states.STATED in before_the_text
    assert "1 point" in beside  # the point alone is counted there
    point = client.get(f"{LIST}/{reference}").text
    assert "On record, not answered" in point
    assert "To be answered" not in point


def test_it_is_counted_apart_and_nobody_answers_it(opened: Opened) -> None:
    with opened.app.app_context():
        round_, staff = opened.round(), opened.staff
        submission = states.on_record(round_, build.person("Delegate"))
        states.accept(submission, staff.moderator)
        assert exact_progress(round_).asked == 1
        assert progress_of([round_])[round_.id] == exact_public_progress(round_)
        assert count_reservations([round_]) == {round_.id: {Nature.RESERVATION: 1, Nature.STATEMENT: 1}}
        assert count_by_status(round_)[ResponseStatus.UNANSWERED] == 1
        paragraph = of_nature(submission, Nature.POINT).paragraph
        assert paragraph is not None
        assert published_counts([paragraph]) == {paragraph.id: 1}
        assert count_public_comments(round_, Filters(nature=Nature.RESERVATION)) == 1
        with pytest.raises(InvalidTransition, match="not answered"):
            write_response(
                [of_nature(submission, Nature.STATEMENT)], disposition=Disposition.NOTED, rationale="A", text="B",
                language="en", propose=True, actor=staff.responder, now=utc_now(),
            )  # fmt: skip
        build.answer_all(round_, staff.responder, staff.approver)
        assert is_answered(round_)
        assert progress_of([round_])[round_.id].outstanding == 0


def test_the_desk_does_not_list_it_as_work(client: FlaskClient, opened: Opened) -> None:
    with opened.app.app_context():
        submission = states.on_record(opened.round(), build.person("Delegate"))
        states.accept(submission, opened.staff.moderator)
        reserved = str(of_nature(submission, Nature.RESERVATION).reference)
        asked = str(of_nature(submission, Nature.POINT).reference)
        build.sign_in(client, opened.staff.responder)
    page = client.get("/en/desk/minerals/answers?status=all").text
    assert asked in page
    assert reserved not in page
    assert "1 reservation and 1 statement of position" in page


def test_it_is_restricted_with_a_written_agreement_alone(opened: Opened) -> None:
    with opened.app.app_context():
        submission = states.on_record(opened.round(), build.person("Delegate"))
        states.accept(submission, opened.staff.moderator)
        found = of_nature(submission, Nature.RESERVATION)
        for reason in RestrictionReason:
            with pytest.raises(BadInput, match="written agreement"):
                restrict_comments(
                    [found], reason=reason, public_reason="Because.", agreement="", actor=opened.staff.moderator,
                    now=utc_now(),
                )  # fmt: skip


def test_what_was_submitted_keeps_its_nature(opened: Opened) -> None:
    with opened.app.app_context():
        submission = states.on_record(opened.round(), build.person("Delegate"))
        db.session.commit()
        for wrong in ({"nature": "point"}, {"response_status": "sent"}):
            with pytest.raises(DBAPIError):
                db.session.execute(
                    sa.update(Comment)
                    .where(Comment.id == of_nature(submission, Nature.RESERVATION).id)
                    .values({name: sa.literal(value) for name, value in wrong.items()})
                )
            db.session.rollback()


def test_the_form_offers_it_to_a_delegation_and_to_nobody_else(client: FlaskClient, opened: Opened) -> None:
    with opened.app.app_context():
        delegate, other = build.person("Delegate"), build.person("Other")
        states.delegation(opened.round(), delegate)
        build.draft(opened.round(), other, "A point.")
        build.sign_in(client, other)
    assert 'name="nature"' not in client.get(POINT).text
    form = forms_in(client.get(POINT).text)[0]
    refused = client.post(form.action, data={**fill_in(form, {"text": "Smuggled."}), "nature": "reservation"})
    assert refused.status_code == 422
    assert "Only a State delegation" in refused.text
    assert "Smuggled." in refused.text
    with opened.app.app_context():
        build.sign_in(client, delegate)
    form = forms_in(client.get(POINT).text)[0]
    client.post(form.action, data=fill_in(form, {"text": states.RESERVED, "nature": "reservation"}))
    with opened.app.app_context():
        found = db.session.scalars(sa.select(Comment).where(Comment.text == states.RESERVED)).unique().one()
        assert found.nature is Nature.RESERVATION


def test_who_is_no_delegation_any_more_says_what_becomes_of_it(client: FlaskClient, opened: Opened) -> None:
    with opened.app.app_context():
        delegate = build.person("Delegate")
        states.put(states.delegation(opened.round(), delegate), states.RESERVED, Nature.RESERVATION)
        build.sign_in(client, delegate)
    form = forms_in(client.get(f"{START}about").text)[0]
    typed = fill_in(form, {"capacity": "individual"})
    refused = client.post(form.action or f"{START}about", data=typed)
    assert refused.status_code == 422
    assert "Tick the box to make points of them" in refused.text
    assert client.post(form.action or f"{START}about", data={**typed, "as_points": "1"}).status_code == 302
    with opened.app.app_context():
        assert db.session.scalars(sa.select(Comment.nature)).all() == [Nature.POINT]


def test_a_revision_takes_its_place_and_a_withdrawal_leaves_the_reference(client: FlaskClient, opened: Opened) -> None:
    with opened.app.app_context():
        delegate = build.person("Delegate")
        first = states.on_record(opened.round(), delegate)
        states.accept(first, opened.staff.moderator)
        revision = submit_submission(
            begin_revision(first, actor=delegate, now=utc_now()), actor=delegate, now=utc_now()
        )
        states.accept(revision, opened.staff.moderator)
        assert count_reservations([opened.round()])[opened.round().id] == {Nature.RESERVATION: 1, Nature.STATEMENT: 1}
        assert progress_of([opened.round()])[opened.round().id] == exact_public_progress(opened.round())
        found = of_nature(revision, Nature.RESERVATION)
        withdraw_comment(found, actor=delegate, now=utc_now())
        assert progress_of([opened.round()])[opened.round().id] == exact_public_progress(opened.round())
        reference = found.reference
        db.session.commit()
    assert states.RESERVED not in client.get(DRAFT).text
    gone = client.get(f"{LIST}/{reference}")
    assert gone.status_code == 410
    assert "Member State A" not in gone.text


def test_a_transcribed_note_verbale_may_carry_it(opened: Opened) -> None:
    with opened.app.app_context():
        noted: dict[str, Any] = {
            "source": SubmissionSource.COMMENT_TABLE, "name": "", "constituencies": [Constituency.GOVERNMENT],
            "setting": PublicationSetting.NAMED, "language": "en", "how_permitted": "Note verbale 7",
            "late_reason": "", "actor": opened.staff.manager, "now": utc_now(), "organisation": "Member State A",
        }  # fmt: skip
        one = Transcribed(None, CommentType.GENERAL, states.RESERVED, "", nature=Nature.RESERVATION)
        with pytest.raises(BadInput, match="Only a State delegation"):
            transcribe_submission(opened.round(), [one], capacity=Capacity.ORGANISATION, **noted)
        db.session.rollback()
        found = transcribe_submission(opened.round(), [one], capacity=Capacity.STATE_DELEGATION, **noted)
        assert found.comments[0].nature is Nature.RESERVATION


@pytest.mark.parametrize("visibility", [Visibility.AS_RECEIVED, Visibility.COMPILATION_ONLY])
def test_a_release_gives_it_out_as_a_row_of_its_own_kind(
    client: FlaskClient, app: Flask, visibility: Visibility
) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, visibility=visibility)
        delegate = build.person("Delegate")
        submission = states.on_record(round_, delegate)
        states.accept(submission, staff.moderator)
        if visibility is Visibility.AS_RECEIVED:
            build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        release = built(round_, staff)
        rows = {row.get("nature", "point"): row for row in rows_of(release)}
        assert rows["reservation"]["text"] == states.RESERVED
        assert rows["reservation"]["respondent_organisation"] == "Member State A"
        assert not rows["reservation"].get("disposition")
        assert "nature" not in rows["point"]
        assert sorted(row["nature"] for row in table_of(release)) == ["", "reservation", "statement"]
        assert makeup_of(release).of_states == {Nature.RESERVATION: 1, Nature.STATEMENT: 1}
        manifest, log = bytes_of(release, FileKind.MANIFEST), bytes_of(release, FileKind.JSON)
        assert verify(manifest, log).is_intact
        page = client.get("/en/consultations/minerals/response-log/1").text
        assert "Nobody answers a reservation" in page
        assert "1 reservation and 1 statement of position" in page
        withdraw_comment(of_nature(submission, Nature.RESERVATION), actor=delegate, now=utc_now())
        swept()
        after = verify(manifest, bytes_of(release, FileKind.JSON))
        assert len(after.unchanged) == 2
        gone = next(row for row in rows_of(release) if row["shown"] == Shown.WITHDRAWN)
        assert {name for name, value in gone.items() if value} <= {"ordinal", "reference", "shown", "salt"}
        assert file_store().get(current_files(release)[FileKind.CSV].sha256).count(states.RESERVED.encode()) == 0


def conclude(round_: Round, staff: build.Desk) -> None:
    record_outcome(
        round_.consultation, kind=OutcomeKind.ADOPTED, body={"en": "The ministers"}, decided_on=utc_now().date(),
        note={"en": ""}, final_text_url="", replaces=None, actor=staff.manager, now=utc_now(),
    )  # fmt: skip


def test_it_stands_beside_the_outcome(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        submission = states.on_record(round_, build.person("Delegate"))
        states.accept(submission, staff.moderator)
        build.close(round_)
        db.session.commit()
        assert states.RESERVED not in client.get("/en/consultations/minerals").text
        conclude(round_, staff)
        db.session.commit()
    page = client.get("/en/consultations/minerals").text
    assert states.RESERVED in page
    assert states.STATED in page
    assert "Member State A asks for a date." not in page
