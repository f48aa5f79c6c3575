"""Hosts and their staff."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.access.roles import StaffRole
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.text import search_words
from consult.secretariats.enums import StaffStanding
from consult.secretariats.forms import ROLE_HINTS, STANDING_HINTS, AssignRoleForm, HostForm, StandingForm
from consult.secretariats.models import Host, Membership
from consult.secretariats.queries import (
    count_hosts,
    count_roles,
    count_staff,
    get_host,
    get_membership,
    page_of_hosts,
    page_of_staff,
)
from consult.secretariats.services import assign_role_by_email, change_standing, end_role
from consult.secretariats.services import create_host as make_host

admin = Blueprint("admin", __name__, url_prefix="/<locale:locale>/admin")


def _words() -> str:
    return search_words(request.args.get("words"))


@admin.get("/hosts")
@requires(Permission.HOSTS_MANAGE)
def hosts() -> str:
    """The hosts of this instance."""
    words = _words()
    page = page_of_hosts(words=words, after=request.args.get("after"), before=request.args.get("before"))
    staff = count_staff([host.id for host in page.items])
    return render_template("admin/hosts.html", page=page, words=words, total=count_hosts(words=words), staff=staff)


@admin.route("/hosts/new", methods=["GET", "POST"])
@requires(Permission.HOSTS_MANAGE)
def create_host() -> Any:
    """Create a host; its first manager is named on the next page."""
    form = HostForm()
    if form.validate_on_submit():
        try:
            host = make_host(**form.values("name", "slug"), actor=current_actor(), now=utc_now())
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            flash(_("The host is created. Name its first manager."), "success")
            return redirect(url_for(".staff", slug=host.slug))
    return render_template("admin/create_host.html", form=form), 422 if form.is_submitted() else 200


@admin.route("/hosts/<slug>/staff", methods=["GET", "POST"])
@requires(Permission.STAFF_MANAGE, get_host)
def staff(host: Host) -> Any:
    """Who works for a host, and a form to add somebody; the answer never tells whether they had an account."""
    form = AssignRoleForm(_roles_to_give(host))
    if form.validate_on_submit():
        try:
            assign_role_by_email(
                host,
                **form.values("email", "name"),
                role=StaffRole(form.role.data),
                standing=StaffStanding(form.standing.data),
                locale=current_locale().code,
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            flash(_("The role is given, and an e-mail tells of it."), "success")
            return redirect(url_for(".staff", slug=host.slug))
    words = _words()
    page = page_of_staff(host, words=words, after=request.args.get("after"), before=request.args.get("before"))
    return (
        render_template(
            "admin/staff.html",
            host=host,
            form=form,
            page=page,
            words=words,
            total=count_roles(host, words=words),
            role_hints=ROLE_HINTS,
            standing_hints=STANDING_HINTS,
        ),
        422 if form.is_submitted() else 200,
    )


def _roles_to_give(host: Host) -> list[StaffRole]:
    """All but the protection role, which the host's own managers do not give: they would choose who sees identities."""
    gives_all = can(Permission.PROTECTION_GIVE, host)
    return [role for role in StaffRole if gives_all or role is not StaffRole.PROTECTION]


def load_membership(slug: str, membership_id: int) -> Membership:
    """One present role at the host of the address."""
    return get_membership(get_host(slug), membership_id)


@admin.route("/hosts/<slug>/staff/<int:membership_id>/standing", methods=["GET", "POST"])
@requires(Permission.STAFF_MANAGE, load_membership)
def standing(membership: Membership) -> Any:
    """Change who employs somebody, in all their roles at the host, after saying what follows from it."""
    form = StandingForm(membership.standing)
    if form.validate_on_submit():
        ended = change_standing(membership, StaffStanding(form.standing.data), actor=current_actor(), now=utc_now())
        flash(_("It is changed."), "success")
        if ended:
            flash(_("With this, the protection role of this person has ended."), "attention")
        return redirect(url_for(".staff", slug=membership.host.slug))
    page = render_template("admin/standing.html", form=form, membership=membership, hints=STANDING_HINTS)
    return page, 422 if form.is_submitted() else 200


@admin.route("/hosts/<slug>/staff/<int:membership_id>/end", methods=["GET", "POST"])
@requires(Permission.STAFF_MANAGE, load_membership)
def end(membership: Membership) -> Any:
    """Take a role away, after saying what remains."""
    actor = current_actor()
    form = ConfirmForm()
    is_own = membership.account_id == actor.actor_id
    if form.validate_on_submit():
        try:
            end_role(membership, actor=actor, now=utc_now())
        except InvalidTransition as error:
            form.show(error)
        else:
            flash(_("The role is ended."), "success")
            keeps_page = actor.is_administrator or not (is_own and membership.role is StaffRole.MANAGER)
            return redirect(url_for(".staff", slug=membership.host.slug) if keeps_page else url_for("pages.home"))
    return (
        render_template("admin/end_role.html", form=form, membership=membership, is_own=is_own),
        409 if form.is_submitted() else 200,
    )
