"""Messages about hosts."""

from __future__ import annotations

from datetime import datetime

from consult.access.roles import StaffRole
from consult.core.context import absolute_url, render_text
from consult.core.locale import format_day, in_locale
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail
from consult.secretariats.models import MemberDelegate, Membership
from consult.secretariats.queries import holders_of


def queue_role_assigned(membership: Membership, *, now: datetime) -> None:
    """Tell somebody with an account that they have a role at a host."""
    account = membership.account
    with in_locale(account.locale):
        body = render_text(
            "emails/secretariats/role.txt",
            name=account.name,
            host=membership.host.name,
            role=membership.role.label,
            link=absolute_url(f"/{account.locale}/desk"),
        )
        subject = _("You have a role at a host organisation")
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_delegate_invited(delegate: MemberDelegate, *, key: str, locale: str, now: datetime) -> None:
    """Send somebody the link by which they are admitted as a delegate of a member."""
    with in_locale(locale):
        body = render_text(
            "emails/secretariats/delegate.txt",
            host=delegate.member.host.name,
            member=delegate.member.name,
            status=delegate.member.status,
            expires=format_day(delegate.expires_at),
            link=absolute_url(f"/{locale}/account/delegation/{key}"),
        )
        subject = _("You are named as a delegate")
        queue_mail(recipient=delegate.email, locale=locale, subject=subject, body=body, now=now)


def queue_protection_given(membership: Membership, *, now: datetime) -> None:
    """Tell the managers and the other protection officers of a host who may see identities from now on."""
    told = holders_of(membership.host_id, [StaffRole.MANAGER, StaffRole.PROTECTION], besides=membership.account_id)
    for account in told:
        with in_locale(account.locale):
            body = render_text(
                "emails/secretariats/protection_given.txt",
                name=account.name,
                host=membership.host.name,
                who=membership.account.name,
                link=absolute_url(f"/{account.locale}/desk"),
            )
            subject = _("Somebody is a protection officer now")
            queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_protection_ended(membership: Membership, *, now: datetime) -> None:
    """Tell somebody that they are no protection officer any more, because of whom they work or speak for."""
    account = membership.account
    with in_locale(account.locale):
        body = render_text("emails/secretariats/protection_ended.txt", name=account.name, host=membership.host.name)
        subject = _("You are no protection officer any more")
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)
