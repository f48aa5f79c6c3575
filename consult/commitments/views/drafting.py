"""Making commitments at the desk, and what is possible until one is public: edit, publish, delete."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.commitments.enums import CommitmentOrigin
from consult.commitments.forms import DraftForm, draft_form, stored_evidence
from consult.commitments.models import Commitment
from consult.commitments.queries import commitment_texts, evidence_of, list_answered, list_points
from consult.commitments.services import (
    delete_commitment,
    edit_commitment,
    make_from_answers,
    publish_commitment,
    record_statement,
)
from consult.commitments.services.drafting import not_answered, require_draft
from consult.commitments.views.desk import Entry, Register, both, desk, frame, load_entry, load_register
from consult.commitments.wording import Languages, languages_for
from consult.consultations.models import Consultation
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotFound
from consult.core.forms import ConfirmForm, VersionedForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.secrets import normalise_reference
from consult.submissions.models import Comment
from consult.texts.queries import list_translations


@desk.route("/<address:slug>/commitments/from-answers", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_register)
def from_answers(register: Register) -> Any:
    """Make a commitment from the answers to some points."""
    wanted = [normalise_reference(one) for one in request.args.getlist("point")[:100]]
    form = draft_form(
        languages_for(register.consultation),
        {"points": " ".join(one for one in wanted if one)},
        origin=CommitmentOrigin.RESPONSE,
    )
    return _make(register, form, CommitmentOrigin.RESPONSE)


@both("/from-statement", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_register)
def from_statement(register: Register) -> Any:
    """Record a commitment that was made in a public statement."""
    form = draft_form(
        languages_for(register.consultation, _chosen_language(register)),
        {"language": current_locale().code},
        origin=CommitmentOrigin.STATEMENT,
        chooses_language=register.consultation is None,
    )
    return _make(register, form, CommitmentOrigin.STATEMENT)


def _chosen_language(register: Register) -> str | None:
    """The authentic language where no consultation decides it: the chosen one, at first that of the page."""
    if register.consultation is not None:
        return None
    return request.form.get("language") if request.form.get("language") in _offered() else current_locale().code


def _offered() -> list[str]:
    return list(languages_for(None).languages)


def _make(register: Register, form: DraftForm, origin: CommitmentOrigin) -> Any:
    if form.validate_on_submit():
        try:
            made = _made(register, form)
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("The commitment is drafted. Nobody outside sees it until you publish it."), "success")
            return redirect(register.url("one", commitment=made.reference))
    languages = languages_for(register.consultation, _chosen_language(register))
    return _form_page(register, form, languages, origin, None, {})


def _made(register: Register, form: DraftForm) -> Commitment:
    actor, now, source = current_actor(), utc_now(), form.source()
    if source is None:
        if register.consultation is None:
            raise NotFound
        comments = named_points(register.consultation, form.references())
        return make_from_answers(register.consultation, form.undertaking(), comments=comments, actor=actor, now=now)
    return record_statement(
        register.host,
        form.undertaking(),
        source=source,
        consultation=register.consultation,
        language=form["language"].data if "language" in form else None,
        actor=actor,
        now=now,
    )


def named_points(consultation: Consultation, references: list[str]) -> list[Comment]:
    """The answered points of these references.

    Raises:
        BadInput: one of them is none of this consultation, or its answer was not sent.
    """
    found = list_answered(consultation, references)
    missing = set(references) - {comment.reference for comment in found}
    if missing:
        raise BadInput(not_answered([one for one in references if one in missing]), "points")
    return list(found)


def _form_page(
    register: Register,
    form: DraftForm,
    languages: Languages,
    origin: CommitmentOrigin,
    commitment: Commitment | None,
    theirs: dict[str, Any],
) -> Any:
    page = render_template(
        "commitments/draft.html",
        **frame(register),
        form=form,
        languages=languages,
        origin=origin.value,
        commitment=commitment,
        theirs=theirs,
    )
    return page, 422 if form.is_submitted() else 200


@both("/<commitment>/edit", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_entry)
def edit(entry: Entry) -> Any:
    """Change what is not public yet."""
    commitment = entry.commitment
    require_draft(commitment)
    languages = languages_for(commitment.consultation, commitment.language)
    stored = _stored(commitment)
    form = draft_form(languages, stored, origin=commitment.origin)
    theirs: dict[str, Any] = {}
    if form.validate_on_submit():
        try:
            _save(commitment, form)
        except Conflict as error:
            form.show(error)
            form.renew(commitment.version)
            theirs = form.stored_values(_stored(commitment))
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("Saved."), "success")
            return redirect(entry.url)
    return _form_page(entry.register, form, languages, commitment.origin, commitment, theirs)


def _stored(commitment: Commitment) -> dict[str, Any]:
    words = {f"{row.field}-{row.language}": row.text for row in list_translations("commitment", [commitment.id])}
    return {
        **words,
        f"what-{commitment.language}": commitment.what,
        f"office-{commitment.language}": commitment.office,
        "due": commitment.due,
        "status": commitment.status.value,
        "points": " ".join(comment.reference or "" for comment in list_points(commitment)),
        "source_title": commitment.source_title,
        "source_url": commitment.source_url,
        "source_date": commitment.source_date,
        "version": str(commitment.version),
        **stored_evidence(evidence_of([commitment.id])[commitment.id]),
    }


def _save(commitment: Commitment, form: DraftForm) -> None:
    consultation, source = commitment.consultation, form.source()
    edit_commitment(
        commitment,
        form.undertaking(),
        comments=named_points(consultation, form.references()) if source is None and consultation is not None else (),
        source=source,
        version=form.made_from,
        actor=current_actor(),
        now=utc_now(),
    )


@both("/<commitment>/publish", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_entry)
def publish(entry: Entry) -> Any:
    """Let it enter the public register, after a page that says what becomes public and who is told."""
    commitment = entry.commitment
    if commitment.is_published and request.method == "GET":
        return redirect(entry.url)
    form = VersionedForm(data={"version": str(commitment.version)})
    if form.validate_on_submit():
        try:
            publish_commitment(commitment, version=form.made_from, actor=current_actor(), now=utc_now())
        except (Conflict, InvalidTransition) as error:
            form.show(error)
            form.renew(commitment.version)
        else:
            flash(_("The commitment is public."), "success")
            return redirect(entry.url)
    points = list_points(commitment)
    page = render_template(
        "commitments/publish.html",
        **frame(entry.register),
        form=form,
        commitment=commitment,
        words=commitment_texts([commitment], current_locale().code),
        points=points,
        # Points, not people: how many people there are would tell which of the protected are one and the same.
        told=sum(not point.is_withdrawn and point.submission.account_id is not None for point in points),
        evidence=evidence_of([commitment.id])[commitment.id],
        missing=_missing_languages(commitment),
    )
    return page, 422 if form.is_submitted() else 200


def _missing_languages(commitment: Commitment) -> list[str]:
    """The languages in which something of it is not written yet."""
    rows = list_translations("commitment", [commitment.id])
    there = {(row.field, row.language) for row in rows}
    languages = languages_for(commitment.consultation, commitment.language).languages
    return [
        code for code in languages if code != commitment.language and not {("what", code), ("office", code)} <= there
    ]


@both("/<commitment>/delete", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_entry)
def delete(entry: Entry) -> Any:
    """Delete what nobody outside has seen, after a page that asks."""
    commitment = entry.commitment
    require_draft(commitment)
    form = ConfirmForm()
    if form.validate_on_submit():
        delete_commitment(commitment, actor=current_actor(), now=utc_now())
        flash(_("The draft is deleted."), "success")
        return redirect(entry.register.url("register"))
    return render_template("commitments/delete.html", **frame(entry.register), form=form, commitment=commitment)
