"""Messages about hosts."""

from __future__ import annotations

from datetime import datetime

from consult.core.context import absolute_url, render_text
from consult.core.locale import format_day, in_locale
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail
from consult.secretariats.models import MemberDelegate, Membership


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
