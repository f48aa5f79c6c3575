"""What is held of whoever takes part: drafts, submissions, who spoke, points, choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.accounts.countries import country_in_words
from consult.accounts.personal import constituencies_in_words
from consult.consultations.queries import titles_in
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, by_clock, chosen
from consult.documents.queries import Place, places_of
from consult.submissions.disclosure import delay_in_words, setting_hints, standing_of
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Attachment, Choice, Comment, PublicationChange, Submission, SubmissionIdentity
from consult.submissions.queries import comments_of
from consult.submissions.services.forgetting import forget_author


def status_in_words(submission: Submission) -> str:
    """Where a submission stands, for its author."""
    return {
        SubmissionStatus.DRAFT: _("Draft"),
        SubmissionStatus.OFFERED: _("Handed in late, not decided on"),
        SubmissionStatus.DECLINED: _("Handed in late, declined"),
        SubmissionStatus.SUBMITTED: _("Submitted"),
        SubmissionStatus.WITHDRAWN: _("Withdrawn"),
    }[submission.status]


def _collect(owner: Owner) -> Iterable[Section]:
    rows = db.session.scalars(
        sa.select(Submission).where(Submission.id.in_(list(owner.submission_ids))).order_by(Submission.id.desc())
    ).unique()
    submissions = list(rows)
    drafts = [row for row in submissions if not row.is_on_record]
    submitted = [row for row in submissions if row.is_on_record]
    entries = _entries(submissions)
    yield Section(
        "drafts",
        _("Your drafts"),
        _("You alone. What you hand in late is read by the managers of the host once they accept it."),
        [entries[row.id] for row in drafts],
        correct=("pages.my_submissions", {}, _("Go on writing, or delete a draft")),
    )
    yield Section(
        "submissions",
        _("What you submitted"),
        _("It depends on the setting that you chose; it stands beside each."),
        [entries[row.id] for row in submitted],
        correct=("pages.my_submissions", {}, _("Show the public less, or withdraw")),
        why_not=_(
            "What you submitted is frozen, so that nobody can change what was answered. You can show the public less "
            "of who speaks, or withdraw."
        ),
    )


def _entries(submissions: Sequence[Submission]) -> Mapping[int, Entry]:
    code, hints = current_locale().code, setting_hints()
    keys = [row.id for row in submissions]
    titles = titles_in([row.round.consultation for row in submissions], code)
    identities = {
        row.submission_id: row
        for row in db.session.scalars(sa.select(SubmissionIdentity).where(SubmissionIdentity.submission_id.in_(keys)))
    }
    comments = comments_of(submissions)
    places = places_of(
        [one.paragraph for found in comments.values() for one in found if one.paragraph], code, actor=None
    )
    choices, changes, files = _choices_of(keys), _changes_of(keys), _files_of(keys)
    return {
        row.id: Entry(
            _facts(row, identities.get(row.id), str(hints.get(row.publication_setting, "")) if row.publication_setting
                   else "", changes[row.id]),
            title=titles[row.round.consultation_id].text,
            language=titles[row.round.consultation_id].language,
            parts=[*[_point(one, places) for one in comments[row.id]], *choices[row.id], *files[row.id]],
        )
        for row in submissions
    }  # fmt: skip


def _facts(row: Submission, who: SubmissionIdentity | None, hint: str, changes: list[str]) -> list[Fact]:
    on_record = row.is_on_record
    constituencies = [one.constituency.value for one in row.constituencies]
    return [
        Fact("round", _("Round"), row.round.label),
        Fact("host", _("Host"), row.round.consultation.host.name),
        Fact("status", _("Where it stands"), row.status.value, status_in_words(row)),
        by_clock("submitted_at", _("Received"), row.submitted_at, row.round.zone, day_only=row.is_protected),
        Fact("saved_at", _("Last saved"), None if on_record else row.saved_at),
        Fact("begun_at", _("Begun"), None if on_record else row.begun_at),
        by_clock("withdrawn_at", _("Withdrawn"), row.withdrawn_at, row.round.zone, day_only=row.is_protected),
        Fact("name", _("Your name, as you gave it"), who.name if who else None),
        Fact("organisation", _("Organisation, as you gave it"), who.organisation if who else None),
        Fact("country", _("Country or area"), who.country if who else None,
             country_in_words(who.country if who else None, current_locale().code)),
        chosen("capacity", _("In what capacity"), row.capacity),
        Fact("constituencies", _("Constituencies"), constituencies, constituencies_in_words(constituencies)),
        Fact("language", _("Language of our answers"), row.language,
             language_name(row.language, current_locale().code) if row.language else ""),
        chosen("setting", _("What the public sees of you"), row.publication_setting),
        Fact("who_sees", _("Who sees what"), hint),
        Fact("earlier_settings", _("Settings before"), changes, ", ".join(changes)),
        Fact("pseudonym", _("Pseudonym"), row.pseudonym),
        Fact("is_protected", _("Protected: the protection officers alone can see who is behind it"),
             row.is_protected or None),
        Fact("not_public_before", _("Not public before"), row.publish_on),
        Fact("public_after", _("When the public reads it"), delay_in_words(row, utc_now()) or None),
        Fact("has_code", _("A code opens it; only a check value is kept, from which it cannot be read back"),
             True if row.claim_digest is not None else None),
        Fact("revision", _("Revision"), row.revision or None),
        Fact("is_late", _("Received late"), row.is_late or None),
        Fact("late_reason", _("What was decided on the late input"), row.late_reason,
             language=row.round.consultation.authentic_language),
        Fact("late_plea", _("Why it came late, in your words"), row.late_plea),
    ]  # fmt: skip


def _point(comment: Comment, places: Mapping[int, Place]) -> Entry:
    language = comment.language
    block = comment.paragraph
    place = places.get(block.id) if block is not None else None
    is_draft = comment.reference is None
    return Entry(
        [
            chosen("type", _("Kind of point"), comment.comment_type),
            Fact("paragraph", _("Paragraph"), block.eid if block else None, place.title if place else None),
            Fact("text", _("What you wrote"), comment.text, language=language),
            Fact("proposed_change", _("Proposed change"), comment.proposed_change, language=language),
            Fact("quote", _("The words that you mean"), comment.quotation.exact if comment.quotation else None,
                 language=comment.quotation.language if comment.quotation else language),
            Fact("place_as_written", _("Place, as written"), comment.place_as_written, language=language),
            Fact("language", _("Language"), language, comment.language_label),
            Fact("screening", _("Screening"), None if is_draft else comment.moderation_status.value,
                 "" if is_draft else standing_of(comment)[0]),
            by_clock("withdrawn_at", _("Withdrawn"), comment.withdrawn_at, comment.submission.round.zone,
                     day_only=comment.submission.is_protected),
        ],
        title=comment.reference or _("A point of the draft"),
    )  # fmt: skip


def _choices_of(submission_ids: Sequence[int]) -> Mapping[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = db.session.scalars(
        sa.select(Choice)
        .options(joinedload(Choice.option))
        .where(Choice.submission_id.in_(submission_ids))
        .order_by(Choice.id)
    )
    for row in rows:
        value = row.value
        facts = [
            Fact("option", _("Option"), row.option.text),
            chosen("value", _("What you say of it"), value)
            if value
            else Fact("value", _("What you say of it"), "chosen", _("Chosen")),
        ]
        found[row.submission_id].append(Entry(facts, title=_("An option that you chose")))
    return found


def _files_of(submission_ids: Sequence[int]) -> Mapping[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = db.session.scalars(
        sa.select(Attachment).where(Attachment.submission_id.in_(submission_ids)).order_by(Attachment.id)
    ).unique()
    for row in rows:
        facts = [
            Fact("file_name", _("Name of the file"), row.file.name if row.file else None),
            Fact("size", _("Size in bytes"), row.file.size if row.file else None),
            chosen("audience", _("Who may see it"), row.audience),
            Fact("description", _("What it shows, in your words"), row.description),
            Fact("erased_on", _("Erased"), row.erased_on),
        ]
        found[row.submission_id].append(Entry(facts, title=_("A file")))
    return found


def _changes_of(submission_ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.scalars(
        sa.select(PublicationChange)
        .where(PublicationChange.submission_id.in_(submission_ids))
        .order_by(PublicationChange.id)
    )
    for row in rows:
        found[row.submission_id].append(row.setting_before.label)
    return found


def _erase(owner: Owner, *, now: datetime) -> None:
    rows = db.session.scalars(
        sa.select(Submission).where(Submission.id.in_(list(owner.submission_ids))).order_by(Submission.id)
    ).unique()
    # A revision that is still a draft before what it revises: it points at it.
    for row in sorted(rows, key=lambda row: (row.is_on_record, row.id)):
        forget_author(row, now=now)


COLLECTORS = (
    Collector(
        key="submissions",
        title=_l("What you wrote"),
        tables=(
            "submission",
            "submission_constituency",
            "submission_identity",
            "comment",
            "choice",
            "quotation",
            "publication_change",
            "claim_opening",
            "attachment",
            "stored_file",
        ),
        when_closed=_l(
            "Drafts are deleted. What you submitted stays, goes, or shows less of you, as you choose; nobody can open "
            "it any more, and who wrote it is erased wherever the public is not told."
        ),
        collect=_collect,
        erase=_erase,
    ),
)
