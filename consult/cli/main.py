"""`consult`: the commands that look after an instance."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from consult import __version__
from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM
from consult.accounts.queries import find_account
from consult.accounts.services import check_password, create_account
from consult.cli.base import bring_index_up_to_date, clear_errors, read_settings, read_text_file, running_app
from consult.cli.checking import run_checks
from consult.cli.importing import import_comments
from consult.cli.serving import demo, migrate, run, stop_on_signals, web, worker
from consult.consultations.queries import get_round
from consult.core.backup import create_backup, restore_backup
from consult.core.clock import utc_now
from consult.core.db import unit_of_work
from consult.core.errors import NotFound
from consult.core.locale import find_locale
from consult.core.storage import FileStore
from consult.core.text import check_line
from consult.documents.queries import list_paragraphs
from consult.documents.services import import_document
from consult.publication.verifying import verify
from consult.secretariats.enums import StaffStanding
from consult.secretariats.queries import get_host
from consult.secretariats.services import assign_role, tell_of_protection
from consult.texts.indexing import rebuild_index


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Look after a Consult instance. Settings are environment variables; docs/operating.md lists them."""


for command in (run, web, worker, migrate, demo, import_comments):
    cli.add_command(command)


@cli.group("user")
def user() -> None:
    """People with accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--administrator", is_flag=True, help="May create hosts and name their staff.")
@click.option("--host", "host_slug", help="A host's address, to give a role there.")
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), help="The role at that host.")
@click.option(
    "--standing",
    type=click.Choice([standing.value for standing in StaffStanding]),
    default=StaffStanding.OWN.value,
    show_default=True,
    help="Who employs the person at that host; the protection role is for its own staff alone.",
)
@click.option("--locale", default="en", show_default=True, help="Language of messages.")
@clear_errors
def add_user(
    email: str, name: str, administrator: bool, host_slug: str | None, role: str | None, standing: str, locale: str
) -> None:
    """Add somebody, or give a further role. A new person's password is asked for, or read from standard input."""
    if bool(host_slug) != bool(role):
        raise click.UsageError("--host and --role go together.")
    if "@" not in email or find_locale(locale) is None:
        raise click.UsageError("Give an e-mail address, and a language that the instance has.")
    now = utc_now()
    with running_app(), unit_of_work():
        account = find_account(email)
        if account is None:
            password = _ask_password()
            check_password(password, email)
            account = create_account(
                email=check_line(email),
                name=check_line(name),
                password=password,
                locale=locale,
                now=now,
                is_administrator=administrator,
                confirmed=True,
            )
            click.echo(f"added {account.email}")
        elif administrator and not account.is_administrator:
            account.is_administrator = True
            click.echo(f"{account.email} is now an administrator")
        elif not role:
            click.echo(f"{account.email} has an account already; nothing changed")
        if host_slug and role:
            try:
                host = get_host(host_slug)
            except NotFound:
                raise click.ClickException(f"There is no host at the address {host_slug}.") from None
            membership = assign_role(
                host, account=account, role=StaffRole(role), standing=StaffStanding(standing), actor=SYSTEM, now=now
            )
            tell_of_protection(membership, now=now)
            click.echo(f"{account.email} is now {role} at {host.name}")


def _ask_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@cli.command("import-document")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--consultation", required=True, help="The consultation's address (slug).")
@click.option("--language", help="Language of the file; the authentic one when absent.")
@clear_errors
def import_document_command(file: Path, consultation: str, language: str | None) -> None:
    """Import the draft of a consultation from Markdown, before its round opens."""
    source = read_text_file(file)
    with running_app(), unit_of_work():
        try:
            round_ = get_round(consultation)
        except NotFound:
            raise click.ClickException(f"There is no consultation at the address {consultation}.") from None
        code = language or round_.consultation.authentic_language
        click.echo(f"reading {file.name} ({len(source):,} characters) as {code}")
        version = import_document(round_, source, language=code, actor=SYSTEM, now=utc_now())
        paragraphs = list_paragraphs(version)
        headings = sum(paragraph.level > 0 for paragraph in paragraphs)
        click.echo(f"imported {len(paragraphs)} blocks, {headings} of them headings")


@cli.command("check")
@clear_errors
def check() -> None:
    """Check that the record is whole: schema, counters, ledger, releases and their files, the index of words."""
    with running_app():
        problems = run_checks(say=lambda line: click.echo(f"  {line}"))
    if problems:
        raise click.ClickException("\n".join(problems))
    click.echo("The record is whole.")


@cli.command("verify")
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@clear_errors
def verify_release(manifest: Path, log: Path) -> None:
    """Compare the manifest of a release with its JSON file: of any issue, from any instance, with no database."""
    found = verify(manifest.read_bytes(), log.read_bytes())
    click.echo(f"the same file: {'yes' if found.is_same_file else 'no'}")
    for name, references in (
        ("unchanged", found.unchanged),
        ("changed since", found.changed),
        ("missing", found.missing),
        ("added", found.added),
    ):
        shown = "" if name == "unchanged" or not references else f" ({', '.join(references)})"
        click.echo(f"{name}: {len(references):,}{shown}")
    if not found.is_intact:
        raise click.ClickException("These are not the rows that the manifest vouches for.")


@cli.command("rebuild-index")
@clear_errors
def rebuild() -> None:
    """Make the index of words anew from the record. Nothing else changes; pages answer meanwhile."""
    with running_app(), unit_of_work():
        total = rebuild_index(say=lambda line: click.echo(f"  {line}"))
    click.echo(f"the index has {total:,} texts")


@cli.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@clear_errors
def backup(file: Path) -> None:
    """Write database and stored files into one archive. It holds everything private: keep it as you keep the database.

    The secret key is a setting and is not in it; keep it apart.
    """
    settings = read_settings()
    create_backup(
        file,
        database_url=settings.database_url,
        store=FileStore(settings.data_dir / "files"),
        say=lambda line: click.echo(f"  {line}"),
    )
    click.echo(f"wrote {file} ({file.stat().st_size:,} bytes)")


@cli.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@clear_errors
def restore(file: Path) -> None:
    """Restore an archive into an empty database, of either kind, and bring it to this release's schema."""
    settings = read_settings()
    settings.make_data_dir()
    restore_backup(
        file,
        database_url=settings.database_url,
        store=FileStore(settings.data_dir / "files"),
        say=lambda line: click.echo(f"  {line}"),
    )
    with running_app():
        bring_index_up_to_date(lambda line: click.echo(f"  {line}"))
    click.echo("restored; consult check looks whether it is whole")


def main() -> None:
    """The entry point."""
    stop_on_signals()
    cli()
