"""Whom a notice about a round reaches: those invited, the members, and whom the features above know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from consult.accounts.models import Account
from consult.consultations.enums import Audience
from consult.consultations.models import Invitation, Round
from consult.core.db import db
from consult.secretariats.enums import MemberStatus
from consult.secretariats.models import Member, MemberDelegate


@dataclass(frozen=True)
class Recipient:
    """An address, the language that is read there, and the time zone, if it is known."""

    address: str
    locale: str
    time_zone: str | None = None


# Gives who is told of a round at that moment: the accounts with a draft in it, the members of its host.
Source = Callable[[Round, datetime], Iterable[Recipient]]
_sources: list[Source] = []


def register_recipients(source: Source) -> None:
    """Let a higher feature say whom it knows in a round.

    Args:
        source: gives recipients, in a constant number of queries; somebody whom two sources give is told once.
    """
    if source not in _sources:
        _sources.append(source)


def list_recipients(round_: Round, now: datetime) -> list[Recipient]:
    """Everybody whom a notice about this round reaches, each address once, in a stable order."""
    found: dict[str, Recipient] = {}
    for source in (_invited, _delegates, *_sources):
        for recipient in source(round_, now):
            found.setdefault(recipient.address.lower(), recipient)
    return [found[address] for address in sorted(found)]


def _invited(round_: Round, now: datetime) -> Iterable[Recipient]:
    """Those who accepted, at their account; those who still can, at the address that was invited."""
    if round_.audience is not Audience.BY_INVITATION:
        return
    rows = db.session.execute(
        sa.select(Invitation.email, Invitation.locale, Account.email, Account.locale, Account.time_zone)
        .outerjoin(
            Account,
            # Whoever was invited at the address of an account reads in its language, accepted or not.
            sa.or_(
                Account.id == Invitation.account_id,
                sa.and_(Invitation.account_id.is_(None), Account.email == Invitation.email),
            ),
        )
        .where(
            Invitation.round_id == round_.id,
            Invitation.revoked_at.is_(None),
            _still_written_to(Invitation),
            sa.or_(Invitation.accepted_at.is_not(None), Invitation.expires_at > now),
        )
        .order_by(Invitation.id)
    )
    # Accounts first: whoever has one has chosen a language.
    for invited, locale, account, language, zone in sorted(rows, key=lambda row: row[2] is None):
        yield Recipient(account or invited, language or locale or round_.consultation.authentic_language, zone)


def _still_written_to(named: type[Invitation | MemberDelegate]) -> sa.ColumnElement[bool]:
    """Whoever accepted with an account that has no e-mail address is written to nowhere, not where they were named."""
    return sa.or_(named.account_id.is_(None), Account.email.is_not(None))


def _delegates(round_: Round, now: datetime) -> Iterable[Recipient]:
    """Delegates of the members of the host, where the round is for them: at their account, else as they were named."""
    if round_.audience is not Audience.MEMBERS_ONLY:
        return
    rows = db.session.execute(
        sa.select(MemberDelegate.email, MemberDelegate.locale, Account.email, Account.locale, Account.time_zone)
        .join(Member, Member.id == MemberDelegate.member_id)
        .outerjoin(Account, Account.id == MemberDelegate.account_id)
        .where(
            Member.host_id == round_.host_id,
            Member.status == MemberStatus.MEMBER,
            MemberDelegate.revoked_at.is_(None),
            _still_written_to(MemberDelegate),
            sa.or_(MemberDelegate.accepted_at.is_not(None), MemberDelegate.expires_at > now),
        )
        .order_by(MemberDelegate.id)
    )
    for named, locale, account, language, zone in sorted(rows, key=lambda row: row[2] is None):
        yield Recipient(account or named, language or locale, zone)
