"""Document versions, their language editions and paragraphs; corrigenda."""

from consult.documents.models.corrigenda import Corrigendum
from consult.documents.models.versions import DocumentVersion, Edition, Paragraph

__all__ = ["Corrigendum", "DocumentVersion", "Edition", "Paragraph"]
