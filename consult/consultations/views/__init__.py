"""Views of consultations."""

from consult.consultations.views import (
    copying,
    following,
    inviting,
    life,
    meetings,
    opening,
    outcome,
    questions,
    sections,
)
from consult.consultations.views.desk import desk
from consult.consultations.views.invitations import invitations

__all__ = [
    "copying",
    "desk",
    "following",
    "invitations",
    "inviting",
    "life",
    "meetings",
    "opening",
    "outcome",
    "questions",
    "sections",
]
