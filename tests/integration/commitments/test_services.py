"""The verbs of the register: what they keep, what they refuse, who is told, what stays visible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.commitments.enums import TRANSITIONS, CommitmentStatus
from consult.commitments.models import Commitment, CommitmentEvidence, CommitmentPoint
from consult.commitments.queries import earlier_dates_of, evidence_of, list_updates, shown_points_of
from consult.commitments.services import (
    Change,
    Link,
    Source,
    Undertaking,
    change_commitment,
    delete_commitment,
    edit_commitment,
    link_points,
    make_from_answers,
    publish_commitment,
    record_statement,
)
from consult.consultations.enums import Visibility
from consult.core.changes import PublicChange
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.ledger.models import LedgerEntry
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.submissions.enums import PublicationSetting, ResponseStatus
from consult.submissions.services import make_stricter, withdraw_comment
from consult.texts.models import Translation
from tests.integration.commitments.conftest import Register
from tests.integration.publication.releasing import built
from tests.support import build
from tests.support.browse import mails_to
from tests.support.race import Races
from tests.support.record import assert_refused

S = CommitmentStatus
NEXT_YEAR = (utc_now() + timedelta(days=365)).date()
UNDERTAKING = Undertaking(
    what={"en": "Publish the rules", "ar": "نشر القواعد"}, office={"en": "Directorate A"}, due=NEXT_YEAR
)
SOURCE = Source("A statement", "https://example.org/a", date(2024, 11, 13))


def acts(subject_id: int) -> list[str]:
    rows = sa.select(LedgerEntry.act).where(LedgerEntry.subject == "commitment", LedgerEntry.subject_id == subject_id)
    return list(db.session.scalars(rows.order_by(LedgerEntry.id)))


def noted(kind: str, key: int) -> int:
    rows = sa.select(sa.func.count()).select_from(PublicChange)
    return db.session.scalar(rows.where(PublicChange.kind == kind, PublicChange.subject_id == key)) or 0


def test_from_draft_to_kept(register: Register) -> None:
    with register.app.test_request_context("/en/"):
        manager, now = register.staff.manager, utc_now()
        one = make_from_answers(register.consultation, UNDERTAKING, comments=register.points(), actor=manager, now=now)
        assert one.reference.startswith("C-")
        assert not one.is_published
        assert noted("commitment", one.id) == 0
        edited = replace(UNDERTAKING, evidence=[Link("A plan", "HTTPS://example.org/plan")], status=S.UNDER_WAY)
        edit_commitment(one, edited, comments=register.points(register.references[0]), actor=manager, now=now)
        assert [point.comment.reference for point in one.points] == [register.references[0]]
        publish_commitment(one, actor=manager, now=now)
        later = NEXT_YEAR + timedelta(days=90)
        change_commitment(one, Change(S.UNDER_WAY, later, {"en": "The law is late."}), actor=manager, now=now)
        again = later + timedelta(days=30)
        change_commitment(one, Change(S.UNDER_WAY, again, {"en": "Later still."}), actor=manager, now=now)
        note = {"en": "It is in force.", "ar": "دخلت حيز التنفيذ"}
        change = Change(S.KEPT, again, note, [Link("The law", "https://example.org/law")])
        update = change_commitment(one, change, actor=manager, now=now)
        db.session.commit()
        assert (one.status, one.due) == (S.KEPT, again)
        assert earlier_dates_of([one.id])[one.id] == [NEXT_YEAR, later]
        assert [u.note for u in list_updates(one)] == ["The law is late.", "Later still.", "It is in force."]
        assert [(e.title, e.update_id) for e in evidence_of([one.id])[one.id]] == [
            ("A plan", None), ("The law", update.id),
        ]  # fmt: skip
        assert acts(one.id) == [
            "desk:commitment:draft", "desk:commitment:edit", "desk:commitment:publish", *["desk:commitment:change"] * 3
        ]  # fmt: skip
        assert noted("commitment", one.id) == 4
        assert noted("consultation", one.consultation_id or 0) >= 4


def test_everybody_whose_points_led_to_it_is_told_once_and_of_nobody_else(app: Flask, register: Register) -> None:
    reference = register.made()
    mine, others = register.references[:2], register.references[2:]
    (mail,) = mails_to(app, "one@example.org")[-1:]
    assert mail.subject == "A commitment came of your points"
    assert all(one in mail.body for one in mine)
    assert not any(one in mail.body for one in others)
    assert f"/en/commitments/{reference}" in mail.body
    assert "Write the rules down in en" in mail.body
    (mail,) = mails_to(app, "two@example.org")[-1:]
    assert mail.locale == "ar"
    assert "Write the rules down in ar" in mail.body
    assert f"/ar/commitments/{reference}" in mail.body
    before = len(mails_to(app, "one@example.org"))
    with app.test_request_context("/en/"):
        one, manager, now = register.find(reference), register.staff.manager, utc_now()
        withdraw_comment(register.points(others[0])[0], actor=register.second, now=now)
        change_commitment(one, Change(one.status, one.due, {"en": "News alone."}), actor=manager, now=now)
        db.session.commit()  # so that it is read by another connection
        assert len(mails_to(app, "one@example.org")) == before
        later = one.due + timedelta(days=30)
        change_commitment(one, Change(S.UNDER_WAY, later, {"en": "We began late."}), actor=manager, now=now)
        db.session.commit()
    (mail,) = mails_to(app, "one@example.org")[before:]
    assert "Where it stands now: Under way. Before: Not started." in mail.body
    assert "It is now promised for" in mail.body
    assert "We began late." in mail.body
    (mail,) = mails_to(app, "two@example.org")[-1:]
    assert others[0] not in mail.body  # withdrawn
    assert others[1] in mail.body


def test_only_answers_that_were_sent_make_a_commitment(register: Register) -> None:
    with register.app.test_request_context("/en/"):
        manager, now = register.staff.manager, utc_now()
        elsewhere = build.released_round(register.staff, "A point elsewhere.", slug="other", code="OTH")
        late = build.submit(register.round, build.person("Late"), "Not answered.").comments
        for wrong in ([], build.points_of(elsewhere), late):
            with pytest.raises(BadInput) as refused:
                make_from_answers(register.consultation, UNDERTAKING, comments=wrong, actor=manager, now=now)
            assert refused.value.field == "points"
        assert late[0].response_status is ResponseStatus.UNANSWERED


NO_PAGES = [
    "javascript:alert(1)", "ftp://example.org/a", "//example.org", "https://", "https://a b.example/", "data:text/html,x",
    "https://user@example.org/", "https://[::1/", 'https://example.org/"onclick=', "", "https://example.org/\x07",
]  # fmt: skip


def test_a_source_is_a_public_page(register: Register) -> None:
    with register.app.test_request_context("/en/"):
        host, manager = register.consultation.host, register.staff.manager
        for url in NO_PAGES:
            with pytest.raises(BadInput) as refused:
                record_statement(host, UNDERTAKING, source=replace(SOURCE, url=url), actor=manager, now=utc_now())
            assert refused.value.field == "source_url", url


def test_a_statement_needs_what_who_and_a_day_that_has_come(register: Register) -> None:
    with register.app.test_request_context("/en/"):
        host, manager, now = register.consultation.host, register.staff.manager, utc_now()
        for undertaking, source, field in (
            (replace(UNDERTAKING, what={"ar": "كلمات"}), SOURCE, "what-en"),
            (replace(UNDERTAKING, office={}), SOURCE, "office-en"),
            (replace(UNDERTAKING, status=S.GIVEN_UP), SOURCE, "status"),
            (UNDERTAKING, replace(SOURCE, title=""), "source_title"),
            (UNDERTAKING, replace(SOURCE, day=now.date() + timedelta(days=1)), "source_date"),
            (replace(UNDERTAKING, evidence=[Link("", "https://example.org")]), SOURCE, "evidence_title_1"),
        ):
            with pytest.raises(BadInput) as refused:
                record_statement(host, undertaking, source=source, language="en", actor=manager, now=now)
            assert refused.value.field == field
            db.session.rollback()


def test_a_draft_can_be_deleted_and_a_public_one_never(register: Register) -> None:
    public, draft = register.made(), register.made(draft=True)
    with register.app.test_request_context("/en/"):
        manager, now = register.staff.manager, utc_now()
        for act in (
            lambda one: delete_commitment(one, actor=manager, now=now),
            lambda one: edit_commitment(one, UNDERTAKING, comments=register.points(), actor=manager, now=now),
            lambda one: publish_commitment(one, actor=manager, now=now),
        ):
            with pytest.raises(InvalidTransition):
                act(register.find(public))
        key = register.find(draft).id
        delete_commitment(register.find(draft), actor=manager, now=now)
        db.session.commit()
        assert db.session.get(Commitment, key) is None
        for table, column in (
            (CommitmentPoint, CommitmentPoint.commitment_id),
            (CommitmentEvidence, CommitmentEvidence.commitment_id),
        ):
            assert not db.session.scalar(sa.select(sa.func.count()).select_from(table).where(column == key))
        assert not list(
            db.session.scalars(
                sa.select(Translation).where(Translation.subject == "commitment", Translation.subject_id == key)
            )
        )
        assert acts(key)[-1] == "desk:commitment:delete"


REWRITING = [
    "UPDATE commitment SET what = 'another'",
    "UPDATE commitment SET published_at = NULL",
    "DELETE FROM commitment",
    "UPDATE commitment_point SET comment_id = 1",
    "UPDATE commitment_update SET note = 'another'",
    "DELETE FROM commitment_update",
    "UPDATE commitment_evidence SET title = 'another'",
    "DELETE FROM commitment_evidence WHERE update_id IS NOT NULL",
]


def test_the_register_refuses_to_be_rewritten(register: Register) -> None:
    reference = register.made()
    with register.app.test_request_context("/en/"):
        one, now = register.find(reference), utc_now()
        change = Change(one.status, one.due, {"en": "News."}, [Link("A plan", "https://example.org/plan")])
        change_commitment(one, change, actor=register.staff.manager, now=now)
        db.session.commit()
        assert_refused(*REWRITING)


def test_every_change_needs_its_reason_and_a_way(register: Register) -> None:
    reference = register.made()
    with register.app.test_request_context("/en/"):
        one, manager, now = register.find(reference), register.staff.manager, utc_now()
        due, later = one.due, one.due + timedelta(days=1)
        note = {"en": "Why."}
        for change, field in (
            (Change(S.UNDER_WAY, due), "note-en"),
            (Change(one.status, later), "note-en"),
            (Change(one.status, later, {"ar": "لماذا"}), "note-en"),
            (Change(one.status, due, {"ar": "لماذا"}), "note-en"),
            (Change(one.status, due), "status"),
            (Change(S.GIVEN_UP, later, note), "due"),
            (Change(S.REPLACED, due, note), "replaced_by"),
            (Change(S.REPLACED, due, note, replaced_by=reference), "replaced_by"),
        ):
            with pytest.raises(BadInput) as refused:
                change_commitment(one, change, actor=manager, now=now)
            assert refused.value.field == field, change
        assert list_updates(one) == []
        draft = register.find(register.made(draft=True))
        with pytest.raises(InvalidTransition):
            change_commitment(draft, Change(S.UNDER_WAY, due, note), actor=manager, now=now)


def test_every_transition(register: Register) -> None:
    reference, successor = register.made(), register.made()
    with register.app.test_request_context("/en/"):
        manager, now = register.staff.manager, utc_now()

        def to(status: CommitmentStatus) -> Commitment:
            one = register.find(reference)
            change = Change(status, one.due, {"en": "Why."}, replaced_by=successor)
            change_commitment(one, change, actor=manager, now=now)
            return one

        for before in CommitmentStatus:
            for after in set(CommitmentStatus) - {before}:
                if before is not S.NOT_STARTED:
                    to(before)
                if after in TRANSITIONS[before]:
                    one = to(after)
                    assert one.status is after
                    assert (one.replaced_by is not None) is (after is S.REPLACED)
                else:
                    with pytest.raises(InvalidTransition):
                        to(after)
                db.session.rollback()


def test_what_takes_the_place_is_public_at_the_same_host_and_not_itself_replaced(register: Register) -> None:
    old, new, newer, draft = register.made(), register.made(), register.made(), register.made(draft=True)
    with register.app.test_request_context("/en/"):
        manager, now = register.staff.manager, utc_now()
        elsewhere = build.desk()
        theirs = build.commitment(elsewhere.host, elsewhere.manager).reference

        def replace_by(reference: str, by: str) -> None:
            one = register.find(reference)
            change_commitment(one, Change(S.REPLACED, one.due, {"en": "Why."}, replaced_by=by), actor=manager, now=now)

        for wrong in (draft, theirs, "C-000000", "x"):
            with pytest.raises(BadInput):
                replace_by(old, wrong)
        replace_by(old, new.lower())
        with pytest.raises(BadInput):
            replace_by(new, old)  # a circle
        replace_by(new, newer)
        assert register.find(old).replaced_by is register.find(new)


def test_a_point_that_the_public_does_not_read_is_not_named(register: Register) -> None:
    reference = register.made()
    hidden, stricter, withdrawn, shown = register.references
    with register.app.test_request_context("/en/"):
        now = utc_now()
        one = register.find(reference)

        def named() -> list[tuple[str, bool]]:
            db.session.flush()
            return sorted((p.reference, p.is_withdrawn) for p in shown_points_of([one.id])[one.id])

        assert [name for name, _gone in named()] == sorted(register.references)
        told = {point.reference: point for point in shown_points_of([one.id])[one.id]}
        assert {name: told[name].words for name in told} == {name: register.points(name)[0].text for name in told}
        restrict_comments(
            register.points(hidden), reason=RestrictionReason.UNLAWFUL, public_reason="Why.", agreement="",
            actor=register.staff.moderator, now=now,
        )  # fmt: skip
        withdraw_comment(register.points(withdrawn)[0], actor=register.second, now=now)
        assert (withdrawn, True) in named()
        assert all(bool(point.words) != point.is_withdrawn for point in shown_points_of([one.id])[one.id])
        assert hidden not in dict(named())
        assert {stricter, shown} < set(dict(named()))
        withdraw_comment(register.points(hidden)[0], actor=register.author, now=now)
        assert hidden not in dict(named())  # what was not public does not become known by its withdrawal
        make_stricter(
            register.points(stricter)[0].submission, PublicationSetting.NOT_PUBLISHED, pseudonym="",
            actor=register.author, now=now,
        )  # fmt: skip
        assert set(dict(named())) == {withdrawn, shown}
        for visibility in (Visibility.PARTICIPANTS_ONLY, Visibility.COMPILATION_ONLY, Visibility.AFTER_CLOSING):
            register.round.visibility = visibility
            assert named() == []
        build.close(register.round)
        assert set(dict(named())) == {withdrawn, shown}


def test_a_protected_point_is_named_once_a_release_gives_its_answer(app: Flask, register: Register) -> None:
    """The desk answers in the order in which points arrive: a commitment would tell which came first."""
    with app.app_context():
        staff, round_ = register.staff, register.round
        submission = build.submit(round_, build.person("P"), "Afraid.", setting=PublicationSetting.ANONYMOUS)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        (point,) = submission.comments
        one = build.commitment(round_.consultation, staff.manager, point, *register.points(register.references[0]))
        build.close(round_)
        assert build.lift(round_) == 1
        assert [point.reference for point in shown_points_of([one.id])[one.id]] == register.references[:1]
        newest = sa.select(sa.func.max(PublicChange.id)).where(PublicChange.kind == "commitment")
        before = db.session.scalar(newest)
        built(round_, staff)
        assert {shown.reference for shown in shown_points_of([one.id])[one.id]} == {
            point.reference,
            register.references[0],
        }
        assert db.session.scalar(newest) > before  # those who follow what is public are told


def test_further_points_are_added_and_their_authors_told(app: Flask, register: Register) -> None:
    reference = register.made(register.references[0])
    before = len(mails_to(app, "one@example.org"))
    with app.test_request_context("/en/"):
        manager, now = register.staff.manager, utc_now()
        with pytest.raises(BadInput):
            link_points(register.find(reference), register.points(register.references[0]), actor=manager, now=now)
        assert link_points(register.find(reference), register.points(), actor=manager, now=now) == 3
        db.session.commit()
        assert len(register.find(reference).points) == 4
    (mail,) = mails_to(app, "one@example.org")[before:]
    assert register.references[1] in mail.body
    assert register.references[0] not in mail.body


class TestTwoAtOnce(Races):
    @pytest.fixture(autouse=True)
    def _prepare(self, app: Flask, register: Register) -> None:
        self.app, self.register = app, register

    def change(self, reference: str, status: CommitmentStatus, version: int) -> None:
        one = self.register.find(reference)
        change_commitment(
            one, Change(status, one.due, {"en": "Why."}), version=version, actor=self.register.staff.manager,
            now=utc_now(),
        )  # fmt: skip

    def test_the_second_of_two_managers_is_told(self) -> None:
        reference = self.register.made()
        with self.app.test_request_context("/en/"):
            version = self.register.find(reference).version
        lost = self.race(
            lambda: self.change(reference, S.UNDER_WAY, version), lambda: self.change(reference, S.KEPT, version)
        )
        assert isinstance(lost, Conflict)
        with self.app.test_request_context("/en/"):
            one = self.register.find(reference)
            assert one.status is S.UNDER_WAY
            assert len(list_updates(one)) == 1

    def test_of_two_who_publish_one_does(self) -> None:
        reference = self.register.made(draft=True)
        before = len(mails_to(self.app, "one@example.org"))

        def publish() -> None:
            publish_commitment(self.register.find(reference), actor=self.register.staff.manager, now=utc_now())

        assert isinstance(self.race(publish, publish), InvalidTransition)
        assert len(mails_to(self.app, "one@example.org")) == before + 1
