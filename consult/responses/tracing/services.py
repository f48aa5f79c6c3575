"""Linking points with the changes that they caused, taking links back, and saying why where there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.history import is_concluded
from consult.consultations.models import Consultation
from consult.consultations.services.concluding import lock_consultation
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import join_words
from consult.documents.models import DocumentVersion
from consult.documents.queries import is_fixed
from consult.documents.queries.changes import Key, TextChange, find_changes
from consult.ledger.services import record
from consult.responses.enums import CAUSING
from consult.responses.models import ChangeSource, ChangeTrace, SourcedChange, UnreflectedReason
from consult.responses.tracing.queries import STANDS, counting_dispositions
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import tells_of_answers
from consult.submissions.services import lock_comments
from consult.texts.models import Translation
from consult.texts.services import update_all_translations
from consult.texts.values import Localized


def link_changes(
    comments: Sequence[Comment], changes: Collection[Key], *, actor: Actor, now: datetime
) -> list[ChangeTrace]:
    """Say that each of these points caused each of these changes; what is linked already stays as it is.

    Args:
        comments: answered points of one consultation, or such as an answer is being written to.
        changes: by version and eId, of versions after those that the points are about.
        actor: a responder or manager.
        now: when.

    Returns:
        The new links.

    Raises:
        BadInput: nothing is chosen, or a change is none of a later version of this text.
        InvalidTransition: a point was withdrawn, or is answered as not accepted; the sentence says which.
    """
    if not comments or not changes:
        raise BadInput(_("Choose at least one change."), "change")
    # Whoever keeps a text anew holds it too; and before the points, as whoever translates them takes both.
    lock_consultation(comments[0].submission.round.consultation)
    comments = lock_comments([comment.id for comment in comments])
    _require_causing(comments)
    found, versions = _found(changes)
    if not all(_is_later(comment, version) for comment in comments for version in versions.values()):
        raise BadInput(_no_change(), "change")
    there = {
        (row.comment_id, row.version_id, row.eid): row
        for row in db.session.scalars(
            sa.select(ChangeTrace).where(ChangeTrace.comment_id.in_([c.id for c in comments]), STANDS)
        )
    }
    made = []
    for comment in comments:
        for key, change in sorted(found.items()):
            row = there.get((comment.id, *key))
            if row is None:
                row = ChangeTrace(version_id=key[0], eid=key[1], made_by=actor.actor_id, made_at=now)
                row.comment = comment
                db.session.add(row)
                made.append(row)
            row.paragraph_id = change.after_id  # of a new paragraph: this one is meant now
    db.session.flush()
    for row in made:
        content = {"version": _name(versions[row.version_id]), "eid": row.eid}
        # On the point: the salts of what is recorded of it go when it is withdrawn.
        record("desk:trace:link", row.comment, actor=actor, now=now, content=content)
    _note(comments)
    return made


def _found(keys: Collection[Key]) -> tuple[dict[Key, TextChange], dict[int, DocumentVersion]]:
    """The changes that these name, and the versions that they led to.

    Raises:
        BadInput: one is no change, or no more.
    """
    found = find_changes(keys)
    if set(found) != set(keys):
        raise BadInput(_no_change(), "change")
    ids = {version_id for version_id, _eid in keys}
    rows = db.session.scalars(sa.select(DocumentVersion).where(DocumentVersion.id.in_(ids))).unique()
    return found, {row.id: row for row in rows}


def _no_change() -> str:
    return _("This is no change of a later version of this text. Look at the list again.")


def _note(comments: Sequence[Comment]) -> None:
    """Tell those who follow what is public; of protected points only once it is told that they were answered."""
    told = sorted(tells_of_answers(comments))
    note_change("comment", *told)
    note_change("response", *told)


def _require_causing(comments: Sequence[Comment]) -> None:
    gone = [c for c in comments if c.is_withdrawn]
    if gone:
        references = join_words([c.reference or "" for c in gone])
        raise InvalidTransition(_("These points were withdrawn: %(references)s.", references=references))
    dispositions = counting_dispositions([c.id for c in comments])
    unfit = [c for c in comments if dispositions.get(c.id) not in CAUSING]
    if unfit:
        raise InvalidTransition(
            _(
                "What changed the text is answered so, at least in a draft: accepted, taken up, noted or the like. "
                "These are not: %(references)s.",
                references=join_words([c.reference or "" for c in unfit]),
            )
        )


def _is_later(comment: Comment, version: DocumentVersion) -> bool:
    round_ = comment.submission.round
    if version.consultation_id != round_.consultation_id:
        return False
    return version.of_round is None or version.of_round.number > round_.number


def _name(version: DocumentVersion) -> str:
    return "final" if version.of_round is None else str(version.of_round.number)


def may_be_read(trace: ChangeTrace) -> bool:
    """Whether the public may have read a link: then it is not taken back without a reason."""
    return trace.comment.response_status is ResponseStatus.SENT and is_fixed(trace.version)


def take_back_link(trace: ChangeTrace, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take back that a point caused a change; where the public may have read it, with a reason that stays.

    Args:
        trace: a link that stands.
        reason: why, in the authentic language of the consultation; public, and needed only where the link was.
        actor: a responder or manager.
        now: when.

    Raises:
        BadInput: a reason is needed.
        InvalidTransition: it was taken back already, or its point was withdrawn.
    """
    [comment] = lock_comments([trace.comment_id])
    db.session.refresh(trace)
    if trace.removed_at is not None or comment.is_withdrawn:
        raise InvalidTransition(_("This link was taken back already."))
    content = {"version": _name(trace.version), "eid": trace.eid}
    if may_be_read(trace):
        if not reason.strip():
            raise BadInput(_("Write why the link is taken back: it may have been read."), "reason")
        trace.removed_by, trace.removed_at, trace.removal_reason = actor.actor_id, now, reason.strip()
        content["reason"] = trace.removal_reason
    else:
        db.session.delete(trace)
    db.session.flush()
    record("desk:trace:unlink", comment, actor=actor, now=now, content=content)
    _note([comment])


