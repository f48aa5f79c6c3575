"""Running `cleaning` in a process of its own, two at once, with what it may take stated."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from consult.core.errors import Busy
from consult.core.paths import package_parent
from consult.files.cleaning import SECONDS_MOST
from consult.files.kinds import Cleaned, Kind, Refused, Removed, Why
from consult.files.wording import busy_sentence

AT_ONCE = 2
WAIT_MOST = 2
"""Seconds that a file waits for its turn: it holds a thread of the web process, and those are few."""
_places = threading.BoundedSemaphore(AT_ONCE)


def clean_file(stream: IO[bytes]) -> Cleaned:
    """Judge a file by its content and make it anew without what it need not tell.

    Nothing else should be held meanwhile, no transaction above all: a large photograph takes seconds.

    Args:
        stream: the file as it was sent, from wherever it stands to its end.

    Raises:
        Refused: with the reason.
        Busy: others are being cleaned, and none ended in time.
    """
    if not _places.acquire(timeout=WAIT_MOST):
        raise Busy(busy_sentence(), "file")
    try:
        return _clean_file(stream)
    finally:
        _places.release()


def _clean_file(stream: IO[bytes]) -> Cleaned:
    with tempfile.TemporaryDirectory(prefix="consult-file-") as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        with source.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        if not source.stat().st_size:
            raise Refused(Why.EMPTY)
        said = _run(source, target)
        if "why" in said:
            raise Refused(Why(said["why"]))
        return Cleaned(target.read_bytes(), Kind(said["kind"]), frozenset(Removed(one) for one in said["removed"]))


def _run(source: Path, target: Path) -> dict[str, str]:
    # No variable of ours reaches it: neither the secret key nor the address of the database.
    environment = {"PYTHONPATH": str(package_parent()), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; the arguments are paths of ours
            [sys.executable, "-m", "consult.files.cleaning", str(source), str(target)],
            env=environment,
            cwd=source.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS_MOST,
            check=True,
        )
        said: dict[str, str] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, json.JSONDecodeError) as error:
        raise Refused(Why.TOO_HARD) from error  # ended by the system, for memory or time
    return said
