"""The desk's start, and where one consultation stands."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("workspace", __name__, url_prefix="/<locale>/desk")
