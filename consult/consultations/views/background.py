"""Background documents for whoever may read the draft."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.accounts.actors import Visitor
from consult.consultations.background import get_background, list_background
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round
from consult.consultations.views.editions import reading_language
from consult.core.locale import lazy_gettext as _l
from consult.core.web.routes import reading_page
from consult.files.views import as_download
from consult.texts.queries import load_texts

background = Blueprint("background", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/files")
FOR_PARTICIPANTS = _l(
    "These documents are for those who may take part: who was invited, or who is a delegate of a member where the "
    "round is for members only. If you are one of them, sign in, and open it again."
)


def load_published(slug: str, number: int) -> Round:
    """The round that an address names; which document is looked up once it may be had."""
    return get_published_round(slug)


@background.get("")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def list_all(round_: Round) -> str:
    """The documents that are given out beside the draft."""
    consultation = round_.consultation
    language = reading_language(consultation)
    texts = load_texts(
        "consultation", [consultation.id] if language != consultation.authentic_language else [], language
    )
    return render_template(
        "consultations/background.html",
        round=round_,
        consultation=consultation,
        title=texts.of(consultation.id, "title", consultation.title, consultation.authentic_language),
        documents=list_background(consultation, language),
    )


@background.get("/<int(min=1, max=9999):number>")
@requires(Permission.DRAFT_READ, load_published, refusal=FOR_PARTICIPANTS)
def download(round_: Round) -> Any:
    """One of the documents."""
    found = get_background(round_.consultation, int((request.view_args or {})["number"]))
    return as_download(found.file, is_public=permits(Visitor(), Permission.DRAFT_READ, round_))
