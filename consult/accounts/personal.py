"""What is held of people with an account: profile, sign-ins, mailed links, keys of forms; and how it goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

import sqlalchemy as sa

from consult.accounts.countries import country_in_words
from consult.accounts.enums import Constituency, TokenPurpose
from consult.accounts.models import Account, MailedLink, SignIn
from consult.core.db import db
from consult.core.idempotency import IdempotencyKey
from consult.core.locale import DEFAULT, current_locale, join_words, native_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, chosen
from consult.core.zones import city_of


def constituencies_in_words(values: Iterable[str]) -> str:
    """The constituencies as a list in the reader's language."""
    return join_words([Constituency(value).label for value in values])


def _collect(owner: Owner) -> Iterable[Section]:
    account = db.session.get(Account, owner.account_id) if owner.account_id is not None else None
    if account is None:
        return
    profile = Entry(
        [
            Fact("name", _("Your name"), account.name),
            Fact("email", _("E-mail address"), account.email),
            Fact("sign_in_name", _("Name to sign in with"), account.typed_name),
            Fact("has_password", _("A password is set; only a check value is kept, from which it cannot be read back"),
                 account.password_hash is not None),
            Fact("has_recovery_code",
                 _("A recovery code is set; only a check value is kept, from which it cannot be read back"),
                 account.recovery_digest is not None),
            Fact("recovery_checked_at", _("The recovery code was checked"), account.recovery_checked_at),
            Fact("language", _("Your language"), account.locale, native_name(account.locale)),
            Fact("time_zone", _("Your time zone"), account.time_zone,
                 city_of(account.time_zone) if account.time_zone else ""),
            chosen("capacity", _("In what capacity you usually speak"), account.capacity),
            Fact("constituencies", _("Your constituencies"), list(account.constituencies),
                 constituencies_in_words(account.constituencies)),
            Fact("organisation", _("Organisation, community or delegation"), account.organisation),
            Fact("country", _("Country or area"), account.country,
                 country_in_words(account.country, current_locale().code)),
            Fact("is_administrator", _("You look after this instance"), account.is_administrator or None),
            Fact("created_at", _("The account was made"), account.created_at),
            Fact("confirmed_at",
                 _("The address was confirmed") if account.email else _("The account could be used from"),
                 account.confirmed_at),
            Fact("active_on", _("The last day on which you were signed in"), account.active_on),
        ]
    )  # fmt: skip
    yield Section(
        "account",
        _("Your account and profile"),
        _("You alone. If you work for a host, its managers and the administrator see your name and address."),
        [profile],
        correct=("accounts.profile", {}, _("Change your profile")),
    )
    yield Section("sign_ins", _("Where you are and were signed in"), _("You alone."), _sign_ins(account))
    yield Section("mailed_links", _("Links that we mailed to you"), _("You alone."), _links(account))
    yield Section(
        "forms",
        _("Forms that you sent in the last two days"),
        _(
            "Nobody. They keep a second click from doing something twice, and hold a check value from which what was "
            "sent cannot be read back."
        ),
        [Entry([Fact("number", _("How many"), number)]) for number in [_forms(account.id)] if number],
    )


def _sign_ins(account: Account) -> list[Entry]:
    rows = db.session.scalars(
        sa.select(SignIn).where(SignIn.account_id == account.id).order_by(SignIn.id.desc())
    ).unique()
    return [
        Entry(
            [
                Fact("begun_at", _("Signed in"), row.created_at),
                Fact("ended_at", _("Signed out"), row.ended_at),
                Fact("expires_at", _("Ends by itself"), row.expires_at),
            ]
        )
        for row in rows
    ]


def _links(account: Account) -> list[Entry]:
    words = {TokenPurpose.CONFIRM: _("To confirm your address"), TokenPurpose.RESET: _("To choose a new password")}
    rows = db.session.scalars(
        sa.select(MailedLink).where(MailedLink.account_id == account.id).order_by(MailedLink.id.desc())
    ).unique()
    return [
        Entry(
            [
                Fact("purpose", _("What for"), row.purpose.value, words.get(row.purpose, "")),
                Fact("address", _("Address that it proves"), row.new_address),
                Fact("expires_at", _("Holds until"), row.expires_at),
                Fact("used_at", _("Used"), row.used_at),
            ]
        )
        for row in rows
    ]


def _forms(account_id: int) -> int:
    statement = sa.select(sa.func.count()).select_from(IdempotencyKey).where(IdempotencyKey.actor == str(account_id))
    return db.session.scalar(statement) or 0


def _erase(owner: Owner, *, now: datetime) -> None:
    """Make the account an empty shell, which nobody can sign in to; staff acts go on pointing at it."""
    if owner.account_id is None:
        return
    account = db.session.get_one(Account, owner.account_id)
    for model in (SignIn, MailedLink):
        db.session.execute(sa.delete(model).where(model.account_id == account.id))
    db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.actor == str(account.id)))
    account.email = account.sign_in_name = account.typed_name = account.recovery_digest = account.password_hash = None
    account.recovery_checked_at = account.confirmed_at = account.active_on = None
    account.time_zone = account.capacity = account.country = None
    account.name = account.organisation = ""
    account.constituencies, account.locale, account.is_administrator = [], DEFAULT, False
    account.closed_on = now.date()
    # Neither when it was made: that would say who signed up before whom.
    account.created_at = datetime.combine(account.closed_on, time(), UTC)
    db.session.flush()


COLLECTORS = (
    Collector(
        key="account",
        title=_l("Your account"),
        tables=("account", "sign_in", "mailed_link", "idempotency_key"),
        when_closed=_l(
            "Your name, address, password, codes, profile and sign-ins are erased. Your account stays as an "
            "entry without a name."
        ),
        collect=_collect,
        erase=_erase,
    ),
    Collector(
        key="attempts",
        title=_l("Counted attempts"),
        tables=("attempt",),
        when_closed=_l("They cannot be told to be yours, and are forgotten within the hour."),
    ),
)
