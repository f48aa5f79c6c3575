"""Points, who speaks, who sees what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wtforms import ValidationError

from consult.accounts.countries import COUNTRIES, country_choices
from consult.accounts.enums import NAME_MAX, PREFER_NOT_TO_SAY, Capacity, Constituency
from consult.accounts.models import Account
from consult.core.forms import (
    CHOOSE,
    BooleanField,
    CheckboxesField,
    DateField,
    Form,
    InputRequired,
    LineField,
    LongTextField,
    NotYet,
    RadioField,
    SelectField,
)
from consult.core.languages import language_choices
from consult.core.locale import current_locale, interface_locales
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.text import POINT_MAX
from consult.submissions.enums import CommentType, Nature, PublicationDelay, PublicationSetting
from consult.submissions.forms.languages import LanguageForm, language_data
from consult.submissions.forms.quoting import QuoteForm, quote_data
from consult.submissions.models import Comment, Submission, SubmissionIdentity

ORGANISATION_MAX = 200


def comment_type_hints() -> dict[str, str]:
    """What each type of point means, in plain words."""
    return {
        CommentType.GENERAL.value: _("About the whole text, or a whole section."),
        CommentType.SUBSTANTIVE.value: _("Something to add, to change or to take out."),
        CommentType.TECHNICAL.value: _("A fact, a figure, a method or a legal reference is not right."),
        CommentType.EDITORIAL.value: _("Better words or order; the meaning stays."),
        CommentType.TRANSLATION.value: _("A translation does not say what the original says."),
        CommentType.QUESTION.value: _("Something is not clear to you."),
    }


class PointForm(QuoteForm, LanguageForm):
    """One point of a draft."""

    text = LongTextField(_l("Your point"), limit=POINT_MAX)
    proposed_change = LongTextField(_l("The change that you propose"), limit=POINT_MAX)
    comment_type = RadioField(_l("What kind of point is it?"))
    nature = RadioField(
        _l("What does it ask for?"),
        [NotYet()],
        description=_l("You speak for a State delegation, which can also put something on record without an answer."),
    )

    def __init__(
        self,
        *,
        comment: Comment | None,
        languages: Sequence[str],
        is_general: bool = False,
        offers_natures: bool = False,
        selected: tuple[str, str] = ("", ""),
        **options: Any,
    ) -> None:
        data = {
            "comment_type": (CommentType.GENERAL if is_general else CommentType.SUBSTANTIVE).value,
            "language": languages[0],
            "nature": Nature.POINT.value,
            **quote_data(comment, selected),
        }
        if comment is not None:
            data |= {
                "nature": comment.nature.value,
                "text": comment.text,
                "proposed_change": comment.proposed_change,
                "comment_type": comment.comment_type.value,
                **language_data(comment, languages[0]),
            }
        super().__init__(data=data, **options)
        self.comment_type.choices = [(kind.value, kind.label) for kind in CommentType]
        if offers_natures or data["nature"] != Nature.POINT.value:
            self.nature.choices = [(nature.value, nature.label) for nature in Nature]
        else:
            del self.nature
        self.offer_languages([data["language"], *languages])

    @property
    def point(self) -> dict[str, Any]:
        """What the form says, as arguments of `save_comment`."""
        return {
            "comment_type": CommentType(self.comment_type.data),
            "text": self.text.data or "",
            "proposed_change": self.proposed_change.data or "",
            "language": self.spoken.code,
            "language_words": self.spoken.words,
            "nature": Nature(self.nature.data or Nature.POINT) if "nature" in self else Nature.POINT,
        }


class AboutForm(Form):
    """Who speaks in a draft. What is saved for later, and while one types, may be unfinished."""

    name = LineField(
        _l("Your name"),
        limit=NAME_MAX,
        description=_l("Only the choice “With my name” needs it. If you want protection, leave it empty."),
    )
    capacity = RadioField(_l("In what capacity do you speak?"), [InputRequired(message=CHOOSE)])
    organisation = LineField(
        _l("Organisation, community or State"),
        limit=ORGANISATION_MAX,
        description=_l("Its name, if you speak for one. Leave it empty if you speak for yourself, or want protection."),
    )
    constituencies = CheckboxesField(
        _l("Which constituencies do you belong to?"),
        description=_l("You alone say so. Choose one or several, or say that you prefer not to."),
    )
    country = SelectField(_l("Country or area"))
    as_points = BooleanField(
        _l("Make points of my reservations and statements of position"),
        description=_l("Only a State delegation puts these on record. As points they ask for an answer."),
    )
    language = SelectField(
        _l("Language in which you want our answers"),
        description=_l("Where an answer is not translated into it, you get the answer as it was written."),
    )

    def __init__(
        self,
        submission: Submission | None,
        identity: SubmissionIdentity | None,
        *,
        account: Account | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data=_about(submission, identity, account), **options)
        if submission is None or not any(one.nature.is_of_state for one in submission.comments):
            del self.as_points
        self.capacity.choices = [(capacity.value, capacity.own_label) for capacity in Capacity]
        self.constituencies.choices = [
            *((constituency.value, constituency.label) for constituency in Constituency),
            (PREFER_NOT_TO_SAY, _("Prefer not to say")),
        ]
        self.country.choices = [("", _("Prefer not to say")), *country_choices(current_locale().code)]
        codes = [locale.code for locale in interface_locales()]
        self.language.choices = language_choices([*codes, self.language.object_data or codes[0]])

    def validate_constituencies(self, field: CheckboxesField) -> None:
        """Some of them, or "prefer not to say": which of the two was meant, only the person can tell."""
        chosen = field.data or []
        if not chosen:
            raise ValidationError(_("Choose at least one, or “Prefer not to say”."))
        if PREFER_NOT_TO_SAY in chosen and len(chosen) > 1:
            raise ValidationError(_("Choose constituencies, or “Prefer not to say”, not both."))

    def validate_unfinished(self) -> bool:
        """Whether what is there can be kept, be it ever so little: nothing is asked for, but what is typed must fit."""
        is_good = self.validate()
        for field in (self.capacity, self.constituencies):
            if not field.data:
                field.errors = []
        return is_good or not any(field.errors for field in self)

    @property
    def speaker(self) -> dict[str, Any]:
        """What the form says, as arguments of `update_speaker`.

        The capacity waits for the constituencies: with it, none of them would say "prefer not to".
        """
        country = self.country.data
        chosen = self.constituencies.data or []
        return {
            **self.values("name", "organisation", "language"),
            "as_points": "as_points" in self and bool(self.as_points.data),
            "capacity": Capacity(self.capacity.data) if self.capacity.data and chosen else None,
            "constituencies": [Constituency(c) for c in chosen if c != PREFER_NOT_TO_SAY],
            "country": country if country in COUNTRIES else None,
        }


def _about(
    submission: Submission | None, identity: SubmissionIdentity | None, account: Account | None
) -> dict[str, Any]:
    """What is known of who speaks: from the draft once it says so, else from the account."""
    locale = account.locale if account is not None else current_locale().code
    if submission is not None and identity is not None:
        capacity = submission.capacity
        constituencies = [row.constituency.value for row in submission.constituencies]
        name, organisation, country = identity.name, identity.organisation, identity.country
        locale = submission.language or locale
    elif account is not None:
        capacity, constituencies = account.capacity, list(account.constituencies)
        name, organisation, country = account.name, account.organisation, account.country
    else:
        return {"language": locale, "country": ""}
    return {
        "name": name,
        "organisation": organisation,
        "country": country or "",
        "capacity": capacity.value if capacity else None,
        "constituencies": constituencies or ([PREFER_NOT_TO_SAY] if capacity else []),
        "language": locale,
    }


class SettingForm(Form):
    """What the public will see of who speaks, and whether the name is protected beside it."""

    setting = RadioField(_l("What should the public see?"), [InputRequired(message=CHOOSE)])
    pseudonym = LineField(
        _l("Your pseudonym"),
        limit=NAME_MAX,
        description=_l("Needed for “Under a pseudonym”, and for nothing else. Choose one that does not point to you."),
    )
    asked_for_protection = BooleanField(
        _l("Protect my name: only the protection officer sees it"),
        description=_l(
            "Only for “With the organisation’s name only”. Choose it if the secretariat must not know your name either."
        ),
    )

    def __init__(self, offered: Collection[PublicationSetting], *, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data=data)
        self.setting.choices = [(setting.value, setting.label) for setting in offered]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is there; whatever is missing for what was chosen is said at once, beside its own field."""
        is_good = bool(super().validate(extra_validators))
        if self.setting.data == PublicationSetting.PSEUDONYM.value and not (self.pseudonym.data or "").strip():
            self.pseudonym.errors = [*self.pseudonym.errors, _("Write the pseudonym that is to be shown.")]
            is_good = False
        return is_good

    @property
    def publication(self) -> dict[str, Any]:
        """What the form says, as arguments of `make_stricter`."""
        return {
            "setting": PublicationSetting(self.setting.data),
            "pseudonym": self.pseudonym.data or "",
            "asked_for_protection": bool(self.asked_for_protection.data),
        }


