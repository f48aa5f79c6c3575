"""Home, lists of consultations, one consultation, how it works, accessibility."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request

from consult.access.guard import can, current_actor, public, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.commitments.queries import count_public_commitments
from consult.consultations.background import count_background
from consult.consultations.enums import Body, RoundState
from consult.consultations.history import lineage_of
from consult.consultations.models import LOCALIZED_FIELDS, Consultation, Round
from consult.consultations.queries import get_published_round, list_questions, title_in
from consult.consultations.views.editions import input_language, reading_language
from consult.consultations.wording import KINDS, audience_sentence, status_sentence
from consult.core.clock import utc_now
from consult.core.locale import current_locale
from consult.core.text import search_words
from consult.core.web.locales import redirect_to_localised
from consult.core.web.routes import reading_page
from consult.documents.models import DocumentVersion
from consult.documents.queries import published_versions
from consult.documents.queries.versions import key_of
from consult.pages.events import Course, events_near, list_events, load_course
from consult.pages.queries import count_entries, list_shelves, page_of_entries, total_progress
from consult.pages.tracing import leftovers_of
from consult.privacy.queries import list_public_hosts
from consult.privacy.wording import retention_sentences
from consult.publication.queries import find_latest_release
from consult.submissions.disclosure import limits_of_protection, never_kept
from consult.submissions.positions import asks_for_positions
from consult.submissions.queries import find_draft, load_standing, progress_of
from consult.texts.queries import load_texts

root = Blueprint("root", __name__)
pages = Blueprint("pages", __name__, url_prefix="/<locale:locale>")


@root.get("/")
@public
def without_language() -> Any:
    """Send a visitor to the first page in a language of theirs."""
    return redirect_to_localised()


@pages.get("/")
@reading_page
@public
def home() -> str:
    """The first page: what this is, and consultations by where they stand."""
    words = search_words(request.args.get("words"))
    now = utc_now()
    shelves = list_shelves(current_locale().code, words=words, now=now)
    return render_template(
        "pages/home.html",
        shelves=shelves,
        totals=total_progress(now),
        kept=count_public_commitments(today=now.date()),
        words=words,
        now=now,
        sentence=status_sentence,
        kinds=KINDS,
    )


@pages.get("/consultations")
@reading_page
@public
def list_consultations() -> str:
    """Consultations of one state, or all of them, with a way to find one."""
    words = search_words(request.args.get("words"))
    wanted = request.args.get("state", "")
    state = RoundState(wanted) if wanted in set(RoundState) - {RoundState.SETUP} else None
    now = utc_now()
    page = page_of_entries(
        current_locale().code,
        state=state,
        words=words,
        now=now,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "pages/consultations.html",
        page=page,
        total=count_entries(state=state, words=words, now=now),
        state=state,
        states=[s for s in RoundState if s not in {RoundState.SETUP, RoundState.OVERDUE}],
        words=words,
        now=now,
        sentence=status_sentence,
        kinds=KINDS,
    )


@pages.get("/consultations/<address:slug>")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def consultation(round_: Round) -> str:
    """One consultation: what is asked, who decides, on what terms, and when."""
    found = round_.consultation
    now = utc_now()
    course = load_course(found, reading_language(found), now=now)
    state = course.states[round_.id]
    shows_input = can(Permission.INPUT_READ, round_)  # its numbers too
    visitor = "consult" not in request.cookies  # whoever has no cookie has no draft: the page stays the same for all
    return render_template(
        "pages/consultation.html",
        round=round_,
        consultation=found,
        state=state,
        kind=KINDS[state],
        status=status_sentence(round_, state, now),
        **_written(round_),
        **_seated(found),
        **_course(round_, course, now),
        progress=progress_of([round_])[round_.id] if shows_input else None,
        release=find_latest_release(round_) if shows_input else None,
        draft=None if visitor else find_draft(round_, current_actor()),
        commitments=count_public_commitments(today=now.date(), consultation=found),
        readable=can(Permission.DRAFT_READ, round_),
        before=_version_before(round_),
        documents=count_background(found),
        takes_part=state is RoundState.OPEN and can(Permission.TAKE_PART, round_),
        audience=audience_sentence(round_),
    )


def _version_before(round_: Round) -> DocumentVersion | None:
    """The text that the draft of a round followed, if its reader may read both."""
    if round_.number == 1 or not can(Permission.DRAFT_READ, round_):
        return None
    earlier = [one for one in published_versions(round_.consultation, current_actor()) if one.of_round is not None]
    return next((one for one in reversed(earlier) if one.round.number < round_.number), None)


def _written(round_: Round) -> dict[str, Any]:
    """What staff wrote, in the reader's language: the texts, what is new in the round, its questions."""
    found = round_.consultation
    language = reading_language(found)
    original = found.authentic_language
    texts = load_texts("consultation", [found.id], language)
    questions = list_questions(round_)
    question_texts = load_texts("question", [question.id for question in questions], language)
    introduction = None
    if round_.number > 1:
        introductions = load_texts("round", [round_.id], language)
        introduction = introductions.of(round_.id, "introduction", round_.introduction, original)
    return {
        "text": {name: texts.of(found.id, name, getattr(found, name), original) for name in LOCALIZED_FIELDS},
        "introduction": introduction,
        "has_positions": asks_for_positions(questions),
        "questions": [question_texts.of(question.id, "text", question.text, original) for question in questions],
    }


