"""The verbs of the register: draft, publish, change, remind."""

from consult.commitments.services.changing import Change, change_commitment, link_points, publish_commitment
from consult.commitments.services.drafting import (
    Source,
    Undertaking,
    delete_commitment,
    edit_commitment,
    make_from_answers,
    record_statement,
)
from consult.commitments.services.parts import Link
from consult.commitments.services.reminding import find_host_to_remind, remind_managers

__all__ = [
    "Change",
    "Link",
    "Source",
    "Undertaking",
    "change_commitment",
    "delete_commitment",
    "edit_commitment",
    "find_host_to_remind",
    "link_points",
    "make_from_answers",
    "publish_commitment",
    "record_statement",
    "remind_managers",
]
