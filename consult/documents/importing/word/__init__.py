"""Word files (DOCX): what stands in them, read without running, fetching or believing anything."""

from consult.documents.importing.word.reader import read_word

__all__ = ["read_word"]
