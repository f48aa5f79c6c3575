"""Views of responses."""

from consult.responses.views.desk import desk

__all__ = ["desk"]
