"""What happened to a consultation, to read: extensions, meetings, outcomes, what it follows and what followed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.access.roles import Actor, StaffRole
from consult.consultations.models import Consultation, Meeting, Outcome, Round, RoundExtension
from consult.consultations.queries import held, titles_in
from consult.consultations.wording import OUTCOME_KINDS, outcome_sentence
from consult.core.db import db
from consult.core.errors import BadInput, NotFound
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.texts.queries import list_translations, load_texts
from consult.texts.values import LocalizedText

# More than these are found by the page of the consultation itself.
COPYABLE_MAX = 100


@dataclass(frozen=True)
class Extension:
    """An extension with its reason in the reader's language."""

    row: RoundExtension
    reason: LocalizedText

    @property
    def was_to_close(self) -> str:
        """The old closing, in words."""
        return moment_in_words(self.row.closes_before, self.row.round.zone)


def list_extensions(rounds: Iterable[Round], language: str) -> list[Extension]:
    """The extensions of these rounds, oldest first; one query, or two where there are any in another language."""
    rows = db.session.scalars(
        sa.select(RoundExtension)
        .where(RoundExtension.round_id.in_([round_.id for round_ in rounds]))
        .order_by(RoundExtension.extended_at, RoundExtension.id)
    ).all()
    texts = load_texts("round_extension", _needing(rows, language), language)
    return [Extension(row, texts.of(row.id, "reason", row.reason, _original(row.round.consultation))) for row in rows]


@dataclass(frozen=True)
class MeetingInWords:
    """A meeting with its words in the reader's language."""

    row: Meeting
    title: LocalizedText
    place: LocalizedText


def list_meetings(consultation: Consultation, language: str) -> list[MeetingInWords]:
    """The meetings of a consultation by their days; one query, or two where there are any in another language."""
    rows = db.session.scalars(
        sa.select(Meeting)
        .where(Meeting.consultation_id == consultation.id)
        .order_by(Meeting.first_day, Meeting.last_day, Meeting.id)
    ).all()
    texts = load_texts("meeting", _needing(rows, language), language)
    original = _original(consultation)
    return [
        MeetingInWords(
            row, texts.of(row.id, "title", row.title, original), texts.of(row.id, "place", row.place, original)
        )
        for row in rows
    ]


def get_meeting(consultation: Consultation, number: int) -> Meeting:
    """The meeting of that key, if it belongs to this consultation.

    Raises:
        NotFound: none such.
    """
    found = db.session.scalar(
        sa.select(Meeting).where(Meeting.consultation_id == consultation.id, Meeting.id == number)
    )
    if found is None:
        raise NotFound
    return found


def stored_meeting(meeting: Meeting) -> dict[str, str]:
    """What is stored of a meeting's words in every language: ``title-fr`` to words; one query."""
    original = _original(meeting.consultation)
    found = {f"title-{original}": meeting.title, f"place-{original}": meeting.place}
    return found | {f"{row.field}-{row.language}": row.text for row in list_translations("meeting", [meeting.id])}


@dataclass(frozen=True)
class OutcomeInWords:
    """An outcome with its words in the reader's language.

    Args:
        row: the outcome.
        body: who decided.
        note: what was said with it; may be empty.
        is_standing: whether no newer one replaces it.
    """

    row: Outcome
    body: LocalizedText
    note: LocalizedText
    is_standing: bool

    @property
    def sentence(self) -> str:
        """What became of the text, by whom and when."""
        return outcome_sentence(self.row.kind, self.body.text, self.row.decided_on)

    @property
    def tag(self) -> str:
        """The kind of the tag that it is drawn with."""
        return OUTCOME_KINDS[self.row.kind]


def _is_standing() -> sa.ColumnElement[bool]:
    later = aliased(Outcome)
    return sa.not_(sa.exists().where(later.replaces_id == Outcome.id))


def find_outcome(consultation: Consultation) -> Outcome | None:
    """The outcome that stands, if there is one: then the process is closed."""
    return db.session.scalar(
        sa.select(Outcome)
        .where(Outcome.consultation_id == consultation.id, _is_standing())
        .execution_options(populate_existing=True)
    )


def is_concluded(consultation: Consultation) -> bool:
    """Whether an outcome has closed the process."""
    return find_outcome(consultation) is not None


def list_outcomes(consultation: Consultation, language: str) -> list[OutcomeInWords]:
    """The outcomes of a consultation, the standing one last; one query, or two in another language."""
    rows = db.session.scalars(
        sa.select(Outcome).where(Outcome.consultation_id == consultation.id).order_by(Outcome.recorded_at, Outcome.id)
    ).all()
    return _in_words(rows, language)


def stored_outcome(outcome: Outcome) -> dict[str, Any]:
    """What an outcome says, in every language, as the form of one that replaces it begins; one query."""
    original = _original(outcome.consultation)
    found: dict[str, Any] = {
        "replaces": str(outcome.id),
        "kind": outcome.kind.value,
        "decided_on": outcome.decided_on,
        "final_text_url": outcome.final_text_url,
        f"body-{original}": outcome.body,
        f"note-{original}": outcome.note,
    }
    return found | {f"{row.field}-{row.language}": row.text for row in list_translations("outcome", [outcome.id])}


