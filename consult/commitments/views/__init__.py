"""Views of the register."""

from consult.commitments.views import changing, drafting
from consult.commitments.views.desk import desk
from consult.commitments.views.public import commitments, references

__all__ = ["changing", "commitments", "desk", "drafting", "references"]
