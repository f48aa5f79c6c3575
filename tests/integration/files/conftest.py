"""A round with somebody's draft in it, to which files are attached; and files that are cleaned in this process."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.core.clock import utc_now
from consult.core.db import db
from consult.files.cleaning import clean
from consult.files.kinds import Cleaned, Kind, Removed
from consult.moderation.services import publish_file
from consult.submissions.enums import FileAudience, PublicationSetting
from consult.submissions.models import Attachment, Submission
from consult.submissions.queries import list_files_of
from consult.submissions.services import (
    attach_file,
    choose_audience,
    submit_submission,
    update_publication,
    update_speaker,
)
from tests.support import build

HERE = "/en/take-part/minerals"
PUBLIC = "/en/consultations/minerals"
DESK = "/en/desk/minerals"


def cleaned(content: bytes) -> Cleaned:
    """A file, made anew in this process."""
    made, kind, removed = clean(content)
    return Cleaned(made, Kind(kind), frozenset(Removed(one) for one in removed))


@dataclass(frozen=True)
class Scene:
    """An open round, its staff, and somebody who takes part."""

    app: Flask
    staff: build.Desk
    author: Person

    def draft(self) -> Submission:
        """The author's draft."""
        return db.session.scalars(sa.select(Submission).where(Submission.account_id == self.author.account.id)).one()

    def attach(
        self,
        draft: Submission,
        content: bytes,
        name: str = "a.pdf",
        *,
        public: bool = False,
        words: str = "What it shows",
    ) -> Attachment:
        """Attach a file to the first point of a draft."""
        made = attach_file(draft, cleaned(content), name=name, comment=draft.comments[0], now=utc_now())
        audience = FileAudience.PUBLIC if public else FileAudience.SECRETARIAT
        choose_audience(made, audience, comment=draft.comments[0], description=words, agreed=public, now=utc_now())
        return made

    def submit(self, draft: Submission, setting: PublicationSetting = PublicationSetting.NAMED) -> Submission:
        """Submit a draft that may have files."""
        now = utc_now()
        update_speaker(
            draft, name=self.author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
            language="en", now=now,
        )  # fmt: skip
        if draft.publication_setting is not setting:
            update_publication(draft, setting, pseudonym="", now=now)
        return submit_submission(draft, actor=self.author, now=now)

    def published(self, content: bytes, name: str = "a.pdf") -> Attachment:
        """A public file of a published point."""
        draft = build.draft(self.round(), self.author, "A point.")
        attachment = self.attach(draft, content, name, public=True)
        self.submit(draft)
        build.publish(self.round(), self.staff.moderator)
        publish_file(attachment, actor=self.staff.moderator, now=utc_now())
        db.session.commit()
        return attachment

    def round(self) -> Any:
        """The round."""
        from consult.consultations.queries import get_round

        return get_round("minerals")

    def files(self) -> list[Attachment]:
        """The files of the author's draft."""
        return list(list_files_of(self.draft()))


@pytest.fixture
def scene(app: Flask) -> Scene:
    shutil.rmtree(app.extensions["consult.settings"].data_dir / "files", ignore_errors=True)
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, slug="minerals", languages=("en", "ar"))
        author = build.person("Author")
        db.session.commit()
        return Scene(app, staff, author)


def send(client: FlaskClient, content: bytes, name: str = "a.pdf", *, point: str = "") -> Any:
    """Send a file as the form of the page does."""
    url = f"{HERE}/files" + (f"?point={point}" if point else "")
    # Written by hand: the test client leaves what it spools open.
    fields = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{build.csrf_token(client)}\r\n'
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = (fields + head).encode() + content + b"\r\n--b--\r\n"
    return client.post(url, data=body, content_type="multipart/form-data; boundary=b")
