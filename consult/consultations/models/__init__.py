"""Consultations, rounds and their extensions, questions, composition of bodies, invitations, meetings, languages."""

from consult.consultations.models.background import BackgroundFile
from consult.consultations.models.consultation import (
    CONTACT_FIELDS,
    DECISION_FIELDS,
    LOCALIZED_FIELDS,
    PRIVACY_FIELDS,
    SUMMARY_FIELDS,
    TERMS_FIELDS,
    BodySeats,
    Consultation,
)
from consult.consultations.models.course import Invitation, Meeting, Outcome, RoundExtension
from consult.consultations.models.languages import AddedLanguage, in_preparation
from consult.consultations.models.rounds import GRACE_MAX, ROUND_FIELDS, Question, QuestionOption, Round

__all__ = [
    "CONTACT_FIELDS",
    "DECISION_FIELDS",
    "GRACE_MAX",
    "LOCALIZED_FIELDS",
    "PRIVACY_FIELDS",
    "ROUND_FIELDS",
    "SUMMARY_FIELDS",
    "TERMS_FIELDS",
    "AddedLanguage",
    "BackgroundFile",
    "BodySeats",
    "Consultation",
    "Invitation",
    "Meeting",
    "Outcome",
    "Question",
    "QuestionOption",
    "Round",
    "RoundExtension",
    "in_preparation",
]
