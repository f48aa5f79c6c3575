"""Reading the draft."""

from __future__ import annotations

from flask import Blueprint

reading = Blueprint("reading", __name__, url_prefix="/<locale>/consultations/<slug>/draft")
