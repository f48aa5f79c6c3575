"""Reading decisions and credentials, and what the desk may know around a point."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.documents.queries import Place, find_version, places
from consult.moderation.models import Credential, Decided, FileDecision, ModerationDecision
from consult.submissions.disclosure import public_after
from consult.submissions.enums import CredentialStatus, ModerationStatus, SubmissionStatus
from consult.submissions.models import Attachment, Comment, Submission
from consult.submissions.queries import Marks, Reader, Speaker, get_by_code, marks_of, speakers
from consult.texts.queries import Texts, load_texts

Kind = TypeVar("Kind", bound=Decided)


def newest_decisions(comment_ids: Collection[int]) -> Mapping[int, ModerationDecision]:
    """The decision that holds for each point, by key of the point; one query."""
    return _newest(ModerationDecision, ModerationDecision.comment_id, comment_ids)


def newest_file_decisions(attachment_ids: Collection[int]) -> Mapping[int, FileDecision]:
    """The decision that holds for each file, by key of the attachment; one query."""
    return _newest(FileDecision, FileDecision.attachment_id, attachment_ids)


def _newest(kind: type[Kind], about: InstrumentedAttribute[int], keys: Collection[int]) -> Mapping[int, Kind]:
    newest = sa.select(sa.func.max(kind.id)).where(about.in_(list(keys))).group_by(about)
    rows = db.session.execute(sa.select(about, kind).where(kind.id.in_(newest)).order_by(kind.id))
    return dict(rows.all())


def list_decisions(comment: Comment) -> list[ModerationDecision]:
    """Every decision about a point, newest first."""
    return list(
        db.session.scalars(
            sa.select(ModerationDecision)
            .where(ModerationDecision.comment_id == comment.id)
            .order_by(ModerationDecision.id.desc())
        )
    )


def list_file_decisions(attachment: Attachment) -> list[FileDecision]:
    """Every decision about a file, newest first."""
    return list(
        db.session.scalars(
            sa.select(FileDecision).where(FileDecision.attachment_id == attachment.id).order_by(FileDecision.id.desc())
        )
    )


def count_waiting(round_: Round) -> int:
    """How many points of a round are still to be screened."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Comment)
            .where(
                Comment.round_id == round_.id,
                Comment.reference.is_not(None),
                Comment.withdrawn_at.is_(None),
                Comment.moderation_status == ModerationStatus.WAITING,
            )
        )
        or 0
    )


AWAITED = sa.and_(
    Submission.status == SubmissionStatus.SUBMITTED, Submission.credential_status == CredentialStatus.AWAITED
)


def page_of_awaited(round_: Round, *, after: str | None, before: str | None) -> Page[Submission]:
    """Submissions in an official name whose credential is awaited, oldest first."""
    return fetch_page(
        db.session,
        sa.select(Submission).where(Submission.round_id == round_.id, AWAITED),
        [Submission.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


def count_awaited(round_: Round) -> int:
    """How many submissions of a round wait for their credential."""
    statement = sa.select(sa.func.count()).select_from(Submission).where(Submission.round_id == round_.id, AWAITED)
    return db.session.scalar(statement) or 0


def get_awaited(round_: Round, code: str) -> Submission:
    """The submission of that code whose credential is awaited.

    Raises:
        NotFound: none such in this round.
    """
    return get_by_code(code, Submission.round_id == round_.id, AWAITED)


@dataclass(frozen=True)
class Surroundings:
    """What the desk shows around points: who speaks, as far as staff may know, and where in the text.

    Args:
        speakers: by key of the submission.
        places: of every block of the draft, by its key.
        marks: of revisions, by key of the point.
        point_texts: what the points are translated into, in the reader's language.
    """

    speakers: Mapping[int, Speaker]
    places: Mapping[int, Place]
    marks: Mapping[int, Marks]
    point_texts: Texts

    def speaker(self, submission: Submission) -> Speaker:
        """Who speaks."""
        return self.speakers[submission.id]

    def marks_of(self, comment: Comment) -> Marks:
        """What staff are told of revisions beside a point."""
        return self.marks.get(comment.id, Marks())

    def place(self, comment: Comment) -> Place | None:
        """Where a point stands; None for a point in general or about a question."""
        return self.places.get(comment.paragraph_id or 0)

    def public_after(self, comment: Comment) -> str:
        """From when on the public reads a point that waits for it; empty where it does not."""
        return public_after(comment, utc_now())

    @property
    def sections(self) -> list[Place]:
        """The headings of the draft, in their order."""
        return [place for place in self.places.values() if "__" not in place.eid]


def surroundings_of(
    round_: Round,
    submissions: Iterable[Submission],
    language: str,
    *,
    comments: Collection[Comment] = (),
    words_of: Collection[Comment] = (),
) -> Surroundings:
    """What the desk shows around the points of these submissions.

    Five queries, one more for marks, one for translations; eight at most.

    Args:
        round_: theirs.
        submissions: any number of them.
        language: the reader's; headings stand in the authentic one where the draft has no such edition.
        comments: points of theirs beside which revisions are told.
        words_of: points whose words are shown, with their translations.
    """
    version = find_version(round_)
    return Surroundings(
        speakers(submissions, for_staff=True),
        places(version, language, actor=None) if version is not None else {},
        marks_of(comments, Reader.STAFF) if comments else {},
        load_texts("comment", [comment.id for comment in words_of], language),
    )


def find_credential(submission_id: int) -> Credential | None:
    """The credential on record for a submission."""
    return db.session.scalar(sa.select(Credential).where(Credential.submission_id == submission_id))
