"""Meetings of a consultation: adding, changing, deleting one that is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.enums import MeetingKind
from consult.consultations.forms import MeetingForm, meeting_form
from consult.consultations.history import get_meeting, stored_meeting
from consult.consultations.models import Consultation, Meeting, Round
from consult.consultations.queries import get_round
from consult.consultations.services import delete_meeting, save_meeting
from consult.consultations.views.desk import desk
from consult.consultations.wording import days_in_words
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _

# A key that no database can hold names nothing, instead of breaking the query.
_MEETING = "/<address:slug>/timeline/meetings/<int(max=9007199254740991):meeting_id>"


@dataclass(frozen=True)
class Sitting:
    """A meeting of a consultation, or the place of one to come."""

    round: Round
    meeting: Meeting | None

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id

    @property
    def consultation(self) -> Consultation:
        """Whose meeting it is."""
        return self.round.consultation


def load_new_meeting(slug: str) -> Sitting:
    """The place of a new meeting."""
    return Sitting(get_round(slug), None)


def load_meeting(slug: str, meeting_id: int) -> Sitting:
    """The meeting that an address names."""
    round_ = get_round(slug)
    return Sitting(round_, get_meeting(round_.consultation, meeting_id))


@desk.route("/<address:slug>/timeline/meetings/new", methods=["GET", "POST"])
@requires(Permission.TIMELINE_EDIT, load_new_meeting)
def new_meeting(sitting: Sitting) -> Any:
    """Add a meeting."""
    return _edit(sitting)


@desk.route(_MEETING, methods=["GET", "POST"])
@requires(Permission.TIMELINE_EDIT, load_meeting)
def edit_meeting(sitting: Sitting) -> Any:
    """Change a meeting: its days, its place, where its record is."""
    return _edit(sitting)


def _edit(sitting: Sitting) -> Any:
    meeting = sitting.meeting
    form = meeting_form(sitting.consultation, _stored(meeting))
    if form.validate_on_submit():
        try:
            _save(sitting, form)
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            flash(_("The meeting is saved."), "success")
            return redirect(url_for(".timeline", slug=sitting.consultation.slug))
    page = render_template(
        "consultations/meeting.html",
        consultation=sitting.consultation,
        round=sitting.round,
        current="timeline",
        form=form,
        meeting=meeting,
        is_planned=meeting is not None and meeting.is_planned(utc_now().date()),
    )
    return page, 422 if form.is_submitted() else 200


def _stored(meeting: Meeting | None) -> dict[str, Any]:
    if meeting is None:
        return {}
    return {
        **stored_meeting(meeting),
        "kind": meeting.kind.value,
        "first_day": meeting.first_day,
        "last_day": meeting.last_day if meeting.last_day != meeting.first_day else None,
        "record_url": meeting.record_url,
        "version": str(meeting.version),
    }


def _save(sitting: Sitting, form: MeetingForm) -> None:
    save_meeting(
        sitting.consultation,
        sitting.meeting,
        kind=MeetingKind(form.kind.data),
        title=form.words("title"),
        place=form.words("place"),
        record_url=form.record_url.data or "",
        version=form.made_from,
        actor=current_actor(),
        now=utc_now(),
        **form.values("first_day", "last_day"),
    )


@desk.route(f"{_MEETING}/delete", methods=["GET", "POST"])
@requires(Permission.TIMELINE_EDIT, load_meeting)
def remove_meeting(sitting: Sitting) -> Any:
    """Delete a meeting that is still to come, after a page that asks."""
    form = ConfirmForm()
    if form.validate_on_submit() and sitting.meeting is not None:
        try:
            delete_meeting(sitting.meeting, actor=current_actor(), now=utc_now())
        except InvalidTransition as error:
            form.show(error)
        else:
            flash(_("The meeting is deleted."), "success")
            return redirect(url_for(".timeline", slug=sitting.consultation.slug))
    page = render_template(
        "consultations/delete_meeting.html",
        consultation=sitting.consultation,
        round=sitting.round,
        current="timeline",
        form=form,
        meeting=sitting.meeting,
        is_planned=sitting.meeting is not None and sitting.meeting.is_planned(utc_now().date()),
        days=days_in_words,
    )
    return page, 409 if form.is_submitted() else 200
