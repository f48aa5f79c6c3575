"""Drafting: points, answers, who speaks, what the public will see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.accounts.models import Account
from consult.consultations.models import Question, QuestionOption, Round
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest, new_key
from consult.documents.models import Paragraph
from consult.submissions.enums import (
    CommentType,
    PublicationSetting,
    SubmissionStatus,
)
from consult.submissions.models import (
    Choice,
    Comment,
    Submission,
    SubmissionConstituency,
    SubmissionIdentity,
)
from consult.submissions.queries import find_draft, get_identity

MAX_POINTS = 500


def begin_draft(round_: Round, *, actor: Actor, now: datetime) -> tuple[Submission, str | None]:
    """The actor's draft in a round, begun if there is none; and its key, when somebody not signed in begins one.

    Raises:
        InvalidTransition: the round does not take input now.
    """
    draft = find_draft(round_, actor)
    if draft is not None:
        require_open(draft, now)
        return draft, None
    if not round_.is_open(now):
        raise InvalidTransition(_("This round is closed, so it takes no new points."))
    key = None if actor.actor_id is not None else new_key()
    draft = Submission(
        key=new_key()[:22],
        round=round_,
        account_id=actor.actor_id,
        draft_key_digest=key_digest(key) if key else None,
        pseudonym="",
        begun_at=now,
        saved_at=now,
    )
    if isinstance(actor, Person):
        _prefill(draft, actor.account)
    db.session.add(draft)
    db.session.flush()
    return draft, key


def _prefill(draft: Submission, account: Account) -> None:
    """Copy the profile into a draft, for its author to check."""
    draft.capacity = account.capacity
    draft.language = account.locale
    draft.constituencies = [SubmissionConstituency(constituency=Constituency(c)) for c in account.constituencies]
    draft.identity = SubmissionIdentity(name=account.name, organisation=account.organisation, country=account.country)


def require_open(submission: Submission, now: datetime) -> None:
    """Refuse changes to what is submitted, or to a draft that its round takes no more.

    Raises:
        InvalidTransition: with the sentence for its author.
    """
    if submission.status is not SubmissionStatus.DRAFT:
        raise InvalidTransition(_("This has been submitted already, so it no longer changes."))
    if not submission.round.takes_draft_begun_at(submission.begun_at, now):
        raise InvalidTransition(_("This round has closed. Your draft is kept, but can no longer be submitted."))


def save_comment(
    submission: Submission,
    comment: Comment | None,
    *,
    paragraph: Paragraph | None,
    question: Question | None,
    comment_type: CommentType,
    text: str,
    proposed_change: str,
    language: str,
    now: datetime,
) -> Comment:
    """Add a point to a draft, or change one.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
        BadInput: no words at all, or too many points.
    """
    require_open(submission, now)
    if not text and not proposed_change:
        raise BadInput(_("Write your point, or the change that you propose."), "text")
    if comment is None:
        if len(submission.comments) >= MAX_POINTS:
            raise BadInput(
                _("A draft holds at most %(count)s points. Submit these, then begin another.", count=MAX_POINTS)
            )
        comment = Comment(round_id=submission.round_id)
        submission.comments.append(comment)
    comment.paragraph, comment.question = paragraph, question
    comment.comment_type, comment.text, comment.proposed_change = comment_type, text, proposed_change
    comment.language = language
    submission.saved_at = now
    db.session.flush()
    return comment


def delete_comment(submission: Submission, comment: Comment, *, now: datetime) -> None:
    """Remove a point from a draft."""
    require_open(submission, now)
    submission.comments.remove(comment)
    submission.saved_at = now
    db.session.flush()


def save_answer(
    submission: Submission,
    question: Question,
    *,
    option: QuestionOption | None,
    text: str,
    language: str,
    now: datetime,
) -> None:
    """Keep the answer to a question: the chosen option, and words as a point of their own; empty ones are removed."""
    require_open(submission, now)
    chosen = next((row for row in submission.choices if row.question_id == question.id), None)
    if option is None:
        if chosen is not None:
            submission.choices.remove(chosen)
    elif chosen is None:
        submission.choices.append(Choice(question_id=question.id, option=option))
    else:
        chosen.option = option
    words = next((row for row in submission.comments if row.question_id == question.id), None)
    if text:
        save_comment(
            submission, words, paragraph=None, question=question, comment_type=CommentType.GENERAL,
            text=text, proposed_change="", language=language, now=now,
        )  # fmt: skip
    elif words is not None:
        submission.comments.remove(words)
    submission.saved_at = now
    db.session.flush()


def update_speaker(
    submission: Submission,
    *,
    name: str,
    capacity: Capacity,
    constituencies: Sequence[Constituency],
    organisation: str,
    country: str | None,
    language: str,
    now: datetime,
) -> None:
    """Say who speaks in a draft, and in what capacity.

    Raises:
        BadInput: an organisation or delegation without its name.
    """
    require_open(submission, now)
    if capacity is not Capacity.INDIVIDUAL and not organisation:
        raise BadInput(_("Write the name of the organisation, community or State that you speak for."), "organisation")
    submission.capacity, submission.language = capacity, language
    wanted = list(dict.fromkeys(constituencies))
    submission.constituencies = [row for row in submission.constituencies if row.constituency in wanted]
    present = {row.constituency for row in submission.constituencies}
    submission.constituencies += [SubmissionConstituency(constituency=c) for c in wanted if c not in present]
    identity = get_identity(submission)
    if identity is None:
        identity = SubmissionIdentity(submission_id=submission.id, name=name)
        db.session.add(identity)
    identity.name, identity.organisation, identity.country = name, organisation, country
    if submission.publication_setting is not None and not setting_fits(submission, submission.publication_setting):
        submission.publication_setting = None
    submission.saved_at = now
    db.session.flush()


def setting_fits(submission: Submission, setting: PublicationSetting) -> bool:
    """Whether a publication setting can be chosen by whoever speaks.

    Input in an official name needs a credential, which nobody can check behind a protected setting; and there is
    no "organisation only" without an organisation.
    """
    if submission.is_official and setting.is_protected:
        return False
    return not (setting is PublicationSetting.ORGANISATION_ONLY and submission.capacity is Capacity.INDIVIDUAL)


def update_publication(submission: Submission, setting: PublicationSetting, *, pseudonym: str, now: datetime) -> None:
    """Choose what the public will see of who speaks.

    Raises:
        BadInput: a setting that does not fit who speaks, or a pseudonym that is missing.
    """
    require_open(submission, now)
    if not setting_fits(submission, setting):
        raise BadInput(_("This choice does not fit who you speak for. Choose another one."), "setting")
    if setting is PublicationSetting.PSEUDONYM and not pseudonym:
        raise BadInput(_("Write the pseudonym that is to be shown."), "pseudonym")
    submission.publication_setting = setting
    submission.pseudonym = pseudonym if setting is PublicationSetting.PSEUDONYM else ""
    submission.saved_at = now
    db.session.flush()


def claim_drafts(account: Account, keys: Sequence[str], *, now: datetime) -> int:
    """Hand the drafts begun in this browser to the account that has signed in; returns how many.

    Where the account has a draft in the same round, the points move into it, so that nothing is lost and there is
    still one draft.
    """
    if not keys:
        return 0
    found = db.session.scalars(
        sa.select(Submission)
        .where(
            Submission.draft_key_digest.in_([key_digest(key) for key in keys]),
            Submission.account_id.is_(None),
            Submission.status == SubmissionStatus.DRAFT,
        )
        .order_by(Submission.id)
    ).all()
    for draft in found:
        mine = db.session.scalar(
            sa.select(Submission).where(
                Submission.round_id == draft.round_id,
                Submission.account_id == account.id,
                Submission.status == SubmissionStatus.DRAFT,
            )
        )
        if mine is None:
            draft.account_id, draft.draft_key_digest = account.id, None
            if draft.capacity is None:
                _prefill(draft, account)
        else:
            _merge(draft, mine, now)
        db.session.flush()
    return len(found)


def _merge(draft: Submission, into: Submission, now: datetime) -> None:
    for comment in list(draft.comments):
        answered = comment.question_id and any(c.question_id == comment.question_id for c in into.comments)
        if answered:
            comment.question_id = None  # kept as a point in general: two answers to one question would hide one
        comment.submission_id = into.id
    for choice in list(draft.choices):
        if not any(c.question_id == choice.question_id for c in into.choices):
            choice.submission_id = into.id
    into.begun_at = min(into.begun_at, draft.begun_at)
    into.saved_at = now
    db.session.flush()
    db.session.expire(draft, ["comments", "choices"])
    db.session.expire(into, ["comments", "choices"])
    db.session.delete(draft)


def list_gaps(submission: Submission) -> list[str]:
    """What keeps a draft from being submitted: `points`, `about`, `who_sees_what`; empty when nothing does."""
    gaps = []
    if not submission.comments and not submission.choices:
        gaps.append("points")
    identity = get_identity(submission)
    if submission.capacity is None or identity is None or not identity.name or not submission.language:
        gaps.append("about")
    if submission.publication_setting is None:
        gaps.append("who_sees_what")
    return gaps


def forget_expired_drafts(before: datetime) -> int:
    """Delete drafts of people who never signed in, last saved before that moment: no browser holds their key any more."""
    expired = db.session.scalars(
        sa.select(Submission).where(
            Submission.status == SubmissionStatus.DRAFT, Submission.account_id.is_(None), Submission.saved_at < before
        )
    ).all()
    for draft in expired:
        db.session.delete(draft)
    db.session.flush()
    return len(expired)
