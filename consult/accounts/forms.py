"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from wtforms import ValidationError

from consult.accounts.countries import country_choices
from consult.accounts.enums import NAME_MAX, PREFER_NOT_TO_SAY, Capacity, Constituency
from consult.accounts.models import Account
from consult.accounts.services import PASSWORD_MIN
from consult.core.forms import (
    BooleanField,
    CheckboxesField,
    CodeField,
    EmailField,
    Form,
    LineField,
    PasswordField,
    RadioField,
    SelectField,
    required,
)
from consult.core.locale import current_locale, interface_locales
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.zones import zone_choices

PASSWORD_HINT = _l("At least %(count)s characters. Four words are a good password.", count=PASSWORD_MIN)


class SignInForm(Form):
    """Address and password."""

    email = LineField(_l("E-mail address or name"), [required()], limit=254)
    password = PasswordField(_l("Password"), [required()])


class SignUpForm(Form):
    """What an account begins with."""

    name = LineField(
        _l("Your name"),
        [required()],
        limit=NAME_MAX,
        description=_l("Shown with your input only if you choose so when you submit."),
    )
    email = EmailField(
        _l("E-mail address"),
        [required()],
        description=_l("We send a link there. It is never published."),
    )
    password = PasswordField(_l("Choose a password"), [required()], description=PASSWORD_HINT)


class NameSignUpForm(Form):
    """What an account without an e-mail address begins with."""

    sign_in_name = LineField(
        _l("Choose a name to sign in with"),
        [required()],
        description=_l(
            "In any script, at least 3 letters or digits. Nobody but you ever sees it, so it need not be your own. "
            "Capitals, spaces and hyphens do not matter."
        ),
    )
    password = PasswordField(_l("Choose a password"), [required()], description=PASSWORD_HINT)


class RecoverForm(Form):
    """The name, the code on paper, and a new password."""

    sign_in_name = LineField(_l("Name or e-mail address"), [required()], limit=254)
    written_code = CodeField(
        _l("Your recovery code"), [required()], description=_l("Capitals and hyphens do not matter.")
    )
    password = PasswordField(_l("New password"), [required()], description=PASSWORD_HINT)


class PresentPasswordForm(Form):
    """The present password alone, for acts that an open screen must not be enough for."""

    present_password = PasswordField(_l("Your present password"), [required()])


class ChooseNameForm(Form):
    """A name to sign in with, for an account that has none or wants another."""

    sign_in_name = LineField(
        _l("Name to sign in with"),
        [required()],
        description=_l(
            "In any script, at least 3 letters or digits. Nobody but you ever sees it, so it need not be your own. "
            "Capitals, spaces and hyphens do not matter."
        ),
    )
    present_password = PasswordField(_l("Your present password"), [required()])


class AddressForm(Form):
    """The e-mail address that an account is to have."""

    email = EmailField(
        _l("E-mail address"), [required()], description=_l("We send a link there. It is never published.")
    )
    name = LineField(
        _l("Your name"),
        [required()],
        limit=NAME_MAX,
        description=_l("Messages to you begin with it. It may be invented."),
    )
    present_password = PasswordField(_l("Your present password"), [required()])

    def __init__(self, account: Account, **options: Any) -> None:
        super().__init__(**options)
        if account.name:
            del self.name


class LendForm(Form):
    """Lending this browser; drafts that only it can open are given up knowingly."""

    give_up = BooleanField(_l("I do not need them any more. Delete them."), [required()])

    def __init__(self, *, has_drafts: bool, **options: Any) -> None:
        super().__init__(**options)
        if not has_drafts:
            del self.give_up


class ConfirmElsewhereForm(Form):
    """The password chosen at sign-up, in any other browser."""

    password = PasswordField(_l("The password that you chose when you signed up"), [required()])


class AskForResetForm(Form):
    """Where to send the link."""

    email = EmailField(_l("E-mail address"), [required()])


class ResetForm(Form):
    """A new password."""

    password = PasswordField(_l("New password"), [required()], description=PASSWORD_HINT)


class ChangePasswordForm(Form):
    """The present password and a new one."""

    present_password = PasswordField(_l("Your present password"), [required()])
    password = PasswordField(_l("New password"), [required()], description=PASSWORD_HINT)


class ProfileForm(Form):
    """Who somebody is, as it fills in their next submission."""

    name = LineField(_l("Your name"), [required()], limit=NAME_MAX)
    locale = SelectField(
        _l("Your language"),
        description=_l("E-mails to you are in this language, and so are pages that you open without choosing another."),
    )
    time_zone = SelectField(
        _l("Your time zone"),
        description=_l("Deadlines are shown in it, beside the time of the consultation. Choose a city with your time."),
    )
    capacity = RadioField(_l("In what capacity do you usually speak?"))
    constituencies = CheckboxesField(
        _l("Which constituencies do you belong to?"),
        description=_l("You alone say so. Choose one or several, or say that you prefer not to."),
    )
    organisation = LineField(_l("Organisation, community or delegation"), description=_l("If you speak for one."))
    country = SelectField(_l("Country or area"))

    def __init__(self, account: Account, **options: Any) -> None:
        chosen = account.constituencies or ([PREFER_NOT_TO_SAY] if account.capacity else [])
        super().__init__(
            data={
                "name": account.name,
                "locale": account.locale,
                "time_zone": account.time_zone or "",
                "capacity": account.capacity,
                "constituencies": chosen,
                "organisation": account.organisation,
                "country": account.country or "",
            },
            **options,
        )
        if account.email is None:  # no message calls them by it, and nobody needs to be called anything
            self.name.validators, self.name.flags.required = [], False
        self.locale.choices = [(locale.code, locale.name) for locale in interface_locales()]
        self.time_zone.choices = {"": [("", _("Not said"))], **zone_choices(account.time_zone)}
        self.capacity.choices = [(capacity.value, capacity.own_label) for capacity in Capacity]
        self.capacity.validate_choice = False  # nothing chosen is an answer; see `validate_capacity`
        self.constituencies.choices = [
            *((constituency.value, constituency.label) for constituency in Constituency),
            (PREFER_NOT_TO_SAY, _("Prefer not to say")),
        ]
        self.country.choices = [("", _("Prefer not to say")), *country_choices(current_locale().code)]

    def validate_capacity(self, field: RadioField) -> None:
        """One of the three, or none."""
        if field.data and field.data not in set(Capacity):
            raise ValidationError(_("Choose one of these."))

    def validate_constituencies(self, field: CheckboxesField) -> None:
        """Some of them, or "prefer not to say", never both: which of the two was meant, only the person can tell."""
        if field.data and PREFER_NOT_TO_SAY in field.data and len(field.data) > 1:
            raise ValidationError(_("Choose constituencies, or “Prefer not to say”, not both."))

    @property
    def profile(self) -> dict[str, Any]:
        """What the form says, as arguments of `update_profile`."""
        return {
            **self.values("name", "locale", "organisation"),
            "time_zone": self.time_zone.data or None,
            "capacity": Capacity(self.capacity.data) if self.capacity.data else None,
            "country": self.country.data or None,
            "constituencies": [Constituency(c) for c in self.constituencies.data or [] if c != PREFER_NOT_TO_SAY],
        }
