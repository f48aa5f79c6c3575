"""Views of secretariats."""

from consult.secretariats.views import safety
from consult.secretariats.views.admin import admin
from consult.secretariats.views.members import delegation

__all__ = ["admin", "delegation", "safety"]
