"""The settings and stores of the running app, for code that is not given them."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from consult.core.settings import Settings
from consult.core.storage import FileStore


def settings_of(app: Flask) -> Settings:
    """The settings of an app."""
    return cast(Settings, app.extensions["consult.settings"])


def settings() -> Settings:
    """The settings of the running app."""
    return settings_of(current_app)


def file_store() -> FileStore:
    """Where the running app keeps files."""
    return FileStore(settings().data_dir / "files")


def render_text(template: str, **values: object) -> str:
    """A plain-text template, in the current locale; nothing is escaped, since it is not markup.

    It sees the values it is given and nothing of the request: a message is not for whoever happens to cause it.
    """
    return current_app.jinja_env.get_template(template).render(**values).strip() + "\n"


def absolute_url(path: str) -> str:
    """The address that people use for a path of this instance."""
    return settings().public_url + path
