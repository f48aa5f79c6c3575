"""Views of responses."""

from consult.responses.views import clearing, correcting
from consult.responses.views.desk import desk

__all__ = ["clearing", "correcting", "desk"]
