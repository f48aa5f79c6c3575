"""Messages that carry answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from consult.accounts.models import Account
from consult.accounts.queries import get_account
from consult.consultations.queries import title_in
from consult.core.context import absolute_url, render_text
from consult.core.locale import in_locale, ngettext
from consult.mail.services import queue_mail
from consult.responses.models import ResponseVersion
from consult.submissions.models import Comment
from consult.texts.queries import load_texts


def queue_answers(comments: Sequence[Comment], versions: Mapping[int, ResponseVersion], *, now: datetime) -> None:
    """Send the author of these points (of one submission) their answers, in the author's language where it exists."""
    account = _author_of(comments)
    if account is None:
        return
    with in_locale(account.locale):
        body = render_text("emails/responses/answers.txt", **_values(comments, versions, {}, account))
        subject = ngettext("Your point was answered", "%(num)s of your points were answered", len(comments))
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_corrections(
    comments: Sequence[Comment],
    versions: Mapping[int, ResponseVersion],
    reasons: Mapping[int, str],
    *,
    now: datetime,
) -> None:
    """Tell the author of these points (of one submission) that our answers to them were corrected, and why."""
    account = _author_of(comments)
    if account is None:
        return
    with in_locale(account.locale):
        body = render_text("emails/responses/corrections.txt", **_values(comments, versions, reasons, account))
        subject = ngettext(
            "Our answer to your point was corrected",
            "Our answers to %(num)s of your points were corrected",
            len(comments),
        )
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def _author_of(comments: Sequence[Comment]) -> Account | None:
    """The author's account; what came by another door than the site has none, and its answer is published alone."""
    account_id = comments[0].submission.account_id
    return get_account(account_id) if account_id is not None else None


def _values(
    comments: Sequence[Comment],
    versions: Mapping[int, ResponseVersion],
    reasons: Mapping[int, str],
    account: Account,
) -> dict[str, Any]:
    submission = comments[0].submission
    consultation, locale = submission.round.consultation, account.locale
    texts = load_texts("response_version", [versions[c.id].id for c in comments], submission.language or locale)
    answers = []
    for comment in comments:
        version = versions[comment.id]
        answers.append(
            {
                "reference": comment.reference,
                "disposition": version.disposition.label,
                "rationale": texts.of(version.id, "rationale", version.rationale, version.language),
                "text": texts.of(version.id, "text", version.text, version.language),
                "reason": reasons.get(comment.id, ""),
            }
        )
    return {
        "name": account.name,
        "title": title_in(consultation, locale).text,
        "answers": answers,
        "is_member_driven": consultation.is_member_driven,
        "link": absolute_url(f"/{locale}/take-part/{submission.round.address}/receipt/{submission.key}"),
    }
