"""Pages of comment tables, and of what came in by them."""

from consult.intake.views import withdrawing
from consult.intake.views.desk import desk

__all__ = ["desk", "withdrawing"]
