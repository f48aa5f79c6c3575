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
from consult.core.locale import ngettext
from consult.documents.plain import Segment, marked, segments_of
from consult.documents.reading import Draft
from consult.submissions.enums import CommentType
from consult.submissions.queries import Filters, published_counts
from consult.submissions.queries.quoting import Pointing, narrowed_counts, pointings_in

WORDS, TYPE, CONSTITUENCY = "words", "type", "constituency"
"""What the address asks for: marked words, and which points count."""
_SHOWN = "shown"


@dataclass(frozen=True)
class Pointed:
    """A draft with what points refer to.

    Args:
        draft: with marked words, where they were asked for.
        counts: points on each block, by its key, as the filters narrow them.
        beside: the quotes of each block, by its eId; only where marked words were asked for.
        filters: which points count.
        is_shown: whether marked words were asked for.
    """

    draft: Draft
    counts: Mapping[int, int]
    beside: Mapping[str, Sequence[Pointing]]
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
    beside = {block.eid: found[block.id] for block in draft.blocks if block.id in found}
    return Pointed(replace(draft, blocks=blocks), counts, beside, asked, is_shown)


def _marked(html: Any, eid: str, pointings: Sequence[Pointing]) -> Any:
    """The words with their marks; as they were where positions cannot be told in what is drawn."""
    here = [one for one in pointings if one.start is not None and one.end is not None]
    spans = [(one.start or 0, one.end or 0) for one in here]
    segments = [
        Segment(start, end, len(over), _address(eid), _label(len(over))) for start, end, over in segments_of(spans)
    ]
    drawn = marked(html, segments)
    return html if drawn is None else drawn


def _label(count: int) -> str:
    return ngettext("%(num)s point on these words", "%(num)s points on these words", count)


def _address(eid: str) -> str:
    return f"#words-{eid}"


def point_address(one: Pointing) -> str:
    """The page of a point, in its own round."""
    return url_for("comments.comment", slug=one.round.address, reference=one.reference)
