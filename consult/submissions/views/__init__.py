"""Views of submissions."""

from consult.submissions.views.comments import comments
from consult.submissions.views.take_part import take_part

__all__ = ["comments", "take_part"]
