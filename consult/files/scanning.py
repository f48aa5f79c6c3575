"""The virus scanner: ClamAV's daemon, asked over its socket with the command INSTREAM (clamd(8))."""

from __future__ import annotations

import socket

from consult.files.enums import ScanState

TIMEOUT = 60.0
CHUNK = 64 * 1024
ANSWER_MOST = 4096


class ScannerAway(Exception):
    """The scanner does not answer; what waits for it stays held back."""


def scan(content: bytes, address: str) -> ScanState:
    """Ask the scanner about a file: it is clean, infected, or could not be looked through.

    Args:
        content: its bytes.
        address: the path of a Unix socket, or `host:port`.

    Raises:
        ScannerAway: it cannot be reached, or breaks off.
    """
    try:
        with _connect(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                chunk = content[start : start + CHUNK]
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
            answer = _answer(connection)
    except OSError as error:
        raise ScannerAway from error
    if answer.endswith("OK") and "FOUND" not in answer:
        return ScanState.CLEAN
    if answer.endswith("FOUND"):
        return ScanState.INFECTED
    if answer.endswith("ERROR"):  # such as a size above the limit of the scanner's own settings
        return ScanState.FAILED
    raise ScannerAway


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
