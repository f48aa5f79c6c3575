"""the command `consult`: composition only."""

from consult.cli.main import main

__all__ = ["main"]
