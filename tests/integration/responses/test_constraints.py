"""What the database refuses of links, reasons and sources, whatever program asks; and that services agree with it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.responses.enums import Disposition
from consult.responses.models import ChangeSource, ChangeTrace, SourcedChange, UnreflectedReason
from consult.responses.tracing.services import explain_unreflected, give_source, take_back_link
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from consult.texts.queries import list_translations
from tests.support.continuing import EDITED, NEW, REMOVED, Traced, conclude, traced
from tests.support.record import assert_broken, assert_refused, checks_of, said_of

TABLES = (ChangeTrace, UnreflectedReason, ChangeSource, SourcedChange)
REASON = {"en": "It stands in the annex.", "fr": "En annexe."}
AT = f"'{utc_now():%Y-%m-%d %H:%M:%S}'"


def all_said(**options: object) -> Traced:
    """Two accepted points: one is linked, of the other it is said why it is not seen; and a change has a source."""
    one = traced(Disposition.ACCEPTED, Disposition.ACCEPTED, **options)  # type: ignore[arg-type]
    one.link(one.points[0], EDITED)
    explain(one, REASON)
    source(one, NEW, {"en": "Legal review"})
    db.session.flush()
    return one


def explain(one: Traced, reason: Mapping[str, str]) -> None:
    explain_unreflected(one.points[1:], reason=reason, actor=one.staff.manager, now=utc_now())


def source(one: Traced, eid: str, words: Mapping[str, str]) -> None:
    give_source(
        one.round.consultation, [one.change(eid)], source=words, reason={"en": "The law asks for it."},
        is_editorial=False, actor=one.staff.manager, now=utc_now(),
    )  # fmt: skip


def test_each_rule_of_a_row_is_held(app: Flask) -> None:
    broken = {
        "ck_change_trace_removed_by_somebody": f"UPDATE change_trace SET removed_at = {AT}, removal_reason = 'Why'",
        "ck_change_trace_removed_has_reason": f"UPDATE change_trace SET removed_at = {AT}, removed_by = made_by",
        "ck_unreflected_reason_has_reason": "UPDATE unreflected_reason SET reason = ''",
        "ck_change_source_says_why": "UPDATE change_source SET reason = ''",
    }
    with app.app_context():
        all_said()
        assert_broken(broken)
    assert set(broken) == checks_of(*TABLES)


def test_what_is_public_with_the_outcome_is_neither_changed_nor_deleted(app: Flask) -> None:
    with app.app_context():
        one = all_said()
        changing = {table.__tablename__: f"DELETE FROM {table.__tablename__}" for table in TABLES}
        changing["change_source"] = "UPDATE change_source SET reason = 'Another.'"
        assert {table: said_of(statement) for table, statement in changing.items()} == dict.fromkeys(changing, "")
        conclude(one.round, one.staff.manager)
        other = db.session.scalar(sa.select(Comment.id).where(Comment.id != one.points[0].id))
        assert_refused(
            f"UPDATE change_trace SET comment_id = {other}",
            "UPDATE change_trace SET eid = 'sec_2'",
            f"UPDATE change_trace SET made_at = {AT}",
            "UPDATE change_trace SET paragraph_id = NULL",
            "DELETE FROM change_trace",
            "UPDATE unreflected_reason SET reason = 'Another.'",
            "DELETE FROM unreflected_reason",
            "UPDATE change_source SET source = 'Another'",
            "UPDATE change_source SET is_editorial = true",
            "DELETE FROM change_source",
            "UPDATE sourced_change SET eid = 'sec_2'",
            "DELETE FROM sourced_change",
        )


def test_after_the_outcome_more_is_said_and_nothing_is_unsaid(app: Flask) -> None:
    with app.app_context():
        one = all_said(languages=("en", "fr"))
        conclude(one.round, one.staff.manager)
        with pytest.raises(InvalidTransition, match="stays as it is"):
            explain(one, {"en": "Another reason."})
        with pytest.raises(InvalidTransition, match="stays as it is"):
            source(one, NEW, {"en": "Another office"})
        explain(one, REASON | {"fr": "Voir l’annexe."})
        source(one, NEW, {"en": "Legal review", "fr": "Service juridique"})
        source(one, REMOVED, {"en": "Another office"})
        one.link(one.points[0], NEW)
        db.session.flush()
        reason = db.session.scalars(sa.select(UnreflectedReason)).one()
        assert [row.text for row in list_translations("unreflected_reason", [reason.id])] == ["Voir l’annexe."]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ChangeSource)) == 2


def test_a_link_is_taken_back_once_and_its_reason_stays(app: Flask) -> None:
    with app.app_context():
        one = all_said()
        conclude(one.round, one.staff.manager)
        trace = db.session.scalars(sa.select(ChangeTrace)).one()
        take_back_link(trace, reason="A mistake.", actor=one.staff.manager, now=utc_now())
        db.session.flush()
        assert_refused(
            "UPDATE change_trace SET removal_reason = 'Another.'",
            "UPDATE change_trace SET removed_at = NULL, removed_by = NULL, removal_reason = ''",
            "DELETE FROM change_trace",
        )
        [again] = one.link(one.points[0], EDITED)
        assert again.removed_at is None


def test_what_its_author_withdraws_goes_after_the_outcome_too(app: Flask) -> None:
    with app.app_context():
        one = all_said()
        conclude(one.round, one.staff.manager)
        for point in one.points:
            withdraw_comment(point, actor=one.author, now=utc_now())
        db.session.commit()
        for table in (ChangeTrace, UnreflectedReason):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_link_that_nobody_can_have_read_goes(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, send=False)
        [trace] = one.link(one.points[0], EDITED)
        take_back_link(trace, reason="", actor=one.staff.manager, now=utc_now())
        db.session.flush()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ChangeTrace)) == 0
