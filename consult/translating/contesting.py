"""Authors say that a translation of their words or of an answer to them is not right; the secretariat settles it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.permissions import Permission
from consult.access.policy import permitted
from consult.access.roles import Actor
from consult.consultations.models import Consultation, Round
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotFound
from consult.core.locale import gettext as _
from consult.core.paging import Page, fetch_page
from consult.ledger.services import record
from consult.responses.models import Delivery, ResponseVersion
from consult.submissions.enums import ModerationStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import read_by_everybody
from consult.texts.models import Contest, Translation
from consult.texts.queries import translated
from consult.texts.services import delete_translations
from consult.texts.values import LocalizedText, source_digest
from consult.translating import emails

POINT, ANSWER = "comment", "response_version"


@dataclass(frozen=True)
class Contested:
    """A translation that its author can contest or has contested, with the words that it stands for.

    Args:
        translation: which one.
        comment: the author's point: that it translates, or whose answer.
        original: the words that it translates.
        language: BCP 47 code of those.
        contest: what the author says of it, if anything was said.
    """

    translation: Translation
    comment: Comment
    original: str
    language: str
    contest: Contest | None = None

    @property
    def submission(self) -> Submission:
        """Whose author may contest it."""
        return self.comment.submission

    @property
    def host_id(self) -> int:
        """The host whose staff settle it."""
        return self.comment.host_id

    @property
    def is_of_answer(self) -> bool:
        """Whether it translates the answer, not the point itself."""
        return self.translation.subject == ANSWER

    @property
    def text(self) -> LocalizedText:
        """The words of the translation, with where they come from; that they are contested stands in `contest`."""
        return translated(self.translation, self.original, self.language)


def get_own_translation(submission: Submission, translation_id: int) -> Contested:
    """A translation that the author of this submission reads: of a point of theirs, or of an answer sent to it.

    Raises:
        NotFound: none such; the point was withdrawn or restricted, or the answer was not sent.
    """
    translation = db.session.get(Translation, translation_id)
    found = _words([translation]).get(translation_id) if translation is not None else None
    if translation is None or found is None or found.comment.submission_id != submission.id:
        raise NotFound
    comment = found.comment
    if comment.is_withdrawn or (not found.is_of_answer and comment.moderation_status is ModerationStatus.RESTRICTED):
        raise NotFound
    if found.is_of_answer and not _was_sent(translation.subject_id):
        raise NotFound
    return replace(found, contest=contests_of([translation_id]).get(translation_id))


def _was_sent(version_id: int) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Delivery.response_version_id == version_id))))


def _words(translations: Sequence[Translation]) -> dict[int, Contested]:
    """Of translations of points and answers the originals with the points, by key of the translation; two queries."""
    answers = [row.subject_id for row in translations if row.subject == ANSWER]
    versions = {
        row.id: row for row in db.session.scalars(sa.select(ResponseVersion).where(ResponseVersion.id.in_(answers)))
    }
    points = [row.subject_id for row in translations if row.subject == POINT]
    points += [version.comment_id for version in versions.values()]
    comments = {row.id: row for row in db.session.scalars(sa.select(Comment).where(Comment.id.in_(points))).unique()}
    found: dict[int, Contested] = {}
    for row in translations:
        if row.subject == ANSWER and row.subject_id in versions:
            version = versions[row.subject_id]
            comment = comments[version.comment_id]
            found[row.id] = Contested(row, comment, getattr(version, row.field), version.language)
        elif row.subject == POINT and row.subject_id in comments:
            comment = comments[row.subject_id]
            found[row.id] = Contested(row, comment, getattr(comment, row.field), comment.language)
    return found


def contests_of(translation_ids: Collection[int]) -> Mapping[int, Contest]:
    """What was said last of each of these translations, open or settled, by key of the translation; one query."""
    wanted = sorted(set(translation_ids))
    if not wanted:
        return {}
    rows = db.session.scalars(sa.select(Contest).where(Contest.translation_id.in_(wanted)).order_by(Contest.id))
    return {row.translation_id: row for row in rows}


def contest_translation(contested: Contested, *, reason: str, seen: int, actor: Actor, now: datetime) -> Contest:
    """Say that a translation is not right; readers see that its author says so, the secretariat alone reads why.

    Args:
        contested: of `get_own_translation`.
        reason: what is not right; private to the secretariat.
        seen: the version of the translation that the author has read.
        actor: the author.
        now: when.

    Raises:
        BadInput: no reason.
        Conflict: another text was saved meanwhile.
        InvalidTransition: it is contested already, or the translation is gone.
    """
    if not reason:
        raise BadInput(_("Write what is not right."), "reason")
    translation = _lock(contested.translation.id)
    if translation.version != seen:
        raise Conflict(_("The translation was changed since you opened this page. Read it once more."))
    if _find_open(translation.id) is not None:
        raise InvalidTransition(_("You have said so already."))
    contest = Contest(
        translation_id=translation.id, text_digest=source_digest(translation.text), reason=reason, contested_at=now
    )
    db.session.add(contest)
    db.session.flush()
    _note(translation, contested.comment)
    _record("account:translation:contest", contested.comment, contest, actor, now, reason=reason)
    return contest


def take_back_contest(contested: Contested, *, actor: Actor, now: datetime) -> None:
    """Take back what was said of a translation while it is not settled; the reason goes with it.

    Raises:
        InvalidTransition: nothing is open.
    """
    translation = _lock(contested.translation.id)
    contest = _find_open(translation.id)
    if contest is None:
        raise InvalidTransition(_("This is settled already, or you have taken it back."))
    _record("account:translation:take_back_contest", contested.comment, contest, actor, now)
    db.session.delete(contest)
    db.session.flush()
    _note(translation, contested.comment)


def _lock(translation_id: int) -> Translation:
    """The translation, taken for this transaction: whoever saves another text of it waits, and so do we."""
    found = db.session.get(Translation, translation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise InvalidTransition(_("This translation is no longer here."))
    return found


def _find_open(translation_id: int) -> Contest | None:
    return db.session.scalar(
        sa.select(Contest)
        .where(Contest.translation_id == translation_id, Contest.settled_at.is_(None))
        .with_for_update()
    )


def _note(translation: Translation, comment: Comment) -> None:
    note_change("response" if translation.subject == ANSWER else "comment", comment.id)


def _record(act: str, comment: Comment, contest: Contest, actor: Actor, now: datetime, **content: str) -> None:
    """Record an act on the point: the salts of what is recorded of it go when it is withdrawn."""
    record(act, comment, actor=actor, now=now, content={"contest": contest.id, **content})


def settle_contest(contested: Contested, *, answer: str, actor: Actor, now: datetime) -> None:
    """Settle what an author says of a translation with an answer, where the translation stays as it is.

    Where it is changed instead, saving the other text settles it (`texts.services.settle_contests`).

    Args:
        contested: of `get_open_contest`.
        answer: what the author reads.
        actor: who of the secretariat.
        now: when.

    Raises:
        BadInput: no answer.
        InvalidTransition: it is settled already, or was taken back.
    """
    if not answer:
        raise BadInput(_("Write what the author will read."), "answer")
    translation = _lock(contested.translation.id)
    contest = _find_open(translation.id)
    if contest is None:
        raise InvalidTransition(_("This is settled already, or its author has taken it back."))
    contest.settled_at, contest.settled_by, contest.answer = now, actor.actor_id, answer
    db.session.flush()
    _note(translation, contested.comment)
    _record("desk:translation:settle_contest", contested.comment, contest, actor, now, answer=answer)
    emails.queue_settled(contested.comment, translation, answer=answer, now=now)


def follow_settling(settled: Sequence[tuple[Contest, Translation]], actor: Actor, now: datetime) -> None:
    """Record, note and tell that another text has settled contests; `texts` calls this in that transaction."""
    words = _words([translation for _contest, translation in settled])
    for contest, translation in settled:
        found = words.get(translation.id)
        if found is None or found.comment.is_withdrawn:
            continue
        _note(translation, found.comment)
        _record("desk:translation:settle_contest", found.comment, contest, actor, now)
        emails.queue_settled(found.comment, translation, answer="", now=now)


def forget_point(comment: Comment) -> None:
    """Erase what a withdrawn point was translated into, and what its author said of translations."""
    answers = sa.select(Translation.id).where(
        Translation.subject == ANSWER,
        Translation.subject_id.in_(sa.select(ResponseVersion.id).where(ResponseVersion.comment_id == comment.id)),
    )
    db.session.execute(sa.delete(Contest).where(Contest.translation_id.in_(answers)))
    delete_translations(POINT, [comment.id])


def _open_in(
    consultations: Sequence[Consultation], actor: Actor, rounds: Sequence[Round] | None = None
) -> sa.Select[Any]:
    """Open contests that this actor may read: who does not see the desk reads those of public points alone."""
    seen = permitted(actor, Permission.DESK_READ, consultations)
    version = sa.select(ResponseVersion.comment_id).where(ResponseVersion.id == Translation.subject_id)
    of_point = sa.case(
        (Translation.subject == POINT, Translation.subject_id),
        (Translation.subject == ANSWER, version.correlate(Translation).scalar_subquery()),
    )
    statement = (
        sa.select(Contest)
        .join(Translation, Translation.id == Contest.translation_id)
        .join(Comment, Comment.id == of_point)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Round, Round.id == Comment.round_id)
        .where(
            Round.consultation_id.in_([consultation.id for consultation in consultations]),
            Contest.settled_at.is_(None),
            Comment.withdrawn_at.is_(None),
        )
    )
    if len(seen) == len(consultations):
        return statement
    everybodys = read_by_everybody(rounds if rounds is not None else [of for one in consultations for of in one.rounds])
    return statement.where(
        sa.or_(Round.consultation_id.in_([one.id for one in seen]), everybodys) if seen else everybodys
    )


def page_of_contests(
    consultation: Consultation, *, actor: Actor, after: str | None, before: str | None
) -> Page[Contest]:
    """What authors say of translations and nobody has settled, oldest first."""
    return fetch_page(
        db.session,
        _open_in([consultation], actor),
        [Contest.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


def count_contests(consultation: Consultation, *, actor: Actor) -> int:
    """How many such a list holds in all."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_open_in([consultation], actor).subquery())) or 0


