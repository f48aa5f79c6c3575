"""Words of taking part, and the states that a submission and its comments go through."""

from __future__ import annotations

from enum import StrEnum

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class CommentType(Labelled):
    """What kind of point it is, as in ISO and IPPC comment tables."""

    GENERAL = "general", _p("comment type", "General")
    SUBSTANTIVE = "substantive", _p("comment type", "Substantive")
    TECHNICAL = "technical", _p("comment type", "Technical")
    EDITORIAL = "editorial", _p("comment type", "Editorial")
    TRANSLATION = "translation", _p("comment type", "Translation")
    QUESTION = "question", _p("comment type", "Question")


class Nature(Labelled):
    """What a point asks for: a State alone may put on record what asks for no answer."""

    POINT = "point", _p("nature of a point", "Point")
    RESERVATION = "reservation", _p("nature of a point", "Reservation")
    STATEMENT = "statement", _p("nature of a point", "Statement of position")

    @property
    def is_of_state(self) -> bool:
        """Whether it is published verbatim beside the text, always with the State's name, and never answered."""
        return self is not Nature.POINT


class PublicationSetting(Labelled):
    """What the public sees of who speaks; may later only become stricter."""

    NAMED = "named", _p("publication setting", "With my name")
    ORGANISATION_ONLY = "organisation_only", _p("publication setting", "With the organisation’s name only")
    PSEUDONYM = "pseudonym", _p("publication setting", "Under a pseudonym")
    ANONYMOUS = "anonymous", _p("publication setting", "Without any name")
    AGGREGATE = "aggregate", _p("publication setting", "Only counted")
    NOT_PUBLISHED = "not_published", _p("publication setting", "Not published")

    @property
    def is_protected(self) -> bool:
        """Whether it alone makes a submission protected: the protection role alone sees who is behind it."""
        return self not in {PublicationSetting.NAMED, PublicationSetting.ORGANISATION_ONLY}

    @property
    def gives_words(self) -> bool:
        """Whether the public reads the words."""
        return self not in {PublicationSetting.AGGREGATE, PublicationSetting.NOT_PUBLISHED}


class Told(StrEnum):
    """What the public is told of the sort of author somebody is, beside any name; each is stricter than the last."""

    ALL = "all"
    GROUP = "group"
    NOTHING = "nothing"


class PublicationDelay(Labelled):
    """When at the earliest the public reads a submission, at its author's wish; a moderator reads it before."""

    NONE = "none", _p("publication delay", "As soon as the round allows")
    ROUND_END = "round_end", _p("publication delay", "When the round has closed")
    DATE = "date", _p("publication delay", "Not before a day that I choose")


class Agreement(Labelled):
    """How far somebody agrees with a statement; to leave it open is no answer at all."""

    STRONGLY_AGREE = "strongly_agree", _p("agreement", "Strongly agree")
    AGREE = "agree", _p("agreement", "Agree")
    NEITHER = "neither", _p("agreement", "Neither agree nor disagree")
    DISAGREE = "disagree", _p("agreement", "Disagree")
    STRONGLY_DISAGREE = "strongly_disagree", _p("agreement", "Strongly disagree")


class Stance(Labelled):
    """A position on an option. "No position yet" and a reserved position are positions; silence is none."""

    SUPPORT = "support", _p("stance", "Support")
    NOT_SUPPORT = "not_support", _p("stance", "Do not support")
    NO_POSITION_YET = "no_position_yet", _p("stance", "No position yet")
    RESERVE = "reserve", _p("stance", "Reserve position")


class SubmissionStatus(StrEnum):
    """A submission is drafted, submitted, and may be withdrawn as a whole.

    After the round has closed a draft may be offered late: it is then not on the record until a manager accepts it.
    """

    DRAFT = "draft"
    OFFERED = "offered"
    DECLINED = "declined"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


ON_RECORD = frozenset({SubmissionStatus.SUBMITTED, SubmissionStatus.WITHDRAWN})


class SubmissionSource(Labelled):
    """By which door it came in."""

    ONLINE = "online", _p("source", "On this site")
    COMMENT_TABLE = "comment_table", _p("source", "In a comment table")


class FileAudience(Labelled):
    """Who may have a file that comes with a submission."""

    PUBLIC = "public", _p("who sees a file", "Public, with my point")
    SECRETARIAT = "secretariat", _p("who sees a file", "Only for the secretariat")


class CredentialStatus(StrEnum):
    """Whether input in an official name has its credential on record."""

    NOT_NEEDED = "not_needed"
    AWAITED = "awaited"
    RECORDED = "recorded"


class ModerationStatus(Labelled):
    """How far screening has got."""

    WAITING = "waiting", _p("moderation status", "Waiting to be read")
    PUBLISHED = "published", _p("moderation status", "Published")
    RESTRICTED = "restricted", _p("moderation status", "Restricted")


class ResponseStatus(Labelled):
    """How far answering has got; what was decided is another axis, the disposition."""

    UNANSWERED = "unanswered", _p("response status", "To be answered")
    DRAFTED = "drafted", _p("response status", "Answer being written")
    PROPOSED = "proposed", _p("response status", "Answer waiting for clearance")
    CLEARED = "cleared", _p("response status", "Answer cleared, not sent yet")
    SENT = "sent", _p("response status", "Answered")
    CLOSED = "closed", _p("response status", "Closed under a class answer")


MODERATION_TRANSITIONS: dict[ModerationStatus, frozenset[ModerationStatus]] = {
    ModerationStatus.WAITING: frozenset({ModerationStatus.PUBLISHED, ModerationStatus.RESTRICTED}),
    ModerationStatus.PUBLISHED: frozenset({ModerationStatus.RESTRICTED}),
    ModerationStatus.RESTRICTED: frozenset({ModerationStatus.PUBLISHED}),
}


class StrikeReason(Labelled):
    """Why the words of a point were struck from the record by two people of the protection role: a public class."""

    SAFETY = "safety", _p("why a text was struck", "For the safety of a person")
    LAW = "law", _p("why a text was struck", "By order of a court, or under the law")


RESPONSE_TRANSITIONS: dict[ResponseStatus, frozenset[ResponseStatus]] = {
    ResponseStatus.UNANSWERED: frozenset({ResponseStatus.DRAFTED, ResponseStatus.PROPOSED, ResponseStatus.CLOSED}),
    ResponseStatus.DRAFTED: frozenset({ResponseStatus.DRAFTED, ResponseStatus.PROPOSED, ResponseStatus.CLOSED}),
    ResponseStatus.PROPOSED: frozenset(
        {ResponseStatus.DRAFTED, ResponseStatus.PROPOSED, ResponseStatus.CLEARED, ResponseStatus.CLOSED}
    ),
    ResponseStatus.CLEARED: frozenset(
        {ResponseStatus.DRAFTED, ResponseStatus.PROPOSED, ResponseStatus.SENT, ResponseStatus.CLOSED}
    ),
    ResponseStatus.SENT: frozenset(),
    ResponseStatus.CLOSED: frozenset({ResponseStatus.UNANSWERED}),
}
