"""Commitments as resources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import url_for

from consult.api.resources import CommitmentItem, Evidence, HostName, Source, Step
from consult.commitments.enums import CommitmentOrigin
from consult.commitments.models import Commitment, CommitmentUpdate
from consult.commitments.queries import evidence_of, shown_points_of, updates_of
from consult.core.context import absolute_url
from consult.core.locale import DEFAULT, find_locale
from consult.texts.queries import AllTexts, load_all_texts


def make_commitments(commitments: Sequence[Commitment], today: date) -> list[CommitmentItem]:
    """Commitments with their history and evidence; five queries."""
    keys = [commitment.id for commitment in commitments]
    texts = load_all_texts("commitment", keys)
    updates, evidence, points = updates_of(keys), evidence_of(keys), shown_points_of(keys)
    notes = load_all_texts("commitment_update", [update.id for found in updates.values() for update in found])
    return [
        CommitmentItem(
            reference=one.reference,
            status=one.status,
            overdue=one.is_overdue(today),
            consultation=one.consultation.slug if one.consultation is not None else None,
            host=HostName(slug=one.host.slug, name=one.host.name),
            language=one.language,
            what=texts.by_language(one.id, "what", one.what, one.language),
            office=texts.by_language(one.id, "office", one.office, one.language),
            due=one.due,
            origin=one.origin,
            source=Source(title=one.source_title, url=one.source_url, on=one.source_date)
            if one.origin is CommitmentOrigin.STATEMENT
            else None,
            replaced_by=one.replaced_by.reference
            if one.replaced_by is not None and one.replaced_by.is_public
            else None,
            points=[point.reference for point in points[one.id]],
            history=[_step(update, notes, one.language) for update in updates[one.id]],
            evidence=[Evidence(title=row.title, url=row.url) for row in evidence[one.id]],
            illustration=one.is_illustration,
            page=_page(one),
        )
        for one in commitments
    ]


def _step(update: CommitmentUpdate, notes: AllTexts, language: str) -> Step:
    return Step(
        on=update.made_at.date(),
        status_before=update.status_before,
        status_after=update.status_after,
        due_before=update.due_before,
        due_after=update.due_after,
        explanation=notes.by_language(update.id, "note", update.note, language),
    )


def _page(one: Commitment) -> str:
    found = find_locale(one.language)
    locale = found.code if found else DEFAULT
    return absolute_url(url_for("commitments.commitment", locale=locale, reference=one.reference))
