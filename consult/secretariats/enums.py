"""How a member, or one of the staff, stands to a host."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class MemberStatus(Labelled):
    """What a State or an organisation is to a host, as the host says; delegates of members take part."""

    MEMBER = "member", _p("status", "Member")
    OBSERVER = "observer", _p("status", "Observer")
    DIALOGUE_PARTNER = "dialogue_partner", _p("status", "Dialogue partner")
    OTHER = "other", _p("status", "Other")


class StaffStanding(Labelled):
    """Who employs somebody of the staff; who is seconded, or from a government, never holds the protection role."""

    OWN = "own", _p("standing of staff", "The host’s own staff")
    SECONDED = "seconded", _p("standing of staff", "Seconded")
    GOVERNMENT = "government", _p("standing of staff", "From a government")
