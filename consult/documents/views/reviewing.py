"""What a proposed text continues: a manager decides what the aligner is not sure of, and may overrule it anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, NotFound
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.documents.comparing import Piece, TableRow, changed_rows, compare, compare_tables
from consult.documents.enums import BlockKind, Continuation, ProposalState
from consult.documents.models import Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.plain import plain_lines
from consult.documents.queries import Place, list_not_taken_up, places_of
from consult.documents.queries.matching import (
    Part,
    count_matches,
    find_blocks,
    find_paragraphs,
    get_match,
    list_base_paragraphs,
    matches_of,
    page_of_questions,
    places_in,
    points_left,
    questions_of,
)
from consult.documents.queries.proposals import get_block
from consult.documents.services.matching import decide_matches, match_block
from consult.documents.views.places import InHand, on_both

MOST = 500
"""Matches that one answer may name; nobody merges or splits into more."""


@dataclass(frozen=True)
class Side:
    """One side of a match, as a page shows it.

    Args:
        row: the match.
        words: of the block as people see them, its number before them.
        place: where it stands.
        pieces: of a newer side: how it came from the older one, or from its share of that.
        points: of an older side: how many points are on it.
        table: of a newer side that is a table and comes from one: the rows that changed, cell by cell.
    """

    row: ProposedMatch
    words: str
    place: str
    pieces: Sequence[Piece] = ()
    points: int = 0
    table: Sequence[TableRow] = ()


@dataclass(frozen=True)
class Shown:
    """A question with what there is to see of it: what stood before, what stands now, and how one became the other.

    ``key`` names it in the form: the keys of its matches that nobody has decided.
    """

    row: ProposedMatch
    befores: Sequence[Side]
    afters: Sequence[Side]
    key: str

    @property
    def points(self) -> int:
        """How many points are on what stood before."""
        return sum(one.points for one in self.befores)

    @property
    def words(self) -> str:
        """Words to know it by."""
        return (self.afters or self.befores)[0].words


def _shown(proposal: Proposal, rows: Sequence[ProposedMatch], points: Mapping[int, int]) -> list[Shown]:
    """One query for what is asked together, two for where the paragraphs stand, one for the blocks."""
    questions = questions_of(proposal, rows)
    everything = [row for asked in questions for row in asked]
    were = places_of(
        [row.paragraph for row in everything if row.paragraph is not None], current_locale().code, actor=None
    )
    are = places_in(proposal, [row.block for row in everything if row.block is not None])
    found = []
    for row, asked in zip(rows, questions, strict=True):
        befores = _befores(asked, were, points)
        afters = _afters(asked, befores, are, proposal.language)
        key = "-".join(str(one.id) for one in asked if one.decided_by is None)
        found.append(Shown(row, befores, afters, key))
    return found


def _befores(asked: Sequence[ProposedMatch], were: Mapping[int, Place], points: Mapping[int, int]) -> list[Side]:
    rows = {row.paragraph_id: row for row in asked if row.paragraph_id is not None}
    return [Side(row, words_of(row.paragraph), were[key].name, points=points.get(key, 0)) for key, row in rows.items()]


def _afters(
    asked: Sequence[ProposedMatch], befores: Sequence[Side], are: Mapping[int, str], language: str
) -> list[Side]:
    """The newer side, each part compared with its own share, so that nothing is struck that stands in another part."""
    rows = {row.block_id: row for row in asked if row.block_id is not None}
    words = [words_of(row.block) for row in rows.values()]
    olds = [one.words for one in befores]
    pieces = compare(olds, words, language) if olds and olds != words else [[] for _row in rows]
    return [
        Side(row, said, are[key], one, table=_table(row, language) if len(asked) == 1 and one else ())
        for (key, row), said, one in zip(rows.items(), words, pieces, strict=True)
    ]


def _table(row: ProposedMatch, language: str) -> Sequence[TableRow]:
    before, after = row.paragraph, row.block
    if before is None or after is None or not before.kind is after.kind is BlockKind.TABLE:
        return ()
    return changed_rows(compare_tables(before.text, after.text, language))


def words_of(block: Paragraph | ProposedBlock | None) -> str:
    """The words of a block as people see them, its number before them."""
    if block is None:
        return ""
    words = plain_lines(block.kind, block.text)
    return f"{block.number} {words}".strip() if block.kind is BlockKind.HEADING else words


def _require_ready(hand: InHand) -> Proposal:
    if hand.proposal.state is not ProposalState.READY or hand.proposal.base_id is None or not hand.place.is_authentic:
        raise NotFound
    return hand.proposal


@on_both("/<language>/proposal/review", methods=("GET", "POST"))
def review(hand: InHand) -> Any:
    """What is uncertain first, then what was decided, then what is certain."""
    proposal = _require_ready(hand)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            count = decide_matches(proposal, _answers(), actor=current_actor(), now=utc_now())
        except Conflict as error:
            form.show(error)
        else:
            flash(ngettext("%(num)s match is decided.", "%(num)s matches are decided.", count), "success")
            return redirect(url_for(".review", slug=hand.place.slug, language=hand.place.language))
    wanted = request.args.get("part", "")
    part = Part(wanted) if wanted in set(Part) else Part.OPEN
    points = points_left(proposal)
    page = page_of_questions(proposal, part, points, after=request.args.get("after"), before=request.args.get("before"))
    body = render_template(
        "documents/review.html",
        **_head(hand),
        form=form,
        part=part,
        page=page,
        questions=_shown(proposal, page.items, points),
        standing=count_matches(proposal, points),
        not_taken_up=list_not_taken_up(proposal, current_locale().code),
    )
    return body, 422 if form.is_submitted() else 200


def _answers() -> dict[int, bool]:
    """What was answered of each match of a page; whatever else was sent is no answer."""
    found: dict[int, bool] = {}
    for name, value in request.form.items():
        if re.fullmatch("match(-[0-9]{1,18})+", name) and value in {"yes", "no"}:
            found |= {int(key): value == "yes" for key in name.split("-")[1:]}
    return dict(list(found.items())[:MOST])


@on_both("/<language>/proposal/review/<int:match_key>", methods=("GET", "POST"))
def decide(hand: InHand) -> Any:
    """One match decided by hand: another paragraph, several, a part of one, or none."""
    proposal = _require_ready(hand)
    match = get_match(proposal, hand.key)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            _decide(proposal, match)
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            flash(_("Your decision is kept."), "success")
            return redirect(url_for(".review", slug=hand.place.slug, language=hand.place.language))
    typed = request.args.get("words", "")
    block = match.block
    page = render_template(
        "documents/review_one.html",
        **_head(hand),
        form=form,
        match=match,
        shown=_shown(proposal, [match], points_left(proposal))[0],
        typed=typed,
        paragraphs=_with_places(find_paragraphs(proposal, typed)) if block is not None else [],
        blocks=_blocks(proposal, typed) if block is None else [],
    )
    return page, 422 if form.is_submitted() else 200


def _decide(proposal: Proposal, match: ProposedMatch) -> None:
    """Carry out what was chosen.

    Raises:
        BadInput: nothing was chosen, or something of another text.
    """
    how = request.form.get("how", "")
    chosen = request.form.getlist("chosen")[:MOST]
    decided = partial(match_block, proposal, shares=how == "part", actor=current_actor(), now=utc_now())
    if match.block is None:
        block = get_block(proposal, int(chosen[0])) if chosen and re.fullmatch("[0-9]{1,18}", chosen[0]) else None
        if block is None or match.paragraph is None:
            raise BadInput(_("Choose where it goes on."))
        others = [row.paragraph for row in matches_of(block) if row.paragraph is not None] if how == "merged" else []
        decided(block, [*others, match.paragraph])
    elif how == "new":
        decided(match.block, [])
    else:
        paragraphs = list_base_paragraphs(proposal, chosen)
        if not paragraphs:
            raise BadInput(_("Choose the paragraph that it continues, or say that it is new."))
        others = [row.paragraph for row in matches_of(match.block) if row.paragraph is not None and how == "merged"]
        decided(match.block, list({one.id: one for one in [*others, *paragraphs]}.values()))


def _with_places(paragraphs: Sequence[Paragraph]) -> list[tuple[Paragraph, str, Place]]:
    places = places_of(paragraphs, current_locale().code, actor=None)
    return [(paragraph, words_of(paragraph), places[paragraph.id]) for paragraph in paragraphs]


def _blocks(proposal: Proposal, typed: str) -> list[tuple[ProposedBlock, str, str]]:
    found = find_blocks(proposal, typed)
    places = places_in(proposal, found)
    return [(block, words_of(block), places[block.id]) for block in found]


def _head(hand: InHand) -> dict[str, Any]:
    place, proposal = hand.place, hand.proposal
    return {
        "place": place,
        "proposal": proposal,
        "consultation": place.consultation,
        "round": place.shown_round,
        "current": "document",
        "address": {"slug": place.slug, "language": place.language},
        "kinds": Continuation,
        "parts": Part,
    }
