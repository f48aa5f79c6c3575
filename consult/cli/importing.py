"""`consult import-comments`: a comment table into a round, by the services that the desk uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from consult.accounts.actors import SYSTEM
from consult.accounts.enums import Capacity
from consult.cli.base import clear_errors, running_app
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import unit_of_work
from consult.core.errors import BadInput, NotFound
from consult.core.languages import resolve_language
from consult.core.locale import UNCODED
from consult.core.locale import gettext as _
from consult.core.text import check_line, check_text
from consult.intake.columns import read_mapping
from consult.intake.delimited import ENCODINGS
from consult.intake.enums import Column, Fate, PlaceKind
from consult.intake.interpreting import Choices, distinct_authors, looks_official, problems_of, remarks_of
from consult.intake.queries import Preview, languages_of, preview_of, proposed_columns, refused_in
from consult.intake.reading import FILE_MAX, Table, read_table
from consult.intake.reports import to_csv, to_xlsx
from consult.intake.services import (
    begin_import,
    require_columns,
    run_import,
    update_columns,
    update_respondents,
)
from consult.intake.wording import problem_titles, remark_in_words
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import require_taking

SETTINGS = ["named", "organisation_only", "anonymous", "not_published"]
NOT_ALL_TAKEN = 3
"""The exit code where some rows were not taken; 0: all, 1: nothing could be done, 2: wrong options."""


def _option(*names: str, **values: Any) -> Callable[[Any], Any]:
    return click.option(*names, **values)


@click.command("import-comments")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_option("--consultation", required=True, help="The consultation's address; slug/rounds/2 names a round.")
@_option("--map", "mapping", default="", help='Columns by heading or letter: "clause=Section,comment=Text,author=B".')
@_option("--sheet", help="Sheet of a workbook; else the one that looks most like a comment table.")
@_option("--header", type=int, help="Row of the headings, where it is not found.")
@_option("--encoding", type=click.Choice(list(ENCODINGS)), help="Encoding of a CSV file, where it is not found.")
@_option("--speaker", default="", help="Who speaks where the table names nobody.")
@_option("--capacity", type=click.Choice([one.value for one in Capacity]), default="organisation", show_default=True,
         help="In what capacity they speak; names that may be a State's count as State delegations.")  # fmt: skip
@_option(
    "--setting", type=click.Choice(SETTINGS), default="named", show_default=True, help="What the public sees of them."
)
@_option("--consent", default="", help="How permission to record and publish was given; required with --import.")
@_option("--language", help="Language of the comments; the authentic one when absent.")
@_option("--late-reason", default="", help="Why it is taken after the closing; the public reads it.")
@_option("--unplaced", type=click.Choice(["report", "general"]), default="report", show_default=True,
         help="Rows whose place is not clear: report them, or take them as points on the text in general.")  # fmt: skip
@_option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows that are not taken go (.xlsx or .csv).",
)
@_option(
    "--dry-run/--import",
    "dry_run",
    default=True,
    show_default=True,
    help="Only say what would happen, or take the rows.",
)
@clear_errors
def import_comments(table: Path, consultation: str, dry_run: bool, report: Path | None, **options: Any) -> None:
    """Take a comment table (.xlsx or CSV): a dry run first, then again with --import. Twice adds nothing."""
    if table.stat().st_size > FILE_MAX:
        raise click.ClickException(f"{table.name} is larger than {FILE_MAX // 1024 // 1024} MB. Split the table.")
    if not dry_run and not options["consent"].strip():
        raise click.UsageError("--import needs --consent: say how permission to record and publish was given.")
    content = table.read_bytes()
    with running_app(), unit_of_work():
        round_ = _round(consultation)
        require_taking(round_, utc_now())
        read = read_table(content, sheet=options["sheet"], encoding=options["encoding"], header=options["header"])
        columns = _columns(round_, read, options["mapping"])
        preview = preview_of(round_, read, _choices(round_, columns, options))
        _say(preview, columns)
        if not dry_run:
            _import(round_, content, table.name, read, columns, options)
    rows = refused_in(preview)
    if rows and dry_run and report is None:
        click.echo("Run it again with --report FILE.xlsx or FILE.csv to get the rows that would not be taken.")
    elif rows:
        path = report or Path(f"{table.stem}.not-taken.xlsx")
        with running_app():
            made = (
                to_csv(preview.table.headings, rows) if path.suffix == ".csv" else to_xlsx(preview.table.headings, rows)
            )
        path.write_bytes(made)
        click.echo(f"rows that are not taken: {path}")
    if dry_run:
        click.echo("A dry run: nothing was taken. Run it again with --import and --consent.")
    if rows:
        raise click.exceptions.Exit(NOT_ALL_TAKEN)


def _round(address: str) -> Round:
    try:
        return get_round(address)
    except NotFound:
        raise click.ClickException(f"There is no consultation at the address {address}.") from None


def _columns(round_: Round, table: Table, mapping: str) -> dict[Column, int]:
    columns = proposed_columns(round_.host_id, table.headings)
    chosen = read_mapping(mapping, table.headings)
    taken = set(chosen.values())
    columns = {column: place for column, place in columns.items() if place not in taken} | chosen
    require_columns(columns, len(table.headings))
    return columns


def _language(round_: Round, typed: str | None) -> str:
    """The code of the language of a table.

    Raises:
        BadInput: neither a code nor a known name.
    """
    if not typed:
        return round_.consultation.authentic_language
    found = resolve_language(check_line(typed), "en")
    if found.code == UNCODED:
        raise BadInput(
            _(
                "No code is known for “%(language)s”. Rows can name their language in a column of its own.",
                language=typed,
            )
        )
    return found.code


def _choices(round_: Round, columns: dict[Column, int], options: dict[str, Any]) -> Choices:
    return Choices(
        columns=columns,
        speaker=check_line(options["speaker"]),
        capacity=Capacity(options["capacity"]),
        setting=PublicationSetting(options["setting"]),
        language=_language(round_, options["language"]),
        languages=languages_of(round_),
        unplaced_general=options["unplaced"] == "general",
    )


def _import(
    round_: Round, content: bytes, name: str, table: Table, columns: dict[Column, int], options: dict[str, Any]
) -> None:
    now = utc_now()
    import_ = begin_import(
        round_, content, file_name=name, actor=SYSTEM, now=now,
        sheet=table.sheet or None, encoding=table.encoding or None, header=table.header,
    )  # fmt: skip
    update_columns(import_, columns, table=table, actor=SYSTEM, now=now)
    update_respondents(
        import_,
        speaker=check_line(options["speaker"]),
        capacity=Capacity(options["capacity"]),
        setting=PublicationSetting(options["setting"]),
        language=_language(round_, options["language"]),
        how_permitted=check_text(options["consent"], limit=1_000),
        late_reason=check_text(options["late_reason"], limit=1_000),
        now=now,
    )
    run_import(import_, actor=SYSTEM, now=now, unplaced_general=options["unplaced"] == "general")
    click.echo(
        f"imported: {import_.rows_taken} taken, {import_.rows_known} there already, {import_.rows_refused} not taken"
    )


def _say(preview: Preview, columns: dict[Column, int]) -> None:
    table = preview.table
    read = (
        f"sheet {table.sheet}"
        if table.sheet
        else f"{ENCODINGS.get(table.encoding, '')}{' (a guess)' if table.is_guess else ''}"
    )
    click.echo(f"read: {len(table.rows)} rows below the headings in row {table.header}, {read}")
    if table.left_out:
        click.echo(f"left out as part of the form: rows {', '.join(map(str, table.left_out[:20]))}")
    for column, place in columns.items():
        click.echo(f"  {column.value:<13} {table.headings[place]}")
    _lines("rows", [(str(fate.label), preview.count(fate)) for fate in Fate])
    groups = preview.groups
    _lines("places", [(str(kind.label), groups[kind.value]) for kind in PlaceKind if groups.get(kind.value)])
    titles = problem_titles()
    _lines("not taken", [(titles[problem], number) for problem, number in problems_of(preview.readings).items()])
    _lines("to know", [(remark_in_words(one), number) for one, number in remarks_of(preview.readings).items()])
    authors = distinct_authors(preview.readings)
    official = [rows[0].author for rows in authors.values() if looks_official(rows[0].author)]
    click.echo(f"respondents: {len(authors)}")
    for name in official[:20]:
        click.echo(f"  counts as a State delegation until its credential is on record: {name}")
    for reading in [one for one in preview.readings if one.troubles][:20]:
        click.echo(f"  row {reading.number}, {', '.join(trouble.cell for trouble in reading.troubles)}: "
                   f"{'; '.join(titles[trouble.problem] for trouble in reading.troubles)}")  # fmt: skip


def _lines(title: str, lines: list[tuple[str, int]]) -> None:
    if lines:
        click.echo(f"{title}:")
    for words, number in lines:
        click.echo(f"  {number:>6}  {words}")
