"""Rev.1: a superseding submission that keeps the first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.queries import get_account
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.insight.enums import Who
from consult.insight.queries import count_choices
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import publish_comments, restrict_comments
from consult.submissions.enums import PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import (
    Reader,
    exact_progress,
    exact_public_progress,
    get_identity,
    marks_of,
    progress_of,
)
from consult.submissions.services import (
    begin_draft,
    begin_revision,
    discard_revision,
    make_stricter,
    save_answer,
    submit_submission,
    update_publication,
    withdraw_comment,
    withdraw_submission,
)
from tests.integration.submissions.conftest import START, Opened
from tests.support import build
from tests.support.browse import forms_in, send
from tests.support.race import Races

LIST = "/en/consultations/minerals/comments"


def revise(first: Submission, author: Person, *texts: str) -> Submission:
    """Submit a revision with other words for the first points; what has no words is left out."""
    draft = begin_revision(first, actor=author, now=utc_now())
    for comment, text in zip(list(draft.comments), [*texts, *[""] * len(draft.comments)], strict=False):
        if text:
            comment.text = text
        else:
            draft.comments.remove(comment)
    db.session.flush()
    return submit_submission(draft, actor=author, now=utc_now())


def check_counters(round_: Round) -> None:
    """What the counters say is what there is."""
    db.session.flush()
    assert progress_of([round_])[round_.id] == exact_public_progress(round_)


def states(submission: Submission) -> Sequence[ResponseStatus]:
    return [row.response_status for row in submission.comments]


def test_a_revision_begins_with_what_was_submitted_and_takes_its_place(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        author = build.person("Author")
        first = build.submit(opened.round(), author, "One.", "Two.", "Three.")
        withdraw_comment(first.comments[2], actor=author, now=utc_now())
        build.publish(opened.round(), opened.staff.moderator)
        references, first_key = [str(row.reference) for row in first.comments], first.key
        build.sign_in(client, author)
    receipt = f"{START}receipt/{first_key}"
    assert send(client, f"{receipt}/revise").status_code == 302
    points = client.get(START + "points").text
    assert "Rev.1 of what you submitted on" in points
    assert "One." in points
    assert "Three." not in points  # withdrawn words are gone
    assert send(client, f"{receipt}/revise").status_code == 302  # begun once
    assert opened.count() == 2
    check = client.get(START + "check").text
    assert "With “Submit” this takes the place of what you submitted before." in check
    form = forms_in(check)[0]
    receipt_of_revision = client.post(form.action, data=form.values).location
    page = client.get(receipt_of_revision).text
    assert "This is Rev.1." in page
    assert receipt.partition("receipt/")[2] in page
    page = client.get(receipt).text
    assert "Superseded by Rev.1." in page
    assert "Superseded, asks for no answer" in page
    assert "Revise what you submitted" not in page
    mine = client.get("/en/account/submissions").text
    assert "This is Rev.1." in mine
    assert "Superseded by Rev.1." in mine
    assert "This has been revised already." in client.get(f"{receipt}/revise").text
    with app.app_context():
        build.publish(get_round("minerals"), opened.staff.moderator)
        (second,) = db.session.query(Submission).filter_by(revision=1)
        new = [str(row.reference) for row in second.comments]
        assert second.supersedes is not None
        assert states(second.supersedes) == [ResponseStatus.CLOSED, ResponseStatus.CLOSED, ResponseStatus.UNANSWERED]
        assert get_identity(second).name == "Author"  # type: ignore[union-attr]
        check_counters(get_round("minerals"))
        assert exact_progress(get_round("minerals")).asked == 2
        db.session.commit()
    public = client.get(LIST).text
    assert public.count("Superseded by Rev.1.") == 2
    assert public.count("Asks for no answer any more") == 2
    for earlier, later in zip(references[:2], new, strict=True):
        assert later in client.get(f"{LIST}/{earlier}").text.partition("In its place:")[2]
        assert earlier in client.get(f"{LIST}/{later}").text.partition("It stands in the place of:")[2]
    with app.app_context():
        host = get_round("minerals").consultation.host
        build.sign_in(client, build.person("All", roles={host: list(StaffRole)}))
    queue = client.get("/en/desk/minerals/queue?status=").text
    assert queue.count("Superseded by Rev.1.") == 2
    assert references[0] not in client.get("/en/desk/minerals/answers").text.partition("<table")[2].partition(new[0])[0]


def test_answered_points_stay_answered_and_positions_count_once(opened: Opened, app: Flask) -> None:
    with app.app_context():
        round_, author = opened.round(), build.person("Author")
        question = next(question for question in round_.questions if question.id == opened.choice)
        for number in range(3):
            draft, _key = begin_draft(round_, actor=build.person(f"Other {number}"), now=utc_now())
            save_answer(draft, question, chosen={opened.option: None}, language="en", now=utc_now())
            build.submit(round_, Person(get_account(draft.account_id or 0)))
        draft, _key = begin_draft(round_, actor=author, now=utc_now())
        save_answer(draft, question, chosen={opened.option: None}, language="en", now=utc_now())
        first = build.submit(round_, author, "One.")
        build.publish(round_, opened.staff.moderator)
        build.answer_all(round_, opened.staff.responder, opened.staff.approver)
        second = revise(first, author, "Another.")
        assert states(first) == [ResponseStatus.SENT]
        assert states(second) == [ResponseStatus.UNANSWERED]
        check_counters(round_)
        third = revise(second, author, "A third.")
        assert (third.revision, states(second)) == (2, [ResponseStatus.CLOSED])
        assert count_choices(round_, utc_now())[Who.CIVIL_SOCIETY] == {(opened.option, ""): 4}  # not six
        with pytest.raises(InvalidTransition):
            begin_revision(first, actor=author, now=utc_now())


def test_what_was_superseded_is_screened_and_never_asks_again(opened: Opened, app: Flask) -> None:
    with app.app_context():
        round_, author, moderator = opened.round(), build.person("Author"), opened.staff.moderator
        first = build.submit(round_, author, "One.", "Two.")
        revise(first, author, "Another.")
        one, two = first.comments
        publish_comments([one], actor=moderator, now=utc_now())
        words = {"public_reason": "Advertising.", "agreement": "", "actor": moderator, "now": utc_now()}
        restrict_comments([one, two], reason=RestrictionReason.SPAM, **words)  # type: ignore[arg-type]
        publish_comments([one], actor=moderator, now=utc_now())
        assert states(first) == [ResponseStatus.CLOSED, ResponseStatus.CLOSED]
        check_counters(round_)


@pytest.mark.parametrize("which", ["first", "revision"])
def test_the_first_and_the_revision_are_withdrawn_each_by_itself(opened: Opened, app: Flask, which: str) -> None:
    with app.app_context():
        round_, author = opened.round(), build.person("Author")
        first = build.submit(round_, author, "One.")
        second = revise(first, author, "Another.")
        build.publish(round_, opened.staff.moderator)
        gone, stays = (first, second) if which == "first" else (second, first)
        withdraw_submission(gone, actor=author, now=utc_now())
        db.session.expire_all()
        check_counters(round_)
        assert stays.comments[0].text != ""
        told = marks_of(stays.comments, Reader.PUBLIC)[stays.comments[0].id]
        # What was withdrawn is never told to be somebody's; that something superseded the first stays true.
        assert (told.earlier, told.later, told.revision, told.later_revision) == ("", "", 0, 0)
        assert told.is_superseded == (which == "revision")
        with pytest.raises(InvalidTransition):
            begin_revision(first, actor=author, now=utc_now())


def test_withdrawing_the_first_leaves_the_drafted_revision_as_a_draft_of_its_own(opened: Opened, app: Flask) -> None:
    with app.app_context():
        round_, author = opened.round(), build.person("Author")
        first = build.submit(round_, author, "One.")
        draft = begin_revision(first, actor=author, now=utc_now())
        withdraw_submission(first, actor=author, now=utc_now())
        db.session.expire_all()
        assert (draft.revision, draft.supersedes_id, draft.comments[0].supersedes_id) == (0, None, None)
        submit_submission(draft, actor=author, now=utc_now())
        check_counters(round_)


def test_a_named_one_never_gives_away_an_anonymous_one(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        round_, author = opened.round(), build.person("Author")
        first = build.submit(round_, author, "One.")
        draft = begin_revision(first, actor=author, now=utc_now())
        update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=utc_now())
        second = submit_submission(draft, actor=author, now=utc_now())
        build.publish(round_, opened.staff.moderator)
        build.close(round_)
        build.lift(round_)
        earlier, later = first.comments[0].reference, second.comments[0].reference
        host = round_.consultation.host
        everybody = build.person("All", roles={host: list(StaffRole)})
        db.session.commit()
    for url in (f"{LIST}/{earlier}", f"{LIST}/{later}"):
        page = client.get(url).text
        assert (str(earlier) in page) != (str(later) in page)
        assert "Rev.1" not in page
    assert "Superseded by its author." in client.get(f"{LIST}/{earlier}").text
    with app.app_context():
        build.sign_in(client, everybody)
    for one, other in ((earlier, later), (later, earlier)):
        assert str(other) not in client.get(f"/en/desk/minerals/queue/{one}").text


def test_a_setting_that_became_the_same_later_ties_nothing(opened: Opened, app: Flask) -> None:
    """Whoever read the revision under its name would learn who wrote the first one, which never had a name."""
    with app.app_context():
        author = build.person("Author")
        first = build.submit(opened.round(), author, "One.", setting=PublicationSetting.ANONYMOUS)
        draft = begin_revision(first, actor=author, now=utc_now())
        update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=utc_now())
        second = submit_submission(draft, actor=author, now=utc_now())
        build.publish(opened.round(), opened.staff.moderator)
        make_stricter(second, PublicationSetting.ANONYMOUS, pseudonym="", actor=author, now=utc_now())
        points = [first.comments[0], second.comments[0]]
        for reader in (Reader.PUBLIC, Reader.STAFF):
            assert not any(mark.earlier or mark.later or mark.revision for mark in marks_of(points, reader).values())
        assert marks_of(points, Reader.AUTHOR)[points[1].id].earlier == points[0].reference


def test_a_draft_that_is_there_is_finished_first_and_a_revision_can_be_given_up(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        author = build.person("Author")
        first = build.submit(opened.round(), author, "One.")
        build.draft(opened.round(), author, "Another draft.")
        url = f"{START}receipt/{first.key}"
        build.sign_in(client, author)
    page = client.get(f"{url}/revise")
    assert "You have another draft in this round." in page.text
    assert forms_in(page.text) == []
    assert build.post(client, f"{url}/revise").status_code == 409
    with app.app_context():
        (other,) = db.session.query(Submission).filter_by(supersedes_id=None, submitted_at=None)
        with pytest.raises(InvalidTransition):
            discard_revision(other, now=utc_now())
        db.session.delete(other)
        db.session.commit()
    assert client.get(START + "revision/discard").status_code == 404
    send(client, f"{url}/revise")
    assert send(client, START + "revision/discard").status_code == 302
    assert opened.count() == 1
    assert send(client, f"{url}/revise").status_code == 302  # and begun anew
    with app.app_context():
        build.close(opened.round())
        db.session.commit()
    assert "so nothing can be revised any more" in client.get(f"{url}/revise").text


def test_nobody_else_revises_it(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        first = build.submit(opened.round(), build.person("Author"), "One.")
        url = f"{START}receipt/{first.key}/revise"
        build.sign_in(client, build.person("Somebody else"))
    assert client.get(url).status_code == 404
    assert build.post(client, url).status_code == 404
    assert opened.count() == 1


def test_the_link_is_on_record(opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Author")
        second = revise(build.submit(opened.round(), author, "One."), author, "Another.")
        db.session.commit()
        cut = {"supersedes_id": None}
        for model, key, values in (
            (Submission, second.id, {**cut, "revision": 0}),
            (Comment, second.comments[0].id, cut),
        ):
            with pytest.raises(DBAPIError, match="insert-only"):
                db.session.execute(sa.update(model).where(model.id == key).values(values))
            db.session.rollback()


class TestRaces(Races):
    """Two devices, or an author and a moderator, at one moment."""

    @pytest.fixture(autouse=True)
    def _begin(self, app: Flask, opened: Opened) -> None:
        self.app = app
        with app.app_context():
            self.author = build.person("Author")
            self.first = build.submit(opened.round(), self.author, "One.").id
            db.session.commit()

    def _first(self) -> Submission:
        return db.session.get_one(Submission, self.first)

    def test_two_devices_begin_one_revision(self, opened: Opened) -> None:
        def begin() -> int:
            return begin_revision(self._first(), actor=self.author, now=utc_now()).id

        other = self.race(begin, begin)
        assert isinstance(other, int)
        assert opened.count() == 2

    def test_another_draft_begun_at_the_same_moment(self, opened: Opened) -> None:
        def begin() -> Submission:
            return begin_revision(self._first(), actor=self.author, now=utc_now())

        def write() -> None:
            build.draft(opened.round(), self.author, "Another.")

        found = self.race(write, begin)
        assert isinstance(found, InvalidTransition)
        assert opened.count() == 2

    def test_withdrawing_the_first_while_its_revision_is_submitted(self, opened: Opened) -> None:
        self.now(lambda: begin_revision(self._first(), actor=self.author, now=utc_now()))

        def submit() -> None:
            (draft,) = db.session.query(Submission).filter(Submission.id != self.first)
            submit_submission(draft, actor=self.author, now=utc_now())

        def withdraw() -> None:
            withdraw_submission(self._first(), actor=self.author, now=utc_now())

        assert self.race(submit, withdraw) is None
        with self.app.app_context():
            round_ = opened.round()
            assert progress_of([round_])[round_.id] == exact_public_progress(round_)
            assert exact_progress(round_).asked == 1
