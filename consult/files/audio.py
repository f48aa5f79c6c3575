"""Recordings without what is written around the sound: who, where, when, with what, and pictures."""

from __future__ import annotations

import io
from typing import Any

from mutagen import mp4, ogg

from consult.files.boxes import clean_boxes
from consult.files.kinds import Kind, Refused, Removed, Why

# mutagen carries no types.
_MP4: Any = mp4.MP4
_Page: Any = ogg.OggPage


def clean_audio(content: bytes, kind: Kind) -> tuple[bytes, set[Removed]]:
    """The sound alone.

    Raises:
        Refused: damaged, cut off, no sound in it, or a film.
    """
    clean = {Kind.MP3: _mp3, Kind.M4A: _m4a, Kind.OGG: _ogg}[kind]
    return clean(content)


# --- MP3: the frames, and nothing between, before or after them ---

_RATES = {
    3: (44100, 48000, 32000),
    2: (22050, 24000, 16000),
    0: (11025, 12000, 8000),
}
_KBITS = {
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _frame_length(head: bytes) -> int:
    """The length of the MPEG audio frame that begins so; 0 where none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (head[1] >> 3) & 3, 4 - ((head[1] >> 1) & 3)
    rate, bits, padding = (head[2] >> 2) & 3, head[2] >> 4, (head[2] >> 1) & 1
    if version == 1 or layer == 4 or rate == 3 or bits in {0, 15}:
        return 0
    kbits = _KBITS[(version == 3, layer if version == 3 else min(layer, 2))][bits]
    hertz = _RATES[version][rate]
    if layer == 1:
        return (12 * kbits * 1000 // hertz + padding) * 4
    samples = 72 if layer == 3 and version != 3 else 144
    return samples * kbits * 1000 // hertz + padding


def _after_id3(content: bytes) -> int:
    place = 0
    while content[place : place + 3] == b"ID3" and len(content) >= place + 10:
        size = 0
        for byte in content[place + 6 : place + 10]:
            size = size * 128 + (byte & 0x7F)
        place += 10 + size + (10 if content[place + 5] & 0x10 else 0)
    return place


def _mp3(content: bytes) -> tuple[bytes, set[Removed]]:
    start = place = _after_id3(content)
    while place < min(len(content), start + 65_536) and not _is_run(content, place):
        place += 1
    first, out = place, bytearray()
    while length := _frame_length(content[place : place + 4]):
        if place + length > len(content):
            break
        out += content[place : place + length]
        place += length
    rest = len(content) - place
    if not out or place == first:
        raise Refused(Why.DAMAGED)
    # A last frame that is cut, and tags at the end, are little; a file that goes on as something else is not a sound.
    if rest > max(262_144, len(out) // 4):
        raise Refused(Why.TWO_KINDS)
    return bytes(out), {Removed.TAGS} if first or rest else set()


def _is_run(content: bytes, place: int) -> bool:
    """Whether three frames follow each other from here: two bytes alone are found anywhere."""
    for _number in range(3):
        length = _frame_length(content[place : place + 4])
        if not length:
            return False
        place += length
    return True


# --- M4A: see `boxes` ---


def _m4a(content: bytes) -> tuple[bytes, set[Removed]]:
    made, removed = clean_boxes(content)
    try:
        sound = _MP4(io.BytesIO(made))
    except Exception as error:  # mutagen's own errors, and those of what it reads with
        raise Refused(Why.DAMAGED) from error
    if not sound.info.length > 0:
        raise Refused(Why.DAMAGED)
    if not str(sound.info.codec).startswith(("mp4a", "alac")):
        raise Refused(Why.UNKNOWN)
    return made, removed


# --- Ogg: one stream of Opus or Vorbis, its comments written anew ---


def _ogg(content: bytes) -> tuple[bytes, set[Removed]]:
    pages, rest = _pages(content)
    first = pages[0].packets[0]
    is_opus = first.startswith(b"OpusHead")
    if not is_opus and not first.startswith(b"\x01vorbis"):
        raise Refused(Why.VIDEO if first.startswith((b"\x80theora", b"fishead")) else Why.UNKNOWN)
    if len({page.serial for page in pages}) > 1:
        raise Refused(Why.VIDEO)
    wanted = 1 if is_opus else 2
    headers, used = _packets(pages[1:], wanted)
    removed = {Removed.TAGS} if rest else set()
    empty = (0).to_bytes(4, "little") * 2
    if is_opus:
        if not headers[0].startswith(b"OpusTags"):
            raise Refused(Why.DAMAGED)
        anew = [b"OpusTags" + empty]
    else:
        if not headers[0].startswith(b"\x03vorbis") or not headers[1].startswith(b"\x05vorbis"):
            raise Refused(Why.DAMAGED)
        anew = [b"\x03vorbis" + empty + b"\x01", headers[1]]
    if anew != headers:
        removed.add(Removed.TAGS)
    sound = pages[1 + used :]
    if not sound:
        raise Refused(Why.DAMAGED)
    made = [pages[0], *_Page.from_packets(anew, sequence=1), *sound]
    for number, page in enumerate(made):
        page.serial, page.sequence = 1, number
        if number:
            page.first = False
    made[-1].last = True
    return b"".join(page.write() for page in made), removed


def _pages(content: bytes) -> tuple[list[Any], int]:
    stream, pages, place = io.BytesIO(content), [], 0
    while content[place : place + 4] == b"OggS":
        try:
            pages.append(_Page(stream))
        except Exception as error:  # cut off inside a page
            raise Refused(Why.DAMAGED) from error
        if stream.tell() > len(content):
            raise Refused(Why.DAMAGED)
        place = stream.tell()
    if not pages or not pages[0].packets:
        raise Refused(Why.DAMAGED)
    rest = len(content) - place
    if rest > 65_536:
        raise Refused(Why.TWO_KINDS)
    return pages, rest


def _packets(pages: list[Any], wanted: int) -> tuple[list[bytes], int]:
    """The first packets of these pages, and how many pages they take; they must end where a page does."""
    for used in range(1, min(len(pages), 2_000) + 1):
        if pages[used - 1].complete:
            found = _Page.to_packets(pages[:used])
            if len(found) == wanted:
                return list(found), used
            if len(found) > wanted:
                break
    raise Refused(Why.DAMAGED)