def count_contests_of(
    consultations: Sequence[Consultation], *, actor: Actor, rounds: Sequence[Round] | None = None
) -> Mapping[int, int]:
    """By key of the consultation how many wait for this actor to settle them; one query, or none.

    Args:
        consultations: some.
        actor: those are counted whose contests this actor may settle.
        rounds: all of these consultations, where they are loaded already.
    """
    mine = permitted(actor, Permission.INPUT_TRANSLATE, consultations)
    if not mine:
        return {}
    statement = _open_in(mine, actor, rounds).with_only_columns(Round.consultation_id, sa.func.count())
    rows = db.session.execute(statement.group_by(Round.consultation_id))
    return {row[0]: row[1] for row in rows}


def list_contested(contests: Sequence[Contest]) -> list[Contested]:
    """The translations that these are about, with the words that they stand for; three queries."""
    keys = [contest.translation_id for contest in contests]
    rows = db.session.scalars(sa.select(Translation).where(Translation.id.in_(keys))).all()
    words = _words(rows)
    return [
        replace(one, contest=contest) for contest in contests if (one := words.get(contest.translation_id)) is not None
    ]


def get_open_contest(consultation: Consultation, contest_id: int, *, actor: Actor) -> Contested:
    """One open contest of a consultation that this actor may read.

    Raises:
        NotFound: none such there, or it is settled.
    """
    contest = db.session.scalar(_open_in([consultation], actor).where(Contest.id == contest_id))
    if contest is None:
        raise NotFound
    return list_contested([contest])[0]
