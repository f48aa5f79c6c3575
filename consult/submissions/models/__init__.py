"""Submissions, who spoke, their comments and choices.

A draft is a submission that is not submitted yet. Who spoke is a row of its own, which lists and the desk never
load for protected submissions.
"""

from consult.submissions.models.files import Attachment
from consult.submissions.models.points import POINT_FIELDS, Choice, Comment
from consult.submissions.models.quotations import Quotation
from consult.submissions.models.submission import (
    ClaimOpening,
    Lifting,
    PublicationChange,
    Submission,
    SubmissionConstituency,
    SubmissionIdentity,
    short_key,
)

__all__ = [
    "POINT_FIELDS",
    "Attachment",
    "Choice",
    "ClaimOpening",
    "Comment",
    "Lifting",
    "PublicationChange",
    "Quotation",
    "Submission",
    "SubmissionConstituency",
    "SubmissionIdentity",
    "short_key",
]
