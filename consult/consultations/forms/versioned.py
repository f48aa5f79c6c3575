"""What the forms of the set-up have in common: the version that they were made from."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from consult.consultations.models import Consultation
from consult.core.forms import Form, Optional


class VersionedForm(Form):
    """A form that knows which version of the consultation it shows, so that nobody overwrites somebody else."""

    version = HiddenField()

    @property
    def made_from(self) -> int:
        """The version that was on the page; 0, which is never current, when it was tampered with."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else 0

    def renew(self, consultation: Consultation) -> None:
        """After a conflict: the next saving is of what is stored now."""
        self.version.data = str(consultation.version)

    def stored_values(self, stored: dict[str, Any]) -> dict[str, Any]:
        """What somebody else has stored in fields that say something else here, by name of the field."""
        return {name: value for name, value in stored.items() if name in self and self[name].data != value}


class NotYet(Optional):
    """May be empty when it is saved, since only opening needs it; so the label does not call it optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


class ConfirmForm(Form):
    """Nothing but the button."""
