"""Importing drafts, and correcting one that is being commented on."""

from consult.documents.services.correcting import check_corrigendum, issue_corrigendum
from consult.documents.services.importing import import_document
from consult.documents.services.refreshing import refresh_edition

__all__ = ["check_corrigendum", "import_document", "issue_corrigendum", "refresh_edition"]
