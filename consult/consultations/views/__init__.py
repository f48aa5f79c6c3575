"""Views of consultations."""

from consult.consultations.views import inviting, opening, questions, sections
from consult.consultations.views.desk import desk
from consult.consultations.views.invitations import invitations

__all__ = ["desk", "invitations", "inviting", "opening", "questions", "sections"]
