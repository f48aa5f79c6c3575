"""Answering, clearing, sending; what is missing."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("responses_desk", __name__, url_prefix="/<locale:locale>/desk/<slug>")
