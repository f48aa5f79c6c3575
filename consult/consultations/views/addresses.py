"""Which round an address names: ``minerals`` is the consultation's present round, ``minerals/rounds/1`` its first.

The address takes the place of the slug in every path, so each page of a round has one for every round. On the pages of
a round that was named, links to other pages of the consultation stay in that round by themselves.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request
from werkzeug.routing import BaseConverter

from consult.consultations.queries import split_address


class AddressConverter(BaseConverter):
    """The slug of a consultation, and perhaps the number of a round."""

    regex = r"[^/]+?(?:/rounds/[1-9][0-9]{0,3})?"
    part_isolating = False


def init_addresses(app: Flask) -> None:
    """Let paths name a round, and keep links in the round of the page."""
    app.url_map.converters["address"] = AddressConverter

    @app.url_defaults
    def stay_in_the_round(_endpoint: str, values: dict[str, Any]) -> None:
        if not has_request_context() or request.view_args is None:
            return
        here = request.view_args.get("slug")
        if here is not None and values.get("slug") is not None and here != values["slug"]:
            slug, number = split_address(here)
            if number is not None and values["slug"] == slug:
                values["slug"] = here
