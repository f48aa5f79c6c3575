"""Input that came by another door than the site: written in for its author, with how permission was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.access.roles import Actor
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.documents.models import Paragraph
from consult.submissions.enums import CommentType, Nature, PublicationSetting, SubmissionSource
from consult.submissions.models import (
    Comment,
    Submission,
    SubmissionConstituency,
    SubmissionIdentity,
    short_key,
)
from consult.submissions.services.choosing import require_nature, setting_fits
from consult.submissions.services.holding import handed_in_at
from consult.submissions.services.late import mark_late, require_unreleased
from consult.submissions.services.submitting import put_on_record, withdraw_comment, withdraw_submission


@dataclass(frozen=True, slots=True)
class Transcribed:
    """One point as it came in.

    Args:
        paragraph: what it is about; None for the text in general.
        comment_type: what kind of point it is.
        text: the point; may be empty where a change is proposed.
        proposed_change: the words that should stand there.
        place_as_written: where it points, in the author's own words.
        language: of its words, where it is another one than the submission's.
        language_words: its name as it was written, where no code is known.
        nature: what it asks for: a note verbale may put a reservation on record.
    """

    paragraph: Paragraph | None
    comment_type: CommentType
    text: str
    proposed_change: str
    place_as_written: str = ""
    language: str = ""
    language_words: str = ""
    nature: Nature = Nature.POINT


def require_taking(round_: Round, now: datetime) -> None:
    """Refuse where a round takes nothing by another door.

    Raises:
        InvalidTransition: it has not begun, or a release of it exists.
    """
    if not round_.has_begun(now):
        raise InvalidTransition(_("This round has not opened yet, so it takes no points."))
    require_unreleased(round_)


def transcribe_submission(
    round_: Round,
    points: Sequence[Transcribed],
    *,
    source: SubmissionSource,
    name: str,
    organisation: str,
    capacity: Capacity,
    constituencies: Sequence[Constituency],
    setting: PublicationSetting,
    language: str,
    how_permitted: str,
    late_reason: str,
    actor: Actor,
    now: datetime,
) -> Submission:
    """Put a respondent's points on the record that came by another door; no account belongs to them.

    Args:
        round_: already locked, so that no release is asked for meanwhile.
        points: at least one, each with words.
        source: by which door.
        name: of a person; may be empty for an organisation.
        organisation: the organisation, community or State; may be empty for an individual.
        capacity: in what capacity they speak.
        constituencies: what they said of themselves; nobody else chooses.
        setting: what the public sees of who speaks.
        language: of the words.
        how_permitted: how permission to record and to publish was given.
        late_reason: why it is taken although the round has closed; only then.
        actor: who writes it in.
        now: when.

    Raises:
        InvalidTransition: the round has not begun, or a release of it exists.
        BadInput: no permission, no reason where it is late, a setting that does not fit who speaks, a reservation of
            whoever is no State delegation.
    """
    require_taking(round_, now)
    if not how_permitted:
        raise BadInput(_("Write how permission to record and to publish this was given."), "how_permitted")
    submission = Submission(
        key=short_key(),
        round=round_,
        source=source,
        transcribed_by=actor.actor_id,
        how_permitted=how_permitted,
        capacity=capacity,
        publication_setting=setting,
        language=language,
        pseudonym="",
        begun_at=now,
        saved_at=now,
        submitted_at=now,
        constituencies=[SubmissionConstituency(constituency=c) for c in dict.fromkeys(constituencies)],
        identity=SubmissionIdentity(name=name, organisation=organisation),
        comments=[
            Comment(
                round_id=round_.id,
                paragraph=point.paragraph,
                comment_type=point.comment_type,
                nature=point.nature,
                text=point.text,
                proposed_change=point.proposed_change,
                place_as_written=point.place_as_written,
                language=point.language or language,
                language_words=point.language_words,
            )
            for point in points
        ],
    )
    if not setting_fits(submission, setting):
        raise BadInput(_("This choice does not fit who speaks. Choose another one."), "setting")
    for point in points:
        require_nature(submission, point.nature)
    db.session.add(submission)
    db.session.flush()
    submission.submitted_at = handed_in_at(submission, now)
    if round_.has_closed(now):
        mark_late(submission, late_reason)
    put_on_record(submission, act="desk:submission:transcribe", actor=actor, now=now)
    return submission


def withdraw_for_respondent(comment: Comment, *, is_all: bool, how_wished: str, actor: Actor, now: datetime) -> None:
    """Withdraw what came by another door at the wish of its respondent, who has no account to do it with.

    Args:
        comment: a point of theirs.
        is_all: everything that they said with it, or this point alone.
        how_wished: how they made the wish known; only its digest is kept.
        actor: who of the staff does it.
        now: when.

    Raises:
        InvalidTransition: it came in on the site, or is withdrawn already.
        BadInput: it is not said how the wish was made known.
    """
    if comment.submission.source is SubmissionSource.ONLINE:
        raise InvalidTransition(_("Only its respondent withdraws this: it came in on this site."))
    if not how_wished:
        raise BadInput(_("Write how the respondent made this wish known."), "how_wished")
    if is_all:
        withdraw_submission(comment.submission, actor=actor, now=now, how_wished=how_wished)
    else:
        withdraw_comment(comment, actor=actor, now=now, how_wished=how_wished)
