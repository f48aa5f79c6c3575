"""What points refer to, drawn in the draft: marked words with the number of points on them, and the points beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from consult.access.guard import can, current_actor
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.consultations.models import Round
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.documents.marking import marked_at
from consult.documents.reading import Draft
from consult.submissions.enums import CommentType
from consult.submissions.queries import Filters, published_counts
from consult.submissions.queries.quoting import Pointing, narrowed_counts, pointings_in

WORDS, TYPE, CONSTITUENCY = "words", "type", "constituency"
"""What the address asks for: marked words, and which points count."""
_SHOWN = "shown"


@dataclass(frozen=True)
class Words:
    """Words that points refer to, as they stand below a block.

    Args:
        exact: the words as they were.
        language: of them.
        points: that refer to them, by reference.
        notes: what became of them since, and on which ground these points stand here.
    """

    exact: str
    language: str
    points: Sequence[Pointing]
    notes: Sequence[str]


@dataclass(frozen=True)
class Pointed:
    """A draft with what points refer to.

    Args:
        draft: with marked words, where they were asked for.
        counts: points on each block, by its key, as the filters narrow them.
        beside: the words that points refer to in each block, by its eId; only where marked words were asked for.
        filters: which points count.
        is_shown: whether marked words were asked for.
    """

    draft: Draft
    counts: Mapping[int, int]
    beside: Mapping[str, Sequence[Words]]
    filters: Filters
    is_shown: bool

    @property
    def is_narrowed(self) -> bool:
        """Whether only some points count."""
        return self.filters != Filters()

    @property
    def kept(self) -> dict[str, Any]:
        """What the links of the page to itself keep of this."""
        return {
            WORDS: _SHOWN if self.is_shown else None,
            TYPE: self.filters.comment_type.value if self.filters.comment_type else None,
            CONSTITUENCY: self.filters.constituency.value if self.filters.constituency else None,
        }

    @property
    def choices(self) -> dict[str, list[tuple[str, Any]]]:
        """What points can be narrowed to."""
        return {
            TYPE: [(kind.value, kind.label) for kind in CommentType],
            CONSTITUENCY: [(one.value, one.label) for one in Constituency],
        }


def with_pointing(round_: Round | None, draft: Draft) -> Pointed | None:
    """A draft with counts and, where its reader asks for them, marks; None while they may not read the points.

    Args:
        round_: whose draft it is; None for the final text, on which no point is written.
        draft: that is shown.
    """
    if round_ is not None and not can(Permission.INPUT_READ, round_):
        return None
    asked = Filters.read({key: request.args.get(key, "") for key in (TYPE, CONSTITUENCY)})
    keys = [paragraph.id for paragraph in draft.paragraphs]
    counts: Mapping[int, int] = {}
    if round_ is not None:
        counts = narrowed_counts(round_, keys, asked) if asked != Filters() else published_counts(draft.paragraphs)
    is_shown = request.args.get(WORDS) == _SHOWN
    if not is_shown:
        return Pointed(draft, counts, {}, asked, is_shown)
    texts = {block.id: block.text.text for block in draft.blocks if block.text.language == draft.language}
    found = pointings_in(draft.version, draft.language, texts, asked, actor=current_actor())
    blocks = [
        replace(block, html=_marked(block.html, block.eid, found[block.id])) if block.id in found else block
        for block in draft.blocks
    ]
    beside = {block.eid: _words(found[block.id], draft.language) for block in draft.blocks if block.id in found}
    return Pointed(replace(draft, blocks=blocks), counts, beside, asked, is_shown)


def _marked(html: Any, eid: str, pointings: Sequence[Pointing]) -> Any:
    """The words with their marks; as they were where positions cannot be told in what is drawn."""
    spans = [(one.start, one.end) for one in pointings if one.start is not None and one.end is not None]
    drawn = marked_at(html, spans, lambda _over: f"#words-{eid}")
    return html if drawn is None else drawn


def _words(pointings: Sequence[Pointing], language: str) -> list[Words]:
    """The same words of the same standing together, in the order in which they begin."""
    together: dict[tuple[Any, ...], list[Pointing]] = {}
    for one in pointings:
        made_on = one.round.number if one.ground else 0
        key = (one.quote.exact, one.language, one.is_anchored, one.is_exact, one.in_brackets, made_on, one.ground)
        together.setdefault(key, []).append(one)
    return [
        Words(ones[0].quote.exact, ones[0].language, sorted(ones, key=_reference), _notes(ones[0], language))
        for ones in together.values()
    ]


def _reference(one: Pointing) -> str:
    return one.reference


def _notes(one: Pointing, language: str) -> list[str]:
    """What became of quoted words since, and on which ground they stand beside this block."""
    notes = []
    if not one.is_anchored and one.language != language:
        notes.append(_("Words of another language edition."))
    elif not one.is_anchored:
        notes.append(_("Not found in this text any more: the point stays with the words that it was about."))
    elif one.in_brackets:
        notes.append(_("The words stand in brackets now."))
    elif not one.is_exact:
        notes.append(_("The words have changed since."))
    if one.ground is not None:
        notes.append(_("Made on the draft for round %(number)s.", number=format_number(one.round.number)))
        notes.append(one.ground.label)
    return notes


def point_address(one: Pointing) -> str:
    """The page of a point, in its own round."""
    return url_for("comments.comment", slug=one.round.address, reference=one.reference)