def standing_outcomes(consultation_ids: Iterable[int], language: str) -> Mapping[int, OutcomeInWords]:
    """The outcomes that stand, by key of the consultation; one query, or two in another language."""
    rows = db.session.scalars(
        sa.select(Outcome)
        .where(Outcome.consultation_id.in_(list(consultation_ids)), _is_standing())
        .order_by(Outcome.id)
    ).all()
    return {shown.row.consultation_id: shown for shown in _in_words(rows, language)}


def _in_words(rows: Sequence[Outcome], language: str) -> list[OutcomeInWords]:
    texts = load_texts("outcome", _needing(rows, language), language)
    replaced = {row.replaces_id for row in rows}
    return [
        OutcomeInWords(
            row,
            texts.of(row.id, "body", row.body, _original(row.consultation)),
            texts.of(row.id, "note", row.note, _original(row.consultation)),
            row.id not in replaced,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Kin:
    """Another consultation of this instance, as a link."""

    consultation: Consultation
    title: LocalizedText


@dataclass(frozen=True)
class Lineage:
    """What a consultation follows, and what followed it: only what the public knows of.

    Args:
        predecessor: a consultation of this instance.
        elsewhere: title and address of a text that was consulted elsewhere; the address may be empty.
        successors: consultations of this instance that name it.
    """

    predecessor: Kin | None
    elsewhere: tuple[str, str] | None
    successors: Sequence[Kin]

    def __bool__(self) -> bool:
        return bool(self.predecessor or self.elsewhere or self.successors)


def lineage_of(consultation: Consultation, language: str) -> Lineage:
    """What it follows and what followed it, published ones only; one query, or two where there are any."""
    rows = db.session.scalars(
        sa.select(Consultation)
        .where(
            Consultation.published_at.is_not(None),
            sa.or_(
                Consultation.predecessor_id == consultation.id,
                Consultation.id == (consultation.predecessor_id or 0),
            ),
        )
        .order_by(Consultation.published_at, Consultation.id)
    ).all()
    titles = titles_in(rows, language)
    kin = [Kin(row, titles[row.id]) for row in rows]
    before = next((one for one in kin if one.consultation.id == consultation.predecessor_id), None)
    elsewhere = (consultation.predecessor_title, consultation.predecessor_url)
    return Lineage(before, elsewhere if elsewhere[0] else None, [one for one in kin if one is not before])


def get_named_consultation(named: str) -> Consultation:
    """The published consultation that somebody means by its code, its slug or the address of one of its pages.

    Raises:
        BadInput: none such.
    """
    path = urlsplit(named).path if "/" in named else named
    slug = path.partition("/consultations/")[2].partition("/")[0] or path.strip("/ ")
    found = db.session.scalar(
        sa.select(Consultation)
        .where(
            Consultation.published_at.is_not(None),
            sa.or_(Consultation.code == named.strip().upper(), Consultation.slug == slug),
        )
        .order_by(Consultation.id)
        .limit(1)
    )
    if found is None:
        raise BadInput(
            _("No consultation that was opened here has this code or address. Look it up on the first page."),
            "predecessor",
        )
    return found


def code_of(consultation_id: int | None) -> str:
    """The code of the consultation of that key; empty for none."""
    if consultation_id is None:
        return ""
    return db.session.scalar(sa.select(Consultation.code).where(Consultation.id == consultation_id)) or ""


def list_copyable(actor: Actor) -> Sequence[Consultation]:
    """The newest consultations whose set-up this actor may copy: of the hosts that they manage."""
    hosts = [key for key, roles in actor.staff_roles.items() if StaffRole.MANAGER in roles]
    return db.session.scalars(
        sa.select(Consultation)
        .where(Consultation.host_id.in_(hosts))
        .order_by(Consultation.created_at.desc(), Consultation.id.desc())
        .limit(COPYABLE_MAX)
    ).all()


def descends_from(consultation: Consultation, ancestor: Consultation) -> bool:
    """Whether a consultation is another one or follows it, directly or through others; one query."""
    line = (
        sa.select(Consultation.id, Consultation.predecessor_id)
        .where(Consultation.id == consultation.id)
        .cte("line", recursive=True)
    )
    line = line.union(
        sa.select(Consultation.id, Consultation.predecessor_id).where(Consultation.id == line.c.predecessor_id)
    )
    return db.session.scalar(sa.select(line.c.id).where(line.c.id == ancestor.id).limit(1)) is not None


def _original(consultation: Consultation) -> str:
    return consultation.authentic_language


def _needing(rows: Iterable[RoundExtension | Meeting | Outcome], language: str) -> list[int]:
    """The rows that are shown in the reader's language and were written in another."""

    def is_needed(row: RoundExtension | Meeting | Outcome) -> bool:
        consultation = row.round.consultation if isinstance(row, RoundExtension) else row.consultation
        return _original(consultation) != language and bool(held(consultation, language))

    return [row.id for row in rows if is_needed(row)]
