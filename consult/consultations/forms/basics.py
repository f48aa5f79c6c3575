"""What a consultation is called, what kind of text it is about, in which languages it is held."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wtforms import ValidationError

from consult.consultations.enums import TextType
from consult.consultations.forms.texts import FIELDS
from consult.consultations.models import Consultation
from consult.consultations.services.adding import LANGUAGES_MAX
from consult.core.forms import (
    BooleanField,
    CheckboxesField,
    Form,
    LineField,
    LinkField,
    Optional,
    RadioField,
    SelectField,
    VersionedForm,
    localized_fields,
    required,
)
from consult.core.languages import canonical_language
from consult.core.locale import current_locale, interface_locales, language_name, native_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.zones import zone_choices
from consult.secretariats.models import Host

FIRST_OF_THE_OTHERS = "other"
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-[a-z0-9]{5,8})?", re.IGNORECASE)


def read_codes(typed: str) -> list[str]:
    """Language codes from a line of them, in their usual spelling.

    Raises:
        ValidationError: something that is no code, by name.
    """
    codes = []
    for part in re.split(r"[\s,;،]+", typed):
        if not part:
            continue
        code = canonical_language(part)
        if code is None or not _CODE.fullmatch(part) or language_name(code, "en") == code:
            raise ValidationError(
                _("“%(code)s” is not a language code. Write codes such as km, pt-BR or zh-Hant.", code=part[:20])
            )
        codes.append(code)
    return codes


class LanguagesMixin:
    """The languages of a consultation and which of them is authentic."""

    languages = CheckboxesField(
        _l("Languages"),
        description=_l("Titles, summary, terms, questions and the draft are needed in each of them before opening."),
    )
    more_languages = LineField(
        _l("Other languages"),
        description=_l("Their codes, with commas between, such as “km, pt-BR”."),
        limit=120,
    )
    authentic_language = SelectField(
        _l("Authentic language"), [required()], description=_l("The text in this language counts in doubt.")
    )

    def fill_languages(self, others: Sequence[str]) -> None:
        """Offer the languages of the interface, and those that this consultation has besides."""
        codes = [locale.code for locale in interface_locales()]
        self.languages.choices = [(code, native_name(code)) for code in codes]
        named = [*codes, *[code for code in others if code not in codes]]
        reader = current_locale().code
        self.authentic_language.choices = [
            *[(code, language_name(code, reader)) for code in named],
            (FIRST_OF_THE_OTHERS, _("The first of the other languages")),
        ]

    def validate_more_languages(self, field: LineField) -> None:
        """Codes only, and not too many."""
        if len({*read_codes(field.data or ""), *(self.languages.data or [])}) > LANGUAGES_MAX:
            raise ValidationError(_("A consultation is held in at most %(count)s languages.", count=LANGUAGES_MAX))

    def validate_authentic_language(self, field: SelectField) -> None:
        """The first of the others must be there."""
        if field.data == FIRST_OF_THE_OTHERS and not (self.more_languages.data or "").strip():
            raise ValidationError(_("Name the other language, or choose another authentic one."))

    def chosen_languages(self) -> tuple[str, list[str]]:
        """The authentic language, and all of them with it."""
        others = read_codes(self.more_languages.data or "")
        authentic = self.authentic_language.data
        if authentic == FIRST_OF_THE_OTHERS:
            authentic = others[0]
        return authentic, list(dict.fromkeys([authentic, *(self.languages.data or []), *others]))


SLUG_HINT = _l(
    "Small letters a to z, digits and hyphens. It ends the address of every page, and no longer changes then."
)
CODE_HINT = _l("2 to 12 capital letters and digits, such as APSMD. Every reference begins with it.")
MEMBER_HINT = _l(
    "The members decide, and the secretariat only proposes: how points are addressed is shown as a proposal, "
    "and “not accepted” is not offered."
)


class CreateForm(LanguagesMixin, Form):
    """A new consultation."""

    host = SelectField(_l("Host organisation"), [required()])
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
    text_type = RadioField(_l("Kind of text"), [required()])
    is_member_driven = BooleanField(_l("This text is driven by its members"), description=MEMBER_HINT)
    zone = SelectField(
        _l("Time zone"),
        [required()],
        description=_l("The city whose clock opens and closes the round."),
    )

    def __init__(self, hosts: Sequence[Host], chosen: Host) -> None:
        super().__init__(
            data={
                "host": chosen.slug,
                "zone": "UTC",
                "authentic_language": current_locale().code,
                "languages": [current_locale().code],
            }
        )
        self.host.choices = [(host.slug, host.name) for host in hosts]
        self.text_type.choices = [(kind.value, kind.label) for kind in TextType]
        self.zone.choices = zone_choices()
        self.fill_languages([])


class BasicsForm(LanguagesMixin, VersionedForm):
    """The same, once the consultation is there."""

    slug = LineField(
        _l("Address"), [required()], limit=60, description=SLUG_HINT, filters=[lambda v: (v or "").strip()]
    )
    code = LineField(
        _l("Code"), [required()], limit=12, description=CODE_HINT, filters=[lambda v: (v or "").strip().upper()]
    )
    text_type = RadioField(_l("Kind of text"), [required()])
    is_member_driven = BooleanField(_l("This text is driven by its members"), description=MEMBER_HINT)

    predecessor = LineField(
        _l("The consultation that it follows"),
        [Optional()],
        limit=200,
        description=_l("One held here before: its code, such as APSMD, or its address."),
    )
    predecessor_title = LineField(
        _l("Or a text consulted elsewhere"), [Optional()], description=_l("Its title, as it is called there.")
    )
    predecessor_url = LinkField(
        _l("Link to that text"), [Optional()], description=_l("The whole address, beginning with https://.")
    )


def basics_form(consultation: Consultation, stored: dict[str, Any]) -> BasicsForm:
    """The form of the basics, with a title in each language that the consultation has now."""
    authentic = consultation.authentic_language
    fields = localized_fields({"title": FIELDS["title"]}, consultation.languages, authentic=authentic, needed=["title"])
    made = type("BasicsForm", (BasicsForm,), fields)
    form: BasicsForm = made(data={**stored, "version": str(consultation.version)})
    form.text_type.choices = [(kind.value, kind.label) for kind in TextType]
    form.fill_languages(consultation.languages)
    return form
