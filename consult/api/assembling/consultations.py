"""Consultations and their documents as resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.accounts.actors import Visitor
from consult.api.assembling.history import (
    make_corrigenda,
    make_extensions,
    make_introductions,
    make_lineage,
    make_meetings,
    make_outcomes,
)
from consult.api.assembling.words import api_url, page_url
from consult.api.queries import questions_of, rounds_of, slugs_told
from consult.api.resources import (
    ConsultationDetail,
    ConsultationGone,
    ConsultationItem,
    ConsultationLinks,
    EditionOf,
    HostName,
    OptionOf,
    ParagraphOf,
    Progress,
    QuestionOf,
    RoundOf,
    Seats,
    Texts,
    VersionOf,
)
from consult.consultations.enums import RoundState
from consult.consultations.models import LOCALIZED_FIELDS, Consultation, Round
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.reading import editions_of
from consult.pages.queries import states_of
from consult.submissions.queries import progress_of
from consult.texts.queries import AllTexts, load_all_texts


def links_of(consultation: Consultation) -> ConsultationLinks:
    """Everything below a consultation."""
    slug = consultation.slug
    below = ("comments", "responses", "commitments", "releases", "document")
    return ConsultationLinks(
        self=api_url("consultation", slug=slug),
        **{name: api_url(name, slug=slug) for name in below},
        feed=page_url("feeds.consultation", consultation, slug=slug),
        page=page_url("pages.consultation", consultation, slug=slug),
    )


def make_items(consultations: Sequence[Consultation], now: datetime) -> list[ConsultationItem | ConsultationGone]:
    """Consultations in a list; five queries."""
    published = [consultation for consultation in consultations if consultation.is_published]
    gone = [consultation for consultation in consultations if not consultation.is_published]
    slugs = slugs_told(gone) if gone else {}
    titles = load_all_texts("consultation", [consultation.id for consultation in published])
    rounds = rounds_of(published)
    described = _describe([round_ for found in rounds.values() for round_ in found], now)
    return [
        ConsultationItem(**_item(consultation, titles, [described[round_.id] for round_ in rounds[consultation.id]]))
        if consultation.is_published
        else ConsultationGone(status="taken_back", slug=slugs.get(consultation.id, ""))
        for consultation in consultations
    ]


def _item(consultation: Consultation, texts: AllTexts, rounds: list[RoundOf]) -> dict[str, Any]:
    return {
        "status": "published",
        "slug": consultation.slug,
        "code": consultation.code,
        "title": texts.by_language(
            consultation.id, "title", consultation.title, consultation.authentic_language, consultation.languages
        ),
        "text_type": consultation.text_type,
        "host": HostName(slug=consultation.host.slug, name=consultation.host.name),
        "authentic_language": consultation.authentic_language,
        "languages": list(consultation.languages),
        "member_driven": consultation.is_member_driven,
        "illustration": consultation.is_illustration,
        "rounds": rounds,
        "links": links_of(consultation),
    }


def _describe(rounds: Sequence[Round], now: datetime) -> Mapping[int, RoundOf]:
    """Rounds, by their keys; two queries."""
    states = states_of(rounds, now)
    progress = progress_of(rounds)
    return {round_.id: _round(round_, states[round_.id], progress[round_.id]) for round_ in rounds}


def _round(round_: Round, state: RoundState, progress: Any) -> RoundOf:
    shows_input = permits(Visitor(), Permission.INPUT_READ, round_)
    if round_.response_due is None:
        raise ValueError(round_.id)  # the schema keeps it: an opened round has its dates
    return RoundOf(
        number=round_.number,
        state=state,
        audience=round_.audience,
        visibility=round_.visibility,
        time_zone=round_.zone,
        opens_at=round_.opens_wall or "",
        closes_at=round_.closes_wall or "",
        response_due=round_.response_due,
        input_is_public=shows_input,
        draft_is_public=permits(Visitor(), Permission.DRAFT_READ, round_),
        progress=Progress(published=progress.published, asked=progress.asked, answered=progress.answered)
        if shows_input
        else None,
    )


def make_detail(consultation: Consultation, now: datetime) -> ConsultationDetail:
    """One consultation with everything that it says of itself; ten queries."""
    rounds = rounds_of([consultation])[consultation.id]
    texts = load_all_texts("consultation", [consultation.id])
    described = _describe(rounds, now)
    original = consultation.authentic_language
    said: dict[str, Texts] = {
        name: texts.by_language(consultation.id, name, getattr(consultation, name), original, consultation.languages)
        for name in LOCALIZED_FIELDS
        if name != "title"
    }
    return ConsultationDetail(
        **_item(consultation, texts, [described[round_.id] for round_ in rounds]),
        texts=said,
        contact_address=consultation.contact_email,
        seats=[Seats(body=row.body, constituency=row.constituency, seats=row.seats) for row in consultation.seats],
        questions=_questions(rounds, consultation),
        introductions=make_introductions(consultation, rounds),
        meetings=make_meetings(consultation),
        extensions=make_extensions(consultation, rounds),
        outcomes=make_outcomes(consultation),
        **make_lineage(consultation),
    )


def _questions(rounds: Collection[Round], consultation: Consultation) -> list[QuestionOf]:
    original = consultation.authentic_language
    rows = questions_of(rounds)
    numbers = {round_.id: round_.number for round_ in rounds}
    texts = load_all_texts("question", [row.id for row in rows])
    options = load_all_texts("question_option", [option.id for row in rows for option in row.options])
    return [
        QuestionOf(
            round=numbers[row.round_id],
            number=row.position,
            kind=row.kind,
            text=texts.by_language(row.id, "text", row.text, original, consultation.languages),
            options=[
                OptionOf(
                    number=option.position,
                    text=options.by_language(option.id, "text", option.text, original, consultation.languages),
                )
                for option in row.options
            ],
        )
        for row in rows
    ]


def make_versions(
    consultation: Consultation,
    versions: Sequence[DocumentVersion],
    rounds: Mapping[int, Round],
    sizes: Mapping[int, int],
) -> list[VersionOf]:
    """Drafts of the rounds, by whose keys ``rounds`` are, and the final text."""
    found = []
    corrigenda = make_corrigenda(list(rounds.values()))
    for version in versions:
        have = {edition.language for edition in version.editions} | {version.language}
        round_ = rounds[version.round_id] if version.round_id is not None else None
        codes = [code for code in consultation.languages if code in have]
        found.append(
            VersionOf(
                round=round_.number if round_ is not None else None,
                authentic_language=version.language,
                editions=[EditionOf(language=code, authentic=code == version.language) for code in codes],
                paragraphs=sizes.get(version.id, 0),
                corrigenda=corrigenda.get(version.id, []),
                page=page_url("reading.draft", consultation, slug=round_.address)
                if round_ is not None
                else page_url("reading.final_text", consultation, slug=consultation.slug),
            )
        )
    return found


def make_paragraphs(paragraphs: Sequence[Paragraph], versions: Sequence[DocumentVersion]) -> list[ParagraphOf]:
    """Paragraphs in every language that there is an edition of their text in; one query."""
    rounds = {version.id: version.of_round for version in versions}
    texts = load_all_texts("paragraph", [paragraph.id for paragraph in paragraphs])
    editions = {version.id: (version.language, editions_of(version)) for version in versions}
    return [
        ParagraphOf(
            round=of_round.number if (of_round := rounds[row.version_id]) is not None else None,
            eid=row.eid,
            position=row.position,
            kind=row.kind,
            level=row.level,
            number=row.number,
            text=texts.by_language(row.id, "text", row.text, *editions[row.version_id]),
        )
        for row in paragraphs
    ]
