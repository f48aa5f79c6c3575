"""Mending what was understood, block by block; which paragraph a block of an edition is."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotFound
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.documents.enums import BlockKind
from consult.documents.forms import BlockForm, block_form
from consult.documents.models import Proposal, ProposedBlock
from consult.documents.queries.editions import find_beside
from consult.documents.queries.proposals import KEY_MOST, find_block_at, get_block, neighbours_of, pieces_of
from consult.documents.services.editions import pair_block
from consult.documents.services.restructuring import (
    ChangedMeanwhile,
    delete_block,
    edit_block,
    insert_block,
    merge_blocks,
    move_block,
    renumber_headings,
    shape_of,
    split_block,
    undo_step,
)
from consult.documents.views.looking import ACT_WORDS, html_of, piece_labels, source_html_of
from consult.documents.views.places import InHand, on_both


@on_both("/<language>/proposal/block/<int:block_key>", methods=("GET", "POST"))
def block(hand: InHand) -> Any:
    """One block with its source, to be mended."""
    stored = _find(hand)
    if stored is None and request.method == "GET":
        raise NotFound
    shape = shape_of(stored) if stored else None
    form = block_form(shape, has_picture=stored is not None and stored.figure_id is not None)
    theirs = None
    if form.validate_on_submit():
        try:
            at = _mend(hand.proposal, stored, form, request.form.get("act", "save"))
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
            theirs = error.stored if isinstance(error, ChangedMeanwhile) else None
            if theirs is not None:
                form.seen.data = theirs.seen
        else:
            return redirect(_address(hand, at))
    before, behind = neighbours_of(stored) if stored else (None, None)
    page = render_template(
        "documents/block.html",
        place=hand.place,
        proposal=hand.proposal,
        consultation=hand.place.consultation,
        round=hand.place.shown_round,
        current="document",
        form=form,
        block=stored,
        theirs=theirs,
        before=before,
        behind=behind,
        pieces=pieces_of(stored) if stored else [],
        html_of=html_of,
        piece_label=piece_labels(hand.proposal),
        source_html=source_html_of(hand.proposal),
        heading_kind=BlockKind.HEADING,
        back_url=_address(hand, stored),
    )
    return page, 422 if form.is_submitted() else 200


def _find(hand: InHand) -> ProposedBlock | None:
    try:
        return get_block(hand.proposal, hand.key)
    except NotFound:
        return None


def _address(hand: InHand, stored: ProposedBlock | None) -> str:
    """Where a block is shown among the others."""
    where: dict[str, Any] = {"slug": hand.place.slug, "language": hand.place.language}
    if stored is None:
        return url_for(".look", **where)
    if hand.place.is_authentic:
        return url_for(".look", **where, at=stored.position, _anchor=f"b{stored.id}")
    return url_for(".look", **where, block=stored.id, _anchor=f"b{stored.id}")


def _mend(proposal: Proposal, stored: ProposedBlock | None, form: BlockForm, act: str) -> ProposedBlock | None:
    """Do what the button says, after what was typed is kept; returns the block to go back to."""
    if stored is None:
        raise ChangedMeanwhile(_("Somebody else has taken this block out, or joined it with another."), None)
    actor, seen = current_actor(), form.seen.data or ""
    key, position = stored.id, stored.position
    if act == "delete":
        delete_block(proposal, key, seen=seen, actor=actor)
        flash(_("The block is taken out. You can take this back."), "success")
        return find_block_at(proposal, position)
    typed = form.typed
    text, start = typed["text"], typed["number"]
    if act == "split":
        typed["text"] = stored.text
    elif act == "renumber":
        typed["number"] = stored.number
    changed = edit_block(proposal, key, seen=seen, actor=actor, **typed)
    seen = shape_of(get_block(proposal, key)).seen
    if act == "split":
        number = split_block(proposal, key, seen=seen, text=text, actor=actor)
        flash(ngettext("There is %(num)s block now.", "There are %(num)s blocks now.", number), "success")
    elif act == "merge":
        merge_blocks(proposal, key, seen=seen, actor=actor)
        flash(_("The two blocks are one now. You can take this back."), "success")
    elif act in {"up", "down"}:
        move_block(proposal, key, -1 if act == "up" else 1, seen=seen, actor=actor)
    elif act == "renumber":
        number = renumber_headings(
            proposal, key, seen=seen, start=start, unnumbered=bool(form.unnumbered.data), actor=actor
        )
        flash(ngettext("%(num)s heading has a new number.", "%(num)s headings have new numbers.", number), "success")
    elif changed:
        flash(_("The block is changed. You can take this back."), "success")
    return get_block(proposal, key)


def _key(value: str | None) -> int:
    """A key that somebody's browser sent; 0 where it can be none."""
    key = int(value) if value and value.isascii() and value.isdigit() and len(value) < 20 else 0
    return key if key <= KEY_MOST else 0


@on_both("/<language>/proposal/insert", methods=("GET", "POST"))
def insert(hand: InHand) -> Any:
    """A new block, behind another one or at the beginning."""
    beside = find_beside(hand.proposal, _key(request.args.get("paragraph")))
    form = block_form(None, like=beside)
    after = _key(request.args.get("after")) or None
    if form.validate_on_submit():
        try:
            key = insert_block(hand.proposal, after, actor=current_actor(), **form.typed)
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("The block is inserted. You can take this back."), "success")
            return redirect(_address(hand, get_block(hand.proposal, key)))
    page = render_template(
        "documents/insert.html",
        place=hand.place,
        proposal=hand.proposal,
        consultation=hand.place.consultation,
        round=hand.place.shown_round,
        current="document",
        form=form,
        beside=beside,
        before=get_block(hand.proposal, after) if after and not form.is_submitted() else None,
        html_of=html_of,
        heading_kind=BlockKind.HEADING,
    )
    return page, 422 if form.is_submitted() else 200


@on_both("/<language>/proposal/undo", methods=("POST",))
def undo(hand: InHand) -> Any:
    """Take back the newest act."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            act = undo_step(hand.proposal, request.form.get("step", 0, type=int))
        except (Conflict, InvalidTransition) as error:
            flash(error.message, "error")
        else:
            flash(_("This is taken back: %(act)s.", act=ACT_WORDS[act]), "success")
    at = request.form.get("at", 1, type=int)
    return redirect(url_for(".look", slug=hand.place.slug, language=hand.place.language, at=at))


@on_both("/<language>/proposal/pair", methods=("POST",))
def pair(hand: InHand) -> Any:
    """Say which paragraph of the authentic text a block is."""
    form, block_id = ConfirmForm(), _key(request.form.get("block"))
    if form.validate_on_submit():
        paragraph_id = _key(request.form.get("paragraph")) or None
        try:
            pair_block(hand.proposal, block_id, paragraph_id, actor=current_actor(), now=utc_now())
        except (BadInput, Conflict) as error:
            flash(error.message, "error")
    where: dict[str, Any] = {"slug": hand.place.slug, "language": hand.place.language}
    return redirect(url_for(".look", **where, block=block_id, _anchor=f"b{block_id}"))
