"""Pictures drawn anew: what is seen stays, what the file tells beside it goes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageCms, ImageOps

from consult.files.kinds import Kind, Refused, Removed, Why

PIXELS_MOST = 25_000_000
"""Pixels that a picture keeps; a larger JPEG is made smaller as it is read."""
JPEG_PIXELS_MOST = 150_000_000
SIDE_MOST = 30_000
TOGETHER_MOST = 50_000_000
"""Pixels of all pictures of one file but the largest, as they came: a flat picture of many is a few bytes."""
QUALITY = 88
_PLACE, _DETAILS = 0x8825, 0x8769
_DEVICE = {0x010F, 0x0110, 0x0131, 0x013C}
_AUTHOR = {0x013B, 0x8298, 0x9C9D}
_TIMES = {0x0132}
_DESCRIPTION = {0x010E, 0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F}
_FORMATS = ["JPEG", "PNG", "GIF", "BMP", "TIFF"]
Image.MAX_IMAGE_PIXELS = None  # ours are looked at before a pixel is read


def check_pixels(pictures: Iterable[bytes]) -> None:
    """Look at the size of all pictures of one file before one of them is drawn.

    Raises:
        Refused: too many pixels together.
    """
    total = largest = 0
    for content in pictures:
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                number = image.size[0] * image.size[1]
        except Exception:  # noqa: S112 - what cannot be read is refused when it is to be drawn
            continue
        total, largest = total + number, max(largest, number)
        if total - largest > TOGETHER_MOST:
            raise Refused(Why.TOO_MANY_PICTURES)


def clean_image(content: bytes, kind: Kind) -> tuple[bytes, set[Removed]]:
    """A photograph or a picture, turned upright and drawn anew.

    Raises:
        Refused: damaged, cut off, or with more pixels than can be drawn.
    """
    name = "JPEG" if kind is Kind.JPEG else "PNG"
    return _drawn(content, [name], name)


def clean_picture(content: bytes, suffix: str) -> tuple[bytes, set[Removed]]:
    """A picture inside an office file, drawn anew in the format that its name says.

    Raises:
        Refused: as `clean_image`.
    """
    known = {"jpg": "JPEG", "jpeg": "JPEG", "jpe": "JPEG", "jfif": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP",
             "tif": "TIFF", "tiff": "TIFF"}  # fmt: skip
    return _drawn(content, _FORMATS, known[suffix])


def draw_figure(content: bytes) -> tuple[bytes, Kind, int, int]:
    """A picture of a text drawn anew for pages: a photograph as JPEG, anything else as PNG; and its size in pixels.

    Raises:
        Refused: as `clean_image`, or no picture that is known.
    """
    is_photograph = content.startswith(b"\xff\xd8")
    made, _removed = _drawn(content, _FORMATS, "JPEG" if is_photograph else "PNG")
    with Image.open(io.BytesIO(made), formats=["JPEG", "PNG"]) as image:
        width, height = image.size
    return made, Kind.JPEG if is_photograph else Kind.PNG, width, height


def _drawn(content: bytes, formats: list[str], written: str) -> tuple[bytes, set[Removed]]:
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            removed = _shrunk(image)
            image.load()
            removed |= _told_by(image, content)
            upright: Any = ImageOps.exif_transpose(image)
            return _encoded(_in_srgb(upright), written), removed
    except Refused:
        raise
    except MemoryError as error:
        raise Refused(Why.TOO_MANY_PIXELS) from error
    except Exception as error:  # whatever a decoder says of bytes that it cannot read
        raise Refused(Why.DAMAGED) from error


def _shrunk(image: Any) -> set[Removed]:
    """Refuse too many pixels before one of them is read; a JPEG can be read smaller."""
    width, height = image.size
    if max(width, height) > SIDE_MOST:
        raise Refused(Why.TOO_MANY_PIXELS)
    if width * height <= PIXELS_MOST:
        return set()
    if image.format not in {"JPEG", "MPO"} or width * height > JPEG_PIXELS_MOST:
        raise Refused(Why.TOO_MANY_PIXELS)
    share = next(one for one in (2, 4, 8) if width * height <= PIXELS_MOST * one * one)
    image.draft("RGB", (width // share, height // share))
    return {Removed.RESOLUTION}


def _told_by(image: Any, content: bytes) -> set[Removed]:
    """What the file tells beside the picture."""
    exif = image.getexif()
    details = exif.get_ifd(_DETAILS)
    found = {*exif, *details}
    removed = set()
    if exif.get_ifd(_PLACE):
        removed.add(Removed.PLACE)
    if found & _DEVICE or any(0xA430 <= tag <= 0xA435 or tag == 0x927C for tag in details):
        removed.add(Removed.DEVICE)
    if found & _AUTHOR:
        removed.add(Removed.AUTHOR)
    if found & _TIMES or any(0x9003 <= tag <= 0x9012 or 0x9290 <= tag <= 0x9292 for tag in details):
        removed.add(Removed.TIMES)
    said = {key for key, value in image.info.items() if isinstance(value, str | bytes) and value}
    said -= {"icc_profile", "exif", "transparency", "jfif", "jfif_version", "adobe", "adobe_transform", "background"}
    if said or found & _DESCRIPTION:
        removed.add(Removed.DESCRIPTION)
    if "icc_profile" in image.info:
        removed.add(Removed.COLOUR_PROFILE)
    if getattr(image, "n_frames", 1) > 1 or _has_more(content):
        removed.add(Removed.HIDDEN)
    return removed


def _has_more(content: bytes) -> bool:
    if content.startswith(b"\x89PNG"):
        end = content.rfind(b"IEND")
        return end >= 0 and len(content) > end + 8
    return content.startswith(b"\xff\xd8") and not content.rstrip(b"\x00").endswith(b"\xff\xd9")


def _in_srgb(image: Any) -> Any:
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image  # a profile that cannot be read changes no colour
    return image


def _encoded(image: Any, written: str) -> bytes:
    out = io.BytesIO()
    transparency = image.info.get("transparency")
    image.info = {} if transparency is None or written == "JPEG" else {"transparency": transparency}
    if written == "JPEG":
        image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        image.save(out, "JPEG", quality=QUALITY, optimize=True)
    elif written == "GIF":
        image.save(out, "GIF", save_all=False)
    elif written == "TIFF":
        image.copy().save(out, "TIFF", compression="tiff_adobe_deflate", tiffinfo={})
    else:
        image.save(out, written)
    return out.getvalue()


_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What ends the packed picture: neither an 0xFF of its own, nor a place to begin again, nor padding."""


