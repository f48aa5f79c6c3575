"""Striking a text for safety or law: two people, everything that follows, and who comes at the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.core.errors import BadInput, InvalidTransition
from consult.jobs import sweep
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.protection.enums import StrikeStatus
from consult.protection.models import Strike
from consult.protection.services import (
    confirm_strike,
    lapse_old_proposals,
    propose_strike,
    reject_strike,
    take_back_strike,
)
from consult.publication.enums import FileKind
from consult.publication.queries import is_outdated, makeup_of
from consult.publication.verifying import verify
from consult.submissions.enums import ModerationStatus, PublicationSetting, StrikeReason
from consult.submissions.models import Comment
from consult.submissions.queries import exact_public_progress, progress_of
from consult.submissions.services import withdraw_comment, withdraw_submission
from consult.texts.models import SearchText, Translation
from consult.texts.services import update_translations
from tests.integration.protection.conftest import WORDS, Case, make_case
from tests.integration.publication.releasing import built, bytes_of, rows_of, swept
from tests.support import build
from tests.support.browse import main_of
from tests.support.race import second_of_two

STRIKES = "/en/desk/minerals/protection/strikes"
WHY = "It says where somebody lives."


@pytest.fixture
def case(app: Flask) -> Case:
    return make_case(app, PublicationSetting.NAMED)


def propose(comment: Comment, who: Person, **options: Any) -> Strike:
    given = {"reason": StrikeReason.SAFETY, "order_reference": "", "words": WHY, **options}
    return propose_strike(comment, actor=who, now=utc_now(), **given)


def struck(case: Case, comment: Comment, **options: Any) -> None:
    confirm_strike(propose(comment, case.staff.protection, **options), actor=case.second, now=utc_now())
    db.session.flush()


def test_a_struck_point_is_erased_everywhere_and_leaves_a_tombstone(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.test_request_context("/en/"):
        comment = case.comments[0]
        reference, round_ = comment.reference or "", db.session.merge(case.round)
        update_translations(
            "comment", comment.id, language="fr", fields={"text": (WORDS, "La digue.")}, actor=case.staff.translator,
            now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        sweep()  # the API has told of it
        before = exact_public_progress(round_)
        struck(case, comment)
        db.session.commit()
        assert (comment.text, comment.struck_as, comment.is_withdrawn) == ("", StrikeReason.SAFETY, True)
        assert db.session.scalars(sa.select(Translation).where(Translation.subject_id == comment.id)).all() == []
        assert db.session.scalars(
            sa.select(SearchText.tokens).where(SearchText.subject == "comment", SearchText.subject_id == comment.id)
        ).all() == []  # fmt: skip
        kept = db.session.execute(
            sa.select(LedgerEntry.act, LedgerEntry.salt)
            .where(LedgerEntry.subject == "comment", LedgerEntry.subject_id == comment.id)
            .order_by(LedgerEntry.id)
        ).all()
        assert [act for act, salt in kept if salt] == ["desk:comment:strike"]
        after = exact_public_progress(round_)
        assert (after.asked, after.submitted) == (before.asked - 1, before.submitted - 1)
        mail = db.session.scalars(
            sa.select(OutgoingMail.body).where(OutgoingMail.recipient == "zofia@example.org").order_by(OutgoingMail.id)
        ).all()[-1]
        assert "For the safety of a person" in mail
        assert "contact@example.org" in mail
        assert reference not in mail
        sweep()
        assert progress_of([round_])[round_.id] == after
        key = case.submission.key
        day = utc_now()
        db.session.commit()
    gone = client.get(f"/en/consultations/minerals/comments/{reference}")
    assert gone.status_code == 410
    assert "for the safety of a person" in gone.text
    assert WORDS not in gone.text
    public = client.get("/api/v1/consultations/minerals/comments").json
    (item,) = [one for one in public["data"] if one["reference"] == reference]
    assert set(item) == {"status", "reference", "struck_as", "struck_on"}
    assert (item["status"], item["struck_as"]) == ("struck", "safety")
    assert abs((day.date() - day.fromisoformat(item["struck_on"]).date()).days) <= 1
    assert WORDS not in client.get("/en/feeds/minerals").text
    with app.app_context():
        build.sign_in(client, case.author)
    receipt = main_of(client.get(f"/en/take-part/minerals/receipt/{key}"))
    assert "for the safety of a person" in receipt
    assert "contact@example.org" in receipt
    withdraw = f"/en/take-part/minerals/receipt/{key}/withdraw"
    assert client.get(withdraw).status_code == 200
    assert build.post(client, withdraw).status_code == 302  # what is left can still be withdrawn
    assert "for the safety of a person" in client.get(f"/en/consultations/minerals/comments/{reference}").text


def test_protected_authors_are_not_sent_to_the_mailbox_of_the_desk(app: Flask, client: FlaskClient) -> None:
    """An e-mail would say who wrote what nobody may know the author of; and nothing more is promised of what is gone."""
    case = make_case(app, PublicationSetting.ANONYMOUS)
    with app.test_request_context("/en/"):
        struck(case, case.comments[0])
        restrict_comments(
            [case.comments[1]], reason=RestrictionReason.PERSONAL_DATA, public_reason="It names somebody.", agreement="",
            actor=case.staff.moderator, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        receipt = f"/en/take-part/minerals/receipt/{case.submission.key}"
        build.sign_in(client, case.author)
    page = main_of(client.get(f"{receipt}?words=show"))
    assert page.count("turn to the safety contact") == 2  # of the point that is struck, and of the one restricted
    assert "contact@example.org" not in page
    assert "The response is due" in page
    with app.test_request_context("/en/"):
        struck(case, case.comments[1])
        db.session.commit()
    page = main_of(client.get(receipt))
    assert "Nothing more is to come" in page
    assert "The response is due" not in page
    assert "Show my words" not in page


def test_a_release_is_issued_anew_and_its_old_manifest_verifies_every_other_row(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        second = build.person("Second", roles={staff.host: [role_of(staff)]})
        round_ = build.released_round(staff, "One to strike.", "One that stays.")
        release = built(round_, staff)
        manifest = bytes_of(release, FileKind.MANIFEST)
        comment, other = build.points_of(round_)
        digests = {row["reference"]: row["digest"] for row in json.loads(manifest)["rows"]}
        strike = propose(comment, staff.protection, reason=StrikeReason.LAW, order_reference="Court of A, 12/2027")
        confirm_strike(strike, actor=second, now=utc_now())
        assert is_outdated(release)
        assert swept()["reissue_outdated_releases"] == 1
        found = verify(manifest, bytes_of(release, FileKind.JSON))
        assert (found.unchanged, found.changed) == ([other.reference], [comment.reference])
        row = next(row for row in rows_of(release) if row["reference"] == comment.reference)
        assert {name for name, value in row.items() if value not in ("", {})} == {
            "ordinal", "reference", "shown", "struck_as", "struck_on", "salt",
        }  # fmt: skip
        assert (row["shown"], row["struck_as"]) == ("struck", "law")
        assert row["salt"] not in manifest.decode()
        assert digests[comment.reference] not in bytes_of(release, FileKind.MANIFEST).decode()
        for kind in FileKind:
            content = bytes_of(release, kind).decode()
            assert "One to strike." not in content
            assert "Court of A" not in content
        makeup = makeup_of(release)
        assert (makeup.struck, makeup.withdrawn, makeup.answered) == (1, 0, 1)
        page = app.test_client().get("/en/consultations/minerals/response-log/1").text
        assert "by order of a court, or under the law" in page
        assert "1 point was struck" in page
        assert not is_outdated(release)


def role_of(staff: build.Desk) -> Any:
    """The role of its protection officer."""
    return next(iter(staff.protection.staff_roles[staff.host.id]))


def test_two_people_decide_and_the_proposer_is_not_one_of_them_alone(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        comment, other = case.comments
        strike = propose(comment, case.staff.protection)
        with pytest.raises(InvalidTransition):
            propose(comment, case.second)
        for act in (confirm_strike, reject_strike):
            with pytest.raises(InvalidTransition):
                act(strike, actor=case.staff.protection, now=utc_now(), words=WHY)
        with pytest.raises(InvalidTransition):
            take_back_strike(strike, actor=case.second, now=utc_now())
        with pytest.raises(BadInput):
            reject_strike(strike, actor=case.second, now=utc_now(), words="")
        reject_strike(strike, actor=case.second, now=utc_now(), words="Nobody is named.")
        assert (strike.status, comment.text) == (StrikeStatus.REJECTED, WORDS)
        with pytest.raises(InvalidTransition):
            confirm_strike(strike, actor=case.second, now=utc_now())
        again = propose(comment, case.second)
        take_back_strike(again, actor=case.second, now=utc_now())
        confirm_strike(propose(comment, case.second), actor=case.staff.protection, now=utc_now())
        with pytest.raises(InvalidTransition):
            propose(comment, case.second)
        for given in ({"words": ""}, {"reason": StrikeReason.LAW}):
            with pytest.raises(BadInput):
                propose(other, case.second, **given)


def test_input_of_a_state_is_struck_with_its_agreement_or_an_order_alone(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        delegate = build.person("Delegate")
        official = build.submit(
            db.session.merge(case.round), delegate, "For a State.", capacity=Capacity.STATE_DELEGATION
        ).comments[0]
        with pytest.raises(BadInput):
            propose(official, case.second)
        propose(official, case.second, order_reference="Agreement 7/2027")


def test_words_are_hidden_at_once_and_public_again_where_nobody_decides_in_time(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        comment, other = case.comments
        hidden = propose(comment, case.staff.protection, public_reason="Somebody may be in danger.")
        assert comment.moderation_status is ModerationStatus.RESTRICTED
        taken = propose(other, case.staff.protection, public_reason="Somebody may be in danger.")
        take_back_strike(taken, actor=case.staff.protection, now=utc_now())
        assert other.moderation_status is ModerationStatus.PUBLISHED
        db.session.commit()
        assert sweep()["lapse_proposals"] == 0
        with unit_of_work():
            assert lapse_old_proposals(now=utc_now() + timedelta(days=8)) == 1
        assert hidden.status is StrikeStatus.LAPSED
        assert comment.moderation_status is ModerationStatus.PUBLISHED
        assert comment.text == WORDS


def test_a_withdrawal_ends_a_proposal_and_erases_its_words(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        earlier = propose(case.comments[0], case.staff.protection)
        reject_strike(earlier, words=WHY, actor=case.second, now=utc_now())
        strike = propose(case.comments[0], case.staff.protection)
        elsewhere = propose(case.comments[1], case.staff.protection)
        withdraw_comment(case.comments[0], actor=case.author, now=utc_now())
        db.session.commit()
        assert (strike.status, strike.words) == (StrikeStatus.WITHDRAWN, "")
        assert (earlier.status, earlier.words, earlier.settled_words) == (StrikeStatus.REJECTED, "", "")
        assert elsewhere.words == WHY
        with pytest.raises(InvalidTransition):
            confirm_strike(strike, actor=case.second, now=utc_now())


def the_strike() -> Strike:
    return db.session.scalars(sa.select(Strike)).one()


@pytest.mark.parametrize("race", ["two confirm", "confirm and withdraw", "withdraw and confirm", "take back"])
def test_of_two_at_once_one_wins_and_the_counters_agree(app: Flask, case: Case, race: str) -> None:
    with app.test_request_context("/en/"):
        propose(case.comments[0], case.staff.protection)
        third = build.person("Third", roles={case.staff.host: [role_of(case.staff)]})
        db.session.commit()

    def confirm() -> None:
        confirm_strike(the_strike(), actor=case.second, now=utc_now())

    def withdraw() -> None:
        withdraw_submission(case.submission, actor=case.author, now=utc_now())

    def take_back() -> None:
        take_back_strike(the_strike(), actor=case.staff.protection, now=utc_now())

    acts: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "two confirm": (confirm, lambda: confirm_strike(the_strike(), actor=third, now=utc_now())),
        "confirm and withdraw": (confirm, withdraw),
        "withdraw and confirm": (withdraw, confirm),
        "take back": (take_back, confirm),
    }
    problem = second_of_two(app, *acts[race])
    assert isinstance(problem, InvalidTransition) or (race == "confirm and withdraw" and problem is None), problem
    with app.app_context():
        sweep()
        round_ = db.session.merge(case.round)
        assert progress_of([round_])[round_.id] == exact_public_progress(round_)
        comment = case.comments[0]
        assert comment.is_struck == (race in {"two confirm", "confirm and withdraw"})
        assert comment.is_withdrawn == (race != "take back")


def test_officers_propose_and_decide_on_their_pages(app: Flask, client: FlaskClient, case: Case) -> None:
    page = f"{STRIKES}/{case.references[0]}"
    with app.app_context():
        build.sign_in(client, case.staff.protection)
    found = client.get(STRIKES, query_string={"reference": case.references[0].lower()})
    assert found.location.endswith(page)
    shown = client.get(page).text
    assert WORDS in shown
    assert "for up to 7 days, a text that is public stays public" in shown
    typed = {"reason": "safety", "why": WHY, "hide": "y"}
    refused = build.post(client, f"{page}/propose", typed)
    assert refused.status_code == 422
    assert WHY in refused.text
    assert build.post(client, f"{page}/propose", {**typed, "public_reason": "Danger."}).status_code == 302
    assert WORDS not in client.get(f"/en/consultations/minerals/comments/{case.references[0]}").text
    assert "Take the proposal back" in client.get(page).text
    with app.app_context():
        assert db.session.scalars(
            sa.select(OutgoingMail.subject).where(OutgoingMail.recipient == case.second.account.email)
        ).all() == ["A text is proposed to be struck"]
        waiting = str(the_strike().id)
        build.sign_in(client, case.second)
    assert "1 text waits to be struck or kept" in client.get("/en/desk").text
    assert build.post(client, f"{page}/decide", {"decision": "reject", "strike": waiting}).status_code == 422
    assert build.post(client, f"{page}/decide", {"decision": "confirm", "strike": "999"}).status_code == 422
    assert build.post(client, f"{page}/decide", {"decision": "confirm", "strike": waiting}).status_code == 302
    assert "Struck on" in client.get(page).text
    assert build.post(client, f"{page}/take-back").status_code == 409
    with app.app_context():
        build.sign_in(client, case.staff.responder)
    assert "Struck on" in client.get(f"/en/desk/minerals/queue/{case.references[0]}").text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_list_costs_the_same_whatever_its_length(app: Flask, client: FlaskClient, case: Case, number: int) -> None:
    with app.test_request_context("/en/"):
        comment = case.comments[1]
        rows = [
            {
                "comment_id": comment.id, "reason": "safety", "order_reference": "", "words": WHY, "status": "lapsed",
                "proposed_by": case.second.actor_id, "proposed_at": utc_now(), "settled_at": utc_now(),
                "settled_words": "",
            }
            for _ in range(number)
        ]  # fmt: skip
        db.session.execute(sa.insert(Strike.__table__), rows)
        db.session.commit()
        build.sign_in(client, case.second)
    with build.count_queries(app) as queries:
        page = client.get(STRIKES)
    assert (
        len(queries) == 7
    )  # who asks (2), the round, the page, their constituencies, contests for the menu, how many officers
    assert page.text.count(comment.reference or "") >= min(number, 25)


@pytest.mark.parametrize("end", [StrikeStatus.REJECTED, StrikeStatus.LAPSED, StrikeStatus.TAKEN_BACK])
def test_one_officer_hides_a_point_once(app: Flask, client: FlaskClient, case: Case, end: StrikeStatus) -> None:
    with app.test_request_context("/en/"):
        comment, other = case.comments
        first = propose(comment, case.staff.protection, public_reason="Hidden.")
        assert comment.moderation_status is ModerationStatus.RESTRICTED
        if end is StrikeStatus.REJECTED:
            reject_strike(first, actor=case.second, now=utc_now(), words="No.")
        elif end is StrikeStatus.LAPSED:
            lapse_old_proposals(now=utc_now() + timedelta(days=8))
        else:
            take_back_strike(first, actor=case.staff.protection, now=utc_now())
        assert (first.status, comment.moderation_status) == (end, ModerationStatus.PUBLISHED)
        db.session.commit()
        build.sign_in(client, case.staff.protection)
        url = f"{STRIKES}/{comment.reference}"
        assert 'name="hide"' not in client.get(url).text
        assert 'name="hide"' in client.get(f"{STRIKES}/{other.reference}").text
        db.session.rollback()
        again = propose(comment, case.staff.protection, public_reason="Hidden again.")
        assert comment.moderation_status is ModerationStatus.PUBLISHED  # it waits, and hides nothing
        take_back_strike(again, actor=case.staff.protection, now=utc_now())
        propose(comment, case.second, public_reason="Hidden by another.")
        assert comment.moderation_status is ModerationStatus.RESTRICTED
