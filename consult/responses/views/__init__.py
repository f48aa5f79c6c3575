"""Views of responses."""

from consult.responses.views import clearing, correcting
from consult.responses.views.acknowledging import acknowledgement
from consult.responses.views.desk import desk

__all__ = ["acknowledgement", "clearing", "correcting", "desk"]
