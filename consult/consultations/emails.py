"""Messages about rounds."""

from __future__ import annotations

from datetime import datetime

from consult.consultations.models import Invitation
from consult.consultations.queries import title_in
from consult.core.context import absolute_url, render_text
from consult.core.locale import format_day, in_locale
from consult.core.locale import gettext as _
from consult.mail.services import queue_mail


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
