"""What a translated file would change: each of its units beside what stands here; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from consult.core.errors import BadInput
from consult.core.labels import Labelled
from consult.core.locale import gettext as _
from consult.core.locale import language_name, lazy_pgettext
from consult.core.text import canonical, check_line, check_text
from consult.texts.values import source_digest
from consult.translating.units import Unit
from consult.translating.xliff import SIZE_MAX, STATES, Document, FileUnit


class Fate(Labelled):
    """What becomes of a unit of a file. The order is that of the page: first what is taken, then what asks somebody."""

    NEW = "new", lazy_pgettext("imported translation", "New")
    CHANGED = "changed", lazy_pgettext("imported translation", "Changed")
    CONFIRMED = "confirmed", lazy_pgettext("imported translation", "Confirmed after the source has changed")
    CONFLICT = "conflict", lazy_pgettext("imported translation", "Also translated here meanwhile")
    SOURCE_CHANGED = "source_changed", lazy_pgettext("imported translation", "The source has changed since the export")
    SAME_AS_SOURCE = "same_as_source", lazy_pgettext("imported translation", "The same as the source")
    UNCHANGED = "unchanged", lazy_pgettext("imported translation", "As it stands here")
    EMPTY = "empty", lazy_pgettext("imported translation", "Not translated")
    PARTIAL = "partial", lazy_pgettext("imported translation", "Translated in part")
    TOO_LONG = "too_long", lazy_pgettext("imported translation", "Too long")
    REFUSED = "refused", lazy_pgettext("imported translation", "With characters that cannot be stored")
    OTHER_BUILD = "other_build", lazy_pgettext("imported translation", "Not the same kind of block as the source")
    FIXED = "fixed", lazy_pgettext("imported translation", "Public already, so it is corrected by a corrigendum")
    UNKNOWN = "unknown", lazy_pgettext("imported translation", "Not, or no longer, to be translated here")


TAKEN = (Fate.NEW, Fate.CHANGED, Fate.CONFIRMED)
ASKED = (Fate.CONFLICT, Fate.SOURCE_CHANGED, Fate.SAME_AS_SOURCE)
LEFT = (Fate.PARTIAL, Fate.TOO_LONG, Fate.REFUSED, Fate.OTHER_BUILD, Fate.FIXED, Fate.UNKNOWN)
QUIET = (Fate.UNCHANGED, Fate.EMPTY)
# As files of earlier releases call points and answers: by the keys of their rows. They are not looked up any more:
# whoever could ask which point has which key would learn in which order they came.
_BY_ROW = re.compile(r"(?:comment|response_version)-\d+-[a-z_]+")


@dataclass(frozen=True)
class Finding:
    """A unit of a file, what stands here, and what becomes of it.

    Args:
        found: as it stands in the file.
        unit: as it stands here; None where there is none such.
        fate: what becomes of it.
        text: the translation in the file, as it would be stored.
        remark: a sentence of why it is not taken, where the fate alone does not say.
    """

    found: FileUnit
    unit: Unit | None
    fate: Fate
    text: str = ""
    remark: str = ""

    @property
    def choice(self) -> str:
        """What a form sends to take it: it fits nothing any more once something else stands here, or is the source."""
        if self.unit is None:
            return ""
        return f"{self.found.key}:{self.unit.version}:{self.unit.source_digest[:16]}"


@dataclass(frozen=True)
class Comparison:
    """A whole file beside what stands here."""

    findings: Sequence[Finding]

    def of(self, *fates: Fate) -> list[Finding]:
        """Those findings, in the order of the file."""
        return [finding for finding in self.findings if finding.fate in fates]

    def count(self, *fates: Fate) -> int:
        """How many there are of these."""
        return len(self.of(*fates))

    def taken(self, chosen: Collection[str]) -> list[Finding]:
        """What is taken: what nobody needs to decide, and of the rest what somebody chose, by its `choice`."""
        return [
            finding
            for finding in self.findings
            if finding.fate in TAKEN or (finding.fate in ASKED and finding.choice in chosen)
        ]


def require_fitting(document: Document, *, consultation: str, language: str, reader: str) -> None:
    """Refuse a file of another consultation, or for another language.

    Args:
        document: what was read.
        consultation: the code of this one.
        language: BCP 47 code of the language that is translated into here.
        reader: the locale of whoever is told.

    Raises:
        BadInput: it is of another consultation, or for another language.
    """
    others = [code for code in document.consultations if code != consultation]
    if others:
        raise BadInput(
            _("This file belongs to the consultation %(other)s, not to %(this)s.", other=others[0], this=consultation)
        )
    if document.language.lower() != language.lower():
        raise BadInput(
            _(
                "Line 1: this file translates into %(other)s. Here translations into %(this)s are brought in.",
                other=language_name(document.language, reader),
                this=language_name(language, reader),
            )
        )


def compare(document: Document, units: Iterable[Unit], *, reader: str) -> Comparison:
    """What a file would change.

    Args:
        document: of this consultation and language.
        units: what there is to translate here.
        reader: the locale of whoever is told.

    Raises:
        BadInput: the file translates from another language than a unit here is written in.
    """
    here: Mapping[str, Unit] = {unit.key: unit for unit in units}
    findings = []
    for found in document.units:
        unit = here.get(found.key)
        if unit is not None and unit.source_language.lower() != document.source_language.lower():
            raise BadInput(
                _(
                    "Line %(line)s: this file translates from %(other)s, but the text is written in %(this)s.",
                    line=found.line,
                    other=language_name(document.source_language, reader),
                    this=language_name(unit.source_language, reader),
                )
            )
        findings.append(_finding(found, unit))
    return Comparison(findings)


def _finding(found: FileUnit, unit: Unit | None) -> Finding:
    if unit is None:
        return Finding(found, None, Fate.UNKNOWN, remark=_remark_on_unknown(found))
    if not found.text.strip():
        return Finding(found, unit, Fate.EMPTY)
    if not found.is_complete:
        return Finding(found, unit, Fate.PARTIAL)
    try:
        text = check_line(found.text, limit=SIZE_MAX) if unit.is_line else check_text(found.text, limit=SIZE_MAX)
    except BadInput as error:
        return Finding(found, unit, Fate.REFUSED, remark=error.message)
    if unit.limit:
        try:
            check_text(text, limit=unit.limit)
        except BadInput as error:
            return Finding(found, unit, Fate.TOO_LONG, text, error.message)
    fate = _fate(found, unit, text)
    if fate in (*TAKEN, *ASKED):
        try:
            unit.require_same_build(text)
        except BadInput as error:
            return Finding(found, unit, Fate.OTHER_BUILD, text, error.message)
    return Finding(found, unit, fate, text)


def _remark_on_unknown(found: FileUnit) -> str:
    if _BY_ROW.fullmatch(found.key) is None:
        return ""
    return _("Files now name points and answers by their references. Export the file again, and translate there.")


def _fate(found: FileUnit, unit: Unit, text: str) -> Fate:
    is_same_source = found.source_digest == source_digest(unit.source)
    is_looked_at = STATES.index(found.state) > 0
    if text == canonical(unit.text):
        # Marked as translated again, with the source as it is now: what was stale holds.
        return Fate.CONFIRMED if unit.is_stale and is_same_source and is_looked_at else Fate.UNCHANGED
    if unit.is_fixed:
        return Fate.FIXED
    if text == canonical(unit.source) and STATES.index(found.state) < STATES.index("reviewed"):
        return Fate.SAME_AS_SOURCE  # tools fill what nobody has translated with the source
    if not is_same_source:
        return Fate.SOURCE_CHANGED
    if is_translated_meanwhile(found, unit):
        return Fate.CONFLICT
    return Fate.CHANGED if unit.text else Fate.NEW


def is_translated_meanwhile(found: FileUnit, unit: Unit) -> bool:
    """Whether the translation here is another than when the file was written.

    By its words, which the file keeps a digest of; where the tool has lost that, by its version; where that is lost
    too, anything that stands here may be newer.
    """
    if found.target_note:
        return found.target_note != source_digest(unit.text)
    if found.version is not None:
        return found.version != unit.version
    return bool(unit.text)
