"""How a member stands to a host."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class MemberStatus(Labelled):
    """What a State or an organisation is to a host, as the host says; delegates of members take part."""

    MEMBER = "member", _p("status", "Member")
    OBSERVER = "observer", _p("status", "Observer")
    DIALOGUE_PARTNER = "dialogue_partner", _p("status", "Dialogue partner")
    OTHER = "other", _p("status", "Other")
