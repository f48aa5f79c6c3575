"""Bringing a comment table in: keep the file, say what its columns and its words mean, take its rows once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.enums import Capacity
from consult.consultations.models import Round
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.orphans import forget_after_commit
from consult.core.text import check_line
from consult.intake.columns import headings_digest
from consult.intake.enums import Column, Fate, ImportStatus, Problem
from consult.intake.interpreting import Choices, Reading, capacity_of, distinct_authors, groups_of
from consult.intake.models import ColumnMapping, CommentImport, ImportedRow
from consult.intake.places import GENERAL, normal
from consult.intake.queries import (
    Preview,
    choices_of,
    kept_bytes,
    kept_table,
    preview_of,
    proposed_columns,
    read_kept,
    sealed,
    stored_columns,
    stored_refused,
)
from consult.intake.reading import Table, read_table
from consult.ledger.services import record
from consult.submissions.enums import PublicationSetting, SubmissionSource, SubmissionStatus
from consult.submissions.models import Comment, short_key
from consult.submissions.queries import get_identity
from consult.submissions.services import (
    Transcribed,
    require_taking,
    transcribe_submission,
    withdraw_for_respondent,
)

DRAFT_KEPT = timedelta(days=7)
REFUSED_KEPT = timedelta(days=30)


def begin_import(
    round_: Round,
    content: bytes,
    *,
    file_name: str,
    actor: Actor,
    now: datetime,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
) -> CommentImport:
    """Keep a comment table as a draft, with the columns that its headings or an earlier table propose.

    Args:
        round_: that it is for.
        content: the file.
        file_name: as somebody called it.
        actor: who brings it in.
        now: when.
        sheet: of a workbook, where somebody chose it.
        encoding: of a text file, where somebody chose it.
        header: the row of the headings, where somebody chose it.

    Raises:
        InvalidTransition: the round takes none.
        BadInput: it cannot be read; the sentence says what to do.
    """
    require_taking(round_, now)
    table = read_table(content, sheet=sheet, encoding=encoding, header=header)
    key = short_key()
    store = file_store()
    import_ = CommentImport(
        key=key,
        round=round_,
        file_name=_name_of(file_name),
        file_digest=sealed(store.digest(content)),
        kept_digest=store.put(kept_bytes(key, content)),
        begun_by=actor.actor_id,
        begun_at=now,
        language=round_.consultation.authentic_language,
        refused=None,
    )
    db.session.add(import_)
    _take_reading(import_, table)
    db.session.flush()
    return import_


def _name_of(file_name: str) -> str:
    name = file_name.replace("\\", "/").rpartition("/")[2]
    try:
        return check_line(name, limit=200) or "table"
    except BadInput:
        return "table"


def _take_reading(import_: CommentImport, table: Table) -> None:
    import_.sheet, import_.encoding, import_.header = table.sheet or None, table.encoding or None, table.header
    import_.headings = headings_digest(table.headings)
    columns = proposed_columns(import_.host_id, table.headings)
    import_.columns = {column.value: place for column, place in columns.items()}


def read_again(import_: CommentImport, *, sheet: str | None, encoding: str | None, header: int | None) -> Table:
    """Read the file of a draft in another way: another sheet, encoding or row of headings.

    Raises:
        BadInput: it cannot be read that way.
        InvalidTransition: it is imported.
    """
    _lock_draft(import_)
    if (sheet, encoding) != (import_.sheet, import_.encoding):
        header = header if header != import_.header else None  # the row of the other sheet
    table = read_kept(import_, sheet=sheet or None, encoding=encoding or None, header=header)
    _take_reading(import_, table)
    import_.places = {}
    db.session.flush()
    return table


def update_columns(
    import_: CommentImport, columns: Mapping[Column, int], *, table: Table, actor: Actor, now: datetime
) -> None:
    """Say which column holds what, and remember it for tables with the same headings.

    Raises:
        BadInput: neither comments nor proposed changes, or one column for two things.
        InvalidTransition: it is imported.
    """
    _lock_draft(import_)
    require_columns(columns, len(table.headings))
    stored = {column.value: place for column, place in columns.items()}
    import_.columns = stored
    digest = headings_digest(table.headings)
    row = db.session.scalar(
        sa.select(ColumnMapping)
        .where(ColumnMapping.host_id == import_.host_id, ColumnMapping.headings == digest)
        .with_for_update()
    )
    if row is None:
        row = ColumnMapping(host_id=import_.host_id, headings=digest)
        db.session.add(row)
    row.columns, row.saved_at = stored, now
    db.session.flush()
    record("desk:column_mapping:save", row, actor=actor, now=now, content={"columns": stored})


def require_columns(columns: Mapping[Column, int], width: int) -> None:
    """Refuse columns that make no points.

    Raises:
        BadInput: neither comments nor proposed changes, or one column for two things.
    """
    if Column.COMMENT not in columns and Column.PROPOSED not in columns:
        raise BadInput(_("Say which column holds the comments, or the proposed changes."), "columns")
    if len(set(columns.values())) < len(columns) or any(not 0 <= place < width for place in columns.values()):
        raise BadInput(_("One column holds one thing. Choose each column once."), "columns")


def update_respondents(
    import_: CommentImport,
    *,
    speaker: str,
    capacity: Capacity,
    setting: PublicationSetting,
    language: str,
    how_permitted: str,
    late_reason: str,
    now: datetime,
) -> None:
    """Say who speaks in a table, what the public sees of them, and how permission was given.

    Raises:
        BadInput: something that is needed is missing, or does not fit.
        InvalidTransition: it is imported.
    """
    _lock_draft(import_)
    require_permission(import_.round, setting=setting, how_permitted=how_permitted, late_reason=late_reason, now=now)
    import_.speaker, import_.capacity, import_.setting = speaker, capacity, setting
    import_.language, import_.how_permitted = language, how_permitted
    import_.late_reason = late_reason if import_.round.has_closed(now) else ""
    db.session.flush()


def require_permission(
    round_: Round, *, setting: PublicationSetting, how_permitted: str, late_reason: str, now: datetime
) -> None:
    """Refuse a table without permission, or a late one without its reason.

    Raises:
        BadInput: naming the field.
    """
    if setting is PublicationSetting.PSEUDONYM:
        raise BadInput(_("Only respondents themselves choose a pseudonym. Choose another setting."), "setting")
    if not how_permitted:
        raise BadInput(_("Write how permission to record and to publish this was given."), "how_permitted")
    if round_.has_closed(now) and not late_reason:
        raise BadInput(_("This round has closed. Write the reason that the public will read."), "late_reason")


def decide_places(
    import_: CommentImport, places: Mapping[str, str], capacities: Mapping[str, str], *, preview: Preview
) -> None:
    """Keep what a person decided: where unclear places belong, and in what capacity some respondents speak.

    Args:
        import_: a draft.
        places: by the words of the place, an eId, `GENERAL`, or nothing to leave it open.
        capacities: by the name of the respondent.
        preview: what was decided on.

    Raises:
        BadInput: a block that the draft does not have.
        InvalidTransition: it is imported.
    """
    _lock_draft(import_)
    if any(eid not in {"", GENERAL} and eid not in preview.index.by_eid for eid in places.values()):
        raise BadInput(_("This is not a section of the draft. Choose one of the list."), "places")
    import_.places = {key: eid for key, eid in {**import_.places, **places}.items() if eid}
    import_.capacities = {
        name: value for name, value in {**import_.capacities, **capacities}.items() if value in set(Capacity)
    }
    db.session.flush()


def discard_import(import_: CommentImport, *, actor: Actor, now: datetime) -> None:
    """Forget a draft and its file.

    Raises:
        InvalidTransition: it is imported.
    """
    _lock_draft(import_)
    record("desk:comment_table:discard", import_, actor=actor, now=now, content={"file": import_.file_digest})
    if import_.kept_digest is not None:
        forget_after_commit(file_store(), import_.kept_digest)
    db.session.delete(import_)
    db.session.flush()


def _lock_draft(import_: CommentImport) -> None:
    """Lock a table, so that nobody changes it while somebody else imports it.

    Raises:
        InvalidTransition: it is imported.
    """
    db.session.refresh(import_, attribute_names=["status"], with_for_update={"of": CommentImport})
    if not import_.is_draft:
        raise InvalidTransition(_("This table is imported already, so nothing of it changes."))


def run_import(import_: CommentImport, *, actor: Actor, now: datetime, unplaced_general: bool = False) -> CommentImport:
    """Take every good row of a table, all of them or none; those that are there already are not taken again.

    The points of each respondent become one submission, which waits for screening like any other. Importing twice
    is harmless: the second time finds it imported and changes nothing.

    Args:
        import_: a draft.
        actor: who imports.
        now: when.
        unplaced_general: take rows whose place is not clear as points on the text in general.

    Raises:
        InvalidTransition: the round has not begun, or a release of it exists.
        BadInput: something is missing, or no row can be taken.
        NotFound: the file has been forgotten.
    """
    round_ = import_.round
    # The round first, as asking for a release does; two imports of one file then take turns.
    db.session.refresh(round_, attribute_names=["opened_at"], with_for_update={"of": Round})
    db.session.refresh(import_, with_for_update={"of": CommentImport})
    if not import_.is_draft:
        return import_
    require_taking(round_, now)
    if import_.setting is None or import_.capacity is None or not import_.language:
        raise BadInput(_("Say first who speaks in this table, and how permission was given."))
    require_permission(
        round_, setting=import_.setting, how_permitted=import_.how_permitted, late_reason=import_.late_reason, now=now
    )
    choices = choices_of(import_)
    if unplaced_general:
        choices = replace(choices, unplaced_general=True)
    table = kept_table(import_)
    require_columns(choices.columns, len(table.headings))
    preview = preview_of(round_, table, choices)
    _take(import_, preview, choices, actor, now)
    _finish(import_, preview, actor, now)
    return import_


def _take(import_: CommentImport, preview: Preview, choices: Choices, actor: Actor, now: datetime) -> None:
    good = [reading for reading in preview.readings if reading.fate is Fate.TAKEN]
    for readings in distinct_authors(good).values():
        author = readings[0].author
        capacity = capacity_of(author, choices)
        is_person = capacity is Capacity.INDIVIDUAL
        submission = transcribe_submission(
            import_.round,
            [_point(reading) for reading in readings],
            source=SubmissionSource.COMMENT_TABLE,
            name=author if is_person else "",
            organisation="" if is_person else author,
            capacity=capacity,
            constituencies=[r.constituency for r in readings if r.constituency is not None],
            setting=choices.setting,
            language=import_.language or "",
            how_permitted=import_.how_permitted,
            late_reason=import_.late_reason,
            actor=actor,
            now=now,
        )
        db.session.add_all(
            ImportedRow(
                round_id=import_.round_id,
                import_id=import_.id,
                comment_id=comment.id,
                row_number=reading.number,
                digest=reading.digest,
            )
            for reading, comment in zip(readings, submission.comments, strict=True)
        )
    db.session.flush()


def _point(reading: Reading) -> Transcribed:
    return Transcribed(
        paragraph=reading.placement.block,
        comment_type=reading.comment_type,
        text=reading.text,
        proposed_change=reading.proposed,
        place_as_written=reading.as_written,
        language=reading.language,
        language_words=reading.language_words,
    )


def _finish(import_: CommentImport, preview: Preview, actor: Actor, now: datetime) -> None:
    import_.rows_taken = preview.count(Fate.TAKEN)
    import_.rows_known = preview.count(Fate.KNOWN)
    import_.rows_refused = preview.count(Fate.REFUSED)
    import_.groups = groups_of([reading for reading in preview.readings if reading.fate is Fate.TAKEN])
    import_.refused = stored_refused(preview)
    # Who spoke stands with the submissions, under the setting that was chosen, and nowhere else.
    import_.speaker, import_.capacities = "", {}
    import_.status, import_.imported_by, import_.imported_at = ImportStatus.IMPORTED, actor.actor_id, now
    db.session.flush()
    record(
        "desk:comment_table:import",
        import_,
        actor=actor,
        now=now,
        content={
            "file": import_.file_digest,
            "taken": import_.rows_taken,
            "known": import_.rows_known,
            "refused": import_.rows_refused,
        },
    )


def forget_old_tables(now: datetime) -> int:
    """Forget files of tables that are imported or were left as drafts, and rows not taken; returns how many files.

    What a file was called goes with the rows that were not taken.
    """
    store, done = file_store(), 0
    old = db.session.scalars(
        sa.select(CommentImport)
        .where(
            CommentImport.kept_digest.is_not(None),
            sa.or_(CommentImport.status == ImportStatus.IMPORTED, CommentImport.begun_at < now - DRAFT_KEPT),
        )
        .order_by(CommentImport.id)
        .with_for_update(skip_locked=True)
    ).all()
    for import_ in old:
        forget_after_commit(store, import_.kept_digest or "")
        if import_.is_draft:
            db.session.delete(import_)
        else:
            import_.kept_digest = None
        done += 1
    db.session.flush()
    db.session.execute(
        sa.update(CommentImport)
        .where(
            CommentImport.imported_at < now - REFUSED_KEPT,
            sa.or_(CommentImport.refused.is_not(None), CommentImport.file_name != ""),
        )
        .values(refused=None, file_name="")
        .execution_options(synchronize_session=False)
    )
    return done


def withdraw_point(comment: Comment, *, is_all: bool, how_wished: str, actor: Actor, now: datetime) -> None:
    """Withdraw what a table brought in at the wish of its respondent, and forget what would show that it did.

    The digest and the number of each row go: what is withdrawn cannot be proved by bringing it in again, so a table
    in which it still stands would be taken anew. With everything of a respondent go the rows of theirs that were
    not taken and the name of the file; with everything of a table, how permission was given.

    Args:
        comment: a point of theirs.
        is_all: everything that came in with it, or this point alone.
        how_wished: how they made the wish known.
        actor: who of the staff does it.
        now: when.

    Raises:
        InvalidTransition: it came in on the site, or is withdrawn already.
        BadInput: it is not said how the wish was made known.
    """
    submission = comment.submission
    identity = get_identity(submission)
    names = {normal(name) for name in (identity.name, identity.organisation) if name} if identity else set()
    withdraw_for_respondent(comment, is_all=is_all, how_wished=how_wished, actor=actor, now=now)
    gone = [one.id for one in submission.comments if one.is_withdrawn]
    of_these = ImportedRow.comment_id.in_(gone)
    db.session.execute(
        sa.update(ImportedRow)
        .where(of_these, ImportedRow.digest.is_not(None))
        .values(digest=None, row_number=0)
        .execution_options(synchronize_session="fetch")
    )
    if submission.status is not SubmissionStatus.WITHDRAWN:
        return
    tables = sa.select(ImportedRow.import_id).where(of_these)
    for import_ in db.session.scalars(
        sa.select(CommentImport).where(CommentImport.id.in_(tables)).order_by(CommentImport.id).with_for_update()
    ):
        import_.file_name = ""
        import_.refused = _without(import_, names)
        if not _has_points(import_):
            import_.how_permitted = ""
    db.session.flush()


def _without(import_: CommentImport, names: Collection[str]) -> dict[str, Any] | None:
    """The rows that were not taken, without those that name a respondent, or that were theirs by default."""
    place = stored_columns(import_.columns).get(Column.AUTHOR)
    stored = import_.refused or {}
    kept = []
    for row in stored.get("rows", []):
        said = [normal(cell) for cell in row["cells"]]
        is_nobodys = any(problem == Problem.NO_AUTHOR for problem, _cell, _detail in row["why"])
        author = said[place] if place is not None and place < len(said) else ""
        if (author or is_nobodys) and not any(name in cell for name in names for cell in said):
            kept.append(row)
    return {**stored, "rows": kept} if kept else None


def _has_points(import_: CommentImport) -> bool:
    return (
        db.session.scalar(
            sa.select(ImportedRow.id).where(ImportedRow.import_id == import_.id, ImportedRow.row_number > 0).limit(1)
        )
        is not None
    )
