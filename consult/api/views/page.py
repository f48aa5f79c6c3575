"""The API for people: what it gives and how to ask it, from the same table as its description."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from consult.access.guard import public
from consult.api.parameters import LIMIT, MOST
from consult.api.spec import ENDPOINTS, OF_EVERY_LIST
from consult.api.wording import PARAMETERS
from consult.core.context import absolute_url, settings
from consult.core.web.routes import reading_page

page = Blueprint("api_page", __name__, url_prefix="/<locale:locale>")


@page.get("/api")
@reading_page
@public
def describe() -> str:
    """How to read everything that is public, with a program."""
    return render_template(
        "api/api.html",
        endpoints=ENDPOINTS,
        of_every_list=OF_EVERY_LIST,
        parameters=PARAMETERS,
        root=absolute_url("/api/v1"),
        description=absolute_url(url_for("api.description")),
        limit=LIMIT,
        most=MOST,
        each_minute=settings().api_requests_per_minute,
    )
