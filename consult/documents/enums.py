"""What a piece of a document is."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class BlockKind(Labelled):
    """Kind of a paragraph; each has its own eId and can be commented on."""

    HEADING = "heading", _p("block", "Heading")
    TEXT = "text", _p("block", "Paragraph")
    ITEM = "item", _p("block", "List item")
    TABLE = "table", _p("block", "Table")
    QUOTE = "quote", _p("block", "Quotation")
    CODE = "code", _p("block", "Fixed text")
