"""What the web server itself writes: never where a request came from, what it asked for, or what was in it.

Gunicorn names the network address of whoever sends a broken request, and the whole address of a page that failed.
"""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger


class QuietLogger(Logger):
    """The web server's log without anybody in it; named in the command that starts the server."""

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """A warning; of a broken request that there was one."""
        if str(msg).startswith("Invalid request from"):
            msg, args = "Invalid request", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """An error that the application did not answer: its kind alone."""
        kind = sys.exc_info()[0]
        self.error("Error handling a request: %s", kind.__name__ if kind is not None else "unknown")

    def access(self, *_args: Any, **_kwargs: Any) -> None:
        """No line for a request: the application writes one without an address."""
