"""Answering, clearing, sending: every transition in both directions, every refusal, the counters, the messages."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.enums import Capacity
from consult.accounts.models import Account
from consult.accounts.services import create_account
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotPermitted
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.responses.enums import Clearance, Disposition, offered_dispositions
from consult.responses.models import Delivery, ResponseVersion
from consult.responses.queries import (
    Outgoing,
    count_by_status,
    count_outgoing,
    is_answered,
    list_versions,
    newest_clearances,
    newest_versions,
    page_of_missing,
    page_of_proposed,
    sent_versions,
)
from consult.responses.services import clear_responses, return_responses, send_responses, write_response
from consult.submissions.enums import RESPONSE_TRANSITIONS, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import exact_progress, exact_public_progress, progress_of
from consult.submissions.services import (
    set_response_status,
    submit_submission,
    update_publication,
    update_speaker,
    withdraw_comment,
)
from consult.texts.services import update_translations
from tests.support import build


def write(comments: list[Comment], responder: build.Person, *, propose: bool = True, **changed: Any) -> Any:
    words = {"disposition": Disposition.ACCEPTED, "rationale": "A reason.", "text": "An answer.", "language": "en"}
    return write_response(comments, **{**words, **changed}, propose=propose, actor=responder, now=utc_now())


def clear(comments: list[Comment], approver: build.Person, **options: Any) -> int:
    return clear_responses(comments, actor=approver, now=utc_now(), **options)


def give_back(comments: list[Comment], approver: build.Person, note: str = "Say more.", **options: Any) -> int:
    return return_responses(comments, note=note, actor=approver, now=utc_now(), **options)


def send(round_: Round, approver: build.Person) -> int:
    return send_responses(round_, actor=approver, now=utc_now())


def published(staff: build.Desk, *texts: str, **options: Any) -> tuple[Round, list[Comment]]:
    round_ = build.open_consultation(staff.host, staff.manager, **options)
    build.submit(round_, build.person("Author"), *(texts or ("One.",)))
    build.publish(round_, staff.moderator)
    return round_, build.points_of(round_)


def spam(comments: list[Comment], moderator: build.Person) -> None:
    restrict_comments(
        comments, reason=RestrictionReason.SPAM, public_reason="Spam.", agreement="", actor=moderator, now=utc_now()
    )


def counters_hold(round_: Round) -> bool:
    return progress_of([round_])[round_.id] == exact_public_progress(round_)


def test_the_whole_way_of_an_answer(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, (point,) = published(staff)
        assert not is_answered(round_)
        write([point], staff.responder, propose=False, text="", rationale="")
        assert point.response_status is ResponseStatus.DRAFTED
        write([point], staff.responder)
        assert point.response_status is ResponseStatus.PROPOSED
        assert clear([point], staff.approver) == 1
        assert point.response_status is ResponseStatus.CLEARED
        assert sent_versions([point]) == {}
        assert send(round_, staff.approver) == 1
        assert point.response_status is ResponseStatus.SENT
        assert is_answered(round_)
        assert counters_hold(round_)
        assert [version.number for version in list_versions(point)] == [2, 1]
        assert sent_versions([point])[point.id].text == "An answer."
        acts = db.session.scalars(
            sa.select(LedgerEntry.act).where(LedgerEntry.subject == "response_version").order_by(LedgerEntry.id)
        )
        assert list(acts) == [
            "desk:response:draft", "desk:response:propose", "desk:response:clear", "desk:response:send",
        ]  # fmt: skip


# What each act makes of each status; None: refused.
WHERE_IT_LEADS = {
    "draft": {
        ResponseStatus.UNANSWERED: ResponseStatus.DRAFTED,
        ResponseStatus.DRAFTED: ResponseStatus.DRAFTED,
        ResponseStatus.PROPOSED: ResponseStatus.DRAFTED,
        ResponseStatus.CLEARED: ResponseStatus.DRAFTED,
        ResponseStatus.SENT: None,
        ResponseStatus.CLOSED: None,
    },
    "propose": {
        ResponseStatus.UNANSWERED: ResponseStatus.PROPOSED,
        ResponseStatus.DRAFTED: ResponseStatus.PROPOSED,
        ResponseStatus.PROPOSED: ResponseStatus.PROPOSED,
        ResponseStatus.CLEARED: ResponseStatus.PROPOSED,
        ResponseStatus.SENT: None,
        ResponseStatus.CLOSED: None,
    },
    "clear": {ResponseStatus.PROPOSED: ResponseStatus.CLEARED},
    "return": {
        ResponseStatus.PROPOSED: ResponseStatus.DRAFTED,
        ResponseStatus.CLEARED: ResponseStatus.DRAFTED,
    },
}


def bring_to(status: ResponseStatus, point: Comment, staff: build.Desk) -> None:
    if status is ResponseStatus.CLOSED:
        spam([point], staff.moderator)
    elif status is not ResponseStatus.UNANSWERED:
        write([point], staff.responder, propose=status is not ResponseStatus.DRAFTED)
        if status in {ResponseStatus.CLEARED, ResponseStatus.SENT}:
            clear([point], staff.approver)
        if status is ResponseStatus.SENT:
            send(point.submission.round, staff.approver)
    assert point.response_status is status


@pytest.mark.parametrize("act", list(WHERE_IT_LEADS))
@pytest.mark.parametrize("status", list(ResponseStatus))
def test_every_act_from_every_status(app: Flask, act: str, status: ResponseStatus) -> None:
    acts = {
        "draft": lambda: write([point], staff.responder, propose=False),
        "propose": lambda: write([point], staff.responder),
        "clear": lambda: clear([point], staff.approver),
        "return": lambda: give_back([point], staff.approver),
    }
    with app.app_context():
        staff = build.desk()
        round_, (point,) = published(staff)
        bring_to(status, point, staff)
        versions = len(list_versions(point))
        after = WHERE_IT_LEADS[act].get(status)
        if after is None:
            with pytest.raises(InvalidTransition, match=point.reference):
                acts[act]()
            assert len(list_versions(point)) == versions
        else:
            acts[act]()
        assert point.response_status is (after or status)
        assert counters_hold(round_)


@pytest.mark.parametrize("status", list(ResponseStatus))
def test_the_transitions_hold_for_whoever_calls_them(app: Flask, status: ResponseStatus) -> None:
    with app.app_context():
        staff = build.desk()
        round_, (point,) = published(staff)
        for before in ResponseStatus:
            point.response_status = before
            if status in RESPONSE_TRANSITIONS[before]:
                set_response_status(point, status)
                assert point.response_status is status
            else:
                with pytest.raises(InvalidTransition):
                    set_response_status(point, status)
        assert round_.id


def test_no_answer_is_proposed_without_its_parts(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        _round, (point,) = published(staff)
        for field in ("rationale", "text"):
            with pytest.raises(BadInput) as refused:
                write([point], staff.responder, **{field: ""})
            assert refused.value.field == field
        write([point], staff.responder, propose=False, rationale="", text="")
        assert point.response_status is ResponseStatus.DRAFTED


def test_a_member_driven_text_rejects_no_input(app: Flask) -> None:
    assert Disposition.NOT_ACCEPTED in offered_dispositions(False)
    assert set(Disposition) - set(offered_dispositions(True)) == {Disposition.NOT_ACCEPTED}
    with app.app_context():
        staff = build.desk()
        _round, (point,) = published(staff, member_driven=True)
        with pytest.raises(BadInput) as refused:
            write([point], staff.responder, disposition=Disposition.NOT_ACCEPTED, propose=False)
        assert refused.value.field == "disposition"
        write([point], staff.responder, disposition=Disposition.FOR_DECISION)
        assert point.response_status is ResponseStatus.PROPOSED


def test_a_point_is_answered_after_a_moderator_has_read_it(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        (point,) = build.submit(round_, build.person("Author"), "One.").comments
        with pytest.raises(InvalidTransition, match=point.reference):
            write([point], staff.responder)
        write([point], staff.responder, propose=False)
        build.publish(round_, staff.moderator)
        write([point], staff.responder)
        assert point.response_status is ResponseStatus.PROPOSED


def test_several_are_answered_together_or_not_at_all(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = published(staff, "One.", "Two.", "Three.")
        versions = write(points, staff.responder)
        assert {version.comment_id for version in versions} == {point.id for point in points}
        assert len({(v.text, v.rationale, v.disposition) for v in versions}) == 1
        clear([points[0]], staff.approver)
        send(round_, staff.approver)
        withdraw_comment(points[1], actor=build.person("Author"), now=utc_now())
        with pytest.raises(InvalidTransition) as refused:
            write(points, staff.responder, text="Another.")
        assert points[0].reference in str(refused.value)
        assert points[1].reference in str(refused.value)
        assert points[2].reference not in str(refused.value)
        assert newest_versions([points[2].id])[points[2].id].number == 1


def test_somebody_elses_words_are_not_overwritten_unseen(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        _round, points = published(staff, "One.", "Two.")
        mine, theirs = points
        write([theirs], staff.responder, propose=False, text="Theirs.")
        with pytest.raises(Conflict) as refused:
            write(points, staff.responder, text="Mine.", seen={mine.id: 0, theirs.id: 0})
        assert theirs.reference in str(refused.value)
        assert mine.reference not in str(refused.value)
        assert list_versions(mine) == []
        write(points, staff.responder, text="Mine.", seen={theirs.id: 1})
        assert [version.text for version in list_versions(theirs)] == ["Mine.", "Theirs."]


def test_nobody_clears_their_own_answer(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        _round, points = published(staff, "One.", "Two.")
        write([points[0]], staff.approver)
        write([points[1]], staff.responder)
        with pytest.raises(NotPermitted):
            clear(points, staff.approver)
        assert {point.response_status for point in points} == {ResponseStatus.PROPOSED}
        clear([points[1]], staff.approver)
        assert points[1].response_status is ResponseStatus.CLEARED


def test_an_approver_clears_what_they_have_read_and_nothing_newer(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        _round, (point,) = published(staff)
        write([point], staff.responder)
        write([point], staff.responder, text="Newer.")
        for act in (clear, give_back):
            with pytest.raises(Conflict, match=point.reference):
                act([point], staff.approver, seen={point.id: 1})
        clear([point], staff.approver, seen={point.id: 2})
        assert point.response_status is ResponseStatus.CLEARED


def test_an_answer_goes_back_with_a_note(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        _round, (point,) = published(staff)
        write([point], staff.responder)
        with pytest.raises(BadInput) as refused:
            give_back([point], staff.approver, note="")
        assert refused.value.field == "note"
        assert give_back([point], staff.approver) == 1
        version = newest_versions([point.id])[point.id]
        decision = newest_clearances([version.id])[version.id]
        assert (decision.decision, decision.note) == (Clearance.RETURNED, "Say more.")
        write([point], staff.responder, text="More.")
        clear([point], staff.approver)
        newest = newest_versions([point.id])[point.id]
        assert newest_clearances([newest.id])[newest.id].decision is Clearance.CLEARED


def test_a_cleared_answer_that_is_written_anew_is_not_sent(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, (point,) = published(staff)
        write([point], staff.responder)
        clear([point], staff.approver)
        write([point], staff.responder, text="Second thoughts.")
        assert send(round_, staff.approver) == 0
        clear([point], staff.approver)
        assert send(round_, staff.approver) == 1
        assert sent_versions([point])[point.id].text == "Second thoughts."


def test_each_author_gets_one_message_for_each_submission(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        ada, bo = build.person("Ada"), build.person("Bo")
        first = build.submit(round_, ada, "One.", "Two.")
        second = build.submit(round_, ada, "Three.")
        third = build.submit(round_, bo, "Four.")
        build.publish(round_, staff.moderator)
        points = build.points_of(round_)
        write(points, staff.responder)
        clear(points, staff.approver)
        withdraw_comment(third.comments[0], actor=bo, now=utc_now())
        assert count_outgoing(round_) == Outgoing(answers=3, messages=2, people=1)
        assert send(round_, staff.approver) == 3
        assert count_outgoing(round_) == Outgoing(0, 0, 0)
        mails = db.session.scalars(
            sa.select(OutgoingMail).where(OutgoingMail.subject.contains("answered")).order_by(OutgoingMail.id)
        ).all()
        assert [(mail.recipient, mail.subject) for mail in mails] == [
            (ada.account.email, "2 of your points were answered"),
            (ada.account.email, "Your point was answered"),
        ]
        assert all(comment.reference in mails[0].body for comment in first.comments)
        assert second.comments[0].reference in mails[1].body
        assert "How addressed: Accepted" in mails[0].body
        assert "Why: A reason." in mails[0].body
        assert "An answer." in mails[0].body
        assert send(round_, staff.approver) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 3
        assert counters_hold(round_)


def test_answers_go_out_in_the_language_of_their_author_where_they_exist_in_it(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "fr"), member_driven=True)
        account = create_account(
            email="amelie@example.org", name="Amélie", password=None, locale="fr", now=utc_now(), confirmed=True
        )
        author = build.Person(account)
        draft = build.draft(round_, author, "Un.")
        update_speaker(
            draft, name="Amélie", capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
            language="fr", now=utc_now(),
        )  # fmt: skip
        update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=utc_now())
        submit_submission(draft, actor=author, now=utc_now())
        build.publish(round_, staff.moderator)
        points = build.points_of(round_)
        (version,) = write(points, staff.responder)
        update_translations(
            "response_version", version.id, language="fr",
            fields={"text": (version.text, "Une réponse."), "rationale": (version.rationale, "Une raison.")},
            actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        clear(points, staff.approver)
        send(round_, staff.approver)
        mail = db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        assert mail is not None
        assert (mail.recipient, mail.locale) == ("amelie@example.org", "fr")
        # The translation first, with who made it; then the original, which counts.
        parts = ["français", "Une réponse.", "Une raison.", "anglais", "An answer.", "A reason."]
        places = [mail.body.index(part) for part in parts]
        assert places == sorted(places)


def test_what_is_missing_is_counted_exactly(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = published(staff, *"abcdefg")
        for point, status in zip(points, ResponseStatus, strict=False):
            bring_to(status, point, staff)
        withdraw_comment(points[6], actor=build.person("Author"), now=utc_now())
        assert count_by_status(round_) == {
            ResponseStatus.UNANSWERED: 1,
            ResponseStatus.DRAFTED: 1,
            ResponseStatus.PROPOSED: 1,
            ResponseStatus.CLEARED: 0,
            ResponseStatus.SENT: 2,
            ResponseStatus.CLOSED: 1,
        }
        missing = page_of_missing(round_, after=None, before=None).items
        assert missing == [points[0], points[1], points[2]]
        assert page_of_proposed(round_, after=None, before=None).items == [
            newest_versions([points[2].id])[points[2].id]
        ]
        assert exact_progress(round_).outstanding == 3
        assert not is_answered(round_)
        assert counters_hold(round_)


def test_a_round_is_answered_when_the_last_point_that_asks_is(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = published(staff, "Answered.", "Spam.", "Withdrawn.")
        spam([points[1]], staff.moderator)
        write([points[0]], staff.responder)
        clear([points[0]], staff.approver)
        send(round_, staff.approver)
        assert not is_answered(round_)
        withdraw_comment(points[2], actor=build.person("Author"), now=utc_now())
        assert is_answered(round_)
        progress = exact_progress(round_)
        assert (progress.asked, progress.answered) == (1, 1)
        assert counters_hold(round_)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Account))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ResponseVersion)) == 1
