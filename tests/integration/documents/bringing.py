"""Bringing a text as a manager does: sending, letting the worker read, keeping."""

from __future__ import annotations

import io
import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.documents.jobs import read_waiting_proposals
from tests.support import build
from tests.support.browse import send


def paste(client: FlaskClient, base: str, language: str, text: str) -> TestResponse:
    """Send pasted words."""
    return send(client, f"{base}/{language}/paste", {"text": text})


def upload(client: FlaskClient, base: str, language: str, content: bytes, name: str = "draft.md") -> TestResponse:
    """Send a file."""
    data = {"csrf_token": build.csrf_token(client), "file": (io.BytesIO(content), name)}
    return client.post(f"{base}/{language}", data=data, content_type="multipart/form-data")


def work(app: Flask) -> int:
    """Let the worker read what waits; returns how many files."""
    with app.app_context():
        return read_waiting_proposals()


def keep(client: FlaskClient, base: str, language: str, *, with_gaps: bool = False) -> TestResponse:
    """Keep what is in hand, by the page that asks."""
    typed = {"with_gaps": "y"} if with_gaps else {}
    return send(client, f"{base}/{language}/proposal/keep", typed)


def bring(app: Flask, client: FlaskClient, base: str, language: str, text: str) -> TestResponse:
    """All of it, for a text that is what it should be."""
    answer = paste(client, base, language, text)
    assert answer.status_code == 302, answer.text
    assert work(app) == 1
    return keep(client, base, language)


def said(page: str) -> str:
    """The words of the main part of a page."""
    words = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    return re.sub(r"\s+", " ", words)
