"""How points that were made on drafts stand in the final text: beside what continues their paragraph, and why there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from consult.core.locale import format_number, pgettext
from consult.core.locale import gettext as _
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries import Place, places_of
from consult.documents.queries.versions import list_paragraphs_by_id
from consult.submissions.fates import LABELS, steps_by_ground
from consult.submissions.models import Comment
from consult.submissions.queries.carrying import Carried, carried
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class InFinal:
    """How a point on a draft stands in the final text.

    Args:
        eid: of the block that it stands beside; empty where it is on none, or could not be carried.
        span: where the words that it points at stand in there.
        made_on: which draft and place it was made on.
        fate: what became of that paragraph.
        ground: where that is now, and on which ground it is taken to be the same, in sentences.
        about: the words that it was about, where they could not be found again and the reader may read that draft.
        is_lost: whether its paragraph, or the words that it points at, could not be found again.
    """

    eid: str
    span: tuple[int, int] | None
    made_on: str
    fate: str
    ground: str
    about: LocalizedText | None
    is_lost: bool


def in_final(comments: Sequence[Comment], version: DocumentVersion, quoted: Collection[int]) -> Mapping[int, InFinal]:
    """How these points stand in a final text, by key; about ten queries, however many they are.

    Args:
        comments: with their paragraphs.
        version: the final text.
        quoted: the keys of rounds whose draft the reader may read.
    """
    told = carried(comments, version)
    new = list_paragraphs_by_id(
        [step.paragraph_id for one in told.values() for step in one.steps if step.paragraph_id is not None]
    )
    old = [comment.paragraph for comment in comments if comment.paragraph is not None]
    places = places_of([*old, *new], version.language, actor=None)
    return {
        comment.id: _in_final(comment, told[comment.id], places, may_quote=comment.round_id in quoted)
        for comment in comments
    }


def _in_final(comment: Comment, one: Carried, places: Mapping[int, Place], *, may_quote: bool) -> InFinal:
    round_ = comment.submission.round
    paragraph = comment.paragraph
    made_on = _("Made on the draft for round %(number)s.", number=format_number(round_.number))
    if paragraph is None:
        return InFinal("", None, made_on, "", "", None, is_lost=False)
    place = places[paragraph.id].told_to(reader=may_quote).name
    if place:
        made_on = _("Made on %(place)s of the draft for round %(number)s.", place=place, number=round_.number)
    fate, ground = str(LABELS[one.fate]), _ground(one, places)
    if one.is_carried:
        found, eid = one.found or (None, one.steps[0].eid)
        span = (found.start, found.end) if found is not None else None
        return InFinal(eid, span, made_on, fate, ground, None, is_lost=False)
    return InFinal("", None, made_on, fate, ground, _about(comment, paragraph) if may_quote else None, is_lost=True)


def _about(comment: Comment, paragraph: Paragraph) -> LocalizedText:
    """The exact words that a point is about, or all of its paragraph."""
    if comment.quotation is not None:
        return LocalizedText(comment.quotation.exact, comment.quotation.language)
    language = comment.submission.round.consultation.authentic_language
    return LocalizedText(plain_text(paragraph.kind, paragraph.text), language)


def _ground(one: Carried, places: Mapping[int, Place]) -> str:
    said = []
    for steps, ground in steps_by_ground(one):
        if len(one.steps) > 1 or one.is_unanchored:
            now = pgettext("list", ", ").join(places[step.paragraph_id].name for step in steps if step.paragraph_id)
            said.append(_("It is now in: %(places)s.", places=now))
        said.append(ground)
    if one.steps and one.is_unanchored:
        said.append(_("The words that it is about are not found again."))
    return " ".join(said)
