"""The response log and its releases."""

from __future__ import annotations

from flask import Blueprint

log = Blueprint("response_log", __name__, url_prefix="/<locale:locale>/consultations/<slug>/response-log")
