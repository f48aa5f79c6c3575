"""Reading documents."""

from consult.documents.queries.corrigenda import CorrigendumInWords, list_corrigenda, occurs_in
from consult.documents.queries.places import Place, places, places_of
from consult.documents.queries.versions import (
    count_blocks,
    find_version,
    get_paragraph,
    get_version,
    is_fixed,
    list_missing_editions,
    list_paragraphs,
    paragraph_texts,
    text_of,
    texts_of_edition,
)

__all__ = [
    "CorrigendumInWords",
    "Place",
    "count_blocks",
    "find_version",
    "get_paragraph",
    "get_version",
    "is_fixed",
    "list_corrigenda",
    "list_missing_editions",
    "list_paragraphs",
    "occurs_in",
    "paragraph_texts",
    "places",
    "places_of",
    "text_of",
    "texts_of_edition",
]
