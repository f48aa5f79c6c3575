"""Messages about looks and strikes: that something happened and where it can be read, without a word of content."""

from __future__ import annotations

from datetime import datetime

from consult.access.roles import StaffRole
from consult.accounts.models import Account
from consult.accounts.queries import get_account
from consult.core.context import absolute_url, render_text
from consult.core.locale import gettext as _
from consult.core.locale import in_locale
from consult.mail.services import queue_mail
from consult.protection.models import Strike
from consult.secretariats.queries import holders_of
from consult.submissions.models import Comment


def queue_looked(account: Account, *, now: datetime) -> None:
    """Tell somebody that their identity was seen; which submission, by whom and why stands on their own pages."""
    _queue_neutral(account, now)


def _queue_neutral(account: Account, now: datetime) -> None:
    """Say that there is something to read, and nothing of what: a mailbox may be read by others."""
    with in_locale(account.locale):
        body = render_text("emails/protection/neutral.txt", link=absolute_url(f"/{account.locale}/account/submissions"))
        subject = _("A message for you")
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_struck(comment: Comment, *, now: datetime) -> None:
    """Tell an author that words of theirs were struck: the class of reason, and whom to ask.

    To protected authors the message says nothing of it: their receipt does.
    """
    submission = comment.submission
    if submission.account_id is None or comment.struck_as is None:
        return
    account = get_account(submission.account_id)
    if submission.is_protected:
        _queue_neutral(account, now)
        return
    consultation = submission.round.consultation
    with in_locale(account.locale):
        body = render_text(
            "emails/protection/struck.txt",
            reason=comment.struck_as.label,
            contact=consultation.contact_email,
            link=absolute_url(f"/{account.locale}/account/submissions"),
        )
        subject = _("Words of yours were struck from the record")
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_proposed(strike: Strike, *, now: datetime) -> None:
    """Tell the other protection officers of the host that a proposal waits for one of them."""
    others = holders_of(strike.host_id, [StaffRole.PROTECTION], besides=strike.proposed_by)
    address = strike.comment.submission.round.address
    for account in others:
        with in_locale(account.locale):
            body = render_text(
                "emails/protection/proposed.txt",
                name=account.name,
                link=absolute_url(f"/{account.locale}/desk/{address}/protection/strikes"),
            )
            subject = _("A text is proposed to be struck")
            queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)
