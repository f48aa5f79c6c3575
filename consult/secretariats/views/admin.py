"""Hosts and their staff."""

from __future__ import annotations

from flask import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/<locale>/admin")
