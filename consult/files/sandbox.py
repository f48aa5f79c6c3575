"""Running `cleaning` in a process of its own, two at once, with what it may take stated."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from typing import IO

from consult.core.errors import Busy
from consult.core.paths import package_parent
from consult.files.cleaning import SECONDS_MOST
from consult.files.kinds import Cleaned, Kind, Refused, Removed, Why
from consult.files.wording import busy_sentence

AT_ONCE = 2
WAIT_MOST = 2
"""Seconds that a file waits for its turn: it holds a thread of the web process, and those are few."""
LINE_MOST = 10_000
"""Bytes of the line that the process writes before the clean file."""
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
    # Files without a name: when this process is killed, nothing of what was sent is left.
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        shutil.copyfileobj(stream, source)
        if not source.tell():
            raise Refused(Why.EMPTY)
        source.seek(0)
        said = _run(source, target)
        if "why" in said:
            raise Refused(Why(said["why"]))
        return Cleaned(target.read(), Kind(said["kind"]), frozenset(Removed(one) for one in said["removed"]))


def _run(source: IO[bytes], target: IO[bytes]) -> dict[str, str]:
    """What the process says; the target then stands where the clean bytes begin."""
    # No variable of ours reaches it: neither the secret key nor the address of the database. What it could read of
    # other processes is closed by them (`core.memory`).
    environment = {"PYTHONPATH": str(package_parent()), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    try:
        subprocess.run(
            [sys.executable, "-m", "consult.files.cleaning"],
            env=environment,
            cwd=package_parent(),
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_MOST,
            check=True,
        )
        target.seek(0)
        said: dict[str, str] = json.loads(target.readline(LINE_MOST))
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError) as error:
        raise Refused(Why.TOO_HARD) from error  # ended by the system, for memory or time
    return said
