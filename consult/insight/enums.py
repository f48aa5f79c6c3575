"""The rows of figures."""

from __future__ import annotations

from enum import StrEnum

from consult.accounts.enums import Constituency
from consult.core.locale import pgettext


class Who(StrEnum):
    """Who is counted together: a constituency, those who named several or none, and all protected authors."""

    GOVERNMENT = "government"
    INTERGOVERNMENTAL = "intergovernmental"
    CIVIL_SOCIETY = "civil_society"
    INDIGENOUS_PEOPLES = "indigenous_peoples"
    TRADE_UNION = "trade_union"
    LOCAL_COMMUNITY = "local_community"
    WOMENS_GROUP = "womens_group"
    YOUTH_GROUP = "youth_group"
    INDUSTRY = "industry"
    INVESTOR = "investor"
    ACADEMIA = "academia"
    OTHER = "other"
    SEVERAL = "several"
    NOT_STATED = "not_stated"
    PROTECTED = "protected"

    @property
    def label(self) -> str:
        """The words, in the current locale."""
        if self is Who.SEVERAL:
            return pgettext("row of figures", "Several constituencies")
        if self is Who.NOT_STATED:
            return pgettext("row of figures", "Constituency not stated")
        if self is Who.PROTECTED:
            return pgettext("row of figures", "Protected, constituency not told")
        return Constituency(self.value).label
