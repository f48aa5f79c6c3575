"""Whose data it is, what they may choose for it, and how long things are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.accounts.models import Account
from consult.consultations.models import Consultation, Invitation, Round
from consult.core.collation import in_order
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.locale import current_locale
from consult.core.paging import Page, fetch_page
from consult.core.personal import Collector, Owner, Section, collect_all
from consult.privacy.enums import LIMITS, Kept
from consult.privacy.models import RetentionRule, RetentionRun
from consult.secretariats.models import Host, Member, MemberDelegate, Membership
from consult.submissions.enums import PublicationSetting, SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.services import stricter_settings


def owner_of(account: Account) -> Owner:
    """Somebody with an account, with all that they submitted or draft."""
    keys = db.session.scalars(sa.select(Submission.id).where(Submission.account_id == account.id))
    return Owner(account.id, sorted(keys), account.email)


def owner_of_submission(submission: Submission) -> Owner:
    """Whoever made a submission without an account."""
    return Owner(None, [submission.id])


# What people look for first, and what they hardly look for; by key of the collector.
_FIRST = ("account", "submissions", "protection", "responses", "commitments")
_LAST = ("messages", "ledger")


def list_held(owner: Owner) -> list[tuple[Collector, list[Section]]]:
    """Everything that is held of somebody, in the order in which it is read."""
    order = {key: place for place, key in enumerate(_FIRST, -len(_FIRST))} | {
        key: place for place, key in enumerate(_LAST, 1)
    }
    return sorted(collect_all(owner), key=lambda held: order.get(held[0].key, 0))


def list_submitted(account: Account) -> Sequence[Submission]:
    """What somebody submitted and did not withdraw, newest first; one query for any number, and one for its parts."""
    return (
        db.session.scalars(
            sa.select(Submission)
            .where(Submission.account_id == account.id, Submission.status == SubmissionStatus.SUBMITTED)
            .order_by(Submission.id.desc())
        )
        .unique()
        .all()
    )


def settings_to_leave(submission: Submission) -> list[PublicationSetting]:
    """The stricter settings that somebody who goes may leave it under: a pseudonym is chosen before, on the receipt."""
    return [one for one in stricter_settings(submission) if one is not PublicationSetting.PSEUDONYM]


def list_present_roles(account: Account) -> Sequence[Membership]:
    """The roles that somebody has now, by host."""
    return db.session.scalars(
        sa.select(Membership)
        .join(Membership.host)
        .options(joinedload(Membership.host))
        .where(Membership.account_id == account.id, Membership.ended_at.is_(None))
        .order_by(Host.name, Membership.id)
    ).all()


def get_own_role(account: Account, membership_id: int) -> Membership:
    """One of the roles that somebody has now.

    Raises:
        NotFound: none such, or somebody else's.
    """
    found = db.session.get(Membership, membership_id)
    if found is None or found.account_id != account.id or found.ended_at is not None:
        raise NotFound
    return found


def is_last_administrator(account: Account) -> bool:
    """Whether nobody else looks after this instance."""
    if not account.is_administrator:
        return False
    others = sa.select(Account.id).where(Account.is_administrator, Account.id != account.id)
    return not db.session.scalar(sa.select(others.exists()))


def days_of(rule: RetentionRule | None) -> dict[Kept, int]:
    """How long things are kept under a rule, or where a host has set none."""
    return {kept: rule.days(kept) if rule is not None else limits.default for kept, limits in LIMITS.items()}


def get_days(host: Host) -> dict[Kept, int]:
    """How long a host keeps what it may decide on: what stands in its rule, or the defaults."""
    return days_of(db.session.get(RetentionRule, host.id))


def common_days() -> dict[Kept, int]:
    """What holds for what belongs to no host or to several: of logs the shortest that any host wants, of drafts and
    accounts the defaults; see `account_days`.
    """
    rules = db.session.scalars(sa.select(RetentionRule).order_by(RetentionRule.host_id)).all()
    return {
        kept: min([limits.default, *[rule.days(kept) for rule in rules]])
        if kept in {Kept.SECURITY, Kept.DELIVERY}
        else limits.default
        for kept, limits in LIMITS.items()
    }


def shortest_account_days() -> int:
    """After how many days at the earliest any account without activity is closed."""
    shortest = db.session.scalar(sa.select(sa.func.min(RetentionRule.account_days)))
    return min(LIMITS[Kept.ACCOUNT].default, shortest or LIMITS[Kept.ACCOUNT].default)


def account_days(account_ids: Collection[int]) -> Mapping[int, int]:
    """After how many days without activity each account is closed: the longest of the hosts that it had to do with,
    the default where there is none. Two queries, whatever the number.
    """
    hosts = hosts_of(account_ids)
    wanted = {host_id for found in hosts.values() for host_id in found}
    rules = {
        rule.host_id: rule.account_days
        for rule in db.session.scalars(sa.select(RetentionRule).where(RetentionRule.host_id.in_(wanted)))
    }
    default = LIMITS[Kept.ACCOUNT].default
    return {key: max((rules.get(host_id, default) for host_id in hosts[key]), default=default) for key in account_ids}


def hosts_of(account_ids: Collection[int]) -> Mapping[int, set[int]]:
    """The hosts that each account had to do with: took part, was invited, spoke for a member, worked there."""
    keys = list(account_ids)
    rows: Iterable[tuple[int, int]] = db.session.execute(
        sa.union(
            sa.select(Submission.account_id, Consultation.host_id)
            .join(Round, Round.id == Submission.round_id)
            .join(Consultation, Consultation.id == Round.consultation_id)
            .where(Submission.account_id.in_(keys)),
            sa.select(Invitation.account_id, Consultation.host_id)
            .join(Round, Round.id == Invitation.round_id)
            .join(Consultation, Consultation.id == Round.consultation_id)
            .where(Invitation.account_id.in_(keys)),
            sa.select(MemberDelegate.account_id, Member.host_id)
            .join(Member, Member.id == MemberDelegate.member_id)
            .where(MemberDelegate.account_id.in_(keys)),
            sa.select(Membership.account_id, Membership.host_id).where(Membership.account_id.in_(keys)),
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for account_id, host_id in rows:
        found[account_id].add(host_id)
    return found


def get_public_host(slug: str) -> Host:
    """The host of that slug, if the public knows of a consultation of its.

    Raises:
        NotFound: no such host, or nothing of it is public.
    """
    host = db.session.scalar(sa.select(Host).where(Host.slug == slug, _IS_PUBLIC))
    if host is None:
        raise NotFound
    return host


_IS_PUBLIC = sa.exists().where(Consultation.host_id == Host.id, Consultation.published_at.is_not(None))


def list_public_hosts() -> Sequence[Host]:
    """The hosts that the public knows a consultation of, by name."""
    hosts = db.session.scalars(sa.select(Host).where(_IS_PUBLIC).order_by(Host.name, Host.id))
    return in_order(hosts, lambda host: host.name, current_locale().code)


def page_of_runs(host: Host, *, after: str | None, before: str | None) -> Page[RetentionRun]:
    """What was forgotten day by day, of a host and of the whole instance, newest first."""
    return fetch_page(
        db.session,
        sa.select(RetentionRun).where(sa.or_(RetentionRun.host_id == host.id, RetentionRun.host_id.is_(None))),
        [RetentionRun.id],
        lambda row: [row.id],
        after=after,
        before=before,
        descending=True,
    )


def hosts_to_look_at(today: date) -> list[int]:
    """The hosts whose drafts were not looked through to the end today."""
    done = sa.select(RetentionRun.host_id).where(
        RetentionRun.ran_on == today, RetentionRun.finished_at.is_not(None), RetentionRun.host_id.is_not(None)
    )
    return list(db.session.scalars(sa.select(Host.id).where(Host.id.not_in(done)).order_by(Host.id)))


def is_instance_done(today: date) -> bool:
    """Whether what belongs to no host was looked through to the end today."""
    done = sa.select(RetentionRun.id).where(
        RetentionRun.ran_on == today, RetentionRun.finished_at.is_not(None), RetentionRun.host_id.is_(None)
    )
    return bool(db.session.scalar(sa.select(done.exists())))
