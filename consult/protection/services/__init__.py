"""The verbs of the protection role."""

from consult.protection.services.looking import LOOKS_A_DAY, Behind, look_behind
from consult.protection.services.striking import (
    DAYS_TO_DECIDE,
    confirm_strike,
    drop_proposal,
    lapse_old_proposals,
    propose_strike,
    reject_strike,
    take_back_strike,
)

__all__ = [
    "DAYS_TO_DECIDE",
    "LOOKS_A_DAY",
    "Behind",
    "confirm_strike",
    "drop_proposal",
    "lapse_old_proposals",
    "look_behind",
    "propose_strike",
    "reject_strike",
    "take_back_strike",
]
