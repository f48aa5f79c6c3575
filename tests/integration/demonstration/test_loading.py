"""The demonstration: complete, marked, loaded once, and nobody is written to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.enums import Constituency
from consult.accounts.models import Account
from consult.cli.checking import run_checks
from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment, CommitmentPoint, CommitmentUpdate
from consult.consultations.enums import MeetingKind, OutcomeKind, QuestionKind
from consult.consultations.history import find_outcome, list_extensions, list_meetings
from consult.consultations.models import Round
from consult.consultations.queries import get_round, list_questions
from consult.core.clock import to_wall, utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.demonstration.services import (
    CONSULTATIONS,
    SAFETY_CONTACT,
    email_of,
    is_loaded,
    load_demonstration,
    read_toml,
    sign_ins,
)
from consult.documents.comparing import Change
from consult.documents.enums import Continuation, Ground
from consult.documents.queries import list_corrigenda, list_versions, pairs_of
from consult.insight.enums import Who
from consult.insight.queries import count_choices
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.publication.enums import FileKind
from consult.publication.queries import current_files, find_latest_release
from consult.responses.enums import Disposition
from consult.responses.models import ResponseCorrection, ResponseVersion
from consult.responses.queries import list_sent_versions
from consult.responses.tracing.queries import changes_caused
from consult.responses.tracing.standing import list_standing
from consult.responses.tracing.unreflected import count_unreflected
from consult.secretariats.forms import SAFETY_MAX
from consult.submissions.enums import ModerationStatus, Nature, PublicationSetting, ResponseStatus, Stance
from consult.submissions.models import Comment, Quotation, Submission, SubmissionConstituency
from consult.submissions.queries import PUBLIC, exact_progress, list_reservations
from consult.texts.enums import Origin
from consult.texts.models import Contest, Translation
from consult.texts.queries import list_translations
from consult.translating.queries import load_work
from consult.translating.units import Standing


def test_it_is_complete_whole_and_marked(app: Flask, client: FlaskClient) -> None:
    now = utc_now()
    with app.app_context():
        assert not is_loaded()
        load_demonstration(now=now, with_passwords=False)
        db.session.commit()
        assert is_loaded()
        # Nobody real is written to, and nobody can sign in in production.
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 0
        assert set(db.session.scalars(sa.select(Account.password_hash))) == {None}
        guideline, terms = (get_round(slug) for slug in CONSULTATIONS)
        _everybody_speaks(guideline, terms, now)
        _every_point_is_settled(terms)
        _promises_are_followed(terms, now)
        _it_came_to_an_end(terms, now)
        corrected = _the_answer_that_was_wrong_is_corrected(terms)
        _the_final_text_says_where_it_comes_from(terms)
        _points_point_at_words(guideline, terms)
        _positions_stand_by_constituency(guideline)
        _the_open_round_had_changes(guideline)
        _it_is_read_in_many_languages(guideline, terms)
        sweep()
        assert run_checks(say=lambda _line: None) == []
    _every_page_is_marked(client, corrected)
    assert len(SAFETY_CONTACT) <= SAFETY_MAX  # as long as whoever changes it may write
    for words in ("Protection officers of", "Responsables de la protection du", "مسؤولو الحماية في"):
        assert words in client.get("/ar/safety").text


def test_whoever_starts_it_reads_whom_to_sign_in_as() -> None:
    roles = [role for role, _email, _password in sign_ins()]
    assert len(set(roles)) == len(roles)
    assert {*StaffRole, "protection (2)"} < set(roles)


def _everybody_speaks(guideline: Round, terms: Round, now: datetime) -> None:
    assert guideline.is_open(now)
    assert terms.has_closed(now)
    heard = set(db.session.scalars(sa.select(SubmissionConstituency.constituency)))
    assert heard == set(Constituency)
    assert set(db.session.scalars(sa.select(Submission.publication_setting))) == set(PublicationSetting)
    languages = set(db.session.scalars(sa.select(Comment.language).where(Comment.round_id == terms.id)))
    assert languages >= {"ar", "en", "es", "fr", "id", "km", "my", "pt", "ru", "sw", "th", "vi", "zh"}
    for round_ in (guideline, terms):
        consultation = round_.consultation
        assert consultation.is_illustration
        titles = [t.text for t in list_translations("consultation", [consultation.id]) if t.field == "title"]
        assert len(titles) == (3 if round_ is guideline else 2)  # one of them in preparation
        assert all("ILLUSTRATION" in title for title in [*titles, consultation.title])


def _every_point_is_settled(terms: Round) -> None:
    rows = db.session.execute(
        sa.select(Comment.moderation_status, Comment.response_status, Comment.withdrawn_at.is_not(None))
        .where(Comment.round_id == terms.id)
    ).all()  # fmt: skip
    withdrawn = [row for row in rows if row[2]]
    kept = Counter((moderation, response) for moderation, response, is_withdrawn in rows if not is_withdrawn)
    assert len(withdrawn) == 3
    assert kept == {
        (ModerationStatus.PUBLISHED, ResponseStatus.SENT): 126,
        (ModerationStatus.RESTRICTED, ResponseStatus.SENT): 4,
        (ModerationStatus.RESTRICTED, ResponseStatus.CLOSED): 1,  # spam, under the class answer
        (ModerationStatus.PUBLISHED, ResponseStatus.UNANSWERED): 2,  # of States: a reservation, a statement of position
    }
    assert exact_progress(terms).outstanding == 0
    late = db.session.scalars(sa.select(Submission.late_reason).where(Submission.is_late)).all()
    assert len(late) == 1


def _promises_are_followed(terms: Round, now: datetime) -> None:
    """The one demand and the five principles: each was asked for by several, and led to a commitment."""
    rows = db.session.scalars(
        sa.select(Commitment).where(Commitment.consultation_id == terms.consultation_id).order_by(Commitment.id)
    ).all()
    keys = [one["key"] for one in read_toml("hleag-terms-of-reference", "commitments.toml")["commitment"]]
    found = dict(zip(keys, rows, strict=True))
    for key in (
        "first_meeting",
        "quarterly_table",
        "information_sessions",
        "engagement_page",
        "confidentiality_note",
        "register",
    ):
        who = db.session.scalars(
            sa.select(SubmissionConstituency.constituency)
            .join(Comment, Comment.submission_id == SubmissionConstituency.submission_id)
            .join(CommitmentPoint, CommitmentPoint.comment_id == Comment.id)
            .where(CommitmentPoint.commitment_id == found[key].id)
        )
        assert len(set(who)) >= 3, key
    assert all(row.is_published and row.is_illustration for row in rows)
    today = now.date()
    assert [key for key, row in found.items() if row.is_overdue(today)] == ["information_sessions"]
    assert Counter(row.status for row in rows) == {
        CommitmentStatus.UNDER_WAY: 6, CommitmentStatus.KEPT: 1, CommitmentStatus.NOT_STARTED: 1,
    }  # fmt: skip
    moved = db.session.scalars(
        sa.select(CommitmentUpdate).where(CommitmentUpdate.due_before != CommitmentUpdate.due_after)
    ).all()
    assert [update.commitment_id for update in moved] == [found["first_meeting"].id]
    assert found["travel_fund"].source_url.startswith("https://example.org/")


def _it_came_to_an_end(terms: Round, now: datetime) -> None:
    outcome = find_outcome(terms.consultation)
    assert outcome is not None
    assert outcome.kind is OutcomeKind.ENDORSED
    assert len(list_translations("outcome", [outcome.id])) == 4
    meetings = [meeting.row for meeting in list_meetings(terms.consultation, "en")]
    assert {meeting.kind for meeting in meetings} == set(MeetingKind)
    for meeting in meetings:
        assert bool(meeting.record_url) is (meeting.last_day < now.date())


def _the_answer_that_was_wrong_is_corrected(terms: Round) -> str:
    """Release 2 with the correction of one answer; returns the reference of that point."""
    release = find_latest_release(terms)
    assert release is not None
    assert release.number == 2
    for kind in FileKind:
        content = file_store().get(current_files(release)[kind].sha256).decode()
        assert "ILLUSTRATION" in content, kind
        if kind is FileKind.CSV:
            assert all("ILLUSTRATION" in line for line in content.splitlines()[1:2])
    comment = db.session.scalars(
        sa.select(Comment)
        .join(ResponseVersion, ResponseVersion.comment_id == Comment.id)
        .join(ResponseCorrection, ResponseCorrection.response_version_id == ResponseVersion.id)
    ).one()
    dispositions = [sent.version.disposition for sent in list_sent_versions([comment])[comment.id]]
    assert dispositions == [Disposition.NOTED, Disposition.ACCEPTED]
    return comment.reference or ""


def _the_final_text_says_where_it_comes_from(terms: Round) -> None:
    """Every kind of change, each with a point, a source or the lack of one; what was accepted and is not seen too."""
    consultation = terms.consultation
    draft, final = list_versions(consultation)
    assert final.is_final
    assert {edition.language for edition in final.editions} == {"ar", "en", "fr"}
    pairs = pairs_of(draft, final)
    assert {pair.continuation for pair in pairs} == set(Continuation) - {Continuation.MOVED, Continuation.MOVED_EDITED}
    assert {pair.ground for pair in pairs} == {Ground.SAME_WORDS, Ground.SIMILAR_WORDS, Ground.BY_HAND}
    counts = Counter("caused" if one.public else "said" if one.source else "open" for one in list_standing(final, "en"))
    assert counts["caused"] >= 60
    assert counts["said"] == 7
    assert counts["open"] == 1
    assert count_unreflected(consultation, explained=True) == 4
    assert count_unreflected(consultation, explained=False) == 1
    # Whoever asked sees what their words changed, in their language.
    seats = db.session.scalars(
        sa.select(Comment).where(Comment.round_id == terms.id, Comment.proposed_change == "Trade unions: 3")
    ).one()
    caused = changes_caused([seats], language="fr")[seats.id]
    added = [" ".join(p.text for p in one.change.pieces if p.kind is Change.ADDED) for one in caused]
    assert len(added) == 3
    for words, number in zip(added, ("huit", "3", "dix-neuf"), strict=True):
        assert number in words


def _points_point_at_words(guideline: Round, terms: Round) -> None:
    languages = db.session.execute(
        sa.select(Comment.round_id, Quotation.language, sa.func.count())
        .join(Comment, Comment.id == Quotation.comment_id)
        .group_by(Comment.round_id, Quotation.language)
    ).all()
    found = {(round_id, language): number for round_id, language, number in languages}
    assert {language for round_id, language in found if round_id == terms.id} == {"ar", "en", "fr"}
    assert found[guideline.id, "en"] >= 12
    states = sorted(comment.nature for comment in list_reservations([guideline]))
    assert states == [Nature.RESERVATION, Nature.RESERVATION, Nature.STATEMENT]
    assert sorted(comment.nature for comment in list_reservations([terms])) == [Nature.RESERVATION, Nature.STATEMENT]


def _positions_stand_by_constituency(guideline: Round) -> None:
    questions = list_questions(guideline)
    assert Counter(question.kind for question in questions) == {
        QuestionKind.POSITIONS: 2, QuestionKind.AGREEMENT: 1, QuestionKind.MULTIPLE_CHOICE: 1, QuestionKind.FREE_TEXT: 1,
    }  # fmt: skip
    counted, peers = count_choices(guideline, utc_now()), questions[0].options[0].id
    assert counted[Who.GOVERNMENT][peers, Stance.SUPPORT.value] == 3
    assert counted[Who.INDUSTRY][peers, Stance.NOT_SUPPORT.value] == 3
    reasons = db.session.scalars(
        sa.select(Comment.moderation_status)
        .where(Comment.round_id == guideline.id, Comment.option_id.is_not(None))
    ).all()  # fmt: skip
    assert len(reasons) == 11


def _the_open_round_had_changes(guideline: Round) -> None:
    (extension,) = list_extensions([guideline], "en")
    assert extension.row.closes_after - extension.row.closes_before == timedelta(days=14)
    assert to_wall(extension.row.closes_after, guideline.zone).time().isoformat() == "23:59:00"
    assert len(list_corrigenda([guideline], "en")) == 2
    revisions = db.session.scalars(
        sa.select(Submission.revision).where(Submission.round_id == guideline.id, Submission.revision > 0)
    ).all()
    assert revisions == [1]


def _it_is_read_in_many_languages(guideline: Round, terms: Round) -> None:
    """What is public can be read in English, some authors are answered in their own words, and work is left."""
    translator = db.session.scalars(sa.select(Account.id).where(Account.email == email_of(StaffRole.TRANSLATOR))).one()
    rows = db.session.scalars(sa.select(Translation).where(Translation.translated_by == translator)).all()
    assert {row.origin for row in rows} == {Origin.HUMAN}
    english = {row.subject_id for row in rows if (row.subject, row.field, row.language) == ("comment", "text", "en")}
    points = db.session.scalars(
        sa.select(Comment).join(Submission).where(Comment.round_id == terms.id, PUBLIC)
    ).all()  # fmt: skip
    languages = {*terms.consultation.languages, "es"}
    assert [point.reference for point in points if point.language not in languages and point.id not in english] == []
    answered = db.session.execute(
        sa.select(Translation.subject_id, Comment.language, sa.func.count())
        .join(ResponseVersion, ResponseVersion.id == Translation.subject_id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(Translation.subject == "response_version", Translation.language == Comment.language)
        .where(Translation.translated_by == translator)
        .group_by(Translation.subject_id, Comment.language)
    ).all()
    assert len(answered) >= 14
    assert {number for _id, _language, number in answered} == {2}  # text and rationale
    assert {language for _id, language, _number in answered} == {
        "es", "id", "km", "my", "pt", "ru", "sw", "th", "vi", "zh",
    }  # fmt: skip
    assert [(one.settled_at is None, one.answer) for one in db.session.scalars(sa.select(Contest))] == [
        (True, ""), (False, ""),
    ]  # fmt: skip
    account = db.session.get_one(Account, translator)
    actor = Person(account, {guideline.consultation.host_id: frozenset({StaffRole.TRANSLATOR})})
    work = load_work(guideline.consultation, "id", actor=actor)
    assert work.count(Standing.DONE) >= 15
    assert work.count(Standing.MISSING) > work.count(Standing.DONE)
    assert "id" not in guideline.consultation.languages


def _every_page_is_marked(client: FlaskClient, corrected: str) -> None:
    terms = "/en/consultations/hleag-terms-of-reference"
    pages = {
        terms: ["the Plenary of Convening Office H", "130 of 130"],
        f"{terms}/commitments": ["Overdue", "First promised for"],
        f"{terms}/timeline": ["First meeting of the Group"],
        f"{terms}/rounds/1/response-log/2": ["What changed since release 1"],
        f"{terms}/comments/{corrected}": ['<h2 id="answer">', "Corrected on"],
        "/en/commitments": ["Overdue"],
        "/en/consultations/apsmd-guideline/positions": ["This is not a vote."],
    }
    for address, words in pages.items():
        page = client.get(address)
        assert page.status_code == 200, address
        for word in ["ILLUSTRATION", *words]:
            assert word in page.text, (address, word)
