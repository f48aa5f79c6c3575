"""Which block of a newer text continues which of an older one, and how sure that is; pure."""

from consult.documents.aligning.aligner import align
from consult.documents.aligning.likeness import Words, likeness_of
from consult.documents.aligning.pairing import Match

__all__ = ["Match", "Words", "align", "likeness_of"]
