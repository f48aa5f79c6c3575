"""Closing an account, forgetting who made a submission, and keeping to what is promised about keeping."""

from consult.privacy.services.closing import (
    close_account,
    forget_submission,
    give_up_role,
)
from consult.privacy.services.retaining import (
    close_unused_account,
    count_due,
    forget_drafts_of,
    forget_logs,
    list_unused_accounts,
    set_retention,
    tell_unused_account,
)

__all__ = [
    "close_account",
    "close_unused_account",
    "count_due",
    "forget_drafts_of",
    "forget_logs",
    "forget_submission",
    "give_up_role",
    "list_unused_accounts",
    "set_retention",
    "tell_unused_account",
]
