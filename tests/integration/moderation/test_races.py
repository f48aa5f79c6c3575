"""Two people who decide about one point at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.moderation.enums import CredentialKind, RestrictionReason
from consult.moderation.queries import find_credential, list_decisions
from consult.moderation.services import publish_comments, record_credential, restrict_comments
from consult.submissions.enums import ModerationStatus, PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import exact_progress, exact_public_progress, progress_of
from consult.submissions.services import make_stricter, withdraw_comment
from tests.support import build
from tests.support.race import second_of_two


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    with app.app_context():
        desk = build.desk()
        db.session.commit()
        return desk


def one_point(app: Flask, staff: build.Desk, **options: Any) -> tuple[int, Person]:
    with app.app_context():
        author = build.person("Author")
        round_ = build.open_consultation(staff.host, staff.manager)
        (comment,) = build.submit(round_, author, "One.", **options).comments
        db.session.commit()
        return comment.id, author


def point(key: int) -> Comment:
    return db.session.get_one(Comment, key)


def restrict(key: int, moderator: Person) -> None:
    restrict_comments(
        [point(key)], reason=RestrictionReason.UNLAWFUL, public_reason="Why.", agreement="", actor=moderator,
        now=utc_now(),
    )  # fmt: skip


def counters_hold(key: int) -> bool:
    round_ = point(key).submission.round
    return progress_of([round_])[round_.id] == exact_public_progress(round_)


def test_of_two_moderators_who_publish_one_wins(app: Flask, staff: build.Desk) -> None:
    key, _author = one_point(app, staff)
    lost = second_of_two(
        app,
        lambda: publish_comments([point(key)], actor=staff.moderator, now=utc_now()),
        lambda: publish_comments([point(key)], actor=staff.moderator, now=utc_now()),
    )
    assert isinstance(lost, InvalidTransition)
    with app.app_context():
        assert len(list_decisions(point(key))) == 1
        assert exact_progress(point(key).submission.round).published == 1
        assert counters_hold(key)


def test_of_two_restrictions_one_is_on_record(app: Flask, staff: build.Desk) -> None:
    key, _author = one_point(app, staff)
    lost = second_of_two(app, lambda: restrict(key, staff.moderator), lambda: restrict(key, staff.moderator))
    assert isinstance(lost, InvalidTransition)
    with app.app_context():
        assert len(list_decisions(point(key))) == 1


def test_publishing_and_restricting_at_once_leaves_the_later_one(app: Flask, staff: build.Desk) -> None:
    key, _author = one_point(app, staff)
    lost = second_of_two(
        app,
        lambda: publish_comments([point(key)], actor=staff.moderator, now=utc_now()),
        lambda: restrict(key, staff.moderator),
    )
    assert lost is None  # a published point can be restricted
    with app.app_context():
        assert point(key).moderation_status is ModerationStatus.RESTRICTED
        assert exact_progress(point(key).submission.round).published == 0
        assert counters_hold(key)


def test_what_is_withdrawn_meanwhile_is_not_published(app: Flask, staff: build.Desk) -> None:
    key, author = one_point(app, staff)
    lost = second_of_two(
        app,
        lambda: withdraw_comment(point(key), actor=author, now=utc_now()),
        lambda: publish_comments([point(key)], actor=staff.moderator, now=utc_now()),
    )
    assert isinstance(lost, InvalidTransition)
    with app.app_context():
        assert point(key).moderation_status is ModerationStatus.WAITING
        assert counters_hold(key)


def test_what_becomes_stricter_meanwhile_is_not_counted_as_public(app: Flask, staff: build.Desk) -> None:
    key, author = one_point(app, staff)
    hide = PublicationSetting.NOT_PUBLISHED
    lost = second_of_two(
        app,
        lambda: make_stricter(point(key).submission, hide, pseudonym="", actor=author, now=utc_now()),
        lambda: publish_comments([point(key)], actor=staff.moderator, now=utc_now()),
    )
    assert lost is None
    with app.app_context():
        assert exact_progress(point(key).submission.round).published == 0
        assert counters_hold(key)


def test_one_credential_is_on_record(app: Flask, staff: build.Desk) -> None:
    key, _author = one_point(app, staff, capacity=Capacity.STATE_DELEGATION, constituencies=(Constituency.GOVERNMENT,))

    def record() -> None:
        submission = db.session.get_one(Submission, point(key).submission_id)
        record_credential(
            submission, kind=CredentialKind.OTHER, reference="Letter", actor=staff.moderator, now=utc_now()
        )

    lost = second_of_two(app, record, record)
    assert isinstance(lost, InvalidTransition)
    with app.app_context():
        assert find_credential(point(key).submission_id) is not None
