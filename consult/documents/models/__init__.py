"""Document versions, their language editions and paragraphs; how one continues another; proposals; corrigenda."""

from consult.documents.models.comparisons import Comparison
from consult.documents.models.continuity import Correspondence
from consult.documents.models.corrigenda import Corrigendum
from consult.documents.models.proposals import Proposal, ProposalStep, ProposedBlock, ProposedMatch, SourcePiece
from consult.documents.models.versions import DocumentVersion, Edition, Figure, Paragraph

__all__ = [
    "Comparison",
    "Correspondence",
    "Corrigendum",
    "DocumentVersion",
    "Edition",
    "Figure",
    "Paragraph",
    "Proposal",
    "ProposalStep",
    "ProposedBlock",
    "ProposedMatch",
    "SourcePiece",
]
