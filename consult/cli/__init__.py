"""The command line: composition only."""

from consult.cli.main import main

__all__ = ["main"]
