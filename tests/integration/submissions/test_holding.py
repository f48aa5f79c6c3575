"""What is held until its round has closed: nowhere public before, then together, in no order and with one date."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.accounts.queries import get_account
from consult.cli.checking import run_checks
from consult.consultations.models import Consultation, Round
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.jobs import sweep
from consult.ledger.models import HeldEntry, LedgerEntry
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import publish_comments, restrict_comments
from consult.publication.services import request_release
from consult.submissions.enums import PublicationDelay, PublicationSetting
from consult.submissions.models import Comment, Lifting, Submission
from consult.submissions.queries import PUBLIC, exact_progress, exact_public_progress, progress_of
from consult.submissions.services import (
    accept_late,
    begin_revision,
    lift_due,
    make_stricter,
    offer_late,
    submit_submission,
    update_publication,
    update_speaker,
    withdraw_comment,
    withdraw_submission,
)
from tests.integration.publication.releasing import built, rows_of
from tests.support import build
from tests.support.race import second_of_two

ANONYMOUS, NAMED = PublicationSetting.ANONYMOUS, PublicationSetting.NAMED
FACES = (
    "/en/consultations/minerals",
    "/en/consultations/minerals/draft",
    "/en/consultations/minerals/comments",
    "/en/consultations/minerals/response-log",
    "/en/search?words=needle",
    "/en/feeds/consultations/minerals.atom",
    "/api/v1/consultations",
    "/api/v1/consultations/minerals/comments",
    "/api/v1/consultations/minerals/responses",
)


def a_round() -> Round:
    return db.session.scalars(sa.select(Round).join(Round.consultation).where(Consultation.slug == "minerals")).one()


def counters_hold(round_: Round) -> bool:
    return progress_of([round_])[round_.id] == exact_public_progress(round_)


def restrict(comments: list[Comment], moderator: Person) -> None:
    restrict_comments(
        comments, reason=RestrictionReason.UNLAWFUL, public_reason="Why.", agreement="", actor=moderator, now=utc_now()
    )


def without(page: str, reference: str) -> str:
    """A page without a reference, and without the key of its request."""
    return re.sub(r"[0-9a-f]{16}", "", page.replace(reference, ""))


def public_references() -> set[str | None]:
    return set(db.session.scalars(sa.select(Comment.reference).join(Comment.submission).where(PUBLIC)))


def delayed(round_: Round, author: Person, text: str, delay: PublicationDelay, days: int = 0) -> Submission:
    """A named submission that its author delayed, to so many days from now."""
    draft, now = build.draft(round_, author, text), utc_now()
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    day = to_wall(now, round_.zone).date() + timedelta(days=days) if days else None
    update_publication(draft, NAMED, pseudonym="", now=now, delay=delay, publish_on=day)
    return submit_submission(draft, actor=author, now=now)


def test_what_is_held_is_nowhere_and_stays_so_if_it_is_withdrawn(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Named"), "needle seen")
        build.publish(round_, staff.moderator)
        db.session.commit()
        moderator_id = staff.moderator.account.id
        sweep()
    before = {path: client.get(path).data for path in FACES}
    with app.app_context():
        round_, moderator = a_round(), Person(get_account(moderator_id), {})
        settings = [s for s in PublicationSetting if s.is_protected]
        held = [build.submit(round_, build.person(f"P {s}"), f"needle {s}", setting=s) for s in settings]
        held.append(delayed(round_, build.person("Waits"), "needle waits", PublicationDelay.ROUND_END))
        gone, barred = (
            build.submit(round_, build.person(n), f"needle {n}", setting=ANONYMOUS) for n in ("gone", "bad")
        )
        build.publish(round_, moderator)
        restrict(list(barred.comments), moderator)
        withdraw_submission(gone, actor=build.person("X"), now=utc_now())
        references = {one.comments[0].reference: one.publication_setting for one in held}
        lost, restricted = gone.comments[0].reference, barred.comments[0].reference
        # Only the desk counts it.
        assert progress_of([round_])[round_.id].submitted == 1
        assert exact_progress(round_).submitted == 2 + len(held)
        assert counters_hold(round_)
        assert {(s.begun_at, s.saved_at) for s in held if s.is_protected} == {(None, None)}
        assert all(to_wall(s.submitted_at, round_.zone).hour == 12 for s in held if s.is_protected and s.submitted_at)
        assert held[-1].begun_at is not None
        about = sa.select(LedgerEntry.id).where(LedgerEntry.subject == "comment")
        assert len(db.session.scalars(about).all()) == 2  # those of the named one
        db.session.commit()
        sweep()
    assert {path: client.get(path).data for path in FACES} == before
    never = client.get("/en/consultations/minerals/comments/MIN-1-00000F")
    for reference in (*references, lost, restricted):
        assert client.get(f"/r/{reference}").status_code == 404
        page = client.get(f"/en/consultations/minerals/comments/{reference}")
        assert page.status_code == never.status_code == 404
        assert without(page.text, str(reference)) == without(never.text, "MIN-1-00000F")
    with app.app_context():
        build.close(a_round())
        db.session.commit()
        assert sweep()["lift_what_is_due"] == len(held) + 1
        assert sweep()["lift_what_is_due"] == 0
        shown = {key for key, setting in references.items() if setting is None or setting.gives_words}
        assert public_references() >= shown
        assert not public_references() & (set(references) - shown)
        assert counters_hold(a_round())
        assert run_checks(say=lambda _line: None) == []
        kept = db.session.execute(
            sa.select(LedgerEntry.at, LedgerEntry.sequence).where(LedgerEntry.act.like("%submit"))
        )
        moments = [row for row in kept if row.at.date() == a_round().closing_day]
        assert len(moments) == 2 * (len(held) + 2)  # what was withdrawn too
        assert all(row.sequence is not None for row in moments)
        assert {to_wall(row.at, a_round().zone).hour for row in moments} == {12}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(HeldEntry)) == 0
    assert client.get(f"/r/{lost}", follow_redirects=True).status_code == 404
    assert client.get(f"/r/{restricted}", follow_redirects=True).status_code == 200
    assert str(lost) not in client.get("/api/v1/consultations/minerals/comments").text


def test_nothing_goes_before_everything_protected_is_screened_and_then_once_a_day(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        authors = [build.person(f"Author {n}") for n in range(3)]
        points = [build.submit(round_, who, "A point.", setting=ANONYMOUS).comments[0] for who in authors]
        publish_comments(points[:1], actor=staff.moderator, now=utc_now())
        build.close(round_)
        assert build.lift(round_) == 0  # two wait to be read
        restrict(points[1:2], staff.moderator)
        publish_comments(points[2:], actor=staff.moderator, now=utc_now())
        assert build.lift(round_) == 3
        assert public_references() == {points[0].reference, points[2].reference}
        publish_comments(points[1:2], actor=staff.moderator, now=utc_now())
        assert points[1].is_held
        assert counters_hold(round_)
        assert build.lift(round_) == 0  # there was a batch today
        tomorrow = utc_now() + timedelta(days=1)
        assert lift_due(round_, now=tomorrow) == 1
        assert len(public_references()) == 3
        assert counters_hold(round_)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Lifting)) == 2


def test_what_comes_late_goes_with_a_later_batch_and_tells_no_day(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        draft = build.draft(round_, author, "Late.")
        now = utc_now()
        update_speaker(
            draft, name="N", capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
            language="en", now=now,
        )  # fmt: skip
        update_publication(draft, ANONYMOUS, pseudonym="", now=now)
        draft.begun_at = now - timedelta(days=10)
        build.close(round_)
        offer_late(draft, actor=author, now=utc_now())
        assert db.session.scalars(sa.select(HeldEntry.act)).all() == ["account:submission:offer_late"]
        accept_late(draft, reason="A reason.", actor=staff.manager, now=utc_now())
        assert draft.is_held
        build.publish(round_, staff.moderator)
        assert build.lift(round_) == 1
        reference = draft.comments[0].reference
        day = str(utc_now().day)
        db.session.commit()
    page = client.get(f"/en/consultations/minerals/comments/{reference}").text
    assert "Received late." in page
    assert "Why it was accepted:" not in page
    assert f"on {day}" not in page


def test_delayed_input_comes_on_its_day_and_a_release_shows_none_before(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        end = delayed(round_, build.person("End"), "At the end.", PublicationDelay.ROUND_END)
        soon = delayed(round_, build.person("Soon"), "Soon.", PublicationDelay.DATE, days=2)
        later = delayed(round_, build.person("Later"), "Later.", PublicationDelay.DATE, days=40)
        counted = build.submit(round_, build.person("C"), "Counted.", setting=PublicationSetting.AGGREGATE)
        build.publish(round_, staff.moderator)
        assert (build.lift(round_), public_references()) == (0, set())
        assert lift_due(round_, now=utc_now() + timedelta(days=2)) == 1
        assert public_references() == {soon.comments[0].reference}
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        first = built(round_, staff)  # the worker lifts, or asking for the release does
        rows = {row["reference"] for row in rows_of(first)}
        assert rows == {soon.comments[0].reference, end.comments[0].reference}
        assert (first.rows_total, first.counted_only) == (2, 1)
        with pytest.raises(InvalidTransition):  # what is held is no news
            request_release(a_round(), actor=staff.manager, now=utc_now())
        assert lift_due(a_round(), now=utc_now() + timedelta(days=41)) == 1
        second = {row["reference"]: row for row in rows_of(built(a_round(), staff))}
        assert second[later.comments[0].reference]["changed_since_previous"] == ["added"]
        assert counted.comments[0].reference not in second
        assert counters_hold(a_round())


def test_a_stricter_setting_takes_the_person_away_and_leaves_public_words(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        open_ = build.submit(round_, author, "Read.", "Waits.", capacity=Capacity.ORGANISATION, setting=NAMED)
        waiting = delayed(round_, build.person("D"), "Delayed.", PublicationDelay.DATE, days=3)
        publish_comments([open_.comments[0], waiting.comments[0]], actor=staff.moderator, now=utc_now())
        organisation = PublicationSetting.ORGANISATION_ONLY
        with pytest.raises(BadInput):
            make_stricter(open_, NAMED, pseudonym="", actor=author, now=utc_now(), asked_for_protection=True)
        make_stricter(open_, organisation, pseudonym="", actor=author, now=utc_now())
        make_stricter(open_, organisation, pseudonym="", actor=author, now=utc_now(), asked_for_protection=True)
        assert (open_.is_protected, open_.is_held, open_.begun_at) == (True, False, None)
        make_stricter(waiting, ANONYMOUS, pseudonym="", actor=author, now=utc_now())
        assert public_references() == {open_.comments[0].reference}
        publish_comments([open_.comments[1]], actor=staff.moderator, now=utc_now())
        lift_due(round_, now=utc_now() + timedelta(days=4))
        assert public_references() == {open_.comments[0].reference}  # both wait for the end of the round now
        build.close(round_)
        assert lift_due(round_, now=utc_now() + timedelta(days=4)) == 2
        assert len(public_references()) == 3
        make_stricter(open_, PublicationSetting.AGGREGATE, pseudonym="", actor=author, now=utc_now())
        assert public_references() == {waiting.comments[0].reference}
        assert counters_hold(round_)


def test_a_held_revision_supersedes_nothing_that_everybody_reads(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        first = build.submit(round_, author, "Named.")
        build.publish(round_, staff.moderator)
        db.session.commit()
        first_id, account_id = first.id, author.account.id
        moderator_id = staff.moderator.account.id
        sweep()
    before = {path: client.get(path).data for path in FACES}
    with app.app_context():
        author = Person(get_account(account_id), {})
        draft = begin_revision(db.session.get_one(Submission, first_id), actor=author, now=utc_now())
        update_publication(draft, ANONYMOUS, pseudonym="", now=utc_now())
        submit_submission(draft, actor=author, now=utc_now())
        build.publish(a_round(), Person(get_account(moderator_id), {}))
        assert counters_hold(a_round())
        db.session.commit()
        sweep()
    assert {path: client.get(path).data for path in FACES} == before
    with app.app_context():
        build.close(a_round())
        build.lift(a_round())
        assert counters_hold(a_round())
        assert progress_of([a_round()])[a_round().id].asked == 1
        db.session.commit()
    assert "Superseded by its author." in client.get("/en/consultations/minerals/comments").text


def test_a_protected_day_must_come_after_the_closing(app: Flask) -> None:
    with app.app_context(), app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        draft, now = build.draft(round_, build.person("A"), "One."), utc_now()
        update_speaker(
            draft, name="N", capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
            language="en", now=now,
        )  # fmt: skip

        def refused(setting: PublicationSetting, days: int | None, **options: Any) -> str | None:
            day = None if days is None else to_wall(now, round_.zone).date() + timedelta(days=days)
            try:
                update_publication(
                    draft, setting, pseudonym="P", now=now, delay=PublicationDelay.DATE, publish_on=day, **options
                )
            except BadInput as error:
                return error.field
            return None

        until = (round_.closing_day - to_wall(now, round_.zone).date()).days
        assert [refused(NAMED, days) for days in (None, -1, 0, 1, 730, 731)] == [
            "publish_on", "publish_on", "publish_on", None, None, "publish_on"
        ]  # fmt: skip
        assert [refused(ANONYMOUS, days) for days in (1, until, until + 1)] == ["publish_on", "publish_on", None]
        assert refused(NAMED, 5, asked_for_protection=True) == "asked_for_protection"
        # Where no word is ever published a day means nothing.
        assert refused(PublicationSetting.AGGREGATE, 1) is None
        assert (draft.publication_delay, draft.publish_on) == (PublicationDelay.NONE, None)


# --- At the same moment ---


@pytest.fixture
def closed(app: Flask) -> tuple[build.Desk, Person, int]:
    with app.app_context():
        staff, author = build.desk(), build.person("Author")
        round_ = build.open_consultation(staff.host, staff.manager)
        submission = build.submit(round_, author, "One.", "Two.", setting=ANONYMOUS)
        build.publish(round_, staff.moderator)
        build.close(round_)
        db.session.commit()
        return staff, author, submission.id


def lifting() -> None:
    build.lift(a_round())


def test_of_two_lifts_the_second_finds_nothing(app: Flask, closed: tuple[build.Desk, Person, int]) -> None:
    assert second_of_two(app, lifting, lifting) is None
    with app.app_context():
        assert len(public_references()) == 2
        assert counters_hold(a_round())
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Lifting)) == 1


def test_withdrawing_while_it_is_lifted(app: Flask, closed: tuple[build.Desk, Person, int]) -> None:
    _staff, author, key = closed

    def withdrawing() -> None:
        withdraw_comment(db.session.get_one(Submission, key).comments[0], actor=author, now=utc_now())

    assert second_of_two(app, withdrawing, lifting) is None
    with app.app_context():
        assert len(public_references()) == 1
        assert counters_hold(a_round())
        gone = db.session.scalars(sa.select(Comment).where(Comment.withdrawn_at.is_not(None))).one()
        assert gone.is_hidden
        assert run_checks(say=lambda _line: None) == []


def test_withdrawing_what_is_lifted_at_that_moment(app: Flask, closed: tuple[build.Desk, Person, int]) -> None:
    _staff, author, key = closed

    def withdrawing() -> None:
        withdraw_comment(db.session.get_one(Submission, key).comments[0], actor=author, now=utc_now())

    assert second_of_two(app, lifting, withdrawing) is None
    with app.app_context():
        gone = db.session.scalars(sa.select(Comment).where(Comment.withdrawn_at.is_not(None))).one()
        assert not gone.is_hidden  # it was public for a moment, so its reference stays
        assert (len(public_references()), counters_hold(a_round())) == (1, True)


def test_restricting_while_it_is_lifted(app: Flask, closed: tuple[build.Desk, Person, int]) -> None:
    staff, _author, key = closed

    def restricting() -> None:
        restrict(list(db.session.get_one(Submission, key).comments)[:1], staff.moderator)

    assert second_of_two(app, lifting, restricting) is None
    with app.app_context():
        assert len(public_references()) == 1
        assert counters_hold(a_round())
        assert db.session.scalar(sa.select(sa.func.count()).select_from(HeldEntry)) == 0


def test_lifting_takes_as_many_queries_for_3_and_for_60(app: Flask) -> None:
    numbers = []
    for many in (3, 60):
        with app.app_context():
            staff = build.desk()
            round_ = build.open_consultation(staff.host, staff.manager, slug=f"minerals-{many}", code=f"MIN{many}")
            for place in range(0, many, 3):
                texts = [f"Point {place + n}." for n in range(3)]
                build.submit(round_, build.person(f"A {many} {place}"), *texts, setting=ANONYMOUS)
            build.publish(round_, staff.moderator)
            build.close(round_)
            db.session.commit()
            with build.count_queries(app) as queries:
                assert build.lift(round_) == many
            numbers.append(len([one for one in queries.statements if one.startswith(("SELECT", "UPDATE"))]))
            db.session.rollback()
    assert numbers[0] == numbers[1]
