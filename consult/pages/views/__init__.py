"""Views of pages."""

from consult.pages.views import desk, mine
from consult.pages.views.public import pages, root
from consult.pages.views.traces import traces

__all__ = ["desk", "mine", "pages", "root", "traces"]
