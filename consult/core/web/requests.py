"""Requests whose forms have a limit in fields, and whose addresses name no key that no database could hold."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, TypeVar

from flask import Flask, Request, current_app, request
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter, ValidationError

from consult.core.context import settings
from consult.core.web.routes import SAFE, mark_of

ROOM_FOR_FIELDS = 256 * 1024
"""What a form may hold beside its file: fields, and the heads of its parts, which are in memory while they are read."""
PARTS_MOST = 40
View = TypeVar("View", bound=Callable[..., Any])


class _BoundedFormParser(FormDataParser):
    """Werkzeug counts the parts of multipart forms only; two million empty fields kept a worker busy for a minute."""

    def _parse_urlencoded(self, stream: IO[bytes], *arguments: Any) -> Any:
        content = stream.read()
        if self.max_form_parts is not None and content.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(io.BytesIO(content), *arguments)


class BoundedRequest(Request):
    """A request that reads at most as many fields as Flask's setting MAX_FORM_PARTS says: 1,000."""

    form_data_parser_class = _BoundedFormParser

    @property
    def values(self) -> CombinedMultiDict[str, str]:
        """What the address and the form say, also of a form that a page in another language only shows again."""
        return CombinedMultiDict([self.args, self.form])


class KeyConverter(IntegerConverter):
    """A whole number in a path: one that the databases have no room for is no address, and never reaches a query."""

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value))
        if number >= 2**63:
            raise ValidationError
        return number


def takes_file(view: View) -> View:
    """Mark a view whose form may bring a file, larger than other requests are; it goes to disk as it comes in."""
    view.takes_file = True  # type: ignore[attr-defined]
    return view


def init_keys(app: Flask) -> None:
    """Bound the numbers in paths; before the first route is added."""
    app.url_map.converters["int"] = KeyConverter


def init_requests(app: Flask) -> None:
    """Read what is sent before anything else is done: who sends slowly holds no transaction, and keeps nobody waiting.

    On SQLite one that is to write keeps all others from writing from its first question on.
    """

    @app.before_request
    def read_it_first() -> None:
        if request.method in SAFE:
            return
        if mark_of(current_app, request.endpoint, "takes_file"):
            request.max_content_length = settings().max_file_bytes + ROOM_FOR_FIELDS
            request.max_form_memory_size = ROOM_FOR_FIELDS
            request.max_form_parts = PARTS_MOST
        _ = request.form

    # After the request's number and whether it writes, before all other hooks: several of them read the database.
    hooks = app.before_request_funcs[None]
    hooks.insert(2, hooks.pop())