def explain_unreflected(comments: Sequence[Comment], *, reason: Localized, actor: Actor, now: datetime) -> int:
    """Say in public why accepted points are not visible in the text, the same for all of them; returns how many.

    Args:
        comments: points of one consultation.
        reason: by language; the authentic one is needed.
        actor: a responder or manager.
        now: when.

    Raises:
        BadInput: no reason in the authentic language.
        InvalidTransition: a point was withdrawn, or the outcome made public what was said of it: then only
            translations are added.
    """
    comments = lock_comments([comment.id for comment in comments])
    consultation = comments[0].submission.round.consultation
    authentic = consultation.authentic_language
    words = reason.get(authentic, "").strip()
    if not words:
        raise BadInput(
            _("Write why, in the authentic language. Everybody reads it with the outcome."), f"reason-{authentic}"
        )
    if any(comment.is_withdrawn for comment in comments):
        raise InvalidTransition(_("One of these points was withdrawn meanwhile. Choose again."))
    there = {
        row.comment_id: row
        for row in db.session.scalars(
            sa.select(UnreflectedReason).where(UnreflectedReason.comment_id.in_([c.id for c in comments]))
        )
    }
    is_public = is_concluded(consultation)
    if is_public and any(row.reason != words for row in there.values()):
        raise InvalidTransition(_stays())
    for comment in comments:
        row = there.get(comment.id) or UnreflectedReason(comment_id=comment.id)
        if comment.id not in there or not is_public:
            row.reason, row.given_by, row.given_at = words, actor.actor_id or 0, now
            db.session.add(row)
        db.session.flush()
        update_all_translations(
            "unreflected_reason", row.id, {"reason": (words, reason)},
            languages=consultation.languages, authentic=authentic, actor=actor, now=now,
        )  # fmt: skip
        record("desk:trace:explain", comment, actor=actor, now=now, content={"reason": words})
    _note(comments)
    return len(comments)


