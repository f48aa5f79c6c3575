"""Views of responses."""

from consult.responses.views import clearing
from consult.responses.views.desk import desk

__all__ = ["clearing", "desk"]
