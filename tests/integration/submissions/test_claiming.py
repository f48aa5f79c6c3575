"""Drafts begun in a browser become the account's: nothing is lost, nothing doubled."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from consult.accounts.actors import Visitor
from consult.accounts.enums import Capacity
from consult.consultations.models import Question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.models import Choice, Comment, Submission
from consult.submissions.queries import find_draft, get_identity
from consult.submissions.services import begin_draft, claim_drafts, save_answer, save_comment, update_publication
from tests.integration.submissions.conftest import Opened
from tests.support import build


def begun_by_a_visitor(opened: Opened) -> tuple[Submission, str]:
    draft, key = begin_draft(opened.round(), actor=Visitor(), now=utc_now())
    assert key
    return draft, key


def say(draft: Submission, text: str, key: str | None = None) -> Comment:
    return save_comment(
        draft, None, paragraph=None, question=None, comment_type=CommentType.GENERAL, text=text, proposed_change="",
        language="en", now=utc_now(), key=key,
    )  # fmt: skip


def answer(opened: Opened, draft: Submission, text: str, place: int) -> None:
    words, choice = db.session.get_one(Question, opened.words), db.session.get_one(Question, opened.choice)
    save_answer(draft, words, text=text, language="en", now=utc_now())
    save_answer(draft, choice, chosen={choice.options[place].id: None}, language="en", now=utc_now())


def test_a_draft_becomes_the_accounts_and_its_key_opens_it_no_more(app: Flask, opened: Opened) -> None:
    with app.app_context():
        who = build.person("Rosa")
        who.account.capacity = Capacity.INDIVIDUAL
        draft, key = begun_by_a_visitor(opened)
        say(draft, "One.")
        assert claim_drafts(who.account, [key], now=utc_now()) == 1
        assert find_draft(opened.round(), who) is draft
        assert find_draft(opened.round(), Visitor(draft_keys=[key])) is None
        identity = get_identity(draft)
        assert identity is not None
        assert identity.name == "Rosa"
        assert draft.capacity is Capacity.INDIVIDUAL
        assert claim_drafts(who.account, [key, "wrong"], now=utc_now()) == 0
        assert claim_drafts(who.account, [], now=utc_now()) == 0


def test_a_draft_of_somebody_else_is_not_claimed(app: Flask, opened: Opened) -> None:
    with app.app_context():
        one, other = build.person("Rosa"), build.person("Mallory")
        draft, key = begun_by_a_visitor(opened)
        claim_drafts(one.account, [key], now=utc_now())
        assert claim_drafts(other.account, [key], now=utc_now()) == 0
        assert draft.account_id == one.account.id


def test_two_drafts_of_a_round_are_merged(app: Flask, opened: Opened) -> None:
    with app.app_context():
        who = build.person("Rosa")
        mine = build.draft(opened.round(), who, "On the account.")
        answer(opened, mine, "The price.", 0)
        draft, key = begun_by_a_visitor(opened)
        say(draft, "In the browser.")
        answer(opened, draft, "The distance.", 1)
        update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=utc_now())
        draft.begun_at = utc_now() - timedelta(days=3)
        assert claim_drafts(who.account, [key], now=utc_now()) == 1
        db.session.commit()
    with app.app_context():
        (left,) = db.session.query(Submission).all()
        assert left.begun_at < utc_now() - timedelta(days=2)
        assert left.publication_setting is PublicationSetting.ANONYMOUS
        words = {(row.text, row.question_id is not None) for row in left.comments}
        # Of two answers to one question the second is kept as a point in general: nobody else can tell which was meant.
        assert words == {
            ("On the account.", False), ("In the browser.", False), ("The price.", True), ("The distance.", False),
        }  # fmt: skip
        (choice,) = db.session.query(Choice).all()
        assert choice.option.text == "Do not support"  # chosen later


def test_the_same_answer_and_the_same_point_are_there_once(app: Flask, opened: Opened) -> None:
    with app.app_context():
        who = build.person("Rosa")
        mine = build.draft(opened.round(), who)
        point = say(mine, "First words.")
        answer(opened, mine, "The price.", 0)
        draft, key = begun_by_a_visitor(opened)
        say(draft, "Later words.", key=point.key)
        answer(opened, draft, "The price.", 0)
        claim_drafts(who.account, [key], now=utc_now())
        db.session.commit()
    assert sorted(opened.comments()) == [("Later words.", ""), ("The price.", "")]
    assert opened.count() == 1


def test_drafts_are_claimed_when_somebody_signed_in_writes_on(app: Flask, opened: Opened) -> None:
    """Such as in a second tab, where the sign-in happened in the first."""
    with app.app_context():
        draft, key = begun_by_a_visitor(opened)
        say(draft, "One.")
        who = build.person("Rosa")
        person = build.Person(who.account, draft_keys=[key])
        found, secret = begin_draft(opened.round(), actor=person, now=utc_now())
        assert (found, secret) == (draft, None)