def give_source(
    consultation: Consultation,
    changes: Collection[Key],
    *,
    source: Localized,
    reason: Localized,
    is_editorial: bool,
    actor: Actor,
    now: datetime,
) -> ChangeSource:
    """Say where changes come from that no point asked for, and why they were made; the same for all of them.

    What was said of them before is replaced, until the outcome makes it public; then only translations are added.

    Args:
        consultation: whose text it is.
        changes: by version and eId.
        source: such as "Legal review", by language; may be empty for editorial ones.
        reason: by language; the authentic one is needed, but for editorial ones.
        is_editorial: whether they change nothing of what the text says: spelling, numbering, layout.
        actor: a responder or manager.
        now: when.

    Raises:
        BadInput: nothing is chosen, a change is none of this text, or the reason or its source is missing.
        InvalidTransition: the outcome made public what was said of one of them.
    """
    authentic = consultation.authentic_language
    if not changes:
        raise BadInput(_("Choose at least one change."), "change")
    words = {"source": source.get(authentic, "").strip(), "reason": reason.get(authentic, "").strip()}
    if not is_editorial and not words["source"]:
        raise BadInput(_("Write where these changes come from, in the authentic language."), f"source-{authentic}")
    if not is_editorial and not words["reason"]:
        raise BadInput(_("Write why they were made, in the authentic language."), f"reason-{authentic}")
    lock_consultation(consultation)
    found, versions = _found(changes)
    if any(version.consultation_id != consultation.id for version in versions.values()):
        raise BadInput(_no_change(), "change")
    row = _public_source(consultation, found, {**words, "is_editorial": is_editorial})
    if row is None:
        row = ChangeSource(
            consultation_id=consultation.id, is_editorial=is_editorial, **words, given_by=actor.actor_id, given_at=now
        )
        db.session.add(row)
        db.session.flush()
        _replace(row, found)
    said = {"source": (words["source"], source), "reason": (words["reason"], reason)}
    update_all_translations(
        "change_source", row.id, {field: (text, given if text else {}) for field, (text, given) in said.items()},
        languages=consultation.languages, authentic=authentic, actor=actor, now=now,
    )  # fmt: skip
    note_change("consultation", consultation.id)
    named = [f"{_name(versions[version_id])}:{eid}" for version_id, eid in sorted(changes)]
    content = {**words, "editorial": is_editorial, "changes": named}
    record("desk:change:source", consultation, actor=actor, now=now, content=content)
    return row


def _stays() -> str:
    return _("The outcome is recorded. What was said here is public with it, and stays as it is.")


def _sourced(keys: Collection[Key]) -> dict[Key, SourcedChange]:
    """Those of these changes that have a source."""
    versions = {version_id for version_id, _eid in keys}
    rows = db.session.scalars(sa.select(SourcedChange).where(SourcedChange.version_id.in_(versions)))
    return {(one.version_id, one.eid): one for one in rows if (one.version_id, one.eid) in keys}


def _public_source(
    consultation: Consultation, keys: Collection[Key], said: Mapping[str, object]
) -> ChangeSource | None:
    """The source of these changes that the outcome made public, where the same is said of them again.

    Raises:
        InvalidTransition: something else is said of one of them.
    """
    there = _sourced(keys)
    if not there or not is_concluded(consultation):
        return None
    [source, *others] = {one.source for one in there.values()}
    if others or len(there) < len(keys) or any(getattr(source, name) != value for name, value in said.items()):
        raise InvalidTransition(_stays())
    return source


def _replace(row: ChangeSource, changes: Mapping[Key, TextChange]) -> None:
    """Put changes under another source, and drop those that nothing is left under."""
    there = _sourced(changes)
    left = {one.source_id for one in there.values()}
    for key, change in changes.items():
        one = there.get(key) or SourcedChange(version_id=key[0], eid=key[1])
        one.source_id, one.paragraph_id = row.id, change.after_id
        db.session.add(one)
    db.session.flush()
    used = sa.select(SourcedChange.source_id)
    empty = list(
        db.session.scalars(sa.select(ChangeSource.id).where(ChangeSource.id.in_(left), ChangeSource.id.not_in(used)))
    )
    _forget_words("change_source", empty)
    db.session.execute(sa.delete(ChangeSource).where(ChangeSource.id.in_(empty)))


def forget_traces(comment: Comment) -> None:
    """Erase what ties a withdrawn point to changes, and what was said of why it is not visible: it may quote it."""
    db.session.execute(sa.delete(ChangeTrace).where(ChangeTrace.comment_id == comment.id))
    ids = list(db.session.scalars(sa.select(UnreflectedReason.id).where(UnreflectedReason.comment_id == comment.id)))
    _forget_words("unreflected_reason", ids)
    db.session.execute(sa.delete(UnreflectedReason).where(UnreflectedReason.id.in_(ids)))


def _forget_words(subject: str, ids: Sequence[int]) -> None:
    if ids:
        db.session.execute(
            sa.delete(Translation).where(Translation.subject == subject, Translation.subject_id.in_(list(ids)))
        )
