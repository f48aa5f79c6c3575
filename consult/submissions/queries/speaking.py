"""Who speaks, as far as a reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from consult.accounts.countries import COUNTRIES, country_name
from consult.accounts.enums import Capacity, Constituency
from consult.core.db import db
from consult.core.locale import current_locale
from consult.submissions.enums import (
    CredentialStatus,
    PublicationSetting,
    SubmissionSource,
)
from consult.submissions.models import Submission, SubmissionIdentity


@dataclass(frozen=True)
class Speaker:
    """Who speaks, as far as a reader may know.

    Args:
        name: a name, an organisation or a pseudonym; empty when nothing may be told.
        organisation: beside a name; may be empty.
        country: ISO code, told only with a name or an organisation.
        constituencies: self-identified; empty means "prefer not to say".
        capacity: in what capacity.
        setting: what the author chose.
        is_unverified: an official name whose credential is awaited.
        was_asked: whether they were asked for a constituency; not where it came by another door than the site.
    """

    name: str
    organisation: str
    country: str | None
    constituencies: Sequence[Constituency]
    capacity: Capacity | None
    setting: PublicationSetting | None
    is_unverified: bool = False
    was_asked: bool = True

    @property
    def country_words(self) -> str:
        """The country or area by its United Nations name in the reader's language; empty when it is not told."""
        if self.country is None or self.country not in COUNTRIES:
            return ""
        return country_name(self.country, current_locale().code)


def speakers(submissions: Iterable[Submission], *, for_staff: bool) -> dict[int, Speaker]:
    """Who speaks in each submission, by key; identities are read for those only that may be told. One query.

    Args:
        submissions: submitted ones.
        for_staff: the secretariat also sees the name behind "organisation only"; never behind protected ones.
    """
    wanted = {submission.id: submission for submission in submissions}
    open_ids = [key for key, s in wanted.items() if s.publication_setting and not s.publication_setting.is_protected]
    identities: dict[int, SubmissionIdentity] = {}
    if open_ids:
        rows = db.session.scalars(
            sa.select(SubmissionIdentity)
            .where(SubmissionIdentity.submission_id.in_(open_ids))
            .order_by(SubmissionIdentity.submission_id)
        )
        identities = {row.submission_id: row for row in rows}
    return {key: _speaker(submission, identities.get(key), for_staff) for key, submission in wanted.items()}


def _speaker(submission: Submission, identity: SubmissionIdentity | None, for_staff: bool) -> Speaker:
    setting = submission.publication_setting
    name = organisation = ""
    country = None
    if setting is PublicationSetting.PSEUDONYM:
        name = submission.pseudonym
    elif identity is not None and setting is not None and not setting.is_protected:
        country = identity.country
        if not identity.name:  # written in for an organisation: nobody is named beside it
            name = identity.organisation
        elif setting is PublicationSetting.NAMED or for_staff:
            name, organisation = identity.name, identity.organisation
        else:
            name = identity.organisation
    return Speaker(
        name=name,
        organisation=organisation,
        country=country,
        constituencies=[row.constituency for row in submission.constituencies],
        capacity=submission.capacity,
        setting=setting,
        is_unverified=submission.credential_status is CredentialStatus.AWAITED,
        was_asked=submission.source is SubmissionSource.ONLINE,
    )
