"""What was understood of a text, beside its source or beside the authentic text; letting go of it; its pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, send_file, url_for
from markupsafe import Markup, escape

from consult.access.guard import current_actor
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.errors import Conflict
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.markdown import to_html, to_inline_html
from consult.documents.enums import BlockKind, Continuation, ProposalState, SourceFormat
from consult.documents.importing.reading import (
    Finding,
    FindingCode,
    UnreadableCode,
    sentence_of,
    unreadable_sentence,
)
from consult.documents.importing.structure import PLACES_MOST
from consult.documents.models import Proposal
from consult.documents.queries import list_not_taken_up
from consult.documents.queries.editions import alignment_of, page_of_alignment
from consult.documents.queries.matching import count_undecided
from consult.documents.queries.proposals import (
    PAGE_BLOCKS,
    Outline,
    figures_without_words,
    find_last_step,
    get_figure,
    outline_of,
    page_of,
    rows_from,
    words_of_pieces,
)
from consult.documents.services.proposing import drop_proposal, retry_proposal
from consult.documents.services.understanding import BROKEN_OFF, SEEMS_TO_BE
from consult.documents.views.places import InHand, on_both
from consult.files.views import POLICY

MISFITS_NAMED = 60
_NOTE_MARK = re.compile(r"\[\^([^\[\]\s<>&\"]{1,20})\](?!:)")
LINK_MOST = 40
"""Characters of the words of a link to a place."""
ACT_WORDS = {
    "edit": _l("Changed one block"),
    "split": _l("Parted one block"),
    "merge": _l("Joined two blocks"),
    "move": _l("Moved one block"),
    "delete": _l("Took out one block"),
    "insert": _l("Inserted a block"),
    "renumber": _l("Numbered headings anew"),
}


@dataclass(frozen=True)
class Found:
    """A finding in words, with the places where it was: (piece, first position of its page, how it begins)."""

    sentence: str
    details: list[str]
    places: list[tuple[int, int, str]]


@on_both("/<language>/proposal", acts=False)
def look(hand: InHand) -> str:
    """What was understood, or how far the reading is, or why there is none."""
    proposal = hand.proposal
    if proposal.state is not ProposalState.READY:
        return _drawn(hand, "documents/waiting.html", problem=problem_in_words(proposal), form=ConfirmForm())
    beside_text = not hand.place.is_authentic and request.args.get("beside") != "source"
    return _aligned(hand) if beside_text else _with_source(hand)


def _drawn(hand: InHand, template: str, **values: Any) -> str:
    return render_template(
        template,
        place=hand.place,
        proposal=hand.proposal,
        consultation=hand.place.consultation,
        round=hand.place.shown_round,
        current="document",
        step=find_last_step(hand.proposal),
        review_url=review_url(hand),
        states=ProposalState,
        html_of=html_of,
        heading_kind=BlockKind.HEADING,
        kind_labels={kind: kind.label for kind in BlockKind},
        continuations=Continuation,
        act_words=ACT_WORDS,
        piece_label=piece_labels(hand.proposal),
        source_html=source_html_of(hand.proposal),
        from_version=hand.proposal.source_format is SourceFormat.VERSION,
        seems_to_be=_seems_to_be(hand.proposal),
        **values,
    )


def review_url(hand: InHand) -> str | None:
    """Where what continues what is looked at and confirmed; None where nothing came before."""
    endpoint = f"{request.blueprint}.review"
    if hand.proposal.base_id is None or not hand.place.is_authentic or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, slug=hand.place.slug, language=hand.place.language)


def piece_labels(proposal: Proposal) -> Callable[[str], str]:
    """What a piece of the source is called: by its line or page, where the file itself gives no name."""
    if proposal.source_format is SourceFormat.MARKDOWN:
        return lambda label: _("Line %(number)s", number=label)
    if proposal.source_format is SourceFormat.PDF:
        return lambda label: _("Page %(number)s", number=label)
    return lambda label: label


def _with_source(hand: InHand) -> str:
    proposal, outline = hand.proposal, outline_of(hand.proposal)
    start = page_of(request.args.get("at", 1, type=int), outline.total)
    return _drawn(
        hand,
        "documents/understood.html",
        outline=outline,
        rows=rows_from(proposal, outline, start),
        start=start,
        previous=start - PAGE_BLOCKS if start > 1 else None,
        following=start + PAGE_BLOCKS if start + PAGE_BLOCKS <= outline.total else None,
        end=min(start + PAGE_BLOCKS - 1, outline.total),
        page_of=page_of,
        found=found_in(proposal, outline),
        not_taken_up=list_not_taken_up(proposal, current_locale().code),
        undecided=count_undecided(proposal) if hand.place.is_authentic else 0,
    )


def _aligned(hand: InHand) -> str:
    alignment, outline = alignment_of(hand.proposal), outline_of(hand.proposal)
    total = len(alignment.rows)
    block = request.args.get("block", 0, type=int)
    wanted = alignment.row_of_block(block) + 1 if block else request.args.get("at", 1, type=int)
    start = page_of(wanted, total)
    misfits = alignment.misfits
    return _drawn(
        hand,
        "documents/aligned.html",
        alignment=alignment,
        outline=outline,
        rows=page_of_alignment(hand.proposal, alignment, start - 1),
        start=start,
        total=total,
        previous=start - PAGE_BLOCKS if start > 1 else None,
        following=start + PAGE_BLOCKS if start + PAGE_BLOCKS <= total else None,
        end=min(start + PAGE_BLOCKS - 1, total),
        misfits=[(place + 1, page_of(place + 1, total)) for place in misfits[:MISFITS_NAMED]],
        misfits_total=len(misfits),
        found=found_in(hand.proposal, outline),
        not_taken_up=list_not_taken_up(hand.proposal, current_locale().code),
    )


def html_of(kind: BlockKind, text: str) -> Markup:
    """The words of a block as they would be read: marks of footnotes are raised, a table scrolls by itself."""
    html = to_inline_html(text) if kind is BlockKind.HEADING else to_html(text)
    if kind is not BlockKind.CODE:
        html = Markup(_NOTE_MARK.sub(r"<sup>\1</sup>", str(html)))  # noqa: S704 - safe HTML, and nothing of a tag in between
    if "<table>" not in html:
        return html
    box = Markup('<div class="scroll" role="region" tabindex="0" aria-label="{}"><table>').format(_("Table"))
    return Markup(  # noqa: S704 - pieces of safe HTML
        str(html).replace("<table>", str(box)).replace("</table>", "</table></div>").replace("<th>", '<th scope="col">')
    )


def source_html_of(proposal: Proposal) -> Callable[[str], Markup]:
    """The words of a piece of the source as HTML; marks of footnotes are raised, but in Markdown, which has them so."""
    if proposal.source_format is SourceFormat.MARKDOWN:
        return escape
    return lambda text: Markup(_NOTE_MARK.sub(r"<sup>\1</sup>", str(escape(text))))  # noqa: S704 - escaped


def found_in(proposal: Proposal, outline: Outline) -> list[Found]:
    """What was left out or lost, in words."""
    known = [_finding(one) for one in proposal.findings if one["code"] in set(FindingCode)]  # a later release knew more
    if any(finding.code is FindingCode.PICTURE_WORDLESS for finding in known):
        known = [*_undescribed(proposal, known)]
    words = words_of_pieces(proposal, [place for finding in known for place in finding.places])
    return [
        Found(
            sentence_of(finding),
            list(finding.details),
            [(place, outline.page_of_piece(place), _beginning(words.get(place, ""))) for place in finding.places],
        )
        for finding in known
    ]


def _finding(stored: dict[str, Any]) -> Finding:
    places, details = [int(one) for one in stored["places"]], [str(one) for one in stored.get("details", [])]
    return Finding(FindingCode(stored["code"]), int(stored["count"]), places, details)


def _undescribed(proposal: Proposal, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, of pictures without a description those that nobody has described or taken out since."""
    left = figures_without_words(proposal)
    for finding in findings:
        if finding.code is not FindingCode.PICTURE_WORDLESS:
            yield finding
        elif left:
            yield replace(finding, count=len(left), places=[one for one in left if one is not None][:PLACES_MOST])


