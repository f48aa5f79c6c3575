"""Screening and credentials: every transition in both directions, every refusal, and what the record keeps of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.enums import Capacity, Constituency
from consult.accounts.models import Account
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.moderation.enums import CredentialKind, Decision, RestrictionReason
from consult.moderation.models import Credential
from consult.moderation.queries import (
    count_awaited,
    count_waiting,
    find_credential,
    get_awaited,
    list_decisions,
    page_of_awaited,
)
from consult.moderation.services import Screened, publish_comments, record_credential, restrict_comments
from consult.responses.enums import Disposition
from consult.responses.services import write_response
from consult.submissions.enums import CredentialStatus, ModerationStatus, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PUBLIC, code_of, exact_progress, exact_public_progress, progress_of
from consult.submissions.services import make_stricter, withdraw_comment, withdraw_submission
from tests.support import build

DELEGATION = {"capacity": Capacity.STATE_DELEGATION, "constituencies": (Constituency.GOVERNMENT,)}


def restrict(
    comments: list[Comment],
    moderator: build.Person,
    reason: RestrictionReason = RestrictionReason.HATE_OR_THREAT,
    *,
    public_reason: str = "It threatens somebody.",
    agreement: str = "",
) -> Screened:
    return restrict_comments(
        comments, reason=reason, public_reason=public_reason, agreement=agreement, actor=moderator, now=utc_now()
    )


def publish(comments: list[Comment], moderator: build.Person) -> Screened:
    return publish_comments(comments, actor=moderator, now=utc_now())


def subjects_to(name: str) -> list[str]:
    mails = (
        sa.select(OutgoingMail.subject)
        .join(Account, Account.email == OutgoingMail.recipient)
        .where(Account.name == name)
        .order_by(OutgoingMail.id)
    )
    return list(db.session.scalars(mails))


def counters_hold(round_: Round) -> bool:
    return progress_of([round_])[round_.id] == exact_public_progress(round_)


def test_publishing_shows_a_point_and_tells_nobody(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        points = build.submit(round_, build.person("Author"), "One.", "Two.").comments
        assert count_waiting(round_) == 2
        assert build.points_of(round_, PUBLIC) == []
        assert publish([points[0]], staff.moderator).done == [points[0]]
        assert build.points_of(round_, PUBLIC) == [points[0]]
        assert count_waiting(round_) == 1
        assert counters_hold(round_)
        assert subjects_to("Author") == ["We received your input"]
        (decision,) = list_decisions(points[0])
        assert (decision.decision, decision.decided_by) == (Decision.PUBLISH, staff.moderator.actor_id)
        acts = db.session.scalars(sa.select(LedgerEntry.act).where(LedgerEntry.actor_id == staff.moderator.actor_id))
        assert list(acts) == ["desk:comment:publish"]


def test_restricting_hides_a_point_and_tells_its_author_why(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        points = build.submit(round_, build.person("Author"), "One.", "Two.").comments
        publish([points[0]], staff.moderator)
        assert len(restrict(list(points), staff.moderator).done) == 2
        assert build.points_of(round_, PUBLIC) == []
        assert counters_hold(round_)
        assert subjects_to("Author")[1:] == ["A point of yours was restricted"]
        body = db.session.scalars(sa.select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first() or ""
        assert all(point.reference in body for point in points)
        assert "Hatred or threat" in body
        assert "It threatens somebody." in body
        assert "contact@example.org" in body
        assert "One." not in body
        assert [d.decision for d in list_decisions(points[0])] == [Decision.RESTRICT, Decision.PUBLISH]


def test_a_protected_author_is_not_sent_to_a_mailbox(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        restrict(
            list(build.submit(round_, author, "One.", setting=PublicationSetting.PSEUDONYM).comments), staff.moderator
        )
        body = db.session.scalars(sa.select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first() or ""
        assert "an e-mail shows who wrote it" in body
        assert "/en/safety" in body
        assert "contact@example.org" not in body


def test_a_lifted_restriction_is_told_and_the_history_stays(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        (point,) = build.submit(round_, build.person("Author"), "One.").comments
        restrict([point], staff.moderator)
        publish([point], staff.moderator)
        assert build.points_of(round_, PUBLIC) == [point]
        assert subjects_to("Author")[1:] == ["A point of yours was restricted", "A point of yours was published"]
        newest, oldest = list_decisions(point)
        assert (newest.decision, oldest.decision) == (Decision.PUBLISH, Decision.RESTRICT)
        assert oldest.public_reason == "It threatens somebody."
        assert counters_hold(round_)


def test_of_several_those_that_can_be_decided_on_are_and_the_others_are_named(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        new, old, gone = build.submit(round_, author, "New.", "Old.", "Gone.").comments
        (waits,) = build.submit(round_, build.person("Delegate"), "Waits.", **DELEGATION).comments
        publish([old], staff.moderator)
        withdraw_comment(gone, actor=author, now=utc_now())
        screened = publish([new, old, gone, waits], staff.moderator)
        assert list(screened.done) == [new]
        assert screened.reasons == [
            f"{old.reference}: It is published already.",
            f"{gone.reference}: Its author has withdrawn it.",
            f"{waits.reference}: It speaks for a government or an intergovernmental body. Record the credential first.",
        ]
        assert [len(list_decisions(point)) for point in (new, old, gone, waits)] == [1, 1, 0, 0]
        screened = restrict([new, gone], staff.moderator)
        assert list(screened.done) == [new]
        assert screened.reasons == [f"{gone.reference}: Its author has withdrawn it."]
        assert counters_hold(round_)


def test_nothing_is_decided_twice(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        (point,) = build.submit(round_, build.person("Author"), "One.").comments
        publish([point], staff.moderator)
        with pytest.raises(InvalidTransition, match="published already"):
            publish([point], staff.moderator)
        restrict([point], staff.moderator)
        with pytest.raises(InvalidTransition, match="restricted already"):
            restrict([point], staff.moderator)
        assert publish([], staff.moderator).done == []
        assert len(list_decisions(point)) == 2


def test_a_restriction_needs_its_public_reason(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        (point,) = build.submit(round_, build.person("Author"), "One.").comments
        with pytest.raises(BadInput) as refused:
            restrict([point], staff.moderator, public_reason="")
        assert refused.value.field == "public_reason"
        assert point.moderation_status is ModerationStatus.WAITING
        assert "off_topic" not in set(RestrictionReason)


def test_spam_closes_under_a_class_answer_and_opens_again_with_it(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        point, other = build.submit(round_, build.person("Author"), "Buy.", "Not spam.").comments
        publish([point, other], staff.moderator)
        write_response(
            [point], disposition=Disposition.NOTED, rationale="", text="", language="en", propose=False,
            actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        restrict([point], staff.moderator, RestrictionReason.SPAM)
        restrict([other], staff.moderator)
        assert point.response_status is ResponseStatus.CLOSED
        assert other.response_status is ResponseStatus.UNANSWERED
        assert exact_progress(round_).asked == 1
        assert counters_hold(round_)
        bodies = db.session.scalars(sa.select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).all()
        assert "answers them" in bodies[0]
        assert "no answer of their own" in bodies[1]
        publish([point], staff.moderator)
        assert point.response_status is ResponseStatus.UNANSWERED
        assert exact_progress(round_).asked == 2
        assert counters_hold(round_)


def test_an_answered_point_stays_answered_when_it_turns_out_to_be_spam(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "One.")
        (point,) = build.points_of(round_)
        restrict([point], staff.moderator, RestrictionReason.SPAM)
        assert point.response_status is ResponseStatus.SENT
        assert exact_progress(round_).answered == 1
        assert counters_hold(round_)


def test_input_of_states_is_restricted_with_their_agreement_only(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        state = build.submit(round_, build.person("Delegate"), "One.", **DELEGATION)
        body = build.submit(
            round_, build.person("Body"), "Two.",
            capacity=Capacity.ORGANISATION, constituencies=(Constituency.INTERGOVERNMENTAL,),
        )  # fmt: skip
        for submission in (state, body):
            record_credential(
                submission, kind=CredentialKind.NOTE_VERBALE, reference="NV 1", actor=staff.moderator, now=utc_now()
            )
        points = [*state.comments, *body.comments]
        for reason in RestrictionReason:
            with pytest.raises(BadInput) as refused:
                restrict(points, staff.moderator, reason)
            assert refused.value.field == "agreement"
        restrict(points, staff.moderator, agreement="Letter 7 of 2027")
        assert {list_decisions(point)[0].agreement for point in points} == {"Letter 7 of 2027"}


def test_a_false_name_needs_no_agreement_of_the_state_while_nothing_proves_it(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        one, two, three = build.submit(round_, build.person("Liar"), "One.", "Two.", "Three.", **DELEGATION).comments
        with pytest.raises(BadInput):
            restrict([one], staff.moderator, RestrictionReason.PERSONAL_DATA)
        restrict([one], staff.moderator, RestrictionReason.IMPERSONATION)
        restrict([two], staff.moderator, RestrictionReason.SPAM)
        assert [one.moderation_status, two.moderation_status] == [ModerationStatus.RESTRICTED] * 2
        with pytest.raises(InvalidTransition, match="credential"):
            publish([three], staff.moderator)


def test_official_input_is_published_once_its_credential_is_on_record(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        submission = build.submit(round_, build.person("Delegate"), "One.", **DELEGATION)
        assert submission.credential_status is CredentialStatus.AWAITED
        assert (count_awaited(round_), find_credential(submission.id)) == (1, None)
        assert page_of_awaited(round_, after=None, before=None).items == [submission]
        assert get_awaited(round_, code_of(submission)) is submission
        with pytest.raises(NotFound):
            get_awaited(round_, "0" * 16)
        with pytest.raises(BadInput) as refused:
            record_credential(submission, kind=CredentialKind.OTHER, reference="", actor=staff.manager, now=utc_now())
        assert refused.value.field == "reference"
        record_credential(
            submission, kind=CredentialKind.NOMINATION_LETTER, reference="Letter", actor=staff.manager, now=utc_now()
        )
        found = find_credential(submission.id)
        assert found is not None
        assert (found.kind, found.reference) == (CredentialKind.NOMINATION_LETTER, "Letter")
        assert submission.comments[0].moderation_status is ModerationStatus.WAITING
        assert subjects_to("Delegate")[1:] == ["Your credential is on record"]
        assert count_awaited(round_) == 0
        with pytest.raises(NotFound):
            get_awaited(round_, code_of(submission))
        with pytest.raises(InvalidTransition):
            record_credential(
                submission, kind=CredentialKind.OTHER, reference="Again", actor=staff.manager, now=utc_now()
            )
        publish(list(submission.comments), staff.moderator)
        assert len(build.points_of(round_, PUBLIC)) == 1


def test_a_withdrawn_submission_waits_for_no_credential(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Delegate")
        submission = build.submit(round_, author, "One.", **DELEGATION)
        withdraw_submission(submission, actor=author, now=utc_now())
        assert count_awaited(round_) == 0
        with pytest.raises(InvalidTransition):
            record_credential(
                submission, kind=CredentialKind.OTHER, reference="Late", actor=staff.manager, now=utc_now()
            )
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Credential)) == 0


def test_what_is_not_for_publication_is_read_and_stays_unpublished(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        hidden = build.submit(round_, author, "One.", setting=PublicationSetting.NOT_PUBLISHED)
        open_ = build.submit(round_, author, "Two.")
        publish([*hidden.comments, *open_.comments], staff.moderator)
        assert build.points_of(round_, PUBLIC) == list(open_.comments)
        assert counters_hold(round_)
        make_stricter(open_, PublicationSetting.NOT_PUBLISHED, pseudonym="", actor=author, now=utc_now())
        assert build.points_of(round_, PUBLIC) == []
        assert counters_hold(round_)
        assert isinstance(open_, Submission)
