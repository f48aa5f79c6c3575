"""Carries the top-level folders into the package when a wheel is built; all else is in pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
FOLDERS = ("migrations", "templates", "translations")
"""What lives beside consult/ in a checkout and inside it in a wheel; `consult.core.paths` finds either."""


class BuildWithFolders(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for folder in FOLDERS:
            target = Path(self.build_lib, "consult", folder)
            shutil.rmtree(target, ignore_errors=True)
            if (HERE / folder).is_dir():
                shutil.copytree(HERE / folder, target, ignore=shutil.ignore_patterns("__pycache__", "*.py[co]"))
        compile_catalogues(Path(self.build_lib, "consult", "translations"))


def compile_catalogues(folder: Path) -> None:
    """A wheel is installed where no compiler of catalogues runs, so it brings them compiled."""
    for source in folder.rglob("*.po"):
        with source.open("rb") as opened:
            catalogue = read_po(opened, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


setup(cmdclass={"build_py": BuildWithFolders})
