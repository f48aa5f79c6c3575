"""The steps of a comment table: the file, its columns, who speaks, unclear places, the preview, the import."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Capacity
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.core.forms import FileForm
from consult.core.languages import language_choices
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.documents.queries import places_of
from consult.intake.cells import Cell
from consult.intake.enums import Column, Fate, PlaceKind, Remark
from consult.intake.forms import ReadingForm, RespondentsForm, columns_form, setting_words
from consult.intake.interpreting import (
    Reading,
    blocks_of,
    distinct_authors,
    looks_official,
    problems_of,
    remarks_of,
    unclear_places,
)
from consult.intake.models import CommentImport
from consult.intake.places import GENERAL, normal, place_of
from consult.intake.queries import (
    Preview,
    RefusedRow,
    RowFilter,
    choices_of,
    find_said_before,
    get_import,
    kept_table,
    page_of_imports,
    page_of_readings,
    page_of_refused,
    page_of_taken,
    points_of_rows,
    preview_of,
    refused_headings,
    refused_in,
    refused_rows,
    shown_headings,
    stored_columns,
)
from consult.intake.reports import to_csv, to_xlsx
from consult.intake.services import (
    begin_import,
    decide_places,
    discard_import,
    read_again,
    run_import,
    update_columns,
    update_respondents,
)
from consult.intake.wording import date_in_words, problem_in_words, problem_titles, remark_in_words
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import require_taking

desk = Blueprint("intake_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/comment-tables")

PLACES_AT_ONCE = 20
NAMES_AT_ONCE = 100
LEAVE_OPEN, OTHER = "open", "other"
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def load_import(slug: str, table_key: str) -> CommentImport:
    """The comment table that an address of the desk names.

    Raises:
        NotFound: no such consultation, or no such table in its round.
    """
    return get_import(get_round(slug), table_key)


def load_draft(slug: str, table_key: str) -> CommentImport:
    """The comment table of an address, while it is not imported.

    Raises:
        NotFound: no such table, or imported already.
    """
    import_ = load_import(slug, table_key)
    if not import_.is_draft:
        raise NotFound
    return import_


def _step(name: str, import_: CommentImport, **values: Any) -> str:
    return url_for(f"intake_desk.{name}", slug=import_.round.consultation.slug, table_key=import_.key, **values)


def _page(template: str, round_: Round, **values: Any) -> str:
    return render_template(
        f"intake/{template}.html", current="tables", round=round_, consultation=round_.consultation, **values
    )


@desk.route("", methods=["GET", "POST"])
@requires(Permission.TABLE_IMPORT, get_round)
def tables(round_: Round) -> Any:
    """The comment tables of a round, and the form that brings one in."""
    form = FileForm()
    now = utc_now()
    if form.validate_on_submit():
        try:
            import_ = begin_import(
                round_,
                form.file.data.read(),
                file_name=form.file.data.filename or "",
                actor=current_actor(),
                now=now,
            )
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            return redirect(_step("columns", import_))
    refusal = ""
    try:
        require_taking(round_, now)
    except InvalidTransition as error:
        refusal = error.message
    page = page_of_imports(round_, after=request.args.get("after"), before=request.args.get("before"))
    people = [key for one in page.items for key in (one.begun_by, one.imported_by) if key is not None]
    shown = _page(
        "tables", round_, form=form, page=page, names=names_of(people), refusal=refusal,
        megabytes=settings().max_request_bytes // (1024 * 1024),
    )  # fmt: skip
    return shown, 422 if form.errors else 200


@desk.route("/<table_key>/columns", methods=["GET", "POST"])
@requires(Permission.TABLE_IMPORT, load_draft)
def columns(import_: CommentImport) -> Any:
    """Which sheet and row the table begins in, and which of its columns holds what."""
    reading = ReadingForm()
    if request.form.get("action") == "read" and reading.validate_on_submit():
        try:
            read_again(
                import_, sheet=reading.sheet.data or None, encoding=reading.encoding.data or None,
                header=reading.header.data,
            )  # fmt: skip
        except BadInput as error:
            reading.show(error)
            return _columns_page(import_, reading)
        return redirect(_step("columns", import_))
    return _columns_page(import_, reading)


def _columns_page(import_: CommentImport, reading: ReadingForm) -> Any:
    table = kept_table(import_)
    shown = shown_headings(table)
    form = columns_form(shown, stored_columns(import_.columns))
    if request.method == "POST" and not reading.errors and form.validate():
        try:
            update_columns(import_, form.columns(), table=table, actor=current_actor(), now=utc_now())
        except BadInput as error:
            form.show(error)
        else:
            return redirect(_step("respondents", import_))
    reading.sheet.choices = [(name, name) for name in table.sheets]
    if not reading.errors:
        reading.sheet.data, reading.encoding.data = table.sheet, table.encoding
        reading.header.data = table.header
    page = _page("columns", import_.round, import_=import_, table=table, shown=shown, form=form, reading=reading)
    return page, 422 if form.errors or reading.errors else 200


@desk.route("/<table_key>/respondents", methods=["GET", "POST"])
@requires(Permission.TABLE_IMPORT, load_draft)
def respondents(import_: CommentImport) -> Any:
    """Who speaks in the table, what the public sees of them, and how permission was given."""
    round_, now = import_.round, utc_now()
    form = RespondentsForm(obj=import_ if request.method == "GET" else None)
    consultation = round_.consultation
    form.language.choices = language_choices([consultation.authentic_language, *consultation.languages])
    before = find_said_before(import_) if import_.setting is None else None
    if form.is_new:
        _propose(form, import_, before)
    if form.validate_on_submit():
        try:
            update_respondents(
                import_,
                capacity=Capacity(form.capacity.data),
                setting=PublicationSetting(form.setting.data),
                now=now,
                **form.values("speaker", "language", "how_permitted", "late_reason"),
            )
        except BadInput as error:
            form.show(error)
        else:
            return redirect(_step("table", import_))
    page = _page(
        "respondents", round_, import_=import_, form=form, before=before, is_late=round_.has_closed(now),
        hints={setting.value: hint for setting, hint in _hints().items()},
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _propose(form: RespondentsForm, import_: CommentImport, before: CommentImport | None) -> None:
    """Fill in what was said of this table, or of the one like it before: for a person to check, never silently.

    How permission was given holds for one round, so it is not proposed for another.
    """
    said = before or import_
    form.capacity.data = said.capacity.value if said.capacity else None
    form.setting.data = said.setting.value if said.setting else None
    form.language.data = said.language
    if before is not None and before.round_id == import_.round_id:
        form.how_permitted.data = before.how_permitted


def _hints() -> dict[PublicationSetting, str]:
    return {
        PublicationSetting.NAMED: _("The public sees the name that the table gives."),
        PublicationSetting.ORGANISATION_ONLY: _("The public sees the organisation’s name, and no person’s."),
        PublicationSetting.ANONYMOUS: _("The public and the secretariat see the points, and no name."),
        PublicationSetting.NOT_PUBLISHED: _(
            "Only the secretariat reads the points. The public sees that there is a point, what it is about, and our "
            "answer; never the words."
        ),
    }


def _field_of(kind: str, key: str) -> str:
    """What the form calls a place or a name: its own words may hold anything."""
    return f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


@desk.route("/<table_key>/questions", methods=["GET", "POST"])
@requires(Permission.TABLE_IMPORT, load_draft)
def questions(import_: CommentImport) -> Any:
    """The places that are not clear and the names that may be a State's, for a person to decide."""
    preview = preview_of(import_.round, kept_table(import_), choices_of(import_))
    everything, start = _all_asked(import_, preview), _start()
    asked = everything[start : start + PLACES_AT_ONCE]
    names = _official_names(preview)
    problems: dict[str, str] = {}
    if request.method == "POST":
        places, problems = _decided(asked, preview)
        if not problems:
            decide_places(import_, places, _capacities(names), preview=preview)
            if start + PLACES_AT_ONCE < len(everything):
                return redirect(_step("questions", import_, **{"from": start + PLACES_AT_ONCE}))
            return redirect(_step("table", import_))
    page = _page(
        "questions", import_.round, import_=import_, asked=asked, names=names, problems=problems, preview=preview,
        total=len(everything), start=start, size=PLACES_AT_ONCE, field_of=_field_of,
        name_key=normal, date_in_words=date_in_words,
        clause_of=lambda reading: reading.row.cell(stored_columns(import_.columns).get(Column.CLAUSE)).text.strip(),
        capacities=list(Capacity), typed=request.form, general=GENERAL, leave_open=LEAVE_OPEN, other=OTHER,
    )  # fmt: skip
    return page, 422 if problems else 200


