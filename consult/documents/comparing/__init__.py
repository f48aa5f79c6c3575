"""Comparing texts for people: which words stayed, came and went, in every script."""

from consult.documents.comparing.words import Change, Piece, compare_words

__all__ = ["Change", "Piece", "compare_words"]
