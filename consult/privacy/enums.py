"""What is kept for how long, and what a host may set; what becomes of a submission when its author goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class Kept(Labelled):
    """What is kept for a time that a host sets; the value names the column of its rule."""

    DRAFT = "draft_days", _p("kept", "Drafts")
    ACCOUNT = "account_days", _p("kept", "Accounts that nobody uses")
    SECURITY = "security_days", _p("kept", "Records of sign-ins and of links in e-mails")
    DELIVERY = "delivery_days", _p("kept", "Records of e-mails that were sent")


@dataclass(frozen=True)
class Limits:
    """In days: what holds until a host sets something, the shortest and the longest that it may set."""

    default: int
    least: int
    most: int


LIMITS: dict[Kept, Limits] = {
    Kept.DRAFT: Limits(60, 14, 365),
    Kept.ACCOUNT: Limits(1095, 365, 1825),
    Kept.SECURITY: Limits(30, 1, 90),
    Kept.DELIVERY: Limits(30, 7, 180),
}
NOTICE_DAYS = 30
"""How long before an account that nobody uses is closed its owner is told, where there is an address."""
RUNS_KEPT_DAYS = 400


class Fate(StrEnum):
    """What becomes of a submission, beside the stricter settings, which go by their own values."""

    KEEP = "keep"
    WITHDRAW = "withdraw"
