"""What the web server does when it starts; named in the command that starts it."""

from __future__ import annotations

from typing import Any

from consult.core.memory import close_memory


def on_starting(_server: Any) -> None:
    """Before its workers are forked, which inherit it."""
    close_memory()
