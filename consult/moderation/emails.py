"""Messages about screening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consult.accounts.queries import get_account
from consult.consultations.queries import title_in
from consult.core.context import absolute_url, render_text
from consult.core.locale import gettext as _
from consult.core.locale import in_locale
from consult.mail.services import queue_mail
from consult.moderation.enums import Decision, RestrictionReason
from consult.submissions.emails import safety_link
from consult.submissions.models import Comment, Submission


def queue_decisions(
    comments: Sequence[Comment],
    *,
    decision: Decision,
    reason: RestrictionReason | None,
    public_reason: str,
    now: datetime,
) -> None:
    """Tell each author, in one message, what was decided about which points."""
    by_submission: dict[int, list[Comment]] = {}
    for comment in comments:
        by_submission.setdefault(comment.submission_id, []).append(comment)
    for points in by_submission.values():
        submission = points[0].submission
        consultation = submission.round.consultation
        if submission.account_id is None:  # it came by another door: the public reason is all that can be told
            continue
        account = get_account(submission.account_id)
        with in_locale(account.locale):
            body = render_text(
                "emails/moderation/decision.txt",
                name=account.name,
                title=title_in(consultation, account.locale),
                references=[point.reference for point in points],
                restricted=decision is Decision.RESTRICT,
                reason=reason.label if reason else "",
                is_answered=reason is not RestrictionReason.SPAM,
                is_compilation=not submission.round.asks_for_answers,
                public_reason=public_reason,
                authentic=consultation.authentic_language,
                contact=consultation.contact_email,
                safety=safety_link(submission, account.locale),
                link=absolute_url(f"/{account.locale}/take-part/{submission.round.address}/receipt/{submission.key}"),
            )
            subject = (
                _("A point of yours was restricted")
                if decision is Decision.RESTRICT
                else _("A point of yours was published")
            )
            queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_credential_recorded(submission: Submission, *, now: datetime) -> None:
    """Tell the author that the credential is on record."""
    consultation = submission.round.consultation
    if submission.account_id is None:
        return
    account = get_account(submission.account_id)
    with in_locale(account.locale):
        body = render_text(
            "emails/moderation/credential.txt",
            name=account.name,
            title=title_in(consultation, account.locale),
            link=absolute_url(f"/{account.locale}/take-part/{submission.round.address}/receipt/{submission.key}"),
        )
        queue_mail(
            recipient=account.email,
            locale=account.locale,
            subject=_("Your credential is on record"),
            body=body,
            now=now,
        )
