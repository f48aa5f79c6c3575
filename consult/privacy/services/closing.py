"""Closing an account, and forgetting who made a submission: at once, for good; nothing is kept to come back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.models import Account
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.personal import erase_all
from consult.ledger.services import record
from consult.privacy import emails
from consult.privacy.enums import Fate
from consult.privacy.queries import (
    is_last_administrator,
    list_present_roles,
    owner_of,
    owner_of_submission,
    settings_to_leave,
)
from consult.secretariats.models import Membership
from consult.secretariats.services import end_role
from consult.submissions.enums import PublicationSetting, SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.services import make_stricter, withdraw_submission


def close_account(account: Account, *, fates: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Erase a person, and leave what they submitted as they choose; nothing of it can be undone.

    A message goes to their address once and is then forgotten. Whoever writes an answer to a point of theirs notices
    nothing: the point stays, and who is behind it they never saw.

    Args:
        account: whose.
        fates: by key of the submission a `Fate` or the value of a stricter setting; what is not named is kept.
        actor: its owner, or the system where nobody has used it for long.
        now: when.

    Raises:
        InvalidTransition: closed already, roles are left, or nobody else would look after the instance.
        BadInput: a fate that does not fit.
    """
    # Before its submissions, as everywhere: who comes second finds it closed.
    db.session.get_one(Account, account.id, with_for_update=True, populate_existing=True)
    if account.closed_on is not None:
        raise InvalidTransition(_("This account is closed already."))
    if list_present_roles(account):
        raise InvalidTransition(_("Give up your roles first. The page says where you have any."))
    if is_last_administrator(account):
        raise InvalidTransition(
            _("Nobody else looks after this instance. Let somebody else become administrator first.")
        )
    owner = owner_of(account)
    for submission in _lock(owner.submission_ids):
        _leave(submission, fates.get(submission.key, Fate.KEEP), actor, now)
    email, locale = account.email, account.locale
    erase_all(owner, now=now)
    record("account:account:close", account, actor=actor, now=now)
    emails.queue_closed(email, locale=locale, now=now)


def forget_submission(submission: Submission, *, fate: str, actor: Actor, now: datetime) -> None:
    """Forget who made a submission without an account, and leave it as they choose; its code opens nothing any more.

    Raises:
        InvalidTransition: it is a draft, belongs to an account, or its author is forgotten already.
        BadInput: a fate that does not fit.
    """
    _lock([submission.id])
    if submission.claim_digest is None or not submission.is_on_record:
        raise InvalidTransition(_("Only what was submitted without an account is forgotten like that."))
    _leave(submission, fate, actor, now)
    erase_all(owner_of_submission(submission), now=now)
    record("account:submission:forget", submission, actor=actor, now=now)


def _lock(submission_ids: Sequence[int]) -> list[Submission]:
    """Submissions in the order of their keys, as all lock them, read afresh."""
    return list(
        db.session.scalars(
            sa.select(Submission)
            .where(Submission.id.in_(list(submission_ids)))
            .order_by(Submission.id)
            .with_for_update(of=Submission)
            .execution_options(populate_existing=True)
        ).unique()
    )


def _leave(submission: Submission, fate: str, actor: Actor, now: datetime) -> None:
    if submission.status is not SubmissionStatus.SUBMITTED or fate == Fate.KEEP:
        return
    if fate != Fate.WITHDRAW and fate not in set(settings_to_leave(submission)):
        raise BadInput(_("This choice does not fit who you speak for. Choose another one."))
    if fate == Fate.WITHDRAW:
        withdraw_submission(submission, actor=actor, now=now)
    else:
        make_stricter(submission, PublicationSetting(fate), pseudonym="", actor=actor, now=now)


def give_up_role(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Give up a role of one's own.

    Raises:
        InvalidTransition: the last manager of a host stays until another one is named.
    """
    end_role(membership, actor=actor, now=now)
