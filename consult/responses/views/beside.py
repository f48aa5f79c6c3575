"""Changes as forms name them, and what stands of them beside an answer that is being written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import request, url_for
from markupsafe import Markup

from consult.access.guard import current_actor
from consult.consultations.models import Consultation, Round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, NotFound
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.documents.queries.changes import Key, find_changes, show_changes
from consult.documents.queries.versions import key_of, pick_version
from consult.responses.models import ChangeTrace
from consult.responses.tracing.queries import changes_caused
from consult.responses.tracing.services import link_changes
from consult.responses.tracing.standing import continuing_versions, likely_changes
from consult.submissions.models import Comment

SAID_ONE_BY_ONE = 5
"""So many new links are named each; of more it is said how many they are."""


def addresses_of(consultation: Consultation) -> Callable[[Key], str]:
    """What forms call a change: the version, a colon, the eId."""
    names = {version.id: key_of(version) for version in continuing_versions(consultation)}
    return lambda key: f"{names.get(key[0], '')}:{key[1]}"


def read_changes(consultation: Consultation, values: Collection[str]) -> list[Key]:
    """The changes that a form names, such as ``final:sec_3__para_2``.

    Raises:
        BadInput: a version that is none of this text's.
    """
    versions = continuing_versions(consultation)
    found = []
    for value in values:
        name, _colon, eid = value.partition(":")
        try:
            found.append((pick_version(versions, name).id, eid))
        except NotFound as error:
            raise BadInput(_("This is no change of a later version of this text. Look at the list again.")) from error
    return list(dict.fromkeys(found))


def linked(round_: Round, traces: Sequence[ChangeTrace]) -> str:
    """What is said once points are linked with changes: each link with the way back, or how many they are."""
    if not traces:
        return _("These are linked already.")
    if len(traces) > SAID_ONE_BY_ONE:
        return ngettext("%(num)s link is made.", "%(num)s links are made.", len(traces))
    shown = show_changes(find_changes((one.version_id, one.eid) for one in traces).values(), current_locale().code)
    said = []
    for one in traces:
        change = shown[(one.version_id, one.eid)]
        sentence = _(
            "%(reference)s is linked to %(place)s.",
            reference=one.comment.reference,
            place=change.place.name,
        )
        address = url_for("responses_desk.unlink", slug=round_.address, trace_id=one.id)
        said.append(Markup('{} <a href="{}">{}</a>').format(sentence, address, _("Take back")))
    return Markup("<br>").join(said)


def likely_of_all(comments: Sequence[Comment]) -> list[Key]:
    """What is likely of the first points of a choice; a person reads no more at once."""
    found: list[Key] = []
    for likely in likely_changes(comments[:5]).values():
        found += [one.key for one in likely if one.is_likely and one.key not in found]
    return found[:6]


def link_with_answer(comments: Sequence[Comment], changes: Collection[str]) -> str:
    """Link the changes that were ticked beside an answer; a sentence to show, or nothing.

    Raises:
        BadInput: a change is none of this text.
        InvalidTransition: the answer does not accept the points.
    """
    consultation = comments[0].submission.round.consultation
    keys = read_changes(consultation, changes)
    if not keys:
        return ""
    made = link_changes(comments, keys, actor=current_actor(), now=utc_now())
    return linked(comments[0].submission.round, made) if made else ""


def changes_beside_answer(round_: Round, comments: Sequence[Comment]) -> dict[str, Any]:
    """What the page of an answer shows of changes: those that are linked, and those that are likely."""
    consultation = round_.consultation
    if not any(v.of_round is None or v.of_round.number > round_.number for v in continuing_versions(consultation)):
        return {"traces": None}
    language = current_locale().code
    likely = likely_of_all(comments)
    caused = changes_caused(comments, language=language, for_staff=True)
    there = {one.change.key for found in caused.values() for one in found}
    changes = find_changes(key for key in likely if key not in there)
    return {
        "traces": caused,
        "likely": list(show_changes([changes[key] for key in likely if key in changes], language).values()),
        "address": addresses_of(consultation),
        "ticked": request.form.getlist("change"),
    }
