"""Messages about commitments: to those whose points led to one, and to the managers who keep the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from consult.accounts.models import Account
from consult.accounts.queries import get_account
from consult.commitments.models import Commitment, CommitmentUpdate
from consult.commitments.queries import commitment_texts
from consult.core.context import absolute_url, render_text
from consult.core.locale import format_day, in_locale, ngettext
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail
from consult.submissions.models import Comment
from consult.texts.queries import load_texts

LISTED = 50
"""A reminder names at most so many commitments; the desk has the others."""


def queue_published(commitment: Commitment, points: Sequence[Comment], *, now: datetime) -> None:
    """Tell the authors of these points that a commitment came of them."""
    _tell(commitment, points, None, now=now)


def queue_changed(
    commitment: Commitment, update: CommitmentUpdate, points: Sequence[Comment], *, now: datetime
) -> None:
    """Tell the authors of these points that the status or the date has changed, and why."""
    _tell(commitment, points, update, now=now)


def _tell(commitment: Commitment, points: Sequence[Comment], update: CommitmentUpdate | None, *, now: datetime) -> None:
    """One message to each account, whatever the number of its points; nobody reads of anybody else's."""
    by_account: dict[int, list[str]] = {}
    for point in points:
        if not point.is_withdrawn and point.submission.account_id is not None:
            by_account.setdefault(point.submission.account_id, []).append(point.reference or "")
    for account_id, references in sorted(by_account.items()):
        account = get_account(account_id)
        locale = account.locale
        words = commitment_texts([commitment], locale)
        notes = load_texts("commitment_update", [update.id] if update is not None else [], locale)
        with in_locale(locale):
            body = render_text(
                "emails/commitments/changed.txt" if update is not None else "emails/commitments/published.txt",
                name=account.name,
                what=words.of(commitment.id, "what", commitment.what, commitment.language),
                office=words.of(commitment.id, "office", commitment.office, commitment.language),
                due=format_day(commitment.due),
                status=commitment.status.label,
                references=sorted(references),
                update=update,
                due_before=format_day(update.due_before) if update is not None else "",
                note=notes.of(update.id, "note", update.note, commitment.language) if update is not None else "",
                link=absolute_url(f"/{locale}/commitments/{commitment.reference}"),
            )
            if update is None:
                subject = ngettext(
                    "A commitment came of your point", "A commitment came of your points", len(references)
                )
            else:
                subject = _("News of the commitment %(reference)s", reference=commitment.reference)
            queue_mail(recipient=account.email, locale=locale, subject=subject, body=body, now=now)


def queue_reminder(
    managers: Sequence[Account], commitments: Sequence[Commitment], *, today: date, now: datetime
) -> None:
    """Remind each manager of what is due soon and what is overdue, in one message, in the manager's language."""
    for account in managers:
        lines = _lines(commitments[:LISTED], account.locale)
        with in_locale(account.locale):
            body = render_text(
                "emails/commitments/reminder.txt",
                name=account.name,
                overdue=[line for line in lines if line["commitment"].is_overdue(today)],
                soon=[line for line in lines if not line["commitment"].is_overdue(today)],
                left=max(0, len(commitments) - LISTED),
                desk=absolute_url(f"/{account.locale}/desk"),
            )
            subject = ngettext(
                "A commitment of your host needs you", "%(num)s commitments of your host need you", len(commitments)
            )
            queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def _lines(commitments: Sequence[Commitment], locale: str) -> list[dict[str, Any]]:
    """What a reminder says of each, but for what depends on the day."""
    words = commitment_texts(commitments, locale)
    return [
        {
            "commitment": one,
            "what": words.of(one.id, "what", one.what, one.language),
            "link": absolute_url(f"/{locale}{desk_path(one)}"),
        }
        for one in commitments
    ]


def desk_path(commitment: Commitment) -> str:
    """Where the desk has a commitment, below the locale."""
    where = commitment.consultation.slug if commitment.consultation is not None else f"hosts/{commitment.host.slug}"
    return f"/desk/{where}/commitments/{commitment.reference}"
