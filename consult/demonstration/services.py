"""Loading the illustrated consultations through the services that people use, at the times they would have."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any

import sqlalchemy as sa

from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM, Person
from consult.accounts.enums import Capacity, Constituency
from consult.accounts.models import Account
from consult.accounts.queries import find_account
from consult.accounts.services import create_account, update_profile
from consult.commitments.services import remind_managers
from consult.consultations import services as consultations
from consult.consultations.enums import Audience, Body, QuestionKind, TextType, Visibility
from consult.consultations.models import LOCALIZED_FIELDS, Consultation, Round
from consult.consultations.queries import list_questions
from consult.core.clock import to_wall
from consult.core.db import db
from consult.demonstration.commitments import load_commitments
from consult.demonstration.final import load_final, load_traces
from consult.demonstration.history import load_changes, load_meetings, load_outcome
from consult.demonstration.points import correct_answers, load_points
from consult.demonstration.translations import load_preparation, load_translations
from consult.documents.services import import_document
from consult.mail.models import OutgoingMail
from consult.publication.services import build_release, request_release
from consult.secretariats.models import Host
from consult.secretariats.services import assign_role, create_host, update_safety_contact
from consult.submissions.models import Comment
from consult.submissions.services import lift_due

HOST_SLUG = "secretariat-a"
CONSULTATIONS = ("apsmd-guideline", "hleag-terms-of-reference")
PASSWORD = "illustration only"
ADMINISTRATOR = "administrator"
RESPONDENT = "respondent"
SECOND_OFFICER = "protection2@example.org"
# The words of a host that stand as they are in every language of the interface, so they say it in several.
SAFETY_CONTACT = """Protection officers of Secretariat A (invented, as everything in this illustration)
E-mail: safety@example.org
Telephone: +999 000 0100 (an invented number: nobody answers it)
Monday to Friday, 9:00 to 17:00, Geneva time; e-mail is read on these days.
They understand English, French, Arabic and Indonesian.

Responsables de la protection du Secrétariat A (fictifs, comme tout dans cette illustration)
Du lundi au vendredi, de 9 h à 17 h, heure de Genève ; personne ne répond à ce numéro inventé.
Langues : anglais, français, arabe et indonésien.

