"""Messages that carry answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

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
    submission = comments[0].submission
    consultation = submission.round.consultation
    account = get_account(submission.account_id or 0)
    locale = account.locale
    texts = load_texts("response_version", [versions[c.id].id for c in comments], submission.language or locale)
    with in_locale(locale):
        answers = []
        for comment in comments:
            version = versions[comment.id]
            answers.append(
                {
                    "reference": comment.reference,
                    "disposition": version.disposition.label,
                    "rationale": texts.of(version.id, "rationale", version.rationale, version.language),
                    "text": texts.of(version.id, "text", version.text, version.language),
                }
            )
        body = render_text(
            "emails/responses/answers.txt",
            name=account.name,
            title=title_in(consultation, locale).text,
            answers=answers,
            is_member_driven=consultation.is_member_driven,
            link=absolute_url(f"/{locale}/take-part/{consultation.slug}/receipt/{submission.key}"),
        )
        subject = ngettext("Your point was answered", "%(num)s of your points were answered", len(comments))
        queue_mail(recipient=account.email, locale=locale, subject=subject, body=body, now=now)
