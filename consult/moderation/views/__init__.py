"""Views of moderation."""

from consult.moderation.views.desk import desk

__all__ = ["desk"]
