"""Importing and previewing the draft."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("documents_desk", __name__, url_prefix="/<locale:locale>/desk/<slug>/document")
