"""The quotation of a point: it goes where the point goes, and is erased with its words."""

from __future__ import annotations

from consult.core.db import db
from consult.documents.anchoring import Quote
from consult.submissions.models import Comment, Quotation


def put_quotation(comment: Comment, quote: Quote, language: str) -> None:
    """Let a point be about these words; whoever calls it has made sure that they stand there."""
    row = comment.quotation
    if row is None:
        row = comment.quotation = Quotation()
    row.language, row.exact, row.prefix, row.suffix = language, quote.exact, quote.prefix, quote.suffix
    row.start, row.end = quote.start, quote.end


def copy_quotation(source: Comment, into: Comment) -> None:
    """Let one point of a draft be about the same words as another, on the same paragraph."""
    if source.quotation is None:
        into.quotation = None
    else:
        put_quotation(into, source.quotation.quote, source.quotation.language)


def forget_quotation(comment: Comment) -> None:
    """Erase it with the words of a point that was taken out of the record."""
    if comment.quotation is not None:
        db.session.flush()  # the database lets it go with the words alone
        comment.quotation = None
        db.session.flush()
