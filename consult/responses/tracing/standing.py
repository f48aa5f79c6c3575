"""Where the changes with a version stand: which a point asked for, which have a source, which wait for one.

A document has some thousands of changes at most. They are read without their words, told apart here, and shown page by
page; of a page alone the words are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa

from consult.consultations.models import Consultation
from consult.core.db import db
from consult.core.locale import ngettext
from consult.core.paging import PAGE_SIZE, Page, decode_key, encode_key
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.queries import places_of
from consult.documents.queries.continuity import list_versions
from consult.responses.tracing.changes import Key, Outline, outline_of
from consult.responses.tracing.queries import Audience, SourceInWords, caused_keys, sources_of
from consult.responses.tracing.suggesting import Asked, Candidate, Candidates, Likely, section_of
from consult.responses.tracing.unreflected import count_unreflected
from consult.submissions.models import Comment

Item = TypeVar("Item")


class Show(StrEnum):
    """Which changes a list is narrowed to."""

    UNEXPLAINED = "unexplained"
    EXPLAINED = "explained"
    CAUSED = "caused"
    ALL = "all"


@dataclass(frozen=True)
class Standing:
    """A change, and what is said of it.

    Args:
        outline: which.
        caused: whether a point is linked to it, whoever may read that point.
        public: whether one is that the public reads, or will.
        source: where it comes from and why, if that is said.
    """

    outline: Outline
    caused: bool
    public: bool
    source: SourceInWords | None

    @property
    def is_unasked(self) -> bool:
        """Whether the public sees no point that asked for it."""
        return not self.public

    def fits(self, show: Show) -> bool:
        """Whether it belongs in a list."""
        if show is Show.ALL:
            return True
        if show is Show.CAUSED:
            return self.caused
        return self.is_unasked and (self.source is None) == (show is Show.UNEXPLAINED)


def continuing_versions(consultation: Consultation) -> list[DocumentVersion]:
    """The versions that continue another, newest first: something may have changed with them; one to three queries."""
    continuing = set(
        db.session.scalars(
            sa.select(Correspondence.version_id)
            .join(DocumentVersion, DocumentVersion.id == Correspondence.version_id)
            .where(DocumentVersion.consultation_id == consultation.id)
            .distinct()
        )
    )
    if not continuing:
        return []
    return [version for version in reversed(list_versions(consultation)) if version.id in continuing]


def list_standing(
    version: DocumentVersion, language: str, *, round_ids: Collection[int] | None = None, for_staff: bool = False
) -> list[Standing]:
    """All changes with a version and what is said of each, in the order of its text; five queries.

    Args:
        version: that continues another.
        language: of whoever reads what is said.
        round_ids: of the rounds whose points may be named; None for all.
        for_staff: what is not public yet counts too.
    """
    public = caused_keys([version.id], Audience.COMING if for_staff else Audience.PUBLIC, round_ids=round_ids)
    caused = caused_keys([version.id], Audience.STAFF) if for_staff else public
    sources = sources_of([version.id], language)
    found = []
    for outline in outline_of(version):
        named = sources.get(outline.key)
        source = named[1] if named is not None and outline.is_meant(named[0].paragraph_id) else None
        found.append(Standing(outline, _is_named(outline, caused), _is_named(outline, public), source))
    return found


def _is_named(outline: Outline, keys: Mapping[Key, set[int | None]]) -> bool:
    return any(outline.is_meant(paragraph_id) for paragraph_id in keys.get(outline.key, ()))


def page_of_list(
    items: Sequence[Item],
    key_of: Callable[[Item], str],
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Item]:
    """One page of a list that is there as a whole, by the keys of its items; where a key is gone, from the start.

    Args:
        items: in their order.
        key_of: what an item is found by.
        after: key of the item before the page.
        before: key of the item behind the page; ``after`` wins when both are given.
        size: items on a page.

    Raises:
        NotFound: a key that is not ours.
    """
    places = {key_of(item): place for place, item in enumerate(items)}
    start = 0
    if after is not None:
        start = places.get(_decoded(after), -1) + 1
    elif before is not None:
        start = max(0, places.get(_decoded(before), 0) - size)
    shown = items[start : start + size]
    if not shown:
        return Page([], None, None)
    return Page(
        shown,
        encode_key([key_of(shown[-1])]) if start + size < len(items) else None,
        encode_key([key_of(shown[0])]) if start > 0 else None,
    )


def _decoded(key: str) -> str:
    return str(decode_key(key, [sa.String()])[0])


@dataclass(frozen=True)
class Owed:
    """What is missing before both lists are whole.

    Args:
        unreflected: accepted points that no change is linked to, without a reason.
        unexplained: changes that no public point asked for, without a source.
    """

    unreflected: int
    unexplained: int

    @property
    def total(self) -> int:
        """Both."""
        return self.unreflected + self.unexplained


def count_owed(consultation: Consultation) -> Owed:
    """What is missing: of accepted points a change or a reason, of changes with the newest text a source."""
    versions = continuing_versions(consultation)
    if not versions:
        return Owed(0, 0)
    standing = list_standing(versions[0], consultation.authentic_language, for_staff=True)
    return Owed(
        count_unreflected(consultation, for_staff=True, explained=False),
        sum(one.fits(Show.UNEXPLAINED) for one in standing),
    )


def warn_of_owed(consultation: Consultation) -> list[str]:
    """What is missing of both lists, in sentences: for whoever records the outcome."""
    owed, found = count_owed(consultation), []
    if owed.unreflected:
        found.append(
            ngettext(
                "%(num)s accepted point is linked to no change and has no reason.",
                "%(num)s accepted points are linked to no change and have no reason.",
                owed.unreflected,
            )
        )
    if owed.unexplained:
        found.append(
            ngettext(
                "%(num)s change that no point asked for has no source.",
                "%(num)s changes that no point asked for have no source.",
                owed.unexplained,
            )
        )
    return found


# --- Likely changes ---


def load_candidates(version: DocumentVersion) -> Candidates:
    """All changes with a version with their words, ready to be compared with points; two queries."""
    outlines = outline_of(version)
    words = _words_of(outlines)
    return Candidates(
        [
            Candidate(
                one.key,
                one.before_ids,
                frozenset(section_of(words[key].eid) for key in _ids(one) if key in words) - {""},
                " ".join(words[key].text for key in one.before_ids if key in words),
                words[one.after_id].text if one.after_id in words else "",
            )
            for one in outlines
        ]
    )


def _ids(outline: Outline) -> list[int]:
    return [key for key in (*outline.before_ids, outline.after_id) if key is not None]


def _words_of(outlines: Sequence[Outline]) -> dict[int | None, Any]:
    versions = {one.version_id for one in outlines}
    changed = sa.select(Correspondence.before_id).where(Correspondence.version_id.in_(versions))
    arrived = sa.select(Correspondence.after_id).where(Correspondence.version_id.in_(versions))
    rows = db.session.execute(
        sa.select(Paragraph.id, Paragraph.eid, Paragraph.number, Paragraph.text).where(
            sa.or_(Paragraph.id.in_(changed), Paragraph.id.in_(arrived))
        )
    )
    return {row.id: row for row in rows}


def likely_changes(comments: Collection[Comment], limit: int = 5) -> dict[int, list[Likely]]:
    """The changes that points are likely to have caused in the version after theirs, by key of the point.

    Four queries for each version. Suggestions alone: see ``suggesting``.
    """
    of_versions: dict[int, list[Comment]] = defaultdict(list)
    for comment in comments:
        of_versions[comment.round_id].append(comment)
    following = {
        row.round_id: row.version_id
        for row in db.session.execute(
            sa.select(DocumentVersion.round_id, sa.func.min(Correspondence.version_id).label("version_id"))
            .join(Correspondence, Correspondence.base_id == DocumentVersion.id)
            .where(DocumentVersion.round_id.in_(list(of_versions)))
            .group_by(DocumentVersion.round_id)
        )
    }
    found: dict[int, list[Likely]] = {}
    for round_id, points in of_versions.items():
        version = db.session.get(DocumentVersion, following[round_id]) if round_id in following else None
        if version is None:
            continue
        candidates = load_candidates(version)
        for comment in points:
            found[comment.id] = candidates.likely(_asked(comment), limit)
    return found


def _asked(comment: Comment) -> Asked:
    paragraph = comment.paragraph
    return Asked(
        comment.text,
        comment.proposed_change,
        frozenset([paragraph.id]) if paragraph is not None else frozenset(),
        section_of(paragraph.eid) if paragraph is not None else "",
    )


def search_changes(version: DocumentVersion, words: str) -> list[Outline]:
    """The changes with a version in whose words, number or eId something stands, in the order of its text.

    Args:
        version: that continues another.
        words: what is looked for; all changes where it is empty.
    """
    outlines = outline_of(version)
    wanted = " ".join(words.split()).casefold()
    if not wanted:
        return outlines
    texts = _words_of(outlines)
    found = []
    for one in outlines:
        rows = [texts[key] for key in _ids(one) if key in texts]
        if any(wanted in " ".join(f"{row.number} {row.text} {row.eid}".split()).casefold() for row in rows):
            found.append(one)
    if found or not wanted[:1].isdigit():
        return found
    return _in_section(outlines, wanted)


def _in_section(outlines: Sequence[Outline], number: str) -> list[Outline]:
    """The changes below the heading of that number."""
    ids = [one.after_id or one.before_ids[0] for one in outlines]
    rows = db.session.scalars(sa.select(Paragraph).where(Paragraph.id.in_(ids))).all()
    placed = places_of(rows, "")
    wanted = number.strip(". ")
    return [
        one
        for one, key in zip(outlines, ids, strict=True)
        if key in placed and (placed[key].number.split(" ")[0] or "").startswith(wanted)
    ]
