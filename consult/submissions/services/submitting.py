"""Submitting, withdrawing, making stricter: the acts on the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.accounts.queries import get_account
from consult.consultations.models import Round
from consult.core.changes import note_change
from consult.core.counters import count
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import random_reference
from consult.core.wake import want_worker
from consult.ledger.services import erase_salts, record
from consult.submissions import emails
from consult.submissions.enums import (
    ON_RECORD,
    CredentialStatus,
    PublicationSetting,
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import (
    Comment,
    PublicationChange,
    Submission,
)
from consult.submissions.queries import get_identity, tied_neighbours
from consult.submissions.services.drafting import list_gaps, require_open, setting_fits
from consult.submissions.services.transitions import (
    count_published,
    is_public,
    lock_comments,
    note_point,
    set_response_status,
)

# From open to closed: a setting may later only move to the right.
STRICTNESS = [
    PublicationSetting.NAMED,
    PublicationSetting.ORGANISATION_ONLY,
    PublicationSetting.PSEUDONYM,
    PublicationSetting.ANONYMOUS,
    PublicationSetting.NOT_PUBLISHED,
]


def submit_submission(submission: Submission, *, actor: Person, now: datetime) -> Submission:
    """Submit a draft: freeze it, give every point its reference, record it, and mail the receipt.

    A revision takes the place of the submission that it revises. Submitting twice is harmless: the second time finds
    it submitted and changes nothing.

    Raises:
        InvalidTransition: incomplete, withdrawn, or the round takes it no more.
    """
    hold_with_earlier(submission)
    if submission.status is SubmissionStatus.SUBMITTED:
        return submission
    require_open(submission, now)
    if list_gaps(submission):
        raise InvalidTransition(_("Something is still missing. The list of steps shows what."))
    submission.submitted_at = now
    submission.account_id, submission.draft_key_digest = actor.actor_id, None
    put_on_record(submission, act="account:submission:submit", actor=actor, now=now)
    return submission


def hold_with_earlier(submission: Submission) -> None:
    """Lock a submission, and the one that it revises, and read it afresh; in the order of their keys, as all do."""
    ids = [key for key in (submission.supersedes_id, submission.id) if key is not None]
    db.session.execute(sa.select(Submission.id).where(Submission.id.in_(ids)).order_by(Submission.id).with_for_update())
    db.session.refresh(submission, attribute_names=["status", "supersedes_id", "revision"])
    db.session.expire(submission, ["comments", "choices"])


def put_on_record(submission: Submission, *, act: str, actor: Actor, now: datetime) -> None:
    """Put a complete, locked draft on the record: references, counters, entries, receipt.

    Args:
        submission: with its author, and the moment that it was handed in.
        act: what the ledger calls it.
        actor: who does it: its author, or staff who accept it.
        now: when.
    """
    submission.status = SubmissionStatus.SUBMITTED
    if submission.is_official:
        submission.credential_status = CredentialStatus.AWAITED
    for comment in submission.comments:
        comment.language_guess = ""  # what a machine thought of it is no part of the record
    assign_references(submission.comments, submission.round)
    number = len(submission.comments)
    count(f"round:{submission.round_id}:submitted", number)
    count(f"round:{submission.round_id}:asked", number)
    db.session.flush()
    record(
        act,
        submission,
        actor=actor,
        now=now,
        content={
            "references": [comment.reference for comment in submission.comments],
            "capacity": submission.capacity,
            "constituencies": [row.constituency for row in submission.constituencies],
            "revision": submission.revision,
            "is_late": submission.is_late,
        },
    )
    for comment in submission.comments:
        record(
            act.replace(":submission:", ":comment:"), comment, actor=actor, now=now, content=comment_content(comment)
        )
    if submission.supersedes_id is not None:
        earlier = db.session.get_one(Submission, submission.supersedes_id)
        _supersede(earlier)
        record(f"{act.partition(':')[0]}:submission:supersede", earlier, actor=actor, now=now)
    if submission.account_id is not None:  # what came by another door has no account to write to
        emails.queue_receipt(submission, account=get_account(submission.account_id), now=now)


def _supersede(earlier: Submission) -> None:
    """Let the points of a submission stand on record and ask for no answer: its revision has taken their place."""
    comments = [comment for comment in lock_comments([row.id for row in earlier.comments]) if not comment.is_withdrawn]
    for comment in comments:
        if comment.response_status not in {ResponseStatus.SENT, ResponseStatus.CLOSED}:
            set_response_status(comment, ResponseStatus.CLOSED)
    note_change("comment", *[comment.id for comment in comments if is_public(comment)])
    db.session.flush()


def comment_content(comment: Comment) -> dict[str, str | None]:
    """What of a point the digests are over."""
    written = {
        name: words
        for name, words in (
            ("place_as_written", comment.place_as_written),
            ("language_words", comment.language_words),
        )
        if words
    }
    return {
        **written,
        "reference": comment.reference,
        "type": comment.comment_type,
        "text": comment.text,
        "proposed_change": comment.proposed_change,
        "language": comment.language,
    }


def assign_references(comments: Sequence[Comment], round_: Round) -> None:
    """Give each point a reference that no other has; random, so that it tells neither order nor time."""
    waiting = [comment for comment in comments if comment.reference is None]
    while waiting:
        proposed = {f"{round_.label}-{random_reference()}" for _ in waiting[:1000]}
        taken = set(db.session.scalars(sa.select(Comment.reference).where(Comment.reference.in_(proposed))))
        for reference in proposed - taken:
            waiting.pop().reference = reference


Erase = Callable[[Comment], None]
_erasers: list[Erase] = []


def register_eraser(erase: Erase) -> None:
    """Let a higher feature erase what it keeps of a point's words, in the transaction that withdraws the point."""
    if erase not in _erasers:
        _erasers.append(erase)


