"""Keeping to what is promised about keeping: in batches, each a transaction of its own, to be made again if killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from consult.access.roles import Actor
from consult.accounts.actors import SYSTEM
from consult.accounts.models import Account
from consult.accounts.services import count_old_sign_ins, forget_sign_ins
from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.mail.services import count_old_deliveries, forget_deliveries
from consult.privacy import emails
from consult.privacy.enums import LIMITS, NOTICE_DAYS, RUNS_KEPT_DAYS, Kept
from consult.privacy.models import InactivityNotice, RetentionRule, RetentionRun
from consult.privacy.queries import account_days, common_days, days_of, shortest_account_days
from consult.privacy.services.closing import close_account
from consult.secretariats.models import Host, Membership
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.services import delete_draft

AT_ONCE = 200


def set_retention(host: Host, days: Mapping[Kept, int], *, actor: Actor, now: datetime) -> None:
    """Set how long a host keeps what; it holds from the next run of the worker.

    Raises:
        BadInput: shorter or longer than may be set, or a kind is missing; names the field.
    """
    for kept, limits in LIMITS.items():
        if not limits.least <= days.get(kept, 0) <= limits.most:
            message = _("Write a number from %(least)s to %(most)s.", least=limits.least, most=limits.most)
            raise BadInput(message, kept.value)
    db.session.get_one(Host, host.id, with_for_update=True, populate_existing=True)
    _write_rule(host, days, actor, now)
    record(
        "host:retention:set", host, actor=actor, now=now, content={kept.value: number for kept, number in days.items()}
    )


def _write_rule(host: Host, days: Mapping[Kept, int], actor: Actor, now: datetime) -> None:
    rule = db.session.get(RetentionRule, host.id)
    if rule is None:
        rule = RetentionRule(host_id=host.id)
        db.session.add(rule)
    for kept in LIMITS:
        setattr(rule, kept.value, days[kept])
    rule.set_by, rule.set_at = actor.actor_id, now  # type: ignore[assignment]
    db.session.flush()


def count_due(host: Host, days: Mapping[Kept, int], *, actor: Actor, now: datetime) -> Mapping[Kept, int]:
    """What the next run would delete if a host kept things that long, by kind; nothing is changed.

    The times are set, counted with, and taken back, so that what is counted is what the run itself looks for.
    """
    savepoint = db.session.begin_nested()
    try:
        _write_rule(host, days, actor, now)
        common, accounts = common_days(), 0
        after: int | None = 0
        while after is not None:
            due, after = list_unused_accounts(after=after, now=now)
            accounts += len(due)
        drafts = sa.select(sa.func.count()).select_from(_due_drafts(host.id, now).subquery())
        return {
            Kept.DRAFT: db.session.scalar(drafts) or 0,
            Kept.ACCOUNT: accounts,
            Kept.SECURITY: count_old_sign_ins(now - timedelta(days=common[Kept.SECURITY])),
            Kept.DELIVERY: count_old_deliveries(now - timedelta(days=common[Kept.DELIVERY])),
        }
    finally:
        savepoint.rollback()


def _due_drafts(host_id: int, now: datetime) -> sa.Select[Any]:
    """The keys of drafts that a host keeps no longer; of an account not before its round has been closed as long."""
    before = now - timedelta(days=days_of(db.session.get(RetentionRule, host_id))[Kept.DRAFT])
    is_old = sa.and_(
        Submission.saved_at < before,
        sa.or_(Submission.account_id.is_(None), Round.closes_at.is_(None), Round.closes_at < before),
    )
    of_nobody = sa.exists().where(Account.id == Submission.account_id, Account.closed_on.is_not(None))
    return (
        sa.select(Submission.id)
        .join(Round, Round.id == Submission.round_id)
        .join(Consultation, Consultation.id == Round.consultation_id)
        .where(
            Consultation.host_id == host_id,
            Submission.status.in_([SubmissionStatus.DRAFT, SubmissionStatus.DECLINED]),
            sa.or_(is_old, of_nobody),
        )
    )


def forget_drafts_of(host_id: int, *, now: datetime) -> int:
    """Delete some drafts that a host keeps no longer.

    Returns:
        How many; fewer than `AT_ONCE` when there are no more, and the run is finished.
    """
    run = _run_of(host_id, now)
    drafts = db.session.scalars(
        sa.select(Submission)
        .where(Submission.id.in_(_due_drafts(host_id, now)))
        .order_by(Submission.id)
        .limit(AT_ONCE)
        .with_for_update(of=Submission, skip_locked=True)
    ).unique()
    found = list(drafts)
    for draft in found:
        delete_draft(draft)
    run.drafts += len(found)
    if len(found) < AT_ONCE:
        run.finished_at = now
    return len(found)


def forget_logs(*, now: datetime) -> int:
    """Delete some records of sign-ins, links and messages that are older than any host wants; returns how many."""
    run = _run_of(None, now)
    days = common_days()
    events = forget_sign_ins(now - timedelta(days=days[Kept.SECURITY]), limit=AT_ONCE)
    deliveries = forget_deliveries(now - timedelta(days=days[Kept.DELIVERY]), limit=AT_ONCE)
    run.security_events += events
    run.deliveries += deliveries
    db.session.execute(
        sa.delete(RetentionRun).where(RetentionRun.ran_on < (now - timedelta(days=RUNS_KEPT_DAYS)).date())
    )
    return events + deliveries


def list_unused_accounts(*, after: int, now: datetime) -> tuple[Sequence[int], int | None]:
    """Some accounts that are to be told or closed, by key; which of the two, is looked at one by one.

    Nobody who works for a host or looks after the instance is among them. Four queries.

    Args:
        after: the key of the last one that was looked at before; 0 for the first ones.
        now: when.

    Returns:
        The accounts, and the key of the last one that was looked at; None where there are no more.
    """
    works = sa.exists().where(Membership.account_id == Account.id, Membership.ended_at.is_(None))
    last_day = now.date() - timedelta(days=shortest_account_days() - NOTICE_DAYS)
    # Who never signed in counts from the making of the account.
    unused = sa.or_(
        Account.active_on <= last_day,
        sa.and_(Account.active_on.is_(None), Account.created_at <= datetime.combine(last_day, time.max, UTC)),
    )
    rows = db.session.execute(
        sa.select(Account.id, Account.active_on, Account.created_at)
        .where(Account.id > after, Account.closed_on.is_(None), ~Account.is_administrator, ~works, unused)
        .order_by(Account.id)
        .limit(AT_ONCE)
    ).all()
    # Most of them have to do with a host that keeps accounts longer than another one: they are not locked for nothing.
    days = account_days([row.id for row in rows])
    soon = now.date() + timedelta(days=NOTICE_DAYS)
    due = [row.id for row in rows if _last_used(row.active_on, row.created_at) + timedelta(days=days[row.id]) <= soon]
    return due, rows[-1].id if len(rows) == AT_ONCE else None


def _last_used(active_on: date | None, created_at: datetime) -> date:
    return active_on or created_at.date()


def _closes_on(account: Account) -> date:
    return _last_used(account.active_on, account.created_at) + timedelta(days=account_days([account.id])[account.id])


def tell_unused_account(account_id: int, *, now: datetime) -> bool:
    """Tell the owner of an account that it closes, once, 30 days before; True when they were told now.

    Whoever has been active since they were told is told again another time.
    """
    account = db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    if account.closed_on is not None:
        return False
    notice = db.session.get(InactivityNotice, account_id)
    if notice is not None and account.active_on is not None and account.active_on >= notice.told_on:
        db.session.delete(notice)
        notice = None
    if notice is not None or account.email is None:
        return False
    closes_on, soon = _closes_on(account), now.date() + timedelta(days=NOTICE_DAYS)
    if closes_on > soon:
        return False
    db.session.add(InactivityNotice(account_id=account_id, told_on=now.date()))
    emails.queue_closing_soon(account, closes_on=max(closes_on, soon), now=now)
    _run_of(None, now).accounts_told += 1
    return True


def close_unused_account(account_id: int, *, now: datetime) -> bool:
    """Close an account that nobody has used for longer than any of its hosts keeps it; True when it was closed.

    What was submitted from it stays under its setting. Who signs in at the same moment comes before or after: the row
    is locked and read afresh.
    """
    account = db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    if account.closed_on is not None or _closes_on(account) > now.date():
        return False
    notice = db.session.get(InactivityNotice, account_id)
    if account.email is not None:
        if notice is None or notice.told_on + timedelta(days=NOTICE_DAYS) > now.date():
            return False
        if account.active_on is not None and account.active_on >= notice.told_on:
            return False
    if notice is not None:
        db.session.delete(notice)
    close_account(account, fates={}, actor=SYSTEM, now=now)
    _run_of(None, now).accounts_closed += 1
    return True


def finish_instance(*, now: datetime) -> None:
    """Say that what belongs to no host was looked through to the end today."""
    _run_of(None, now).finished_at = now


def _run_of(host_id: int | None, now: datetime) -> RetentionRun:
    """The row of today, locked: made by the first worker that comes to it."""
    wanted = (
        sa.select(RetentionRun)
        .where(
            RetentionRun.ran_on == now.date(),
            RetentionRun.host_id == host_id if host_id is not None else RetentionRun.host_id.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(wanted)
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            made = RetentionRun(
                host_id=host_id, ran_on=now.date(), drafts=0, accounts_told=0, accounts_closed=0, security_events=0,
                deliveries=0,
            )  # fmt: skip
            db.session.add(made)
            db.session.flush()
            return made
    except IntegrityError:
        return db.session.scalars(wanted).one()
