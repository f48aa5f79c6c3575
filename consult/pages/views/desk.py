"""The desk's start, and where one consultation stands."""

from __future__ import annotations

from flask import render_template, request

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.access.roles import StaffRole
from consult.commitments.queries import list_due
from consult.consultations.history import is_concluded
from consult.consultations.models import Round
from consult.consultations.queries import get_round, list_missing_parts, page_of_consultations_at, titles_in
from consult.consultations.wording import KINDS, state_in_words, status_sentence
from consult.core.clock import utc_now
from consult.core.locale import current_locale
from consult.core.text import search_words
from consult.pages.queries import roles_at, rounds_of, states_of, work_of
from consult.pages.views.public import pages
from consult.protection.queries import count_open_strikes
from consult.publication.queries import count_news, list_releases
from consult.responses.tracing.standing import count_owed
from consult.secretariats.queries import list_hosts, list_hosts_managed_by
from consult.submissions.queries import exact_progress
from consult.translating.contesting import count_contests_of
from consult.translating.waiting import count_waiting


@pages.get("/desk")
@requires(Permission.DESK_ENTER)
def desk() -> str:
    """What needs this person now: on each page, consultations with work first, then the newest."""
    actor = current_actor()
    words = search_words(request.args.get("words"))
    page = page_of_consultations_at(
        actor, after=request.args.get("after"), before=request.args.get("before"), words=words
    )
    rounds = rounds_of(page.items)
    every = [round_ for group in rounds.values() for round_ in group]
    work = work_of([round_.id for round_ in every])
    now = utc_now()
    mine = {round_.id: work[round_.id].for_roles(roles_at(actor, round_.host_id)) for round_ in every}
    busy = {round_.consultation_id for round_ in every if mine[round_.id].total}
    managed = list_hosts_managed_by(actor)
    translated = [one for one in page.items if StaffRole.TRANSLATOR in roles_at(actor, one.host_id)]
    protected = [one.id for one in every if StaffRole.PROTECTION in roles_at(actor, one.host_id)]
    due = list_due([host.id for host in managed], today=now.date())
    of_due = [one.consultation for one in due.commitments if one.consultation is not None]
    return render_template(
        "pages/desk.html",
        due=due,
        titles=titles_in([*page.items, *of_due], current_locale().code),
        today=now.date(),
        page=page,
        entries=sorted(page.items, key=lambda consultation: consultation.id not in busy),  # work comes first
        words=words,
        rounds=rounds,
        work=mine,
        to_translate=count_waiting(translated, actor=actor) if translated else {},
        contests=count_contests_of(page.items, actor=actor, rounds=every),
        to_strike=count_open_strikes(protected) if protected else {},
        states=states_of(every, now),
        kinds=KINDS,
        hosts=list_hosts(actor),
        managed=managed,
        sentence=status_sentence,
        now=now,
    )


@pages.get("/desk/<address:slug>")
@requires(Permission.DESK_READ, get_round)
def desk_consultation(round_: Round) -> str:
    """Where one consultation stands: the clock, the work, what is missing before it can be called answered."""
    now = utc_now()
    rounds = round_.consultation.rounds[::-1]  # the side list needs them too
    states = states_of(rounds, now)
    state = states[round_.id]
    releases = list_releases(round_)
    latest = next((one for one in releases if one.published_at is not None), None)
    contests = count_contests_of([round_.consultation], actor=current_actor())
    may_release = can(Permission.RELEASE_BUILD, round_)
    return render_template(
        "pages/desk_consultation.html",
        others=[one for one in rounds if one.id != round_.id],
        states=states,
        sentence=status_sentence,
        state_in_words=state_in_words,
        now=now,
        may_follow=rounds[0].id == round_.id and round_.is_over(now) and not is_concluded(round_.consultation),
        round=round_,
        consultation=round_.consultation,
        state=state,
        kind=KINDS[state],
        status=status_sentence(round_, state, now),
        work=work_of([round_.id])[round_.id],
        progress=exact_progress(round_),
        missing=list_missing_parts(round_, now) if round_.opened_at is None else [],
        releases=releases,
        latest=latest,
        news=count_news(latest) if latest is not None and may_release else {},
        owed=count_owed(round_.consultation),
        open_contests=contests.get(round_.consultation_id, 0),
        current="overview",
    )
