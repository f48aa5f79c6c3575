"""Views of moderation."""

from consult.moderation.views import credentials, files
from consult.moderation.views.desk import desk

__all__ = ["credentials", "desk", "files"]
