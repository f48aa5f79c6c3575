"""The one question, asked in two ways: what the public may read, in SQL for lists and in Python for acts."""

from __future__ import annotations

import itertools

import sqlalchemy as sa
from flask import Flask

from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.enums import CredentialStatus, ModerationStatus, PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.queries import KNOWN, PROTECTED, PUBLIC
from consult.submissions.services import is_public, withdraw_comment
from tests.support import build


def agrees(comment: Comment) -> bool:
    """Whether the public may read a point, if both ways say the same of that, of what it knows of, and of protection."""
    db.session.flush()
    asked = sa.select(PUBLIC, KNOWN, PROTECTED).select_from(Comment).join(Comment.submission)
    in_sql = tuple(map(bool, db.session.execute(asked.where(Comment.id == comment.id)).one()))
    assert in_sql == (is_public(comment), not comment.is_hidden, comment.submission.is_protected)
    return in_sql[0]


def test_both_ways_agree_in_every_state(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        submission = build.submit(round_, author, "A point.", setting=PublicationSetting.PSEUDONYM)
        comment = submission.comments[0]
        public = 0
        assert submission.is_held
        states = itertools.product(ModerationStatus, CredentialStatus, PublicationSetting, (False, True), (False, True))
        for state in states:
            comment.moderation_status, submission.credential_status, submission.publication_setting, *held = state
            submission.is_held, comment.is_held = held
            public += agrees(comment)
        # Published, the credential not awaited (two of three), any setting but two (four of six), and nothing held.
        assert public == 1 * 2 * 4 * 1 * 1
        submission.is_held = comment.is_held = False
        submission.credential_status = CredentialStatus.NOT_NEEDED
        submission.publication_setting = PublicationSetting.NAMED
        comment.moderation_status = ModerationStatus.PUBLISHED
        assert agrees(comment)
        withdraw_comment(comment, actor=author, now=utc_now())
        assert not agrees(comment)
