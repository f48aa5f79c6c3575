"""The input boundary: what text may enter, how long it may be, and its canonical bytes."""

from __future__ import annotations

import re
import unicodedata

from consult.core.errors import BadInput
from consult.core.locale import format_number, ngettext
from consult.core.locale import gettext as _

LINE_MAX = 300
PARAGRAPH_MAX = 5_000
POINT_MAX = 20_000
DOCUMENT_MAX = 2_000_000

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\r\n\u2028\u2029\x85]+")


def canonical(value: str) -> str:
    """Text as it is stored and digested: Unicode NFC, LF line ends, no white space at the ends."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified).strip()


def check_text(value: str, *, limit: int, field: str | None = None) -> str:
    """Text that may enter, in canonical form.

    Args:
        value: what was typed, pasted or imported.
        limit: the most characters, counted in code points.
        field: the form field, for the error.

    Raises:
        BadInput: forbidden characters (NUL, other controls, lone surrogates) or too long.
    """
    if _FORBIDDEN.search(value):
        raise BadInput(
            _("This text holds a character that cannot be stored. Paste it without formatting, or type it again."),
            field,
        )
    cleaned = canonical(value)
    if len(cleaned) > limit:
        over = len(cleaned) - limit
        raise BadInput(
            ngettext(
                "This is one character over the limit of %(limit)s. Shorten it, or split it in two.",
                "This is %(over)s characters over the limit of %(limit)s. Shorten it, or split it in two.",
                over,
                over=format_number(over),
                limit=format_number(limit),
            ),
            field,
        )
    return cleaned


def check_line(value: str, *, limit: int = LINE_MAX, field: str | None = None) -> str:
    """One line of text that may enter; line breaks become spaces, direction overrides are refused.

    Raises:
        BadInput: as `check_text`, or a character that reverses the text around it, as in a forged name.
    """
    if re.search(r"[\u202a-\u202e\u2066-\u2069]", value):
        raise BadInput(_("This line holds an invisible character that changes direction. Type it again."), field)
    return check_text(_BREAKS.sub(" ", value), limit=limit, field=field)


def search_words(typed: str | None) -> str:
    """What a list is narrowed to by words of its address: one line of at most 200 characters.

    Characters that no text here can hold become spaces: they find nothing, and an old or broken link still opens.
    """
    return " ".join(_FORBIDDEN.sub(" ", typed or "").split())[:200]
