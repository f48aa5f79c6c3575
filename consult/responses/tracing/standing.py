"""Where the changes with a version stand: which a point asked for, which have a source, which wait for one.

A document has some thousands of changes at most. They are read without their words, told apart here, and shown page by
page; of a page alone the words are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from consult.consultations.models import Consultation
from consult.core.db import db
from consult.core.locale import ngettext
from consult.documents.comparing import Change as Kind
from consult.documents.comparing import compare
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.queries import places_of
from consult.documents.queries.changes import Group, Key, TextChange, groups_of, list_changes
from consult.documents.queries.continuity import find_predecessor, list_versions
from consult.responses.tracing.queries import Audience, SourceInWords, caused_keys, counting_versions, sources_of
from consult.responses.tracing.suggesting import Asked, Candidate, Candidates, Likely, section_of
from consult.responses.tracing.unreflected import count_unreflected
from consult.submissions.models import Comment


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
        change: which.
        caused: whether a point is linked to it, whoever may read that point.
        public: whether one is that the public reads, or will.
        source: where it comes from and why, if that is said.
    """

    change: TextChange
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


def continuing_versions(consultation: Consultation, audience: Audience | None = None) -> list[DocumentVersion]:
    """The versions that continue another, newest first: something may have changed with them; one to three queries.

    Args:
        consultation: whose text it is.
        audience: which versions count; None for all that there are.
    """
    statement = (
        sa.select(Correspondence.version_id)
        .join(DocumentVersion, DocumentVersion.id == Correspondence.version_id)
        .where(DocumentVersion.consultation_id == consultation.id)
        .distinct()
    )
    if audience is not None:
        statement = statement.where(DocumentVersion.id.in_(counting_versions(consultation, audience)))
    continuing = set(db.session.scalars(statement))
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
    for change in list_changes(version):
        named = sources.get(change.key)
        source = named[1] if named is not None and change.is_meant(named[0].paragraph_id) else None
        found.append(Standing(change, _is_named(change, caused), _is_named(change, public), source))
    return found


def _is_named(change: TextChange, keys: Mapping[Key, set[int | None]]) -> bool:
    return any(change.is_meant(paragraph_id) for paragraph_id in keys.get(change.key, ()))


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
    """What is missing of what the outcome makes public: of accepted points a change or a reason, of changes a source.

    These are the changes with the newest text that is fixed or, as the final text, kept.
    """
    versions = continuing_versions(consultation, Audience.COMING)
    if not versions:
        return Owed(0, 0)
    standing = list_standing(versions[0], consultation.authentic_language, for_staff=True)
    return Owed(
        count_unreflected(consultation, Audience.COMING, explained=False),
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
    """All changes with a version with their words, ready to be compared with points; three queries."""
    changes = list_changes(version)
    words, groups = _words_of(changes), groups_of(changes)
    shares = _shares(set(groups.values()), words, version.language)
    return Candidates(
        [
            Candidate(
                one.key,
                one.before_ids,
                frozenset(section_of(words[key].eid) for key in _ids(one) if key in words) - {""},
                shares.get(one.after_id) or " ".join(words[key].text for key in one.before_ids if key in words),
                words[one.after_id].text if one.after_id in words else "",
            )
            for one in changes
        ]
    )


def _shares(groups: Iterable[Group], words: Mapping[int | None, Any], language: str) -> dict[int | None, str]:
    """Of each part of what was split its own share of the older words, by key."""
    found: dict[int | None, str] = {}
    for group in groups:
        if len(group.afters) > 1:
            olds, news = ([words[key].text for key in keys] for keys in (group.befores, group.afters))
            for key, told in zip(group.afters, compare(olds, news, language), strict=True):
                found[key] = "".join(piece.text for piece in told if piece.kind is not Kind.ADDED)
    return found


def _ids(change: TextChange) -> list[int]:
    return [key for key in (*change.before_ids, change.after_id) if key is not None]


def _words_of(changes: Sequence[TextChange]) -> dict[int | None, Any]:
    versions = {one.version_id for one in changes}
    changed = sa.select(Correspondence.before_id).where(Correspondence.version_id.in_(versions))
    arrived = sa.select(Correspondence.after_id).where(Correspondence.version_id.in_(versions))
    rows = db.session.execute(
        sa.select(Paragraph.id, Paragraph.eid, Paragraph.number, Paragraph.text).where(
            sa.or_(Paragraph.id.in_(changed), Paragraph.id.in_(arrived))
        )
    )
    return {row.id: row for row in rows}


def likely_changes(comments: Collection[Comment], limit: int = 5) -> dict[int, list[Likely]]:
    """The changes that points of one consultation are likely to have caused, by key of the point.

    Of the newest version that continues the one that they are about and counts at the desk. Four queries for each
    version. Suggestions alone: see ``suggesting``.
    """
    if not comments:
        return {}
    of_versions: dict[int, list[Comment]] = defaultdict(list)
    for comment in comments:
        of_versions[comment.round_id].append(comment)
    consultation = next(iter(comments)).submission.round.consultation
    following = {
        base.round_id: version
        for version in reversed(continuing_versions(consultation, Audience.STAFF))
        if (base := find_predecessor(version)) is not None
    }
    found: dict[int, list[Likely]] = {}
    for round_id, points in of_versions.items():
        version = following.get(round_id)
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
        comment.quotation.exact if comment.quotation is not None else "",
    )


def search_changes(version: DocumentVersion, words: str) -> list[TextChange]:
    """The changes with a version in whose words, number or eId something stands, in the order of its text.

    Args:
        version: that continues another.
        words: what is looked for; all changes where it is empty.
    """
    changes = list_changes(version)
    wanted = " ".join(words.split()).casefold()
    if not wanted:
        return changes
    texts = _words_of(changes)
    found = []
    for one in changes:
        rows = [texts[key] for key in _ids(one) if key in texts]
        if any(wanted in " ".join(f"{row.number} {row.text} {row.eid}".split()).casefold() for row in rows):
            found.append(one)
    if found or not wanted[:1].isdigit():
        return found
    return _in_section(changes, wanted)


def _in_section(changes: Sequence[TextChange], number: str) -> list[TextChange]:
    """The changes below the heading of that number."""
    ids = [one.after_id or one.before_ids[0] for one in changes]
    rows = db.session.scalars(sa.select(Paragraph).where(Paragraph.id.in_(ids))).all()
    placed = places_of(rows, "", actor=None)
    wanted = number.strip(". ")
    return [
        one
        for one, key in zip(changes, ids, strict=True)
        if key in placed and (placed[key].number.split(" ")[0] or "").startswith(wanted)
    ]