def _start() -> int:
    asked = request.args.get("from", "0")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0


def _all_asked(import_: CommentImport, preview: Preview) -> list[tuple[str, list[Reading]]]:
    return list(unclear_places(preview.readings, stored_columns(import_.columns).get(Column.CLAUSE)).items())


def _official_names(preview: Preview) -> Sequence[tuple[str, Sequence[Reading]]]:
    found = distinct_authors(preview.readings)
    return [(rows[0].author, rows) for rows in found.values() if looks_official(rows[0].author)][:NAMES_AT_ONCE]


def _decided(asked: Sequence[tuple[str, list[Reading]]], preview: Preview) -> tuple[dict[str, str], dict[str, str]]:
    """What was chosen for each place (an eId, `GENERAL`, or nothing), and what is wrong, by the name of the field."""
    found, problems = {}, {}
    offered = {LEAVE_OPEN, OTHER, GENERAL, *preview.index.by_eid}
    for key, rows in asked:
        name = _field_of("place", key)
        chosen = request.form.get(name, LEAVE_OPEN)
        if chosen == OTHER:
            typed = request.form.get(f"{name}-other", "").strip()[:300]
            block = place_of(preview.index, Cell(typed.partition(" — ")[0])).block
            if block is None:
                problems[f"{name}-other"] = _not_a_section(rows[0].number, typed)
            chosen = block.eid if block is not None else LEAVE_OPEN
        if chosen not in offered:
            problems[f"{name}-other"] = _not_a_section(rows[0].number, chosen[:80])
        found[key] = "" if chosen == LEAVE_OPEN else chosen
    return found, problems