def without_notes(content: bytes) -> bytes:
    """A JPEG without its application segments and comments, its picture untouched: for those inside a PDF.

    Raises:
        Refused: this is no JPEG, or is damaged before its picture.
    """
    place = content.find(b"\xff\xd8", 0, 1024) + 2
    if place < 2:
        raise Refused(Why.DAMAGED)
    out = bytearray(b"\xff\xd8")
    while place + 4 <= len(content):
        marker = content[place + 1]
        if content[place] != 0xFF or marker == 0:
            raise Refused(Why.DAMAGED)
        if marker == 0xFF:  # padding
            place += 1
            continue
        if marker == 0xD9:
            break
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if end < place + 4:
            raise Refused(Why.DAMAGED)
        out += _kept_segment(marker, content[place:end])
        if marker == 0xDA:  # what follows is the picture, or one pass over it, and then come further segments
            found = _MARKER.search(content, end)
            out += content[end : found.start() if found else len(content)]
            end = found.start() if found else len(content)
        place = end
    return bytes(out + b"\xff\xd9")


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """What stays of a segment: JFIF without its small picture, how colours are meant, and the picture's own."""
    if marker == 0xE0 and segment[4:9] == b"JFIF\0" and len(segment) >= 18:
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"
    if marker == 0xEE and segment[4:9] == b"Adobe" and len(segment) >= 16:
        return b"\xff\xee\x00\x0e" + segment[4:16]
    return b"" if 0xE0 <= marker <= 0xFE else segment
