"""Addresses that stay: what continues a paragraph has its eId, what is new one that no version ever had; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from consult.documents.enums import BlockKind
from consult.documents.importing import Block, assign_eids

_PARAGRAPH = re.compile(r"(?P<section>.+)__para_(?P<number>\d+)")
_UNNUMBERED = re.compile(r"hdg_(\d+)")
_INNER = re.compile(r"\]\(#([\w.:-]{1,200})\)")
Link = tuple[int, int, int]
"""(which paragraph of the version before, place in the newer text, likeness)."""


def carried_eids(links: Iterable[Link], eids: Mapping[int, str]) -> dict[int, str]:
    """Which places of a newer text have an eId of the version before; each eId goes to one of them alone.

    Of a paragraph that was split the likeliest part keeps it; of several that were merged the newer one keeps that of
    the likeliest.

    Args:
        links: what continues what.
        eids: of the paragraphs of the version before.
    """
    found: dict[int, str] = {}
    given: set[int] = set()
    for before, place, _likeness in sorted(links, key=lambda link: (-link[2], link[1], link[0])):
        if before not in given and place not in found:
            found[place] = eids[before]
            given.add(before)
    return found


def stable_eids(blocks: Sequence[Block], carried: Mapping[int, str], used: Collection[str]) -> list[str]:
    """The eId of each block of a version.

    Args:
        blocks: in their order.
        carried: by place, what continues a paragraph of the version before.
        used: every eId that a version of this document ever had.
    """
    taken = {*used, *carried.values()}
    next_number: dict[str, int] = {}
    for eid in taken:
        if found := _PARAGRAPH.fullmatch(eid):
            section = found["section"]
            next_number[section] = max(next_number.get(section, 1), int(found["number"]) + 1)
    unnumbered = max((int(found[1]) for eid in taken if (found := _UNNUMBERED.fullmatch(eid))), default=0)
    section, result = "preamble", []
    for place, block in enumerate(blocks):
        eid = carried.get(place, "")
        if block.kind is BlockKind.HEADING:
            if not eid:
                eid = _own_eid(block)
                if not eid:
                    unnumbered += 1
                    eid = f"hdg_{unnumbered}"
                eid = _free(eid, taken)
            section = eid
        elif not eid:
            number = next_number.get(section, 1)
            next_number[section] = number + 1
            eid = f"{section}__para_{number}"
        taken.add(eid)
        result.append(eid)
    return result


def _own_eid(heading: Block) -> str:
    """What its number or its name makes of a heading; nothing where it is only counted."""
    eid = assign_eids([heading])[0].eid
    return "" if _UNNUMBERED.fullmatch(eid) else eid


def _free(eid: str, taken: Collection[str]) -> str:
    if eid not in taken:
        return eid
    number = 2
    while f"{eid}_{number}" in taken:
        number += 1
    return f"{eid}_{number}"


def relinked(blocks: Sequence[Block], eids: Sequence[str]) -> list[Block]:
    """The blocks with their links inside the text leading to the eIds that they got, not to those of the reading."""
    places = {before: after for block, after in zip(blocks, eids, strict=True) if (before := block.eid) != after}
    if not places:
        return [replace(block, eid=eid) for block, eid in zip(blocks, eids, strict=True)]
    return [
        replace(
            block,
            eid=eid,
            text=block.text
            if block.kind is BlockKind.CODE
            else _INNER.sub(lambda found: f"](#{places.get(found[1], found[1])})", block.text),
        )
        for block, eid in zip(blocks, eids, strict=True)
    ]
