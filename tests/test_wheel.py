"""A built wheel, installed away from the checkout, carries all that it needs, and serves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.test_house import ROOT, tracked

# Runs in a folder of its own with nothing of the checkout in reach.
SERVE = """
from pathlib import Path

import consult
from consult.app import create_app
from consult.core import paths
from consult.core.settings import Settings
from tests.support.databases import migrate

here = Path.cwd()
found = [Path(consult.__file__), paths.templates_dir(), paths.translations_dir(), paths.migrations_dir()]
assert all(path.is_relative_to(here / "installed") for path in found), found
url = f"sqlite:///{here / 'consult.db'}"
migrate(url)
app = create_app(Settings(database_url=url, data_dir=here / "data", secret_key="w" * 40, environment="test"))
answer = app.test_client().get("/en/", follow_redirects=True)
print(answer.status_code, len(answer.data))
assert answer.status_code == 200
assert b"<html" in answer.data
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the tree: a build leaves folders behind."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in tracked():
        copy = folder / "tree" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(folder / "tree"),
    ]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_it_carries_what_is_not_python(wheel: Path) -> None:
    expected = set()
    for path in tracked():
        place = path.relative_to(ROOT)
        if place.parts[0] in {"migrations", "templates", "translations"}:
            expected.add(f"consult/{place}")
            if path.suffix == ".po":
                expected.add(f"consult/{place.with_suffix('.mo')}")
        elif place.parts[0] == "consult":
            expected.add(str(place))
    missing = expected - set(ZipFile(wheel).namelist())
    assert missing == set()


def test_it_serves_from_elsewhere(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(installed)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    # The tests' own helper that migrates a database comes along; nothing else does.
    (tmp_path / "tests").mkdir()
    shutil.copytree(ROOT / "tests/support", tmp_path / "tests/support")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONSULT_")}
    environment["PYTHONPATH"] = f"{installed}{os.pathsep}{tmp_path}"
    served = subprocess.run(
        [sys.executable, "-c", SERVE], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert served.returncode == 0, served.stdout + served.stderr