class PublicationForm(SettingForm):
    """What the public will see of who speaks in a draft, and when."""

    delay = RadioField(_l("When may it be published?"), [NotYet()])
    publish_on = DateField(
        _l("Not before this day"), [NotYet()], description=_l("Needed for “Not before a day that I choose”.")
    )

    def __init__(self, offered: Collection[PublicationSetting], *, draft: Submission | None) -> None:
        super().__init__(
            offered,
            data={
                "setting": draft.publication_setting,
                "pseudonym": draft.pseudonym,
                "asked_for_protection": draft.asked_for_protection,
                "delay": draft.publication_delay,
                "publish_on": draft.publish_on,
            }
            if draft is not None
            else {"delay": PublicationDelay.NONE},
        )
        self.delay.choices = [(delay.value, delay.label) for delay in PublicationDelay]

    def validate(self, extra_validators: Any = None) -> bool:
        """As without a delay; and the day, where one was to be chosen and the words are ever published."""
        is_good = super().validate(extra_validators)
        setting = self.setting.data if self.setting.data in {one.value for one in PublicationSetting} else None
        waits = self.delay.data == PublicationDelay.DATE.value and setting and PublicationSetting(setting).gives_words
        if waits and not self.publish_on.data and not self.publish_on.errors:
            self.publish_on.errors = [_("Choose the day before which your input is not published.")]
            is_good = False
        return is_good

    @property
    def publication(self) -> dict[str, Any]:
        """What the form says, as arguments of `update_publication`."""
        return {
            **super().publication,
            "publish_on": self.publish_on.data,
            "delay": PublicationDelay(self.delay.data or PublicationDelay.NONE),
        }
