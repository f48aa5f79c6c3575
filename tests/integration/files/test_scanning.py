"""The virus scanner: asked by its own protocol, held back until it has answered, deleted where it finds something."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from consult.core.context import file_store
from consult.core.db import db
from consult.files.enums import ScanState
from consult.files.models import StoredFile
from consult.jobs import scan_waiting_files
from consult.mail.models import OutgoingMail
from tests.integration.files.conftest import HERE, Scene, send
from tests.support import build, files

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


LIMIT = 400_000


class Clamd(socketserver.BaseRequestHandler):
    """As much of clamd(8) as INSTREAM needs: chunks with their length before them, an empty one at the end."""

    reads_on = True

    def handle(self) -> None:
        """Answer one request."""
        command = b""
        while not command.endswith(b"\0"):
            command += self.request.recv(1)
        assert command == b"zINSTREAM\0"
        found = b""
        while size := int.from_bytes(self._exactly(4), "big"):
            found += self._exactly(size)
            if len(found) > LIMIT and not self.reads_on:
                break
        if b"Breaks it" in found:
            return
        if len(found) > LIMIT:
            self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif EICAR in found:
            self.request.sendall(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.request.sendall(b"stream: OK\0")

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += self.request.recv(size - len(found))
        return found


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a scanner that runs."""
    server: socketserver.BaseServer
    if request.param == "unix":
        address = str(tmp_path / "s")
        server = socketserver.ThreadingUnixStreamServer(address, Clamd)
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
        address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


class HastyClamd(Clamd):
    """Answers at its limit and closes, as ClamAV 1.4 does, whatever is still being sent."""

    reads_on = False


def states(scene: Scene) -> list[ScanState]:
    """How far each file has got."""
    with scene.app.app_context():
        return list(db.session.scalars(sa.select(StoredFile.state).order_by(StoredFile.id)))


def test_a_file_is_held_back_until_the_scanner_has_seen_it(
    scene: Scene, client: FlaskClient, clamd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = scene.app.extensions["consult.settings"]
    monkeypatch.setattr(config, "clamav_socket", clamd)
    with scene.app.app_context():
        build.sign_in(client, scene.author)
    clean = send(client, files.odt(), "clean.odt").location
    virus = send(client, files.pdf(drawing=EICAR), "virus.pdf").location
    noise = send(client, files.jpeg(1200, 1200), "other.jpg").location
    assert states(scene) == [ScanState.WAITING] * 3
    for held in (clean, virus, noise):
        assert client.get(f"{held}/download").status_code == 404
    assert "Being checked for viruses" in client.get(f"{HERE}/files").text
    monkeypatch.setattr(config, "clamav_socket", "/nowhere/at/all")
    with scene.app.app_context():
        assert scan_waiting_files() == 0
    assert states(scene) == [ScanState.WAITING] * 3, "the scanner is away: all stays held back"
    monkeypatch.setattr(config, "clamav_socket", clamd)
    with scene.app.app_context():
        assert scan_waiting_files() == 3
    assert states(scene) == [ScanState.CLEAN, ScanState.INFECTED, ScanState.FAILED]
    assert client.get(f"{clean}/download").status_code == 200
    assert client.get(f"{virus}/download").status_code == 404
    assert client.get(f"{noise}/download").status_code == 404
    page = client.get(f"{HERE}/files").text
    assert "A virus was found; the file was deleted" in page
    assert "held back" in page
    with scene.app.app_context():
        found = db.session.scalars(sa.select(StoredFile).order_by(StoredFile.id)).all()[1]
        assert found.sha256 is None
        assert len(list(file_store().digests())) == 2
        mail = db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        assert mail is not None
        assert mail.recipient == scene.author.account.email
        assert "virus.pdf" not in mail.body


def test_a_file_that_the_scanner_cannot_take_keeps_no_other_waiting(
    scene: Scene, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "s")
    monkeypatch.setattr(scene.app.extensions["consult.settings"], "clamav_socket", address)
    with scene.app.app_context():
        build.sign_in(client, scene.author)
    send(client, files.pdf(drawing=b"Breaks it"), "breaks.pdf")
    send(client, files.jpeg(1200, 1200), "large.jpg")
    send(client, files.odt(), "clean.odt")
    with socketserver.ThreadingUnixStreamServer(address, HastyClamd) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        with scene.app.app_context():
            done = scan_waiting_files()
        server.shutdown()
        thread.join()
    assert states(scene) == [ScanState.WAITING, ScanState.FAILED, ScanState.CLEAN]
    assert done == 2


def test_without_a_scanner_files_are_given_out_with_a_statement(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        build.sign_in(client, scene.author)
    where = send(client, files.odt(), "a.odt").location
    assert client.get(f"{where}/download").status_code == 200
    page = client.get(f"{HERE}/files").text
    assert "Files are not checked for viruses here." in page
    assert "Not checked for viruses" in page
    with scene.app.app_context():
        waiting = db.session.scalars(sa.select(StoredFile)).one()
        waiting.state = ScanState.WAITING  # a scanner was there once
        db.session.commit()
        assert scan_waiting_files() == 1
    assert states(scene) == [ScanState.NOT_SCANNED]
