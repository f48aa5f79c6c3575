"""Views of pages."""

from consult.pages.views.desk import desk
from consult.pages.views.public import pages

__all__ = ["desk", "pages"]
