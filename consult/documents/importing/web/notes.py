"""Footnotes of a web page: a mark that leads to words which lead back to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from consult.documents.importing.web.looks import Element

NOTES_MOST, LOOK = 2_000, 60
"""Notes of a page, and links that are looked at around a mark: a page of nothing but links must not take long."""
_BLOCKS = {"li", "p", "div", "aside", "dd", "section", "td"}
_NAMED = re.compile(
    r"_?(?:ftn|edn|fn|footnote|endnote|note|sdfootnote|sdendnote|cite_note)[-_:.]?[\w.-]{0,40}\d(?:sym)?", re.IGNORECASE
)
_ROLES = {"doc-footnote", "doc-endnote"}
_MARK = re.compile(r"[\[(]?\s*(\d{1,4}|[ivxlc]{1,7}|[a-z]|[*†‡§¶]{1,3})\s*[\])]?[.:]?", re.IGNORECASE)
_BACK = re.compile(r"[↩↑⬆⤴^\ufe0e\ufe0f\s]*")


@dataclass
class Note:
    """A footnote.

    Args:
        mark: as it stands in the text.
        element: that holds its words.
        own_marks: the elements in it that only repeat the mark or lead back.
    """

    mark: str
    element: Element
    own_marks: list[Element]


def find_notes(tree: Element) -> tuple[dict[Element, Note], dict[Element, Note]]:
    """The notes of a page: by the element of each note, and by the link that is its mark in the text."""
    stands: dict[str, Element] = {}
    links: list[tuple[Element, str]] = []
    for element in tree.iter("*"):
        for key in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if key:
                stands.setdefault(key, element)
        address = element.get("href") if element.tag == "a" else None
        if address and address.startswith("#") and len(address) > 1:
            links.append((element, address[1:]))
    notes: dict[Element, Note] = {}
    marks: dict[Element, Note] = {}
    for link, key in links:
        found = _MARK.fullmatch("".join(link.itertext()).strip())
        target = stands.get(key)
        if not found or target is None or target is link:
            continue
        holder = _holder(target)
        if holder is None or _is_within(link, holder, notes) or len(notes) >= NOTES_MOST:
            continue
        back = _links_back(holder, link)
        if not back and not _NAMED.fullmatch(key) and holder.get("role") not in _ROLES:
            continue
        if holder not in notes:
            own = [one for one in islice(holder.iter("a"), LOOK) if one in back or _is_mark(one, found[1])]
            notes[holder] = Note(found[1], holder, own)
        marks[link] = notes[holder]
    return notes, marks


def _holder(target: Element) -> Element | None:
    at = target
    for _step in range(12):
        if at is None or at.tag in {"body", "html"}:
            return None
        parent = at.getparent()
        if at.tag in _BLOCKS:
            is_whole = parent is not None and parent.tag == "div" and _NAMED.fullmatch(parent.get("id", ""))
            return parent if is_whole else at
        at = parent
    return None


def _links_back(holder: Element, link: Element) -> list[Element]:
    """The links in a note that lead to its mark, or right around it."""
    around = {key for key in (link.get("id"), link.get("name")) if key}
    parent = link.getparent()
    for one in (parent, *link):
        if one is not None and one.get("id"):
            around.add(one.get("id"))
    if parent is not None:
        around |= {one.get("name") or one.get("id", "") for one in islice(parent.iter("a"), LOOK)}
    around.discard("")
    return [
        one
        for one in islice(holder.iter("a"), LOOK)
        if (one.get("href") or "").startswith("#") and one.get("href")[1:] in around
    ]


def _is_mark(link: Element, mark: str) -> bool:
    said = "".join(link.itertext()).strip()
    found = _MARK.fullmatch(said)
    return (link.get("href") or "").startswith("#") and (
        bool(found and found[1] == mark) or bool(_BACK.fullmatch(said))
    )


def _is_within(element: Element, holder: Element, notes: Mapping[Element, Note]) -> bool:
    """Whether a link stands in the note that it leads to, or in another one: it then leads back, and is no mark."""
    at = element
    while at is not None:
        if at is holder or at in notes:
            return True
        at = at.getparent()
    return False
