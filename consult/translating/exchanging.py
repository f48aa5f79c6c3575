"""Files for translators who work elsewhere: written for them, looked at when they come back, and then taken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Consultation
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, NotFound
from consult.core.locale import gettext as _
from consult.core.orphans import forget_after_commit
from consult.core.text import check_line
from consult.ledger.services import record
from consult.submissions.models import Comment, short_key
from consult.translating.comparing import ASKED, LEFT, Comparison, Fate, compare, require_fitting
from consult.translating.models import TranslatedFile
from consult.translating.queries import load_work
from consult.translating.services import Entry, save_translations
from consult.translating.units import Group, Standing, Work
from consult.translating.xliff import Document, read_xliff, write_xliff

KEPT = timedelta(days=7)


def select_groups(work: Work, *, group: str = "", source_language: str = "", only_todo: bool = False) -> list[Group]:
    """What of some work goes into a file.

    Args:
        work: all of it.
        group: the name of one group; empty for all.
        source_language: only what is written in it; empty for any.
        only_todo: only what is missing or stale.
    """
    found = []
    for one in work.groups:
        units = [
            unit
            for unit in one.units
            if (not source_language or unit.source_language == source_language)
            and (not only_todo or (unit.standing is not Standing.DONE and not unit.is_fixed))
        ]
        if units and group in {"", one.name}:
            found.append(replace(one, units=units))
    return found


def count_by_source(work: Work) -> dict[str, int]:
    """How many units are written in each language, by its code: a file holds one of them."""
    found: dict[str, int] = {}
    for group in work.groups:
        for unit in group.units:
            found[unit.source_language] = found.get(unit.source_language, 0) + 1
    return found


def export_file(
    consultation: Consultation,
    language: str,
    *,
    group: str,
    source_language: str,
    only_todo: bool,
    actor: Actor,
) -> tuple[str, bytes]:
    """A file for a translator: its name, which is ASCII, and its bytes.

    Raises:
        NotFound: nothing is to be translated there.
    """
    work = load_work(consultation, language, actor=actor)
    groups = select_groups(work, group=group, source_language=source_language, only_todo=only_todo)
    if not groups:
        raise NotFound
    content = write_xliff(groups, consultation=consultation.code, source_language=source_language, language=language)
    parts = [consultation.code, source_language, language, *([groups[0].name] if group else [])]
    return "-".join(parts) + ".xlf", content


def begin_file(
    consultation: Consultation,
    language: str,
    content: bytes,
    *,
    file_name: str,
    actor: Actor,
    reader: str,
    now: datetime,
) -> TranslatedFile:
    """Keep a file that came back, to be looked at; nothing of it is taken yet.

    Args:
        consultation: that it is of.
        language: BCP 47 code of the translations.
        content: the bytes of the file.
        file_name: as somebody called it.
        actor: who brings it.
        reader: their locale, for what is refused.
        now: when.

    Raises:
        BadInput: it cannot be read, or is of something else; the sentence names the line.
    """
    _compared(read_xliff(content), consultation, language, actor=actor, reader=reader)
    key = short_key()
    file = TranslatedFile(
        key=key,
        consultation=consultation,
        language=language,
        file_name=_name_of(file_name),
        kept_digest=file_store().put(_kept(key, content)),
        begun_by=actor.actor_id,
        begun_at=now,
    )
    db.session.add(file)
    db.session.flush()
    return file


def _kept(key: str, content: bytes) -> bytes:
    """As it is kept: no other file has the same bytes, so none goes with it."""
    return f"{key}\n".encode() + content


def _name_of(file_name: str) -> str:
    name = file_name.replace("\\", "/").rpartition("/")[2]
    try:
        return check_line(name, limit=200) or "translation.xlf"
    except BadInput:
        return "translation.xlf"


def get_file(consultation: Consultation, language: str, key: str) -> TranslatedFile:
    """The file of that key, while it waits.

    Raises:
        NotFound: none such for this consultation and language; or taken, discarded or forgotten.
    """
    found = db.session.scalar(
        sa.select(TranslatedFile).where(
            TranslatedFile.key == key,
            TranslatedFile.consultation_id == consultation.id,
            TranslatedFile.language == language,
        )
    )
    if found is None:
        raise NotFound
    return found


def comparison_of(file: TranslatedFile, *, actor: Actor, reader: str) -> Comparison:
    """What a file would change now.

    Raises:
        BadInput: the consultation has changed so that the file no longer fits.
        NotFound: its bytes are gone.
    """
    content = file_store().get(file.kept_digest).partition(b"\n")[2]
    return _compared(read_xliff(content), file.consultation, file.language, actor=actor, reader=reader)


def _compared(
    document: Document, consultation: Consultation, language: str, *, actor: Actor, reader: str
) -> Comparison:
    require_fitting(document, consultation=consultation.code, language=language, reader=reader)
    work = load_work(consultation, language, actor=actor)
    return compare(document, [unit for group in work.groups for unit in group.units], reader=reader)


@dataclass(frozen=True)
class Taken:
    """What became of a file.

    Args:
        saved: how many translations say something else now, or were confirmed.
        asked: how many somebody had to decide on, and left as they are.
        left: how many could not be taken.
    """

    saved: int
    asked: int
    left: int


def take_file(file: TranslatedFile, chosen: Collection[str], *, actor: Actor, reader: str, now: datetime) -> Taken:
    """Take from a file what can be taken, and what somebody chose; the file is then forgotten.

    Args:
        file: that was looked at.
        chosen: of what is asked, what is taken: `Finding.choice` as it was on the page. What has changed since is left.
        actor: who takes it.
        reader: their locale.
        now: when.

    Raises:
        BadInput: the consultation has changed so that the file no longer fits.
        NotFound: somebody else has taken or discarded it.
    """
    _lock_file(file)
    comparison = comparison_of(file, actor=actor, reader=reader)
    findings = comparison.taken(chosen)
    entries = [
        Entry(
            finding.unit,
            finding.text,
            finding.unit.version,
            finding.unit.source_digest,
            keeps=finding.fate is Fate.CONFIRMED,
        )
        for finding in findings
        if finding.unit is not None
    ]
    saved = save_translations(file.consultation, entries, language=file.language, actor=actor, now=now)
    asked = comparison.count(*ASKED) - sum(finding.fate in ASKED for finding in findings)
    taken = Taken(len(saved.units), asked, comparison.count(*LEFT) + len(saved.refused))
    content = {"language": file.language, "file": file.kept_digest, "saved": taken.saved}
    record("desk:translated_file:take", file, actor=actor, now=now, content=content)
    _forget(file)
    return taken


def discard_file(file: TranslatedFile) -> None:
    """Forget a file without taking anything.

    Raises:
        NotFound: somebody else has taken or discarded it.
    """
    _lock_file(file)
    _forget(file)


def forget_old_files(now: datetime) -> int:
    """Forget the files that nobody came back to for a week; returns how many."""
    rows: Sequence[TranslatedFile] = db.session.scalars(
        sa.select(TranslatedFile)
        .where(TranslatedFile.begun_at < now - KEPT)
        .order_by(TranslatedFile.id)
        .with_for_update()
    ).all()
    for file in rows:
        _forget(file)
    return len(rows)


def forget_files_with(comment: Comment) -> None:
    """Forget the files that wait and may hold the words of a point that goes; whoever looks at one sends it again.

    One that is locked is being taken or discarded, and goes with that. Waiting for it here would be waiting for each
    other: who takes a file then waits for its points.
    """
    rows = db.session.scalars(
        sa.select(TranslatedFile)
        .where(TranslatedFile.consultation_id == comment.submission.round.consultation_id)
        .order_by(TranslatedFile.id)
        .with_for_update(skip_locked=True, of=TranslatedFile)
    ).all()
    for file in rows:
        _forget(file)


def _lock_file(file: TranslatedFile) -> None:
    """Lock a file, so that of two who take or discard it only one does.

    Raises:
        NotFound: somebody else was faster.
    """
    found = db.session.scalar(sa.select(TranslatedFile.id).where(TranslatedFile.id == file.id).with_for_update())
    if found is None:
        raise NotFound(_("Somebody has taken this file, or discarded it."))


def _forget(file: TranslatedFile) -> None:
    forget_after_commit(file_store(), file.kept_digest)
    db.session.delete(file)
    db.session.flush()
