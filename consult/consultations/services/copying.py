"""Copying the set-up of an earlier consultation, and naming what a consultation follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.history import descends_from
from consult.consultations.models import (
    LOCALIZED_FIELDS,
    BodySeats,
    Consultation,
    Question,
    QuestionOption,
    Round,
)
from consult.consultations.queries import list_questions
from consult.consultations.services.setting_up import create_consultation, require_setup, touch
from consult.core.db import Base, db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.text import check_line, check_link
from consult.ledger.services import record
from consult.secretariats.models import Host
from consult.texts.indexing import reindex
from consult.texts.models import Translation
from consult.texts.queries import list_translations

# What of a consultation and of its round the copy has too, beside its texts, seats and questions.
COPIED = ("contact_email", "privacy_minimum_age")
COPIED_OF_ROUND = ("audience", "visibility", "grace_minutes")


def copy_setup(
    source: Round,
    *,
    host: Host,
    title: str,
    slug: str,
    code: str,
    names_predecessor: bool,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Create a consultation with the set-up of another one of the same host, for its manager to go on with.

    Copied are the texts in all languages, the terms, contact, privacy notice, composition of the bodies, the questions
    with their options, the languages, the openness and the grace of the round. Not copied are title, address and code,
    dates, the draft and the invitations.

    Args:
        source: the round whose questions and openness are copied, with its consultation.
        host: whose the new one is.
        title: in the authentic language.
        slug: of the new one.
        code: of the new one.
        names_predecessor: whether the new one says that it follows the other, which must be published.
        actor: who copies.
        now: when.

    Raises:
        BadInput: a malformed slug or code, or a predecessor that the public does not know of.
        Conflict: the slug or the code is taken.
    """
    earlier = source.consultation
    made = create_consultation(
        host,
        slug=slug,
        code=code,
        text_type=earlier.text_type,
        title=title,
        authentic_language=earlier.authentic_language,
        languages=earlier.languages,
        is_member_driven=earlier.is_member_driven,
        zone=source.zone,
        actor=actor,
        now=now,
    )
    texts = [name for name in LOCALIZED_FIELDS if name != "title"]
    for name in (*texts, *COPIED):
        setattr(made, name, getattr(earlier, name))
    made.seats = [BodySeats(body=row.body, constituency=row.constituency, seats=row.seats) for row in earlier.seats]
    round_ = made.rounds[0]
    for name in COPIED_OF_ROUND:
        setattr(round_, name, getattr(source, name))
    db.session.flush()
    _copy_translations("consultation", {earlier.id: made.id}, fields=texts)
    _copy_questions(source, round_)
    if names_predecessor:
        update_predecessor(made, predecessor=earlier, title="", url="", actor=actor, now=now)
    record("desk:setup:copy", made, actor=actor, now=now, content={"from": earlier.code})
    return made


def _copy_questions(source: Round, round_: Round) -> None:
    questions: dict[int, Question] = {}
    options: dict[int, QuestionOption] = {}
    for question in list_questions(source):
        copy = Question(round=round_, **_columns(question, besides={"id", "round_id"}))
        db.session.add(copy)
        questions[question.id] = copy
        for option in question.options:
            options[option.id] = QuestionOption(**_columns(option, besides={"id", "question_id"}))
            copy.options.append(options[option.id])
    db.session.flush()
    _copy_translations("question", {key: row.id for key, row in questions.items()})
    _copy_translations("question_option", {key: row.id for key, row in options.items()})


def _columns(row: Base, *, besides: set[str]) -> dict[str, Any]:
    """All of a row but what makes it that row: so a kind of question that comes later is copied wholly too."""
    return {
        attribute.key: getattr(row, attribute.key)
        for attribute in sa.inspect(type(row)).column_attrs
        if attribute.key not in besides
    }


def _copy_translations(subject: str, keys: Mapping[int, int], fields: list[str] | None = None) -> None:
    """Copy translations with who made them, when, and of which source; one query, one statement.

    Args:
        subject: kind of thing, as its table is named.
        keys: key of the original to key of the copy.
        fields: which ones; all of them when absent.
    """
    rows = [
        {
            "subject": subject,
            "subject_id": keys[row.subject_id],
            "field": row.field,
            "language": row.language,
            "text": row.text,
            "origin": row.origin,
            "source_digest": row.source_digest,
            "translated_by": row.translated_by,
            "translated_at": row.translated_at,
            "version": 1,
        }
        for row in list_translations(subject, list(keys))
        if fields is None or row.field in fields
    ]
    if rows:
        db.session.execute(sa.insert(Translation), rows)
        reindex(subject, list(keys.values()))


def update_predecessor(
    consultation: Consultation,
    *,
    predecessor: Consultation | None,
    title: str,
    url: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Say what a consultation follows.

    Args:
        consultation: not opened yet.
        predecessor: a published consultation of this instance, or None.
        title: of a text that was consulted elsewhere, as it is called there; may be empty.
        url: where that is; may be empty.
        actor: who says it.
        now: when.
        version: of the consultation, when the form was made.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: both a predecessor here and one elsewhere, one that is not public or that follows this one, or a link
            without a title.
        Conflict: saved by somebody else meanwhile.
    """
    require_setup(consultation, version)
    title, url = check_line(title, field="predecessor_title"), check_link(url, field="predecessor_url")
    if predecessor is not None:
        if title:
            raise BadInput(
                _("Name a consultation held here, or a text consulted elsewhere, not both."), "predecessor_title"
            )
        if not predecessor.is_published:
            raise BadInput(_("Only a consultation that was opened can be followed."), "predecessor")
        if descends_from(predecessor, consultation):
            raise BadInput(_("That consultation follows this one. It cannot come before it too."), "predecessor")
    if url and not title:
        raise BadInput(_("Say what this link leads to."), "predecessor_title")
    consultation.predecessor_id = predecessor.id if predecessor is not None else None
    consultation.predecessor_title, consultation.predecessor_url = title, url
    touch(consultation)
    content = {"predecessor": predecessor.code if predecessor is not None else title}
    record("desk:predecessor:update", consultation, actor=actor, now=now, content=content)
