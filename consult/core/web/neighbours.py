"""Addresses of the neighbouring pages of a list."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from consult.core.paging import Page


def neighbours(page: Page[Any]) -> dict[str, str | None]:
    """The addresses before and after this page of a list, keeping its filters; for the macro ``pager``."""

    def address(**keys: str | None) -> str | None:
        if not any(keys.values()):
            return None
        view_args = request.view_args or {}
        # What url_for() takes for itself must not come from the address.
        own = {"endpoint", "values", "locale", "after", "before", *view_args}
        kept = {name: value for name, value in request.args.items() if name not in own and not name.startswith("_")}
        return url_for(request.endpoint or "", **{**kept, **view_args, **keys})

    return {"previous_url": address(before=page.before), "next_url": address(after=page.after)}
