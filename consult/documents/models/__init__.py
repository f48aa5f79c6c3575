"""Document versions, their language editions and paragraphs; how one continues another; proposals; corrigenda."""

from consult.documents.models.continuity import Correspondence
from consult.documents.models.corrigenda import Corrigendum
from consult.documents.models.proposals import Proposal, ProposedBlock, ProposedMatch, SourcePiece
from consult.documents.models.versions import DocumentVersion, Edition, Figure, Paragraph

__all__ = [
    "Correspondence",
    "Corrigendum",
    "DocumentVersion",
    "Edition",
    "Figure",
    "Paragraph",
    "Proposal",
    "ProposedBlock",
    "ProposedMatch",
    "SourcePiece",
]
