"""Copying a set-up: what the copy has of its own."""

from __future__ import annotations

from consult.consultations.forms.basics import CODE_HINT
from consult.consultations.forms.texts import FIELDS
from consult.core.forms import BooleanField, Form, LineField, required
from consult.core.locale import lazy_gettext as _l


class CopyForm(Form):
    """Title, address and code; whether it follows what it is copied from."""

    title = LineField(FIELDS["title"][0], [required()], description=FIELDS["title"][1])
    slug = LineField(
        _l("Address"),
        limit=60,
        description=_l("Leave it empty to have one made from the title."),
        filters=[lambda v: (v or "").strip()],
    )
    code = LineField(
        _l("Code"), [required()], limit=12, description=CODE_HINT, filters=[lambda v: (v or "").strip().upper()]
    )
    names_predecessor = BooleanField(
        _l("The new consultation follows this one"),
        description=_l("Both pages then link to each other once the new one is opened."),
    )
