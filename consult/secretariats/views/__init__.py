"""Views of secretariats."""

from consult.secretariats.views.admin import admin

__all__ = ["admin"]