def withdraw_comment(comment: Comment, *, actor: Actor, now: datetime, how_wished: str = "") -> None:
    """Withdraw one point, no reason asked: its words and the salts of its digests go, its reference stays.

    With the last point, where no option was chosen either, the submission itself is withdrawn.

    Args:
        comment: a point on the record.
        actor: who withdraws it: its author, or staff at the wish of a respondent without an account.
        now: when.
        how_wished: how staff know of that wish; empty where the author withdraws. Only its digest is kept.

    Raises:
        InvalidTransition: not submitted, or withdrawn already.
    """
    submission = comment.submission
    _hold(submission)
    _withdraw(comment, actor, now, how_wished)
    if not submission.choices and all(row.is_withdrawn for row in submission.comments):
        _finish_withdrawal(submission, actor, now, how_wished)


def withdraw_submission(submission: Submission, *, actor: Actor, now: datetime, how_wished: str = "") -> None:
    """Withdraw everything of one submission: its points, what was chosen, and who spoke; as `withdraw_comment`.

    Raises:
        InvalidTransition: not submitted, or withdrawn already.
    """
    _hold(submission)
    for comment in submission.comments:
        if not comment.is_withdrawn:
            _withdraw(comment, actor, now, how_wished)
    _finish_withdrawal(submission, actor, now, how_wished)


def _hold(submission: Submission) -> None:
    db.session.refresh(
        submission,
        attribute_names=["status", "publication_setting", "comments", "choices"],
        with_for_update={"of": Submission},
    )
    if submission.status is not SubmissionStatus.SUBMITTED:
        raise InvalidTransition(_("This has been withdrawn already."))


def _withdraw(comment: Comment, actor: Actor, now: datetime, how_wished: str) -> None:
    # Read afresh: what a moderator or an approver did a moment ago decides which counters change.
    db.session.refresh(
        comment,
        attribute_names=["withdrawn_at", "moderation_status", "response_status"],
        with_for_update={"of": Comment},
    )
    if comment.reference is None or comment.is_withdrawn:
        raise InvalidTransition(_("This point has been withdrawn already."))
    if is_public(comment):
        count_published(comment, -1)
    count(f"round:{comment.round_id}:submitted", -1)
    if comment.response_status is not ResponseStatus.CLOSED and comment.submission.round.asks_for_answers:
        count(f"round:{comment.round_id}:asked", -1)
    if comment.response_status is ResponseStatus.SENT:
        count(f"round:{comment.round_id}:answered", -1)
    comment.text = comment.proposed_change = comment.place_as_written = comment.language_words = ""
    comment.withdrawn_at = now
    note_point(comment)
    erase_salts("comment", [comment.id])
    for erase in _erasers:
        erase(comment)
    want_worker()  # a release that shows the words is reissued at once
    db.session.flush()
    _record_withdrawal(comment, actor, now, how_wished)


