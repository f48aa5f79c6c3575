"""Drafting: points, answers, who speaks, what the public will see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import NoneType

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.guessing import proposal
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest, new_key
from consult.documents.models import Paragraph
from consult.submissions.enums import (
    Agreement,
    CommentType,
    Nature,
    PublicationDelay,
    PublicationSetting,
    Stance,
    SubmissionStatus,
)
from consult.submissions.models import (
    Choice,
    Comment,
    Submission,
    SubmissionConstituency,
    SubmissionIdentity,
    short_key,
)
from consult.submissions.queries import find_draft, get_identity, needs_account
from consult.submissions.services.choosing import (
    is_choice,
    kept_delay,
    may_speak_as_state,
    names_lacking,
    require_choice,
    require_day,
    require_names,
    require_nature,
)
from consult.submissions.services.files import delete_files_of, free_files_of_point, keep_files_private
from consult.submissions.services.handing_over import claim_drafts, prefill

MAX_POINTS = 500
Chosen = Mapping[int, Agreement | Stance | None]
"""Key of the option to what is said of it; see `save_answer`."""


def begin_draft(round_: Round, *, actor: Actor, now: datetime) -> tuple[Submission, str | None]:
    """The actor's draft in a round, begun if there is none; and its key, when somebody not signed in begins one.

    Raises:
        InvalidTransition: the round does not take input now.
    """
    draft = find_draft(round_, actor)
    if draft is None and isinstance(actor, Person) and claim_drafts(actor.account, list(actor.draft_keys), now=now):
        draft = find_draft(round_, actor)
    if draft is not None:
        require_open(draft, now)
        return draft, None
    if not round_.has_begun(now):
        raise InvalidTransition(_("This round has not opened yet, so it takes no points."))
    if not round_.is_open(now):
        raise InvalidTransition(_("This round is closed, so it takes no new points."))
    try:
        with db.session.begin_nested():
            return _create_draft(round_, actor, now)
    except IntegrityError:  # begun a moment ago by another request of the same person
        draft = find_draft(round_, actor)
        if draft is None:
            raise
        return draft, None


def _create_draft(round_: Round, actor: Actor, now: datetime) -> tuple[Submission, str | None]:
    key = None if actor.actor_id is not None else new_key()
    draft = Submission(
        key=short_key(),
        round=round_,
        account_id=actor.actor_id,
        draft_key_digest=key_digest(key) if key else None,
        pseudonym="",
        begun_at=now,
        saved_at=now,
    )
    if isinstance(actor, Person):
        prefill(draft, actor.account)
    db.session.add(draft)
    db.session.flush()
    return draft, key


def require_open(submission: Submission, now: datetime) -> None:
    """Refuse changes to what is submitted, or to a draft that its round takes no more.

    Raises:
        InvalidTransition: with the sentence for its author.
    """
    if submission.status in {SubmissionStatus.OFFERED, SubmissionStatus.DECLINED}:
        raise InvalidTransition(_("This was handed in late, so it no longer changes."))
    if submission.status is not SubmissionStatus.DRAFT:
        raise InvalidTransition(_("This has been submitted already, so it no longer changes."))
    if not submission.round.takes_draft_begun_at(submission.begun, now):
        raise InvalidTransition(_("This round has closed. Your draft is kept, but can no longer be submitted."))


def lock_draft(submission: Submission, now: datetime) -> None:
    """Lock a draft and read it afresh, so that saving while one types, a second device and submitting take turns.

    Raises:
        InvalidTransition: as `require_open`.
    """
    db.session.refresh(submission, attribute_names=["status"], with_for_update={"of": Submission})
    db.session.expire(submission, ["comments", "choices"])
    require_open(submission, now)


def save_comment(
    submission: Submission,
    comment: Comment | None,
    *,
    paragraph: Paragraph | None,
    question: Question | None,
    comment_type: CommentType,
    text: str,
    proposed_change: str,
    language: str,
    now: datetime,
    key: str | None = None,
    language_words: str = "",
    nature: Nature = Nature.POINT,
) -> Comment:
    """Add a point to a draft, or change one.

    Args:
        submission: the draft.
        comment: the point to change; None to add one.
        paragraph: what it is about.
        question: what it answers.
        comment_type: what kind of point it is.
        text: the point.
        proposed_change: the words that should stand there.
        language: of both.
        now: when.
        key: of the form that a new point is begun in; a point that has it already is changed, not added again.
        language_words: its name as it was typed, where no code is known.
        nature: what it asks for.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
        BadInput: no words at all, too many points, or a reservation of whoever is no State delegation.
    """
    lock_draft(submission, now)
    mine = Comment.submission_id == submission.id  # asked for directly: a draft may hold hundreds
    if comment is None and key:
        comment = db.session.scalar(sa.select(Comment).where(mine, Comment.key == key))
    if not text and not proposed_change:
        raise BadInput(_("Write your point, or the change that you propose."), "text")
    require_nature(submission, nature)
    if comment is None:
        if (db.session.scalar(sa.select(sa.func.count()).where(mine)) or 0) >= MAX_POINTS:
            raise BadInput(
                _("A draft holds at most %(count)s points. Submit these, then begin another.", count=MAX_POINTS)
            )
        comment = Comment(submission=submission, round_id=submission.round_id, key=key or short_key())
        db.session.add(comment)
    if comment.paragraph is not paragraph:
        comment.quotation = None  # of what stands there, not here
    comment.paragraph, comment.question, comment.comment_type = paragraph, question, comment_type
    comment.nature = nature
    said = (text, proposed_change, language, language_words)
    if said != (comment.text, comment.proposed_change, comment.language, comment.language_words):
        comment.text, comment.proposed_change, comment.language, comment.language_words = said
        comment.language_guess = proposal(f"{text}\n{proposed_change}", language)  # asked once for each change
    submission.saved_at = now
    db.session.flush()
    return comment


def delete_comment(submission: Submission, comment: Comment, *, now: datetime) -> None:
    """Remove a point from a draft; removing it twice is harmless."""
    lock_draft(submission, now)
    free_files_of_point(comment.id)
    db.session.execute(sa.delete(Comment).where(Comment.id == comment.id, Comment.submission_id == submission.id))
    submission.saved_at = now
    db.session.flush()


def save_answer(
    submission: Submission,
    question: Question,
    *,
    language: str,
    now: datetime,
    chosen: Chosen | None = None,
    reasons: Mapping[int, str] | None = None,
    text: str = "",
    language_words: str = "",
) -> None:
    """Keep the whole answer to a question; what was said before and is not said now is removed.

    Args:
        submission: the draft.
        question: of its round.
        language: of all words.
        now: when.
        chosen: key of the option to how far one agrees, to the position, or to None where it is simply chosen.
        reasons: key of the option to why one takes that position; each becomes a point of its own.
        text: the answer in words, a point of its own too.
        language_words: the name of the language as it was typed, where no code is known.

    Raises:
        InvalidTransition: submitted already, or the round has closed.
        BadInput: an answer of another kind than the question asks for.
    """
    lock_draft(submission, now)
    chosen, reasons = chosen or {}, {key: words for key, words in (reasons or {}).items() if words}
    _check_answer(question, chosen, reasons, text)
    rows = db.session.scalars(
        sa.select(Choice).where(Choice.submission_id == submission.id, Choice.question_id == question.id)
    )
    kept = {}
    for row in rows:
        if row.option_id in chosen:
            kept[row.option_id] = row
        else:
            db.session.delete(row)
    db.session.flush()  # of a single choice the old row goes before the new one comes
    for option_id, value in chosen.items():
        row = kept.get(option_id) or Choice(submission_id=submission.id, question_id=question.id, option_id=option_id)
        row.is_only = question.kind is QuestionKind.SINGLE_CHOICE
        row.agreement = value if isinstance(value, Agreement) else None
        row.stance = value if isinstance(value, Stance) else None
        db.session.add(row)
    words: dict[int | None, str] = {None: text} if text else dict(reasons.items())
    _save_words(submission, question, words, (language, language_words), now)
    submission.saved_at = now
    db.session.flush()


def _check_answer(question: Question, chosen: Chosen, reasons: Mapping[int, str], text: str) -> None:
    kind = question.kind
    value = {QuestionKind.AGREEMENT: Agreement, QuestionKind.POSITIONS: Stance}.get(kind, NoneType)
    fits = all(isinstance(one, value) for one in chosen.values()) and {*chosen, *reasons} <= {
        option.id for option in question.options
    }
    if kind is QuestionKind.SINGLE_CHOICE:
        fits = fits and len(chosen) <= 1
    if (text and kind is not QuestionKind.FREE_TEXT) or (reasons and kind is not QuestionKind.POSITIONS) or not fits:
        raise BadInput(_("This is not an answer to that question. Choose among what it offers."))


def _save_words(
    submission: Submission,
    question: Question,
    words: Mapping[int | None, str],
    language: tuple[str, str],
    now: datetime,
) -> None:
    """Keep the words of an answer as points, one for each option that they are about, None for the question itself."""
    there = {
        row.option_id: row
        for row in db.session.scalars(
            sa.select(Comment)
            .where(Comment.submission_id == submission.id, Comment.question_id == question.id)
            .order_by(Comment.id)
        ).unique()
    }
    for option_id, text in words.items():
        comment = save_comment(
            submission, there.get(option_id), paragraph=None, question=question, comment_type=CommentType.GENERAL,
            text=text, proposed_change="", language=language[0], language_words=language[1], now=now,
        )  # fmt: skip
        comment.option_id = option_id
    for option_id, row in there.items():
        if option_id not in words:
            delete_comment(submission, row, now=now)


def update_speaker(
    submission: Submission,
    *,
    name: str,
    capacity: Capacity | None,
    constituencies: Sequence[Constituency],
    organisation: str,
    country: str | None,
    language: str,
    now: datetime,
    is_unfinished: bool = False,
    as_points: bool = False,
) -> None:
    """Say who speaks in a draft, and in what capacity, None while that is open; names may be empty (`names_lacking`).

    With ``is_unfinished`` whatever there is is kept, and the rest asked for later. With ``as_points`` reservations and
    statements of position become points where whoever speaks is no State delegation any more.

    Raises:
        BadInput: a name is missing that cannot be done without, or the draft holds what only a State puts on record.
    """
    lock_draft(submission, now)
    if capacity is not Capacity.STATE_DELEGATION and not is_unfinished:
        _settle_natures(submission, as_points=as_points)
    if not is_unfinished:
        official = capacity is Capacity.STATE_DELEGATION or any(one.is_official for one in constituencies)
        require_names(submission, name, organisation, capacity, is_official=official)
    submission.capacity, submission.language = capacity, language
    wanted = list(dict.fromkeys(constituencies))
    submission.constituencies = [row for row in submission.constituencies if row.constituency in wanted]
    present = {row.constituency for row in submission.constituencies}
    submission.constituencies += [SubmissionConstituency(constituency=c) for c in wanted if c not in present]
    identity = get_identity(submission)
    if identity is None:
        identity = SubmissionIdentity(submission_id=submission.id, name=name)
        db.session.add(identity)
    identity.name, identity.organisation, identity.country = name, organisation, country
    setting, is_asked = submission.publication_setting, submission.asked_for_protection
    if setting is not None and not is_choice(submission, setting, asked_for_protection=is_asked):
        # Chosen anew, so that nobody loses protection without knowing.
        submission.publication_setting, submission.asked_for_protection = None, False
    submission.saved_at = now
    db.session.flush()


def _settle_natures(submission: Submission, *, as_points: bool) -> None:
    """Make points of what only a State puts on record, if its author says so."""
    of_states = [comment for comment in submission.comments if comment.nature.is_of_state]
    if of_states and not as_points:
        raise BadInput(
            _(
                "Your draft holds reservations or statements of position, which only a State delegation puts on "
                "record. Tick the box to make points of them, or delete them first."
            ),
            "as_points",
        )
    for comment in of_states:
        comment.nature = Nature.POINT


def take_name_out(submission: Submission, *, now: datetime) -> None:
    """Forget the name that was given in a draft; refused where what was chosen needs it.

    Raises:
        BadInput: it is to be shown.
        InvalidTransition: the draft can no longer be changed.
    """
    lock_draft(submission, now)
    identity = get_identity(submission)
    if identity is None:
        return
    require_names(submission, "", identity.organisation, submission.capacity, is_official=submission.is_official)
    identity.name = ""
    submission.saved_at = now
    db.session.flush()


def update_publication(
    submission: Submission,
    setting: PublicationSetting,
    *,
    pseudonym: str,
    now: datetime,
    delay: PublicationDelay = PublicationDelay.NONE,
    publish_on: date | None = None,
    asked_for_protection: bool = False,
) -> int:
    """Choose what the public will see of who speaks, and when it reads the words.

    Returns how many files that were public are for the secretariat alone now, since protection was chosen.

    Args:
        submission: the draft.
        setting: what the public sees.
        pseudonym: what stands for the name; only where one is shown.
        now: when.
        delay: when at the earliest the words are public; of no meaning where they never are.
        publish_on: the day of the round's zone before which they are not, with `PublicationDelay.DATE`.
        asked_for_protection: beside a setting that does not bring it; of no meaning where one does.

    Raises:
        BadInput: a setting that does not fit who speaks, a pseudonym that is missing, a day that cannot be, or
            protection that cannot be given.
    """
    lock_draft(submission, now)
    require_choice(submission, setting, pseudonym=pseudonym, asked_for_protection=asked_for_protection)
    delay, publish_on = kept_delay(setting, delay, publish_on)
    if delay is PublicationDelay.DATE:
        is_protected = setting.is_protected or asked_for_protection
        require_day(submission.round, publish_on, is_protected=is_protected, now=now)
    was_protected = submission.is_protected
    submission.publication_setting = setting
    submission.pseudonym = pseudonym if setting is PublicationSetting.PSEUDONYM else ""
    submission.publication_delay, submission.publish_on = delay, publish_on
    submission.asked_for_protection = asked_for_protection and not setting.is_protected
    hidden = keep_files_private(submission) if submission.is_protected and not was_protected else 0
    submission.saved_at = now
    db.session.flush()
    return hidden


def list_gaps(submission: Submission) -> list[str]:
    """What keeps a draft from being submitted; empty when nothing does.

    `points`, `about`, `who_sees_what`; and without an account `code`, which its author has to have and to have shown
    that they have it, or `account`, where no code will do.
    """
    gaps = []
    if not submission.comments and not submission.choices:
        gaps.append("points")
    identity = get_identity(submission)
    if (
        submission.capacity is None
        or identity is None
        or not submission.language
        or names_lacking(submission, identity)
        or (not may_speak_as_state(submission) and any(one.nature.is_of_state for one in submission.comments))
    ):
        gaps.append("about")
    if submission.publication_setting is None:
        gaps.append("who_sees_what")
    if submission.account_id is None and needs_account(submission):
        gaps.append("account")
    elif submission.account_id is None and submission.claim_checked_at is None:
        gaps.append("code")
    return gaps


def delete_draft(draft: Submission) -> None:
    """Delete a draft with all that is in it, at its author's wish: also when its round has closed, or it was declined.

    Raises:
        InvalidTransition: it is on the record, or the manager has it before them as late input.
    """
    db.session.refresh(draft, attribute_names=["status"], with_for_update={"of": Submission})
    if draft.status not in {SubmissionStatus.DRAFT, SubmissionStatus.DECLINED}:
        raise InvalidTransition(_("Only a draft can be deleted. What was submitted can be withdrawn."))
    # The database lets nothing go but drafts, so a declined one becomes one again first.
    draft.status, draft.late_plea, draft.late_reason = SubmissionStatus.DRAFT, "", ""
    db.session.execute(sa.update(Comment).where(Comment.submission_id == draft.id).values(supersedes_id=None))
    db.session.flush()
    delete_files_of([draft.id])
    db.session.expire(draft, ["comments", "choices"])
    db.session.delete(draft)
    db.session.flush()


def forget_expired_drafts(before: datetime) -> int:
    """Delete drafts that a browser alone could open, last saved before that moment: none holds their key now.

    Those of an account, and those that a code opens, are kept as long as their host keeps drafts.
    """
    expired = db.session.scalars(
        sa.select(Submission).where(
            Submission.status == SubmissionStatus.DRAFT,
            Submission.account_id.is_(None),
            Submission.claim_digest.is_(None),
            Submission.saved_at < before,
        )
    ).all()
    delete_files_of([draft.id for draft in expired])
    for draft in expired:
        db.session.delete(draft)
    db.session.flush()
    return len(expired)
