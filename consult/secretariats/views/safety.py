"""Whom people turn to with fear and reprisals, as the host says it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.core.clock import utc_now
from consult.core.locale import gettext as _
from consult.secretariats.forms import SafetyForm
from consult.secretariats.models import Host
from consult.secretariats.queries import get_host
from consult.secretariats.services import update_safety_contact
from consult.secretariats.views.admin import admin


@admin.route("/hosts/<slug>/safety", methods=["GET", "POST"])
@requires(Permission.STAFF_MANAGE, get_host)
def safety(host: Host) -> Any:
    """Name the safety contact of a host, for all its consultations."""
    form = SafetyForm(data={"contact": host.safety_contact})
    if form.validate_on_submit():
        update_safety_contact(host, form.contact.data or "", actor=current_actor(), now=utc_now())
        flash(_("The safety contact is saved, and stands on the safety page of each of your consultations."), "success")
        return redirect(url_for(".safety", slug=host.slug))
    return render_template("admin/safety.html", host=host, form=form), 422 if form.is_submitted() else 200
