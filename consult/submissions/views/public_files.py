"""Files that the public may have, each with its point: asked anew at every download."""

from __future__ import annotations

from typing import Any

from flask import request

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.accounts.actors import Visitor
from consult.core.errors import NotFound
from consult.files.views import as_download
from consult.submissions.queries import get_public_file
from consult.submissions.views.comments import Cited, comments, load_cited


def load_cited_file(slug: str, reference: str, number: int) -> Cited:
    """The point whose file an address names; that there is such a file is asked with whether it may be had."""
    return load_cited(slug, reference)


@comments.get("/<reference>/files/<int(min=1, max=999):number>")
@requires(Permission.CONSULTATION_READ, load_cited_file)
def public_file(cited: Cited) -> Any:
    """A file that stands beside a public point, as a download."""
    if not can(Permission.INPUT_READ, cited.round):
        raise NotFound
    attachment = get_public_file(cited.comment, int((request.view_args or {})["number"]))
    for_all = permits(Visitor(), Permission.INPUT_READ, cited.round)
    return as_download(attachment.file, name=attachment.shown_name, is_public=for_all)
