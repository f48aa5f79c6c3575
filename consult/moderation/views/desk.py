"""The queue: read points, publish them, restrict them with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.moderation.enums import RestrictionReason
from consult.moderation.forms import RestrictForm
from consult.moderation.queries import find_credential, list_decisions, newest_decisions, surroundings_of
from consult.moderation.services import Screened, publish_comments, restrict_comments
from consult.submissions.disclosure import public_after
from consult.submissions.enums import ModerationStatus
from consult.submissions.models import Comment
from consult.submissions.queries import (
    Filters,
    count_in_queue,
    files_of_points,
    get_desk_comment,
    list_desk_comments,
    page_of_queue,
)

desk = Blueprint("moderation_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>")

AT_ONCE = 200
FILTERS = ("status", "words", "section", "constituency")


def read_queue_filters() -> Filters:
    """What the queue is narrowed to: to what waits, unless the address says otherwise."""
    status = request.args.get("status", ModerationStatus.WAITING.value)
    return replace(
        Filters.read(request.args), moderation=ModerationStatus(status) if status in set(ModerationStatus) else None
    )


def queue_address(round_: Round) -> str:
    """The queue with the filters of this request."""
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if name in request.args}
    return url_for("moderation_desk.queue", slug=round_.consultation.slug, **kept)


def chosen_points(round_: Round) -> Sequence[Comment]:
    """The points that this request names, as far as the round has them."""
    return list_desk_comments(round_, request.values.getlist("point")[:AT_ONCE])


@desk.get("/queue")
@requires(Permission.INPUT_SCREEN, get_round)
def queue(round_: Round) -> str:
    """The points of a round that wait to be read, oldest first, or those of another status."""
    return _show_queue(round_)


def _show_queue(round_: Round, problem: str = "") -> str:
    filters = read_queue_filters()
    page = page_of_queue(round_, filters, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "moderation/queue.html",
        current="queue",
        round=round_,
        consultation=round_.consultation,
        page=page,
        total=count_in_queue(round_, filters),
        filters=filters,
        is_filtered=filters != Filters(moderation=ModerationStatus.WAITING),
        statuses=list(ModerationStatus),
        constituencies=list(Constituency),
        around=surroundings_of(
            round_,
            [comment.submission for comment in page.items],
            current_locale().code,
            comments=page.items,
            words_of=page.items,
        ),
        decisions=newest_decisions([comment.id for comment in page.items]),
        chosen=request.form.getlist("point"),
        action=queue_address(round_),
        problem=problem,
    )


@desk.post("/queue")
@requires(Permission.INPUT_SCREEN, get_round)
def decide(round_: Round) -> Any:
    """Publish the chosen points, or go on to restrict them."""
    comments = chosen_points(round_)
    if not comments:
        return _show_queue(round_, _("Choose at least one point.")), 422
    references = [comment.reference for comment in comments]
    if request.form.get("action") == "restrict":
        return redirect(url_for("moderation_desk.restrict", slug=round_.consultation.slug, point=references))
    try:
        screened = publish_comments(comments, actor=current_actor(), now=utc_now())
    except InvalidTransition as error:
        return _show_queue(round_, error.message), 422
    _tell_published(screened)
    _tell_refused(screened)
    return redirect(queue_address(round_))


def _tell_published(screened: Screened) -> None:
    """What everybody reads now, and what is cleared and waits, with from when on."""
    waiting: Counter[str] = Counter()
    public = unread = 0
    for comment in screened.done:
        setting = comment.submission.publication_setting
        if setting is None or not setting.gives_words:
            unread += 1
        elif after := public_after(comment, utc_now()):
            waiting[after] += 1
        else:
            public += 1
    if public:
        flash(ngettext("%(num)s point is published.", "%(num)s points are published.", public), "success")
    for after, number in waiting.items():
        cleared = ngettext("%(num)s point is cleared. %(after)s.", "%(num)s points are cleared. %(after)s.", number,
                           after=after)  # fmt: skip
        flash(cleared, "success")
    if unread:
        read = ngettext(
            "%(num)s point is marked as read. The public reads no word of it.",
            "%(num)s points are marked as read. The public reads no word of them.",
            unread,
        )
        flash(read, "success")


def _tell_refused(screened: Screened) -> None:
    if screened.refused:
        left = ngettext("%(num)s point stays as it was.", "%(num)s points stay as they were.", len(screened.refused))
        flash(" ".join([left, *screened.reasons]), "attention")


@desk.route("/queue/restrict", methods=["GET", "POST"])
@requires(Permission.INPUT_SCREEN, get_round)
def restrict(round_: Round) -> Any:
    """Restrict the chosen points with a reason type and a public reason."""
    comments = chosen_points(round_)
    if not comments:
        flash(_("Choose at least one point."), "error")
        return redirect(url_for("moderation_desk.queue", slug=round_.consultation.slug))
    form = RestrictForm()
    is_official = any(comment.submission.is_official for comment in comments)
    if form.validate_on_submit():
        try:
            screened = restrict_comments(
                comments,
                reason=RestrictionReason(form.reason.data),
                public_reason=form.public_reason.data or "",
                agreement=(form.agreement.data or "") if is_official else "",
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(
                ngettext(
                    "%(num)s point is restricted. Its author is told why.",
                    "%(num)s points are restricted. Their authors are told why.",
                    len(screened.done),
                ),
                "success",
            )
            _tell_refused(screened)
            return redirect(url_for("moderation_desk.queue", slug=round_.consultation.slug))
    page = render_template(
        "moderation/restrict.html",
        current="queue",
        round=round_,
        consultation=round_.consultation,
        comments=comments,
        is_official=is_official,
        around=surroundings_of(
            round_,
            [comment.submission for comment in comments],
            current_locale().code,
            comments=comments,
            words_of=comments,
        ),
        form=form,
    )
    return page, 422 if form.errors else 200


def load_point(slug: str, reference: str) -> Comment:
    """The point that an address of the desk names, also one that was struck.

    Raises:
        NotFound: no such consultation, or no such point in its round.
    """
    return get_desk_comment(get_round(slug), reference, or_struck=True)


def _writer_of(comment: Comment) -> list[int]:
    """Who of the staff has written it in, where it came by another door than the site."""
    return [comment.submission.transcribed_by] if comment.submission.transcribed_by is not None else []


@desk.get("/queue/<reference>")
@requires(Permission.DESK_READ, load_point)
def point(comment: Comment) -> str:
    """One point with every decision about it, and by whom."""
    round_ = comment.submission.round
    if comment.is_struck:
        return render_template(
            "moderation/struck.html", current="queue", round=round_, consultation=round_.consultation, comment=comment
        )
    decisions = list_decisions(comment)
    return render_template(
        "moderation/point.html",
        current="queue",
        round=round_,
        consultation=round_.consultation,
        comment=comment,
        decisions=decisions,
        names=names_of([*(one.decided_by for one in decisions), *_writer_of(comment)]),
        in_words=moment_in_words,
        credential=find_credential(comment.submission_id),
        files=files_of_points([comment]),
        around=surroundings_of(
            round_, [comment.submission], current_locale().code, comments=[comment], words_of=[comment]
        ),
    )
