"""Views of consultations."""

from consult.consultations.views import (
    background_desk,
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
from consult.consultations.views.background import background
from consult.consultations.views.desk import desk
from consult.consultations.views.invitations import invitations

__all__ = [
    "background",
    "background_desk",
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
