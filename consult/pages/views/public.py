"""Home, lists of consultations, one consultation, how it works, accessibility."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from consult.access.guard import can, current_actor, public, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.consultations.enums import Body, RoundState
from consult.consultations.models import LOCALIZED_FIELDS, Round
from consult.consultations.queries import get_published_round, list_questions
from consult.consultations.wording import KINDS, moment_in_words, status_sentence
from consult.core.clock import utc_now
from consult.core.errors import NotFound
from consult.core.locale import current_locale, format_day
from consult.core.locale import gettext as _
from consult.core.text import search_words
from consult.core.web.locales import redirect_to_localised
from consult.core.web.routes import reading_page
from consult.pages.queries import count_entries, list_shelves, page_of_entries, state_of
from consult.publication.queries import find_latest_release
from consult.submissions.queries import find_draft, progress_of
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
        "pages/home.html", shelves=shelves, words=words, now=now, sentence=status_sentence, kinds=KINDS
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


def consultation_tabs(round_: Round, current: str) -> list[tuple[str, str, bool, int | None]]:
    """The tabs of a consultation's pages."""
    slug = round_.consultation.slug
    return [
        (_("Overview"), url_for("pages.consultation", slug=slug), current == "overview", None),
        (_("Draft"), url_for("reading.draft", slug=slug), current == "draft", None),
        (_("Points"), url_for("comments.list_comments", slug=slug), current == "comments", None),
        (_("Response log"), url_for("response_log.log", slug=slug), current == "log", None),
    ]


@pages.get("/consultations/<slug>")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def consultation(round_: Round) -> str:
    """One consultation: what is asked, who decides, on what terms, and when."""
    found = round_.consultation
    now = utc_now()
    state = state_of(round_, now)
    texts = load_texts("consultation", [found.id], current_locale().code)
    questions = list_questions(round_)
    question_texts = load_texts("question", [question.id for question in questions], current_locale().code)
    seats = {(row.body, row.constituency): row.seats for row in found.seats}
    shows_input = can(Permission.INPUT_READ, round_)  # its numbers too
    visitor = "consult" not in request.cookies  # whoever has no cookie has no draft: the page stays the same for all
    return render_template(
        "pages/consultation.html",
        round=round_,
        consultation=found,
        state=state,
        kind=KINDS[state],
        status=status_sentence(round_, state, now),
        text={
            name: texts.of(found.id, name, getattr(found, name), found.authentic_language) for name in LOCALIZED_FIELDS
        },
        questions=[
            question_texts.of(question.id, "text", question.text, found.authentic_language) for question in questions
        ],
        seats=seats,
        bodies=list(Body),
        seated=[c for c in Constituency if any((body, c) in seats for body in Body)],
        progress=progress_of([round_])[round_.id] if shows_input else None,
        release=find_latest_release(round_) if shows_input else None,
        draft=None if visitor else find_draft(round_, current_actor()),
        timeline=_timeline(round_, state),
        tabs=consultation_tabs(round_, "overview"),
        readable=can(Permission.DRAFT_READ, round_),
        takes_part=state is RoundState.OPEN and can(Permission.TAKE_PART, round_),
    )


def _timeline(round_: Round, state: RoundState) -> list[tuple[str, str, str, str]]:
    if round_.opens_at is None or round_.closes_at is None or round_.response_due is None:
        raise NotFound
    opens = moment_in_words(round_.opens_at, round_.zone)
    closes = moment_in_words(round_.closes_at, round_.zone)
    opened, closed, answered = {
        RoundState.UPCOMING: ("next", "next", "next"),
        RoundState.OPEN: ("done", "next", "next"),
        RoundState.AWAITING: ("done", "done", "next"),
        RoundState.OVERDUE: ("done", "done", "now"),
        RoundState.ANSWERED: ("done", "done", "done"),
    }[state]
    return [
        (opens, _("The round opens"), _("From here on, everybody it is for can write points."), opened),
        (closes, _("The round closes"), _("Drafts begun before can still be submitted for a short while."), closed),
        (
            format_day(round_.response_due),
            _("The response is due"),
            _("By then every point has its answer, and the response log is published."),
            answered,
        ),
    ]


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
