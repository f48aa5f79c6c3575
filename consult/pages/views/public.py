"""Home, a consultation, My submissions, how it works."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("pages", __name__, url_prefix="/<locale>")
