"""What there is to translate of a consultation into one language, and how far all its languages are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Consultation
from consult.core.db import db
from consult.core.text import LINE_MAX
from consult.texts.enums import Origin
from consult.texts.models import Translation
from consult.texts.values import Provenance
from consult.translating.sources import SourceGroup, list_sources
from consult.translating.units import Group, Source, Standing, Unit, Work

Key = tuple[str, int, str]


@dataclass(frozen=True)
class _Row:
    """A stored translation, as far as a unit needs it."""

    text: str
    digest: str
    version: int
    origin: Origin
    made_with: str
    translated_at: datetime


def load_work(consultation: Consultation, language: str, *, actor: Actor) -> Work:
    """All that this actor may translate of a consultation into ``language``; a constant number of queries.

    Sources in that language itself are left out, and those without words.

    Args:
        consultation: which one.
        language: BCP 47 code of the translation.
        actor: who translates; see `sources.list_sources` for who gets what.
    """
    groups = list_sources(consultation, actor=actor)
    rows = _translations(groups, language)
    found = []
    for group in groups:
        units = [_unit(source, rows, language) for source in group.sources if source.source_language != language]
        if units:
            found.append(Group(group.name, group.title, units))
    return Work(language, found)


def units_by_key(work: Work) -> dict[str, Unit]:
    """Every unit by its key, for whoever looks up many."""
    return {unit.key: unit for group in work.groups for unit in group.units}


def _unit(source: Source, rows: Mapping[Key, _Row], language: str) -> Unit:
    row = rows.get((source.subject, source.subject_id, source.field))
    unit = Unit(**vars(source), language=language, is_line=source.limit <= LINE_MAX)
    if row is None:
        return unit
    return replace(
        unit,
        text=row.text,
        version=row.version,
        is_stale=row.digest != source.source_digest,
        provenance=Provenance(row.origin, row.made_with, row.translated_at, source.source, source.source_language),
    )


def _selects(groups: Iterable[SourceGroup], columns: Sequence[Any], language: str | None) -> list[sa.Select[Any]]:
    """One statement for each kind of thing: each then uses the index, which one over all of them would not."""
    return [
        sa.select(*columns).where(
            Translation.subject == subject,
            Translation.subject_id.in_(keys),
            *(() if language is None else (Translation.language == language,)),
        )
        for group in groups
        for subject, keys in group.keys.items()
    ]


def _translations(groups: Sequence[SourceGroup], language: str) -> dict[Key, _Row]:
    columns = (
        Translation.subject, Translation.subject_id, Translation.field, Translation.text, Translation.source_digest,
        Translation.version, Translation.origin, Translation.made_with, Translation.translated_at,
    )  # fmt: skip
    selects = _selects(groups, columns, language)
    rows = db.session.execute(sa.union_all(*selects)) if selects else ()
    return {(row[0], row[1], row[2]): _Row(*row[3:]) for row in rows if row[3]}


@dataclass(frozen=True)
class Progress:
    """How far a group, or all of them, is in one language.

    Args:
        name: of the group; empty for all of them.
        title: in words.
        total: how many units there are.
        done: how many are translated from the present words.
        stale: how many are translated from earlier words.
    """

    name: str
    title: str
    total: int
    done: int
    stale: int

    @property
    def missing(self) -> int:
        """How many have no translation."""
        return self.total - self.done - self.stale

    @property
    def percent(self) -> int:
        """Done in a hundred, rounded down: 100 only where all is done."""
        return 100 * self.done // self.total if self.total else 100


@dataclass(frozen=True)
class LanguageProgress:
    """How far one language is.

    Args:
        language: BCP 47 code.
        groups: those with something to translate.
        awaited: how many answers to people who write in it are missing or stale.
    """

    language: str
    groups: Sequence[Progress]
    awaited: int

    @property
    def total(self) -> Progress:
        """What the bar tells."""
        return total_of(self.groups)


def total_of(groups: Sequence[Progress]) -> Progress:
    """Groups together, without the points: nobody promises to translate each of them."""
    counted = [group for group in groups if group.name != "points"]
    totals = (sum(getattr(group, name) for group in counted) for name in ("total", "done", "stale"))
    return Progress("", "", *totals)


def progress_of(work: Work) -> list[Progress]:
    """How far each group of some work is."""
    return [
        Progress(group.name, group.title, len(group.units), group.count(Standing.DONE), group.count(Standing.STALE))
        for group in work.groups
    ]


def list_progress(
    consultation: Consultation, languages: Sequence[str], *, actor: Actor
) -> tuple[list[LanguageProgress], list[str]]:
    """How far several languages are, and in which others something is wanted; a constant number of queries.

    Wanted are the languages of those who wait for an answer, and those that something has been translated into.

    Args:
        consultation: which one.
        languages: BCP 47 codes, in the order in which they are shown.
        actor: who translates.

    Returns:
        The languages asked for, then the others in the order of their codes; and the languages of points.
    """
    groups = list_sources(consultation, actor=actor)
    columns = (
        Translation.subject, Translation.subject_id, Translation.field, Translation.language,
        Translation.source_digest,
    )  # fmt: skip
    selects = _selects(groups, columns, None)
    digests: dict[str, dict[Key, str]] = {}
    for row in db.session.execute(sa.union_all(*selects)) if selects else ():
        digests.setdefault(row[3], {})[(row[0], row[1], row[2])] = row[4]
    sources = [source for group in groups for source in group.sources]
    wanted = {source.wanted_in for source in sources if source.wanted_in and source.wanted_in != source.source_language}
    others = sorted((wanted | set(digests)) - set(languages))
    present = {source: source.source_digest for source in sources}
    shown = [_progress_in(code, groups, digests.get(code, {}), present) for code in [*languages, *others]]
    spoken = sorted({source.source_language for group in groups if group.name == "points" for source in group.sources})
    return shown, spoken


def _progress_in(
    language: str, groups: Sequence[SourceGroup], digests: Mapping[Key, str], present: Mapping[Source, str]
) -> LanguageProgress:
    found, awaited = [], 0
    for group in groups:
        total = done = stale = 0
        for source in group.sources:
            if source.source_language == language:
                continue
            total += 1
            digest = digests.get((source.subject, source.subject_id, source.field))
            is_done = digest == present[source]
            done += is_done
            stale += digest is not None and not is_done
            awaited += source.field == "text" and source.wanted_in == language and not is_done
        if total:
            found.append(Progress(group.name, group.title, total, done, stale))
    return LanguageProgress(language, found, awaited)
