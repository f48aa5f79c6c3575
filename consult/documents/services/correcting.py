"""Correcting a draft that is being commented on."""

from __future__ import annotations

from datetime import datetime

from consult.access.roles import Actor
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.documents.models import Corrigendum, DocumentVersion, Paragraph
from consult.documents.queries import occurs_in
from consult.ledger.services import record
from consult.texts.services import (
    update_all_translations,
)
from consult.texts.values import Localized


def check_corrigendum(
    version: DocumentVersion,
    paragraph: Paragraph | None,
    *,
    words: Localized,
    reads: str,
    should_read: str,
    language: str | None,
    now: datetime,
) -> None:
    """What `issue_corrigendum` would refuse, without issuing anything.

    Raises:
        InvalidTransition: the round is not open.
        BadInput: no words, one of ``reads`` and ``should_read`` alone, a block of another draft, no such edition, or
            ``reads`` does not occur there.
    """
    if not version.round.is_open(now):
        raise InvalidTransition(
            _("A corrigendum is issued only while the round is open: people still comment on the text.")
        )
    if not words.get(version.language, "").strip():
        raise BadInput(_("Say what is corrected, in the authentic language."), f"words-{version.language}")
    if bool(reads) != bool(should_read):
        raise BadInput(_("Fill in both, or neither."), "should_read" if reads else "reads")
    if paragraph is not None and paragraph.version_id != version.id:
        raise BadInput(_("This place is not in the draft of this round."), "paragraph")
    if language is not None and language not in {edition.language for edition in version.editions}:
        raise BadInput(_("There is no edition in this language."), "edition")
    if reads and not occurs_in(version, paragraph, reads, language=language or version.language):
        name = language_name(language or version.language, current_locale().code)
        if paragraph is not None:
            raise BadInput(
                _(
                    "These words do not occur in this place of the draft (%(language)s). Copy them from it.",
                    language=name,
                ),
                "reads",
            )
        raise BadInput(
            _("These words do not occur in the draft (%(language)s). Copy them from it.", language=name), "reads"
        )


def issue_corrigendum(
    version: DocumentVersion,
    paragraph: Paragraph | None,
    *,
    words: Localized,
    reads: str,
    should_read: str,
    language: str | None,
    actor: Actor,
    now: datetime,
) -> Corrigendum:
    """Correct a draft that is being commented on, beside the text, which stays as it is.

    Args:
        version: the draft of a round that is open.
        paragraph: the block that it is about, or None for the whole text.
        words: what is corrected, by language; the authentic language is required.
        reads: what the text says, as plain text; may be empty.
        should_read: what it should say; given when ``reads`` is.
        language: of the one edition that it is about, or None for all of them.
        actor: who issues it.
        now: when.

    Raises:
        InvalidTransition: the round is not open.
        BadInput: what `check_corrigendum` says.
    """
    check_corrigendum(version, paragraph, words=words, reads=reads, should_read=should_read, language=language, now=now)
    corrigendum = Corrigendum(
        version=version,
        paragraph=paragraph,
        language=language,
        words=words[version.language].strip(),
        reads=reads,
        should_read=should_read,
        issued_at=now,
    )
    db.session.add(corrigendum)
    db.session.flush()
    update_all_translations(
        "corrigendum",
        corrigendum.id,
        {"words": (corrigendum.words, words)},
        languages=version.consultation.languages,
        authentic=version.language,
        actor=actor,
        now=now,
    )
    note_change("consultation", version.consultation_id)
    content = {"eid": paragraph.eid if paragraph else "", "words": corrigendum.words, "should_read": should_read}
    record("desk:corrigendum:issue", corrigendum, actor=actor, now=now, content=content)
    return corrigendum
