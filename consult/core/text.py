"""The input boundary: what text may enter, how long it may be, and its canonical bytes."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from consult.core.errors import BadInput
from consult.core.locale import format_number, ngettext
from consult.core.locale import gettext as _

LINE_MAX = 300
PARAGRAPH_MAX = 5_000
POINT_MAX = 20_000
DOCUMENT_MAX = 2_000_000
LINK_MAX = 2_000
WORDS_MOST = 10

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


def check_link(value: str, *, field: str | None = None, is_needed: bool = False) -> str:
    """The address of a page elsewhere, or nothing: http or https only, since a click on it must not run anything.

    Args:
        value: what was typed.
        field: of the form, for the error.
        is_needed: whether nothing is refused too.

    Raises:
        BadInput: another scheme, no host, credentials, white space, or longer than 2,000 characters.
    """
    link = check_line(value, limit=LINK_MAX, field=field)
    if not _is_link(link) and (link or is_needed):
        raise BadInput(_("Write the whole address of a page, beginning with https:// or http://."), field)
    scheme, colon, rest = link.partition(":")
    return f"{scheme.lower()}{colon}{rest}"


def _is_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
        is_page = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
    return is_page and link.isprintable() and not re.search(r"[\s<>\"\\]", link)


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def spreadsheet_safe(value: str) -> str:
    """Text that a spreadsheet will not run as a formula: an apostrophe goes before what could start one."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def without_apostrophe(value: str) -> str:
    """What `spreadsheet_safe` was given."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value


def search_words(typed: str | None) -> str:
    """What a list is narrowed to by words of its address: the first ten different ones, at most 200 characters.

    Characters that no text here can hold become spaces: they find nothing, and an old or broken link still opens.
    Every word is looked for in every row, so a hundred of them would keep a worker busy for seconds.
    """
    words = dict.fromkeys(_FORBIDDEN.sub(" ", typed or "").split())
    return " ".join(list(words)[:WORDS_MOST])[:200]
