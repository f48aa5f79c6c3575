"""Views of moderation."""

from consult.moderation.views import credentials
from consult.moderation.views.desk import desk

__all__ = ["credentials", "desk"]
