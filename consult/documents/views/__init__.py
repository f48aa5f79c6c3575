"""Views of documents."""

from consult.documents.views.desk import desk
from consult.documents.views.reading import reading

__all__ = ["desk", "reading"]
