"""Views of submissions."""

from consult.submissions.views import drafting, languages, questions, receipts, revising, submitting
from consult.submissions.views.comments import comments, references
from consult.submissions.views.late import desk
from consult.submissions.views.positions import positions
from consult.submissions.views.reading import reading
from consult.submissions.views.take_part import take_part

__all__ = [
    "comments",
    "desk",
    "drafting",
    "languages",
    "positions",
    "questions",
    "reading",
    "receipts",
    "references",
    "revising",
    "submitting",
    "take_part",
]
