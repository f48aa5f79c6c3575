"""Setting up a consultation and opening its round."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("consultations_desk", __name__, url_prefix="/<locale:locale>/desk")
