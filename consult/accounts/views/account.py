"""Signing up and in, the profile, where one is signed in."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__, url_prefix="/<locale>/account")
