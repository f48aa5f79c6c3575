"""After submitting: showing the public less, and withdrawing. The receipt itself, which shows what moderators and
responders decided, is in the room ``pages``.

Whoever is neither signed in nor came with the code is sent to sign in first: the addresses are in e-mails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, forget_claim, requires
from consult.access.permissions import Permission
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.submissions.disclosure import can_ask_for_protection, delay_in_words, limits_of_protection, setting_hints
from consult.submissions.enums import PublicationSetting
from consult.submissions.forms import SettingForm
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import get_submitted, get_submitted_comment
from consult.submissions.services import make_stricter as make_submission_stricter
from consult.submissions.services import stricter_settings, withdraw_comment, withdraw_submission
from consult.submissions.views.frame import frame
from consult.submissions.views.take_part import take_part


@dataclass(frozen=True)
class OwnPoint:
    """A point with the submission that it came in."""

    submission: Submission
    comment: Comment

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.submission.host_id


def load_point(slug: str, key: str, reference: str) -> OwnPoint:
    """The point that an address names.

    Raises:
        NotFound: none such in this submission.
    """
    submission = get_submitted(slug, key)
    return OwnPoint(submission, get_submitted_comment(submission, reference))


@take_part.route("/receipt/<key>/who-sees-what", methods=["GET", "POST"])
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, get_submitted)
def make_stricter(submission: Submission) -> Any:
    """Show the public less of who speaks than before."""
    offered = stricter_settings(submission)
    if can_ask_for_protection(submission) and submission.publication_setting is not None:
        offered = [submission.publication_setting, *offered]  # with the name protected beside it
    form = SettingForm(offered)
    status = 200
    if form.validate_on_submit():
        try:
            make_submission_stricter(submission, actor=current_actor(), now=utc_now(), **form.publication)
        except BadInput as error:
            form.show(error)
            status = error.status
        else:
            if form.publication["setting"].gives_words:
                flash(_("From now on the public sees less of who speaks."), "success")
            else:
                flash(_("The public reads no word of it, and sees nothing of who speaks."), "success")
            return redirect(_receipt(submission))
    elif form.is_submitted():
        status = 422
    return (
        render_template(
            "submissions/make_stricter.html",
            **frame(submission.round, None),
            submission=submission,
            form=form,
            protection_offered=PublicationSetting.ORGANISATION_ONLY in offered and not submission.is_official,
            hints={setting.value: hint for setting, hint in setting_hints().items()},
            limits=limits_of_protection(),
            delay=delay_in_words(submission, utc_now()),
        ),
        status,
    )


@take_part.route("/receipt/<key>/withdraw", methods=["GET", "POST"])
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, get_submitted)
def withdraw_everything(submission: Submission) -> Any:
    """Withdraw all of a submission, after a page that says what will remain; no reason is asked."""
    form = ConfirmForm()
    if form.validate_on_submit():
        withdraw_submission(submission, actor=current_actor(), now=utc_now())
        return _after_withdrawal(submission)
    return _withdrawal_page(submission, form, [row for row in submission.comments if not row.is_withdrawn])


@take_part.route("/receipt/<key>/points/<reference>/withdraw", methods=["GET", "POST"])
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, load_point)
def withdraw_point(point: OwnPoint) -> Any:
    """Withdraw one point, after a page that says what will remain; no reason is asked."""
    form = ConfirmForm()
    if form.validate_on_submit():
        withdraw_comment(point.comment, actor=current_actor(), now=utc_now())
        if point.submission.withdrawn_at is not None:
            return _after_withdrawal(point.submission)
        flash(_("The point is withdrawn. Only its reference remains."), "success")
        return redirect(_receipt(point.submission))
    return _withdrawal_page(point.submission, form, [point.comment], is_all=False)


def _after_withdrawal(submission: Submission) -> Any:
    """To the receipt; or away, where nobody can open it any more."""
    if submission.account_id is not None:
        flash(
            _("Everything is withdrawn. Only the references remain. Who you said you are is erased with it."), "success"
        )
        return redirect(_receipt(submission))
    forget_claim()
    said = _(
        "Everything is withdrawn. Only the references remain, and your code opens nothing any more. Who you said you "
        "are is erased too, so there is nothing left that we could forget."
    )
    flash(said, "success")
    return redirect(url_for("pages.consultation", slug=submission.round.address))


def _receipt(submission: Submission) -> str:
    return url_for("pages.receipt", slug=submission.round.address, key=submission.key)


def _withdrawal_page(submission: Submission, form: ConfirmForm, comments: list[Comment], *, is_all: bool = True) -> str:
    if submission.withdrawn_at is not None or (not is_all and comments[0].is_withdrawn):
        raise InvalidTransition(_("This has been withdrawn already."))
    left = [row for row in submission.comments if not row.is_withdrawn]
    return render_template(
        "submissions/withdraw.html",
        **frame(submission.round, None),
        submission=submission,
        comments=comments,
        is_all=is_all,
        is_last=not is_all and len(left) == 1 and not submission.choices,  # then all goes with it
        was_public=not submission.is_held and not all(row.is_held for row in comments),
        stays=_earlier_words(submission, None if is_all else comments[0]),
        form=form,
    )


def _earlier_words(submission: Submission, point: Comment | None) -> Submission | None:
    """What a revision took the place of, where that keeps words of its own that the author may forget."""
    earlier = submission.supersedes
    if earlier is None or earlier.withdrawn_at is not None:
        return None
    replaced = None if point is None else point.supersedes_id
    kept = [row for row in earlier.comments if not row.is_withdrawn and (point is None or row.id == replaced)]
    return earlier if kept else None
