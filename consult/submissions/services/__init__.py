"""The verbs of taking part."""

from consult.submissions.services.drafting import (
    begin_draft,
    claim_drafts,
    delete_comment,
    forget_expired_drafts,
    list_gaps,
    require_open,
    save_answer,
    save_comment,
    setting_fits,
    update_publication,
    update_speaker,
)
from consult.submissions.services.submitting import (
    assign_references,
    comment_content,
    make_stricter,
    stricter_settings,
    submit_submission,
    withdraw_comment,
    withdraw_submission,
)
from consult.submissions.services.transitions import (
    count_published,
    is_public,
    lock_comments,
    set_credential_recorded,
    set_moderation_status,
    set_response_status,
)

__all__ = [
    "assign_references",
    "begin_draft",
    "claim_drafts",
    "comment_content",
    "count_published",
    "delete_comment",
    "forget_expired_drafts",
    "is_public",
    "list_gaps",
    "lock_comments",
    "make_stricter",
    "require_open",
    "save_answer",
    "save_comment",
    "set_credential_recorded",
    "set_moderation_status",
    "set_response_status",
    "setting_fits",
    "stricter_settings",
    "submit_submission",
    "update_publication",
    "update_speaker",
    "withdraw_comment",
    "withdraw_submission",
]
