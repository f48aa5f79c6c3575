"""Forms of one's own data, of closing an account, and of how long things are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from consult.core.forms import (
    BooleanField,
    CodeForm,
    Form,
    InputRequired,
    IntegerField,
    NumberRange,
    PasswordField,
    RadioField,
    SelectField,
    required,
)
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.privacy.enums import LIMITS, Fate, Kept
from consult.privacy.queries import settings_to_leave
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission

EACH = "each"
UNDERSTOOD = _l("I understand that nobody can undo this.")
SECRET = _l("Your password, or your recovery code")


def fate_label(submission: Submission, fate: str) -> str:
    """What becomes of a submission, in words."""
    if fate == Fate.WITHDRAW:
        return _("Withdraw it")
    if fate == Fate.KEEP:
        setting = submission.publication_setting
        return _("Keep it as it is: %(setting)s", setting=setting.label if setting else "")
    return _("Keep it, and show less: %(setting)s", setting=PublicationSetting(fate).label)


def fate_choices(submission: Submission) -> list[tuple[str, str]]:
    """What may become of a submission: kept as it is, under a stricter setting, withdrawn."""
    fates = [Fate.KEEP.value, *[one.value for one in settings_to_leave(submission)], Fate.WITHDRAW.value]
    return [(fate, fate_label(submission, fate)) for fate in fates]


class DownloadForm(Form):
    """Which file, and the password: an open screen must not be enough."""

    kind = RadioField(_l("Which file do you want?"), [required()], default="html")
    secret = PasswordField(SECRET, [required()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kind.choices = [
            ("html", _("A page to read: HTML, opens in any browser")),
            ("json", _("Data for programs: JSON")),
        ]


class CloseForm(Form):
    """What becomes of what was submitted, then once more everything, then the password."""

    step = HiddenField(default="choose")
    whole = RadioField(_l("What shall become of what you submitted?"), [required()], default=Fate.KEEP.value)
    understood = BooleanField(UNDERSTOOD)
    secret = PasswordField(SECRET)

    def __init__(self, submissions: Sequence[Submission], **options: Any) -> None:
        self.submissions = submissions
        super().__init__(**options)
        self.whole.choices = [
            (Fate.KEEP.value, _("Keep everything as it is")),
            (PublicationSetting.ANONYMOUS.value, _("Keep it, and show no name wherever that can be chosen")),
            (Fate.WITHDRAW.value, _("Withdraw everything")),
            (EACH, _("Choose for each submission")),
        ]
        for one in submissions:
            self[f"fate-{one.key}"].choices = fate_choices(one)
        if not submissions:
            del self.whole

    @property
    def is_for_each(self) -> bool:
        """Whether each submission has a choice of its own."""
        return "whole" in self and self.whole.data == EACH

    def fates(self) -> dict[str, str]:
        """What becomes of each submission, by its key."""
        return {one.key: self._fate(one) for one in self.submissions}

    def _fate(self, submission: Submission) -> str:
        if self.is_for_each:
            return str(self[f"fate-{submission.key}"].data or Fate.KEEP.value)
        wanted = str(self.whole.data)
        if wanted in {value for value, _label in fate_choices(submission)}:
            return wanted
        return Fate.KEEP.value


def close_form(submissions: Sequence[Submission]) -> CloseForm:
    """The form of somebody with these submissions: one more field for each."""
    fields: dict[str, Any] = {
        f"fate-{one.key}": SelectField(_l("What shall become of it?"), default=Fate.KEEP.value) for one in submissions
    }
    made: type[CloseForm] = type("CloseFormOfOne", (CloseForm,), fields)
    return made(submissions)


class ForgetForm(CodeForm):
    """What becomes of one submission without an account, and its code once more; nothing is chosen beforehand."""

    fate = RadioField(_l("What shall become of what you submitted?"), [required()])
    understood = BooleanField(UNDERSTOOD, [required()])

    def __init__(self, submission: Submission, **options: Any) -> None:
        super().__init__(**options)
        self.fate.choices = fate_choices(submission)


class RetentionForm(Form):
    """How long a host keeps what, in days."""

    def days(self) -> dict[Kept, int]:
        """What was written, by kind."""
        return {kept: int(self[kept.value].data) for kept in LIMITS}


def retention_form(days: dict[Kept, int]) -> RetentionForm:
    """The form with what holds now."""
    fields: dict[str, Any] = {}
    for kept, limits in LIMITS.items():
        fields[kept.value] = IntegerField(
            kept.message,
            [InputRequired(), NumberRange(limits.least, limits.most)],
            description=_l("In days, from %(least)s to %(most)s.", least=limits.least, most=limits.most),
        )
    made: type[RetentionForm] = type("RetentionFormOfHost", (RetentionForm,), fields)
    return made(data={kept.value: number for kept, number in days.items()})
