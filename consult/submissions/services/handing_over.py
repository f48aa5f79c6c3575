"""Drafts begun without an account, and the account that has signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.accounts.enums import Constituency
from consult.accounts.models import Account
from consult.core.db import db
from consult.core.secrets import key_digest
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Comment, Submission, SubmissionConstituency, SubmissionIdentity
from consult.submissions.services.choosing import is_choice
from consult.submissions.services.files import move_files
from consult.submissions.services.quotations import copy_quotation


def prefill(draft: Submission, account: Account) -> None:
    """Copy the profile into a draft, for its author to check."""
    draft.capacity = account.capacity
    draft.language = account.locale
    draft.constituencies = [SubmissionConstituency(constituency=Constituency(c)) for c in account.constituencies]
    draft.identity = SubmissionIdentity(name=account.name, organisation=account.organisation, country=account.country)


def drafts_of_browser(keys: Sequence[str]) -> Sequence[Submission]:
    """The drafts without an account that a browser with these keys opens, in the order of their keys."""
    if not keys:
        return []
    return db.session.scalars(
        sa.select(Submission)
        .where(
            Submission.draft_key_digest.in_([key_digest(key) for key in keys]),
            Submission.account_id.is_(None),
            Submission.status == SubmissionStatus.DRAFT,
        )
        .order_by(Submission.id)
    ).all()


def claim_drafts(account: Account, keys: Sequence[str], *, now: datetime) -> int:
    """Hand the drafts begun in this browser to the account that has signed in; returns how many.

    Where the account has a draft in the same round, the points move into it, so that nothing is lost and there is
    still one draft.
    """
    found = drafts_of_browser(keys)
    for draft in found:
        take_over_draft(draft, account, now=now)
    return len(found)


def take_over_draft(draft: Submission, account: Account, *, now: datetime) -> Submission:
    """Let a draft without an account be that of an account, or its points go into the draft that the account has.

    A code that was made for it opens nothing any more.
    """
    mine = db.session.scalar(
        sa.select(Submission).where(
            Submission.round_id == draft.round_id,
            Submission.account_id == account.id,
            Submission.status == SubmissionStatus.DRAFT,
        )
    )
    if mine is None:
        draft.account_id, draft.draft_key_digest = account.id, None
        draft.claim_digest = draft.claim_checked_at = None
        if draft.capacity is None:
            prefill(draft, account)
    else:
        _merge(draft, mine, now)
    db.session.flush()
    return mine or draft


def _merge(draft: Submission, into: Submission, now: datetime) -> None:
    is_later = draft.saved >= into.saved
    known = {comment.key: comment for comment in into.comments}
    answers = {(comment.question_id, comment.option_id): comment for comment in into.comments if comment.question_id}
    for comment in list(draft.comments):
        if comment.key in known:  # written on after the sign-in had expired: one point, and its later words
            if is_later:
                _copy_words(comment, known[comment.key])
            continue
        answered = answers.get((comment.question_id, comment.option_id)) if comment.question_id is not None else None
        if answered is not None:
            if answered.text == comment.text:
                continue
            # kept as a point in general: two answers to one question would hide one
            comment.question_id = comment.option_id = None
        comment.submission_id = into.id
    _merge_choices(draft, into, is_later=is_later)
    setting = draft.publication_setting
    is_asked = draft.asked_for_protection
    is_chosen = setting is not None and is_choice(into, setting, asked_for_protection=is_asked)
    if into.publication_setting is None and is_chosen:
        into.publication_setting, into.pseudonym = setting, draft.pseudonym
        into.publication_delay, into.publish_on = draft.publication_delay, draft.publish_on
        into.asked_for_protection = is_asked
    into.begun_at = min(into.begun, draft.begun)
    into.saved_at = now
    db.session.flush()
    move_files(draft, into)
    db.session.expire(draft, ["comments", "choices"])
    db.session.expire(into, ["comments", "choices"])
    db.session.delete(draft)


def _merge_choices(draft: Submission, into: Submission, *, is_later: bool) -> None:
    """Move what was chosen; where both say something to one question, what was saved later holds, as a whole."""
    answered = {choice.question_id for choice in draft.choices}
    contested = answered & {choice.question_id for choice in into.choices}
    loser = into if is_later else draft
    for choice in [choice for choice in loser.choices if choice.question_id in contested]:
        loser.choices.remove(choice)
    db.session.flush()
    for choice in list(draft.choices):
        choice.submission_id = into.id


def _copy_words(later: Comment, into: Comment) -> None:
    into.comment_type, into.language, into.language_words = later.comment_type, later.language, later.language_words
    into.language_guess = later.language_guess
    into.text, into.proposed_change, into.nature = later.text, later.proposed_change, later.nature
    if later.paragraph_id == into.paragraph_id:
        copy_quotation(later, into)
