"""Messages about accounts."""

from __future__ import annotations

from datetime import datetime

from consult.accounts.models import Account
from consult.core.context import absolute_url, render_text, settings
from consult.core.locale import gettext as _
from consult.core.locale import in_locale
from consult.mail.services import queue_mail


def _queue(
    account: Account,
    subject: str,
    template: str,
    path: str,
    now: datetime,
    *,
    recipient: str | None = None,
    is_last: bool = False,
) -> None:
    # `confirm` and `reset` leave the name out: whoever signs up with somebody else's address chooses it, and would
    # otherwise write into a message of ours.
    body = render_text(
        f"emails/accounts/{template}.txt",
        name=account.name,
        link=absolute_url(f"/{account.locale}/account/{path}"),
        instance=settings().instance_name,
    )
    to = recipient or account.email
    mail = queue_mail(recipient=to, locale=account.locale, subject=subject, body=body, now=now)
    if mail is not None:
        mail.is_last = is_last


def queue_confirmation(account: Account, *, key: str, now: datetime) -> None:
    """Ask the owner of the address to confirm the new account."""
    with in_locale(account.locale):
        _queue(account, _("Confirm your e-mail address"), "confirm", f"confirm/{key}", now)


def queue_already_registered(account: Account, *, now: datetime) -> None:
    """Tell the owner that somebody asked for an account that exists already."""
    with in_locale(account.locale):
        _queue(account, _("You already have an account"), "already", "sign-in", now)


def queue_reset(account: Account, *, key: str, now: datetime) -> None:
    """Send the link to choose a new password."""
    with in_locale(account.locale):
        _queue(account, _("Choose a new password"), "reset", f"reset/{key}", now)


def queue_prove_address(account: Account, address: str, *, key: str, now: datetime) -> None:
    """Ask whoever reads a mailbox whether it is the account's."""
    with in_locale(account.locale):
        _queue(account, _("Confirm your e-mail address"), "prove_address", f"address/{key}", now, recipient=address)


def queue_address_taken(account: Account, *, now: datetime) -> None:
    """Tell the owner of an account that somebody asked for its address for another one."""
    with in_locale(account.locale):
        _queue(account, _("This address has an account already"), "address_taken", "sign-in", now)


def queue_address_changed(account: Account, before: str, *, now: datetime) -> None:
    """Tell the mailbox that an account had that it has another one now, and not which; the address goes with it."""
    with in_locale(account.locale):
        subject = _("Your account has another e-mail address")
        _queue(account, subject, "address_changed", "reset", now, recipient=before, is_last=True)


def queue_address_removed(account: Account, before: str, *, now: datetime) -> None:
    """Tell the mailbox that an account had that no message comes any more; the address goes with it."""
    with in_locale(account.locale):
        subject = _("Your e-mail address was removed")
        _queue(account, subject, "address_removed", "sign-in", now, recipient=before, is_last=True)


def queue_welcome(account: Account, *, key: str, now: datetime) -> None:
    """Tell somebody that an account was made for them."""
    with in_locale(account.locale):
        _queue(account, _("An account was made for you"), "welcome", f"reset/{key}", now)
