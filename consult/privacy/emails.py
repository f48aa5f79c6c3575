"""Messages about accounts that close."""

from __future__ import annotations

from datetime import date, datetime

from consult.accounts.models import Account
from consult.core.context import absolute_url, render_text, settings
from consult.core.locale import format_day, in_locale
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail


def queue_closed(email: str | None, *, locale: str, now: datetime) -> None:
    """Confirm to an address, for the last time, that its account is closed; the address goes with the message."""
    with in_locale(locale):
        body = render_text("emails/privacy/closed.txt", instance=settings().instance_name)
        mail = queue_mail(recipient=email, locale=locale, subject=_("Your account is closed"), body=body, now=now)
    if mail is not None:
        mail.is_last = True


def queue_closing_soon(account: Account, *, closes_on: date, now: datetime) -> None:
    """Tell somebody who has not signed in for long that their account closes unless they do."""
    with in_locale(account.locale):
        body = render_text(
            "emails/privacy/closing_soon.txt",
            name=account.name,
            closes_on=format_day(closes_on),
            link=absolute_url(f"/{account.locale}/account/sign-in"),
            instance=settings().instance_name,
        )
        subject = _("Your account closes unless you sign in")
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)
