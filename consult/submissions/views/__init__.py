"""Views of submissions."""

from consult.submissions.views import (
    carrying,
    drafting,
    final_text,
    languages,
    public_files,
    questions,
    receipts,
    revising,
    submitting,
)
from consult.submissions.views import files as own_files
from consult.submissions.views.claiming import claims
from consult.submissions.views.comments import comments, references
from consult.submissions.views.late import desk
from consult.submissions.views.reading import reading
from consult.submissions.views.take_part import take_part

__all__ = [
    "carrying",
    "claims",
    "comments",
    "desk",
    "drafting",
    "final_text",
    "languages",
    "own_files",
    "public_files",
    "questions",
    "reading",
    "receipts",
    "references",
    "revising",
    "submitting",
    "take_part",
]
