"""Messages about translations."""

from __future__ import annotations

from datetime import datetime

from consult.accounts.queries import get_account
from consult.consultations.queries import title_in
from consult.core.context import absolute_url, render_text
from consult.core.locale import gettext as _
from consult.core.locale import in_locale, language_name
from consult.mail.services import queue_mail
from consult.submissions.models import Comment
from consult.texts.models import Translation


def queue_settled(comment: Comment, translation: Translation, *, answer: str, now: datetime) -> None:
    """Tell the author of a point what became of the translation that they said is not right.

    Args:
        comment: the point.
        translation: of its words or of its answer, as it is now.
        answer: of the secretariat; empty where the translation was changed.
        now: when.
    """
    submission = comment.submission
    if submission.account_id is None:
        return
    account = get_account(submission.account_id)
    with in_locale(account.locale):
        body = render_text(
            "emails/translating/settled.txt",
            name=account.name,
            title=title_in(submission.round.consultation, account.locale),
            reference=comment.reference,
            language=language_name(translation.language, account.locale),
            is_of_answer=translation.subject != "comment",
            answer=answer,
            # Not the words of the point: they may be withdrawn while the message waits.
            text=translation.text if translation.subject != "comment" else "",
            code=translation.language,
            link=absolute_url(f"/{account.locale}/take-part/{submission.round.address}/receipt/{submission.key}"),
        )
        subject = (
            _("The translation that you said is not right: our answer")
            if answer
            else _("The translation that you said is not right was changed")
        )
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)
