"""Messages about rounds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from consult.consultations.models import Invitation, RoundExtension
from consult.consultations.queries import held, title_in
from consult.consultations.recipients import Recipient
from consult.core.context import absolute_url, render_text
from consult.core.locale import find_locale, format_day, in_locale, negotiate
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.mail.services import queue_mail, queue_mails
from consult.texts.queries import load_texts


def queue_invitation(invitation: Invitation, *, key: str, locale: str, now: datetime) -> None:
    """Invite somebody to a round."""
    consultation = invitation.round.consultation
    with in_locale(locale):
        body = render_text(
            "emails/consultations/invitation.txt",
            title=title_in(consultation, locale),
            host=consultation.host.name,
            expires=format_day(invitation.expires_at),
            link=absolute_url(f"/{locale}/take-part/invitation/{key}"),
        )
        queue_mail(
            recipient=invitation.email,
            locale=locale,
            subject=_("You are invited to a consultation"),
            body=body,
            now=now,
        )


def queue_extension(extension: RoundExtension, recipients: Iterable[Recipient], *, now: datetime) -> None:
    """Tell everybody in a round that it closes later, each in a message of their own, written once for each language
    and time zone."""
    readers: dict[tuple[str, str], list[str]] = {}
    for recipient in recipients:
        locale = (find_locale(recipient.locale) or negotiate([recipient.locale])).code
        readers.setdefault((locale, recipient.time_zone or ""), []).append(recipient.address)
    for (locale, zone), addresses in sorted(readers.items()):
        with in_locale(locale):
            subject, body = _extension_in_words(extension, locale, zone or None)
            queue_mails(addresses, locale=locale, subject=subject, body=body, now=now)


def _extension_in_words(extension: RoundExtension, locale: str, reader_zone: str | None) -> tuple[str, str]:
    round_ = extension.round
    consultation = round_.consultation
    texts = load_texts("round_extension", [extension.id] if held(consultation, locale) else [], locale)
    body = render_text(
        "emails/consultations/extension.txt",
        title=title_in(consultation, locale),
        before=moment_in_words(extension.closes_before, round_.zone, reader_zone),
        after=moment_in_words(extension.closes_after, round_.zone, reader_zone),
        reason=texts.of(extension.id, "reason", extension.reason, consultation.authentic_language),
        due=format_day(extension.response_due_after)
        if extension.response_due_after != extension.response_due_before
        else "",
        link=absolute_url(f"/{locale}/consultations/{round_.address}"),
    )
    return _("There is more time: the consultation closes later"), body
