"""Every page that somebody can open with GET, on an instance with everything on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.consultations.enums import Audience, QuestionKind
from consult.consultations.models import Invitation
from consult.consultations.services import invite, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.secrets import key_digest
from consult.documents.models import Paragraph
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.secretariats.models import Membership
from consult.submissions.enums import PublicationSetting
from tests.support import build


@dataclass(frozen=True)
class World:
    """What the walk opens, and who walks."""

    people: dict[str, Person]
    values: dict[str, dict[str, Any]]


def build_world() -> World:
    """An open round with drafts and points, a released one, one being set up, one by invitation."""
    staff = build.desk()
    languages = ("en", "ar")
    everything = build.person("Everything", roles={staff.host: list(StaffRole)}, administrator=True)
    author = build.person("Author")
    setup = build.consultation_in_setup(staff.host, staff.manager, slug="setup", code="SETUP", languages=languages)
    now = utc_now()
    question = save_question(
        setup, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which in en?", "ar": "أي؟"},
        options=[{"en": "One in en", "ar": "واحد"}, {"en": "Two in en", "ar": "اثنان"}], actor=staff.manager, now=now,
    )  # fmt: skip
    open_ = build.open_consultation(staff.host, staff.manager, slug="open", code="OPEN", languages=languages)
    submission = build.submit(open_, author, "A point in en.", setting=PublicationSetting.PSEUDONYM)
    build.submit(open_, build.person("Second"), "Another point in en.")
    build.publish(open_, staff.moderator)
    build.submit(open_, build.person("Third"), "A third point in en.")
    build.draft(open_, author, "A drafted point in en.")
    released = build.released_round(staff, "An answered point in en.", slug="released", code="REL", languages=languages)
    request_release(released, actor=staff.manager, now=now)
    invited = build.open_consultation(
        staff.host, staff.manager, slug="invited", code="INV", languages=languages, audience=Audience.BY_INVITATION
    )
    invite(invited, ["guest@example.org"], locale="en", actor=staff.manager, now=now)
    invitation = db.session.scalars(sa.select(Invitation)).one()
    invitation.key_digest = key_digest("the-key")
    db.session.commit()
    sweep()
    membership = db.session.scalars(sa.select(Membership.id)).first()
    reference = submission.comments[0].reference
    draft = build.draft(open_, author)
    paragraph = db.session.scalars(sa.select(Paragraph.eid).where(Paragraph.text != "")).first()
    common = {"reference": reference, "key": submission.key, "membership_id": membership, "paragraph": paragraph}
    values = {
        "take_part": {**common, "slug": "open", "point_key": draft.comments[0].key, "submission_key": submission.key},
        "setup": {**common, "slug": "setup", "number": question.position, "section": "summary", "language": "ar"},
        "open": {**common, "slug": "open", "number": 1},
        "released": {**common, "slug": "released", "number": 1, "reference": released and _reference(released)},
        "host": {**common, "slug": staff.host.slug},
        "invited": {**common, "slug": "invited", "digest": invitation.key_digest, "key": "the-key"},
    }
    return World({"visitor": None, "author": author, "everything": everything}, values)  # type: ignore[dict-item]


def _reference(round_: Any) -> str:
    return str(build.points_of(round_)[0].reference)


def pages(app: Flask, world: World, locale: str) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every page, with each set of values that fits its route."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.endpoint):
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"healthz", "readyz"}:
            continue
        wanted = rule.arguments - {"locale"}
        for values in world.values.values():
            if wanted <= set(values):
                address = rule.build({**{name: values[name] for name in wanted}, "locale": locale})
                if address:
                    yield rule.endpoint, address[1]


def open_as(app: Flask, client: FlaskClient, who: Person | None) -> None:
    """Let the client be signed in as somebody, or nobody."""
    client.delete_cookie("consult")
    if who is not None:
        with app.app_context():
            build.sign_in(client, who)
