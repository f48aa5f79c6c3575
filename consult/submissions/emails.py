"""Messages about submissions."""

from __future__ import annotations

from datetime import datetime

from consult.accounts.models import Account
from consult.consultations.queries import title_in
from consult.core.context import absolute_url, render_text
from consult.core.locale import format_day, in_locale
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail
from consult.submissions.models import Submission


def queue_receipt(submission: Submission, *, account: Account, now: datetime) -> None:
    """Confirm a submission to its author, in the account's language, with every reference."""
    consultation = submission.round.consultation
    locale = account.locale
    with in_locale(locale):
        due = submission.round.response_due
        body = render_text(
            "emails/submissions/receipt.txt",
            name=account.name,
            title=title_in(consultation, locale).text,
            references=[comment.reference for comment in submission.comments],
            is_official=submission.is_official,
            due=format_day(due) if due else "",
            link=absolute_url(f"/{locale}/take-part/{consultation.slug}/receipt/{submission.key}"),
        )
        queue_mail(recipient=account.email, locale=locale, subject=_("We received your input"), body=body, now=now)
