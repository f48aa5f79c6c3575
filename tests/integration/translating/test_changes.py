"""The final text, and what staff say of its changes: both are offered to translators, and become what people read."""

from __future__ import annotations

from consult.core.clock import utc_now
from consult.documents.queries import find_final_text
from consult.responses.enums import Disposition
from consult.responses.tracing.queries import sources_of
from consult.responses.tracing.services import explain_unreflected, give_source
from consult.translating.units import Standing
from tests.integration.translating.conftest import Desk
from tests.support.continuing import NEW, conclude, traced


def test_the_final_text_and_what_is_said_of_its_changes_are_translated_here(desk: Desk) -> None:
    with desk.app.test_request_context("/en/"):
        found = traced(Disposition.ACCEPTED, languages=("en", "fr"), staff=desk.staff)
        desk.round_id, (point,) = found.round.id, found.points
        manager, now = desk.staff.manager, utc_now()
        explain_unreflected([point], reason={"en": "It is in the annex."}, actor=manager, now=now)
        give_source(
            desk.consultation, [found.change(NEW)], source={"en": "Legal review"},
            reason={"en": "A court asked for it."}, is_editorial=False, actor=manager, now=now,
        )  # fmt: skip
        places = {unit.place: unit.source for group in desk.work("fr").groups for unit in group.units}
        assert places[f"Why {point.reference} is not seen in the text"] == "It is in the annex."
        assert places["Changes that no point asked for: where they come from"] == "Legal review"
        assert places["Changes that no point asked for: why they were made"] == "A court asked for it."
        assert places["Final text: 2 ¶ 2"] == "Monitoring of water is public, each month and at every mine."
        assert places["Round 1: 1 ¶ 3"] == "Paragraph 3 in en."

        desk.translate_all("fr", "changes")
        source = sources_of([found.final.id], "fr")[found.change(NEW)][1]
        assert (source.source.text, source.reason.text) == ("Legal review (fr)", "A court asked for it. (fr)")

        assert [edition.language for edition in found.final.editions] == ["en"]
        desk.translate_all("fr", "draft")
        final = find_final_text(desk.consultation)
        assert final is not None
        assert {edition.language for edition in final.editions} == {"en", "fr"}

        conclude(desk.round, manager)
        [unit] = [unit for group in desk.work("fr").groups for unit in group.units if unit.place == "Final text: 2 ¶ 2"]
        assert unit.standing is Standing.DONE
        assert unit.is_fixed