def _not_a_section(row: int, typed: str) -> str:
    if not typed:
        return _("Row %(row)s: write the number or the heading of that section.", row=row)
    return _("Row %(row)s: the draft has no section “%(typed)s”.", row=row, typed=f"\u2068{typed}\u2069")


def _capacities(names: Sequence[tuple[str, Sequence[Reading]]]) -> dict[str, str]:
    return {
        normal(name): request.form.get(_field_of("name", normal(name)), Capacity.STATE_DELEGATION.value)
        for name, _rows in names
    }


@desk.get("/<table_key>")
@requires(Permission.TABLE_IMPORT, load_import)
def table(import_: CommentImport) -> Any:
    """What an import would do, row by row; or what it has done."""
    return _result(import_) if not import_.is_draft else _preview(import_)


def _preview(import_: CommentImport, problem: str = "") -> Any:
    if import_.setting is None:
        return redirect(_step("respondents" if import_.columns else "columns", import_))
    preview = preview_of(import_.round, kept_table(import_), choices_of(import_))
    filters = RowFilter.read(request.args)
    rows = [reading for reading in preview.readings if filters.fits(reading)]
    page = page_of_readings(rows, after=request.args.get("after"), before=request.args.get("before"))
    asked = _all_asked(import_, preview)
    return _page(
        "preview", import_.round, import_=import_, setting=_setting(import_),
        preview=preview, page=page, filters=filters, total=len(rows),
        fates=list(Fate), kinds=list(PlaceKind), remarks=remarks_of(preview.readings),
        problems=problems_of(preview.readings), asked=len(asked), problem=problem,
        decided=sum(rows[0].placement.kind is PlaceKind.DECIDED for _key, rows in asked),
        names=_official_names(preview), respondents=len(distinct_authors(preview.readings)),
        places=places_of(blocks_of(page.items), current_locale().code, actor=None),
        problem_in_words=problem_in_words, remark_in_words=remark_in_words, problem_titles=problem_titles(),
    )  # fmt: skip


