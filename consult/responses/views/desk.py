"""Answering: which points ask for an answer, and writing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.consultations.services.concluding import lock_consultation
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import current_locale, join_words, ngettext
from consult.core.locale import gettext as _
from consult.moderation.queries import newest_decisions, surroundings_of
from consult.responses.acknowledging import acknowledgements_of, count_acknowledgements
from consult.responses.enums import Disposition, disposition_in_words
from consult.responses.forms import AnswerForm, read_seen
from consult.responses.models import ResponseVersion
from consult.responses.queries import (
    corrections_under_way,
    count_corrections,
    list_beside,
    list_versions,
    newest_clearances,
    newest_versions,
    sent_versions,
)
from consult.responses.services import write_response
from consult.responses.views.beside import changes_beside_answer, link_with_answer
from consult.submissions.enums import CommentType, ModerationStatus, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.natures import numbers_in_words
from consult.submissions.queries import (
    OF_STATES,
    Filters,
    count_in_queue,
    count_reservations,
    files_of_points,
    list_desk_comments,
    page_of_queue,
)

desk = Blueprint("responses_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>")

AT_ONCE = 100
TO_DO = "to_do"
ALL = "all"
WORK = (ResponseStatus.UNANSWERED, ResponseStatus.DRAFTED)


def read_answer_filters() -> tuple[str, Filters, list[sa.ColumnElement[bool]]]:
    """What the list is narrowed to: to what can be answered now, unless the address says otherwise."""
    status = request.args.get("status", TO_DO)
    filters = Filters.read(request.args)
    if status in set(ResponseStatus):
        return status, replace(filters, responses=(ResponseStatus(status),)), []
    if status == ALL:
        return status, filters, []
    return TO_DO, replace(filters, responses=WORK), [Comment.moderation_status != ModerationStatus.WAITING]


@desk.get("/answers")
@requires(Permission.RESPONSE_DRAFT, get_round)
def answers(round_: Round) -> str:
    """The points of a round and where their answers stand, oldest first."""
    if not round_.asks_for_answers:
        return not_needed(round_)
    status, filters, conditions = read_answer_filters()
    conditions.append(sa.not_(OF_STATES))
    page = page_of_queue(
        round_, filters, *conditions, after=request.args.get("after"), before=request.args.get("before")
    )
    newest = newest_versions([comment.id for comment in page.items])
    corrections = corrections_under_way(newest.values())
    sent = sent_versions(page.items)
    versions = {**newest, **sent}  # of a corrected answer the one that counts
    return render_template(
        "responses/answers.html",
        chosen=request.form.getlist("point"),
        said=acknowledgements_of([version.id for version in sent.values()]),
        acknowledged=count_acknowledgements(round_),
        reservations=numbers_in_words(count_reservations([round_], for_staff=True).get(round_.id, {})),
        corrections=corrections,
        correcting=count_corrections([round_.id])[round_.id].total,
        current="answers",
        round=round_,
        consultation=round_.consultation,
        page=page,
        total=count_in_queue(round_, filters, *conditions),
        status=status,
        filters=filters,
        is_filtered=status != TO_DO or Filters.read(request.args) != Filters(),
        statuses=list(ResponseStatus),
        constituencies=list(Constituency),
        types=list(CommentType),
        around=surroundings_of(
            round_,
            [comment.submission for comment in page.items],
            current_locale().code,
            comments=page.items,
            words_of=page.items,
        ),
        versions=versions,
        clearances=newest_clearances([version.id for version in versions.values()]),
        in_words=disposition_in_words,
    )


def not_needed(round_: Round) -> str:
    """Why nobody answers the points of this round."""
    return render_template(
        "responses/not_needed.html", current="answers", round=round_, consultation=round_.consultation
    )


@dataclass(frozen=True)
class Chosen:
    """The points that somebody answers together, and which version of each answer they had before them."""

    comments: Sequence[Comment]
    seen: Mapping[int, int]
    gone: Sequence[str]


def read_chosen(round_: Round, versions_seen: Mapping[str, int]) -> Chosen:
    """The chosen points that the round still has; `gone` are the others."""
    comments = list_desk_comments(round_, list(versions_seen)[:AT_ONCE])
    there = {comment.reference: comment.id for comment in comments}
    return Chosen(
        comments,
        {there[reference]: number for reference, number in versions_seen.items() if reference in there},
        [reference for reference in list(versions_seen)[:AT_ONCE] if reference not in there],
    )


@desk.route("/answers/write", methods=["GET", "POST"])
@requires(Permission.RESPONSE_DRAFT, get_round)
def write(round_: Round) -> Any:
    """Write the answer to one point, or the same answer to several together."""
    consultation = round_.consultation
    if not round_.asks_for_answers:
        return not_needed(round_)
    chosen = read_chosen(round_, read_seen(request.values.getlist("point")))
    if not chosen.comments:
        flash(_("The chosen points were withdrawn.") if chosen.gone else _("Choose at least one point."), "error")
        return redirect(url_for("responses_desk.answers", slug=consultation.slug))
    newest = newest_versions([comment.id for comment in chosen.comments])
    numbers = {key: version.number for key, version in newest.items()}
    form = AnswerForm(
        languages=consultation.languages,
        is_member_driven=consultation.is_member_driven,
        data=_prefill(chosen.comments, newest, consultation.languages),
    )
    if not form.is_submitted():
        return _show_answer(round_, chosen.comments, newest, form, numbers)
    if chosen.gone:
        form.show(InvalidTransition(_gone(chosen.gone)))
    elif form.validate():
        try:
            return _save_answer(round_, chosen, form)
        except Conflict as error:
            form.show(error)
            return _show_answer(round_, chosen.comments, newest, form, numbers), 422
        except (BadInput, InvalidTransition) as error:
            form.show(error)
    # What was not shown beside an error of another kind still counts as not seen.
    return _show_answer(round_, chosen.comments, newest, form, chosen.seen), 422


def _gone(references: Sequence[str]) -> str:
    return _(
        "These points were withdrawn meanwhile and are no longer here: %(references)s. Your words are kept.",
        references=join_words(references),
    )


def _save_answer(round_: Round, chosen: Chosen, form: AnswerForm) -> Any:
    propose = request.form.get("action") == "propose"
    changes = request.form.getlist("change")
    if changes:
        lock_consultation(round_.consultation)  # before the points, as `link_changes` does
    versions = write_response(
        chosen.comments,
        disposition=Disposition(form.disposition.data),
        **form.values("rationale", "text", "language"),
        propose=propose,
        actor=current_actor(),
        now=utc_now(),
        seen=chosen.seen,
    )
    links = link_with_answer(chosen.comments, changes)
    flash(Markup(" ").join(filter(None, (_saved(len(versions), propose), links))), "success")
    return redirect(url_for("responses_desk.answers", slug=round_.consultation.slug))


def _saved(number: int, propose: bool) -> str:
    if propose:
        return ngettext(
            "%(num)s answer now waits for clearance by another person.",
            "%(num)s answers now wait for clearance by another person.",
            number,
        )
    return ngettext("%(num)s answer is saved as a draft.", "%(num)s answers are saved as drafts.", number)


def _prefill(
    comments: Sequence[Comment], newest: Mapping[int, ResponseVersion], languages: Sequence[str]
) -> dict[str, str]:
    """The words that all of these points have for an answer; else nothing but a language."""
    found = {
        (version.disposition.value, version.rationale, version.text, version.language)
        for version in (newest.get(comment.id) for comment in comments)
        if version is not None
    }
    if len(found) == 1 and len(newest) == len(comments):
        return dict(zip(("disposition", "rationale", "text", "language"), found.pop(), strict=True))
    theirs = comments[0].language
    return {"language": theirs if theirs in languages else languages[0]}


def _show_answer(
    round_: Round,
    comments: Sequence[Comment],
    newest: Mapping[int, ResponseVersion],
    form: AnswerForm,
    numbers: Mapping[int, int],
) -> str:
    beside = list_beside(comments)
    all_versions = {**newest, **newest_versions([comment.id for comment in beside])}
    history = list_versions(comments[0]) if len(comments) == 1 else []
    clearances = newest_clearances([version.id for version in (*newest.values(), *history)])
    return render_template(
        "responses/write.html",
        current="answers",
        round=round_,
        consultation=round_.consultation,
        comments=comments,
        beside=beside,
        versions=all_versions,
        history=history,
        clearances=clearances,
        decisions=newest_decisions([comment.id for comment in comments]),
        files=files_of_points(comments),
        names=names_of(
            [
                *(version.written_by for version in (*newest.values(), *history)),
                *(decision.decided_by for decision in clearances.values()),
            ]
        ),
        around=surroundings_of(
            round_,
            [comment.submission for comment in (*comments, *beside)],
            current_locale().code,
            comments=comments,
            words_of=[*comments, *beside],
        ),
        in_words=disposition_in_words,
        numbers=numbers,
        form=form,
        **changes_beside_answer(round_, comments),
    )
