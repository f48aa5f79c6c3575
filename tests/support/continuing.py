"""The next text of a consultation, aligned with the one before as proposed, and all of it confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from consult.accounts.actors import Person
from consult.consultations import services as consultations
from consult.consultations.enums import OutcomeKind
from consult.consultations.history import find_outcome
from consult.consultations.models import Consultation, Outcome, Round
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.documents.aligning import Words, align
from consult.documents.enums import Ground, SourceFormat
from consult.documents.importing import read_markdown
from consult.documents.models import DocumentVersion, Edition
from consult.documents.queries import list_paragraphs
from consult.documents.queries.continuity import find_base
from consult.documents.services.versions import Link, make_version
from consult.responses.enums import Disposition
from consult.responses.models import ChangeTrace
from consult.responses.services import clear_responses, send_responses, write_response
from consult.responses.tracing.services import link_changes
from consult.submissions.models import Comment
from tests.support import build


def next_text(consultation: Consultation, round_: Round | None, markdown: str, manager: Person) -> DocumentVersion:
    """The draft of a round that was not opened, or the final text, in the authentic language."""
    now, base = utc_now(), find_base(consultation, round_)
    assert base is not None
    old, blocks = list_paragraphs(base), read_markdown(markdown)
    matches = align(
        [Words(one.kind, one.text, one.number, one.level) for one in old],
        [Words(one.kind, one.text, one.number, one.level) for one in blocks],
    )
    links = [
        Link(
            old[match.old].id if match.old is not None else None,
            match.new,
            match.continuation,
            Ground.SAME_WORDS if match.likeness == 1000 else Ground.SIMILAR_WORDS,
            match.likeness,
        )
        for match in matches
    ]
    version = make_version(consultation, round_, blocks, base=base, links=links, actor=manager, now=now)
    edition = Edition(
        language=version.language, source_format=SourceFormat.MARKDOWN, source_digest="-", imported_at=now
    )
    version.editions.append(edition)
    return version


def final_text(round_: Round, markdown: str, manager: Person) -> DocumentVersion:
    """The final text after the last round, which is over."""
    return next_text(round_.consultation, None, markdown, manager)


def conclude(round_: Round, manager: Person) -> Outcome:
    """The outcome, which makes the final text public; the round is over."""
    round_, manager = db.session.merge(round_), Person(db.session.merge(manager.account), manager.staff_roles)
    consultation, now = round_.consultation, utc_now()
    day = to_wall(now - timedelta(days=1), round_.zone).date()
    return consultations.record_outcome(
        consultation, kind=OutcomeKind.ADOPTED, body={consultation.authentic_language: "the Assembly"}, decided_on=day,
        note={}, final_text_url="", replaces=find_outcome(consultation), actor=manager, now=now,
    )  # fmt: skip


# The draft is "Paragraph 1 in en." to "Paragraph 3 in en." below "1 Purpose", and one more below "2 Scope".
FINAL = """# 1 Purpose

Paragraph 1 in en.

Paragraph 2 in en, with an exception for small mines that monitor water.

# 2 Scope

Paragraph of the second section in en.

Monitoring of water is public, each month and at every mine.
"""
EDITED, REMOVED, NEW = "sec_1__para_2", "sec_1__para_3", "sec_2__para_2"


@dataclass
class Traced:
    """A closed round whose points are answered, and the final text after it."""

    staff: build.Desk
    round: Round
    points: list[Comment]
    final: DocumentVersion
    author: Person

    def change(self, eid: str) -> tuple[int, str]:
        """What services call a change of the final text."""
        return (self.final.id, eid)

    def link(self, point: Comment, *eids: str) -> list[ChangeTrace]:
        """Say that a point caused these changes."""
        keys = [self.change(eid) for eid in eids]
        return link_changes([point], keys, actor=self.staff.responder, now=utc_now())


def traced(*dispositions: Disposition, send: bool = True, staff: build.Desk | None = None, **options: Any) -> Traced:
    """A closed round with a point for each disposition on the second paragraph, and a final text."""
    staff = staff or build.desk()
    round_ = build.open_consultation(staff.host, staff.manager, **options)
    texts = [f"Except small mines {number}." for number, _one in enumerate(dispositions)]
    author = build.person("Author")
    build.submit(round_, author, *texts, paragraph=1)
    build.publish(round_, staff.moderator)
    points = build.points_of(round_)
    for point, disposition in zip(points, dispositions, strict=True):
        answer(staff, point, disposition)
    if send:
        clear_responses(points, actor=staff.approver, now=utc_now())
        send_responses(round_, actor=staff.approver, now=utc_now())
    build.close(round_)
    return Traced(staff, round_, points, final_text(round_, FINAL, staff.manager), author)


def answer(staff: build.Desk, point: Comment, disposition: Disposition) -> None:
    """Propose an answer to a point."""
    write_response(
        [point], disposition=disposition, rationale="A reason.", text="An answer.", language="en", propose=True,
        actor=staff.responder, now=utc_now(),
    )  # fmt: skip
