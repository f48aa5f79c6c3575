"""The desk's start, and where one consultation stands."""

from __future__ import annotations

from flask import render_template, request

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_round, list_missing_parts, page_of_consultations_at
from consult.consultations.wording import KINDS, status_sentence
from consult.core.clock import utc_now
from consult.core.text import search_words
from consult.documents.queries import find_version
from consult.pages.queries import newest_rounds, roles_at, state_of, states_of, work_of
from consult.pages.views.public import pages
from consult.publication.queries import list_releases
from consult.secretariats.queries import list_hosts, list_hosts_managed_by
from consult.submissions.queries import exact_progress


@pages.get("/desk")
@requires(Permission.DESK_ENTER)
def desk() -> str:
    """What needs this person now: on each page, consultations with work first, then the newest."""
    actor = current_actor()
    words = search_words(request.args.get("words"))
    page = page_of_consultations_at(
        actor, after=request.args.get("after"), before=request.args.get("before"), words=words
    )
    rounds = newest_rounds(page.items)
    work = work_of([round_.id for round_ in rounds.values()])
    now = utc_now()
    states = states_of(rounds.values(), now)
    mine = {
        consultation.id: work[rounds[consultation.id].id].for_roles(roles_at(actor, consultation.host_id))
        for consultation in page.items
    }
    return render_template(
        "pages/desk.html",
        page=page,
        entries=sorted(page.items, key=lambda consultation: not mine[consultation.id].total),  # work comes first
        words=words,
        rounds=rounds,
        work=mine,
        states={key: states[round_.id] for key, round_ in rounds.items()},
        kinds=KINDS,
        hosts=list_hosts(actor),
        managed=list_hosts_managed_by(actor),
        sentence=status_sentence,
        now=now,
    )


@pages.get("/desk/<slug>")
@requires(Permission.DESK_READ, get_round)
def desk_consultation(round_: Round) -> str:
    """Where one consultation stands: the clock, the work, what is missing before it can be called answered."""
    now = utc_now()
    state = state_of(round_, now)
    return render_template(
        "pages/desk_consultation.html",
        round=round_,
        consultation=round_.consultation,
        state=state,
        kind=KINDS[state],
        status=status_sentence(round_, state, now),
        work=work_of([round_.id])[round_.id],
        progress=exact_progress(round_),
        missing=list_missing_parts(round_, now) if round_.opened_at is None else [],
        version=find_version(round_),
        releases=list_releases(round_),
        current="overview",
    )
