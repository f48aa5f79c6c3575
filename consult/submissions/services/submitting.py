"""Submitting, withdrawing, making stricter: the acts on the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import Visitor
from consult.accounts.queries import get_account, lock_account
from consult.consultations.models import Round
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import random_reference
from consult.core.wake import want_worker
from consult.ledger.services import erase_salts, record
from consult.secretariats.standing import end_protection
from consult.submissions import emails
from consult.submissions.enums import (
    ON_RECORD,
    CredentialStatus,
    PublicationSetting,
    SubmissionStatus,
)
from consult.submissions.models import (
    Comment,
    PublicationChange,
    Submission,
)
from consult.submissions.queries import get_identity, tied_neighbours
from consult.submissions.services.choosing import require_choice, setting_fits
from consult.submissions.services.claiming import forget_code
from consult.submissions.services.drafting import list_gaps, require_open
from consult.submissions.services.files import digests_of, forget_files_of, keep_files_private
from consult.submissions.services.holding import count_handed_in, handed_in_at, must_be_held
from consult.submissions.services.taking_out import take_out_words
from consult.submissions.services.transitions import (
    count_published,
    is_public,
    lock_comments,
    note_point,
    supersede,
)

# From open to closed: a setting may later only move to the right.
STRICTNESS = [
    PublicationSetting.NAMED,
    PublicationSetting.ORGANISATION_ONLY,
    PublicationSetting.PSEUDONYM,
    PublicationSetting.ANONYMOUS,
    PublicationSetting.AGGREGATE,
    PublicationSetting.NOT_PUBLISHED,
]


def submit_submission(submission: Submission, *, actor: Actor, now: datetime) -> Submission:
    """Submit a draft: freeze it, give every point its reference, record it, and mail the receipt.

    Of somebody without an account it keeps the digest of the code that they have shown to have, and nothing else: the
    key of the browser that it was written in opens it no more.

    A revision takes the place of the submission that it revises. Submitting twice is harmless: the second time finds
    it submitted and changes nothing.

    Raises:
        InvalidTransition: incomplete, withdrawn, or the round takes it no more.
    """
    lock_with_earlier(submission)
    if submission.status is SubmissionStatus.SUBMITTED:
        return submission
    require_open(submission, now)
    if actor.actor_id is not None:
        submission.account_id, submission.claim_digest, submission.claim_checked_at = actor.actor_id, None, None
    if list_gaps(submission):
        raise InvalidTransition(_("Something is still missing. The list of steps shows what."))
    submission.submitted_at, submission.draft_key_digest = handed_in_at(submission, now), None
    author = actor if actor.actor_id is not None else Visitor(claimed_id=submission.id)
    put_on_record(submission, act="account:submission:submit", actor=author, now=now)
    return submission


CODE = ("claim_digest", "claim_checked_at")


def lock_with_earlier(submission: Submission) -> None:
    """Lock a submission, and the one that it revises, and read it afresh; in the order of their keys, as all do."""
    ids = [key for key in (submission.supersedes_id, submission.id) if key is not None]
    db.session.execute(sa.select(Submission.id).where(Submission.id.in_(ids)).order_by(Submission.id).with_for_update())
    db.session.refresh(submission, attribute_names=["status", "supersedes_id", "revision", *CODE])
    db.session.expire(submission, ["comments", "choices"])


def put_on_record(submission: Submission, *, act: str, actor: Actor, now: datetime) -> None:
    """Put a complete, locked draft on the record: references, counters, entries, receipt.

    Args:
        submission: with its author, and the moment that it was handed in.
        act: what the ledger calls it.
        actor: who does it: its author, or staff who accept it.
        now: when.
    """
    if submission.is_protected:
        submission.begun_at = submission.saved_at = None
    submission.status, submission.is_held = SubmissionStatus.SUBMITTED, must_be_held(submission, now)
    if submission.is_official:
        submission.credential_status = CredentialStatus.AWAITED
        if submission.account_id is not None:  # who speaks for a State sees no identities any more
            lock_account(submission.account_id)
            end_protection(submission.account_id, actor=actor, now=now)
    for comment in submission.comments:
        comment.language_guess = ""  # what a machine thought of it is no part of the record
    assign_references(submission.comments, submission.round)
    if not submission.is_held:
        asking = [comment for comment in submission.comments if comment.asks_for_answer]
        count_handed_in(submission.round, len(submission.comments), len(asking))
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
            **({"files": digests} if (digests := digests_of(submission)) else {}),
        },
    )
    for comment in submission.comments:
        record(
            act.replace(":submission:", ":comment:"), comment, actor=actor, now=now, content=comment_content(comment)
        )
    if submission.supersedes_id is not None:
        earlier = db.session.get_one(Submission, submission.supersedes_id, populate_existing=True)
        # What everybody reads says that it is superseded once everybody can read what supersedes it.
        if earlier.is_held or not submission.is_held:
            note_change("comment", *supersede(earlier))
            record(f"{act.partition(':')[0]}:submission:supersede", earlier, actor=actor, now=now)
    if submission.account_id is not None:  # what came by another door has no account to write to
        emails.queue_receipt(submission, account=get_account(submission.account_id), now=now)


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
    if comment.quotation is not None:
        quote = comment.quotation
        written |= {"quote": quote.exact, "quote_prefix": quote.prefix, "quote_suffix": quote.suffix}
    if comment.nature.is_of_state:  # not of points: what earlier entries are over stays as it was
        written["nature"] = comment.nature
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
    _lock_submitted(submission)
    _withdraw(comment, actor, now, how_wished)
    if not submission.choices and all(row.is_withdrawn for row in submission.comments):
        _finish_withdrawal(submission, actor, now, how_wished)


def withdraw_submission(submission: Submission, *, actor: Actor, now: datetime, how_wished: str = "") -> None:
    """Withdraw everything of one submission: its points, what was chosen, and who spoke; as `withdraw_comment`.

    Raises:
        InvalidTransition: not submitted, or withdrawn already.
    """
    _lock_submitted(submission)
    for comment in lock_comments([row.id for row in submission.comments]):  # one may have been struck a moment ago
        if not comment.is_withdrawn:
            _withdraw(comment, actor, now, how_wished)
    _finish_withdrawal(submission, actor, now, how_wished)


def _lock_submitted(submission: Submission) -> None:
    """Lock a submission and read it afresh, so that of two who withdraw it, or change its setting, the second waits.

    Raises:
        InvalidTransition: it is not on the record, or no more.
    """
    db.session.refresh(
        submission,
        attribute_names=["status", "publication_setting", "is_held", "comments", "choices"],
        with_for_update={"of": Submission},
    )
    if submission.status is not SubmissionStatus.SUBMITTED:
        raise InvalidTransition(_("This has been withdrawn already."))


def _withdraw(comment: Comment, actor: Actor, now: datetime, how_wished: str) -> None:
    # Read afresh: what a moderator or an approver did a moment ago decides which counters change.
    db.session.refresh(
        comment,
        attribute_names=["withdrawn_at", "moderation_status", "response_status", "is_held"],
        with_for_update={"of": Comment},
    )
    if comment.reference is None or comment.is_withdrawn:
        raise InvalidTransition(_("This point has been withdrawn already."))
    take_out_words(comment, now=now)
    _record_withdrawal(comment, actor, now, how_wished)


def _finish_withdrawal(submission: Submission, actor: Actor, now: datetime, how_wished: str) -> None:
    told = tied_neighbours(submission)
    submission.pseudonym = submission.how_permitted = submission.late_plea = ""
    submission.status, submission.withdrawn_at = SubmissionStatus.WITHDRAWN, now
    forget_code(submission, now=now)
    forget_files_of(submission, now=now)
    submission.choices.clear()
    submission.constituencies.clear()
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
    submission: Submission,
    setting: PublicationSetting,
    *,
    pseudonym: str,
    actor: Actor,
    now: datetime,
    asked_for_protection: bool = False,
) -> None:
    """Show the public less of who speaks than before; the first setting stays on record.

    Words that everybody reads stay where they are, without the person: taking them away and showing them again with the
    protected ones would tell which they are. What is held stays held, and goes with the batch once it is protected.

    Args:
        submission: on the record.
        setting: what the public sees from now on.
        pseudonym: what stands for the name; only where one is shown.
        actor: its author.
        now: when.
        asked_for_protection: beside a setting that does not bring it; with the present setting too. It stays.

    Raises:
        InvalidTransition: not submitted.
        BadInput: not stricter than before, unfit for who speaks, or a pseudonym that is missing.
    """
    _lock_submitted(submission)
    before = submission.publication_setting
    if before is None:
        raise InvalidTransition(_("This has been withdrawn already."))
    was_protected = submission.is_protected
    is_more = setting is before and asked_for_protection and not was_protected
    if STRICTNESS.index(setting) <= STRICTNESS.index(before) and not is_more:
        raise BadInput(_("The setting can only become stricter."), "setting")
    asked = asked_for_protection or submission.asked_for_protection
    require_choice(submission, setting, pseudonym=pseudonym, asked_for_protection=asked)
    told = tied_neighbours(submission)
    public_before = [comment for comment in submission.comments if is_public(comment)]
    submission.publication_setting = setting
    submission.asked_for_protection = asked and not setting.is_protected
    submission.pseudonym = pseudonym if setting is PublicationSetting.PSEUDONYM else ""
    if submission.is_protected and not was_protected:
        submission.begun_at = submission.saved_at = None
        keep_files_private(submission)
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
    content = {"setting": setting, **({"asked_for_protection": True} if submission.asked_for_protection else {})}
    record("account:submission:make_stricter", submission, actor=actor, now=now, content=content)
