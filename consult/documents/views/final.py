"""The final text at the desk: its languages, and a look at it before the outcome makes it public."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.consultations.history import is_concluded
from consult.consultations.languages import list_languages_in_preparation
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import current_round, get_round
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in
from consult.core.clock import utc_now
from consult.core.errors import NotFound
from consult.core.locale import current_locale
from consult.documents.enums import ProposalState
from consult.documents.queries import count_blocks
from consult.documents.queries.editions import begun_editions
from consult.documents.queries.proposals import find_version_at, list_in_hand
from consult.documents.reading import choose_edition, load_draft
from consult.documents.services.keeping import why_overtaken
from consult.documents.services.proposing import why_not_final
from consult.documents.views.places import final_text


@dataclass(frozen=True)
class FinalText:
    """The final text of a consultation, brought or not."""

    consultation: Consultation
    round: Round

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id


def load_final(slug: str) -> FinalText:
    """The final text of the consultation that an address names.

    Raises:
        NotFound: no such consultation.
    """
    consultation = get_round(slug).consultation
    return FinalText(consultation, current_round(consultation))


@final_text.get("")
@requires(Permission.DESK_READ, load_final)
def document(final: FinalText) -> str:
    """The languages of the final text, what is in hand, and what is still to be brought."""
    consultation = final.consultation
    version = find_version_at(consultation, None)
    fits = version is not None and version.language == consultation.authentic_language
    return render_template(
        "documents/final.html",
        consultation=consultation,
        round=final.round,
        slug=consultation.slug,
        current="document",
        imported={edition.language: edition for edition in version.editions} if version and fits else {},
        begun=begun_editions(version) if version and fits else {},
        in_hand=list_in_hand(consultation, None),
        states=ProposalState,
        preparing=list_languages_in_preparation(consultation),
        blocks=count_blocks(version) if version else {},
        is_frozen=is_concluded(consultation),
        why_not=why_not_final(consultation, now=utc_now()),
        overtaken=why_overtaken(consultation),
        may_edit=can(Permission.OUTCOME_RECORD, consultation),
    )


@final_text.get("/preview")
@requires(Permission.DESK_READ, load_final)
def preview(final: FinalText) -> str:
    """The final text as it is kept, for the desk alone until the outcome is recorded."""
    consultation, version = final.consultation, find_version_at(final.consultation, None)
    if version is None:
        raise NotFound
    draft = load_draft(version, choose_edition(version, request.args.get(EDITION), current_locale().code))
    return render_template(
        "documents/final_preview.html",
        consultation=consultation,
        round=final.round,
        current="document",
        draft=draft,
        editions=draft.links(address_in(EDITION, ".preview", slug=consultation.slug)),
        is_public=is_concluded(consultation),
    )
