"""The command line, as an operator runs it: real processes, real databases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.db import db
from consult.documents.models import Paragraph
from tests.support import build


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


def test_every_command_explains_itself(tmp_path: Path) -> None:
    for command in (
        "run",
        "web",
        "worker",
        "migrate",
        "demo",
        "user add",
        "import-document",
        "check",
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
    weak = consult(database_url, tmp_path, *add, typed="short\n")
    assert weak.returncode == 1
    assert "at least 10 characters" in weak.stderr
    done = consult(database_url, tmp_path, *add, typed="four words make sense\n")
    assert done.stdout.strip() == "added new@example.org", done.stderr
    again = consult(database_url, tmp_path, *add)
    assert "nothing changed" in again.stdout
    role = consult(database_url, tmp_path, *add, "--host", "secretariat", "--role", "moderator")
    assert "is now moderator at" in role.stdout
    lost = consult(database_url, tmp_path, *add, "--host", "nowhere", "--role", "moderator")
    assert lost.returncode == 1
    assert "no host at the address nowhere" in lost.stderr
    assert consult(database_url, tmp_path, *add, "--host", "secretariat").returncode == 2


def test_importing_a_document(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager, languages=("en", "fr"))
        db.session.commit()
    file = tmp_path / "draft.md"
    file.write_text("# 1 Purpose\n\nWords.\n\n- one\n- two\n", encoding="utf-8")
    done = consult(database_url, tmp_path, "import-document", str(file), "--consultation", "minerals")
    assert "imported 4 blocks, 1 of them headings" in done.stdout, done.stderr
    with app.app_context():
        assert db.session.scalars(sa.select(Paragraph.eid).order_by(Paragraph.position)).all() == [
            "sec_1",
            "sec_1__para_1",
            "sec_1__para_2",
            "sec_1__para_3",
        ]
    file.write_text("# 1 But\n\nMots.\n\nEncore.\n\n- deux\n", encoding="utf-8")
    other = consult(
        database_url, tmp_path, "import-document", str(file), "--consultation", "minerals", "--language", "fr"
    )
    assert other.returncode == 1
    assert "Block 3 differs" in other.stderr
    file.write_bytes(b"# Caf\xe9\n")
    latin = consult(database_url, tmp_path, "import-document", str(file), "--consultation", "minerals")
    assert "is not UTF-8 (byte 5)" in latin.stderr
    lost = consult(database_url, tmp_path, "import-document", str(file), "--consultation", "nothing")
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
