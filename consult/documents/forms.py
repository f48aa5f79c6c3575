"""Importing one language edition of a draft; correcting a draft."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import ValidationError

from consult.consultations.models import Consultation
from consult.core.forms import CheckedForm, Form, LongTextField, Optional, SelectField, localized_fields
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.text import DOCUMENT_MAX

# What the first bytes of a file tell, where people send something else than text.
_NO_TEXT = ((b"PK\x03\x04", "docx"), (b"%PDF", "pdf"), (b"\xd0\xcf\x11\xe0", "doc"), (b"{\\rtf", "rtf"))


class ImportForm(Form):
    """A file, or pasted text; one of the two."""

    file = FileField(
        _l("File"), description=_l("Markdown, in UTF-8: a file that ends in .md or .txt, up to 4 megabytes.")
    )
    text = LongTextField(_l("Or paste the text"), limit=DOCUMENT_MAX)

    def validate_file(self, field: FileField) -> None:
        """Read the file into the text field, where it can be mended if something is wrong with it."""
        content = field.data.read() if field.data else b""
        if not content:
            if not self.text.data:
                raise ValidationError(_("Choose a file, or paste the text below."))
            return
        if self.text.data:
            raise ValidationError(_("Choose a file or paste the text, not both. The file was not read."))
        self.text.data = _decoded(content)


def _decoded(content: bytes) -> str:
    if any(content.startswith(beginning) for beginning, _kind in _NO_TEXT):
        raise ValidationError(
            _("This is a Word, PDF or RTF file. Save it as Markdown or as plain text first, or paste its text below.")
        )
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("This file is not text in UTF-8. Save it again with that encoding, or paste its text below.")
        ) from error


class CorrigendumForm(CheckedForm):
    """What is corrected, and where; looked at once more before it counts."""

    paragraph = SelectField(_l("Where in the draft"))
    edition = SelectField(_l("In which language"))
    reads = LongTextField(
        _l("What the text says"), [Optional()], limit=1_500, description=_l("The words as they stand, copied from it.")
    )
    should_read = LongTextField(_l("What it should say"), [Optional()], limit=1_500)


def corrigendum_form(
    consultation: Consultation, places: Sequence[tuple[str, str]], editions: Sequence[str], chosen: str
) -> CorrigendumForm:
    """The form of a corrigendum.

    Args:
        consultation: whose languages decide what there is to enter.
        places: (eId, what to call it) of each block.
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