def _seated(consultation: Consultation) -> dict[str, Any]:
    """Who sits in the bodies."""
    seats = {(row.body, row.constituency): row.seats for row in consultation.seats}
    seated = [c for c in Constituency if any((body, c) in seats for body in Body)]
    return {"seats": seats, "bodies": list(Body), "seated": seated}


def _course(round_: Round, course: Course, now: datetime) -> dict[str, Any]:
    """More time, what it follows and what followed it, what became of it, and how many points of it still wait."""
    found = round_.consultation
    language = reading_language(found)
    events = list_events(found, language, locale=current_locale().code, now=now, course=course)
    waiting, standing, left = 0, None, None
    if course.outcome is not None:
        readable = [one for one in course.rounds if can(Permission.INPUT_READ, one)]
        visible = [one for one in readable if one.asks_for_answers]
        waiting = sum(progress.outstanding for progress in progress_of(visible).values())
        standing = load_standing(readable, reader=language, words=input_language(found), actor=current_actor())
        left = leftovers_of(found, current_actor(), language)
    return {
        "outcome": course.outcome,
        "waiting": waiting,
        "standing": standing,
        "left": left,
        "key_of": key_of,
        "extensions": [one for one in course.extensions if one.row.round_id == round_.id],
        "additions": [one for one in course.additions if one.row.round_id == round_.id],
        "lineage": lineage_of(found, language),
        "events": events_near(events),
        "events_total": len(events),
    }


@pages.get("/consultations/<address:slug>/timeline")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def timeline(round_: Round) -> str:
    """Everything that happened to a consultation, and what is planned."""
    now, language = utc_now(), reading_language(round_.consultation)
    return render_template(
        "pages/timeline.html",
        round=round_,
        consultation=round_.consultation,
        title=title_in(round_.consultation, language),
        events=list_events(round_.consultation, language, locale=current_locale().code, now=now),
    )


@pages.get("/consultations/<address:slug>/safety")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def safety(round_: Round) -> str:
    """What to think of before writing where that may bring harm, what we do and do not do, and whom to turn to."""
    found = round_.consultation
    return render_template(
        "pages/safety.html",
        consultation=found,
        title=title_in(found, reading_language(found)),
        limits=limits_of_protection(),
        never=never_kept(),
        retention=retention_sentences(found.host),
    )


@pages.get("/safety")
@reading_page
@public
def safety_everywhere() -> str:
    """The same before any consultation is chosen, with the contacts of every host."""
    return render_template(
        "pages/safety.html",
        consultation=None,
        hosts=list_public_hosts(),
        limits=limits_of_protection(),
        never=never_kept(),
        retention=retention_sentences(None),
    )


@pages.get("/how-it-works")
@reading_page
@public
def how_it_works() -> str:
    """What happens to what people write."""
    return render_template("pages/how_it_works.html")


@pages.get("/accessibility")
@reading_page
@public
def accessibility() -> str:
    """What works for whom, and what does not yet."""
    return render_template("pages/accessibility.html")
