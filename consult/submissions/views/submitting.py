"""About you, who sees what, check, submit: the steps between a draft and the record."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, requires, to_sign_in
from consult.access.permissions import Permission
from consult.accounts.actors import Person
from consult.accounts.countries import COUNTRIES, country_name
from consult.consultations.models import Round
from consult.consultations.queries import list_questions, split_address
from consult.consultations.views.editions import reading_language
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotFound, NotPermitted, TooManyAttempts
from consult.core.forms import ConfirmForm
from consult.core.web.routes import not_idempotent
from consult.documents.queries import places_of
from consult.submissions.disclosure import (
    disclosures,
    limits_of_protection,
    never_kept,
    offered_settings,
    public_in_words,
    reasons_not_offered,
    setting_hints,
)
from consult.submissions.enums import PublicationSetting
from consult.submissions.forms import AboutForm, PublicationForm
from consult.submissions.models import Submission
from consult.submissions.queries import get_identity, get_submission, list_choices_of, list_comments_of
from consult.submissions.services import (
    list_gaps,
    submit_submission,
    update_publication,
    update_speaker,
)
from consult.submissions.views.frame import begin_own_draft, find_own_draft, frame, load_round
from consult.submissions.views.questions import option_words, question_words
from consult.submissions.views.take_part import take_part


def _next_step(round_: Round, submission: Submission) -> str:
    """Where "Save and go on" leads: the step that is still open, else to check everything."""
    slug, gaps = round_.consultation.slug, list_gaps(submission)
    if "about" in gaps:
        return url_for(".about", slug=slug)
    if "who_sees_what" in gaps:
        return url_for(".who_sees_what", slug=slug)
    return url_for(".start" if gaps else ".check", slug=slug)


@take_part.route("/about", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def about(round_: Round) -> Any:
    """Who speaks, and in what capacity; from here on somebody needs an account."""
    actor = current_actor()
    if not isinstance(actor, Person):
        return to_sign_in() if request.method == "POST" else _sign_in_first(round_, ".about")
    draft = find_own_draft(round_)
    form = AboutForm(draft, get_identity(draft) if draft is not None else None, account=actor.account)
    status = 200
    if form.validate_on_submit():
        now = utc_now()
        try:
            submission = begin_own_draft(round_, now)
            update_speaker(submission, **form.speaker, now=now)
        except (BadInput, InvalidTransition) as error:
            form.show(error)
            status = error.status
        else:
            return redirect(_next_step(round_, submission))
    elif form.is_submitted():
        status = 422
    return render_template("submissions/about.html", **frame(round_, draft), form=form), status


@take_part.route("/who-sees-what", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def who_sees_what(round_: Round) -> Any:
    """Choose what the public will see of who speaks."""
    draft = find_own_draft(round_)
    offered = offered_settings(draft) if draft is not None else list(PublicationSetting)
    form = PublicationForm(
        offered,
        chosen=draft.publication_setting if draft is not None else None,
        pseudonym=draft.pseudonym if draft is not None else "",
    )
    status = 200
    if form.validate_on_submit():
        now = utc_now()
        try:
            submission = begin_own_draft(round_, now)
            update_publication(submission, now=now, **form.publication)
        except (BadInput, InvalidTransition, TooManyAttempts) as error:
            form.show(error)
            status = error.status
        else:
            return redirect(_next_step(round_, submission))
    elif form.is_submitted():
        status = 422
    return (
        render_template(
            "submissions/who_sees_what.html",
            **frame(round_, draft),
            form=form,
            hints={setting.value: hint for setting, hint in setting_hints().items()},
            reasons=reasons_not_offered(draft) if draft is not None else [],
            limits=limits_of_protection(),
            never=never_kept(),
            readers=public_in_words(round_),
        ),
        status,
    )


@take_part.get("/check")
@requires(Permission.TAKE_PART, load_round)
def check(round_: Round) -> Any:
    """Everything on one page, before it goes on the record."""
    if current_actor().actor_id is None:
        return _sign_in_first(round_, ".check")
    draft = find_own_draft(round_)
    if draft is None:
        return redirect(url_for(".start", slug=round_.consultation.slug))
    return _check_page(round_, draft, ConfirmForm())


def load_submission(slug: str, key: str, **_others: str) -> Submission:
    """The submission that an address names.

    Raises:
        NotFound: none such in this consultation.
    """
    submission = get_submission(key)
    if submission.round.consultation.slug != split_address(slug)[0]:
        raise NotFound
    return submission


@take_part.post("/submit/<key>")
@requires(Permission.SUBMIT, load_submission)
def submit(submission: Submission) -> Any:
    """Put the draft on the record; sent again, it leads to the same receipt."""
    actor = current_actor()
    if not isinstance(actor, Person):
        return to_sign_in()
    if not can(Permission.TAKE_PART, submission.round):
        raise NotPermitted
    try:
        submit_submission(submission, actor=actor, now=utc_now())
    except InvalidTransition as error:
        form = ConfirmForm()
        form.show(error)
        return _check_page(submission.round, submission, form), error.status
    return redirect(url_for("pages.receipt", slug=submission.round.address, key=submission.key))


def _sign_in_first(round_: Round, endpoint: str) -> str:
    slug = round_.consultation.slug
    return render_template(
        "submissions/sign_in_first.html",
        **frame(round_, find_own_draft(round_)),
        next_url=url_for(endpoint, slug=slug),
    )


def _check_page(round_: Round, draft: Submission, form: ConfirmForm) -> str:
    identity = get_identity(draft)
    language = reading_language(round_.consultation)
    questions = list_questions(round_)
    comments = list_comments_of(draft)
    country = identity.country if identity is not None else None
    return render_template(
        "submissions/check.html",
        **frame(round_, draft),
        form=form,
        gaps=list_gaps(draft),
        points=[row for row in comments if row.question_id is None],
        answers={(row.question_id, row.option_id): row for row in comments if row.question_id is not None},
        choices=list_choices_of(draft),
        questions=questions,
        question_words=question_words(questions, round_),
        option_words=option_words([option for question in questions for option in question.options], round_),
        places=places_of([row.paragraph for row in comments if row.paragraph], language),
        identity=identity,
        country=country_name(country, language) if country is not None and country in COUNTRIES else None,
        setting_hint=setting_hints()[draft.publication_setting] if draft.publication_setting else "",
        disclosures=disclosures(draft, round_) if draft.publication_setting else [],
        never=never_kept(),
        readers=public_in_words(round_),
        limits=limits_of_protection(),
    )
