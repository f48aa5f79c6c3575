"""Comparisons of versions: which are kept, which are to be made, and what they say."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from consult.consultations.models import Round
from consult.core.db import db
from consult.core.storage import FileStore
from consult.documents.comparing.texts import RULES, Row, Unit, read_back, written
from consult.documents.enums import BlockKind
from consult.documents.models import Comparison, Correspondence, DocumentVersion, Paragraph
from consult.documents.queries.places import places
from consult.documents.queries.versions import IN_ORDER, list_paragraphs, paragraph_texts, text_of


@dataclass(frozen=True)
class Pair:
    """Two versions that can be compared in a language, and what such a comparison is made of."""

    older: DocumentVersion
    newer: DocumentVersion
    language: str
    source: str


def find_comparison(older: DocumentVersion, newer: DocumentVersion, language: str) -> Comparison | None:
    """The comparison of two versions, made or to be made."""
    return db.session.scalar(
        sa.select(Comparison).where(
            Comparison.older_id == older.id, Comparison.newer_id == newer.id, Comparison.language == language
        )
    )


@dataclass(frozen=True)
class Called:
    """A block of a compared version: where it stands, by address and in words, and whether it is a heading."""

    eid: str
    place: str
    is_heading: bool


@dataclass(frozen=True)
class Compared:
    """What a comparison says.

    Args:
        rows: in the order in which they are read.
        called: the blocks of both versions, by key.
        is_guess: whether nobody confirmed what continues what, so that words alone tell it.
    """

    rows: list[Row]
    called: dict[int, Called]
    is_guess: bool


def what_it_says(comparison: Comparison, store: FileStore) -> Compared:
    """What a comparison says.

    Raises:
        NotFound: it was not made.
    """
    said = json.loads(zlib.decompress(store.get(comparison.sha256 or "")))
    called = {key: Called(eid, place, bool(head)) for key, eid, place, head in said["called"]}
    return Compared(read_back(said["rows"]), called, said["guess"])


def content_of(rows: Sequence[Row], units: Iterable[Unit], *, is_guess: bool) -> bytes:
    """The file of a comparison; the same rows give the same bytes."""
    called = [[unit.id, unit.eid, unit.place, int(unit.kind is BlockKind.HEADING)] for unit in units]
    said = {"rules": RULES, "guess": is_guess, "rows": written(rows), "called": called}
    return zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def common_languages(older: DocumentVersion, newer: DocumentVersion) -> list[str]:
    """The languages that two versions can be compared in: both have an edition; the authentic one first."""
    have = {edition.language for edition in older.editions}
    codes = [edition.language for edition in newer.editions if edition.language in have]
    return sorted(codes, key=lambda code: (code != newer.language, code))


def list_pairs(consultation_id: int | None = None) -> list[Pair]:
    """Every two versions of a consultation, in every language that both have; of one, or of all; three queries."""
    several = sa.select(DocumentVersion.consultation_id).group_by(DocumentVersion.consultation_id)
    of_one = [] if consultation_id is None else [DocumentVersion.consultation_id == consultation_id]
    versions = db.session.scalars(
        sa.select(DocumentVersion)
        .outerjoin(Round, Round.id == DocumentVersion.round_id)
        .where(DocumentVersion.consultation_id.in_(several.having(sa.func.count() > 1)), *of_one)
        .options(selectinload(DocumentVersion.editions))
        .order_by(DocumentVersion.consultation_id, *IN_ORDER)
    ).all()
    if not versions:
        return []
    of_consultation: dict[int, list[DocumentVersion]] = defaultdict(list)
    for version in versions:
        of_consultation[version.consultation_id].append(version)
    ties = _ties([version.id for version in versions])
    return [
        Pair(older, newer, language, source_of(older, newer, language, ties))
        for mine in of_consultation.values()
        for older, newer in combinations(mine, 2)
        for language in common_languages(older, newer)
    ]


def source_of(older: DocumentVersion, newer: DocumentVersion, language: str, ties: Mapping[int, str]) -> str:
    """What a comparison is made of: the editions, what is said of how one continues the other, and the rules."""
    editions = []
    for version in (older, newer):
        edition = next(one for one in version.editions if one.language == language)
        editions.append(f"{edition.source_digest[:16]}@{edition.imported_at:%y%m%d%H%M%S}")
    return ":".join([str(RULES), *editions, ties.get(newer.id, "0")])


def _ties(version_ids: Sequence[int]) -> dict[int, str]:
    rows: Any = db.session.execute(
        sa.select(Correspondence.version_id, sa.func.count(), sa.func.max(Correspondence.id))
        .where(Correspondence.version_id.in_(version_ids))
        .group_by(Correspondence.version_id)
    ).all()
    return {key: f"{number}-{last}" for key, number, last in rows}


def kept_for(pairs: Iterable[Pair]) -> dict[tuple[int, int, str], Comparison]:
    """The comparisons that are kept of these pairs; one query."""
    ids = {pair.newer.id for pair in pairs}
    rows = db.session.scalars(sa.select(Comparison).where(Comparison.newer_id.in_(ids)).order_by(Comparison.id))
    return {(row.older_id, row.newer_id, row.language): row for row in rows}


def units_of(version: DocumentVersion, language: str) -> list[Unit]:
    """The blocks of a version in one language, as they are compared; three queries, or four in a translation."""
    paragraphs = list_paragraphs(version)
    texts = paragraph_texts([] if language == version.language else paragraphs, language)
    called = places(version, language, actor=None)
    return [
        Unit(
            paragraph.id,
            paragraph.eid,
            paragraph.kind,
            paragraph.number,
            text_of(paragraph, texts, version.language).text,
            called[paragraph.id].number
            if paragraph.kind is not BlockKind.HEADING
            else paragraph.number or called[paragraph.id].heading,
        )
        for paragraph in paragraphs
    ]


def paragraphs_of(version: DocumentVersion, keys: Iterable[int]) -> Sequence[Paragraph]:
    """Some blocks of a version by their keys, in order; one query."""
    return db.session.scalars(
        sa.select(Paragraph)
        .where(Paragraph.version_id == version.id, Paragraph.id.in_(list(keys)))
        .order_by(Paragraph.position)
    ).all()