def _setting(import_: CommentImport) -> str:
    return setting_words().get(import_.setting, "") if import_.setting is not None else ""


def _result(import_: CommentImport) -> str:
    after, before = request.args.get("after"), request.args.get("before")
    shows_refused = request.args.get("show") == "refused"
    taken = page_of_taken(import_, after=after, before=before) if not shows_refused else None
    points = points_of_rows(taken.items) if taken else {}
    blocks = [point.paragraph for point in points.values() if point.paragraph is not None]
    return _page(
        "result", import_.round, import_=import_, setting=_setting(import_),
        taken=taken, points=points, kinds=list(PlaceKind),
        refused=page_of_refused(import_, after=after, before=before) if shows_refused else None,
        are_kept=bool(refused_rows(import_)), names=names_of([import_.imported_by] if import_.imported_by else []),
        places=places_of(blocks, current_locale().code, actor=None), problem_in_words=problem_in_words,
        remark=Remark.PROPOSED_ALONE,
    )  # fmt: skip


@desk.post("/<table_key>/import")
@requires(Permission.TABLE_IMPORT, load_import)
def import_now(import_: CommentImport) -> Any:
    """Take every row that can be taken."""
    try:
        run_import(import_, actor=current_actor(), now=utc_now())
    except (BadInput, InvalidTransition) as error:
        page = _preview(import_, error.message)
        return (page, 422) if isinstance(page, str) else page
    taken = ngettext(
        "%(num)s row is taken. Its point waits to be read.",
        "%(num)s rows are taken. Their points wait to be read.",
        import_.rows_taken,
    )
    flash(taken, "success")
    return redirect(_step("table", import_))


@desk.post("/<table_key>/discard")
@requires(Permission.TABLE_IMPORT, load_draft)
def discard(import_: CommentImport) -> Any:
    """Forget a table that was not imported."""
    slug = import_.round.consultation.slug
    discard_import(import_, actor=current_actor(), now=utc_now())
    flash(_("The table is forgotten. Nothing of it was taken."), "success")
    return redirect(url_for("intake_desk.tables", slug=slug))


@desk.get("/<table_key>/not-taken.csv")
@requires(Permission.TABLE_IMPORT, load_import)
def not_taken_csv(import_: CommentImport) -> Response:
    """The rows that are not taken, in their own columns, to be corrected and brought in again; as CSV."""
    return _file(to_csv(*_refused(import_)), import_, "csv")


@desk.get("/<table_key>/not-taken.xlsx")
@requires(Permission.TABLE_IMPORT, load_import)
def not_taken_xlsx(import_: CommentImport) -> Response:
    """The same as a workbook."""
    return _file(to_xlsx(*_refused(import_)), import_, "xlsx")


def _refused(import_: CommentImport) -> tuple[list[str], list[RefusedRow]]:
    if import_.is_draft:
        preview = preview_of(import_.round, kept_table(import_), choices_of(import_))
        headings, rows = list(preview.table.headings), refused_in(preview)
    else:
        headings, rows = refused_headings(import_), refused_rows(import_)
    if not rows:
        raise NotFound
    return headings, rows


def _file(content: bytes, import_: CommentImport, kind: str) -> Response:
    response = Response(content, content_type=MEDIA_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="not-taken-{import_.round.label}.{kind}"'
    return response
