"""Bringing a text, deciding what it continues, keeping it with its editions, comparing it, and correcting it."""

from consult.documents.services.correcting import check_corrigendum, issue_corrigendum
from consult.documents.services.editions import refresh_edition
from consult.documents.services.importing import import_document

__all__ = ["check_corrigendum", "import_document", "issue_corrigendum", "refresh_edition"]
