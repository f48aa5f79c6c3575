"""What translators read above each text: the labels that its form has, and the names of the groups."""

from __future__ import annotations

from typing import Any

from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.locale import lazy_pgettext as _p

GROUPS = {
    "consultation": _l("The consultation"),
    "questions": _l("Questions"),
    "draft": _l("The draft"),
    "answers": _l("Answers"),
    "changes": _l("Changes of the text"),
    "commitments": _l("Commitments"),
    "points": _l("Points"),
}
_LABELS: dict[tuple[str, str], Any] = {
    ("consultation", "title"): _l("Title"),
    ("consultation", "summary_changes"): _l("What changes"),
    ("consultation", "summary_for_whom"): _l("For whom"),
    ("consultation", "summary_asked"): _l("What we ask of you"),
    ("consultation", "being_decided"): _l("What is being decided"),
    ("consultation", "settled_already"): _l("What is settled already"),
    ("consultation", "who_decides"): _l("Who decides"),
    ("consultation", "how_composed"): _l("How the bodies are composed"),
    ("consultation", "how_input_used"): _l("How your input is used"),
    ("consultation", "terms_responsibilities"): _l("Expected responsibilities"),
    ("consultation", "terms_time_travel"): _l("Time and travel"),
    ("consultation", "terms_support"): _l("Compensation and support"),
    ("consultation", "terms_how_to_ask"): _l("How to ask for it"),
    ("consultation", "confidentiality"): _l("Confidentiality"),
    ("consultation", "right_to_consult_peers"): _l("Your right to consult your peers"),
    ("consultation", "contact"): _l("Contact"),
    ("consultation", "privacy_controller"): _l("Who is responsible for your data"),
    ("consultation", "privacy_purpose"): _l("What for"),
    ("consultation", "privacy_retention"): _l("How long it is kept"),
    ("consultation", "privacy_transfers"): _l("Who else gets it"),
    ("consultation", "privacy_contact"): _l("Whom to ask"),
    ("round", "introduction"): _l("What is new in this round"),
    ("round_extension", "reason"): _l("Reason for more time"),
    ("added_language", "reason"): _l("Reason for no more time with a new language"),
    ("meeting", "title"): _l("Meeting: what it is called"),
    ("meeting", "place"): _l("Meeting: where it takes place"),
    ("outcome", "body"): _l("Outcome: who decided"),
    ("outcome", "note"): _l("Outcome: what is said with it"),
    ("corrigendum", "words"): _l("Correction to the draft"),
    ("change_source", "source"): _l("Changes that no point asked for: where they come from"),
    ("change_source", "reason"): _l("Changes that no point asked for: why they were made"),
    ("paragraph", "heading"): _p("part of a draft", "Heading"),
}


def group_title(name: str) -> str:
    """The name of a group of units."""
    return str(GROUPS[name])


def label_of(subject: str, field: str, *, reference: str = "") -> str:
    """What a unit is, in the words of whoever translates.

    Args:
        subject: kind of thing.
        field: which of its fields.
        reference: of the point or the commitment, where it belongs to one.
    """
    if not reference:
        return str(_LABELS[(subject, field)])
    return {
        ("response_version", "rationale"): _("Reason in the answer to %(reference)s", reference=reference),
        ("response_version", "text"): _("Answer to %(reference)s", reference=reference),
        ("unreflected_reason", "reason"): _("Why %(reference)s is not seen in the text", reference=reference),
        ("commitment", "what"): _("Commitment %(reference)s: what is promised", reference=reference),
        ("commitment", "office"): _("Commitment %(reference)s: who keeps it", reference=reference),
        ("commitment_update", "note"): _("Commitment %(reference)s: what happened, or why", reference=reference),
        ("comment", "text"): _("Point %(reference)s", reference=reference),
        ("comment", "proposed_change"): _("Proposed change in %(reference)s", reference=reference),
    }[(subject, field)]
