"""Who speaks, as far as a reader may know. What pages, files and programs tell of an author is decided here alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from consult.accounts.countries import country_in_words
from consult.accounts.enums import BroadGroup, Capacity, Constituency
from consult.core.db import db
from consult.core.locale import current_locale
from consult.submissions.enums import (
    CredentialStatus,
    PublicationSetting,
    SubmissionSource,
    Told,
)
from consult.submissions.models import Submission, SubmissionIdentity

WITHOUT_WORDS = tuple(setting for setting in PublicationSetting if not setting.gives_words)
# As `Submission.is_protected`, for statements that join submissions.
PROTECTED = sa.or_(
    Submission.asked_for_protection,
    Submission.publication_setting.in_([setting for setting in PublicationSetting if setting.is_protected]),
)
# As `told_of`, for statements that join submissions.
TOLD = sa.case(
    (Submission.publication_setting.in_(WITHOUT_WORDS), Told.NOTHING.value),
    (PROTECTED, Told.GROUP.value),
    else_=Told.ALL.value,
)


@dataclass(frozen=True)
class Face:
    """What is told of the sort of author, beside any name.

    Args:
        constituencies: self-identified; empty means "prefer not to say" where `is_told`, and for protected authors.
        group: of protected authors, in place of the constituencies; None also where they prefer not to say.
        capacity: in what capacity; None where it is not told.
        told: how much of this is told.
    """

    constituencies: Sequence[Constituency]
    group: BroadGroup | None
    capacity: Capacity | None
    told: Told = Told.ALL

    @property
    def is_told(self) -> bool:
        """Whether anything is."""
        return self.told is not Told.NOTHING


def told_of(submission: Submission) -> Told:
    """How much the public is told of the sort of author: of whom it reads no word, nothing."""
    setting = submission.publication_setting
    if setting is None or not setting.gives_words:
        return Told.NOTHING
    return Told.GROUP if submission.is_protected else Told.ALL


def public_face(submission: Submission) -> Face:
    """What the public is told of the sort of author: of protected ones a broad group at most. No query.

    Who named constituencies of several groups is among the others: the combination would be rare, and point at
    somebody.
    """
    told, named = told_of(submission), [row.constituency for row in submission.constituencies]
    if told is Told.ALL:
        return Face(named, None, submission.capacity)
    groups = {constituency.group for constituency in named} if told is Told.GROUP else set()
    group = groups.pop() if len(groups) == 1 else BroadGroup.OTHERS if groups else None
    return Face([], group, None, told)


@dataclass(frozen=True)
class Speaker:
    """Who speaks, as far as a reader may know.

    Args:
        name: a name, an organisation or a pseudonym; empty when nothing may be told.
        organisation: beside a name; may be empty.
        country: ISO code, told only with a name or an organisation, never of protected authors.
        face: what is told of the sort of author.
        setting: what the author chose.
        is_unverified: an official name whose credential is awaited.
        was_asked: whether they were asked for a constituency; not where it came by another door than the site.
    """

    name: str
    organisation: str
    country: str | None
    face: Face
    setting: PublicationSetting | None
    is_unverified: bool = False
    was_asked: bool = True

    @property
    def constituencies(self) -> Sequence[Constituency]:
        """See `Face`."""
        return self.face.constituencies

    @property
    def group(self) -> BroadGroup | None:
        """See `Face`."""
        return self.face.group

    @property
    def capacity(self) -> Capacity | None:
        """See `Face`."""
        return self.face.capacity

    @property
    def country_words(self) -> str:
        """The country or area by its United Nations name in the reader's language; empty when it is not told."""
        return country_in_words(self.country, current_locale().code)


@dataclass(frozen=True)
class _Identity:
    """What may be told of an identity; of protected authors the organisation alone."""

    name: str
    organisation: str
    country: str | None


def speakers(submissions: Iterable[Submission], *, for_staff: bool) -> dict[int, Speaker]:
    """Who speaks in each submission, by key; identities are read for those only that may be told. One query.

    Args:
        submissions: submitted ones.
        for_staff: the secretariat also sees the name behind "organisation only", and constituencies and capacity of
            everybody; never who is behind protected ones.
    """
    wanted = {submission.id: submission for submission in submissions}
    open_ids = [key for key, s in wanted.items() if s.publication_setting and not s.publication_setting.is_protected]
    identities = _identities(open_ids) if open_ids else {}
    return {key: _speaker(submission, identities.get(key), for_staff) for key, submission in wanted.items()}


def _identities(submission_ids: Sequence[int]) -> dict[int, _Identity]:
    """Who may be told; the person and the country behind a protected organisation do not leave the database."""
    is_hidden = Submission.asked_for_protection
    rows = db.session.execute(
        sa.select(
            SubmissionIdentity.submission_id,
            sa.case((is_hidden, ""), else_=SubmissionIdentity.name),
            SubmissionIdentity.organisation,
            sa.case((is_hidden, sa.null()), else_=SubmissionIdentity.country),
        )
        .join(Submission, Submission.id == SubmissionIdentity.submission_id)
        .where(SubmissionIdentity.submission_id.in_(submission_ids))
        .order_by(SubmissionIdentity.submission_id)
    )
    return {key: _Identity(name, organisation, country) for key, name, organisation, country in rows}


def _speaker(submission: Submission, identity: _Identity | None, for_staff: bool) -> Speaker:
    setting = submission.publication_setting
    name = organisation = ""
    country = None
    if setting is PublicationSetting.PSEUDONYM:
        name = submission.pseudonym
    elif identity is not None and setting is not None and not setting.is_protected:
        country = identity.country
        if not identity.name:  # protected, or written in for an organisation: nobody is named beside it
            name = identity.organisation
        elif setting is PublicationSetting.NAMED or for_staff:
            name, organisation = identity.name, identity.organisation
        else:
            name = identity.organisation
    face = public_face(submission)
    if for_staff:
        face = Face([row.constituency for row in submission.constituencies], None, submission.capacity)
    return Speaker(
        name=name,
        organisation=organisation,
        country=country,
        face=face,
        setting=setting,
        is_unverified=submission.credential_status is CredentialStatus.AWAITED,
        was_asked=submission.source is SubmissionSource.ONLINE,
    )
