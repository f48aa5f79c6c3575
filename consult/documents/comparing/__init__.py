"""Comparing texts for people: which words stayed, came and went, in every script."""

from consult.documents.comparing.parts import compare_merged, compare_parts
from consult.documents.comparing.tables import TableRow, compare_tables
from consult.documents.comparing.words import Change, Piece, compare_words

__all__ = ["Change", "Piece", "TableRow", "compare_merged", "compare_parts", "compare_tables", "compare_words"]
