"""Messages about hosts."""

from __future__ import annotations

from datetime import datetime

from consult.core.context import absolute_url, render_text
from consult.core.locale import gettext as _
from consult.core.locale import in_locale
from consult.mail.services import queue_mail
from consult.secretariats.models import Membership


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
