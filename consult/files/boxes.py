"""M4A: boxes that are known; what is not, and what no sound uses, becomes empty space, so that nothing moves."""

from __future__ import annotations

from collections.abc import Iterator

from consult.files.kinds import Refused, Removed, Why

_INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"moof", b"traf", b"mvex"}
_KEPT = {
    b"ftyp", b"styp", b"mdat", b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"smhd", b"nmhd", b"dref", b"stsd", b"stts", b"ctts",
    b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"sgpd", b"sbgp", b"elst", b"sidx", b"mfhd", b"tfhd", b"tfdt",
    b"trun", b"trex", b"mehd", b"tref", b"iods",
}  # fmt: skip
_ONCE = {b"stsz", b"stz2", b"stsc", b"stco", b"co64", b"tfhd"}
DEPTH_MOST = 8
_DESCRIBES = {b"esds", b"alac", b"btrt", b"srat", b"chan", b"chnl"}
_HEADS = {0: 28, 1: 44, 2: 64}
"""How long an entry is before its own boxes, by its version."""
Span = tuple[int, int]


def clean_boxes(content: bytes) -> tuple[bytes, set[Removed]]:
    """The boxes of a recording, without what is beside its sound.

    Raises:
        Refused: cut off, without sound, or with a track that is none.
    """
    work = _Work(bytearray(content))
    work.walk(0, len(content), b"", 0)
    if work.handlers - {b"soun"}:  # a film, or what a device wrote along the way: where it was, second by second
        raise Refused(Why.VIDEO)
    if work.tracks != 1 or work.named != 1:
        raise Refused(Why.VIDEO if work.tracks > 1 else Why.DAMAGED)
    work.empty_between()
    return bytes(work.data), work.removed