def _beginning(text: str) -> str:
    """The first words of a piece, for a link; a piece without words is a picture."""
    words = " ".join(_NOTE_MARK.sub("", text[:200]).split())
    if not words:
        return str(BlockKind.FIGURE.label)
    return words if len(words) <= LINK_MOST else f"{words[:LINK_MOST].rsplit(' ', 1)[0]}…"


def _seems_to_be(proposal: Proposal) -> str:
    """The language that a text seems to be in, where it was brought as one in another; else empty."""
    return next((one["details"][0] for one in proposal.findings if one["code"] == SEEMS_TO_BE), "")


def problem_in_words(proposal: Proposal) -> str:
    """Why a file could not be read; empty where it could."""
    if proposal.problem == BROKEN_OFF:
        return _("The reading of this file broke off each time it was tried. Try again later, or save it anew first.")
    if proposal.problem not in set(UnreadableCode):
        return _("This file could not be read.") if proposal.problem else ""
    return unreadable_sentence(UnreadableCode(proposal.problem))


@on_both("/<language>/proposal/retry", methods=("POST",))
def retry(hand: InHand) -> Any:
    """Let the worker try once more."""
    form = ConfirmForm()
    if form.validate_on_submit():
        retry_proposal(hand.proposal, actor=current_actor(), now=utc_now())
    return redirect(url_for(".look", slug=hand.place.slug, language=hand.place.language))


@on_both("/<language>/proposal/drop", methods=("GET", "POST"))
def drop(hand: InHand) -> Any:
    """Ask, then let go of the text."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            drop_proposal(hand.proposal, actor=current_actor(), now=utc_now())
        except Conflict as error:
            form.show(error)
        else:
            flash(_("It is dropped. Nothing of it was kept."), "success")
            return redirect(hand.place.home)
    return _drawn(hand, "documents/drop.html", form=form), 422 if form.is_submitted() else 200


@on_both("/<language>/proposal/figure/<int:figure_key>", acts=False)
def figure(hand: InHand) -> Any:
    """A picture of the text, as it would be kept."""
    found = get_figure(hand.proposal, hand.key)
    answer = send_file(io.BytesIO(file_store().get(found.sha256)), mimetype=found.kind.media_type, max_age=None)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer
