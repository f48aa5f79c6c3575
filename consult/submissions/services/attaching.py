"""Attaching files to a draft, saying who may have them, taking them out again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.accounts.queries import get_account
from consult.core.context import file_store, settings
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.files.kinds import Cleaned
from consult.files.models import StoredFile
from consult.files.services import keep_file
from consult.files.wording import size_words
from consult.submissions import emails
from consult.submissions.enums import FileAudience, ModerationStatus
from consult.submissions.models import Attachment, Comment, Submission
from consult.submissions.queries import find_owner_of
from consult.submissions.services.drafting import lock_draft
from consult.submissions.services.files import delete_attachments
from consult.submissions.services.transitions import is_public, note_point


def attach_file(
    submission: Submission, cleaned: Cleaned, *, name: str, comment: Comment | None, now: datetime
) -> Attachment:
    """Attach a cleaned file to a draft.

    A document that comes with a point starts public, as the point is; photographs and recordings, and everything of a
    protected submission, start private.

    Args:
        submission: the draft.
        cleaned: the file, judged and made anew.
        name: as it was sent.
        comment: the point of this draft that it belongs to, if any.
        now: when.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
        BadInput: too many files, or too large together.
    """
    lock_draft(submission, now)
    _require_room(submission, len(cleaned.content))
    file = keep_file(cleaned, name=name, store=file_store(), is_scanned=bool(settings().clamav_socket), now=now)
    starts_public = comment is not None and not cleaned.kind.starts_private and not submission.is_protected
    attachment = Attachment(
        submission_id=submission.id,
        comment_id=comment.id if comment is not None else None,
        file_id=file.id,
        audience=FileAudience.PUBLIC if starts_public else FileAudience.SECRETARIAT,
    )
    db.session.add(attachment)
    submission.saved_at = now
    db.session.flush()
    return attachment


def _require_room(submission: Submission, size: int) -> None:
    config = settings()
    files = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(StoredFile.size), 0)).join(
        Attachment, Attachment.file_id == StoredFile.id
    )
    number, together = db.session.execute(files.where(Attachment.submission_id == submission.id)).one()
    if number >= config.files_per_submission:
        raise BadInput(
            ngettext(
                "A submission brings one file at most. Remove it first.",
                "A submission brings %(num)s files at most. Remove one of them first.",
                config.files_per_submission,
            ),
            "file",
        )
    if together + size > config.file_bytes_per_submission:
        most = size_words(config.file_bytes_per_submission)
        raise BadInput(
            _("Together your files would be larger than %(size)s. Send a smaller one, or remove one.", size=most),
            "file",
        )
    _number, of_round = db.session.execute(
        files.join(Submission, Submission.id == Attachment.submission_id).where(
            Submission.round_id == submission.round_id
        )
    ).one()
    if of_round + size > config.file_bytes_per_round:
        raise BadInput(
            _(
                "This consultation has no room for more files at the moment. Your points can still be submitted. Write "
                "to %(email)s about the file.",
                email=submission.round.consultation.contact_email,
            ),
            "file",
        )


def choose_audience(
    attachment: Attachment,
    audience: FileAudience,
    *,
    comment: Comment | None,
    description: str,
    agreed: bool,
    now: datetime,
) -> None:
    """Say who may have a file of a draft, which point it belongs to, and what it shows.

    Args:
        attachment: of a draft.
        audience: who may have it.
        comment: the point of the same draft that it belongs to; a public file has one.
        description: in words, for those who do not see it.
        agreed: whether its author has said that those whom a photograph or a recording shows have agreed.
        now: when.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
        BadInput: public without a point, without a description of a picture, or without having agreed.
    """
    lock_draft(attachment.submission, now)
    if audience is FileAudience.PUBLIC and attachment.file is not None:
        kind = attachment.file.kind
        if comment is None:
            raise BadInput(_("Choose the point that it belongs to: a public file stands beside a point."), "point")
        if kind.is_image and not description:
            raise BadInput(_("Say in a sentence what the picture shows, for those who cannot see it."), "description")
        if kind.starts_private and not agreed:
            raise BadInput(_("Tick the box first, or leave it for the secretariat alone."), "agreed")
    attachment.audience, attachment.description = audience, description
    attachment.comment_id = comment.id if comment is not None else None
    attachment.submission.saved_at = now
    db.session.flush()


def remove_file(attachment: Attachment, *, now: datetime) -> None:
    """Take a file out of a draft; its bytes go with the commit.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
    """
    submission = attachment.submission
    lock_draft(submission, now)
    delete_attachments([attachment])
    submission.saved_at = now
    db.session.flush()


def set_file_status(attachment: Attachment, status: ModerationStatus) -> None:
    """Move a file along the axis of screening; decided and recorded by ``moderation``."""
    attachment.moderation_status = status
    if attachment.comment is not None and is_public(attachment.comment):
        note_point(attachment.comment)
    db.session.flush()


def tell_of_virus(file: StoredFile, now: datetime) -> None:
    """Tell the author of a submission, if they can be written to, that a virus was found in a file of theirs."""
    attachment = find_owner_of(file)
    if attachment is None or attachment.submission.account_id is None:
        return
    emails.queue_infected(attachment.submission, account=get_account(attachment.submission.account_id), now=now)
