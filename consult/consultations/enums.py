"""Kinds of text, audience, visibility, question; the clock states of a round."""

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


class Body(Labelled):
    """Whose composition is published."""

    DRAFTING = "drafting", _p("body", "Drafting body")
    DECIDING = "deciding", _p("body", "Deciding body")


class RoundState(Labelled):
    """Where a round stands; derived from the clock and the record, never stored."""

    SETUP = "setup", _p("round state", "Being set up")
    UPCOMING = "upcoming", _p("round state", "Upcoming")
    OPEN = "open", _p("round state", "Open")
    AWAITING = "awaiting", _p("round state", "Awaiting response")
    OVERDUE = "overdue", _p("round state", "Response overdue")
    ANSWERED = "answered", _p("round state", "Answered")


# What works in the pages of this release; the model and the policy know all kinds.
OFFERED_AUDIENCES = (Audience.PUBLIC, Audience.BY_INVITATION)
OFFERED_VISIBILITIES = (Visibility.AS_RECEIVED, Visibility.AFTER_CLOSING)
