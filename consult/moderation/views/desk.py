"""The queue and the credentials."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("moderation_desk", __name__, url_prefix="/<locale:locale>/desk/<slug>")
