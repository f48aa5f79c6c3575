"""Static files under fingerprinted names, kept by browsers for a year."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from consult.core.context import settings_of

STATIC = Path(__file__).parents[2] / "static"
# A picture that is opened by itself is a page: it may draw itself and nothing more.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_QUOTED = re.compile(r'("[^"\n]*")')
_SPACE = re.compile(r" ?([{};,]) ?|(?<=:) ")
_FINGERPRINTED = re.compile(r"^/static/(?P<stem>[\w-]+)\.(?P<print>[0-9a-f]{12})\.(?P<suffix>\w+)$")


@lru_cache(maxsize=64)
def fingerprint(name: str) -> str:
    """Twelve hex digits of the SHA-256 of a static file."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file under its fingerprinted name."""
    stem, _dot, suffix = name.rpartition(".")
    return f"/static/{stem}.{fingerprint(name)}.{suffix}"


def shortened(style: str) -> str:
    """A style sheet without comments and needless space, since a page shows nothing before all of it has come."""
    bare = _COMMENT.sub("", style)
    parts = _QUOTED.split(bare)  # every second part stands in quotation marks
    parts[::2] = [_SPACE.sub(r"\1", " ".join(f"|{part}|".split()))[1:-1] for part in parts[::2]]
    return "".join(parts).replace(";}", "}")


def _prepared(folder: Path) -> Path:
    """The static files under their fingerprinted names, each beside its compressed forms; made once for a release."""
    files = [path for path in sorted(STATIC.iterdir()) if path.is_file() and not path.name.startswith(".")]
    release = hashlib.sha256("".join(asset(path.name) for path in files).encode()).hexdigest()[:12]
    ready = folder / release
    if ready.is_dir():
        return ready
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name, "static")
        work.mkdir()
        compressor = Compressor(quiet=True)
        for path in files:
            target = work / asset(path.name).rpartition("/")[2]
            if path.suffix == ".css":
                target.write_text(shortened(path.read_text()))
            else:
                shutil.copyfile(path, target)
            list(compressor.compress(str(target)))
        with suppress(OSError):  # another process was faster, with the same bytes
            work.rename(ready)
    return ready


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def init_assets(app: Flask) -> None:
    """Serve `static/` in front of the app, compressed once for a release, kept in the data folder."""
    app.jinja_env.globals["asset"] = asset
    settings_of(app).make_data_dir()
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(_prepared(settings_of(app).data_dir / "static")),
        prefix="static/",
        max_age=31_536_000,
        immutable_file_test=lambda _path, url: bool(_FINGERPRINTED.match(url)),
        add_headers_function=_add_headers,
    )
