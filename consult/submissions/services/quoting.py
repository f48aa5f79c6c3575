"""Saying which exact words of its paragraph a point of a draft is about."""

from __future__ import annotations

from datetime import datetime

from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.documents.anchoring import QUOTE_MAX, Quote, quote_at
from consult.documents.models import DocumentVersion
from consult.documents.plain import plain_text
from consult.documents.queries import paragraph_texts, text_of
from consult.submissions.models import Comment, Submission
from consult.submissions.services.drafting import lock_draft
from consult.submissions.services.quotations import put_quotation


def save_quote(submission: Submission, comment: Comment, quote: Quote | None, *, language: str, now: datetime) -> None:
    """Say which words of its paragraph a point of a draft is about, or that it is about no words in particular.

    Args:
        submission: the draft.
        comment: a point of it, about a paragraph.
        quote: the words; None takes away what was said before.
        language: of the edition in whose text they stand.
        now: when.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
        BadInput: they do not stand in that paragraph, in that edition, at that place.
    """
    if quote is None and comment.quotation is None:
        return
    lock_draft(submission, now)
    if quote is None:
        comment.quotation = None
    else:
        _require_in_paragraph(comment, quote, language)
        there = comment.quotation
        if there is None or (there.quote, there.language) != (quote, language):
            put_quotation(comment, quote, language)
    submission.saved_at = now
    db.session.flush()


def _require_in_paragraph(comment: Comment, quote: Quote, language: str) -> None:
    """No point quotes what the draft does not say."""
    paragraph = comment.paragraph
    sentence = _("These words do not stand in the paragraph above. Copy them from there, or leave this empty.")
    if paragraph is None or not 0 < len(quote.exact) <= QUOTE_MAX or not 0 <= quote.start < quote.end:
        raise BadInput(sentence, "quote")
    version = db.session.get_one(DocumentVersion, paragraph.version_id)
    words = text_of(paragraph, paragraph_texts([paragraph], language), version.language)
    text = plain_text(paragraph.kind, words.text)
    if words.language != language or quote != quote_at(text, quote.start, quote.end):
        raise BadInput(sentence, "quote")
