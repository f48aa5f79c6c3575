"""Views of pages."""

from consult.pages.views import desk
from consult.pages.views.public import pages, root

__all__ = ["desk", "pages", "root"]
