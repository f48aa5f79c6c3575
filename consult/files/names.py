"""Names of files that anybody can be shown: one line, no tricks, the ending that the content has."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from consult.core.hidden import DIRECTIONS, without_hidden
from consult.files.kinds import Kind

STEM_MOST = 80
"""Characters before the ending: what a phone can show, and what every file system takes, in any script."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|clock\$)(?:\.|$)", re.IGNORECASE)
_UNFIT = re.compile(r'[<>:"|?*`$%#&{};!\x00-\x1f\x7f-\x9f]')
_DIRECTIONS = re.compile(f"[{DIRECTIONS}\u200e\u200f\u061c]")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_DOT = re.compile(r"\.(?=\D)|\.$")


def tame(name: str, kind: Kind) -> str:
    """A name to show and to save under, made of the one that a file came with.

    What leads to another folder, turns the direction, hides, or means something to a system is left out; the ending is
    that of the content. Whatever is left of "invoice\\u202efdp.exe", it does not end like something that runs.

    Args:
        name: as it was sent.
        kind: what the file is.
    """
    stem = re.split(r"[/\\]", name.encode("utf-8", "replace").decode("utf-8"))[-1]
    stem = _DIRECTIONS.sub("", unicodedata.normalize("NFC", stem))
    stem = without_hidden(_UNFIT.sub(" ", stem[:1000]), is_line=True)
    stem = _ENDING.sub("", stem)
    stem = _DOT.sub("-", stem).strip(" .-_~'")
    stem = " ".join(stem.split())
    stem = _cut(stem)
    if not stem or _RESERVED.match(stem):
        stem = f"file-{stem}" if stem else "file"
    return f"{stem}.{kind.extension}"


def _cut(stem: str) -> str:
    """The first characters, never a letter without its marks."""
    if len(stem) <= STEM_MOST:
        return stem
    end = STEM_MOST
    while end > 1 and unicodedata.category(stem[end]).startswith("M"):
        end -= 1
    return stem[:end].rstrip()


def content_disposition(name: str) -> str:
    """The header that has a browser save a file, never show it: in ASCII for old ones, as RFC 5987 for the others."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "", plain).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if dot and not plain.endswith(f".{ending}") and stem:
        plain = f"file.{ending}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
