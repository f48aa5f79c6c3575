"""Correcting an answer that was sent: it counts once it is cleared by another and sent; the earlier one stays."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.core.changes import PublicChange
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotPermitted
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.pages.own import own_points
from consult.pages.queries import work_of
from consult.responses.enums import Disposition
from consult.responses.queries import (
    CorrectionCounts,
    count_corrections,
    count_outgoing,
    is_answered,
    newest_versions,
    page_of_proposed,
    sent_versions,
)
from consult.responses.services import (
    clear_responses,
    return_responses,
    send_responses,
    take_back_correction,
    write_correction,
    write_response,
)
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import exact_progress, progress_of
from consult.submissions.services import withdraw_comment
from tests.support import build


def answered(staff: build.Desk, *texts: str, **options: Any) -> tuple[Round, list[Comment]]:
    round_ = build.open_consultation(staff.host, staff.manager, **options)
    build.submit(round_, build.person("Author"), *(texts or ("One.",)))
    build.publish(round_, staff.moderator)
    build.answer_all(round_, staff.responder, staff.approver)
    return round_, build.points_of(round_)


def correct(comments: list[Comment], who: build.Person, **changed: Any) -> Any:
    words: dict[str, Any] = {
        "disposition": Disposition.ACCEPTED, "rationale": "A better reason.", "text": "A better answer.",
        "language": "en", "reason": "The first answer named the wrong paragraph.",
    }  # fmt: skip
    return write_correction(comments, **{**words, **changed}, actor=who, now=utc_now())


def counts(round_: Round) -> CorrectionCounts:
    return count_corrections([round_.id])[round_.id]


def mails() -> list[OutgoingMail]:
    return list(db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)))


def test_a_correction_counts_once_it_is_cleared_and_sent(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = answered(staff, "One.", "Two.")
        first = sent_versions(points)
        before = len(mails())
        correct(points, staff.responder)
        assert newest_versions([p.id for p in points])[points[0].id].text == "A better answer."
        for step, expected in (
            (lambda: None, CorrectionCounts(2, 0, 0)),
            (lambda: clear_responses(points, actor=staff.approver, now=utc_now()), CorrectionCounts(0, 2, 0)),
        ):
            step()
            assert counts(round_) == expected
            assert sent_versions(points) == first
            assert {p.response_status for p in points} == {ResponseStatus.SENT}
            assert is_answered(round_)
            assert exact_progress(round_).answered == progress_of([round_])[round_.id].answered == 2
        assert count_outgoing(round_).corrections == 2
        assert count_outgoing(round_).answers == 0
        db.session.execute(sa.delete(PublicChange))
        assert send_responses(round_, actor=staff.approver, now=utc_now()) == 2
        assert {v.text for v in sent_versions(points).values()} == {"A better answer."}
        assert counts(round_) == CorrectionCounts(0, 0, 0)
        noted = db.session.scalars(sa.select(PublicChange.subject_id).where(PublicChange.kind == "response"))
        assert set(noted) == {p.id for p in points}
        (mail,) = mails()[before:]  # one for each submission, however many points
        assert mail.subject == "Our answers to 2 of your points were corrected"
        assert mail.body.count("The first answer named the wrong paragraph.") == 2
        assert "A better answer." in mail.body
        (own,) = own_points([points[0].submission], "en").values()
        answer = own[0].answer
        assert answer is not None
        assert (answer.text.text, answer.reason) == ("A better answer.", "The first answer named the wrong paragraph.")
        assert [one.text.text for one in answer.earlier] == ["An answer."]
        assert send_responses(round_, actor=staff.approver, now=utc_now()) == 0


def test_a_correction_is_cleared_by_another_and_may_be_returned_or_taken_back(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = answered(staff)
        both = build.person("Both", roles={staff.host: [StaffRole.RESPONDER, StaffRole.APPROVER]})
        correct(points, both)
        with pytest.raises(NotPermitted):
            clear_responses(points, actor=both, now=utc_now())
        page = page_of_proposed(round_, after=None, before=None)
        assert [version.comment_id for version in page.items] == [points[0].id]
        return_responses(points, note="Say which paragraph.", actor=staff.approver, now=utc_now())
        assert counts(round_) == CorrectionCounts(0, 0, 1)
        assert work_of([round_.id])[round_.id].to_answer == 1
        with pytest.raises(InvalidTransition):
            clear_responses(points, actor=staff.approver, now=utc_now())
        correct(points, both, text="A third answer.")
        clear_responses(points, actor=staff.approver, now=utc_now())
        take_back_correction(points[0], actor=both, now=utc_now())
        assert counts(round_) == CorrectionCounts(0, 0, 0)
        assert send_responses(round_, actor=staff.approver, now=utc_now()) == 0
        assert sent_versions(points)[points[0].id].text == "An answer."
        with pytest.raises(InvalidTransition):
            take_back_correction(points[0], actor=both, now=utc_now())
        acts = db.session.scalars(
            sa.select(LedgerEntry.act).where(LedgerEntry.act.like("desk:correction%")).order_by(LedgerEntry.id)
        )
        assert list(acts) == ["desk:correction:propose", "desk:correction:propose", "desk:correction:take_back"]


def test_what_is_no_correction_is_refused(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_, points = answered(staff)
        same = {"disposition": Disposition.NOTED, "rationale": "A reason.", "text": "An answer."}
        for changed, field in (
            ({"reason": ""}, "reason"), ({"rationale": ""}, "rationale"), ({"text": ""}, "text"), (same, "text"),
        ):  # fmt: skip
            with pytest.raises(BadInput) as refused:
                correct(points, staff.responder, **changed)
            assert refused.value.field == field
        build.submit(round_, build.person("Late"), "Not answered.")
        waiting = build.points_of(round_, Comment.response_status == ResponseStatus.UNANSWERED)
        with pytest.raises(InvalidTransition):
            correct(waiting, staff.responder)
        correct(points, staff.responder)
        with pytest.raises(Conflict):
            correct(points, staff.responder, seen={points[0].id: 1}, text="Written beside it.")
        withdraw_comment(points[0], actor=build.person("Author"), now=utc_now())
        assert counts(round_) == CorrectionCounts(0, 0, 0)
        with pytest.raises(InvalidTransition):
            correct(points, staff.responder, text="Once more.")


def test_a_compilation_has_no_answers_to_write(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, visibility=Visibility.COMPILATION_ONLY)
        build.submit(round_, build.person("Author"), "One.")
        build.publish(round_, staff.moderator)
        with pytest.raises(InvalidTransition, match="compilation"):
            write_response(
                build.points_of(round_), disposition=Disposition.NOTED, rationale="A.", text="B.", language="en",
                propose=False, actor=staff.responder, now=utc_now(),
            )  # fmt: skip


def test_the_pages_of_correcting(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        _round, points = answered(staff, "One.", "Two.")
        reference = points[0].reference
        db.session.commit()
        build.sign_in(client, staff.responder)
    desk = "/en/desk/minerals"
    assert "Correct this answer" in client.get(f"{desk}/answers?status=sent").text
    page = client.get(f"{desk}/corrections/{reference}")
    assert "The answer that was sent" in page.text
    typed = {
        "seen": f"{reference}:1", "disposition": "accepted", "rationale": "Better why.", "text": "Better answer.",
        "language": "en",
    }  # fmt: skip
    refused = build.post(client, f"{desk}/corrections/{reference}", typed)
    assert refused.status_code == 422
    assert "Better answer." in refused.text
    saved = build.post(client, f"{desk}/corrections/{reference}", {**typed, "reason": "A slip of the pen."})
    assert saved.status_code == 302
    stale = build.post(client, f"{desk}/corrections/{reference}", {**typed, "text": "Mine.", "reason": "Mine too."})
    assert stale.status_code == 422
    assert all(words in stale.text for words in ("Mine.", "Mine too.", "Better answer.", f'value="{reference}:2"'))
    page = client.get(f"{desk}/corrections")
    assert all(words in page.text for words in ("1 correction is under way", "A slip of the pen.", "An answer."))
    with app.app_context():
        build.sign_in(client, staff.approver)
    page = client.get(f"{desk}/clearance")
    assert all(words in page.text for words in ("One corrected answer", "A slip of the pen.", "Better answer."))
    build.post(client, f"{desk}/clearance", {"answer": f"{reference}:2", "action": "clear"})
    assert "Corrected answers, in messages of their own" in client.get(f"{desk}/clearance/send").text
    assert "1 answer is on its way" in build.post(client, f"{desk}/clearance/send", follow_redirects=True).text
    with app.app_context():
        build.sign_in(client, staff.responder)
    assert "No correction is under way" in client.get(f"{desk}/corrections").text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_list_takes_as_many_queries_for_any_number(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        _round, points = answered(staff, *(f"Point {place}." for place in range(number)))
        correct(points, staff.responder)
        db.session.commit()
        build.sign_in(client, staff.responder)
    with build.count_queries(app) as queries:
        assert client.get("/en/desk/minerals/corrections").status_code == 200
    assert len(queries) == 18
