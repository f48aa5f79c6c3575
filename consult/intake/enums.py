"""Words of tables: their columns, how places were found, what became of rows."""

from __future__ import annotations

from enum import StrEnum

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class ImportStatus(Labelled):
    """How far the import of a table is."""

    DRAFT = "draft", _p("import status", "Not imported yet")
    IMPORTED = "imported", _p("import status", "Imported")


class Column(Labelled):
    """What a column of a table holds; the first eight are those of the ISO/IEC/CEN comment table."""

    AUTHOR = "author", _p("column", "Who says it (MB/NC)")
    LINE = "line", _p("column", "Line number")
    CLAUSE = "clause", _p("column", "Clause or section")
    PARAGRAPH = "paragraph", _p("column", "Paragraph, figure or table")
    TYPE = "type", _p("column", "Type of comment")
    COMMENT = "comment", _p("column", "Comment")
    PROPOSED = "proposed", _p("column", "Proposed change")
    OBSERVATIONS = "observations", _p("column", "Observations of the secretariat (not imported)")
    PAGE = "page", _p("column", "Page number")
    CONSTITUENCY = "constituency", _p("column", "Constituency")
    LANGUAGE = "language", _p("column", "Language of the row")


class PlaceKind(Labelled):
    """How the place that a row names was found in the draft."""

    EXACT = "exact", _p("place", "The number or the words of a heading, exactly")
    NORMALISED = "normalised", _p("place", "A heading, written another way")
    ITEM = "item", _p("place", "A list item or a paragraph")
    REMARK = "remark", _p("place", "A heading with a remark behind it")
    SEVERAL = "several", _p("place", "Several places, or a range")
    DATE = "date", _p("place", "A date that was a section’s number")
    GENERAL = "general", _p("place", "“General”, “N/A” or the like")
    NOTHING = "nothing", _p("place", "No place given")
    DECIDED = "decided", _p("place", "Chosen by a person")
    UNCLEAR = "unclear", _p("place", "Not certain: a person chooses")

    @property
    def is_certain(self) -> bool:
        """Whether the row can be taken without asking anybody."""
        return self is not PlaceKind.UNCLEAR


class Fate(Labelled):
    """What becomes of a row."""

    TAKEN = "taken", _p("row", "Taken")
    KNOWN = "known", _p("row", "There already")
    REFUSED = "refused", _p("row", "Not taken")


class Problem(StrEnum):
    """Why a row is not taken; ``wording`` has the sentences."""

    NO_WORDS = "no_words"
    NO_AUTHOR = "no_author"
    PLACE_UNCLEAR = "place_unclear"
    TOO_LONG = "too_long"
    NAME_UNFIT = "name_unfit"
    LOST_FORMULA = "lost_formula"
    ERROR_VALUE = "error_value"
    SETTING_UNFIT = "setting_unfit"
    CHARACTERS = "characters"


class Remark(StrEnum):
    """What a person should know of a row that is taken all the same."""

    FULL_CELL = "full_cell"
    MARKUP = "markup"
    CONTROLS = "controls"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_CONSTITUENCY = "unknown_constituency"
    UNKNOWN_LANGUAGE = "unknown_language"
    NAMED_LANGUAGE = "named_language"
    OTHER_SCRIPT = "other_script"
    PROPOSED_ALONE = "proposed_alone"
    FROM_MERGE = "from_merge"
