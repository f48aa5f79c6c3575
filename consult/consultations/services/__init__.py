"""The verbs of setting up consultations, opening rounds, inviting."""

from consult.consultations.services.adding import (
    begin_language,
    check_publication,
    demands_decision,
    publish_language,
    withdraw_language,
)
from consult.consultations.services.background import add_background, remove_background
from consult.consultations.services.concluding import (
    check_outcome,
    list_outcome_warnings,
    record_outcome,
    register_outcome_check,
    register_outcome_warning,
    require_no_input,
    require_not_concluded,
    require_unhindered,
)
from consult.consultations.services.copying import copy_setup, update_predecessor
from consult.consultations.services.extending import can_be_extended, check_extension, extend_round
from consult.consultations.services.following import create_round, update_introduction
from consult.consultations.services.inviting import (
    INVITATIONS_AT_ONCE,
    accept_invitation,
    invite,
    revoke_invitation,
)
from consult.consultations.services.meetings import delete_meeting, save_meeting
from consult.consultations.services.opening import (
    list_opening_warnings,
    open_round,
    register_opening_warning,
    take_back_opening,
    update_round,
)
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
    "add_background",
    "begin_language",
    "can_be_extended",
    "check_code",
    "check_extension",
    "check_outcome",
    "check_publication",
    "copy_setup",
    "create_consultation",
    "create_round",
    "delete_meeting",
    "delete_question",
    "demands_decision",
    "extend_round",
    "invite",
    "list_opening_warnings",
    "list_outcome_warnings",
    "open_round",
    "propose_slug",
    "publish_language",
    "record_outcome",
    "register_opening_warning",
    "register_outcome_check",
    "register_outcome_warning",
    "remove_background",
    "require_no_input",
    "require_not_concluded",
    "require_setup",
    "require_unhindered",
    "revoke_invitation",
    "save_meeting",
    "save_question",
    "take_back_opening",
    "touch",
    "update_basics",
    "update_contact_email",
    "update_introduction",
    "update_minimum_age",
    "update_predecessor",
    "update_round",
    "update_seats",
    "update_texts",
    "withdraw_language",
]
