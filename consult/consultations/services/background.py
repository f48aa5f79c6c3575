"""Documents that staff give out beside the draft: adding, naming, taking away."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import BackgroundFile, Consultation
from consult.consultations.services.concluding import lock_consultation
from consult.core.changes import note_change
from consult.core.context import file_store, settings
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.files.kinds import Cleaned
from consult.files.services import forget_files, keep_file
from consult.ledger.services import record
from consult.texts.services import delete_translations, update_all_translations
from consult.texts.values import Localized

DOCUMENTS_MOST = 50


def add_background(
    consultation: Consultation,
    cleaned: Cleaned,
    *,
    name: str,
    title: Localized,
    language: str,
    actor: Actor,
    now: datetime,
) -> BackgroundFile:
    """Give a document out with a consultation: to whoever may read its draft.

    Args:
        consultation: whose.
        cleaned: the file, judged and made anew.
        name: as it was sent.
        title: language to words; the authentic language is required.
        language: that the document is in.
        actor: who gives it out.
        now: when.

    Raises:
        BadInput: no title, or too many documents.
    """
    authentic = consultation.authentic_language
    if not title.get(authentic, "").strip():
        raise BadInput(_("Name the document in the authentic language."), f"title-{authentic}")
    # Of two managers at once the second waits here, and gets the next number.
    lock_consultation(consultation)
    mine = BackgroundFile.consultation_id == consultation.id
    last, number = db.session.execute(
        sa.select(sa.func.max(BackgroundFile.number), sa.func.count(BackgroundFile.file_id)).where(mine)
    ).one()
    if number >= DOCUMENTS_MOST:
        raise BadInput(
            ngettext(
                "A consultation has one background document at most.",
                "A consultation has %(num)s background documents at most. Take one away first.",
                DOCUMENTS_MOST,
            ),
            "file",
        )
    if actor.actor_id is None:
        raise RuntimeError("somebody gives it out")
    file = keep_file(cleaned, name=name, store=file_store(), is_scanned=bool(settings().clamav_socket), now=now)
    added = BackgroundFile(
        consultation=consultation,
        number=(last or 0) + 1,
        title=title[authentic].strip(),
        language=language,
        file_id=file.id,
        added_by=actor.actor_id,
    )
    db.session.add(added)
    db.session.flush()
    update_all_translations(
        "background_file", added.id, {"title": (added.title, title)}, languages=consultation.languages,
        authentic=authentic, actor=actor, now=now,
    )  # fmt: skip
    record(
        "desk:background_file:add", added, actor=actor, now=now, content={"sha256": file.sha256, "title": added.title}
    )
    _note(consultation)
    return added


def remove_background(background: BackgroundFile, *, actor: Actor, now: datetime) -> None:
    """Give a document out no more; its bytes go, its number stays taken, and the ledger keeps that it was there.

    Raises:
        InvalidTransition: taken away already.
    """
    db.session.refresh(background, attribute_names=["file_id"], with_for_update={"of": BackgroundFile})
    file = background.file
    if background.file_id is None or file is None:
        raise InvalidTransition(_("This document has been taken away already."))
    background.file, background.file_id, background.removed_on = None, None, now.date()
    db.session.flush()
    forget_files([file], store=file_store())
    delete_translations("background_file", [background.id])
    record("desk:background_file:remove", background, actor=actor, now=now)
    _note(background.consultation)


def _note(consultation: Consultation) -> None:
    if consultation.is_published:
        note_change("consultation", consultation.id)
