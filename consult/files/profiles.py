"""Colour profiles (ICC.1:2022) with how colours are meant, and without which device, by whom and when."""

from __future__ import annotations

_HEAD, _ENTRY = 128, 12
_TOLD = ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128))
"""Of the header: what made it, when, on which system, for which device, by whom, and its own digest."""
_COLOURS = frozenset(
    b"wtpt bkpt chad chrm lumi gamt rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC A2B0 A2B1 A2B2 A2B3 B2A0 B2A1 B2A2 B2A3 "
    b"D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3 pre0 pre1 pre2".split()
)
_NO_NAME_2, _NO_RIGHTS_2 = b"desc" + bytes(7) + b"\1" + bytes(80), b"text" + bytes(8)
_NONE_4 = b"mluc" + bytes(11) + b"\x0c"


def is_profile(content: bytes) -> bool:
    """Whether these bytes are a colour profile."""
    return content[36:40] == b"acsp" and len(content) >= _HEAD + 4


def bare_profile(content: bytes) -> bytes:
    """A colour profile, written anew; the same colours, and the same bytes where there was nothing else.

    Args:
        content: a profile, as `is_profile` says.
    """
    head = bytearray(content[:_HEAD])
    for start, end in _TOLD:
        head[start:end] = bytes(end - start)
    is_fourth = head[8] >= 4
    tags = {b"cprt": _NONE_4 if is_fourth else _NO_RIGHTS_2, b"desc": _NONE_4 if is_fourth else _NO_NAME_2}
    number = min(int.from_bytes(content[_HEAD : _HEAD + 4], "big"), (len(content) - _HEAD - 4) // _ENTRY)
    for place in range(_HEAD + 4, _HEAD + 4 + number * _ENTRY, _ENTRY):
        start, size = (int.from_bytes(content[place + at : place + at + 4], "big") for at in (4, 8))
        if content[place : place + 4] in _COLOURS:
            tags[content[place : place + 4]] = content[start : start + size]
    table, data = len(tags).to_bytes(4, "big"), b""
    first = _HEAD + 4 + len(tags) * _ENTRY
    places: dict[bytes, int] = {}
    for name, value in sorted(tags.items()):
        if value not in places:
            places[value] = first + len(data)
            data += value + bytes(-len(value) % 4)
        table += name + places[value].to_bytes(4, "big") + len(value).to_bytes(4, "big")
    head[0:4] = (first + len(data)).to_bytes(4, "big")
    return bytes(head) + table + data
