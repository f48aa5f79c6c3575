"""The verbs of taking part."""

from consult.submissions.services.attaching import (
    attach_file,
    choose_audience,
    remove_file,
    set_file_status,
    tell_of_virus,
)
from consult.submissions.services.choosing import names_lacking, protection_fits, setting_fits
from consult.submissions.services.claiming import (
    check_claim_code,
    end_claim_openings,
    forget_expired_openings,
    keep_in_account,
    make_claim_code,
    open_for_author,
    open_with_code,
)
from consult.submissions.services.drafting import (
    begin_draft,
    delete_comment,
    delete_draft,
    forget_expired_drafts,
    list_gaps,
    require_open,
    save_answer,
    save_comment,
    update_publication,
    update_speaker,
)
from consult.submissions.services.handing_over import claim_drafts
from consult.submissions.services.holding import find_rounds_to_lift, lift_due, register_dater
from consult.submissions.services.languages import answer_proposal, in_unicode
from consult.submissions.services.late import (
    accept_late,
    can_offer_late,
    decline_late,
    mark_late,
    offer_late,
    take_back_offer,
)
from consult.submissions.services.letting_go import forget_drafts
from consult.submissions.services.revising import begin_revision, discard_revision
from consult.submissions.services.striking import register_eraser, take_out_words
from consult.submissions.services.submitting import (
    assign_references,
    comment_content,
    make_stricter,
    stricter_settings,
    submit_submission,
    withdraw_comment,
    withdraw_submission,
)
from consult.submissions.services.transcribing import (
    Transcribed,
    require_taking,
    transcribe_submission,
    withdraw_for_respondent,
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
    "Transcribed",
    "accept_late",
    "answer_proposal",
    "assign_references",
    "attach_file",
    "begin_draft",
    "begin_revision",
    "can_offer_late",
    "check_claim_code",
    "choose_audience",
    "claim_drafts",
    "comment_content",
    "count_published",
    "decline_late",
    "delete_comment",
    "delete_draft",
    "discard_revision",
    "end_claim_openings",
    "find_rounds_to_lift",
    "forget_drafts",
    "forget_expired_drafts",
    "forget_expired_openings",
    "in_unicode",
    "is_public",
    "keep_in_account",
    "lift_due",
    "list_gaps",
    "lock_comments",
    "make_claim_code",
    "make_stricter",
    "mark_late",
    "names_lacking",
    "offer_late",
    "open_for_author",
    "open_with_code",
    "protection_fits",
    "register_dater",
    "register_eraser",
    "remove_file",
    "require_open",
    "require_taking",
    "save_answer",
    "save_comment",
    "set_credential_recorded",
    "set_file_status",
    "set_moderation_status",
    "set_response_status",
    "setting_fits",
    "stricter_settings",
    "submit_submission",
    "take_back_offer",
    "take_out_words",
    "tell_of_virus",
    "transcribe_submission",
    "update_publication",
    "update_speaker",
    "withdraw_comment",
    "withdraw_for_respondent",
    "withdraw_submission",
]
