"""The form of a file: who may have it, what it belongs to, what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consult.core.forms import CHOOSE, BooleanField, Form, InputRequired, LongTextField, RadioField, SelectField
from consult.core.locale import direction
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.submissions.enums import FileAudience
from consult.submissions.models import Attachment, Comment

DESCRIPTION_MAX = 1_000


class AudienceForm(Form):
    """Who may have a file, what it belongs to, what it shows."""

    audience = RadioField(_l("Who may have it"), [InputRequired(CHOOSE)])
    point = SelectField(_l("Which of your points it belongs to"), validate_choice=True)
    description = LongTextField(_l("What it shows or says, in a sentence"), limit=DESCRIPTION_MAX)
    agreed = BooleanField(
        _l(
            "I have looked at it or listened to it. Whoever can be recognised in it has agreed that it is published, "
            "and it shows no place that must stay unknown."
        )
    )

    def __init__(self, attachment: Attachment, points: Sequence[tuple[Comment, str]]) -> None:
        super().__init__()
        self.audience.choices = [(one.value, one.label) for one in FileAudience]
        self.point.choices = [
            ("", _("None: it comes with all that I submit")),
            *((c.key, words, {"lang": c.language, "dir": direction(c.language)}) for c, words in points),
        ]
        self.points = {comment.key: comment for comment, _words in points}
        if self.is_new:
            self.audience.data = attachment.audience.value
            self.point.data = attachment.comment.key if attachment.comment is not None else ""
            self.description.data = attachment.description

    @property
    def choice(self) -> dict[str, Any]:
        """What was chosen, as `choose_audience` takes it."""
        return {
            "audience": FileAudience(self.audience.data),
            "comment": self.points.get(self.point.data or ""),
            "description": self.description.data or "",
            "agreed": bool(self.agreed.data),
        }
