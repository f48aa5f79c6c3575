"""Reasons to restrict, and what proves an official mandate."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class RestrictionReason(Labelled):
    """Why a point is restricted. "Off topic" is not among them: such a point is published and answered so."""

    PERSONAL_DATA = "personal_data", _p("restriction", "Personal data of somebody else")
    HATE_OR_THREAT = "hate_or_threat", _p("restriction", "Hatred or threat")
    UNLAWFUL = "unlawful", _p("restriction", "Unlawful to publish")
    SPAM = "spam", _p("restriction", "Spam")
    SACRED = (
        "sacred_or_traditional_knowledge",
        _p("restriction", "Sacred site or traditional knowledge, at the community’s request"),
    )
    COMMERCIAL = "commercial_secret", _p("restriction", "Somebody else’s commercial secret")
    IMPERSONATION = "impersonation", _p("restriction", "Sent in somebody else’s name")


class Decision(Labelled):
    """What a moderator decided."""

    PUBLISH = "publish", _p("decision", "Published")
    RESTRICT = "restrict", _p("decision", "Restricted")


class CredentialKind(Labelled):
    """What shows that somebody may speak for a government or an intergovernmental body."""

    NOMINATION_LETTER = "nomination_letter", _p("credential", "Nomination letter")
    NOTE_VERBALE = "note_verbale", _p("credential", "Note verbale")
    OTHER = "other", _p("credential", "Other official document")
