"""The changes with a version: those that no point asked for get their source and reason; any may get its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.core.paging import page_of_list
from consult.core.text import search_words
from consult.documents.queries.changes import Key, ShownChange, find_changes, show_changes
from consult.documents.queries.continuity import list_versions
from consult.documents.queries.versions import key_of
from consult.moderation.queries import surroundings_of
from consult.responses.enums import CAUSING, disposition_in_words
from consult.responses.forms import source_form
from consult.responses.tracing.lines import OneParagraph, count_points_on, history_of, page_of_points_on
from consult.responses.tracing.queries import (
    changes_caused,
    counting_dispositions,
    find_points,
    sources_of,
    traces_of_changes,
)
from consult.responses.tracing.services import give_source, link_changes
from consult.responses.tracing.standing import Show, continuing_versions, list_standing
from consult.responses.views.beside import addresses_of, linked, read_changes
from consult.responses.views.desk import desk
from consult.responses.views.tracing import load_points
from consult.submissions.models import Comment
from consult.texts.queries import list_translations

MARKED = 500


@desk.get("/traces/changes")
@requires(Permission.DESK_READ, get_round)
def changes(round_: Round) -> str:
    """The changes with one version, narrowed to those that wait for a source, unless the address says otherwise."""
    consultation, language = round_.consultation, current_locale().code
    versions = continuing_versions(consultation)
    wanted = request.args.get("of", "")
    version = next((v for v in versions if key_of(v) == wanted), versions[0] if versions else None)
    show = Show(request.args.get("show", "")) if request.args.get("show") in set(Show) else Show.UNEXPLAINED
    every = list_standing(version, language, for_staff=True) if version is not None else []
    found = [one for one in every if one.fits(show)]
    page = page_of_list(
        found, lambda one: one.change.eid, after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template(
        "responses/changes.html",
        chosen=request.form.getlist("change"),
        current="traces",
        round=round_,
        consultation=consultation,
        versions=versions,
        version=version,
        key_of=key_of,
        show=show,
        Show=Show,
        counts={one: sum(standing.fits(one) for standing in every) for one in Show},
        page=page,
        shown=show_changes([one.change for one in page.items], language),
        causes=traces_of_changes([one.change.key for one in page.items], for_staff=True) if page.items else {},
        address=addresses_of(consultation),
    )


@desk.post("/traces/changes")
@requires(Permission.TRACE_EDIT, get_round)
def mark_changes(round_: Round) -> Any:
    """Mark the ticked changes as editorial at once; or go on to write their source and reason."""
    slug = round_.address
    if request.form.get("action") == "source":
        return redirect(url_for(".source", slug=slug, change=request.form.getlist("change")[:MARKED]))
    try:
        keys = read_changes(round_.consultation, request.form.getlist("change")[:MARKED])
        give_source(
            round_.consultation, keys, source={}, reason={}, is_editorial=True, actor=current_actor(), now=utc_now()
        )
        message = ngettext(
            "%(num)s change is marked as editorial.", "%(num)s changes are marked as editorial.", len(keys)
        )
        flash(message, "success")
    except (BadInput, InvalidTransition) as error:
        flash(error.message, "error")
    return redirect(url_for(".changes", slug=slug, of=request.form.get("of") or None))


@dataclass(frozen=True)
class Named:
    """Changes that an address names."""

    round: Round
    keys: Sequence[Key]
    shown: Sequence[ShownChange]

    @property
    def host_id(self) -> int:
        """The host whose text it is."""
        return self.round.host_id


def load_changes(slug: str) -> Named:
    """The changes that an address names with ``change``, those of this consultation alone.

    Raises:
        NotFound: none of them is there.
    """
    round_ = get_round(slug)
    try:
        keys = read_changes(round_.consultation, request.values.getlist("change")[:MARKED])
    except BadInput as error:
        raise NotFound from error
    found_changes = find_changes(keys)
    shown = show_changes([found_changes[key] for key in keys if key in found_changes], current_locale().code)
    if not shown:
        raise NotFound
    return Named(round_, list(shown), list(shown.values()))


@desk.route("/traces/changes/source", methods=["GET", "POST"])
@requires(Permission.TRACE_EDIT, load_changes)
def source(named: Named) -> Any:
    """Write where changes come from and why they were made."""
    consultation = named.round.consultation
    form = source_form(consultation, _stored(named))
    if form.validate_on_submit():
        try:
            give_source(
                consultation,
                named.keys,
                source=form.words("source"),
                reason=form.words("reason"),
                is_editorial=False,
                actor=current_actor(),
                now=utc_now(),
            )
            number = len(named.keys)
            flash(
                ngettext(
                    "Source and reason are kept for %(num)s change.",
                    "Source and reason are kept for %(num)s changes.",
                    number,
                ),
                "success",
            )
            return redirect(url_for(".changes", slug=named.round.address, of=_version_of(named)))
        except (BadInput, InvalidTransition) as error:
            form.show(error)
    page = render_template(
        "responses/change_source.html",
        current="traces",
        round=named.round,
        consultation=consultation,
        changes=named.shown,
        address=addresses_of(consultation),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _version_of(named: Named) -> str:
    return addresses_of(named.round.consultation)(named.keys[0]).partition(":")[0]


def _stored(named: Named) -> dict[str, str]:
    """What is said now, where all of these have the same source."""
    authentic = named.round.consultation.authentic_language
    sources = sources_of({version_id for version_id, _eid in named.keys}, authentic)
    rows = {sources[key][1].row.id: sources[key][1].row for key in named.keys if key in sources}
    if len(rows) != 1 or not all(key in sources for key in named.keys):
        return {}
    [row] = rows.values()
    found = {f"source-{authentic}": row.source, f"reason-{authentic}": row.reason}
    return found | {f"{one.field}-{one.language}": one.text for one in list_translations("change_source", [row.id])}


@desk.route("/traces/changes/points", methods=["GET", "POST"])
@requires(Permission.TRACE_EDIT, load_changes)
def points_of_change(named: Named) -> Any:
    """Choose the points that caused a change: those on the paragraph first, others by their words or references."""
    refusal = ""
    if request.method == "POST":
        try:
            comments = load_points(named.round.address).comments
            made = link_changes(comments, named.keys[:1], actor=current_actor(), now=utc_now())
            flash(linked(named.round, made), "success")
            return redirect(url_for(".changes", slug=named.round.address, of=_version_of(named), show=Show.CAUSED))
        except NotFound:
            refusal = _("Choose at least one point.")
        except (BadInput, InvalidTransition) as error:
            refusal = error.message
    return _show_points(named, refusal), 422 if refusal else 200


def _show_points(named: Named, refusal: str) -> str:
    consultation, change = named.round.consultation, named.shown[0]
    words = search_words(request.values.get("words"))
    comments = find_points(consultation, words, about=change.change.before_ids, dispositions=CAUSING)
    return render_template(
        "responses/change_points.html",
        current="traces",
        round=named.round,
        consultation=consultation,
        change=change,
        address=addresses_of(consultation),
        causes=traces_of_changes([change.key], for_staff=True).get(change.key, []),
        comments=comments,
        words=words,
        ticked=request.form.getlist("point"),
        refusal=refusal,
        dispositions=counting_dispositions([comment.id for comment in comments]),
        in_words=disposition_in_words,
        around=surroundings_of(
            named.round, [comment.submission for comment in comments], current_locale().code, words_of=comments
        ),
    )


def load_paragraph(slug: str, eid: str) -> OneParagraph:
    """The paragraph that an address names."""
    round_ = get_round(slug)
    return OneParagraph(round_, eid, list_versions(round_.consultation))


@desk.get("/paragraphs/<eid>")
@requires(Permission.DESK_READ, load_paragraph)
def paragraph(found: OneParagraph) -> str:
    """One paragraph through time, with every point on it that staff may read."""
    language = current_locale().code
    stages = history_of(found.eid, found.versions, language, for_staff=True)
    ids = [stage.paragraph.id for stage in stages if stage.paragraph is not None]
    page = page_of_points_on(ids, for_staff=True, after=request.args.get("after"), before=request.args.get("before"))
    comments: Sequence[Comment] = page.items
    return render_template(
        "responses/paragraph.html",
        current="traces",
        round=found.round,
        consultation=found.round.consultation,
        eid=found.eid,
        stages=stages,
        key_of=key_of,
        page=page,
        total=sum(count_points_on(ids, for_staff=True).values()),
        dispositions=counting_dispositions([comment.id for comment in comments]),
        caused=changes_caused(comments, language=language, for_staff=True),
        in_words=disposition_in_words,
        around=surroundings_of(found.round, [comment.submission for comment in comments], language, words_of=comments),
    )
