"""A release is checked by whoever has its manifest and a file, with nothing else."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask

from consult.cli.main import cli
from consult.publication.enums import FileKind
from tests.integration.publication.releasing import built, bytes_of
from tests.support import build


def verify(*files: Path) -> Result:
    """What the command says, with no database to ask."""
    return CliRunner().invoke(cli, ["verify", *map(str, files)], env={"CONSULT_DATABASE_URL": "nowhere"})


def test_a_manifest_is_verified_without_a_database(app: Flask, tmp_path: Path) -> None:
    manifest, log = tmp_path / "manifest.json", tmp_path / "log.json"
    with app.app_context():
        staff = build.desk()
        release = built(build.released_round(staff, "One.", "Two."), staff)
        manifest.write_bytes(bytes_of(release, FileKind.MANIFEST))
        log.write_bytes(bytes_of(release, FileKind.JSON))
    whole = verify(manifest, log)
    assert whole.stdout == "the same file: yes\nunchanged: 2\nchanged since: 0\nmissing: 0\nadded: 0\n"
    assert whole.exit_code == 0
    log.write_bytes(log.read_bytes().replace(b"Two.", b"Too."))
    other = verify(manifest, log)
    assert "the same file: no\nunchanged: 1\nchanged since: 1 (MIN-1-" in other.stdout
    assert other.exit_code == 1
    swapped = verify(log, manifest)
    assert swapped.stderr == "Error: This is not a manifest and the JSON file of a release.\n"
    assert swapped.exit_code == 1
