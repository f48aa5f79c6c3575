"""Views of submissions."""

from consult.submissions.views import drafting, questions, receipts, submitting
from consult.submissions.views.comments import comments, references
from consult.submissions.views.reading import reading
from consult.submissions.views.take_part import take_part

__all__ = ["comments", "drafting", "questions", "reading", "receipts", "references", "submitting", "take_part"]
