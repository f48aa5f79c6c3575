"""Texts that are brought: read by the worker, looked at beside their source, mended, kept or dropped."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.consultations.queries import get_round
from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.documents.enums import ProposalState
from consult.documents.models import Proposal, ProposedBlock, SourcePiece
from consult.documents.queries import find_version, list_paragraphs
from consult.documents.services.understanding import MAX_ATTEMPTS, lease_proposal
from tests.integration.documents.bringing import bring, keep, paste, said, upload, work
from tests.support import build
from tests.support.browse import forms_in, main_of, redirects_to, send

DOCUMENT = "/en/desk/minerals/document"
LOOK = f"{DOCUMENT}/en/proposal"
ENGLISH = "# 1 Purpose\n\nOne.\n\n- two\n\n## 1.1 Scope\n\nThree."


def blocks(app: Flask) -> list[tuple[str, int, str, str]]:
    with app.app_context():
        rows = db.session.scalars(sa.select(ProposedBlock).order_by(ProposedBlock.position)).all()
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        return [(row.kind.value, row.level, row.number, row.text) for row in rows]


def key_of(app: Flask, text: str) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(ProposedBlock.id).where(ProposedBlock.text == text)).one()


def mend(client: FlaskClient, key: int, act: str, **typed: str):  # type: ignore[no-untyped-def]
    return send(client, f"{LOOK}/block/{key}", {"act": act, **typed})


def test_from_a_file_to_the_preview(app: Flask, manager: FlaskClient) -> None:
    assert redirects_to(upload(manager, DOCUMENT, "en", ENGLISH.encode(), "../../etc/My draft.md"), LOOK)
    waiting = manager.get(LOOK).text
    assert "Waiting to be read" in said(waiting)
    assert "data-look-again" in waiting
    assert "My draft.md" in waiting
    assert "Being read" in said(manager.get(DOCUMENT).text)
    assert work(app) == 1
    page = manager.get(LOOK)
    assert "5 blocks: 2 headings · 2 paragraphs · 1 list item" in said(page.text).replace("  ", " ")
    assert "Three." in main_of(page)
    with app.app_context():
        proposal = db.session.scalars(sa.select(Proposal)).one()
        digest = proposal.source_sha256 or ""
        assert file_store().get(digest) == ENGLISH.encode()
    asked = manager.get(f"{LOOK}/keep")
    assert "The text that was kept before is replaced." in said(asked.text)
    assert redirects_to(keep(manager, DOCUMENT, "en"), f"{DOCUMENT}/preview?edition=en")
    with app.app_context():
        version = find_version(get_round("minerals"))
        assert version is not None
        assert [p.text for p in list_paragraphs(version)] == ["Purpose", "One.", "two", "Scope", "Three."]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ProposedBlock)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SourcePiece)) == 0
        assert digest not in set(file_store().digests())
    assert manager.get(LOOK).status_code == 404


def test_what_is_not_a_text_is_refused_and_another_one_takes_its_place(app: Flask, manager: FlaskClient) -> None:
    assert upload(manager, DOCUMENT, "en", b"").status_code == 422
    assert "This file is empty." in upload(manager, DOCUMENT, "en", b"").text
    assert upload(manager, DOCUMENT, "en", b"PK\x03\x04 no document").status_code == 302
    assert work(app) == 0
    page = said(manager.get(LOOK).text)
    assert "This file was not taken" in page
    assert "Nothing of it was kept." in page
    assert send(manager, LOOK, {}, action=f"{LOOK}/retry").status_code == 302
    assert "Waiting to be read" in said(manager.get(LOOK).text)
    work(app)
    assert paste(manager, DOCUMENT, "en", ENGLISH).status_code == 302
    work(app)
    assert len(blocks(app)) == 5


def test_one_text_is_in_hand_at_a_time(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    assert "A text is in hand here" in said(manager.get(f"{DOCUMENT}/en").text)
    answer = upload(manager, DOCUMENT, "en", b"# 1 Other")
    assert answer.status_code == 422
    assert "Keep it or drop it first." in said(answer.text)
    answer = build.post(manager, f"{DOCUMENT}/en/paste", {"text": "# 1 Typed words"})
    assert answer.status_code == 422
    assert "# 1 Typed words" in answer.text, "what was typed is still there"
    assert send(manager, f"{LOOK}/drop").status_code == 302
    assert work(app) == 0
    assert paste(manager, DOCUMENT, "en", "# 1 Other").status_code == 302


def test_a_worker_that_is_killed_keeps_nobody_waiting(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    with app.app_context():
        for attempt in range(MAX_ATTEMPTS):
            assert lease_proposal(now=utc_now()) is not None
            assert lease_proposal(now=utc_now()) is None, "nobody else reads it meanwhile"
            if attempt + 1 < MAX_ATTEMPTS:
                db.session.execute(sa.update(Proposal).values(leased_until=utc_now().replace(year=2020)))
                db.session.commit()
        db.session.execute(sa.update(Proposal).values(leased_until=utc_now().replace(year=2020)))
        db.session.commit()
    assert work(app) == 0
    assert "broke off each time" in said(manager.get(LOOK).text)
    send(manager, LOOK, {}, action=f"{LOOK}/retry")
    assert work(app) == 1
    assert len(blocks(app)) == 5


def test_dropped_while_it_is_read(app: Flask, manager: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from consult.documents import jobs

    paste(manager, DOCUMENT, "en", ENGLISH)
    read = jobs.read_source

    def meanwhile(*given: object, **named: object):  # type: ignore[no-untyped-def]
        send(manager, f"{LOOK}/drop")
        return read(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "read_source", meanwhile)
    assert work(app) == 0
    assert blocks(app) == []
    with app.app_context():
        assert db.session.scalars(sa.select(Proposal)).one().state is ProposalState.DROPPED
        assert file_store().digest(ENGLISH.encode()) not in set(file_store().digests())


def test_blocks_are_mended_and_every_act_is_taken_back(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    steps = [blocks(app)]

    def then(answer) -> None:  # type: ignore[no-untyped-def]
        assert answer.status_code == 302, said(answer.text)
        steps.append(blocks(app))

    then(mend(manager, key_of(app, "One."), "save", text="One and more."))
    then(mend(manager, key_of(app, "One and more."), "split", text="One\r\n\r\nand more."))
    assert [b[3] for b in steps[-1]] == ["Purpose", "One", "and more.", "two", "Scope", "Three."]
    then(mend(manager, key_of(app, "One"), "merge"))
    assert steps[-1] == steps[1]
    then(mend(manager, key_of(app, "two"), "up"))
    assert [b[3] for b in steps[-1]] == ["Purpose", "two", "One and more.", "Scope", "Three."]
    then(mend(manager, key_of(app, "Three."), "delete"))
    then(mend(manager, key_of(app, "Scope"), "save", level="1", number="2", kind="heading"))
    then(mend(manager, key_of(app, "Purpose"), "renumber", number="4"))
    assert [b[2] for b in steps[-1] if b[0] == "heading"] == ["4", "5"]
    then(send(manager, f"{LOOK}/insert?after={key_of(app, 'two')}", {"text": "New.", "kind": "quote"}))
    assert [b[3] for b in steps[-1]] == ["Purpose", "two", "New.", "One and more.", "Scope"]
    for before in reversed(steps[:-1]):
        send(manager, LOOK, {}, action=f"{LOOK}/undo")
        assert blocks(app) == before
    assert "Take back" not in manager.get(LOOK).text


def test_two_managers_at_once_both_keep_their_words(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    key = key_of(app, "One.")
    other_page = forms_in(manager.get(f"{LOOK}/block/{key}").text)[0].values
    scope = forms_in(manager.get(f"{LOOK}/block/{key_of(app, 'Three.')}").text)[0].values
    mend(manager, key, "save", text="Mine.")
    late = manager.post(f"{LOOK}/block/{key}", data=other_page | {"text": ["Theirs."], "act": "save"})
    assert late.status_code == 422
    assert "Somebody else has changed this block" in said(late.text)
    assert "Mine." in late.text
    assert "Theirs." in late.text
    again = forms_in(late.text)[0].values
    assert manager.post(f"{LOOK}/block/{key}", data=again | {"act": "save"}).status_code == 302
    assert blocks(app)[1][3] == "Theirs."
    elsewhere = manager.post(f"{LOOK}/block/{key_of(app, 'Three.')}", data=scope | {"text": ["3."], "act": "save"})
    assert elsewhere.status_code == 302, "what somebody does elsewhere does not stand in the way"
    page = forms_in(manager.get(f"{LOOK}/block/{key}").text)[0].values
    mend(manager, key, "delete")
    gone = manager.post(f"{LOOK}/block/{key}", data=page | {"text": ["Long thought."], "act": "save"})
    assert gone.status_code == 422
    assert "Long thought." in gone.text


@pytest.mark.parametrize(
    ("text", "act", "typed", "sentence"),
    [
        ("One.", "save", {"text": "   "}, "There are no words here."),
        ("One.", "save", {"text": "x" * 20_001}, "over the limit of 20,000"),
        ("One.", "split", {"text": "One."}, "Leave an empty line"),
        ("Purpose", "save", {"text": "Two\nlines"}, "A heading stands on one line."),
        ("Three.", "merge", {}, "Nothing stands behind it."),
        ("One.", "save", {"kind": "table"}, "These words are no table"),
        ("Purpose", "renumber", {"number": "one"}, "counted on from"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_words_stay(
    app: Flask, manager: FlaskClient, text: str, act: str, typed: dict[str, str], sentence: str
) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    before = blocks(app)
    answer = mend(manager, key_of(app, text), act, **typed)
    assert answer.status_code == 422
    assert sentence in said(answer.text)
    assert typed.get("text", "").strip() in answer.text
    assert blocks(app) == before


def test_keeping_what_somebody_changed_meanwhile_and_what_was_opened_meanwhile(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    page = forms_in(manager.get(f"{LOOK}/keep").text)[0].values
    mend(manager, key_of(app, "One."), "save", text="Changed.")
    late = manager.post(f"{LOOK}/keep", data=page)
    assert late.status_code == 422
    assert "has changed this text" in said(late.text)
    with app.app_context():
        open_round(get_round("minerals"), actor=staff.manager, now=utc_now())
        db.session.commit()
    opened = keep(manager, DOCUMENT, "en")
    assert opened.status_code == 422
    assert "The round has been opened" in said(opened.text)
    assert "The round has been opened" in said(manager.get(f"{DOCUMENT}/fr").text)
    assert build.post(manager, f"{DOCUMENT}/fr/paste", {"text": "# 1 But"}).status_code == 422
    assert send(manager, f"{LOOK}/drop").status_code == 302


def test_others_of_the_desk_look_and_outsiders_find_nothing(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    key = key_of(app, "One.")
    with app.app_context():
        stranger = build.person("Stranger", roles={build.host(): [StaffRole.MANAGER]})
        db.session.commit()
        clients = []
        for who in (staff.moderator, stranger):
            client = app.test_client()
            build.sign_in(client, who)
            clients.append(client)
    moderator, outsider = clients
    assert "A manager mends and keeps it." in said(moderator.get(LOOK).text)
    assert "Change block" not in moderator.get(LOOK).text
    for path in (f"{LOOK}/block/{key}", f"{LOOK}/insert", f"{LOOK}/keep", f"{LOOK}/drop", f"{DOCUMENT}/en"):
        assert moderator.get(path).status_code == 403, path
        assert outsider.get(path).status_code == 404, path
        assert app.test_client().get(path).status_code == 302, path
    for path in (f"{LOOK}/undo", f"{LOOK}/pair", f"{LOOK}/retry", f"{DOCUMENT}/en/from-version"):
        assert build.post(moderator, path, {}).status_code == 403, path
        assert build.post(outsider, path, {}).status_code == 404, path
    assert outsider.get(LOOK).status_code == 404


def test_a_block_of_another_consultation_is_not_found(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    with app.app_context():
        build.consultation_in_setup(staff.host, staff.manager, slug="other", code="OTH")
        db.session.commit()
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    paste(manager, "/en/desk/other/document", "en", "# 1 Theirs")
    work(app)
    theirs = key_of(app, "Theirs")
    assert manager.get(f"{LOOK}/block/{theirs}").status_code == 404
    seen = forms_in(manager.get(f"/en/desk/other/document/en/proposal/block/{theirs}").text)[0].values
    assert manager.post(f"{LOOK}/block/{theirs}", data=seen | {"act": "delete"}).status_code in {404, 422}
    assert "Theirs" in manager.get("/en/desk/other/document/en/proposal").text


def test_looking_asks_the_same_number_of_queries(app: Flask, manager: FlaskClient) -> None:
    asked = []
    for wanted in (1, 3, 300):
        source = "\n\n".join(f"Paragraph {n}." for n in range(wanted))
        paste(manager, DOCUMENT, "en", source)
        work(app)
        with build.count_queries(app) as found:
            assert manager.get(LOOK).status_code == 200
        asked.append(len(found))
        send(manager, f"{LOOK}/drop")
    assert asked[0] == asked[1] == asked[2] <= 16


def test_edited_from_the_version_before(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    bring(app, manager, DOCUMENT, "en", ENGLISH)
    assert build.post(manager, f"{DOCUMENT}/en/from-version", {}).status_code == 422
    bring(app, manager, DOCUMENT, "fr", ENGLISH)
    with app.app_context():
        open_round(get_round("minerals"), actor=staff.manager, now=utc_now())
        build.close(get_round("minerals"))
        db.session.commit()
    final = f"{DOCUMENT}/final"
    assert send(manager, f"{final}/en", {}, action=f"{final}/en/from-version").status_code == 302
    page = said(manager.get(f"{final}/en/proposal").text)
    assert "The version before, edited here" in page
    key = key_of(app, "One.")
    assert send(manager, f"{final}/en/proposal/block/{key}", {"text": "One, edited.", "act": "save"}).status_code == 302
    answer = keep(manager, final, "en")
    assert redirects_to(answer, f"{final}/preview?edition=en"), said(answer.text)
    assert "One, edited." in manager.get(f"{final}/preview").text
    assert "Only the desk reads this" in said(manager.get(f"{final}/preview").text)
