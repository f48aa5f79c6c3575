"""Taking the words of a point out of the record: what a withdrawal and a strike have in common, and the strike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from consult.core.counters import count
from consult.core.db import db
from consult.core.wake import want_worker
from consult.ledger.services import erase_salts
from consult.submissions.enums import ResponseStatus, StrikeReason
from consult.submissions.models import Comment
from consult.submissions.services.files import forget_files_of_point
from consult.submissions.services.quotations import forget_quotation
from consult.submissions.services.transitions import count_published, is_public, note_point

Erase = Callable[[Comment], None]
_erasers: list[Erase] = []


def register_eraser(erase: Erase) -> None:
    """Let a higher feature erase what it keeps of a point's words, in the transaction that takes them out."""
    if erase not in _erasers:
        _erasers.append(erase)


def take_out_words(comment: Comment, *, now: datetime, struck_as: StrikeReason | None = None) -> None:
    """Erase the words of a locked point, with the salts of its digests; its reference stays, and the counters follow.

    Args:
        comment: on the record, read afresh, its words still there.
        now: when.
        struck_as: the class of reason, where it is not its author who takes them out.
    """
    if is_public(comment):
        count_published(comment, -1)
    # Of what the public never knew it never will: no reference stays, and it was not counted.
    comment.is_held = comment.submission.is_held
    if not comment.is_held:
        count(f"round:{comment.round_id}:submitted", -1)
        if comment.response_status is not ResponseStatus.CLOSED and comment.asks_for_answer:
            count(f"round:{comment.round_id}:asked", -1)
        if comment.response_status is ResponseStatus.SENT:
            count(f"round:{comment.round_id}:answered", -1)
    comment.text = comment.proposed_change = comment.place_as_written = comment.language_words = ""
    comment.withdrawn_at, comment.struck_as = now, struck_as
    note_point(comment)
    erase_salts("comment", [comment.id])
    forget_files_of_point(comment, now=now)
    forget_quotation(comment)
    for erase in _erasers:
        erase(comment)
    want_worker()  # a release that shows the words is reissued at once
    db.session.flush()
