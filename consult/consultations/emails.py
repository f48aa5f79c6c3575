"""Messages about rounds."""

from __future__ import annotations

from datetime import datetime

from consult.consultations.models import Invitation
from consult.core.context import absolute_url, render_text
from consult.core.locale import format_day, in_locale
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail
from consult.texts.queries import load_texts


def queue_invitation(invitation: Invitation, *, key: str, locale: str, now: datetime) -> None:
    """Invite somebody to a round."""
    consultation = invitation.round.consultation
    with in_locale(locale):
        texts = load_texts("consultation", [consultation.id], locale)
        title = texts.of(consultation.id, "title", consultation.title, consultation.authentic_language)
        body = render_text(
            "emails/consultations/invitation.txt",
            title=title,
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
