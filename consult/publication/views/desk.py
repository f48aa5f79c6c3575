"""Asking for a release and watching it being built."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("publication_desk", __name__, url_prefix="/<locale:locale>/desk/<slug>/release")
