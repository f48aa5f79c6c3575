"""In which characters a file of text is written: as its first bytes say, or it says itself, or by trying."""

from __future__ import annotations

import codecs
import re

_SAID = re.compile(rb"""(?:charset\s*=\s*|encoding\s*=\s*)["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_LOOK = 8192
_KNOWN = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|us-?ascii|iso-?8859-?\d{1,2}|latin-?\d|windows-?125\d|cp125\d|windows-?874|cp874|"
    r"tis-?620|gb2312|gbk|gb18030|x-gbk|big5(?:-hkscs)?|shift[_-]?jis|euc-?(?:jp|kr)|ks_c_5601-1987|koi8-?[ru]|macintosh",
    re.IGNORECASE,
)
_AS_WRITTEN = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "tis-620": "cp874"}
"""What is meant where these are said (WHATWG Encoding, section 4.2)."""


def decoded(content: bytes) -> tuple[str, bool]:
    """The text of a file, and whether its characters had to be guessed.

    Raises:
        UnicodeDecodeError: they are none that is known.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace"), False
    found = _SAID.search(content[:_LOOK])
    said = _codec(found[1].decode("ascii")) if found else ""
    for name in ("utf-8", said):
        if not name:
            continue
        try:
            return content.decode(name), name != said and bool(said) and not content.isascii()
        except UnicodeDecodeError:
            continue
    if b"\x00" in content[:_LOOK]:
        raise UnicodeDecodeError("utf-8", content[:1], 0, 1, "binary")
    return content.decode("cp1252", "replace"), True


def _codec(label: str) -> str:
    """The name of a codec of text, or nothing."""
    if not _KNOWN.fullmatch(label):
        return ""
    try:
        name = codecs.lookup("cp874" if "874" in label or label.lower().startswith("tis") else label).name
    except LookupError:
        return ""
    return _AS_WRITTEN.get(name, name)
