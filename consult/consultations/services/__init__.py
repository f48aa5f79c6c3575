"""The verbs of setting up consultations, opening rounds, inviting."""

from consult.consultations.services.inviting import (
    INVITATIONS_AT_ONCE,
    accept_invitation,
    invite,
    revoke_invitation,
)
from consult.consultations.services.opening import open_round, take_back_opening, update_round
from consult.consultations.services.questions import delete_question, save_question
from consult.consultations.services.setting_up import (
    check_code,
    create_consultation,
    propose_slug,
    require_setup,
    touch,
    update_basics,
    update_contact_email,
    update_minimum_age,
    update_seats,
    update_texts,
)

__all__ = [
    "INVITATIONS_AT_ONCE",
    "accept_invitation",
    "check_code",
    "create_consultation",
    "delete_question",
    "invite",
    "open_round",
    "propose_slug",
    "require_setup",
    "revoke_invitation",
    "save_question",
    "take_back_opening",
    "touch",
    "update_basics",
    "update_contact_email",
    "update_minimum_age",
    "update_round",
    "update_seats",
    "update_texts",
]
