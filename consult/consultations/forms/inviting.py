"""Inviting people by their addresses."""

from __future__ import annotations

from wtforms import ValidationError

from consult.consultations.services import INVITATIONS_AT_ONCE
from consult.core.forms import Form, LongTextField, SelectField, is_address, required
from consult.core.locale import current_locale, format_number, interface_locales
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l

SHOWN_AT_ONCE = 20


class InviteForm(Form):
    """Addresses, one a line."""

    emails = LongTextField(
        _l("E-mail addresses"),
        [required()],
        limit=INVITATIONS_AT_ONCE * 255,
        description=_l(
            "One on each line, at most %(count)s at once. Who is invited already is left alone.",
            count=INVITATIONS_AT_ONCE,
        ),
    )
    language = SelectField(_l("Language of the message"), [required()])

    def __init__(self) -> None:
        super().__init__(data={"language": current_locale().code})
        self.language.choices = [(locale.code, locale.name) for locale in interface_locales()]

    def addresses(self) -> list[str]:
        """What was typed, without empty lines."""
        return [line.strip() for line in (self.emails.data or "").split("\n") if line.strip()]

    def validate_emails(self, field: LongTextField) -> None:
        """Each line that is no address is named by its number; nothing is sent until all are right."""
        lines = enumerate((field.data or "").split("\n"), start=1)
        bad = [
            _("Line %(number)s: “%(line)s” is not an address.", number=format_number(number), line=line.strip()[:80])
            for number, line in lines
            if line.strip() and (not is_address(line.strip()) or len(line.strip()) > 254)
        ]
        if bad:
            field.errors = [*field.errors, *bad[:SHOWN_AT_ONCE]]
            more = len(bad) - SHOWN_AT_ONCE
            raise ValidationError(
                _("Correct these lines, and send them again. Nobody was invited yet.")
                if more <= 0
                else _("%(count)s more lines are not addresses. Nobody was invited yet.", count=format_number(more))
            )
