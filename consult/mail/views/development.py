"""Mail that this machine would have sent; never in production."""

from __future__ import annotations

from flask import Blueprint

development = Blueprint("development", __name__, url_prefix="/<locale>/development/mail")