class _Work:
    def __init__(self, data: bytearray) -> None:
        self.data = data
        self.removed: set[Removed] = set()
        self.handlers: set[bytes] = set()
        self.tracks = self.named = 0
        self.media: list[Span] = []
        self.used: list[Span] = []
        self.sample_size = 0
        """Of samples in fragments that do not say their own."""

    def walk(self, start: int, end: int, parent: bytes, depth: int, moof: int = 0) -> None:
        """Go through the boxes between two places."""
        tables: dict[bytes, int] = {}
        runs: list[int] = []
        for place, body, stop in _boxes(self.data, start, end):
            kind = bytes(self.data[place + 4 : place + 8])
            if kind in _ONCE and kind in tables:
                raise Refused(Why.DAMAGED)
            tables[kind] = body
            self.tracks += kind == b"trak"
            if kind in _INSIDE:
                if depth >= DEPTH_MOST:
                    raise Refused(Why.BOMB)
                self.walk(body, stop, kind, depth + 1, place if kind == b"moof" else moof)
            elif kind not in _KEPT:
                self._empty_box(place, body, stop)
            elif kind == b"mdat":
                self.media.append((body, stop))
            elif kind == b"trun":
                runs.append(body)
            else:
                self._look_at(kind, parent, body, stop)
        if parent == b"stbl":
            self._use_tables(tables)
        if parent == b"traf" and runs:
            self._use_runs(tables, runs, moof)

    def _empty_box(self, place: int, body: int, stop: int) -> None:
        inside = self.data[body:stop]
        if any(inside):
            self.removed.add(Removed.PLACE if b"\xa9xyz" in inside else Removed.TAGS)
        self.data[place + 4 : place + 8] = b"free"
        self.data[body:stop] = bytes(stop - body)

    def _look_at(self, kind: bytes, parent: bytes, body: int, stop: int) -> None:
        if kind in {b"mvhd", b"tkhd", b"mdhd"}:
            length = 16 if self.data[body] == 1 else 8
            if any(self.data[body + 4 : body + 4 + length]):
                self.removed.add(Removed.TIMES)
            self.data[body + 4 : body + 4 + length] = bytes(length)
        elif kind == b"hdlr":
            if parent == b"mdia":
                self.named += 1
                self.handlers.add(bytes(self.data[body + 8 : body + 12]))
            self.data[body + 24 : stop] = bytes(max(0, stop - body - 24))
        elif kind == b"trex":
            self.sample_size = self._number(body + 16)
        elif kind == b"stsd":
            self._look_at_entries(body + 8, stop)
        elif kind == b"dref":
            for _place, inner, end in _boxes(self.data, body + 8, stop):
                if not self._number(inner) & 1:  # the sound is in another file
                    raise Refused(Why.EXTERNAL)
                self.data[inner + 4 : end] = bytes(max(0, end - inner - 4))

    def _look_at_entries(self, start: int, end: int) -> None:
        """Keep how the sound is written, and empty what stands beside that: the name of a program, for one."""
        for _place, body, stop in _boxes(self.data, start, end):
            head = body + _HEADS.get(self._number(body + 8, 2), 28)
            for place, inner, last in _boxes(self.data, min(head, stop), stop):
                if bytes(self.data[place + 4 : place + 8]) not in _DESCRIBES:
                    self._empty_box(place, inner, last)

    def _number(self, place: int, length: int = 4) -> int:
        found = self.data[place : place + length]
        if len(found) < length:
            raise Refused(Why.DAMAGED)
        return int.from_bytes(found, "big")

    # --- where the sound is: ISO/IEC 14496-12, 8.7 and 8.8 ---

    def _use_tables(self, tables: dict[bytes, int]) -> None:
        """Note the bytes that the samples of a track lie in."""
        offsets = tables.get(b"stco", tables.get(b"co64"))
        if offsets is None or b"stsc" not in tables:
            return
        width = 4 if b"stco" in tables else 8
        starts = [self._number(offsets + 8 + width * n, width) for n in self._counted(offsets + 4, width)]
        sizes = self._sizes(tables)
        groups = [
            (self._number(tables[b"stsc"] + 8 + 12 * n), self._number(tables[b"stsc"] + 12 + 12 * n))
            for n in self._counted(tables[b"stsc"] + 4, 12)
        ]
        sample = group = 0
        for chunk, start in enumerate(starts, 1):
            while group + 1 < len(groups) and groups[group + 1][0] <= chunk:
                group += 1
            number = groups[group][1] if groups else 0
            if isinstance(sizes, list):
                length = sum(sizes[sample : sample + number])
            else:
                length = sizes[0] * max(0, min(number, sizes[1] - sample))
            sample += number
            self.used.append((start, start + length))

    def _counted(self, place: int, width: int) -> range:
        number = self._number(place)
        if number * width > len(self.data):
            raise Refused(Why.DAMAGED)
        return range(number)

    def _sizes(self, tables: dict[bytes, int]) -> list[int] | tuple[int, int]:
        """The size of each sample; or the one of all, and how many there are."""
        if b"stsz" in tables:
            body = tables[b"stsz"]
            if size := self._number(body + 4):
                return size, self._number(body + 8)
            return [self._number(body + 12 + 4 * n) for n in self._counted(body + 8, 4)]
        if b"stz2" not in tables:
            return []
        body = tables[b"stz2"]
        bits = self.data[body + 7]
        if bits == 4:
            pairs = [self._number(body + 12 + n // 2, 1) for n in self._counted(body + 8, 1)]
            return [pair & 15 if n % 2 else pair >> 4 for n, pair in enumerate(pairs)]
        if bits not in {8, 16}:
            raise Refused(Why.DAMAGED)
        return [self._number(body + 12 + bits // 8 * n, bits // 8) for n in self._counted(body + 8, bits // 8)]

    def _use_runs(self, tables: dict[bytes, int], runs: list[int], moof: int) -> None:
        """Note the bytes that the samples of a fragment lie in."""
        head = tables.get(b"tfhd")
        if head is None:
            raise Refused(Why.DAMAGED)
        flags, place = self._number(head) & 0xFFFFFF, head + 8
        base, size = moof, self.sample_size
        if flags & 1:
            base, place = self._number(place, 8), place + 8
        place += 4 * bool(flags & 2) + 4 * bool(flags & 8)
        if flags & 0x10:
            size = self._number(place)
        end = base
        for body in runs:
            flags, number, place = self._number(body) & 0xFFFFFF, self._number(body + 4), body + 8
            start = end
            if flags & 1:
                offset = int.from_bytes(self.data[place : place + 4], "big", signed=True)
                start, place = base + offset, place + 4
            place += 4 * bool(flags & 4)
            width = 4 * sum(bool(flags & one) for one in (0x100, 0x200, 0x400, 0x800))
            before = 4 * bool(flags & 0x100)
            if flags & 0x200:
                length = sum(self._number(place + width * n + before) for n in self._counted(body + 4, width))
            else:
                length = size * number
            end = start + length
            self.used.append((start, end))

    def empty_between(self) -> None:
        """Empty what lies among the sound and is used by no sample of it."""
        whole = bytes(self.data)
        for start, stop in self.media:
            self.data[start:stop] = bytes(stop - start)
        spans, place = _together(self.used), 0
        for first, last in sorted(self.media):
            while place < len(spans) and spans[place][1] <= first:
                place += 1
            inside = place
            while inside < len(spans) and spans[inside][0] < last:
                low, high = max(spans[inside][0], first), min(spans[inside][1], last)
                self.data[low:high] = whole[low:high]
                inside += 1
        if bytes(self.data) != whole:
            self.removed.add(Removed.HIDDEN)


def _together(spans: list[Span]) -> list[Span]:
    """The same bytes, in order, each once."""
    found: list[Span] = []
    for start, stop in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


def _boxes(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(where a box begins, where its content does, where it ends) of each.

    Raises:
        Refused: a box that reaches beyond what is there: the file is cut off.
    """
    place = start
    while place < end:
        if place + 8 > end:
            raise Refused(Why.DAMAGED)
        size, body = int.from_bytes(data[place : place + 4], "big"), place + 8
        if size == 1:
            size, body = int.from_bytes(data[place + 8 : place + 16], "big"), place + 16
        elif size == 0:
            size = end - place
        if size < body - place or place + size > end:
            raise Refused(Why.DAMAGED)
        yield place, body, place + size
        place += size
