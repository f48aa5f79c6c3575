"""Views of documents."""

from consult.documents.views.desk import desk

__all__ = ["desk"]
