"""Forms of the register: drafting a commitment, saying what became of it, naming points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from consult.commitments.enums import AT_FIRST, TRANSITIONS, CommitmentOrigin, CommitmentStatus
from consult.commitments.models import Commitment
from consult.commitments.services import Change, Link, Source, Undertaking
from consult.commitments.wording import Languages
from consult.core.errors import BadInput
from consult.core.forms import (
    REQUIRED,
    DateField,
    InputRequired,
    LineField,
    LinkField,
    LongTextField,
    Optional,
    RadioField,
    SelectField,
    VersionedForm,
    localized_fields,
    required,
)
from consult.core.locale import gettext as _
from consult.core.locale import interface_locales
from consult.core.locale import lazy_gettext as _l
from consult.core.secrets import normalise_reference
from consult.core.text import check_link

WHAT_MAX = 500
EVIDENCE_ROWS = 3
EVIDENCE_MAX = 10


class EvidenceForm(VersionedForm):
    """A form with documents that show something: each a title and an address."""

    rows: int = 0

    def evidence(self) -> list[Link]:
        """The documents that were entered."""
        pairs = [(self[f"evidence_title_{row}"].data, self[f"evidence_url_{row}"].data) for row in self._rows()]
        return [Link(title or "", url or "") for title, url in pairs if title or url]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each document has a title and an address; the sentence stands beside the very row."""
        is_valid = bool(super().validate(extra_validators))
        for row in self._rows():
            title, url = self[f"evidence_title_{row}"], self[f"evidence_url_{row}"]
            if not (title.data or url.data):
                continue
            try:
                if not title.data:
                    raise BadInput(_("Say what this document is called."), title.name)
                if not url.errors:
                    check_link(url.data or "", field=url.name, is_needed=True)
            except BadInput as error:
                self.show(error)
                is_valid = False
        return is_valid

    def _rows(self) -> range:
        return range(1, self.rows + 1)


def _evidence_fields(number: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"rows": min(max(EVIDENCE_ROWS, number + 1), EVIDENCE_MAX)}
    for row in range(1, fields["rows"] + 1):
        fields[f"evidence_title_{row}"] = LineField(_l("Document %(number)s: what it is called", number=row))
        fields[f"evidence_url_{row}"] = LinkField(_l("Document %(number)s: its address", number=row))
    return fields


def stored_evidence(evidence: Sequence[Any]) -> dict[str, str]:
    """Documents, by name of the form's field."""
    found: dict[str, str] = {}
    for row, one in enumerate(evidence, start=1):
        found |= {f"evidence_title_{row}": one.title, f"evidence_url_{row}": one.url}
    return found


def _references(typed: str) -> list[str]:
    parts = re.split(r"[\s,;،؛]+", typed)
    return list(dict.fromkeys(normalise_reference(one) or one[:40] for one in parts if one))


class DraftForm(EvidenceForm):
    """A commitment before the public sees it."""

    due = DateField(
        _l("By when"), [InputRequired(REQUIRED)], description=_l("The day by which it is kept. Everybody sees it.")
    )
    status = RadioField(_l("Where it stands"), [required()])

    def undertaking(self) -> Undertaking:
        """What is promised."""
        return Undertaking(
            what=self.words("what"),
            office=self.words("office"),
            due=self.due.data or date.min,
            status=CommitmentStatus(self.status.data),
            evidence=self.evidence(),
        )

    def source(self) -> Source | None:
        """The statement that it was made in, if one made it."""
        if "source_url" not in self:
            return None
        return Source(self["source_title"].data, self["source_url"].data, self["source_date"].data)

    def references(self) -> list[str]:
        """The points that were named, as stored where they can be; others as they were typed."""
        return _references(self["points"].data or "") if "points" in self else []


def draft_form(
    languages: Languages, stored: dict[str, Any], *, origin: CommitmentOrigin, chooses_language: bool = False
) -> DraftForm:
    """The form of a commitment that is not public yet.

    Args:
        languages: that it is written in.
        stored: what is stored now, by name of the form's field.
        origin: answers, or a statement.
        chooses_language: whether its authentic language is chosen with it, since no consultation decides that.
    """
    specification = {
        "what": (
            _l("What is promised"),
            _l("One thing that somebody can check later, in a sentence. It no longer changes once it is public."),
            WHAT_MAX,
        ),
        "office": (
            _l("Who keeps it"),
            _l("An office or a unit, not a person: people move on, the promise stays."),
            200,
        ),
    }
    fields = localized_fields(specification, languages.languages, authentic=languages.authentic_language)
    fields |= _evidence_fields(sum(name.startswith("evidence_url_") for name in stored))
    if origin is CommitmentOrigin.RESPONSE:
        fields["points"] = LongTextField(
            _l("Points whose answers made it"),
            [required()],
            description=_l("Their references, with spaces between. Their answers must have been sent."),
        )
    else:
        fields |= {
            "source_title": LineField(
                _l("Title of the statement"), [required()], description=_l("What it is called, who made it, and where.")
            ),
            "source_url": LinkField(
                _l("Where it can be read"), validators=[required()], description=_l("Begins with https:// or http://.")
            ),
            "source_date": DateField(_l("Day of the statement"), [InputRequired(REQUIRED)]),
        }
    if chooses_language:
        fields["language"] = SelectField(
            _l("Authentic language"), description=_l("The language that decides what is meant. Write in it first.")
        )
    made = type("DraftForm", (DraftForm,), fields)
    form: DraftForm = made(data={"status": CommitmentStatus.NOT_STARTED.value, **stored})
    form.status.choices = [(status.value, status.label) for status in AT_FIRST]
    if chooses_language:
        form["language"].choices = [(locale.code, locale.name) for locale in interface_locales()]
    return form


class ChangeForm(EvidenceForm):
    """What became of a public commitment."""

    status = RadioField(_l("Where it stands"), [required()])
    replaced_by = LineField(
        _l("Which commitment takes its place"),
        [Optional()],
        description=_l("Only if it is replaced: the reference of another public commitment of this host."),
    )
    due = DateField(
        _l("By when"),
        [InputRequired(REQUIRED)],
        description=_l("If you change the day, the one promised before stays visible beside it."),
    )

    def change(self) -> Change:
        """What was entered."""
        return Change(
            status=CommitmentStatus(self.status.data),
            due=self.due.data or date.min,
            note=self.words("note"),
            evidence=self.evidence(),
            replaced_by=self.replaced_by.data or "",
        )


def change_form(commitment: Commitment, languages: Languages) -> ChangeForm:
    """The form of a step in the history of a commitment."""
    specification = {
        "note": (
            _l("What happened, or why"),
            _l("Everybody reads it. Needed when the status or the day changes."),
            2_000,
        )
    }
    fields = localized_fields(specification, languages.languages, authentic=languages.authentic_language)
    made = type("ChangeForm", (ChangeForm,), {**fields, **_evidence_fields(0)})
    stored = {"status": commitment.status.value, "due": commitment.due, "version": str(commitment.version)}
    form: ChangeForm = made(data=stored)
    offered = {commitment.status} | TRANSITIONS[commitment.status]
    form.status.choices = [(status.value, status.label) for status in CommitmentStatus if status in offered]
    return form


class PointsForm(VersionedForm):
    """Further points whose answers led to a public commitment."""

    points = LongTextField(
        _l("Points whose answers led to it"),
        [required()],
        description=_l("Their references, with spaces between. Their answers must have been sent."),
    )

    def references(self) -> list[str]:
        """The points that were named, as stored where they can be; others as they were typed."""
        return _references(self.points.data or "")
