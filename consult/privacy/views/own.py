"""What is held of somebody: on a page, and as a file that the answer to the form is itself; no link leads to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.accounts.models import Account
from consult.accounts.recovering import is_owner
from consult.accounts.views.account import current_person
from consult.accounts.views.attempts import counted_attempt
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.errors import BadInput
from consult.core.forms import Form
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent
from consult.privacy.exporting import Held, as_json
from consult.privacy.forms import DownloadForm
from consult.privacy.queries import account_days, list_held, owner_of
from consult.privacy.wording import backups_sentence, days_in_words

own_data = Blueprint("own_data", __name__, url_prefix="/<locale:locale>/account")
# Of one kind more than these are in the files only.
SHOWN = 10


def proves(form: Form, account: Account) -> bool:
    """Whether the password (or the recovery code) is right; counted like a sign-in, and said on the form."""
    with counted_attempt(form, account.signs_in_as) as attempt:
        if not is_owner(account, form["secret"].data or ""):
            raise BadInput(_("This is neither your present password nor your recovery code."), "secret")
    return attempt.succeeded


@own_data.route("/data", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def show() -> Any:
    """Everything that is held of whoever is signed in; with the password also as a file."""
    account = current_person().account
    form = DownloadForm()
    if form.validate_on_submit() and proves(form, account):
        return _file(str(form.kind.data), list_held(owner_of(account)))
    page = render_template(
        "privacy/own_data.html",
        form=form,
        held=list_held(owner_of(account)),
        shown=SHOWN,
        kept_for=days_in_words(account_days([account.id])[account.id]),
        has_address=account.email is not None,
        backups=backups_sentence(),
    )
    return page, 422 if form.is_submitted() else 200


def _file(kind: str, held: Held) -> Response:
    """The file, under a name that names nobody."""
    today, instance = utc_now().date(), settings().instance_name
    if kind == "json":
        content = as_json(held, instance=instance, language=current_locale().code, made_on=today)
        answer = Response(content, mimetype="application/json")
    else:
        page = render_template("privacy/download.html", held=held, instance=instance, made_on=today)
        answer = Response(page, mimetype="text/html")
    answer.headers["Content-Disposition"] = f'attachment; filename="my-data.{kind}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
