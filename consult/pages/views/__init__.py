"""Views of pages."""

from consult.pages.views import desk, mine
from consult.pages.views.public import pages, root

__all__ = ["desk", "mine", "pages", "root"]
