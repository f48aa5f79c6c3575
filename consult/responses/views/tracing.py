"""Linking points with the changes that they caused, from the side of the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.core.paging import page_of_list
from consult.core.secrets import normalise_reference
from consult.core.text import search_words
from consult.documents.models import DocumentVersion
from consult.documents.queries.changes import find_changes, show_changes
from consult.documents.queries.versions import key_of
from consult.moderation.queries import surroundings_of
from consult.responses.enums import disposition_in_words
from consult.responses.forms import TakeBackForm, reason_form
from consult.responses.models import ChangeTrace
from consult.responses.tracing.queries import (
    Audience,
    changes_caused,
    counting_dispositions,
    list_comments,
)
from consult.responses.tracing.services import explain_unreflected, link_changes, may_be_read, take_back_link
from consult.responses.tracing.standing import (
    Show,
    continuing_versions,
    likely_changes,
    list_standing,
    search_changes,
)
from consult.responses.tracing.unreflected import count_unreflected, fates_of, page_of_unreflected, reasons_of
from consult.responses.views.beside import addresses_of, likely_of_all, linked, read_changes
from consult.responses.views.desk import desk
from consult.submissions.models import Comment
from consult.texts.queries import list_translations

AT_ONCE = 100


@desk.get("/traces")
@requires(Permission.DESK_READ, get_round)
def traces(round_: Round) -> str:
    """How far both traces are: what was accepted and is not seen, what changed though no point asked for it."""
    consultation = round_.consultation
    versions = continuing_versions(consultation)
    standing = {one.id: list_standing(one, current_locale().code, for_staff=True) for one in versions}
    return render_template(
        "responses/traces.html",
        current="traces",
        round=round_,
        consultation=consultation,
        versions=versions,
        key_of=key_of,
        counts={key: {show: sum(s.fits(show) for s in rows) for show in Show} for key, rows in standing.items()},
        Show=Show,
        unexplained=count_unreflected(consultation, Audience.STAFF, explained=False),
        explained=count_unreflected(consultation, Audience.STAFF, explained=True),
    )


@desk.get("/traces/accepted")
@requires(Permission.DESK_READ, get_round)
def unreflected(round_: Round) -> str:
    """Accepted points that no change is linked to."""
    consultation = round_.consultation
    explained = request.args.get("show") == "explained"
    page = page_of_unreflected(
        consultation,
        Audience.STAFF,
        explained=explained,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    comments = page.items
    likely = likely_changes(comments, 1)
    first = {key: found[0].key for key, found in likely.items() if found and found[0].is_likely}
    return render_template(
        "responses/unreflected.html",
        chosen=request.form.getlist("point"),
        current="traces",
        round=round_,
        consultation=consultation,
        page=page,
        total=count_unreflected(consultation, Audience.STAFF, explained=explained),
        explained=explained,
        has_versions=bool(continuing_versions(consultation)),
        reasons=reasons_of(comments, current_locale().code),
        dispositions=counting_dispositions([c.id for c in comments]),
        in_words=disposition_in_words,
        fates=fates_of(
            consultation,
            [c.paragraph_id for c in comments if c.paragraph_id is not None],
            current_locale().code,
            Audience.STAFF,
        ),
        likely=first,
        shown=show_changes(find_changes(first.values()).values(), current_locale().code),
        address=addresses_of(consultation),
        around=_around(round_, comments),
    )


def _around(round_: Round, comments: Sequence[Comment]) -> Any:
    return surroundings_of(
        round_, [comment.submission for comment in comments], current_locale().code, words_of=comments
    )


@dataclass(frozen=True)
class Chosen:
    """Points of a consultation, several rounds perhaps."""

    round: Round
    comments: Sequence[Comment]

    @property
    def host_id(self) -> int:
        """The host whose staff answer them."""
        return self.round.host_id


def load_points(slug: str) -> Chosen:
    """The points that an address names with ``point``, those of this consultation alone.

    Raises:
        NotFound: none of them is there.
    """
    round_ = get_round(slug)
    named = [normalise_reference(value.partition(":")[0]) for value in request.values.getlist("point")[:AT_ONCE]]
    ids = db.session.scalars(
        sa.select(Comment.id)
        .join(Round, Round.id == Comment.round_id)
        .where(
            Round.consultation_id == round_.consultation_id,
            Comment.reference.in_([reference for reference in named if reference]),
            Comment.withdrawn_at.is_(None),
        )
    ).all()
    comments = list_comments(ids)
    if not comments:
        raise NotFound
    return Chosen(round_, comments)


@desk.route("/traces/link", methods=["GET", "POST"])
@requires(Permission.TRACE_EDIT, load_points)
def link(chosen: Chosen) -> Any:
    """Choose the changes that points caused: the likely ones first, then a search through all."""
    refusal = ""
    if request.method == "POST":
        try:
            keys = read_changes(chosen.round.consultation, request.form.getlist("change"))
            made = link_changes(chosen.comments, keys, actor=current_actor(), now=utc_now())
            flash(linked(chosen.round, made), "success")
            return redirect(_back_from(chosen))
        except (BadInput, InvalidTransition) as error:
            refusal = error.message
    return _show_link(chosen, refusal), 422 if refusal else 200


def _back_from(chosen: Chosen) -> str:
    slug = chosen.round.address
    if request.form.get("from") == "answer":
        references = [comment.reference for comment in chosen.comments]
        return url_for("responses_desk.write", slug=slug, point=references)
    return url_for("responses_desk.unreflected", slug=slug)


def _show_link(chosen: Chosen, refusal: str) -> str:
    consultation, comments = chosen.round.consultation, chosen.comments
    number = max(comment.submission.round.number for comment in comments)
    versions = [v for v in continuing_versions(consultation) if v.of_round is None or v.of_round.number > number]
    version = _asked_version(versions)
    words = search_words(request.values.get("words"))
    found = search_changes(version, words) if version is not None else []
    page = page_of_list(
        found, lambda one: one.eid, after=request.args.get("after"), before=request.args.get("before"), size=10
    )
    likely = likely_of_all(comments) if not words else []
    offered = {**find_changes(likely), **{one.key: one for one in page.items}}
    return render_template(
        "responses/trace_link.html",
        current="traces",
        round=chosen.round,
        consultation=consultation,
        comments=comments,
        caused=changes_caused(comments, language=current_locale().code, for_staff=True),
        versions=versions,
        version=version,
        key_of=key_of,
        words=words,
        page=page,
        total=len(found),
        likely=[key for key in likely if key in offered],
        shown=show_changes(offered.values(), current_locale().code),
        address=addresses_of(consultation),
        ticked=request.form.getlist("change"),
        origin=request.values.get("from", ""),
        refusal=refusal,
        around=_around(chosen.round, comments),
        dispositions=counting_dispositions([comment.id for comment in comments]),
        in_words=disposition_in_words,
    )


def _asked_version(versions: Sequence[DocumentVersion]) -> DocumentVersion | None:
    """The version that the address asks for, else the one that came first after the points."""
    wanted = request.values.get("of", "")
    return next((v for v in versions if key_of(v) == wanted), versions[-1] if versions else None)


@desk.route("/traces/reason", methods=["GET", "POST"])
@requires(Permission.TRACE_EDIT, load_points)
def explain(chosen: Chosen) -> Any:
    """Say why accepted points are not visible in the text."""
    consultation = chosen.round.consultation
    form = reason_form(consultation, _stored_reason(chosen.comments, consultation))
    if form.validate_on_submit():
        try:
            number = explain_unreflected(
                chosen.comments, reason=form.words("reason"), actor=current_actor(), now=utc_now()
            )
            flash(
                ngettext("The reason is kept for %(num)s point.", "The reason is kept for %(num)s points.", number),
                "success",
            )
            return redirect(url_for("responses_desk.unreflected", slug=chosen.round.address))
        except (BadInput, InvalidTransition) as error:
            form.show(error)
    page = render_template(
        "responses/trace_reason.html",
        current="traces",
        round=chosen.round,
        consultation=consultation,
        comments=chosen.comments,
        around=_around(chosen.round, chosen.comments),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _stored_reason(comments: Sequence[Comment], consultation: Consultation) -> dict[str, str]:
    """What is said of one point now, in every language."""
    if len(comments) != 1:
        return {}
    authentic = consultation.authentic_language
    found = reasons_of(comments, authentic).get(comments[0].id)
    if found is None:
        return {}
    rows = list_translations("unreflected_reason", [found.key])
    return {f"reason-{authentic}": found.reason.text} | {f"reason-{row.language}": row.text for row in rows}


@dataclass(frozen=True)
class OneLink:
    """A link of a point of this consultation."""

    round: Round
    trace: ChangeTrace

    @property
    def host_id(self) -> int:
        """The host whose staff made it."""
        return self.round.host_id


def load_link(slug: str, trace_id: int) -> OneLink:
    """The link that an address names.

    Raises:
        NotFound: none that stands, or of another consultation.
    """
    round_ = get_round(slug)
    trace = db.session.get(ChangeTrace, trace_id)
    if trace is None or trace.removed_at is not None or trace.version.consultation_id != round_.consultation_id:
        raise NotFound
    return OneLink(round_, trace)


@desk.route("/traces/links/<int(max=9223372036854775807):trace_id>/take-back", methods=["GET", "POST"])
@requires(Permission.TRACE_EDIT, load_link)
def unlink(found: OneLink) -> Any:
    """Take a link back, with a reason where it may have been read."""
    form, trace, round_ = TakeBackForm(), found.trace, found.round
    if form.validate_on_submit():
        try:
            take_back_link(trace, reason=form.reason.data or "", actor=current_actor(), now=utc_now())
            flash(_("The link is taken back."), "success")
            return redirect(url_for("responses_desk.link", slug=round_.address, point=trace.comment.reference))
        except (BadInput, InvalidTransition) as error:
            form.show(error)
    offered = find_changes([(trace.version_id, trace.eid)])
    page = render_template(
        "responses/trace_unlink.html",
        current="traces",
        round=round_,
        consultation=round_.consultation,
        trace=trace,
        change=show_changes(offered.values(), current_locale().code).get((trace.version_id, trace.eid)),
        is_public=may_be_read(trace),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200
