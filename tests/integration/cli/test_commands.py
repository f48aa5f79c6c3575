"""The command line, as an operator runs it: on real databases, in a process of its own where that matters."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click import ClickException
from click.testing import CliRunner, Result
from flask import Flask

from consult.cli.main import cli
from consult.cli.serving import _wait_until_it_answers
from consult.core.db import db
from consult.core.settings import Settings
from consult.documents.models import Paragraph
from consult.submissions.models import Comment
from tests.support import build
from tests.support.tables import separated


def consult(database_url: str, data: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `consult` with settings of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    environment |= {"CONSULT_DATABASE_URL": database_url, "CONSULT_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "consult", *arguments],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run_here(database_url: str, data: Path, *arguments: str, typed: str = "") -> Result:
    """The same in this process: starting one takes longer than most commands do."""
    environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith("CONSULT_")}
    environment |= {"CONSULT_DATABASE_URL": database_url, "CONSULT_DATA_DIR": str(data)}
    return CliRunner().invoke(cli, arguments, env=environment, input=typed)


def test_every_command_explains_itself(tmp_path: Path) -> None:
    for command in (
        "run",
        "web",
        "worker",
        "migrate",
        "demo",
        "import-comments",
        "user add",
        "import-document",
        "check",
        "verify",
        "rebuild-index",
        "backup",
        "restore",
    ):
        done = consult("", tmp_path, *command.split(), "--help")
        assert done.returncode == 0, command
        assert "Usage:" in done.stdout
        assert len(done.stdout.splitlines()) > 4


def test_adding_people(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        build.host("secretariat")
        db.session.commit()
    add = ("user", "add", "New@Example.org", "--name", "New Person")
    weak = run_here(database_url, tmp_path, *add, typed="short\n")
    assert weak.exit_code == 1
    assert "at least 10 characters" in weak.stderr
    done = run_here(database_url, tmp_path, *add, typed="four words make sense\n")
    assert done.stdout.strip() == "added new@example.org", done.stderr
    again = run_here(database_url, tmp_path, *add)
    assert "nothing changed" in again.stdout
    role = run_here(database_url, tmp_path, *add, "--host", "secretariat", "--role", "moderator")
    assert "is now moderator at" in role.stdout
    lost = run_here(database_url, tmp_path, *add, "--host", "nowhere", "--role", "moderator")
    assert lost.exit_code == 1
    assert "no host at the address nowhere" in lost.stderr
    assert run_here(database_url, tmp_path, *add, "--host", "secretariat").exit_code == 2


def test_run_blames_the_port_only_when_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("CONSULT_PORT", str(port))
        taken = CliRunner().invoke(cli, ["run"], env={"CONSULT_DATA_DIR": str(tmp_path / "data")})
    assert (taken.exit_code, f"Port {port} is taken" in taken.stderr) == (1, True), taken.stderr
    assert not (tmp_path / "data").exists()  # nothing was begun
    broken = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    broken.wait(timeout=30)
    with pytest.raises(ClickException, match="The web server could not start; the lines above say why"):
        _wait_until_it_answers(Settings(port=port), [broken, broken])


def test_importing_a_document(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager, languages=("en", "fr"))
        db.session.commit()
    file = tmp_path / "draft.md"
    file.write_text("# 1 Purpose\n\nWords.\n\n- one\n- two\n", encoding="utf-8")
    done = run_here(database_url, tmp_path, "import-document", str(file), "--consultation", "minerals")
    assert "imported 4 blocks, 1 of them headings" in done.stdout, done.stderr
    with app.app_context():
        assert db.session.scalars(sa.select(Paragraph.eid).order_by(Paragraph.position)).all() == [
            "sec_1",
            "sec_1__para_1",
            "sec_1__para_2",
            "sec_1__para_3",
        ]
    file.write_text("# 1 But\n\nMots.\n\nEncore.\n\n- deux\n", encoding="utf-8")
    other = run_here(
        database_url, tmp_path, "import-document", str(file), "--consultation", "minerals", "--language", "fr"
    )
    assert other.exit_code == 1
    assert "Block 3 differs" in other.stderr
    file.write_bytes(b"# Caf\xe9\n")
    latin = run_here(database_url, tmp_path, "import-document", str(file), "--consultation", "minerals")
    assert "is not UTF-8 (byte 5)" in latin.stderr
    lost = run_here(database_url, tmp_path, "import-document", str(file), "--consultation", "nothing")
    assert "Traceback" not in lost.stderr


def test_a_database_without_tables_is_explained(tmp_path: Path) -> None:
    done = consult(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, "check")
    assert done.returncode == 1
    assert "consult migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_refuses_the_default_secret(tmp_path: Path) -> None:
    environment = {**os.environ, "CONSULT_ENVIRONMENT": "production", "CONSULT_DATA_DIR": str(tmp_path)}
    environment.pop("CONSULT_SECRET_KEY", None)
    done = subprocess.run(
        [sys.executable, "-m", "consult", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "CONSULT_SECRET_KEY must be set" in done.stderr


@pytest.mark.slow
def test_from_nothing_to_a_demonstration_to_a_backup_and_back(tmp_path: Path) -> None:
    url, restored = f"sqlite:///{tmp_path / 'one.db'}", f"sqlite:///{tmp_path / 'two.db'}"
    assert consult(url, tmp_path, "migrate").returncode == 0
    assert "is loaded" in consult(url, tmp_path, "demo").stdout
    assert "nothing changed" in consult(url, tmp_path, "demo").stdout
    assert "The record is whole." in consult(url, tmp_path, "check").stdout
    archive = tmp_path / "backup.tar.gz"
    assert "wrote" in consult(url, tmp_path, "backup", str(archive)).stdout
    assert consult(url, tmp_path, "restore", str(archive)).returncode == 1
    elsewhere = tmp_path / "elsewhere"
    assert consult(restored, elsewhere, "restore", str(archive)).returncode == 0
    assert "The record is whole." in consult(restored, elsewhere, "check").stdout
    assert consult(restored, elsewhere, "worker", "--once").returncode == 0


def test_a_comment_table_is_tried_then_taken_once(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager)
        db.session.commit()
    rows = [["Wer", "Abschnitt", "Text"], ["Community E", "Section 1", "One."], ["Community E", "9.9", "Where?"]]
    (tmp_path / "table.csv").write_bytes(separated(rows, separator=";"))
    command = ["import-comments", str(tmp_path / "table.csv"), "--consultation", "minerals",
               "--map", "author=Wer,clause=Abschnitt,comment=C", "--report", str(tmp_path / "left.csv")]  # fmt: skip
    tried = run_here(database_url, tmp_path, *command)
    assert tried.exit_code == 3, tried.stderr
    assert "A dry run" in tried.stdout
    assert "row 3, B3: the place is not clear" in tried.stdout
    taken = run_here(database_url, tmp_path, *command, "--import", "--consent", "The call said so.")
    assert "imported: 1 taken, 0 there already, 1 not taken" in taken.stdout
    left = ["import-comments", str(tmp_path / "left.csv"), *command[2:4], "--unplaced", "general"]
    again = run_here(database_url, tmp_path, *left, "--import", "--consent", "The call said so.", "--map", command[5])
    assert (again.exit_code, "imported: 1 taken" in again.stdout) == (0, True), again.stderr
    with app.app_context():
        assert [point.place_as_written for point in db.session.scalars(sa.select(Comment).order_by(Comment.id)).unique()] == [
            "Section 1", "9.9",
        ]  # fmt: skip
