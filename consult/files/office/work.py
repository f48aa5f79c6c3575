"""What packages of both families share: pictures, drawings, typefaces, and names that tell of somebody's computer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from consult.files.images import clean_picture
from consult.files.kinds import Removed

PICTURES = frozenset({"png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff"})
DRAWINGS = frozenset({"emf", "wmf", "svg", "emz", "wmz", "svm"})
FONTS = frozenset({"odttf", "ttf", "otf", "fntdata"})
PATH = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|file:|/(?:home|Users|mnt|media)/)", re.IGNORECASE)
PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|gif|bmp|tiff?|heic|webp)$", re.IGNORECASE)
NUMBERED = re.compile(r"image\d{1,5}\.\w{3,4}", re.IGNORECASE)
"""What programs call pictures that they only count."""
WEB = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)


def suffix_of(name: str) -> str:
    """What the name of a part ends with, in small letters; nothing where it has no dot."""
    return name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""


class Work:
    """A package being written anew.

    Args:
        parts: its entries, by name.
    """

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.kept: dict[str, bytes] = {}
        self.removed: set[Removed] = set()
        self.renamed = _numbered_names(parts)
        self.numbers: dict[str, int] = {}

    def drop(self, code: Removed) -> None:
        """Say that something of this kind was left out."""
        self.removed.add(code)

    def numbered(self, identifier: str, shape: str) -> str:
        """A number in place of an identifier that would tie this file to others made from it; the same one each time.

        Args:
            identifier: as it stands in the file.
            shape: how it is written, for `str.format`.
        """
        number = shape.format(self.numbers.setdefault(identifier.upper(), len(self.numbers) + 1))
        if number != identifier:
            self.drop(Removed.HIDDEN)
        return number

    def keep_media(self, name: str, content: bytes) -> bool:
        """Keep a picture or a drawing, leave a typeface out; False where it is none of these."""
        suffix = suffix_of(name)
        if name.lower() in self.renamed and suffix in PICTURES | DRAWINGS:
            name = self.renamed[name.lower()]
            self.drop(Removed.HIDDEN)
        if suffix in PICTURES:
            # What each photograph tells is not listed apart: that something was taken from pictures is.
            self.kept[name], removed = clean_picture(content, suffix)
            self.removed |= removed - {Removed.COLOUR_PROFILE}
        elif suffix in DRAWINGS:
            self.kept[name] = _blank_drawing(suffix)
            self.drop(Removed.DRAWINGS)
        elif suffix in FONTS:
            self.drop(Removed.FONTS)  # theirs would be bytes that nobody looks into
        else:
            return False
        return True


def _numbered_names(parts: Iterable[str]) -> dict[str, str]:
    """What pictures and drawings are called that are not counted: by their old names, in small letters."""
    taken = {name.lower() for name in parts}
    found: dict[str, str] = {}
    number = 0
    for name in parts:
        folder, slash, file = name.rpartition("/")
        if suffix_of(name) not in PICTURES | DRAWINGS or NUMBERED.fullmatch(file):
            continue
        made = name
        while made.lower() in taken:
            number += 1
            made = f"{folder}{slash}image{number}.{suffix_of(name)}"
        found[name.lower()] = made
    return found


def _blank_drawing(suffix: str) -> bytes:
    """A drawing of a kind that cannot be cleaned is left out, and an empty one stands in its place."""
    if suffix == "svg":
        return b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    if suffix == "emf":  # [MS-EMF] 2.3.4.2: EMR_HEADER, then EMR_EOF
        words = [1, 88, 0, 0, 1, 1, 0, 0, 26, 26, 0x464D4520, 0x10000, 108,
                 2, 1, 0, 0, 0, 1, 1, 1, 1, 14, 20, 0, 16, 20]  # fmt: skip
        return b"".join(word.to_bytes(4, "little") for word in words)
    return b""
