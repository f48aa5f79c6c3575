"""Static files under fingerprinted names, kept by browsers for a year."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parents[2] / "static"
_FINGERPRINTED = re.compile(r"^/static/(?P<stem>[\w-]+)\.(?P<print>[0-9a-f]{12})\.(?P<suffix>\w+)$")


@lru_cache(maxsize=64)
def fingerprint(name: str) -> str:
    """Twelve hex digits of the SHA-256 of a static file."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file under its fingerprinted name."""
    stem, _dot, suffix = name.rpartition(".")
    return f"/static/{stem}.{fingerprint(name)}.{suffix}"


def init_assets(app: Flask) -> None:
    """Serve `static/` in front of the app, compressed once at start."""
    app.jinja_env.globals["asset"] = asset
    served = WhiteNoise(
        app.wsgi_app,
        max_age=31_536_000,
        immutable_file_test=lambda _path, url: bool(_FINGERPRINTED.match(url)),
    )
    for path in sorted(STATIC.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            served.add_file_to_dictionary(asset(path.name), str(path))
    app.wsgi_app = served  # type: ignore[method-assign]
