"""A long draft cut into pages, one section each; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# A section with more blocks than this is shown by its own sections, where it has any.
MOST = 150
# A draft with more blocks than this is shown one section a page unless its reader asks for the whole.
LONG = 400


@dataclass(frozen=True)
class Page:
    """What is shown at a time.

    Args:
        eid: of its first block, by which addresses name it.
        start: the place of its first block.
        stop: the place behind its last one.
    """

    eid: str
    start: int
    stop: int


def is_long(blocks: int) -> bool:
    """Whether a draft of so many blocks is better read section by section."""
    return blocks > LONG


def cut_into_pages(blocks: Sequence[tuple[str, int]]) -> list[Page]:
    """The pages of a draft: its sections, and those of long ones; what stands before the first heading is with it.

    Args:
        blocks: eId and level of each, in order; the level is 0 for what is no heading.
    """
    return [Page(blocks[start][0], start, stop) for start, stop in _cut(blocks, 0, len(blocks))]


def page_with(pages: Sequence[Page], place: int) -> Page:
    """The page on which the block of that place stands."""
    return next(page for page in pages if page.start <= place < page.stop)


def _cut(blocks: Sequence[tuple[str, int]], start: int, stop: int) -> list[tuple[int, int]]:
    is_whole = start == 0 and stop == len(blocks)
    if stop - start <= (1 if is_whole else MOST):
        return [(start, stop)] if stop > start else []
    inner = start if is_whole else start + 1
    levels = [level for _eid, level in blocks[inner:stop] if level]
    if not levels:
        return [(start, stop)]
    highest = min(levels)
    begins = [place for place in range(inner, stop) if blocks[place][1] == highest]
    # A heading with nothing of its own, or a title above the first section, opens no page for itself.
    lead_is_page = any(not blocks[place][1] for place in range(start, begins[0])) and begins[0] - start > 2
    if not lead_is_page:
        begins[0] = start
    elif begins[0] > start:
        begins.insert(0, start)
    if len(begins) == 1 and is_whole:
        return _below(blocks, start, stop)
    found: list[tuple[int, int]] = []
    for begin, end in zip(begins, [*begins[1:], stop], strict=True):
        found += [(begin, end)] if (begin, end) == (start, stop) else _cut(blocks, begin, end)
    return found


def _below(blocks: Sequence[tuple[str, int]], start: int, stop: int) -> list[tuple[int, int]]:
    """One heading above everything, as of a title: its sections are the pages."""
    levels = [level for _eid, level in blocks[start + 1 : stop] if level]
    if not levels:
        return [(start, stop)]
    highest = min(levels)
    begins = [place for place in range(start + 1, stop) if blocks[place][1] == highest]
    begins = [start, *begins] if begins[0] - start > 2 else [start, *begins[1:]]
    found: list[tuple[int, int]] = []
    for begin, end in zip(begins, [*begins[1:], stop], strict=True):
        found += [(begin, end)] if (begin, end) == (start, stop) else _cut(blocks, begin, end)
    return found
