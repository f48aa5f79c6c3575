"""About you, who sees what, check, submit: the steps between a draft and the record."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from consult.access.guard import (
    can,
    claim_keys,
    current_actor,
    forget_draft,
    remember_claim,
    requires,
    to_sign_in,
)
from consult.access.permissions import Permission
from consult.accounts.countries import country_in_words
from consult.consultations.models import Round
from consult.consultations.queries import list_questions
from consult.consultations.views.editions import reading_language
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotPermitted, TooManyAttempts
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.core.web.routes import not_idempotent
from consult.documents.queries import places_of
from consult.submissions.disclosure import (
    disclosures,
    disclosures_by_choice,
    is_protection_offered,
    limits_of_protection,
    offered_settings,
    public_in_words,
    reasons_not_offered,
    setting_hints,
)
from consult.submissions.enums import PublicationSetting
from consult.submissions.forms import AboutForm, PublicationForm
from consult.submissions.models import Submission
from consult.submissions.queries import (
    get_identity,
    get_submission_at,
    list_choices_of,
    list_comments_of,
    list_files_of,
    needs_account,
    takes_codes,
)
from consult.submissions.services import (
    end_claim_openings,
    list_gaps,
    names_lacking,
    open_for_author,
    submit_submission,
    take_name_out,
    update_publication,
    update_speaker,
)
from consult.submissions.views.frame import begin_own_draft, find_own_draft, frame, load_round, not_saved, saved_now
from consult.submissions.views.questions import option_words, question_words
from consult.submissions.views.take_part import take_part


def _next_step(round_: Round, submission: Submission) -> str:
    """Where "Save and go on" leads: the step that is still open, else to check everything."""
    slug, gaps = round_.consultation.slug, list_gaps(submission)
    steps = {"about": ".about", "who_sees_what": ".who_sees_what", "points": ".start", "code": ".code"}
    return url_for(next((steps[gap] for gap in steps if gap in gaps), ".check"), slug=slug)


@take_part.route("/about", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def about(round_: Round) -> Any:
    """Who speaks, and in what capacity; whoever has no account chooses here whether to go on without one."""
    actor = current_actor()
    draft = find_own_draft(round_)
    if actor.actor_id is None and not _goes_without_account(round_, draft):
        return to_sign_in() if request.method == "POST" else _sign_in_first(round_, ".about")
    form = AboutForm(draft, get_identity(draft) if draft is not None else None, account=getattr(actor, "account", None))
    is_unfinished = request.form.get("then") == "later"
    status = 200
    if form.is_submitted() and (form.validate_unfinished() if is_unfinished else form.validate_on_submit()):
        try:
            submission = _save_about(round_, form, is_unfinished=is_unfinished)
        except (BadInput, InvalidTransition, TooManyAttempts) as error:
            form.show(error)
            status = error.status
        else:
            slug = round_.consultation.slug
            return redirect(url_for(".start", slug=slug) if is_unfinished else _next_step(round_, submission))
    elif form.is_submitted():
        status = 422
    lacking = _names_lacking(draft)
    return render_template("submissions/about.html", **frame(round_, draft), form=form, lacking=lacking), status


@take_part.post("/about/autosave")
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def autosave_about(round_: Round) -> Any:
    """Save who speaks while it is being written, as far as it goes."""
    actor = current_actor()
    draft = find_own_draft(round_)
    if actor.actor_id is None and not _goes_without_account(round_, draft):
        return to_sign_in()
    form = AboutForm(draft, get_identity(draft) if draft is not None else None, account=getattr(actor, "account", None))
    if not form.validate_unfinished():
        return not_saved(_("Something in the form is not right."), 422)
    try:
        _save_about(round_, form, is_unfinished=True)
    except (BadInput, InvalidTransition, TooManyAttempts) as error:
        return not_saved(error.message, error.status)
    return saved_now(round_)


def _save_about(round_: Round, form: AboutForm, *, is_unfinished: bool) -> Submission:
    now = utc_now()
    submission = begin_own_draft(round_, now)
    update_speaker(submission, **form.speaker, now=now, is_unfinished=is_unfinished)
    return submission


def _names_lacking(draft: Submission | None) -> list[str]:
    """The names that what was chosen of who sees what needs."""
    identity = get_identity(draft) if draft is not None else None
    return names_lacking(draft, identity) if draft is not None and identity is not None else []


@take_part.route("/who-sees-what", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def who_sees_what(round_: Round) -> Any:
    """Choose what the public will see of who speaks."""
    draft = find_own_draft(round_)
    offered = offered_settings(draft) if draft is not None else list(PublicationSetting)
    form = PublicationForm(offered, draft=draft)
    status = 200
    if form.validate_on_submit():
        now = utc_now()
        try:
            submission = begin_own_draft(round_, now)
            hidden = update_publication(submission, now=now, **form.publication)
        except (BadInput, InvalidTransition, TooManyAttempts) as error:
            form.show(error)
            status = error.status
        else:
            if hidden:
                _tell_of_hidden_files(round_, hidden)
            return redirect(_next_step(round_, submission))
    elif form.is_submitted():
        status = 422
    return (
        render_template(
            "submissions/who_sees_what.html",
            **frame(round_, draft),
            form=form,
            hints={setting.value: hint for setting, hint in setting_hints().items()},
            protection_offered=is_protection_offered(draft),
            reasons=reasons_not_offered(draft) if draft is not None else [],
            disclosures=disclosures(draft, round_) if draft is not None else [],
            by_choice=disclosures_by_choice(offered, round_),
            limits=limits_of_protection(),
            readers=public_in_words(round_),
        ),
        status,
    )


def _tell_of_hidden_files(round_: Round, number: int) -> None:
    """Say that protection took files from the public, with the way to choose anew."""
    said = ngettext(
        "You chose protection, so one file that was public is now for the secretariat alone. You can choose again:",
        "You chose protection, so %(num)s files that were public are now for the secretariat alone. You can choose "
        "again:",
        number,
    )
    link = Markup('<a href="{}">{}</a>').format(url_for(".files", slug=round_.consultation.slug), _("Files"))
    flash(Markup("{} {}").format(said, link), "attention")


@take_part.get("/check")
@requires(Permission.TAKE_PART, load_round)
def check(round_: Round) -> Any:
    """Everything on one page, before it goes on the record."""
    draft = find_own_draft(round_)
    if current_actor().actor_id is None and not (takes_codes(round_) if draft is None else not needs_account(draft)):
        return _sign_in_first(round_, ".check")
    if draft is None:
        return redirect(url_for(".start", slug=round_.consultation.slug))
    return _check_page(round_, draft, ConfirmForm())


@take_part.post("/about/without-name")
@requires(Permission.TAKE_PART, load_round)
def without_name(round_: Round) -> Any:
    """Take the name out of the draft that what was chosen does not need."""
    draft, slug = find_own_draft(round_), round_.consultation.slug
    if draft is None:
        return redirect(url_for(".start", slug=slug))
    if ConfirmForm().validate_on_submit():
        try:
            take_name_out(draft, now=utc_now())
        except (BadInput, InvalidTransition) as error:
            flash(error.message, "error")
        else:
            flash(_("Your name is taken out."), "success")
    return redirect(url_for(".check", slug=slug))


@take_part.post("/submit/<key>")
@requires(Permission.SUBMIT, get_submission_at)
def submit(submission: Submission) -> Any:
    """Put the draft on the record; sent again, it leads to the same receipt. This browser keeps no key to it."""
    actor, digest, now = current_actor(), submission.draft_key_digest, utc_now()
    if actor.actor_id is None and needs_account(submission):
        return to_sign_in()
    if not can(Permission.TAKE_PART, submission.round):
        raise NotPermitted
    try:
        submit_submission(submission, actor=actor, now=now)
    except InvalidTransition as error:
        form = ConfirmForm()
        form.show(error)
        return _check_page(submission.round, submission, form), error.status
    if actor.actor_id is None:
        forget_draft(digest)
        if actor.claimed_id != submission.id:  # the code was checked hours ago
            end_claim_openings(claim_keys())
            remember_claim(open_for_author(submission, now=now), now)
    return redirect(url_for("pages.receipt", slug=submission.round.address, key=submission.key))


def _goes_without_account(round_: Round, draft: Submission | None) -> bool:
    """Whether a visitor has chosen to go on without an account, where that is possible.

    The address of the form says so, or what was saved with it: somebody whose sign-in ended meanwhile chose nothing.
    """
    if not takes_codes(round_):
        return False
    return request.args.get("account") == "none" or (draft is not None and get_identity(draft) is not None)


def _sign_in_first(round_: Round, endpoint: str) -> str:
    slug = round_.consultation.slug
    return render_template(
        "submissions/sign_in_first.html",
        **frame(round_, find_own_draft(round_)),
        next_url=url_for(endpoint, slug=slug),
        takes_codes=takes_codes(round_),
    )


def _check_page(round_: Round, draft: Submission, form: ConfirmForm) -> str:
    identity = get_identity(draft)
    language = reading_language(round_.consultation)
    questions = list_questions(round_)
    comments, choices = list_comments_of(draft), list_choices_of(draft)
    answered = {row.question_id for row in comments}
    said = [q for q in questions if q.id in answered or any(option.id in choices for option in q.options)]
    return render_template(
        "submissions/check.html",
        **frame(round_, draft),
        form=form,
        gaps=list_gaps(draft),
        points=[row for row in comments if row.question_id is None],
        answers={(row.question_id, row.option_id): row for row in comments if row.question_id is not None},
        choices=choices,
        files=list_files_of(draft),
        questions=said,
        unanswered=len(questions) - len(said),
        question_words=question_words(said, round_),
        option_words=option_words([option for question in said for option in question.options], round_),
        places=places_of([row.paragraph for row in comments if row.paragraph], language, actor=None),
        identity=identity,
        country=country_in_words(identity.country if identity is not None else None, language),
        setting_hint=setting_hints()[draft.publication_setting] if draft.publication_setting else "",
        disclosures=disclosures(draft, round_) if draft.publication_setting else [],
        readers=public_in_words(round_),
        limits=limits_of_protection(),
    )
