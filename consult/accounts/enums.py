"""Who people say they are."""

from __future__ import annotations

from enum import StrEnum

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p
from consult.core.locale import pgettext

NAME_MAX = 120
PREFER_NOT_TO_SAY = "none"
"""What a form sends for no constituency at all, which is an answer; it is never stored."""


class BroadGroup(Labelled):
    """What the public reads of a protected author in place of constituencies; no group is one constituency."""

    COMMUNITIES = "communities", _p("broad group", "Communities and civil society")
    BUSINESS = "business", _p("broad group", "Business and finance")
    OTHERS = "others", _p("broad group", "Research and others")


class Constituency(Labelled):
    """Stakeholder type: self-identified, several allowed, none means "prefer not to say"."""

    GOVERNMENT = "government", _p("constituency", "Government or member state")
    INTERGOVERNMENTAL = "intergovernmental", _p("constituency", "Intergovernmental body")
    CIVIL_SOCIETY = "civil_society", _p("constituency", "Civil society")
    INDIGENOUS_PEOPLES = "indigenous_peoples", _p("constituency", "Indigenous Peoples")
    TRADE_UNION = "trade_union", _p("constituency", "Trade union")
    LOCAL_COMMUNITY = "local_community", _p("constituency", "Local or affected community")
    WOMENS_GROUP = "womens_group", _p("constituency", "Women’s group")
    YOUTH_GROUP = "youth_group", _p("constituency", "Youth group")
    INDUSTRY = "industry", _p("constituency", "Industry")
    INVESTOR = "investor", _p("constituency", "Investor or development partner")
    ACADEMIA = "academia", _p("constituency", "Academia")
    OTHER = "other", _p("constituency", "Other")

    @property
    def is_official(self) -> bool:
        """Whether input in its name waits for a credential."""
        return self in {Constituency.GOVERNMENT, Constituency.INTERGOVERNMENTAL}

    @property
    def group(self) -> BroadGroup:
        """The broad group that it belongs to."""
        if self in {Constituency.INDUSTRY, Constituency.INVESTOR}:
            return BroadGroup.BUSINESS
        if self.is_official or self in {Constituency.ACADEMIA, Constituency.OTHER}:
            return BroadGroup.OTHERS
        return BroadGroup.COMMUNITIES


class Capacity(Labelled):
    """In what capacity somebody speaks; separate from the constituency.

    The labels are told of somebody else. Some languages say it otherwise of oneself: `own_label` in one's own forms.
    """

    INDIVIDUAL = "individual", _p("capacity of somebody else", "As an individual")
    ORGANISATION = "organisation", _p("capacity", "For an organisation or community")
    STATE_DELEGATION = "state_delegation", _p("capacity", "For a State delegation")

    @property
    def own_label(self) -> str:
        """The words for who chooses it for oneself, in the current locale."""
        return pgettext("capacity", "As an individual") if self is Capacity.INDIVIDUAL else self.label


class TokenPurpose(StrEnum):
    """What a link in an e-mail is good for."""

    CONFIRM = "confirm"
    RESET = "reset"


class AttemptKind(StrEnum):
    """What is counted against a limit."""

    ACCOUNT = "account"
    ADDRESS = "address"
