"""Translations are kept beside the words that they are made from, and nobody overwrites anybody."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.commitments.queries import commitment_texts
from consult.consultations.enums import QuestionKind, Visibility
from consult.consultations.models import LOCALIZED_FIELDS
from consult.consultations.queries import list_missing_parts
from consult.consultations.services import open_round, save_question, update_basics, update_texts
from consult.core.changes import PublicChange
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.documents.queries import get_version, list_missing_editions
from consult.documents.reading import editions_of
from consult.documents.services import import_document
from consult.ledger.models import LedgerEntry
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import withdraw_comment
from consult.texts.enums import Origin
from consult.texts.queries import list_translations, load_texts
from consult.translating.queries import list_progress
from consult.translating.services import ChangedMeanwhile, Entry, save_translations
from consult.translating.units import Standing
from consult.translating.waiting import count_waiting
from tests.integration.translating.conftest import Desk
from tests.support import build
from tests.support.translate import keep_as_is, save_translation

SUMMARY = "consultation-{}-summary_changes"


@pytest.fixture(autouse=True)
def request_context(desk: Desk) -> Any:
    with desk.app.test_request_context("/en/"):
        yield


def title(desk: Desk) -> str:
    return f"consultation-{desk.consultation.id}-title"


def test_every_text_of_the_set_up_is_offered_and_what_opening_needs_can_be_done_here(desk: Desk) -> None:
    desk.in_setup()
    consultation, manager, now = desk.consultation, desk.staff.manager, utc_now()
    save_question(
        desk.round, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which?"},
        options=[{"en": "This"}, {"en": "That"}], actor=manager, now=now,
    )  # fmt: skip
    update_basics(
        consultation, slug=consultation.slug, code=consultation.code, text_type=consultation.text_type,
        authentic_language="en", languages=["en", "fr"], is_member_driven=False, actor=manager, now=now,
    )  # fmt: skip
    missing = list_missing_parts(desk.round, now)
    assert len(missing) == len(LOCALIZED_FIELDS) + 2
    assert len(desk.keys("fr", "consultation")) == len(LOCALIZED_FIELDS)
    assert len(desk.keys("fr", "questions")) == 3
    assert len(desk.keys("fr", "draft")) == 6
    desk.translate_all("fr")
    assert list_missing_parts(desk.round, now) == []
    assert desk.work("fr").count(Standing.DONE) == desk.work("fr").total
    open_round(desk.round, actor=manager, now=now)


def test_into_the_language_of_the_source_nothing_is_offered(desk: Desk) -> None:
    desk.in_setup(languages=("en", "fr"))
    assert desk.work("en").groups == []


def test_a_translation_goes_stale_with_its_source_and_holds_again_once_somebody_says_so(desk: Desk) -> None:
    desk.in_setup(languages=("en", "fr"))
    key = SUMMARY.format(desk.consultation.id)
    before = desk.unit(key, "fr")
    assert before.standing is Standing.DONE
    words = {"en": "Something else", "fr": before.text}  # as the form of the set-up sends both
    update_texts(desk.consultation, {"summary_changes": words}, actor=desk.staff.manager, now=utc_now())
    stale = desk.unit(key, "fr")
    assert stale.standing is Standing.STALE
    # Sent along unchanged with others of its page it stays stale.
    desk.translate(key, stale.text, language="fr")
    assert desk.unit(key, "fr").standing is Standing.STALE
    keep_as_is(
        desk.consultation, stale, language="fr", made_from=stale.version, actor=desk.staff.translator, now=utc_now()
    )
    kept = desk.unit(key, "fr")
    assert (kept.standing, kept.text, kept.provenance.made_at) == (Standing.DONE, stale.text, before.provenance.made_at)


def test_what_was_saved_meanwhile_is_handed_back_and_stays(desk: Desk) -> None:
    desk.in_setup(languages=("en", "fr"))
    unit = desk.unit(title(desk), "fr")
    desk.translate(title(desk), "Le titre", language="fr")
    with pytest.raises(Conflict) as refused:
        desk.translate(title(desk), "Un autre titre", language="fr", made_from=unit.version)
    assert isinstance(refused.value, ChangedMeanwhile)
    assert refused.value.stored == "Le titre"
    desk.translate(title(desk), "Le titre", language="fr", made_from=unit.version)  # the same words: no quarrel
    desk.translate(title(desk), "Un autre titre", language="fr", made_from=refused.value.version)
    assert desk.unit(title(desk), "fr").text == "Un autre titre"


def test_what_was_removed_and_written_anew_is_not_what_it_was(desk: Desk) -> None:
    desk.in_setup()
    desk.translate(title(desk), "Le titre", language="fr")
    seen = desk.unit(title(desk), "fr").version
    desk.translate(title(desk), "", language="fr")
    assert desk.unit(title(desk), "fr").standing is Standing.MISSING
    desk.translate(title(desk), "Tout autre chose", language="fr")
    with pytest.raises(ChangedMeanwhile):
        desk.translate(title(desk), "Le titre !", language="fr", made_from=seen)


def test_a_source_that_changed_while_somebody_wrote_is_noticed(desk: Desk) -> None:
    desk.in_setup()
    key = SUMMARY.format(desk.consultation.id)
    seen = desk.unit(key, "fr").source_digest
    update_texts(
        desk.consultation, {"summary_changes": {"en": "Something else"}}, actor=desk.staff.manager, now=utc_now()
    )
    with pytest.raises(ChangedMeanwhile):
        desk.translate(key, "Ce qui change", language="fr", seen=seen)
    assert desk.unit(key, "fr").text == ""


def test_the_input_boundary_is_kept(desk: Desk) -> None:
    desk.in_setup()
    for text in ("x" * 301, "a\x00b"):
        with pytest.raises(BadInput):
            desk.translate(title(desk), text, language="fr")
    desk.translate(title(desk), " Deux\nlignes ", language="fr")
    assert desk.unit(title(desk), "fr").text == "Deux lignes"


def test_of_many_those_that_can_be_kept_are_kept(desk: Desk) -> None:
    desk.in_setup()
    units = [unit for group in desk.work("km").groups for unit in group.units]
    entries = [Entry(units[0], "x" * 301, 0), Entry(units[1], "ពាក្យ", 0), Entry(units[2], "ខុស", 7)]
    entries += [Entry(units[1], "ពាក្យ", 0), Entry(units[1], "ផ្សេង", 0)]
    saved = save_translations(desk.consultation, entries, language="km", actor=desk.staff.translator, now=utc_now())
    assert [unit.key for unit in saved.units] == [units[1].key]
    assert [one.entry for one in saved.refused] == [entries[0], entries[2], entries[4]]
    assert desk.unit(units[1].key, "km").text == "ពាក្យ"


def test_whoever_has_the_set_up_open_notices_a_translation(desk: Desk) -> None:
    desk.in_setup(languages=("en", "fr"))
    seen = desk.consultation.version
    desk.translate(title(desk), "Le titre", language="fr")
    with pytest.raises(Conflict):
        update_texts(
            desk.consultation, {"title": {"en": "A", "fr": "B"}}, version=seen, actor=desk.staff.manager, now=utc_now()
        )


def test_a_draft_becomes_an_edition_with_its_last_block_and_not_before(desk: Desk) -> None:
    desk.in_setup(languages=("en",))
    *first, last = desk.keys("fr", "draft")
    for key in first:
        desk.translate(key, f"Texte {key}", language="fr")
    version = get_version(desk.round)
    assert [edition.language for edition in version.editions] == ["en"]
    desk.translate(last, "Dernier texte", language="fr")
    assert {edition.language for edition in version.editions} == {"en", "fr"}
    assert editions_of(version) == ["en"]  # until the consultation has that language
    desk.translate(first[0], "", language="fr")
    assert [edition.language for edition in version.editions] == ["en"]


def test_another_import_of_the_draft_keeps_the_translations_of_what_stays(desk: Desk) -> None:
    desk.in_setup(languages=("en", "fr"), paragraphs=3)
    source = build.draft_source(3, "en")
    manager, now = desk.staff.manager, utc_now()
    changed = source.replace("Paragraph 2 in en.", "Another paragraph.\n\nParagraph 2, reworded in en.")
    import_document(desk.round, changed, language="en", actor=manager, now=now)
    units = [unit for group in desk.work("fr").groups if group.name == "draft" for unit in group.units]
    assert [(unit.source, unit.text, unit.standing) for unit in units[1:5]] == [
        ("Paragraph 1 in en.", "Paragraphe 1 in fr.", Standing.DONE),
        ("Another paragraph.", "", Standing.MISSING),
        ("Paragraph 2, reworded in en.", "Paragraphe 2 in fr.", Standing.STALE),
        ("Paragraph 3 in en.", "Paragraphe 3 in fr.", Standing.DONE),
    ]
    assert [part.language for part in list_missing_editions(desk.round)] == ["fr"]
    desk.translate(units[2].key, "Un autre paragraphe.", language="fr")
    keep_as_is(
        desk.consultation, desk.unit(units[3].key, "fr"), language="fr", made_from=units[3].version,
        actor=desk.staff.translator, now=now,
    )  # fmt: skip
    assert list_missing_editions(desk.round) == []


def test_an_edition_that_people_comment_on_no_longer_changes(desk: Desk) -> None:
    desk.opened(languages=("en", "fr"))
    (key, *_rest) = desk.keys("fr", "draft")
    assert desk.unit(key, "fr").is_fixed
    with pytest.raises(InvalidTransition):
        desk.translate(key, "Autre chose", language="fr")
    desk.translate(desk.keys("km", "draft")[0], "អត្ថបទ", language="km")  # a language in preparation


def test_translators_get_public_points_alone_and_the_desk_those_that_wait(desk: Desk) -> None:
    desk.opened()
    build.submit(desk.round, desk.author, "Published.")
    build.publish(desk.round, desk.staff.moderator)
    build.submit(desk.round, build.person("B"), "Waiting.")
    build.submit(desk.round, build.person("C"), "Never published.", setting=PublicationSetting.NOT_PUBLISHED)
    for person, wanted in ((desk.staff.translator, 1), (desk.staff.manager, 3), (desk.staff.moderator, 3)):
        assert len(desk.keys("km", "points", person)) == wanted, person.name
    staff = desk.staff
    for person in (staff.translator, staff.manager):
        assert groups_of(desk, person) == ["consultation", "draft", "points"]
    for person in (staff.moderator, staff.responder, staff.approver):
        assert groups_of(desk, person) == ["points"]
    assert groups_of(desk, build.person("Elsewhere", roles={build.host(): list(StaffRole)})) == []


@pytest.mark.parametrize("visibility", [Visibility.AFTER_CLOSING, Visibility.PARTICIPANTS_ONLY])
def test_translators_get_no_point_that_the_public_does_not_read_yet(desk: Desk, visibility: Visibility) -> None:
    desk.opened(visibility=visibility)
    build.submit(desk.round, desk.author, "ចំណុច", language="km")
    build.publish(desk.round, desk.staff.moderator)
    build.answer_all(desk.round, desk.staff.responder, desk.staff.approver)
    assert groups_of(desk, desk.staff.translator) == ["consultation", "draft"]
    waiting = count_waiting([desk.consultation], actor=desk.staff.translator)
    assert "km" not in waiting[desk.consultation.id]
    assert desk.keys("en", "points", desk.staff.manager)


def test_the_words_of_a_public_commitment_are_translated_though_they_no_longer_change(desk: Desk) -> None:
    desk.opened()
    promise = build.commitment(desk.consultation, desk.staff.manager, what="Name the payer")
    version = promise.version
    desk.translate(f"commitment-{promise.id}-what", "Nommer le payeur", language="fr")
    assert commitment_texts([promise], "fr").of(promise.id, "what", promise.what, "en").text == "Nommer le payeur"
    assert promise.version > version  # whoever has it open in a form notices


def groups_of(desk: Desk, person: Person) -> list[str]:
    return [group.name for group in desk.work("km", person).groups]


def test_a_point_that_was_withdrawn_is_not_translated_and_its_translation_goes(desk: Desk) -> None:
    desk.opened()
    (comment,) = build.submit(desk.round, desk.author, "A point.").comments
    build.publish(desk.round, desk.staff.moderator)
    unit = desk.unit(f"comment-{comment.reference}-text", "km")
    desk.translate(unit.key, "ចំណុច", language="km")
    assert load_texts("comment", [comment.id], "km").of(comment.id, "text", comment.text, "en").text == "ចំណុច"
    withdraw_comment(comment, actor=desk.author, now=utc_now())
    assert list_translations("comment", [comment.id]) == []
    with pytest.raises(InvalidTransition):
        save_translation(
            desk.consultation, unit, "ចំណុច", language="km", made_from=0, actor=desk.staff.translator, now=utc_now()
        )


def test_answers_wait_for_those_who_write_in_another_language(desk: Desk) -> None:
    desk.opened()
    build.submit(desk.round, desk.author, "ចំណុច", language="km")
    build.publish(desk.round, desk.staff.moderator)
    build.answer_all(desk.round, desk.staff.responder, desk.staff.approver)
    shown, spoken = list_progress(desk.consultation, ["en"], actor=desk.staff.translator)
    assert [(one.language, one.awaited) for one in shown] == [("en", 0), ("km", 1)]
    assert spoken == ["km"]
    for key in desk.keys("km", "answers"):
        desk.translate(key, "ចម្លើយ", language="km")
    changed = db.session.scalars(sa.select(PublicChange.kind).order_by(PublicChange.id.desc()).limit(1)).one()
    assert changed == "response"
    shown, _spoken = list_progress(desk.consultation, ["en"], actor=desk.staff.translator)
    assert [(one.language, one.awaited) for one in shown] == [("en", 0), ("km", 0)]


def test_a_machine_is_named_until_somebody_rewrites_what_it_made(desk: Desk) -> None:
    desk.in_setup()
    desk.translate(title(desk), "Titre", language="fr", origin=Origin.MACHINE, made_with="Engine E")
    unit = desk.unit(title(desk), "fr")
    assert (unit.provenance.origin, unit.provenance.made_with) == (Origin.MACHINE, "Engine E")
    desk.translate(title(desk), "Le titre", language="fr")
    unit = desk.unit(title(desk), "fr")
    assert (unit.provenance.origin, unit.provenance.made_with) == (Origin.HUMAN, "")


def test_each_act_is_on_record_and_followers_of_what_is_public_hear_of_it(desk: Desk) -> None:
    desk.opened()
    db.session.execute(sa.delete(PublicChange))
    desk.translate(title(desk), "Le titre", language="fr")
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "desk:translation:save")).one()
    assert (entry.subject, entry.actor_id) == ("consultation", desk.staff.translator.actor_id)
    assert [(row.kind, row.subject_id) for row in db.session.scalars(sa.select(PublicChange))] == [
        ("consultation", desk.consultation.id)
    ]
