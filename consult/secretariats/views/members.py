"""The members of a host, who speaks for them, and the page that admits a delegate."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, public, requires
from consult.access.permissions import Permission
from consult.accounts.actors import Person
from consult.core.clock import utc_now
from consult.core.errors import BadInput
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.core.text import search_words
from consult.secretariats.enums import MemberStatus
from consult.secretariats.forms import MemberForm, MembersForm
from consult.secretariats.models import Host, MemberDelegate
from consult.secretariats.queries import (
    count_members,
    find_accepted_delegate,
    get_delegate,
    get_delegate_of,
    get_host,
    page_of_members,
)
from consult.secretariats.services import MembersAdded, accept_delegation, add_members, revoke_delegate
from consult.secretariats.views.admin import admin

delegation = Blueprint("delegation", __name__, url_prefix="/<locale:locale>/account/delegation")


@admin.route("/hosts/<slug>/members", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE, get_host)
def members(host: Host) -> Any:
    """The members of a host with their delegates, and a form for one more."""
    form = MemberForm()
    if form.validate_on_submit():
        done = add_members(host, [form.entry], locale=form.language.data, actor=current_actor(), now=utc_now())
        flash(_told(done), "success")
        return redirect(url_for(".members", slug=host.slug))
    words = search_words(request.args.get("words"))
    return (
        render_template(
            "admin/members.html",
            host=host,
            form=form,
            words=words,
            page=page_of_members(host, words=words, after=request.args.get("after"), before=request.args.get("before")),
            total=count_members(host, words=words),
            now=utc_now(),
        ),
        422 if form.is_submitted() else 200,
    )


@admin.route("/hosts/<slug>/members/add", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE, get_host)
def add_several(host: Host) -> Any:
    """Paste a list of members and delegates."""
    form = MembersForm()
    if form.validate_on_submit():
        try:
            done = add_members(host, form.entries(), locale=form.language.data, actor=current_actor(), now=utc_now())
        except BadInput as error:
            form.show(error)
        else:
            flash(_told(done), "success")
            return redirect(url_for(".members", slug=host.slug))
    page = render_template("admin/add_members.html", host=host, form=form, statuses=list(MemberStatus))
    return page, 422 if form.is_submitted() else 200


def _told(done: MembersAdded) -> str:
    sentences = []
    if done.added:
        sentences.append(ngettext("%(num)s member is added.", "%(num)s members are added.", done.added))
    if done.changed:
        sentences.append(
            ngettext(
                "The status of %(num)s member is changed.", "The status of %(num)s members is changed.", done.changed
            )
        )
    if done.invited:
        sentences.append(
            ngettext("%(num)s delegate gets a link by e-mail.", "%(num)s delegates get a link by e-mail.", done.invited)
        )
    return " ".join(sentences) or _("All of them were there before. Nobody gets a second message.")


def load_delegate(slug: str, digest: str) -> MemberDelegate:
    """The delegate that an address names, of a member of the host of the same address."""
    return get_delegate_of(get_host(slug), digest)


@admin.route("/hosts/<slug>/members/<digest>/revoke", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE, load_delegate)
def revoke_delegate_page(delegate: MemberDelegate) -> Any:
    """Let somebody speak for a member no more, after saying what remains."""
    form = ConfirmForm()
    if form.validate_on_submit():
        revoke_delegate(delegate, actor=current_actor(), now=utc_now())
        flash(_("The delegate is taken back."), "success")
        return redirect(url_for(".members", slug=delegate.member.host.slug))
    return render_template("admin/revoke_delegate.html", delegate=delegate, host=delegate.member.host)


@delegation.get("/<key>")
@public
def show(key: str) -> Any:
    """For which member of which host one is named. Whoever has used the link before goes to the first page."""
    if find_accepted_delegate(current_actor(), key) is not None:
        return redirect(url_for("pages.home"))
    found = get_delegate(key, utc_now())
    return render_template("secretariats/delegation.html", key=key, member=found.member, here=url_for(".show", key=key))


@delegation.post("/<key>")
@requires(Permission.ACCOUNT_USE)
def accept(key: str) -> Any:
    """Speak for a member as the account that is signed in."""
    now = utc_now()
    found = get_delegate(key, now)
    accept_delegation(found, actor=cast(Person, current_actor()), now=now)
    flash(_("You are a delegate of %(member)s.", member=found.member.name), "success")
    return redirect(url_for("pages.home"))
