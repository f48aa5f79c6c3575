"""Forms of secretariats."""

from __future__ import annotations

from typing import Any

from consult.access.roles import StaffRole
from consult.core.forms import EmailField, Form, LineField, RadioField, required
from consult.core.locale import lazy_gettext as _l
from consult.core.locale import lazy_pgettext as _p

ROLE_HINTS = {
    StaffRole.MANAGER: _l("Sets up consultations, opens and closes rounds, releases the response log, names staff."),
    StaffRole.MODERATOR: _l("Reads what comes in and publishes it, or restricts it with a public reason."),
    StaffRole.RESPONDER: _l("Drafts the answer to each point."),
    StaffRole.APPROVER: _l("Clears answers that somebody else drafted, and sends them."),
}


class HostForm(Form):
    """A host organisation."""

    name = LineField(_l("Name of the host organisation"), [required()])
    slug = LineField(
        _l("Short name in addresses"),
        [required()],
        limit=60,
        description=_l("Small letters a to z, digits and hyphens, such as “secretariat-a”. It cannot be changed."),
    )


class AssignRoleForm(Form):
    """A role for somebody."""

    email = EmailField(_l("E-mail address"), [required()])
    name = LineField(
        _l("Name"), [required()], limit=120, description=_l("If they have an account already, its name is kept.")
    )
    role = RadioField(_p("staff", "Role"), [required()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.role.choices = [(role.value, role.label) for role in StaffRole]


class EndRoleForm(Form):
    """Nothing but the button."""
