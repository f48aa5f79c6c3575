"""Who looked, and why, for those who manage a host: never at whom."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.consultations.queries import titles_in
from consult.core.locale import current_locale
from consult.protection.queries import count_looks, page_of_looks
from consult.secretariats.models import Host
from consult.secretariats.queries import get_host

protection_admin = Blueprint("protection_admin", __name__, url_prefix="/<locale:locale>/admin/hosts/<slug>/looks")


@protection_admin.get("")
@requires(Permission.STAFF_MANAGE, get_host)
def looks(host: Host) -> str:
    """Every look of the host's officers, newest first, with its reason; no identity, no submission."""
    page = page_of_looks(host, after=request.args.get("after"), before=request.args.get("before"))
    counts = count_looks(host)
    return render_template(
        "protection/looks.html",
        host=host,
        page=page,
        counts=counts,
        total=sum(counts.values()),
        titles=titles_in([entry.consultation for entry in page.items], current_locale().code),
    )
