"""Taking part: points, questions, about you, who sees what, check, receipt."""

from __future__ import annotations

from flask import Blueprint

take_part = Blueprint("take_part", __name__, url_prefix="/<locale>/take-part/<slug>")
