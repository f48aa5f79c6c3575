"""Accepting an invitation to a round."""

from __future__ import annotations

from flask import Blueprint

invitations = Blueprint("invitations", __name__, url_prefix="/<locale:locale>/take-part/invitation")
