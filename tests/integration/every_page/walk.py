"""Every page that somebody can open with GET, on an instance with everything on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, TokenPurpose
from consult.accounts.models import MAILBOX, MailedLink
from consult.accounts.services import create_link
from consult.commitments.services import Change, Link, change_commitment
from consult.consultations.enums import Audience, MeetingKind, OutcomeKind, QuestionKind, Visibility
from consult.consultations.models import Invitation, Meeting, Question, Round
from consult.consultations.services import (
    add_background,
    extend_round,
    invite,
    open_round,
    record_outcome,
    save_meeting,
    save_question,
)
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.core.secrets import key_digest
from consult.documents.models import Paragraph
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.services import issue_corrigendum
from consult.files.cleaning import clean
from consult.files.kinds import Cleaned, Kind
from consult.intake.models import CommentImport, ImportedRow
from consult.intake.services import begin_import, run_import, update_respondents
from consult.jobs import sweep
from consult.moderation.services import publish_file
from consult.protection.enums import LookReason
from consult.protection.queries import protected_code
from consult.protection.services import look_behind, propose_strike
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_correction, write_response
from consult.responses.tracing.services import explain_unreflected, give_source
from consult.secretariats.enums import MemberStatus
from consult.secretariats.models import MemberDelegate, Membership
from consult.secretariats.services import MemberEntry, add_members
from consult.submissions.enums import CommentType, PublicationSetting, Stance, StrikeReason
from consult.submissions.models import Attachment, Comment, Submission
from consult.submissions.queries import code_of
from consult.submissions.services import (
    attach_file,
    begin_draft,
    begin_revision,
    make_stricter,
    offer_late,
    save_answer,
    save_comment,
    submit_submission,
    update_publication,
    update_speaker,
)
from consult.texts.queries import list_translations
from consult.texts.services import update_translations
from consult.translating.contesting import Contested, contest_translation, get_own_translation
from consult.translating.exchanging import begin_file
from consult.translating.models import TranslatedFile
from consult.translating.queries import load_work
from consult.translating.xliff import write_xliff
from tests.integration.every_page.texts import figure_in, texts_in_hand
from tests.support import build, files
from tests.support.continuing import EDITED, REMOVED, conclude, traced
from tests.support.tables import ISO, workbook


@dataclass(frozen=True)
class World:
    """What the walk opens, and who walks."""

    people: dict[str, Person]
    values: dict[str, dict[str, Any]]


def build_world() -> World:
    """An open round with drafts and points, a released one, one being set up, one by invitation."""
    staff = build.desk()
    languages = ("en", "ar")
    everything = build.person("Everything", roles={staff.host: list(StaffRole)}, administrator=True)
    author = build.person("Author")
    _ask_for_address(author)
    setup = build.consultation_in_setup(staff.host, staff.manager, slug="setup", code="SETUP", languages=languages)
    now = utc_now()
    question = save_question(
        setup, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which in en?", "ar": "أي؟"},
        options=[{"en": "One in en", "ar": "واحد"}, {"en": "Two in en", "ar": "اثنان"}], actor=staff.manager, now=now,
    )  # fmt: skip
    open_ = build.consultation_in_setup(staff.host, staff.manager, slug="open", code="OPEN", languages=languages)
    positions, pictures = _ask(open_, staff), {"open": figure_in(open_), "setup": figure_in(setup)}
    open_round(open_, actor=staff.manager, now=now)
    submission = build.submit(open_, author, "A point in en.")
    build.publish(open_, staff.moderator)  # before it is protected, so that its pages are there while the round is open
    make_stricter(submission, PublicationSetting.PSEUDONYM, pseudonym="A reader", actor=author, now=now)
    _protect(submission, staff)
    _revise(open_, positions)
    build.publish(open_, staff.moderator)
    contested = _translate(open_, author, staff)
    build.submit(open_, build.person("Third"), "A third point in en.")
    build.draft(open_, author, "ျပည္ေထာင္စု သတၱဳတူးေဖာ္ေရး", language="my")  # typed for Zawgyi, so that it is asked about
    late = _offer_late(open_)
    released = build.released_round(staff, "An answered point in en.", slug="released", code="REL", languages=languages)
    request_release(released, actor=staff.manager, now=now)
    invited = build.open_consultation(
        staff.host, staff.manager, slug="invited", code="INV", languages=languages, audience=Audience.BY_INVITATION
    )
    invite(invited, ["guest@example.org"], locale="en", actor=staff.manager, now=now)
    invitation = db.session.scalars(sa.select(Invitation)).one()
    invitation.key_digest = key_digest("the-key")
    meeting = _live(open_, released, staff)
    build.add_language(open_, "km", staff.manager, translated=False)
    build.add_language(invited, "km", staff.manager, reason="A reason in en.")
    file = _translated_file(open_, staff)
    kept = build.commitment(released.consultation, staff.manager, *build.points_of(released), what="A promise")
    drafted = build.commitment(open_.consultation, staff.manager, what="A statement", draft=True)
    of_host = build.commitment(staff.host, staff.manager, what="A statement of the host")
    note = {"en": "A reason in en.", "ar": "سبب."}
    change = Change(kept.status, kept.due + timedelta(days=30), note, [Link("A document", "https://example.org/a")])
    change_commitment(kept, change, actor=staff.manager, now=now)
    db.session.commit()
    sweep()
    membership = db.session.scalars(sa.select(Membership.id)).first()
    named = [MemberEntry("Member State A", MemberStatus.MEMBER, "delegate@example.org")]
    add_members(staff.host, named, locale="en", actor=staff.manager, now=now)
    delegate = db.session.scalars(sa.select(MemberDelegate)).one()
    delegate.key_digest = key_digest("the-link")
    answered = build.points_of(released)[0]
    write_correction(
        [answered], disposition=Disposition.ACCEPTED, rationale="A better reason in en.", text="A better answer in en.",
        language="en", reason="A slip in en.", actor=staff.responder, now=now,
    )  # fmt: skip
    compiled = build.open_consultation(
        staff.host, staff.manager, slug="compiled", code="COMP", languages=languages,
        audience=Audience.MEMBERS_ONLY, visibility=Visibility.COMPILATION_ONLY,
    )  # fmt: skip
    build.submit(compiled, author, "A compiled point in en.")
    build.publish(compiled, staff.moderator)
    build.close(compiled)
    request_release(compiled, actor=staff.manager, now=now)
    db.session.commit()
    sweep()
    traced_ = _trace(staff, languages)
    in_hand = texts_in_hand(setup, compiled, staff)
    reference = submission.comments[0].reference
    draft = build.draft(open_, author)
    _say_too_much(draft, author)
    paragraph = db.session.scalars(sa.select(Paragraph.eid).where(Paragraph.text != "")).first()
    tables = _tables(open_, staff)
    own_file = attach_file(draft, cleaned_file(), name="own.odt", comment=draft.comments[0], now=now)
    handed_in = _attach(open_, staff)
    common = {"reference": reference, "key": submission.key, "membership_id": membership, "paragraph": paragraph}
    common["contest_id"] = contested.contest.id if contested.contest else 0
    values = {
        "handed in": {
            "slug": "open",
            "key": handed_in.submission.key,
            "file_key": handed_in.key,
            "reference": handed_in.submission.comments[0].reference,
            "number": 1,
        },
        "picture": {"slug": "open", "figure_id": pictures["open"]},
        "picture in setup": {"slug": "setup", "figure_id": pictures["setup"]},
        "own file": {"slug": "open", "file_key": own_file.key},
        "traced": {"slug": "traced", "figure_id": 0, "newer": "final", **traced_},
        "text in hand": {"slug": "setup", "language": "en", **in_hand["en"]},
        "edition in hand": {"slug": "setup", "language": "ar", **in_hand["ar"]},
        "final text in hand": {"slug": "compiled", "language": "en", **in_hand["final"]},
        "take_part": {**common, "slug": "open", "point_key": draft.comments[0].key, "submission_key": submission.key},
        "setup": {**common, "slug": "setup", "number": question.position, "section": "summary", "language": "ar"},
        "open": {
            **common,
            "slug": "open",
            "meeting_id": meeting.id,
            "commitment": drafted.reference,
            "number": 1,
            "code": code_of(late),
            "protected_code": protected_code(submission),
        },
        "contested": {
            "slug": "open",
            "key": contested.submission.key,
            "translation_id": contested.translation.id,
            "reference": contested.comment.reference,
        },
        "table": {"slug": "open", "table_key": tables[0].key},
        "language": {"slug": "open", "language": "km", "file_key": file.key},
        "table taken": {"slug": "open", "table_key": tables[1].key, "written_in": _written_in(tables[1])},
        "released": {
            **common,
            "slug": "released",
            "commitment": kept.reference,
            "number": 1,
            "reference": released and _reference(released),
        },
        "register": {"host_slug": staff.host.slug, "commitment": of_host.reference},
        "commitment": {"reference": kept.reference, "tail": kept.reference[2:]},
        "host": {**common, "slug": staff.host.slug, "digest": delegate.key_digest},
        "delegate": {"key": "the-link"},
        "own role": {"membership_id": _role_of(everything)},
        "address": {"key": "the-address"},
        "compiled": {**common, "slug": "compiled", "number": 1, "reference": _reference(compiled)},
        "invited": {**common, "slug": "invited", "digest": invitation.key_digest, "key": "the-key"},
    }
    return World({"visitor": None, "author": author, "everything": everything}, values)  # type: ignore[dict-item]


def _say_too_much(draft: Submission, author: Person) -> None:
    """Its author has given a name that what was chosen does not need, so that the page to check asks about it."""
    now = utc_now()
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=now)


def _role_of(person: Person) -> int:
    """A role that somebody can give up."""
    return db.session.scalars(sa.select(Membership.id).where(Membership.account_id == person.account.id)).all()[-1]


def _ask_for_address(person: Person) -> None:
    """A link that waits in the mailbox that an account is to have."""
    key = create_link(person.account, TokenPurpose.CONFIRM, f"{MAILBOX}author@example.net", utc_now())
    link = db.session.scalars(sa.select(MailedLink).where(MailedLink.key_digest == key_digest(key))).one()
    link.key_digest = key_digest("the-address")


def _protect(submission: Submission, staff: build.Desk) -> None:
    """Somebody has looked at who is behind it, and proposes to strike a point of it."""
    now = utc_now()
    look_behind(submission, reason=LookReason.SAFETY, words="A threat in en.", actor=staff.protection, now=now)
    propose_strike(
        submission.comments[0], reason=StrikeReason.LAW, order_reference="An order in en", words="It names in en.",
        actor=staff.protection, now=now,
    )  # fmt: skip


def _live(open_: Round, released: Round, staff: build.Desk) -> Meeting:
    """An extension, corrigenda and a meeting in the open round; an outcome of the released one."""
    manager, now = staff.manager, utc_now()
    wall = to_wall(now + timedelta(days=40), open_.zone)
    reason = {"en": "A reason in en.", "ar": "سبب."}
    extend_round(
        open_, closes_wall=wall, response_due=wall.date() + timedelta(days=40), reason=reason, actor=manager, now=now
    )
    version = get_version(open_)
    for place in (None, list_paragraphs(version)[1]):
        issue_corrigendum(
            version, place, words={"en": "A correction in en.", "ar": "تصويب."}, reads="Paragraph 1 in en.",
            should_read="Should read in en", language="en" if place else None, actor=manager, now=now,
        )  # fmt: skip
    record_outcome(
        released.consultation, kind=OutcomeKind.ADOPTED, body={"en": "a body in en", "ar": "هيئة"},
        decided_on=now.date(), note={"en": "A note in en.", "ar": "ملاحظة."}, final_text_url="https://example.org/",
        replaces=None, actor=manager, now=now,
    )  # fmt: skip
    return save_meeting(
        open_.consultation, None, kind=MeetingKind.VALIDATION, title={"en": "A meeting in en", "ar": "اجتماع"},
        first_day=now.date() + timedelta(days=50), last_day=now.date() + timedelta(days=51),
        place={"en": "A city in en", "ar": "مدينة"}, record_url="https://example.org/record", actor=manager, now=now,
    )  # fmt: skip


# Points in scripts that no page of the walk is in, each with what it was translated into.
POINTS = {
    "km": ("ទឹកត្រូវតែស្អាត។", "en", "Water must be clean in en."),
    "my": ("ရေသည် သန့်ရှင်းရမည်။", "ar", "يجب أن يكون الماء نظيفا."),
    "ar": ("يجب أن تكون الأرض نظيفة.", "km", "ដីត្រូវតែស្អាត។"),
}


def _translate(round_: Round, author: Person, staff: build.Desk) -> Contested:
    """The author writes in three languages; points and an answer are translated, and two of them contested."""
    now = utc_now()
    draft, _key = begin_draft(round_, actor=author, now=now)
    for language, (words, _into, _translation) in POINTS.items():
        save_comment(
            draft, None, paragraph=None, question=None, comment_type=CommentType.GENERAL, text=words,
            proposed_change=words, language=language, now=now,
        )  # fmt: skip
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="km", now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=now)
    submitted = submit_submission(draft, actor=author, now=now)
    build.publish(round_, staff.moderator)
    by_language = {comment.language: comment for comment in submitted.comments}
    for language, (words, into, translation) in POINTS.items():
        fields = {"text": (words, translation), "proposed_change": (words, translation)}
        update_translations(
            "comment", by_language[language].id, language=into, fields=fields, actor=staff.manager, now=now
        )
    answered = by_language["km"]
    (version,) = write_response(
        [answered], disposition=Disposition.NOTED, rationale="A reason in en.", text="An answer in en.", language="en",
        propose=True, actor=staff.responder, now=now,
    )  # fmt: skip
    clear_responses([answered], actor=staff.approver, now=now)
    send_responses(round_, actor=staff.approver, now=now)
    for language, words in (("km", "ចម្លើយ។"), ("ar", "جواب.")):
        fields = {"text": (version.text, words), "rationale": (version.rationale, words)}
        update_translations(
            "response_version", version.id, language=language, fields=fields, actor=staff.manager, now=now
        )
    made = list_translations("comment", [answered.id])
    contested = [get_own_translation(submitted, one.id) for one in made]
    for one in contested:
        contest_translation(one, reason="ពាក្យមិនត្រឹមត្រូវ។", seen=1, actor=author, now=now)
    return get_own_translation(submitted, made[0].id)


def _translated_file(round_: Round, staff: build.Desk) -> TranslatedFile:
    """A file that came back from a translator: something new, something that asks, something that is not taken."""
    work = load_work(round_.consultation, "km", actor=staff.manager)
    content = write_xliff(work.groups, consultation="OPEN", source_language="en", language="km").decode()
    for words, target in (("summary changes in en", "In km."), ("terms support in en", "terms support in en")):
        content = content.replace(f"{words}</source>", f"{words}</source><target>{target}</target>")
    content = content.replace(
        "</file>", '<unit id="gone-1-text"><segment><source>S</source></segment></unit></file>', 1
    )
    return begin_file(
        round_.consultation,
        "km",
        content.encode(),
        file_name="from.xlf",
        actor=staff.manager,
        reader="en",
        now=utc_now(),
    )


def _ask(round_: Round, staff: build.Desk) -> Question:
    """Ask a question of each kind that a form shows in its own way; the one on positions comes back."""
    asked = [
        save_question(
            round_, None, kind=kind, text={"en": "What of it in en?", "ar": "ماذا؟"},
            options=[{"en": "One in en", "ar": "واحد"}, {"en": "Two in en", "ar": "اثنان"}],
            actor=staff.manager, now=utc_now(),
        )
        for kind in (QuestionKind.MULTIPLE_CHOICE, QuestionKind.AGREEMENT, QuestionKind.POSITIONS)
    ]  # fmt: skip
    return asked[-1]


def _revise(round_: Round, question: Question) -> None:
    """Somebody takes a position, with reasons, and revises it."""
    second, option, now = build.person("Second"), question.options[0].id, utc_now()
    draft, _key = begin_draft(round_, actor=second, now=now)
    save_answer(
        draft, question, chosen={option: Stance.RESERVE}, reasons={option: "A reason in en."}, language="en", now=now
    )
    first = build.submit(round_, second, "Another point in en.")
    submit_submission(begin_revision(first, actor=second, now=now), actor=second, now=now)


def _offer_late(round_: Round) -> Submission:
    """Somebody hands a draft in long after the closing."""
    author, now = build.person("Latecomer"), utc_now()
    draft = build.draft(round_, author, "A late point in en.")
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
    offer_late(draft, actor=author, now=now + timedelta(days=60))
    return draft


def _tables(round_: Round, staff: build.Desk) -> list[CommentImport]:
    """A comment table that waits for its import, and one that is imported; both with rows that are not taken."""
    now = utc_now()
    rows = [["Ministry E", "", place, "", "te", f"A row in {place}.", "", ""] for place in ("1", "9.9", "General")]
    made = []
    for words in ("draft", "taken"):
        content = workbook([ISO, *rows, ["", "", "", "", "", words, "", ""]])
        import_ = begin_import(round_, content, file_name="table.xlsx", actor=staff.manager, now=now)
        update_respondents(
            import_, speaker="", capacity=Capacity.ORGANISATION, setting=PublicationSetting.NAMED, language="en",
            how_permitted="By the call in en.", late_reason="", now=now,
        )  # fmt: skip
        made.append(import_)
    run_import(made[1], actor=staff.manager, now=now)
    db.session.commit()
    return made


def cleaned_file() -> Cleaned:
    """A document without anything to remove."""
    made, kind, _removed = clean(files.odt())
    return Cleaned(made, Kind(kind), frozenset())


def _attach(round_: Round, staff: build.Desk) -> Attachment:
    """A published point with a public file, another that waits, and a background document."""
    author, now = build.person("Fourth"), utc_now()
    draft = build.draft(round_, author, "A fourth point in en.")
    made, _waits = (
        attach_file(draft, cleaned_file(), name=name, comment=draft.comments[0], now=now) for name in ("a.odt", "b.odt")
    )
    build.submit(round_, author)
    build.publish(round_, staff.moderator)
    publish_file(made, actor=staff.moderator, now=now)
    add_background(
        round_.consultation, cleaned_file(), name="c.odt", title={"en": "A study in en", "ar": "دراسة"}, language="en",
        actor=staff.manager, now=now,
    )  # fmt: skip
    return made


def _trace(staff: build.Desk, languages: tuple[str, ...]) -> dict[str, Any]:
    """A consultation with its outcome and final text: a point that changed a paragraph, one that is not seen."""
    now = utc_now()
    one = traced(
        Disposition.ACCEPTED, Disposition.TAKEN_UP, Disposition.ACCEPTED, staff=staff, slug="traced", code="TRACE",
        languages=languages,
    )  # fmt: skip
    [trace] = one.link(one.points[0], EDITED)
    words = {"en": "It is in the annex in en.", "ar": "في المرفق."}
    explain_unreflected(one.points[1:2], reason=words, actor=staff.manager, now=now)
    give_source(
        one.round.consultation, [one.change(REMOVED)], source={"en": "Legal review in en", "ar": "مراجعة"},
        reason=words, is_editorial=False, actor=staff.manager, now=now,
    )  # fmt: skip
    request_release(one.round, actor=staff.manager, now=now)
    db.session.commit()
    sweep()
    conclude(one.round, staff.manager)
    return {"eid": EDITED, "reference": one.points[0].reference, "trace_id": trace.id}


def _written_in(import_: CommentImport) -> str:
    """A point that came in by a table."""
    row = db.session.scalars(sa.select(ImportedRow).where(ImportedRow.import_id == import_.id)).first()
    comment = db.session.get(Comment, row.comment_id) if row else None
    assert comment is not None
    return str(comment.reference)


def _reference(round_: Any) -> str:
    return str(build.points_of(round_)[0].reference)


def pages(app: Flask, world: World, locale: str) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every page, with each set of values that fits its route."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.endpoint):
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"healthz", "readyz"}:
            continue
        wanted = rule.arguments - {"locale"}
        for values in world.values.values():
            if wanted <= set(values):
                address = rule.build(values_for(rule, values, locale))
                if address:
                    yield rule.endpoint, address[1]


def values_for(rule: Rule, values: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """The values that a route takes, with the locale where it has one."""
    return {name: locale if name == "locale" else values[name] for name in rule.arguments}


@dataclass(frozen=True)
class Claimant:
    """Somebody who came back with the code of a submission without an account."""

    submission_id: int
    code: str


def open_as(app: Flask, client: FlaskClient, who: Person | Claimant | None) -> None:
    """Let the client be signed in as somebody, have come with a code, or be nobody."""
    client.delete_cookie("consult")
    with app.app_context():
        if isinstance(who, Claimant):
            build.come_back(client, who.code)
        elif who is not None:
            build.sign_in(client, who)