def _finish_withdrawal(submission: Submission, actor: Actor, now: datetime, how_wished: str) -> None:
    told = tied_neighbours(submission)
    submission.status, submission.withdrawn_at = SubmissionStatus.WITHDRAWN, now
    submission.choices.clear()
    submission.constituencies.clear()
    submission.pseudonym = submission.how_permitted = submission.late_plea = ""
    identity = get_identity(submission)
    if identity is not None:
        db.session.delete(identity)
    erase_salts("submission", [submission.id])
    _release_drafted_revision(submission)
    _note_neighbours(told)
    db.session.flush()
    _record_withdrawal(submission, actor, now, how_wished)


def _record_withdrawal(row: Comment | Submission, actor: Actor, now: datetime, how_wished: str) -> None:
    act = f"{'desk' if how_wished else 'account'}:{row.__tablename__}:withdraw"
    record(act, row, actor=actor, now=now, content={"how_wished": how_wished} if how_wished else None)


def _release_drafted_revision(submission: Submission) -> None:
    """A revision that is still a draft becomes a draft of its own: there is nothing left that it could replace."""
    drafted = sa.select(Submission.id).where(
        Submission.supersedes_id == submission.id, Submission.status.not_in(ON_RECORD)
    )
    db.session.execute(sa.update(Comment).where(Comment.submission_id.in_(drafted)).values(supersedes_id=None))
    db.session.execute(
        sa.update(Submission)
        .where(Submission.supersedes_id == submission.id, Submission.status.not_in(ON_RECORD))
        .values(supersedes_id=None, revision=0)
    )


def _note_neighbours(told: Iterable[Submission]) -> None:
    """Note the points of submissions that were told of beside one, and are so no more.

    The others say nothing of it, and noted at the same moment they would.
    """
    for other in told:
        note_change("comment", *[comment.id for comment in other.comments if is_public(comment)])


def stricter_settings(submission: Submission) -> list[PublicationSetting]:
    """The settings that this submission may still move to."""
    present = submission.publication_setting
    if submission.status is not SubmissionStatus.SUBMITTED or present is None:
        return []
    return [s for s in STRICTNESS[STRICTNESS.index(present) + 1 :] if setting_fits(submission, s)]


def make_stricter(
    submission: Submission, setting: PublicationSetting, *, pseudonym: str, actor: Actor, now: datetime
) -> None:
    """Show the public less of who speaks than before; the first setting stays on record.

    Raises:
        InvalidTransition: not submitted.
        BadInput: not stricter than before, unfit for who speaks, or a pseudonym that is missing.
    """
    _hold(submission)
    before = submission.publication_setting
    if before is None:
        raise InvalidTransition(_("This has been withdrawn already."))
    if STRICTNESS.index(setting) <= STRICTNESS.index(before):
        raise BadInput(_("The setting can only become stricter."), "setting")
    if not setting_fits(submission, setting):
        raise BadInput(_("This choice does not fit who you speak for. Choose another one."), "setting")
    if setting is PublicationSetting.PSEUDONYM and not pseudonym:
        raise BadInput(_("Write the pseudonym that is to be shown."), "pseudonym")
    told = tied_neighbours(submission)
    public_before = [comment for comment in submission.comments if is_public(comment)]
    submission.publication_setting = setting
    submission.pseudonym = pseudonym if setting is PublicationSetting.PSEUDONYM else ""
    for comment in submission.comments:
        note_point(comment)
    for comment in public_before:
        if not is_public(comment):
            count_published(comment, -1)
    want_worker()  # a release that shows the words is reissued at once
    _note_neighbours(told)
    db.session.add(
        PublicationChange(submission_id=submission.id, setting_before=before, setting_after=setting, changed_at=now)
    )
    db.session.flush()
    record("account:submission:make_stricter", submission, actor=actor, now=now, content={"setting": setting})
