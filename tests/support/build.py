"""Builders for tests: real rows through the real services, each with only the words that the test is about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.guard import CLAIM
from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM, Person, Visitor
from consult.accounts.enums import Capacity, Constituency
from consult.accounts.services import create_account, create_sign_in, hash_password
from consult.commitments.models import Commitment
from consult.commitments.services import (
    Source,
    Undertaking,
    make_from_answers,
    publish_commitment,
    record_statement,
)
from consult.consultations import services as consultations
from consult.consultations.enums import Audience, Body, TextType, Visibility
from consult.consultations.models import LOCALIZED_FIELDS, AddedLanguage, Consultation, Invitation, Round
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.core.web.csrf import masked_token
from consult.documents.languages import publish_edition
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.services import import_document
from consult.moderation.services import publish_comments
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_response
from consult.secretariats.enums import MemberStatus
from consult.secretariats.models import Host, MemberDelegate, Membership
from consult.secretariats.queries import staff_roles_of
from consult.secretariats.services import MemberEntry, accept_delegation, add_members, assign_role, create_host
from consult.submissions.enums import CommentType, ModerationStatus, Nature, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import comments_in
from consult.submissions.services import (
    begin_draft,
    check_claim_code,
    lift_due,
    make_claim_code,
    open_with_code,
    save_comment,
    submit_submission,
    update_publication,
    update_speaker,
)
from consult.texts.services import update_translations

PASSWORD = "four words make sense"
_numbers = itertools.count(1)


def host(slug: str | None = None) -> Host:
    """A host organisation."""
    number = next(_numbers)
    return create_host(slug=slug or f"host-{number}", name=f"Secretariat {number}", actor=SYSTEM, now=utc_now())


@lru_cache(maxsize=1)
def _hash_of_the_password() -> str:
    """Hashing is slow by design; everybody here has the same password."""
    return hash_password(PASSWORD)


def person(
    name: str = "Person",
    *,
    roles: Mapping[Host, Sequence[StaffRole]] | None = None,
    administrator: bool = False,
    locale: str = "en",
    email: str | None = None,
) -> Person:
    """Somebody with a confirmed account, whose password is PASSWORD."""
    account = create_account(
        email=email or f"person{next(_numbers)}@example.org",
        name=name,
        password=None,
        locale=locale,
        now=utc_now(),
        is_administrator=administrator,
        confirmed=True,
    )
    account.password_hash = _hash_of_the_password()
    db.session.flush()
    for at, names in (roles or {}).items():
        for role in names:
            if role is StaffRole.PROTECTION and len(names) > 1:  # whoever walks through all pages; no service does that
                db.session.add(Membership(host=at, account=account, role=role, created_at=utc_now()))
            else:
                assign_role(at, account=account, role=role, actor=SYSTEM, now=utc_now())
    db.session.flush()
    return Person(account, staff_roles_of(account.id))


def draft_source(paragraphs: int = 3, language: str = "en") -> str:
    """Markdown with two headings and that many paragraphs below them."""
    words = {"en": "Paragraph", "fr": "Paragraphe", "ar": "فقرة"}.get(language, "Text")
    first = "\n\n".join(f"{words} {number} in {language}." for number in range(1, paragraphs + 1))
    return f"# 1 Purpose\n\n{first}\n\n# 2 Scope\n\n{words} of the second section in {language}.\n"


def consultation_in_setup(
    at: Host,
    manager: Person,
    *,
    slug: str = "minerals",
    code: str = "MIN",
    paragraphs: int = 3,
    languages: Sequence[str] = ("en",),
    visibility: Visibility = Visibility.AS_RECEIVED,
    audience: Audience = Audience.PUBLIC,
    member_driven: bool = False,
    opens_in: timedelta = timedelta(minutes=-1),
    closes_in: timedelta = timedelta(days=30),
) -> Round:
    """A consultation with everything that opening needs, not opened yet."""
    now = utc_now()
    consultation = consultations.create_consultation(
        at, slug=slug, code=code, text_type=TextType.GUIDELINE, title=f"Title of {slug}",
        authentic_language=languages[0], languages=list(languages), zone="Asia/Jakarta",
        is_member_driven=member_driven, actor=manager, now=now,
    )  # fmt: skip
    texts = {
        name: {code: f"{name.replace('_', ' ')} in {code}" for code in languages}
        for name in LOCALIZED_FIELDS
        if name != "title"
    }
    texts["title"] = {code: f"Title of {slug} in {code}" for code in languages}
    consultations.update_texts(consultation, texts, actor=manager, now=now)
    consultations.update_contact_email(consultation, "contact@example.org", actor=manager, now=now)
    consultations.update_minimum_age(consultation, 16, actor=manager, now=now)
    seats = {(Body.DRAFTING, Constituency.GOVERNMENT): 4, (Body.DECIDING, Constituency.CIVIL_SOCIETY): 2}
    consultations.update_seats(consultation, seats, actor=manager, now=now)
    round_ = consultation.rounds[0]
    set_dates(round_, now + opens_in, now + closes_in)
    round_.audience, round_.visibility = audience, visibility
    for language in languages:
        import_document(round_, draft_source(paragraphs, language), language=language, actor=manager, now=now)
    db.session.flush()
    return round_


def open_consultation(at: Host, manager: Person, **options: Any) -> Round:
    """A consultation whose round is open; options as for `consultation_in_setup`."""
    round_ = consultation_in_setup(at, manager, **options)
    consultations.open_round(round_, actor=manager, now=utc_now())
    return round_


def translate(round_: Round, language: str, manager: Person) -> None:
    """Everything that a language needs before it can be published, in words of that language."""
    now, consultation = utc_now(), round_.consultation
    fields = {name: (getattr(consultation, name), f"{name} in {language}") for name in LOCALIZED_FIELDS}
    update_translations("consultation", consultation.id, language=language, fields=fields, actor=manager, now=now)
    introduction = {"introduction": (round_.introduction, f"What is new in {language}." if round_.introduction else "")}
    update_translations("round", round_.id, language=language, fields=introduction, actor=manager, now=now)
    for question in round_.questions:
        for subject, rows in (("question", [question]), ("question_option", question.options)):
            for row in rows:
                words = {"text": (row.text, f"{row.text} in {language}")}
                update_translations(subject, row.id, language=language, fields=words, actor=manager, now=now)
    for block in list_paragraphs(get_version(round_)):
        words = {"text": (block.text, f"Block {block.position} in {language}")}
        update_translations("paragraph", block.id, language=language, fields=words, actor=manager, now=now)


def add_language(
    round_: Round, language: str, manager: Person, *, translated: bool = True, reason: str = "Not needed."
) -> AddedLanguage:
    """A language after the opening: translated and published with that reason for no more time, or in preparation."""
    consultation, now = round_.consultation, utc_now()
    added = consultations.begin_language(consultation, language, actor=manager, now=now)
    if translated:
        translate(round_, language, manager)
        words = {consultation.authentic_language: reason}
        publish_edition(added, reason=words, actor=manager, now=now)
    return added


def following_round(round_: Round, manager: Person, *, paragraphs: int = 2) -> Round:
    """A second round, with a draft of its own, open now; the round before must be over."""
    now = utc_now()
    consultation = round_.consultation
    following = consultations.create_round(consultation, actor=manager, now=now)
    words = {code: f"What is new in {code}." for code in consultation.languages}
    consultations.update_introduction(following, words, actor=manager, now=now)
    set_dates(following, now - timedelta(minutes=1), now + timedelta(days=30))
    for language in consultation.languages:
        source = draft_source(paragraphs, language).replace("second section", "last section")
        import_document(following, source, language=language, actor=manager, now=now)
    consultations.open_round(following, actor=manager, now=now)
    return following


def copies_of(round_: Round, number: int) -> None:
    """That many further consultations like this one, as rows: only lists look at them."""
    consultation = round_.consultation
    tables = (Consultation.__table__, Round.__table__)
    for place in range(number):
        originals = (consultation.id, round_.id)
        made: dict[str, Any] = {}
        for table, key in zip(tables, originals, strict=True):
            row = dict(db.session.execute(sa.select(table).where(table.c.id == key)).mappings().one())
            del row["id"]
            if "slug" in row:
                row |= {"slug": f"{row['slug']}-{place}", "code": f"{row['code']}{place}"}
            else:
                row["consultation_id"] = made["id"]
            made["id"] = db.session.execute(sa.insert(table).values(row)).inserted_primary_key[0]
    db.session.flush()


def set_dates(round_: Round, opens_at: datetime, closes_at: datetime) -> None:
    """Move the clock of a round, which no service would."""
    opens_at, closes_at = (moment.replace(second=0, microsecond=0) for moment in (opens_at, closes_at))
    round_.opens_at, round_.closes_at = opens_at, closes_at
    round_.opens_wall = to_wall(opens_at, round_.zone).isoformat(timespec="minutes")
    round_.closes_wall = to_wall(closes_at, round_.zone).isoformat(timespec="minutes")
    round_.response_due = (closes_at + timedelta(days=30)).date()
    db.session.flush()


def close(round_: Round) -> None:
    """Let a round have closed two days ago, beyond its grace."""
    now = utc_now()
    set_dates(round_, now - timedelta(days=30), now - timedelta(days=2))


def lift(round_: Round) -> int:
    """Let what was held become public, as the worker does once the round is over; how many points."""
    return lift_due(round_, now=utc_now())


def draft(round_: Round, author: Person | Visitor, *texts: str, paragraph: int = 0, language: str = "en") -> Submission:
    """A draft with a point for each text, on the paragraph of that place."""
    submission, _key = begin_draft(round_, actor=author, now=utc_now())
    blocks = list_paragraphs(get_version(round_))
    for text in texts:
        save_comment(
            submission, None, paragraph=blocks[paragraph + 1], question=None, comment_type=CommentType.SUBSTANTIVE,
            text=text, proposed_change="", language=language, now=utc_now(),
        )  # fmt: skip
    return submission


def submit(
    round_: Round,
    author: Person,
    *texts: str,
    setting: PublicationSetting = PublicationSetting.NAMED,
    capacity: Capacity = Capacity.INDIVIDUAL,
    constituencies: Sequence[Constituency] = (Constituency.CIVIL_SOCIETY,),
    organisation: str = "",
    country: str | None = None,
    pseudonym: str = "A reader",
    paragraph: int = 0,
    language: str = "en",
) -> Submission:
    """A submission with a point for each text."""
    submission = draft(round_, author, *texts, paragraph=paragraph, language=language)
    now = utc_now()
    if capacity is not Capacity.INDIVIDUAL:
        organisation = organisation or "Organisation E"
    update_speaker(
        submission, name=author.name, capacity=capacity, constituencies=list(constituencies),
        organisation=organisation, country=country, language=language, now=now,
    )  # fmt: skip
    update_publication(submission, setting, pseudonym=pseudonym, now=now)
    return submit_submission(submission, actor=author, now=now)


def submit_with_code(
    round_: Round,
    *texts: str,
    name: str = "Nobody with an account",
    setting: PublicationSetting = PublicationSetting.NAMED,
    language: str = "en",
) -> tuple[Submission, str]:
    """A submission without an account, with a point for each text; and its code."""
    visitor, now = Visitor(name=name), utc_now()
    submission = draft(round_, visitor, *texts, language=language)
    update_speaker(
        submission, name=name, capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.LOCAL_COMMUNITY],
        organisation="", country=None, language=language, now=now,
    )  # fmt: skip
    update_publication(submission, setting, pseudonym="A reader", now=now)
    code = make_claim_code(submission, now=now)
    check_claim_code(submission, code, now=now)
    return submit_submission(submission, actor=visitor, now=now), code


def come_back(client: FlaskClient, code: str) -> None:
    """Open a submission with its code in a client; within an app context."""
    now = utc_now()
    opened = open_with_code(code, now=now)
    assert opened is not None
    db.session.commit()
    with client.session_transaction() as session:
        session[CLAIM] = [opened[1], int(now.timestamp())]


def admit(round_: Round, guest: Person, *, manager: Person) -> None:
    """Invite somebody to a round, and let them accept."""
    consultations.invite(round_, [guest.account.email], locale="en", actor=manager, now=utc_now())
    found = sa.select(Invitation).where(Invitation.round_id == round_.id, Invitation.email == guest.account.email)
    consultations.accept_invitation(db.session.scalars(found).one(), actor=guest, now=utc_now())


def delegate(staff: Desk, member: str, *, is_member: bool = True) -> Person:
    """Somebody who speaks for a member, or for an observer, of a host."""
    who = person(f"Delegate of {member}")
    status = MemberStatus.MEMBER if is_member else MemberStatus.OBSERVER
    entry = MemberEntry(member, status, who.account.email)
    add_members(staff.host, [entry], locale="en", actor=staff.manager, now=utc_now())
    found = sa.select(MemberDelegate).where(MemberDelegate.email == who.account.email)
    accept_delegation(db.session.scalars(found).one(), actor=who, now=utc_now())
    return who


def points_of(round_: Round, *conditions: sa.ColumnElement[bool]) -> list[Comment]:
    """Submitted points of a round in the order of their keys."""
    return list(db.session.scalars(comments_in(round_, *conditions).order_by(Comment.id)).unique())


def publish(round_: Round, moderator: Person) -> None:
    """Publish every point that waits to be read."""
    waiting = points_of(round_, Comment.moderation_status == ModerationStatus.WAITING, Comment.withdrawn_at.is_(None))
    publish_comments(waiting, actor=moderator, now=utc_now())


def answer_all(round_: Round, responder: Person, approver: Person) -> None:
    """Answer, clear and send the answer to every point that asks for one."""
    points = points_of(
        round_,
        Comment.response_status == ResponseStatus.UNANSWERED,
        Comment.nature == Nature.POINT,
        Comment.withdrawn_at.is_(None),
    )
    write_response(
        points, disposition=Disposition.NOTED, rationale="A reason.", text="An answer.", language="en",
        propose=True, actor=responder, now=utc_now(),
    )  # fmt: skip
    clear_responses(points, actor=approver, now=utc_now())
    send_responses(round_, actor=approver, now=utc_now())


def commitment(
    at: Host | Consultation,
    manager: Person,
    *comments: Comment,
    what: str = "Write the rules down",
    due: date | None = None,
    draft: bool = False,
) -> Commitment:
    """A public commitment, due in a year: made in answers to these points, or without any recorded from a statement."""
    now = utc_now()
    consultation = at if isinstance(at, Consultation) else None
    codes = consultation.languages if consultation is not None else ["en"]
    undertaking = Undertaking(
        what={code: f"{what} in {code}" for code in codes},
        office={code: f"Directorate A in {code}" for code in codes},
        due=due or (now + timedelta(days=365)).date(),
    )
    if comments and consultation is not None:
        made = make_from_answers(consultation, undertaking, comments=comments, actor=manager, now=now)
    else:
        made = record_statement(
            consultation.host if consultation is not None else at,  # type: ignore[arg-type]
            undertaking,
            source=Source("Statement of Member State A", "https://example.org/statement", now.date()),
            consultation=consultation, language="en", actor=manager, now=now,
        )  # fmt: skip
    if not draft:
        publish_commitment(made, actor=manager, now=now)
    return made


@dataclass(frozen=True)
class Desk:
    """A host with one person in each role."""

    host: Host
    manager: Person
    moderator: Person
    responder: Person
    approver: Person
    translator: Person
    protection: Person


def desk() -> Desk:
    """A host and its staff."""
    at = host()
    people = [person(role.value.title(), roles={at: [role]}) for role in StaffRole]
    return Desk(at, *people)


def released_round(staff: Desk, *texts: str, **options: Any) -> Round:
    """A closed round whose points (by one respondent) are published and answered; ready to be released."""
    round_ = open_consultation(staff.host, staff.manager, **options)
    submit(round_, person("Respondent"), *texts)
    publish(round_, staff.moderator)
    answer_all(round_, staff.responder, staff.approver)
    close(round_)
    return round_


def sign_in(client: FlaskClient, who: Person) -> None:
    """Give a client the cookie of a real sign-in; within an app context."""
    key = create_sign_in(who.account, now=utc_now())
    db.session.commit()
    with client.session_transaction() as session:
        session["_user_id"] = key
        session["_fresh"] = True


def csrf_token(client: FlaskClient) -> str:
    """A token that fits the client's session."""
    app = client.application
    with client.session_transaction() as session:
        raw = session.setdefault("csrf_token", "0" * 40)
    with app.test_request_context():
        import flask

        flask.session["csrf_token"] = raw
        return masked_token()


def post(client: FlaskClient, url: str, data: Mapping[str, Any] | None = None, **options: Any) -> Any:
    """POST a form with a valid token."""
    return client.post(url, data={"csrf_token": csrf_token(client), **(data or {})}, **options)


@dataclass
class Queries:
    """The statements that ran."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def count_queries(app: Flask) -> Iterator[Queries]:
    """Count the SELECTs and writes that run meanwhile; transaction control is not counted."""
    found = Queries()
    with app.app_context():
        engine = db.engine

    def listen(_c: Any, _cursor: Any, statement: str, _p: Any, _ctx: Any, _many: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            found.statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""A fixed moment for what does not look at the clock."""
