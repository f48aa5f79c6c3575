"""Redirects that stay here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import redirect


def is_local_path(target: str | None) -> bool:
    """Whether a target is a path on this instance: one slash, no host, no scheme, no control characters."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    if any(ord(character) < 32 or character == "\\" for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def local_or_none(target: str | None) -> str | None:
    """A target that came from outside, if it is a path of ours."""
    return target if is_local_path(target) else None


def redirect_back(target: str | None, default: str) -> Any:
    """Redirect to a target that came from outside, if it is a path of ours; else to the default."""
    return redirect(target if target and is_local_path(target) else default)
