"""Everything that somebody can read of an instance by following its links, byte by byte."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from flask.testing import FlaskClient

_LINK = re.compile(rb'(?:href|src|action)="([^"#][^"]*)"')
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")
# Signing out, and whatever a link would do rather than show.
_LEFT_OUT = re.compile(r"/(?:sign-out|healthz|readyz|development)")


def crawl(client: FlaskClient, seeds: list[str], *, limit: int = 3000) -> Iterator[tuple[str, bytes]]:
    """Follow every link of this site with GET: each path once, and once with each set of what it is narrowed by.

    Args:
        client: signed in as whoever reads, or nobody.
        seeds: paths to begin with.
        limit: of addresses; reaching it is an error, since then something was not read.

    Yields:
        The address, and all bytes of the answer: its headers and its body.
    """
    waiting, known = list(seeds), {_shape(seed) for seed in seeds}
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        body, kind = answer.data, answer.headers.get("Content-Type", "")
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers).encode()
        answer.close()
        yield address, head + b"\n\n" + body
        leads_to = _local(answer.headers.get("Location", ""), address) if answer.headers.get("Location") else None
        for found in [*_links(body, kind, address), *([leads_to] if leads_to else [])]:
            if _shape(found) not in known:
                known.add(_shape(found))
                waiting.append(found)
        if len(known) > limit:
            raise AssertionError(f"more than {limit} addresses, among them {sorted(known)[-5:]}")


def _shape(address: str) -> tuple[str, ...]:
    """An address by its path and what it narrows by: one value of each filter shows what that filter can show."""
    path, _question, query = address.partition("?")
    return (path, *sorted(part.partition("=")[0] for part in query.split("&") if part))


def _links(body: bytes, kind: str, base: str) -> list[str]:
    if "html" in kind or "xml" in kind:
        raw = [html.unescape(one.decode()) for one in _LINK.findall(body)]
    elif "json" in kind:
        raw = [value for value in _strings(json.loads(body)) if value.startswith(("http", "/"))]
    else:
        raw = _ADDRESS.findall(body.decode("utf-8", "ignore"))
    found = [_local(one, base) for one in raw]
    return [one for one in dict.fromkeys(found) if one]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _local(address: str, base: str) -> str | None:
    """The path and query of an address of this site; None for any other, and for what is left out."""
    joined, _fragment = urldefrag(urljoin(f"http://localhost{base}", address))
    parts = urlsplit(joined)
    if parts.scheme not in {"http", "https"} or parts.hostname not in {"localhost", "127.0.0.1"}:
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return None if _LEFT_OUT.search(path) else path
