"""Points and the changes that they caused: linking, taking back, what is left over, and who sees what of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.documents.comparing import Change as Kind
from consult.documents.enums import Continuation
from consult.documents.queries.changes import find_changes, list_changes
from consult.documents.queries.continuity import list_versions
from consult.ledger.models import LedgerEntry
from consult.responses.enums import AGREED, Disposition
from consult.responses.models import ChangeSource, ChangeTrace, SourcedChange, UnreflectedReason
from consult.responses.tracing.lines import history_of
from consult.responses.tracing.queries import Audience, changes_caused, removed_traces, traces_of_changes
from consult.responses.tracing.services import explain_unreflected, give_source, take_back_link
from consult.responses.tracing.standing import (
    Owed,
    Show,
    count_owed,
    likely_changes,
    list_standing,
    search_changes,
)
from consult.responses.tracing.unreflected import count_unreflected, page_of_unreflected
from consult.submissions.services import withdraw_comment
from consult.texts.models import Translation
from tests.support import build
from tests.support.continuing import EDITED, FINAL, NEW, REMOVED, conclude, final_text, traced


def acts() -> list[str]:
    named = sa.or_(LedgerEntry.act.like("desk:trace:%"), LedgerEntry.act.like("desk:change:%"))
    return list(db.session.scalars(sa.select(LedgerEntry.act).where(named).order_by(LedgerEntry.id)))


def test_the_changes_of_a_text_in_its_order(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        found = [(change.eid, change.continuation) for change in list_changes(one.final)]
        assert found == [
            (EDITED, Continuation.EDITED),
            (REMOVED, Continuation.REMOVED),
            (NEW, Continuation.NEW),
        ]
        assert [change.eid for change in search_changes(one.final, "small MINES")] == [EDITED]
        assert [change.eid for change in search_changes(one.final, "2")] == [EDITED, NEW]


def test_a_point_shows_what_it_changed_once_the_public_may_read_the_text(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        [point] = one.points
        one.link(point, EDITED)
        assert changes_caused([point]) == {}, "the final text is not public before the outcome"
        assert len(changes_caused([point], for_staff=True)[point.id]) == 1
        conclude(one.round, one.staff.manager)
        [shown] = changes_caused([point])[point.id]
        assert shown.version.is_final
        assert shown.change.place.number == "1 ¶ 2"
        added = "".join(piece.text for piece in shown.change.pieces if piece.kind is Kind.ADDED)
        assert "an exception for small mines" in added


def test_a_link_is_made_once_and_only_to_a_later_change_of_the_same_text(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        [point] = one.points
        assert len(one.link(point, EDITED, NEW)) == 2
        assert one.link(point, EDITED) == []
        for eid in ("sec_1__para_1", "sec_9"):
            with pytest.raises(BadInput):
                one.link(point, eid)
        other = traced(Disposition.ACCEPTED, slug="other", code="OTH")
        with pytest.raises(BadInput):
            other.link(point, EDITED)
        assert acts() == ["desk:trace:link"] * 2


@pytest.mark.parametrize("disposition", list(Disposition))
def test_what_can_have_caused_a_change(app: Flask, disposition: Disposition) -> None:
    refused = {Disposition.NOT_ACCEPTED, Disposition.OUT_OF_SCOPE}
    with app.app_context():
        one = traced(disposition)
        if disposition in refused:
            with pytest.raises(InvalidTransition, match=one.points[0].reference or ""):
                one.link(one.points[0], EDITED)
        else:
            assert one.link(one.points[0], EDITED)


def test_a_link_that_nobody_read_goes_without_a_trace_and_another_with_a_reason(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        [point] = one.points
        [trace] = one.link(point, EDITED)
        take_back_link(trace, reason="", actor=one.staff.manager, now=utc_now())
        assert db.session.scalars(sa.select(ChangeTrace)).all() == []
        [trace] = one.link(point, EDITED)
        conclude(one.round, one.staff.manager)
        with pytest.raises(BadInput):
            take_back_link(trace, reason=" ", actor=one.staff.manager, now=utc_now())
        take_back_link(trace, reason="Another point asked for it.", actor=one.staff.manager, now=utc_now())
        assert changes_caused([point]) == {}
        assert [row.removal_reason for row in removed_traces(point)] == ["Another point asked for it."]
        with pytest.raises(InvalidTransition):
            take_back_link(trace, reason="Twice.", actor=one.staff.manager, now=utc_now())
        assert len(one.link(point, EDITED)) == 1, "it can be made again"
        assert acts() == ["desk:trace:link", "desk:trace:unlink"] * 2 + ["desk:trace:link"]


def test_accepted_points_without_a_change_are_listed_until_they_are_linked_or_explained(app: Flask) -> None:
    with app.app_context():
        one = traced(*Disposition)
        consultation = one.round.consultation
        listed = page_of_unreflected(consultation, Audience.STAFF).items
        assert {point.id for point in listed} == {
            point.id for point, disposition in zip(one.points, Disposition, strict=True) if disposition in AGREED
        }
        first, second, *rest = listed
        one.link(first, EDITED)
        words = {"en": "It is in the annex."}
        explain_unreflected([second], reason=words, actor=one.staff.manager, now=utc_now())
        left = page_of_unreflected(consultation, Audience.STAFF, explained=False).items
        assert list(left) == rest
        assert count_unreflected(consultation, Audience.STAFF, explained=True) == 1
        with pytest.raises(BadInput):
            explain_unreflected(rest, reason={"fr": "Non."}, actor=one.staff.manager, now=utc_now())


def test_changes_that_no_point_asked_for_get_a_source_in_bulk_or_are_editorial(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, languages=["en"])
        consultation, manager = one.round.consultation, one.staff.manager
        one.link(one.points[0], EDITED)
        assert count_owed(consultation) == Owed(unreflected=0, unexplained=2)
        keys = [one.change(REMOVED), one.change(NEW)]

        def say(some: list[tuple[int, str]], source: str, reason: str, *, editorial: bool = False) -> None:
            give_source(
                consultation, some, source={"en": source}, reason={"en": reason}, is_editorial=editorial,
                actor=manager, now=utc_now(),
            )  # fmt: skip

        for source, reason in (("", "Why."), ("Legal review", "")):
            with pytest.raises(BadInput):
                say(keys, source, reason)
        say(keys, "Legal review", "The water act asks for it.")
        assert count_owed(consultation).total == 0
        say(keys[:1], "", "", editorial=True)
        say(keys[1:], "", "", editorial=True)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SourcedChange)) == 2
        left = db.session.scalars(sa.select(ChangeSource)).all()
        assert [row.is_editorial for row in left] == [True, True], "what nothing is left under goes"
        assert acts()[1:] == ["desk:change:source"] * 3


def test_links_and_sources_outlive_a_text_that_is_brought_anew(app: Flask) -> None:
    """eIds are stable; of a new paragraph nobody knows whether it is the same one."""
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        [point] = one.points
        one.link(point, EDITED, NEW)
        again = final_text(one.round, FINAL.replace("small mines", "small mines and quarries"), one.staff.manager)
        assert again.id == one.final.id
        shown = changes_caused([point], for_staff=True)[point.id]
        assert [caused.change.eid for caused in shown] == [EDITED]
        assert find_changes([one.change(NEW)])
        standing = {s.change.eid: s.caused for s in list_standing(again, "en", for_staff=True)}
        assert standing == {EDITED: True, REMOVED: False, NEW: False}
        assert len(one.link(point, NEW)) == 0, "linked again, it means the new paragraph"
        assert len(changes_caused([point], for_staff=True)[point.id]) == 2


def test_withdrawing_takes_links_and_reasons_along(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.TAKEN_UP, languages=["en", "fr"])
        first, second = one.points
        one.link(first, EDITED)
        words = {"en": "In the annex.", "fr": "Dans l’annexe."}
        explain_unreflected([second], reason=words, actor=one.staff.manager, now=utc_now())
        conclude(one.round, one.staff.manager)
        for point in (first, second):
            withdraw_comment(point, actor=build.person("X"), now=utc_now())
        left = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (ChangeTrace, UnreflectedReason)]
        assert left == [0, 0]
        assert db.session.scalars(sa.select(Translation).where(Translation.subject == "unreflected_reason")).all() == []
        entries = sa.select(LedgerEntry.salt).where(LedgerEntry.act.like("desk:trace:%"))
        assert set(db.session.scalars(entries)) == {None}
        assert [s.caused for s in list_standing(one.final, "en")] == [False] * 3


def test_the_public_sees_no_link_of_what_it_may_not_read(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.ACCEPTED)
        shown, hidden = one.points
        one.link(hidden, EDITED)
        one.link(shown, NEW)
        conclude(one.round, one.staff.manager)
        hidden.submission.is_held = True
        db.session.flush()
        keys = [one.change(EDITED), one.change(NEW)]
        assert traces_of_changes(keys) == {}, "both are of one submission"
        standing = list_standing(one.final, "en")
        assert [s.is_unasked for s in standing] == [True] * 3
        hidden.submission.is_held = False
        db.session.flush()
        assert set(traces_of_changes(keys)) == set(keys)
        stages = history_of(EDITED, [one.final], "en", round_ids=[])
        assert [stage.causes for stage in stages] == [[]]
        fits = {show: sum(s.fits(show) for s in list_standing(one.final, "en")) for show in Show}
        assert fits == {Show.UNEXPLAINED: 1, Show.EXPLAINED: 0, Show.CAUSED: 2, Show.ALL: 3}


def test_a_paragraph_through_time(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        one.link(one.points[0], EDITED)
        versions = list_versions(one.round.consultation)
        first, last = history_of(EDITED, versions, "en", for_staff=True)
        assert first.change is None
        assert first.text is not None
        assert first.text.text == "Paragraph 2 in en."
        assert [comment.reference for _trace, comment in last.causes] == [one.points[0].reference]
        assert [stage.is_removed for stage in history_of(REMOVED, versions, "en")] == [False, True]
        assert [stage.version.is_final for stage in history_of(NEW, versions, "en")] == [True]


def test_the_likely_change_comes_first(app: Flask) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED)
        [point] = one.points
        assert likely_changes([point])[point.id][0].key == one.change(EDITED)
