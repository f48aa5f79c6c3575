"""The document with its comments: gathered once, then drawn as a page, as one small file, and as a Word file."""

from consult.publication.annotated.gathering import (
    Annotated,
    Answer,
    Part,
    Point,
    Text,
    gather,
    parts_of,
)
from consult.publication.annotated.keeping import forget_outdated_files, kept_file

__all__ = [
    "Annotated",
    "Answer",
    "Part",
    "Point",
    "Text",
    "forget_outdated_files",
    "gather",
    "kept_file",
    "parts_of",
]
