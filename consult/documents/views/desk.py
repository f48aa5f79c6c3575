"""The page of the draft, its preview, correcting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.languages import list_languages_in_preparation
from consult.consultations.models import Round
from consult.consultations.queries import get_round, title_in
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in
from consult.core.clock import utc_now
from consult.core.errors import NotFound
from consult.core.forms import Step
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.documents.enums import ProposalState
from consult.documents.forms import CorrigendumForm, corrigendum_form
from consult.documents.models import DocumentVersion
from consult.documents.queries import count_blocks, find_version, get_paragraph, get_version, list_corrigenda
from consult.documents.queries.editions import begun_editions
from consult.documents.queries.proposals import list_in_hand
from consult.documents.reading import block_in_words, choose_edition, editions_of, load_draft
from consult.documents.services import check_corrigendum, issue_corrigendum

desk = Blueprint("documents_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/document")


def _imported(round_: Round, version: DocumentVersion | None) -> dict[str, Any]:
    """The editions that count, by language: those that stand beside the present authentic one."""
    if version is None or version.language != round_.consultation.authentic_language:
        return {}
    return {edition.language: edition for edition in version.editions}


@desk.get("")
@requires(Permission.DESK_READ, get_round)
def document(round_: Round) -> str:
    """The language editions of the draft, what is in hand, and what is still to be brought."""
    version, consultation = find_version(round_), round_.consultation
    imported = _imported(round_, version)
    return render_template(
        "documents/document.html",
        consultation=consultation,
        round=round_,
        slug=request.view_args["slug"] if request.view_args else consultation.slug,
        current="document",
        imported=imported,
        begun=begun_editions(version) if version and imported else {},
        in_hand=list_in_hand(consultation, round_),
        states=ProposalState,
        preparing=list_languages_in_preparation(consultation),
        blocks=count_blocks(version) if version else {},
        is_frozen=round_.opened_at is not None,
        corrigenda=list_corrigenda([round_], current_locale().code) if round_.opened_at is not None else [],
        may_correct=round_.is_open(utc_now()) and can(Permission.CORRIGENDUM_ISSUE, round_),
        may_edit=can(Permission.SETUP_EDIT, round_),
        rounds=consultation.rounds,
        coming=next((one for one in consultation.rounds if one.opened_at is None and one.id != round_.id), None),
    )


@dataclass(frozen=True)
class Opened:
    """The draft of a round that was opened."""

    version: DocumentVersion

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.version.host_id


def load_opened(slug: str) -> Opened:
    """The draft of the round that an address names, if it was opened.

    Raises:
        NotFound: no draft, or not opened.
    """
    round_ = get_round(slug)
    if round_.opened_at is None:
        raise NotFound
    return Opened(get_version(round_))


@desk.route("/corrigendum", methods=["GET", "POST"])
@requires(Permission.CORRIGENDUM_ISSUE, load_opened)
def corrigendum(opened: Opened) -> Any:
    """Correct an open draft beside the text."""
    version = opened.version
    consultation = version.round.consultation
    draft = load_draft(version, choose_edition(version, None, current_locale().code))
    places = [
        (block.eid, block_in_words(block), {"lang": block.text.language, "dir": block.text.dir})
        for block in draft.blocks
    ]
    chosen = request.args.get("paragraph", "")
    form = corrigendum_form(consultation, places, editions_of(version), chosen)
    step = form.take(
        lambda: check_corrigendum(version, now=utc_now(), **_typed(version, form)),
        lambda: issue_corrigendum(version, actor=current_actor(), now=utc_now(), **_typed(version, form)),
    )
    if step is Step.DONE:
        flash(_("The corrigendum is issued. It stands beside the text, which stays as it is."), "success")
        return redirect(url_for(".document", slug=consultation.slug))
    page = render_template(
        "documents/confirm_corrigendum.html" if step is Step.LOOKING else "documents/corrigendum.html",
        consultation=consultation,
        round=version.round,
        current="document",
        form=form,
        place={eid: words for eid, words, _marks in places}.get(form.paragraph.data or "", ""),
        place_language=draft.language,
        quoted=form.edition.data or version.language,
        is_open=version.round.is_open(utc_now()),
    )
    return page, 422 if step is Step.REFUSED else 200


def _typed(version: DocumentVersion, form: CorrigendumForm) -> dict[str, Any]:
    eid = form.paragraph.data
    return {
        "paragraph": get_paragraph(version.round, eid) if eid else None,
        "words": form.words("words"),
        "reads": form.reads.data or "",
        "should_read": form.should_read.data or "",
        "language": form.edition.data or None,
    }


@desk.get("/preview")
@requires(Permission.DESK_READ, get_round)
def preview(round_: Round) -> str:
    """The draft as everybody will see it, for all roles of the desk.

    Not for readers: before the opening, refusing them would tell that there is something to refuse.
    """
    consultation = round_.consultation
    version = find_version(round_)
    reader = current_locale().code
    draft = load_draft(version, choose_edition(version, request.args.get(EDITION), reader)) if version else None
    return render_template(
        "documents/preview.html",
        consultation=consultation,
        round=round_,
        title=title_in(consultation, reader),
        corrigenda=list_corrigenda([round_], reader) if round_.opened_at is not None else [],
        corrigendum_url=url_for(".corrigendum", slug=consultation.slug, paragraph="")
        if round_.is_open(utc_now()) and can(Permission.CORRIGENDUM_ISSUE, round_)
        else None,
        draft=draft,
        begun=begun_editions(version) if version and round_.opened_at is None else {},
        editions=draft.links(address_in(EDITION, ".preview", slug=consultation.slug)) if draft else [],
    )
