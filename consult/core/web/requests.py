"""Requests whose forms have a limit in fields, whichever way they are encoded."""

from __future__ import annotations

import io
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser


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
