"""The draft in a language that a consultation is given after its opening."""

from __future__ import annotations

from datetime import date, datetime

from consult.access.roles import Actor
from consult.consultations.models import AddedLanguage, Round
from consult.consultations.queries import MissingPart, current_round
from consult.consultations.services import extend_round, publish_language
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.documents.queries import find_version, texts_of_edition
from consult.documents.services import refresh_edition
from consult.texts.values import Localized


def list_untranslated_blocks(round_: Round, language: str) -> list[MissingPart]:
    """The draft, while a block of it is not translated into a language from its present words; two queries."""
    version = find_version(round_)
    if version is None or texts_of_edition(version, language):
        return []
    return [MissingPart("document", "draft", language)]


def publish_edition(
    added: AddedLanguage,
    *,
    reason: Localized | None = None,
    closes_wall: datetime | None = None,
    response_due: date | None = None,
    actor: Actor,
    now: datetime,
) -> AddedLanguage:
    """Publish an added language with its edition of the draft; while the round is open, with more time or a reason.

    Args:
        added: in preparation, and everything is translated.
        reason: by language. With a new closing it is why the round is extended; without one, why it is not.
        closes_wall: the new closing, in the round's zone; None for no more time.
        response_due: the day of the response with that closing.
        actor: who publishes it.
        now: when.

    Raises:
        InvalidTransition: it is published already, something is not translated, an outcome closed the process, or the
            round can no longer be extended.
        BadInput: the round is open or upcoming, and there is no reason, or the new dates cannot be.
    """
    round_ = current_round(added.consultation)
    extension = None
    if closes_wall is not None:
        if response_due is None:
            raise BadInput(_("Say when the response is due."), "response_due")
        extension = extend_round(
            round_, closes_wall=closes_wall, response_due=response_due, reason=reason or {}, actor=actor, now=now
        )
    publish_language(added, reason=reason, extension=extension, actor=actor, now=now)
    for one in added.consultation.rounds:
        version = find_version(one)
        if version is not None:
            refresh_edition(version, added.language, now=now)
    return added
