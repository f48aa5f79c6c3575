"""Views of translating."""

from consult.translating.views.desk import desk
from consult.translating.views.files import files

__all__ = ["desk", "files"]
