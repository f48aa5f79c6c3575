"""The input boundary: what text may enter, how long it may be, and its canonical bytes."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from consult.core.errors import BadInput
from consult.core.hidden import DIRECTIONS, balanced, find_flood, is_blank, place_in_words, without_hidden
from consult.core.locale import current_locale, format_number, ngettext
from consult.core.locale import gettext as _
from consult.core.scripts import mixed_in_a_word, script_name

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


def check_text(value: str, *, limit: int, field: str | None = None, notes: list[str] | None = None) -> str:
    """Text that may enter, in canonical form, without invisible characters that its language does not need.

    Args:
        value: what was typed, pasted or imported.
        limit: the most characters, counted in code points.
        field: the form field, for the error.
        notes: gets a sentence for the author where characters that turn words around were taken out.

    Raises:
        BadInput: forbidden characters (NUL, other controls, lone surrogates), a flood of marks, or too long. It says
            where.
    """
    return _checked(balanced(_storable(value, field), notes), limit=limit, field=field, is_line=False)


def check_line(value: str, *, limit: int = LINE_MAX, field: str | None = None) -> str:
    """One line of text that may enter; line breaks become spaces, direction overrides are refused.

    Raises:
        BadInput: as `check_text`, or a character that reverses the text around it, as in a forged name.
    """
    line = _BREAKS.sub(" ", _storable(value, field))
    turned = re.search(f"[{DIRECTIONS}]", line)
    if turned:
        sentence = _("This line holds an invisible character that changes direction. Type it again.")
        raise BadInput(f"{sentence} {place_in_words(line, turned.start())}", field)
    checked = _checked(line, limit=limit, field=field, is_line=True)
    return "" if is_blank(checked) else checked


def _storable(value: str, field: str | None) -> str:
    found = _FORBIDDEN.search(value)
    if found is None:
        return value
    sentence = _("This text holds a character that cannot be stored. Paste it without formatting, or type it again.")
    raise BadInput(f"{sentence} {place_in_words(value, found.start())}", field)


def _checked(value: str, *, limit: int, field: str | None, is_line: bool) -> str:
    flood = find_flood(value)  # first: to put a flood in canonical order takes very long
    if flood is not None:
        sentence = _("So many marks stand on one letter that nobody can read it. Take some of them away.")
        raise BadInput(f"{sentence} {place_in_words(value, flood)}", field)
    cleaned = canonical(without_hidden(value, is_line=is_line))
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


def check_link(value: str, *, field: str | None = None, is_needed: bool = False) -> str:
    """The address of a page elsewhere, or nothing: http or https only, since a click on it must not run anything.

    Args:
        value: what was typed.
        field: of the form, for the error.
        is_needed: whether nothing is refused too.

    Raises:
        BadInput: another scheme, no host, credentials, white space, letters of several scripts that look alike in
            the name of the site, or longer than 2,000 characters.
    """
    link = check_line(value, limit=LINK_MAX, field=field)
    if not _is_link(link) and (link or is_needed):
        raise BadInput(_("Write the whole address of a page, beginning with https:// or http://."), field)
    if link:
        check_host(urlsplit(link).hostname or "", field=field)
    scheme, colon, rest = link.partition(":")
    return f"{scheme.lower()}{colon}{rest}"


def check_host(name: str, *, field: str | None = None) -> None:
    """Refuse the name of a site that could be taken for another one.

    Raises:
        BadInput: letters that look alike are mixed in one part of it, also where it is written in Punycode.
    """
    try:
        shown = name.encode("ascii").decode("idna")
    except UnicodeError:
        shown = name
    mixed = mixed_in_a_word(shown)
    if mixed:
        one, other = (script_name(code, current_locale().babel) for code in mixed[:2])
        raise BadInput(
            _(
                "The name of this site mixes %(one)s and %(other)s letters, which look alike. Type the address again.",
                one=one,
                other=other,
            ),
            field,
        )


def mixed_letters(name: str) -> str:
    """What to tell staff of a name in which letters that look alike are mixed within a word; nothing for others."""
    mixed = mixed_in_a_word(name)
    if not mixed:
        return ""
    one, other = (script_name(code, current_locale().babel) for code in mixed[:2])
    return _("This name mixes %(one)s and %(other)s letters, which look alike.", one=one, other=other)


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
    Those that nobody sees are left out, as they are of what is stored.
    Every word is looked for in every row, so a hundred of them would keep a worker busy for seconds.
    """
    seen = without_hidden(re.sub(f"[{DIRECTIONS}]", "", _FORBIDDEN.sub(" ", (typed or "")[:5_000])), is_line=True)
    words = dict.fromkeys(seen.split())
    return " ".join(list(words)[:WORDS_MOST])[:200]
