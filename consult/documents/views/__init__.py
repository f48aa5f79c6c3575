"""Views of documents."""

from consult.documents.views.desk import desk
from consult.documents.views.languages import languages

__all__ = ["desk", "languages"]