مسؤولو الحماية في الأمانة أ (متخيَّلون، مثل كل ما في هذا النموذج التوضيحي)
من الاثنين إلى الجمعة، من 9:00 إلى 17:00 بتوقيت جنيف؛ الرقم متخيَّل ولا يرد عليه أحد.
يفهمون الإنجليزية والفرنسية والعربية والإندونيسية."""
SIGNS_IN_AS_RESPONDENT = "trade-union-federation-e"  # has points in both consultations
Progress = Callable[[str], None]


def email_of(role: str) -> str:
    """The address that a role signs in with."""
    return f"{role}@example.org"


def sign_ins() -> list[tuple[str, str, str]]:
    """(role, e-mail, password) of one person for each role, and of the second who strikes."""
    people = [(str(role), email_of(role)) for role in (*StaffRole, ADMINISTRATOR, RESPONDENT)]
    people.append((f"{StaffRole.PROTECTION} (2)", SECOND_OFFICER))
    return [(role, email, PASSWORD) for role, email in people]


def is_loaded() -> bool:
    """Whether the demonstration is in this database."""
    return db.session.scalar(sa.select(Host.id).where(Host.slug == HOST_SLUG)) is not None


def load_demonstration(*, now: datetime, with_passwords: bool, say: Progress = lambda _line: None) -> None:
    """Load a host, its staff, and the consultations; the caller commits.

    Args:
        now: the day that the illustrated dates are counted from.
        with_passwords: give the invented people the stated password; never in production.
        say: told what is being done.
    """
    newest_mail = db.session.scalar(sa.select(sa.func.max(OutgoingMail.id))) or 0
    long_ago = now - timedelta(days=220)
    host = create_host(slug=HOST_SLUG, name="Secretariat A", actor=SYSTEM, now=long_ago, is_illustration=True)
    update_safety_contact(host, SAFETY_CONTACT, actor=SYSTEM, now=long_ago)
    password = PASSWORD if with_passwords else None
    staff: dict[StaffRole, Person] = {}
    names = {
        StaffRole.MANAGER: "Manager at Secretariat A",
        StaffRole.MODERATOR: "Moderator at Secretariat A",
        StaffRole.RESPONDER: "Responder at Secretariat A",
        StaffRole.APPROVER: "Approver at Secretariat A",
        StaffRole.TRANSLATOR: "Translator at Secretariat A",
        StaffRole.PROTECTION: "Protection officer at Secretariat A",
    }
    for role in StaffRole:
        account = _account(email_of(role), names[role], "en", password, long_ago)
        assign_role(host, account=account, role=role, actor=SYSTEM, now=long_ago)
        staff[role] = Person(account, {host.id: frozenset({role})})
    # A strike takes two of them.
    second = _account(SECOND_OFFICER, "Second protection officer at Secretariat A", "en", password, long_ago)
    assign_role(host, account=second, role=StaffRole.PROTECTION, actor=SYSTEM, now=long_ago)
    _account(email_of(ADMINISTRATOR), "Administrator of this instance", "en", password, long_ago, administrator=True)
    people: dict[str, Person] = {}
    for slug in CONSULTATIONS:
        _load_consultation(slug, host, staff, people, password, now, say)
    remind_managers(host.id, now=now)
    # Nobody real is to get a message about invented input.
    db.session.execute(sa.delete(OutgoingMail).where(OutgoingMail.id > newest_mail))


def _account(
    email: str, name: str, locale: str, password: str | None, now: datetime, *, administrator: bool = False
) -> Account:
    return find_account(email) or create_account(
        email=email,
        name=name,
        password=password,
        locale=locale,
        now=now,
        is_administrator=administrator,
        confirmed=True,
    )


def _respondent(one: Mapping[str, Any], languages: list[str], password: str | None, now: datetime) -> Account:
    signs_in = one["key"] == SIGNS_IN_AS_RESPONDENT
    account = _account(
        email_of(RESPONDENT) if signs_in else one["email"],
        one["name"],
        one["language"] if one["language"] in languages else "en",
        password if signs_in else None,
        now,
    )
    update_profile(
        account,
        name=one["name"],
        locale=account.locale,
        time_zone=None,
        capacity=Capacity(one["capacity"]),
        organisation=one.get("organisation", ""),
        country=one.get("country"),
        constituencies=[Constituency(code) for code in one["constituencies"]],
        actor=Person(account),
        now=now,
    )
    return account


def read_toml(slug: str, name: str) -> dict[str, Any]:
    """One of the content files of a consultation."""
    return tomllib.loads(read_text(slug, name))


def read_text(slug: str, name: str) -> str:
    """One of them as it is."""
    return files("consult.demonstration").joinpath("content", slug, name).read_text(encoding="utf-8")


def _load_consultation(
    slug: str,
    host: Host,
    staff: Mapping[StaffRole, Person],
    people: dict[str, Person],
    password: str | None,
    now: datetime,
    say: Progress,
) -> None:
    settings = read_toml(slug, "consultation.toml")
    texts = {code: read_toml(slug, f"texts.{code}.toml") for code in settings["languages"]}
    manager = staff[StaffRole.MANAGER]
    dates = settings["round"]
    set_up_at = now + timedelta(days=dates["opens_days"] - 14)
    say(f"{slug}: set-up and drafts")
    consultation = consultations.create_consultation(
        host,
        slug=slug,
        code=settings["code"],
        text_type=TextType(settings["text_type"]),
        title=texts["en"]["title"],
        authentic_language=settings["authentic_language"],
        languages=settings["languages"],
        zone=settings["timezone"],
        is_member_driven=settings["member_driven"],
        actor=manager,
        now=set_up_at,
    )
    _set_up(consultation, settings, texts, manager, set_up_at)
    round_ = consultation.rounds[0]
    _set_dates(round_, dates, manager, now, set_up_at)
    questions = _ask(round_, settings["question"], texts, manager, set_up_at)
    for language in consultation.languages:
        source = read_text(slug, f"draft.{language}.md")
        import_document(round_, source, language=language, actor=manager, now=set_up_at)
    today, history = to_wall(now, round_.zone).date(), read_toml(slug, "history.toml")
    load_meetings(consultation, history, manager, today=today, now=set_up_at)
    consultations.open_round(round_, actor=manager, now=set_up_at + timedelta(days=1))
    say(f"{slug}: points and answers")
    content = read_toml(slug, "points.toml")
    for one in content["respondent"]:
        if one["key"] not in people:
            people[one["key"]] = Person(_respondent(one, consultation.languages, password, set_up_at))
    comments = load_points(round_, content, questions, staff, people, now=now)
    load_changes(round_, history, manager, today=today, now=now)
    if round_.has_closed(now):
        lift_due(round_, now=now + timedelta(days=dates["closes_days"] + 2))
    say(f"{slug}: translations")
    translator = staff[StaffRole.TRANSLATOR]
    load_translations(consultation, read_toml(slug, "translations.toml"), comments, translator, people, now=now)
    for one in settings.get("in_preparation", []):
        words, at = read_toml(slug, f"texts.{one['language']}.toml"), now + timedelta(days=one["day"])
        load_preparation(round_, words, questions, manager, translator, language=one["language"], at=at)
    if not round_.has_closed(now):
        return
    released_at = now + timedelta(days=dates["response_due_days"] - 6)
    _conclude(round_, content["point"], comments, history, staff, now=now, released_at=released_at, say=say)


def _conclude(
    round_: Round,
    points: list[dict[str, Any]],
    comments: Mapping[str, Comment],
    history: Mapping[str, Any],
    staff: Mapping[StaffRole, Person],
    *,
    now: datetime,
    released_at: datetime,
    say: Progress,
) -> None:
    """What follows a round that has closed: promises, the release, the final text, the outcome, a correction."""
    consultation, manager = round_.consultation, staff[StaffRole.MANAGER]
    slug, today = consultation.slug, to_wall(now, round_.zone).date()
    say(f"{slug}: commitments")
    load_commitments(consultation, read_toml(slug, "commitments.toml"), comments, manager, today=today, now=now)
    say(f"{slug}: release 1")
    _release(round_, manager, released_at)
    say(f"{slug}: final text, and what changed it")
    changes = read_toml(slug, "changes.toml")
    finals = {language: read_text(slug, f"final.{language}.md") for language in consultation.languages}
    final = load_final(consultation, finals, changes, manager, now=now)
    load_traces(final, changes, comments, manager, now=now)
    say(f"{slug}: outcome, release 2 with a correction")
    load_outcome(round_, history, manager, now=now)
    corrected_at = correct_answers(round_, points, comments, staff, now=now)
    if corrected_at is not None:
        _release(round_, manager, corrected_at + timedelta(days=1))


def _release(round_: Round, manager: Person, now: datetime) -> None:
    release = request_release(round_, actor=manager, now=now)
    build_release(release.id, now=now)


def _set_up(
    consultation: Consultation,
    settings: Mapping[str, Any],
    texts: Mapping[str, Mapping[str, Any]],
    manager: Person,
    now: datetime,
) -> None:
    values = {name: {code: words[name] for code, words in texts.items()} for name in LOCALIZED_FIELDS}
    consultations.update_texts(consultation, values, actor=manager, now=now)
    consultations.update_contact_email(consultation, settings["contact_email"], actor=manager, now=now)
    consultations.update_minimum_age(consultation, settings["privacy_minimum_age"], actor=manager, now=now)
    seats = {(Body(row["body"]), Constituency(row["constituency"])): row["seats"] for row in settings["body"]}
    consultations.update_seats(consultation, seats, actor=manager, now=now)


def _set_dates(round_: Round, dates: Mapping[str, Any], manager: Person, now: datetime, at: datetime) -> None:
    today = to_wall(now, round_.zone).date()
    consultations.update_round(
        round_,
        audience=Audience(dates["audience"]),
        visibility=Visibility(dates["visibility"]),
        zone=round_.zone,
        opens_wall=datetime.combine(today + timedelta(days=dates["opens_days"]), time(9, 0)),
        closes_wall=datetime.combine(today + timedelta(days=dates["closes_days"]), time(23, 59)),
        grace_minutes=dates["grace_minutes"],
        response_due=today + timedelta(days=dates["response_due_days"]),
        actor=manager,
        now=at,
    )


def _ask(
    round_: Round, asked: list[dict[str, Any]], texts: Mapping[str, Mapping[str, Any]], manager: Person, now: datetime
) -> dict[str, Any]:
    """Save the questions; returns them by the key that the content files use, with their options by key."""
    for one in asked:
        words = {code: content["questions"][one["key"]] for code, content in texts.items()}
        consultations.save_question(
            round_,
            None,
            kind=QuestionKind(one["kind"]),
            text={code: content["text"] for code, content in words.items()},
            options=[
                {code: content["options"][option] for code, content in words.items()}
                for option in one.get("options", [])
            ],
            actor=manager,
            now=now,
        )
    saved = list_questions(round_)
    return {
        one["key"]: (question, dict(zip(one.get("options", []), question.options, strict=True)))
        for one, question in zip(asked, saved, strict=True)
    }
