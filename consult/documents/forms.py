"""Bringing a text and mending what was understood of it; correcting a draft; languages after the opening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import Field, HiddenField, ValidationError

from consult.consultations.forms import REASON_MAX, WALL_FORMATS
from consult.consultations.models import Consultation
from consult.core.forms import (
    REQUIRED,
    BooleanField,
    CheckedForm,
    DateField,
    DateTimeLocalField,
    Form,
    LineField,
    LongTextField,
    NotYet,
    Optional,
    RadioField,
    SelectField,
    localized_fields,
    required,
)
from consult.core.languages import NAME_MAX
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.text import DOCUMENT_MAX
from consult.documents.enums import BlockKind
from consult.documents.importing import BLOCK_MAX
from consult.documents.mending import LEVELS, NUMBER_MAX, Shape
from consult.documents.models import Paragraph


class TextForm(Form):
    """Pasted words."""

    text = LongTextField(_l("The text"), [required()], limit=DOCUMENT_MAX)


class BlockForm(Form):
    """One block of a text that is being looked at, with what is done to it (the button that was pressed)."""

    seen = HiddenField()
    kind = SelectField(_l("Kind"))
    level = SelectField(_l("Level of the heading"))
    number = LineField(_l("Number or mark"), [Optional()], limit=NUMBER_MAX)
    text = LongTextField(_l("Words"), [NotYet()], limit=BLOCK_MAX)
    unnumbered = BooleanField(_l("Headings without a number get one too"))

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, as keyword arguments for a service."""
        kind = BlockKind(self.kind.data)
        return {
            "kind": kind,
            "level": int(self.level.data or 1) if kind is BlockKind.HEADING else 0,
            "number": self.number.data or "",
            "text": self.text.data or "",
        }


def block_form(shape: Shape | None, *, has_picture: bool = False, like: Paragraph | None = None) -> BlockForm:
    """The form of one block.

    Args:
        shape: as it is stored; None for a new one.
        has_picture: whether it may be a figure.
        like: the paragraph that a new one is the counterpart of.
    """
    values = {"kind": BlockKind.TEXT.value, "level": "1"}
    if like is not None and like.kind is not BlockKind.FIGURE:
        values = {"kind": like.kind.value, "level": str(like.level or 1), "number": like.number}
    if shape is not None:
        values = {
            "kind": shape.kind.value,
            "level": str(shape.level or 1),
            "number": shape.number,
            "text": shape.text,
            "seen": shape.seen,
        }
    form = BlockForm(data=values)
    if shape is not None and shape.kind is BlockKind.FIGURE:
        form.text.label.text = _("Description for people who cannot see it")
    form.level.choices = [(str(level), str(level)) for level in LEVELS]
    form.kind.choices = [(kind.value, kind.label) for kind in BlockKind if has_picture or kind is not BlockKind.FIGURE]
    return form


class KeepForm(Form):
    """Keeping a text, as it was looked at."""

    seen = HiddenField()
    with_gaps = BooleanField(_l("Keep it with its gaps; what is missing is translated later, under Translations"))


class CorrigendumForm(CheckedForm):
    """What is corrected, and where; looked at once more before it counts."""

    paragraph = SelectField(_l("Where in the draft"))
    edition = SelectField(_l("In which language"))
    reads = LongTextField(
        _l("What the text says"), [Optional()], limit=1_500, description=_l("The words as they stand, copied from it.")
    )
    should_read = LongTextField(_l("What it should say"), [Optional()], limit=1_500)


def corrigendum_form(
    consultation: Consultation, places: Sequence[tuple[str, str, dict[str, str]]], editions: Sequence[str], chosen: str
) -> CorrigendumForm:
    """The form of a corrigendum.

    Args:
        consultation: whose languages decide what there is to enter.
        places: (eId, what to call it, language and direction of that) of each block.
        editions: the languages that the draft exists in.
        chosen: eId of the block that is chosen at first.
    """
    specification = {
        "words": (
            _l("What is corrected"),
            _l("One or two sentences: what was wrong, and what it changes for readers."),
            2_000,
        )
    }
    fields = localized_fields(
        specification, consultation.languages, authentic=consultation.authentic_language, needed=["words"]
    )
    made = type("CorrigendumForm", (CorrigendumForm,), fields)
    form: CorrigendumForm = made(data={"paragraph": chosen, "edition": ""})
    form.paragraph.choices = [("", _("The whole text")), *places]
    reader = current_locale().code
    form.edition.choices = [("", _("In all of them")), *[(code, language_name(code, reader)) for code in editions]]
    return form


class AddLanguageForm(Form):
    """Which language the consultation is to be held in too."""

    language = LineField(
        _l("Language"),
        [required()],
        description=_l("Its name in your language or in itself, or its code: “Khmer”, “ខ្មែរ” or “km”."),
        limit=NAME_MAX,
    )


EXTEND, NO_MORE_TIME = "extend", "reason"


class PublicationForm(CheckedForm):
    """More time for the round, or why it gets none; looked at once more before the language is published."""

    decision = RadioField(_l("Does the round get more time?"), [required()])
    closes_wall = DateTimeLocalField(_l("When the round closes"), [Optional()], format=WALL_FORMATS)
    response_due = DateField(
        _l("When the response is due"),
        [Optional()],
        description=_l("It may stay as it was promised, or move later; never earlier."),
    )

    @property
    def extends(self) -> bool:
        """Whether the round gets more time."""
        return bool(self.decision.data == EXTEND)

    def validate_closes_wall(self, field: DateTimeLocalField) -> None:
        """Needed with more time."""
        self._need(field)

    def validate_response_due(self, field: DateField) -> None:
        """Needed with more time."""
        self._need(field)

    def _need(self, field: Field) -> None:
        if self.extends and field.data is None and not field.errors:
            raise ValidationError(str(REQUIRED))


def languages_with(consultation: Consultation, language: str) -> dict[str, Any]:
    """In which languages the reason is entered: those of the consultation, and the one that is published with it."""
    return {
        "languages": [*consultation.languages, language],
        "authentic_language": consultation.authentic_language,
    }


def publication_form(
    consultation: Consultation, language: str, stored: dict[str, Any], *, is_asked: bool
) -> PublicationForm:
    """The form that publishes a language.

    Args:
        consultation: whose languages decide in which the reason can be given.
        language: that is published; its readers are whom the reason concerns.
        stored: the dates of the round as they are.
        is_asked: whether the round is open or upcoming; else there is nothing to fill in.
    """
    specification = {
        "reason": (
            _l("Why"),
            _l("Everybody reads it: on the timeline, and with an extension in the message."),
            REASON_MAX,
        )
    }
    entered_in = languages_with(consultation, language)
    fields = localized_fields(
        specification, entered_in["languages"], authentic=entered_in["authentic_language"], needed=["reason"]
    )
    form: PublicationForm = type("PublicationForm", (PublicationForm,), fields if is_asked else {})(data=stored)
    if not is_asked:
        for name in ("decision", "closes_wall", "response_due"):
            del form[name]
        return form
    form.decision.choices = [
        (EXTEND, _("Yes: those who read this language learn of the draft only now")),
        (NO_MORE_TIME, _("No: everybody reads why")),
    ]
    return form
