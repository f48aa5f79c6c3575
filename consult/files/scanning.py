"""The virus scanner: ClamAV's daemon, asked over its socket with the command INSTREAM (clamd(8))."""

from __future__ import annotations

import socket
from contextlib import suppress

from consult.files.enums import ScanState

TIMEOUT = 60.0
CHUNK = 64 * 1024
ANSWER_MOST = 4096


class ScannerAway(Exception):
    """The scanner cannot be reached; what waits for it stays held back."""


class ScannerBrokeOff(Exception):
    """The scanner ended before it had answered about one file, which stays held back; others may be asked about."""


def scan(content: bytes, address: str) -> ScanState:
    """Ask the scanner about a file: it is clean, infected, or could not be looked through.

    Args:
        content: its bytes.
        address: the path of a Unix socket, or `host:port`.

    Raises:
        ScannerAway: it cannot be reached.
        ScannerBrokeOff: it gives no answer about this file.
    """
    try:
        connection = _connect(address)
    except OSError as error:
        raise ScannerAway from error
    with connection:
        answer = _ask(connection, content)
    if answer.endswith("OK") and "FOUND" not in answer:
        return ScanState.CLEAN
    if answer.endswith("FOUND"):
        return ScanState.INFECTED
    if answer.endswith("ERROR"):  # such as a size above the limit of the scanner's own settings
        return ScanState.FAILED
    raise ScannerBrokeOff


def _ask(connection: socket.socket, content: bytes) -> str:
    """What it answers; empty where it breaks off."""
    # Past its limit it answers and closes while the file is still being sent: the answer waits to be read then.
    with suppress(OSError):
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
        connection.sendall(bytes(4))
    with suppress(OSError):
        return _answer(connection)
    return ""


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT)


def _answer(connection: socket.socket) -> str:
    found = b""
    while len(found) < ANSWER_MOST and b"\0" not in found:
        part = connection.recv(1024)
        if not part:
            break
        found += part
    return found.partition(b"\0")[0].decode("utf-8", "replace").strip()
