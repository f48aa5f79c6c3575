"""Comparing texts for people: which words stayed, came and went, in every script."""

from consult.documents.comparing.parts import compare
from consult.documents.comparing.tables import TableRow, changed_rows, compare_tables
from consult.documents.comparing.words import Change, Piece, compare_words

__all__ = ["Change", "Piece", "TableRow", "changed_rows", "compare", "compare_tables", "compare_words"]
