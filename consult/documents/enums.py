"""What a piece of a document is, where a text comes from, and what became of its pieces in the next version."""

from __future__ import annotations

from collections.abc import Iterable

from consult.core.labels import Labelled
from consult.core.locale import lazy_gettext as _l
from consult.core.locale import lazy_pgettext as _p


class BlockKind(Labelled):
    """Kind of a paragraph; each has its own eId and can be commented on."""

    HEADING = "heading", _p("block", "Heading")
    TEXT = "text", _p("block", "Paragraph")
    ITEM = "item", _p("block", "List item")
    TABLE = "table", _p("block", "Table")
    QUOTE = "quote", _p("block", "Quotation")
    CODE = "code", _p("block", "Fixed text")
    NOTE = "note", _p("block", "Footnote")
    FIGURE = "figure", _p("block", "Figure")


class SourceFormat(Labelled):
    """What an edition was made from."""

    DOCX = "docx", _p("source", "Word file (DOCX)")
    MARKDOWN = "markdown", _p("source", "Markdown")
    HTML = "html", _p("source", "Web page (HTML)")
    PDF = "pdf", _p("source", "PDF file, its text alone")
    VERSION = "version", _p("source", "The version before, edited here")
    TRANSLATIONS = "translations", _p("source", "Translated here, paragraph by paragraph")


class ProposalState(Labelled):
    """Where a proposed text stands: a job reads it, a manager looks at it and keeps it or not."""

    WAITING = "waiting", _p("proposal", "Waiting to be read")
    READING = "reading", _p("proposal", "Being read")
    READY = "ready", _p("proposal", "To be looked at")
    REFUSED = "refused", _p("proposal", "Not readable")
    KEPT = "kept", _p("proposal", "Kept")
    DROPPED = "dropped", _p("proposal", "Not kept")


IN_HAND = (ProposalState.WAITING, ProposalState.READING, ProposalState.READY, ProposalState.REFUSED)
"""The states in which somebody still has to do something about a proposal."""


class Continuation(Labelled):
    """What became of a paragraph in the next version, or where one of the next version comes from."""

    UNCHANGED = "unchanged", _p("continuation", "Unchanged")
    EDITED = "edited", _p("continuation", "Edited")
    MOVED = "moved", _p("continuation", "Moved")
    MOVED_EDITED = "moved_edited", _p("continuation", "Moved and edited")
    SPLIT = "split", _p("continuation", "Split")
    MERGED = "merged", _p("continuation", "Merged")
    NEW = "new", _p("continuation", "New")
    REMOVED = "removed", _p("continuation", "Removed")


FIRST_TOLD = (
    Continuation.SPLIT,
    Continuation.MERGED,
    Continuation.MOVED_EDITED,
    Continuation.EDITED,
    Continuation.MOVED,
    Continuation.UNCHANGED,
    Continuation.NEW,
    Continuation.REMOVED,
)
"""Where several are true of one paragraph, in the older text or in the newer one, the first of these is told of it."""


def told_of(continuations: Iterable[Continuation]) -> Continuation:
    """What is told of a paragraph of which these are true; the same in SQL: `queries.continuity.told_in_sql`."""
    return min(continuations, key=FIRST_TOLD.index)


class Ground(Labelled):
    """On which ground a paragraph is said to continue another, or to be new or removed."""

    SAME_WORDS = "same_words", _l("Ground: the words are the same.")
    # "Confirmed" is said only where somebody looked at that one match.
    SIMILAR_WORDS = (
        "similar_words",
        _l("Ground: most of the words are the same. Nobody looked at this one match."),
    )
    BY_HAND = "by_hand", _l("Ground: the secretariat looked at this match and confirmed it.")
    EDITED_HERE = "edited_here", _l("Ground: the secretariat edited the version before, paragraph by paragraph.")
