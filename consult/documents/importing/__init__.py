"""Files and pasted text to a sequence of addressable blocks."""

from consult.documents.importing.blocks import BLOCK_MAX, MAX_BLOCKS, Block, assign_eids, beginning_of, places_inside
from consult.documents.importing.markdown import MAX_LINES, read_markdown, require_same_build

__all__ = [
    "BLOCK_MAX",
    "MAX_BLOCKS",
    "MAX_LINES",
    "Block",
    "assign_eids",
    "beginning_of",
    "places_inside",
    "read_markdown",
    "require_same_build",
]
