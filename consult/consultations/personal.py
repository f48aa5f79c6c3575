"""What consultations hold of people: who was invited, who began to add a language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.consultations.models import AddedLanguage, BackgroundFile, Invitation
from consult.consultations.queries import titles_in
from consult.core.db import db
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, names_owner


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    code = current_locale().code
    invitations = db.session.scalars(
        sa.select(Invitation).where(names_owner(owner, Invitation.account_id, Invitation.email)).order_by(Invitation.id)
    ).unique()
    rows = invitations.all()
    titles = titles_in([row.round.consultation for row in rows], code)
    yield Section(
        "invitations",
        _("Rounds that you were invited to"),
        _("The managers of the host see the address that they wrote to, and whether you accepted."),
        [
            Entry(
                [
                    Fact("round", _("Round"), row.round.label),
                    Fact("consultation", _("Consultation"), titles[row.round.consultation_id].text,
                         language=titles[row.round.consultation_id].language),
                    Fact("email", _("Address that they wrote to"), row.email),
                    Fact("invited_at", _("Invited"), row.created_at),
                    Fact("accepted_at", _("Accepted"), row.accepted_at),
                    Fact("revoked_at", _("Taken back"), row.revoked_at),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip
    added = db.session.scalars(
        sa.select(AddedLanguage).where(AddedLanguage.begun_by == owner.account_id).order_by(AddedLanguage.id)
    ).unique()
    yield Section(
        "languages_added",
        _("Languages that you began to add as staff"),
        _("The staff of the host."),
        [
            Entry(
                [
                    Fact("consultation", _("Consultation"), row.consultation.code),
                    Fact("language", _("Language"), row.language, language_name(row.language, code)),
                    Fact("begun_at", _("Begun"), row.begun_at),
                ]
            )
            for row in added
        ],
    )

    files = db.session.scalars(
        sa.select(BackgroundFile).where(BackgroundFile.added_by == owner.account_id).order_by(BackgroundFile.id)
    ).unique()
    yield Section(
        "files_added",
        _("Documents beside drafts that you gave out as staff"),
        _("The public reads the document; the staff of the host see who added it."),
        [
            Entry(
                [
                    Fact("consultation", _("Consultation"), row.consultation.code),
                    Fact("title", _("Title"), row.title, language=row.consultation.authentic_language),
                    Fact("removed_on", _("Taken away"), row.removed_on),
                ]
            )
            for row in files
        ],
    )


def _erase(owner: Owner, *, now: datetime) -> None:
    statement = sa.delete(Invitation).where(names_owner(owner, Invitation.account_id, Invitation.email))
    db.session.execute(statement.execution_options(synchronize_session=False))


def _forget_address(email: str) -> None:
    """Invitations that nobody has accepted: those that somebody has go with their account."""
    statement = sa.delete(Invitation).where(Invitation.account_id.is_(None), Invitation.email == email)
    db.session.execute(statement.execution_options(synchronize_session=False))


COLLECTORS = (
    Collector(
        key="invitations",
        title=_l("Invitations"),
        tables=("invitation", "added_language", "background_file"),
        when_closed=_l("Your address goes from the lists of those invited."),
        collect=_collect,
        erase=_erase,
        forget_address=_forget_address,
    ),
    Collector(
        key="contacts",
        title=_l("Contacts of consultations"),
        tables=("consultation",),
        when_closed=_l("An address that a host publishes as its contact is the host’s; its managers change it."),
    ),
)
