"""Writing points, saved as one types, begun before signing in.

These views do not use the form's idempotency key: a point has its key from the form that it is begun in, so that
sending a form again, also with other words after going back, changes the point that is there.
"""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.views.editions import reading_language
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotFound, TooManyAttempts
from consult.core.forms import ConfirmForm
from consult.core.locale import ZAWGYI
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent
from consult.documents.models import Paragraph
from consult.documents.queries import get_paragraph, places_of
from consult.submissions.enums import Nature
from consult.submissions.forms import PointForm, comment_type_hints
from consult.submissions.models import Comment, short_key
from consult.submissions.natures import nature_hints
from consult.submissions.queries import get_draft_comment, list_comments_of
from consult.submissions.services import delete_comment, may_speak_as_state, save_comment, save_quote
from consult.submissions.views.frame import (
    begin_own_draft,
    find_own_draft,
    frame,
    languages_here,
    load_round,
    not_saved,
    saved_now,
)
from consult.submissions.views.quoting import AboutWords, about_words
from consult.submissions.views.take_part import take_part

_POINT_KEY = re.compile(r"[A-Za-z0-9_-]{16,43}")
_EID = re.compile(r"[A-Za-z0-9_-]{1,200}")


@take_part.get("/points")
@requires(Permission.TAKE_PART, load_round)
def points(round_: Round) -> str:
    """The points of one's draft; there are MAX_POINTS at most, so all on one page."""
    draft = find_own_draft(round_)
    found = [row for row in list_comments_of(draft) if row.question_id is None] if draft is not None else []
    return render_template(
        "submissions/points.html",
        **frame(round_, draft),
        points=found,
        places=places_of(
            [row.paragraph for row in found if row.paragraph], reading_language(round_.consultation), actor=None
        ),
    )


@take_part.route("/points/new", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def new_point(round_: Round) -> Any:
    """Begin a point, about the paragraph that ``?paragraph=`` names, or in general."""
    return _write_point(round_, request.form.get("key") or short_key(), None)


@take_part.route("/points/<point_key>", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def edit_point(round_: Round) -> Any:
    """Go on with a point. One that is gone when it is sent, such as after signing out, is begun anew."""
    key = _key()
    comment = _find_point(round_, key)
    if comment is None and request.method == "GET":
        raise NotFound
    if comment is not None and comment.question_id is not None:
        return redirect(url_for(".questions", slug=round_.consultation.slug))
    return _write_point(round_, key, comment)


@take_part.post("/points/<point_key>/autosave")
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def autosave_point(round_: Round) -> Any:
    """Save a point while it is being written; the first time begins it."""
    key = _key()
    comment = _find_point(round_, key)
    paragraph = _paragraph(round_, comment)
    form = PointForm(comment=comment, languages=languages_here(round_), offers_natures=_offers_natures(round_))
    if not form.validate():
        return not_saved(_("Something in the form is not right."), 422)
    try:
        _save_point(round_, key, about_words(round_, paragraph, comment), form, is_unfinished=True)
    except (BadInput, InvalidTransition, TooManyAttempts) as error:
        return not_saved(error.message, error.status)
    slug = round_.consultation.slug
    return saved_now(round_, None if comment is not None else url_for(".edit_point", slug=slug, point_key=key))


@take_part.route("/points/<point_key>/delete", methods=["GET", "POST"])
@requires(Permission.TAKE_PART, load_round)
def delete_point(round_: Round) -> Any:
    """Take a point out of one's draft, after a page that asks."""
    draft = find_own_draft(round_)
    if draft is None:
        raise NotFound
    comment = get_draft_comment(draft, _key())
    form = ConfirmForm()
    if form.validate_on_submit():
        delete_comment(draft, comment, now=utc_now())
        flash(_("The point is deleted from your draft."), "success")
        return redirect(url_for(".points", slug=round_.consultation.slug))
    return render_template("submissions/delete_point.html", **frame(round_, draft), comment=comment, form=form)


def _key() -> str:
    key = (request.view_args or {}).get("point_key", "")
    if not _POINT_KEY.fullmatch(key):
        raise NotFound
    return str(key)


def _find_point(round_: Round, key: str) -> Comment | None:
    draft = find_own_draft(round_)
    if draft is None:
        return None
    try:
        return get_draft_comment(draft, key)
    except NotFound:
        return None


def _paragraph(round_: Round, comment: Comment | None) -> Paragraph | None:
    if comment is not None:
        return comment.paragraph
    eid = request.args.get("paragraph", "")
    if eid and not _EID.fullmatch(eid):
        raise NotFound
    return get_paragraph(round_, eid) if eid else None


def _offers_natures(round_: Round) -> bool:
    """Whether the form asks if it is a reservation: of a State delegation, or where it was asked already.

    What was chosen before the session expired, or the capacity changed, is then refused in words, never ignored.
    """
    draft = find_own_draft(round_)
    was_asked = request.form.get("nature", Nature.POINT.value) != Nature.POINT.value
    return was_asked or (draft is not None and may_speak_as_state(draft))


def _write_point(round_: Round, key: str, comment: Comment | None) -> Any:
    if not _POINT_KEY.fullmatch(key):
        key = short_key()
    paragraph = _paragraph(round_, comment)
    about = about_words(round_, paragraph, comment)
    form = PointForm(
        comment=comment,
        languages=languages_here(round_),
        is_general=paragraph is None,
        selected=about.selected(request.args),
        offers_natures=_offers_natures(round_),
    )
    status = 200
    if form.validate_on_submit():
        try:
            saved = _save_point(round_, key, about, form)
        except (BadInput, InvalidTransition, TooManyAttempts) as error:
            form.show(error)
            status = error.status
        else:
            flash(_("Your point is saved in your draft. It is not submitted yet."), "success")
            return redirect(_after_point(round_, saved))
    elif form.is_submitted():
        status = 422
    return (
        render_template(
            "submissions/point.html",
            **frame(round_, find_own_draft(round_)),
            form=form,
            key=key,
            comment=comment,
            type_hints=comment_type_hints(),
            nature_hints=nature_hints(),
            about_words=about,
            paragraph=paragraph,
            place=about.place,
            present=about.present,
        ),
        status,
    )


def _after_point(round_: Round, saved: Comment) -> str:
    slug = round_.consultation.slug
    if saved.language_guess == ZAWGYI:
        return url_for(".point_encoding", slug=slug, point_key=saved.key)
    if saved.language_guess:
        return url_for(".points", slug=slug, _anchor=saved.key)
    if request.form.get("then") == "draft":
        eid = saved.paragraph.eid if saved.paragraph else None
        return url_for("reading.draft", slug=slug, at=eid, _anchor=eid)
    return url_for(".points", slug=slug)


def _save_point(round_: Round, key: str, about: AboutWords, form: PointForm, *, is_unfinished: bool = False) -> Comment:
    """Save a point and the words that it is about. While somebody types, words that are not found yet wait."""
    now = utc_now()
    quote, is_found = None, True
    try:
        quote = form.find_in(about.plain, about.number)
    except BadInput:
        if not is_unfinished:
            raise
        is_found = False
    draft = begin_own_draft(round_, now)
    saved = save_comment(draft, None, key=key, paragraph=about.paragraph, question=None, now=now, **form.point)
    if is_found:
        save_quote(draft, saved, quote, language=about.language, now=now)
    return saved
