"""Points on paragraphs as Web Annotations."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from consult.api.assembling.points import make_gone
from consult.api.assembling.words import page_url
from consult.api.resources import Gone, Restricted, Struck
from consult.api.resources.annotations import (
    Agent,
    Annotation,
    FragmentSelector,
    Motivation,
    Target,
    TextPositionSelector,
    TextQuoteSelector,
    TextualBody,
)
from consult.consultations.models import Consultation, Round
from consult.core.context import absolute_url
from consult.documents.models import Paragraph
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.queries import Speaker, speakers
from consult.submissions.services import is_public


def make_annotations(
    consultation: Consultation, rounds: Collection[Round], comments: Sequence[Comment]
) -> tuple[list[Annotation], list[Gone | Restricted | Struck]]:
    """Points on paragraphs, and what is left of those that are public no more."""
    by_key = {round_.id: round_ for round_ in rounds}
    on_paragraphs = [comment for comment in comments if comment.paragraph is not None]
    shown = [comment for comment in on_paragraphs if is_public(comment)]
    voices = speakers([comment.submission for comment in shown], for_staff=False)
    found = [
        _annotation(comment, comment.paragraph, by_key[comment.round_id], consultation, voices[comment.submission_id])
        for comment in shown
        if comment.paragraph is not None
    ]
    hidden = [comment for comment in on_paragraphs if not is_public(comment)]
    return found, make_gone(consultation, rounds, hidden)


def _annotation(
    comment: Comment, paragraph: Paragraph, round_: Round, consultation: Consultation, voice: Speaker
) -> Annotation:
    day = comment.submission.public_day
    return Annotation(
        id=absolute_url(f"/r/{comment.reference}#annotation"),
        motivation=_motivations(comment),
        created=f"{day.isoformat()}T00:00:00Z" if day is not None else None,
        creator=_creators(voice) or None,
        body=_bodies(comment),
        target=_target(comment, paragraph, round_, consultation),
    )


def _purpose(comment: Comment) -> Motivation:
    """Why the words were written, without a change that they may propose."""
    if comment.nature.is_of_state:
        return "assessing"
    return "questioning" if comment.comment_type is CommentType.QUESTION else "commenting"


def _motivations(comment: Comment) -> list[Motivation]:
    found: list[Motivation] = [_purpose(comment)] if comment.text or comment.nature.is_of_state else []
    return [*found, "editing"] if comment.proposed_change else found


def _bodies(comment: Comment) -> list[TextualBody]:
    words: list[tuple[str, Motivation]] = [(comment.text, _purpose(comment)), (comment.proposed_change, "editing")]
    return [TextualBody(value=value, language=comment.language, purpose=purpose) for value, purpose in words if value]


def _creators(voice: Speaker) -> list[Agent]:
    """Who speaks; nobody where the name is empty."""
    if not voice.name:
        return []
    if voice.setting is PublicationSetting.PSEUDONYM:
        return [Agent(type="Person", nickname=voice.name)]
    if voice.setting is not PublicationSetting.NAMED:
        return [Agent(type="Organization", name=voice.name)]
    organisation = voice.organisation if voice.organisation != voice.name else ""
    found = [Agent(type="Person", name=voice.name)]
    return [*found, Agent(type="Organization", name=organisation)] if organisation else found


def _target(comment: Comment, paragraph: Paragraph, round_: Round, consultation: Consultation) -> Target:
    quotation = comment.quotation
    edition = {"edition": quotation.language} if quotation is not None else {}
    refined: list[TextQuoteSelector | TextPositionSelector] | None = None
    if quotation is not None:
        refined = [
            TextQuoteSelector(exact=quotation.exact, prefix=quotation.prefix, suffix=quotation.suffix),
            TextPositionSelector(start=quotation.start, end=quotation.end),
        ]
    return Target(
        source=page_url("reading.draft", consultation, slug=round_.address, **edition),
        selector=FragmentSelector(value=paragraph.eid, refinedBy=refined),
    )
