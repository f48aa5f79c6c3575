"""States in tests: delegations that put reservations and statements of position on record."""

from __future__ import annotations

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.documents.queries import get_version, list_paragraphs
from consult.moderation.enums import CredentialKind
from consult.moderation.services import publish_comments, record_credential
from consult.submissions.enums import CommentType, Nature, PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.services import (
    begin_draft,
    save_comment,
    submit_submission,
    update_publication,
    update_speaker,
)

RESERVED = "Member State A reserves its position on this paragraph."
STATED = "Member State A understands this text as not binding."


def delegation(round_: Round, delegate: Person, *, organisation: str = "Member State A") -> Submission:
    """A draft of a State delegation that says who speaks, without any point yet."""
    draft, _key = begin_draft(round_, actor=delegate, now=utc_now())
    update_speaker(
        draft, name=delegate.name, capacity=Capacity.STATE_DELEGATION, constituencies=[Constituency.GOVERNMENT],
        organisation=organisation, country=None, language="en", now=utc_now(),
    )  # fmt: skip
    update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=utc_now())
    return draft


def put(draft: Submission, text: str, nature: Nature, *, paragraph: int | None = 1, language: str = "en") -> None:
    """Add a point of that nature to a draft: on the block at that place, from 0, or on the whole text."""
    blocks = list_paragraphs(get_version(draft.round))
    save_comment(
        draft, None, paragraph=blocks[paragraph] if paragraph is not None else None, question=None,
        comment_type=CommentType.SUBSTANTIVE, text=text, proposed_change="", language=language, nature=nature,
        now=utc_now(),
    )  # fmt: skip


def on_record(round_: Round, delegate: Person) -> Submission:
    """A reservation on a paragraph, a statement on the whole text and a point, submitted; the credential is awaited."""
    draft = delegation(round_, delegate)
    put(draft, RESERVED, Nature.RESERVATION)
    put(draft, STATED, Nature.STATEMENT, paragraph=None)
    put(draft, "Member State A asks for a date.", Nature.POINT)
    return submit_submission(draft, actor=delegate, now=utc_now())


def accept(submission: Submission, moderator: Person) -> None:
    """Record the credential, and publish what waits."""
    record_credential(
        submission, kind=CredentialKind.NOTE_VERBALE, reference="Note verbale 1", actor=moderator, now=utc_now()
    )
    publish_comments(submission.comments, actor=moderator, now=utc_now())
