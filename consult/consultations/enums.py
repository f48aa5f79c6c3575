"""Kinds of text, audience, visibility, question, meeting, outcome; the clock states of a round."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class TextType(Labelled):
    """What kind of text is consulted on."""

    GUIDELINE = "guideline", _p("text type", "Guideline")
    TERMS_OF_REFERENCE = "terms_of_reference", _p("text type", "Terms of reference")
    GUIDEBOOK = "guidebook", _p("text type", "Guidebook")
    RESOLUTION = "resolution", _p("text type", "Resolution")
    PARTNERSHIP = "partnership", _p("text type", "Partnership")
    STRATEGY = "strategy", _p("text type", "Strategy")
    OTHER = "other", _p("text type", "Other text")


class Audience(Labelled):
    """Who may read the draft and take part in a round."""

    PUBLIC = "public", _p("audience", "Everybody")
    BY_INVITATION = "by_invitation", _p("audience", "Those who were invited")
    MEMBERS_ONLY = "members_only", _p("audience", "Members only")


class Visibility(Labelled):
    """When the input of a round is public, and to whom."""

    AS_RECEIVED = "as_received", _p("visibility", "Public as received, after moderation")
    AFTER_CLOSING = "after_closing", _p("visibility", "Public after the round closes")
    COMPILATION_ONLY = "compilation_only", _p("visibility", "Public as a compilation, without dispositions")
    PARTICIPANTS_ONLY = "participants_only", _p("visibility", "Only for those who take part")


class QuestionKind(Labelled):
    """How a question is answered."""

    FREE_TEXT = "free_text", _p("question kind", "In words")
    SINGLE_CHOICE = "single_choice", _p("question kind", "One of several options")
    MULTIPLE_CHOICE = "multiple_choice", _p("question kind", "Any number of several options")
    AGREEMENT = "agreement", _p("question kind", "How far one agrees with statements")
    POSITIONS = "positions", _p("question kind", "A position on each of several options, with reasons")

    @property
    def fewest_options(self) -> int:
        """How many options or statements such a question needs; 0 where it has none."""
        if self is QuestionKind.FREE_TEXT:
            return 0
        return 2 if self in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE} else 1


class Body(Labelled):
    """Whose composition is published."""

    DRAFTING = "drafting", _p("body", "Drafting body")
    DECIDING = "deciding", _p("body", "Deciding body")


class MeetingKind(Labelled):
    """What kind of meeting belongs to a consultation."""

    TECHNICAL = "technical", _p("meeting kind", "Technical consultation")
    VALIDATION = "validation", _p("meeting kind", "Validation workshop")
    SENIOR_OFFICIAL = "senior_official", _p("meeting kind", "Senior-official meeting")
    MINISTERIAL = "ministerial", _p("meeting kind", "Ministerial meeting")
    OTHER = "other", _p("meeting kind", "Other meeting")


class OutcomeKind(Labelled):
    """What became of a text at the end of its process."""

    ADOPTED = "adopted", _p("outcome", "Adopted")
    ENDORSED = "endorsed", _p("outcome", "Endorsed")
    WELCOMED = "welcomed", _p("outcome", "Welcomed")
    NOTED = "noted", _p("outcome", "Noted")
    DEFERRED = "deferred", _p("outcome", "Deferred")
    NOT_ADOPTED = "not_adopted", _p("outcome", "Not adopted")


class RoundState(Labelled):
    """Where a round stands; derived from the clock and the record, never stored."""

    SETUP = "setup", _p("round state", "Being set up")
    UPCOMING = "upcoming", _p("round state", "Upcoming")
    OPEN = "open", _p("round state", "Open")
    AWAITING = "awaiting", _p("round state", "Awaiting response")
    OVERDUE = "overdue", _p("round state", "Response overdue")
    ANSWERED = "answered", _p("round state", "Answered")
    COMPILED = "compiled", _p("round state", "Compilation published")
