"""Closing an account, forgetting who made a submission, and keeping to what is promised about keeping."""

from consult.privacy.services.closing import (
    close_account,
    fits_fate,
    forget_submission,
    give_up_role,
    is_owner,
    opens_submission,
)
from consult.privacy.services.retaining import (
    close_unused_account,
    forget_drafts_of,
    forget_logs,
    list_unused_accounts,
    set_retention,
    tell_unused_account,
)

__all__ = [
    "close_account",
    "close_unused_account",
    "fits_fate",
    "forget_drafts_of",
    "forget_logs",
    "forget_submission",
    "give_up_role",
    "is_owner",
    "list_unused_accounts",
    "opens_submission",
    "set_retention",
    "tell_unused_account",
]
