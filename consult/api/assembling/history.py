"""What happened to a consultation, as resources: extensions, meetings, outcomes, corrigenda, what it follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from consult.api.assembling.words import page_url
from consult.api.resources import CorrigendumOf, ExtensionOf, MeetingOf, OutcomeOf, Predecessor, Texts
from consult.consultations.history import lineage_of, list_extensions, list_meetings, list_outcomes
from consult.consultations.models import Consultation, Round
from consult.documents.queries import list_corrigenda
from consult.texts.queries import load_all_texts


def make_introductions(consultation: Consultation, rounds: Sequence[Round]) -> dict[int, Texts]:
    """What is new in each later round; one query."""
    later = [round_ for round_ in rounds if round_.introduction]
    texts = load_all_texts("round", [round_.id for round_ in later])
    original, codes = consultation.authentic_language, consultation.languages
    return {r.number: texts.by_language(r.id, "introduction", r.introduction, original, codes) for r in later}


def make_meetings(consultation: Consultation) -> list[MeetingOf]:
    """Meetings by their days; two queries."""
    original = consultation.authentic_language
    rows = [meeting.row for meeting in list_meetings(consultation, original)]
    texts = load_all_texts("meeting", [row.id for row in rows])
    return [
        MeetingOf(
            kind=row.kind,
            title=texts.by_language(row.id, "title", row.title, original, consultation.languages),
            first_day=row.first_day,
            last_day=row.last_day,
            place=texts.by_language(row.id, "place", row.place, original, consultation.languages),
            record_url=row.record_url,
        )
        for row in rows
    ]


def make_extensions(consultation: Consultation, rounds: Collection[Round]) -> list[ExtensionOf]:
    """Extensions, oldest first; two queries."""
    original = consultation.authentic_language
    numbers = {round_.id: round_.number for round_ in rounds}
    rows = [extension.row for extension in list_extensions(rounds, original)]
    texts = load_all_texts("round_extension", [row.id for row in rows])
    return [
        ExtensionOf(
            round=numbers[row.round_id],
            announced_on=row.extended_at.date(),
            closes_before=row.closes_wall_before,
            closes_after=row.closes_wall_after,
            response_due_before=row.response_due_before,
            response_due_after=row.response_due_after,
            reason=texts.by_language(row.id, "reason", row.reason, original, consultation.languages),
        )
        for row in rows
    ]


def make_outcomes(consultation: Consultation) -> list[OutcomeOf]:
    """Outcomes, the standing one last; two queries."""
    original = consultation.authentic_language
    found = list_outcomes(consultation, original)
    texts = load_all_texts("outcome", [outcome.row.id for outcome in found])
    return [
        OutcomeOf(
            kind=outcome.row.kind,
            body=texts.by_language(outcome.row.id, "body", outcome.row.body, original, consultation.languages),
            decided_on=outcome.row.decided_on,
            explanation=texts.by_language(outcome.row.id, "note", outcome.row.note, original, consultation.languages),
            final_text_url=outcome.row.final_text_url,
            standing=outcome.is_standing,
        )
        for outcome in found
    ]


def make_lineage(consultation: Consultation) -> dict[str, Any]:
    """What it follows, and the slugs of what followed it; three queries at most."""
    lineage = lineage_of(consultation, consultation.authentic_language)
    before: Predecessor | None = None
    if lineage.predecessor is not None:
        kin = lineage.predecessor.consultation
        texts = load_all_texts("consultation", [kin.id])
        before = Predecessor(
            slug=kin.slug,
            title=texts.by_language(kin.id, "title", kin.title, kin.authentic_language, kin.languages),
            url=page_url("pages.consultation", kin, slug=kin.slug),
        )
    elif lineage.elsewhere is not None:
        title, url = lineage.elsewhere
        before = Predecessor(slug=None, title={consultation.authentic_language: title}, url=url)
    return {"predecessor": before, "successors": [kin.consultation.slug for kin in lineage.successors]}


def make_corrigenda(rounds: Collection[Round]) -> Mapping[int, list[CorrigendumOf]]:
    """Corrections to the drafts of these rounds, oldest first, by key of the draft; two queries."""
    if not rounds:
        return {}
    consultation = next(iter(rounds)).consultation
    rows = [corrigendum.row for corrigendum in list_corrigenda(rounds, consultation.authentic_language)]
    texts = load_all_texts("corrigendum", [row.id for row in rows])
    found: dict[int, list[CorrigendumOf]] = {}
    for row in rows:
        found.setdefault(row.version_id, []).append(
            CorrigendumOf(
                eid=row.paragraph.eid if row.paragraph is not None else None,
                issued_on=row.issued_at.date(),
                language=row.language,
                words=texts.by_language(row.id, "words", row.words, row.version.language, consultation.languages),
                reads=row.reads,
                should_read=row.should_read,
            )
        )
    return found
