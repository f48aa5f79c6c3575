"""Views of responses."""

from consult.responses.views import changes, clearing, correcting, tracing
from consult.responses.views.acknowledging import acknowledgement
from consult.responses.views.desk import desk

__all__ = ["acknowledgement", "changes", "clearing", "correcting", "desk", "tracing"]
