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
    """Confirm a submission to its author, in the account's language, with every reference.

    Of a protected one the message names neither the consultation nor the references: a mailbox may be read by others.
    """
    if submission.is_protected:
        _queue_neutral(account, now)
        return
    consultation = submission.round.consultation
    locale = account.locale
    with in_locale(locale):
        due = submission.round.response_due
        body = render_text(
            "emails/submissions/receipt.txt",
            name=account.name,
            title=title_in(consultation, locale),
            references=[comment.reference for comment in submission.comments],
            is_official=submission.is_official,
            is_answered=submission.round.asks_for_answers,
            due=format_day(due) if due else "",
            revision=submission.revision,
            late_reason=submission.late_reason if submission.is_late else "",
            authentic=consultation.authentic_language,
            link=absolute_url(f"/{locale}/take-part/{submission.round.address}/receipt/{submission.key}"),
        )
        queue_mail(recipient=account.email, locale=locale, subject=_("We received your input"), body=body, now=now)


def _queue_neutral(account: Account, now: datetime) -> None:
    """Say that something arrived, and nothing of what: the account's pages tell the rest to who signs in."""
    locale = account.locale
    with in_locale(locale):
        body = render_text(
            "emails/submissions/receipt_protected.txt", link=absolute_url(f"/{locale}/account/submissions")
        )
        queue_mail(recipient=account.email, locale=locale, subject=_("A message for you"), body=body, now=now)


def safety_link(submission: Submission, locale: str) -> str:
    """Where the author of protected input turns to against what was decided; empty for others.

    The desk does not know who wrote it, and an e-mail to it would say so. The page is that of all hosts, so that the
    address names no consultation.
    """
    return absolute_url(f"/{locale}/safety") if submission.is_protected else ""


def queue_infected(submission: Submission, *, account: Account, now: datetime) -> None:
    """Tell an author that a virus was found in a file of theirs, without naming it; in the account's language."""
    locale = account.locale
    with in_locale(locale):
        body = render_text(
            "emails/submissions/infected_file.txt",
            name=account.name,
            link=absolute_url(f"/{locale}/account/submissions"),
            contact=submission.round.consultation.contact_email,
            safety=safety_link(submission, locale),
        )
        subject = _("A file of yours was deleted")
        queue_mail(recipient=account.email, locale=locale, subject=subject, body=body, now=now)


def queue_declined(submission: Submission, *, account: Account, now: datetime) -> None:
    """Tell the author that what they handed in late was not accepted, and why; in the account's language."""
    round_, locale = submission.round, account.locale
    with in_locale(locale):
        body = render_text(
            "emails/submissions/late_declined.txt",
            name=account.name,
            title=title_in(round_.consultation, locale),
            reason=submission.late_reason,
            authentic=round_.consultation.authentic_language,
            contact=round_.consultation.contact_email,
            safety=safety_link(submission, locale),
            link=absolute_url(f"/{locale}/take-part/{round_.address}/"),
        )
        subject = _("Your late input was not accepted")
        queue_mail(recipient=account.email, locale=locale, subject=subject, body=body, now=now)
