"""The published points of a round."""

from __future__ import annotations

from flask import Blueprint

comments = Blueprint("comments", __name__, url_prefix="/<locale:locale>/consultations/<slug>/comments")
