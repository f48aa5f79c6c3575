"""Opening files in processes of their own that can do little; `cleaning` above all, two at once."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO, Any

from consult.core.errors import Busy
from consult.core.paths import package_parent
from consult.files.cleaning import SECONDS_MOST
from consult.files.kinds import Cleaned, Kind, Refused, Removed, Why
from consult.files.wording import busy_sentence

AT_ONCE = 2
WAIT_MOST = 2
"""Seconds that a file waits for its turn: it holds a thread of the web process, and those are few."""
BEAT = 20
"""Seconds after which the percent is said again: whoever waits sees that the process lives."""
LINE_MOST = 10_000
"""Bytes of the line that the process writes before the clean file."""
_places = threading.BoundedSemaphore(AT_ONCE)


class ChildFailed(Exception):
    """A process that was to open a file was ended by the system, or gave nothing that makes sense."""


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
        try:
            said = run_child("consult.files.cleaning", source, target, seconds=SECONDS_MOST)
        except ChildFailed as error:
            raise Refused(Why.TOO_HARD) from error
        if "why" in said:
            raise Refused(Why(said["why"]))
        return Cleaned(target.read(), Kind(said["kind"]), frozenset(Removed(one) for one in said["removed"]))


def run_child(
    module: str,
    source: IO[bytes],
    target: IO[bytes],
    *,
    seconds: int,
    line_most: int = LINE_MOST,
    told: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Run a module in a process of its own that is given a file, and nothing else of ours.

    Args:
        module: run as ``python -m``; it limits itself (`child.limit_this_process`).
        source: a real file, read from where it stands.
        target: a real file for what the process writes: a line of JSON, then bytes.
        seconds: of the clock, after which it is ended.
        line_most: bytes that the line may have.
        told: gets the percent that is done whenever there is more (`child.tell`), and now and then when there is not;
            what it raises ends the process and passes.

    Returns:
        What the line says; the target then stands where the bytes begin.

    Raises:
        ChildFailed: the system ended it for memory or time, or what it said makes no sense.
    """
    # No variable of ours reaches it: neither the secret key nor the address of the database. What it could read of
    # other processes is closed by them (`core.memory`).
    environment = {"PYTHONPATH": str(package_parent()), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    ours, theirs = os.pipe()
    try:
        with os.fdopen(ours, "rb", buffering=0) as progress:
            try:
                process = subprocess.Popen(  # noqa: S603 - the interpreter itself, with a module of ours
                    [sys.executable, "-m", module, str(theirs)],
                    env=environment,
                    cwd=package_parent(),
                    stdin=source,
                    stdout=target,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs,),
                )
            finally:
                os.close(theirs)
            try:
                _follow(progress, time.monotonic() + seconds, told)
                code = process.wait(timeout=1)
            finally:
                process.kill()
                process.wait()
        if code:
            raise ChildFailed
        target.seek(0)
        said: dict[str, Any] = json.loads(target.readline(line_most))
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise ChildFailed from error
    return said


def _follow(progress: IO[bytes], end: float, told: Callable[[int], None] | None) -> None:
    """Read how far the process is until it ends or its time is over; say it again where nothing comes for long."""
    done = 0
    while (left := end - time.monotonic()) > 0:
        if not select.select([progress], [], [], min(left, BEAT))[0]:
            if told:
                told(done)
            continue
        said = progress.read(256)
        if not said:
            return
        percent = min(100, max(said))
        if told and percent > done:
            done = percent
            told(percent)
    raise subprocess.TimeoutExpired("child", 0)
