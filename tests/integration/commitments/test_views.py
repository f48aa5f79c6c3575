"""The pages of the register, as managers and visitors use them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment, CommitmentPoint, CommitmentUpdate
from consult.commitments.services import Change, change_commitment
from consult.consultations.enums import Visibility
from consult.consultations.queries import get_round
from consult.consultations.services import take_back_opening
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.secretariats.models import Host
from consult.submissions.services import withdraw_comment
from tests.integration.commitments.conftest import Register
from tests.support import build
from tests.support.browse import main_of, redirects_to, send

PUBLIC, DESK = "/en/consultations/minerals/commitments", "/en/desk/minerals/commitments"
ALL_QUERIES, CONSULTATION_QUERIES, ONE_QUERIES = 6, 7, 9
REGISTER_QUERIES, ENTRY_QUERIES = 9, 15
TODAY = utc_now().date()


def test_from_answers_to_the_public_register(register: Register) -> None:
    client, one = register.client, register.references[0]
    with register.app.app_context():
        build.sign_in(client, register.staff.manager)
    assert "No commitment yet" in client.get(DESK).text
    page = f"{DESK}/from-answers?point={one}"
    assert f">{one}</textarea>" in client.get(page).text.replace("\r\n", "").replace("\n", "")
    typed = {
        "points": f"{one} XX-1-000000",
        "what-en": "Publish it.",
        "due": "2031-03-01",
        "evidence_url_1": "javascript:x",
    }
    answer = send(client, page, typed)
    assert answer.status_code == 422
    assert "Say what this document is called." in answer.text
    assert "Publish it." in answer.text
    typed |= {"office-en": "Directorate A", "evidence_url_1": "", "what-ar": "نشر"}
    answer = send(client, page, typed)
    assert answer.status_code == 422
    assert "These are not points of this consultation whose answer was sent: XX-1-000000." in answer.text
    answer = send(client, page, typed | {"points": f"{one.lower()}, {register.references[1]}"})
    assert answer.status_code == 302
    there = answer.location
    reference = there.rsplit("/", 1)[1]
    assert client.get(f"/en/commitments/{reference}").status_code == 404
    assert "Nobody outside sees this draft" in client.get(there).text
    send(client, f"{there}/edit", {"evidence_title_1": "A plan", "evidence_url_1": "https://example.org/plan"})
    asked = client.get(f"{there}/publish").text
    assert "The authors of 2 points get an e-mail" in asked
    assert "It is not written yet in these languages" in asked  # the office
    assert redirects_to(send(client, f"{there}/publish"), there)
    assert redirects_to(client.get(f"{there}/publish"), there)
    for page in (PUBLIC, "/en/commitments", f"/en/commitments/{reference}"):
        assert "Publish it." in client.get(page).text, page
    assert "0 of 1 commitment kept." in client.get(PUBLIC).text
    shown = client.get(f"/en/commitments/{reference}").text
    assert all(one in shown for one in register.references[:2])
    assert 'href="https://example.org/plan" rel="external nofollow noopener"' in shown
    assert "1 commitment." in client.get("/en/consultations/minerals").text
    assert redirects_to(client.get(f"/r/{reference.lower()}"), f"/en/commitments/{reference}")
    assert redirects_to(client.get(f"/en/commitments/{reference.lower()}"), f"/en/commitments/{reference}")
    for old in ("edit", "delete"):
        assert client.get(f"{there}/{old}").status_code == 409


def test_a_statement_without_a_consultation_belongs_to_its_host(register: Register) -> None:
    client, host = register.client, register.staff.host.slug
    with register.app.app_context():
        build.sign_in(client, register.staff.manager)
    desk = f"/en/desk/hosts/{host}/commitments"
    assert desk in client.get("/en/desk").text
    typed = {
        "language": "ar", "what-en": "Set up the group.", "office-ar": "مكتب", "due": "2031-03-01",
        "source_title": "A statement", "source_url": "https://example.org/cop", "source_date": "2024-11-13",
    }  # fmt: skip
    answer = send(client, f"{desk}/from-statement", typed)
    assert answer.status_code == 422
    assert "Write what is promised in the authentic language." in answer.text
    answer = send(client, f"{desk}/from-statement", typed | {"what-ar": "إنشاء الفريق"})
    assert answer.location.startswith(desk)
    send(client, f"{answer.location}/publish")
    reference = answer.location.rsplit("/", 1)[1]
    client.delete_cookie("consult")
    assert "Set up the group." in client.get(f"/en/commitments/{reference}").text
    page = client.get(f"/ar/commitments/{reference}").text
    assert "إنشاء الفريق" in page
    assert "https://example.org/cop" in page
    assert 'lang="ar"' in client.get(f"/fr/commitments/{reference}").text


def test_every_earlier_date_stays_visible(register: Register) -> None:
    reference = register.made(due=date(2031, 3, 1))
    client, there = register.client, f"{DESK}/{reference}"
    with register.app.app_context():
        build.sign_in(client, register.staff.manager)
    answer = send(client, f"{there}/change", {"due": "2031-06-01"})
    assert answer.status_code == 422
    assert "Write why." in answer.text
    assert 'value="2031-06-01"' in answer.text
    for day in ("2031-06-01", "2031-09-01"):
        typed = {
            "due": day,
            "note-en": "A reason.",
            "evidence_title_1": "A note",
            "evidence_url_1": "https://example.org/n",
        }
        assert redirects_to(send(client, f"{there}/change", typed), there)
    words = "Promised for 1 September 2031. First promised for 1 March 2031. Then promised for 1 June 2031."
    for page in (there, DESK, PUBLIC, "/en/commitments", f"/en/commitments/{reference}"):
        assert words in client.get(page).text, page
    shown = client.get(f"/en/commitments/{reference}").text
    assert "Now promised for 1 September 2031. The day promised before was 1 June 2031." in shown
    assert shown.count("A reason.") == shown.count(">A note<") == 2
    other = client.get(f"/ar/commitments/{reference}").text
    assert '<bdi lang="en" dir="ltr">A note</bdi>' in other
    assert '</a><p lang="en" dir="ltr">First words.</p>' in other


def test_of_two_managers_the_second_keeps_what_was_typed(register: Register) -> None:
    reference = register.made()
    client, there = register.client, f"{DESK}/{reference}"
    with register.app.app_context():
        build.sign_in(client, register.staff.manager)
    form = build.post(client, f"{there}/change", {
        "version": "1", "status": "kept", "due": "2031-06-01", "note-en": "Typed words.",
    })  # fmt: skip
    assert form.status_code == 422
    assert "Somebody else has changed this commitment" in form.text
    assert "Typed words." in form.text
    assert 'name="version" type="hidden" value="2"' in form.text
    draft = register.made(draft=True)
    answer = send(client, f"{DESK}/{draft}/edit", {"version": "0", "what-en": "Typed words."})
    assert answer.status_code == 422
    assert "Saved meanwhile:" in answer.text
    assert "Write the rules down in en" in answer.text
    assert "Typed words." in answer.text


def test_who_follows_a_point_that_is_not_public(register: Register) -> None:
    reference = register.made()
    client = register.client
    gone, *shown = register.references
    with register.app.test_request_context("/en/"):
        withdraw_comment(register.points(gone)[0], actor=register.author, now=utc_now())
        db.session.commit()
    page = client.get(f"/en/commitments/{reference}").text
    assert all(f"/comments/{one}" in page for one in shown)
    assert gone in page
    assert f"/comments/{gone}" not in page
    with register.app.test_request_context("/en/"):
        register.round.visibility = Visibility.PARTICIPANTS_ONLY
        db.session.commit()
    for who in (None, register.second):
        with register.app.app_context():
            if who:
                build.sign_in(client, who)
        page = client.get(f"/en/commitments/{reference}").text
        assert not any(one in page for one in register.references)
    assert "A commitment came of it" in client.get("/en/account/submissions").text
    assert f"/commitments/{reference}" in client.get("/en/account/submissions").text


def test_one_that_is_public_no_more_is_not_named_by_what_it_replaced(register: Register) -> None:
    first = register.made(register.references[0])
    manager = register.staff.manager
    with register.app.test_request_context("/en/"):
        at = db.session.get_one(Host, register.staff.host.id)
        upcoming = build.open_consultation(at, manager, slug="other", code="OTH", opens_in=timedelta(days=2))
        other = build.commitment(upcoming.consultation, manager, what="Not public yet").reference
        found = register.find(first)
        change = Change(CommitmentStatus.REPLACED, found.due, note={"en": "By another."}, replaced_by=other)
        change_commitment(found, change, actor=manager, now=utc_now())
        db.session.commit()
        sweep()
    page, api = f"/en/commitments/{first}", "/api/v1/commitments"
    assert "Not public yet" in register.client.get(page).text
    with register.app.test_request_context("/en/"):
        take_back_opening(get_round("other"), actor=manager, now=utc_now())
        db.session.commit()
        sweep()
    for address in (page, api):
        answer = register.client.get(address).text
        assert first in answer
        assert "Not public yet" not in answer
        assert other not in answer


def test_finding_commitments(register: Register) -> None:
    late = register.made(due=TODAY - timedelta(days=3))
    soon = register.made(due=TODAY + timedelta(days=400))
    client = register.client
    with register.app.test_request_context("/en/"):
        kept = register.find(register.made(due=TODAY - timedelta(days=30)))
        change = Change(CommitmentStatus.KEPT, kept.due, {"en": "Done."})
        change_commitment(kept, change, actor=register.staff.manager, now=utc_now())
        elsewhere = build.desk()
        other = build.commitment(elsewhere.host, elsewhere.manager, what="Groundwater", due=TODAY + timedelta(days=500))
        build.commitment(elsewhere.host, elsewhere.manager, what="Not public", draft=True)
        db.session.commit()
        kept_, other_, host = kept.reference, other.reference, elsewhere.host.slug

    def found(query: str, page: str = "/en/commitments") -> list[str]:
        answer = client.get(page + query)
        assert answer.status_code == 200
        return re.findall(r'<li class="entry" id="([^"]+)"', answer.text)

    assert found("") == [late, soon, other_, kept_]
    assert "1 of 4 commitments kept. 1 is overdue." in client.get("/en/commitments").text
    assert found("?status=overdue") == [late]
    assert found("?status=kept") == [kept_]
    assert found("?status=draft") == found("")
    assert found(f"?host={host}") == [other_]
    assert found("?words=groundwater") == [other_]
    assert found(f"?words={soon.lower()}") == [soon]
    assert found("?due=this-year&status=not_started") == (
        [late] if (TODAY - timedelta(days=3)).year == TODAY.year else []
    )
    assert found("?words=nowhere") == []
    assert "No commitment fits" in client.get("/en/commitments?words=nowhere").text
    assert found("", PUBLIC) == [late, soon, kept_]
    for odd in ("?words=%00", "?status=odd", "?host=%27", "?due=odd"):
        assert client.get(PUBLIC + odd).status_code == 200, odd
    assert client.get("/en/commitments?after=odd").status_code == 404


def test_an_overdue_commitment_waits_at_the_desk_of_its_manager(register: Register) -> None:
    reference = register.made(due=TODAY - timedelta(days=3))
    for who, sees in ((register.staff.manager, True), (register.staff.responder, False)):
        with register.app.app_context():
            build.sign_in(register.client, who)
        page = register.client.get("/en/desk").text
        assert (f"{DESK}/{reference}" in page) is sees
        assert ("1 commitment is overdue or due within a month" in page) is sees


def test_registers_do_not_open_each_others_commitments(register: Register) -> None:
    reference = register.made()
    with register.app.test_request_context("/en/"):
        of_host = build.commitment(db.session.get_one(Host, register.staff.host.id), register.staff.manager).reference
        elsewhere = build.desk()
        theirs = build.commitment(elsewhere.host, elsewhere.manager).reference
        slug = elsewhere.host.slug
        build.sign_in(register.client, register.staff.manager)
    own = f"/en/desk/hosts/{register.staff.host.slug}/commitments"
    assert register.client.get(f"{own}/{of_host}").status_code == 200
    for wrong in (f"{own}/{reference}", f"{DESK}/{of_host}", f"{own}/{theirs}", f"/en/desk/hosts/{slug}/commitments"):
        assert register.client.get(wrong).status_code == 404, wrong


def test_illustrations_say_so_everywhere(app: Flask, register: Register) -> None:
    reference = register.made()
    with app.test_request_context("/en/"):
        register.consultation.is_illustration = True
        db.session.commit()
        build.sign_in(register.client, register.staff.manager)
    for page in (PUBLIC, "/en/commitments", f"/en/commitments/{reference}", DESK, f"{DESK}/{reference}"):
        assert "ILLUSTRATION" in register.client.get(page).text, page


@pytest.mark.parametrize("number", [1, 3, 300])
def test_as_many_queries_for_one_as_for_many(app: Flask, client: FlaskClient, register: Register, number: int) -> None:
    reference = register.made(due=TODAY - timedelta(days=3))
    with app.test_request_context("/en/"):
        one = register.find(reference)
        change = Change(one.status, one.due - timedelta(days=1), {"en": "A reason."})
        change_commitment(one, change, actor=register.staff.manager, now=utc_now())
        copy(one, number - 1)
        db.session.commit()
    pages = (
        ("/en/commitments", ALL_QUERIES), (PUBLIC, CONSULTATION_QUERIES), (f"/en/commitments/{reference}", ONE_QUERIES),
        ("/ar/commitments?words=rules&status=overdue&due=this-year", ALL_QUERIES),
    )  # fmt: skip
    for page, expected in pages:
        with build.count_queries(app) as queries:
            answer = client.get(page)
        assert answer.status_code == 200
        assert len(queries) == expected, (page, queries.statements)
    with app.app_context():
        build.sign_in(client, register.staff.manager)
    for page, expected in ((DESK, REGISTER_QUERIES), (f"{DESK}/{reference}", ENTRY_QUERIES)):
        with build.count_queries(app) as queries:
            assert client.get(page).status_code == 200
        assert len(queries) == expected, (page, queries.statements)


def copy(commitment: Commitment, number: int) -> None:
    """Further commitments like this one, and as many steps and points of its own, as rows: only lists look at them."""
    for table, key in ((Commitment.__table__, "id"), (CommitmentUpdate.__table__, "commitment_id")):
        row = dict(db.session.execute(sa.select(table).where(table.c[key] == commitment.id)).mappings().one())
        del row["id"]
        rows = [{**row, **({"reference": f"C-{n:06}"} if key == "id" else {})} for n in range(number)]
        if rows:
            db.session.execute(sa.insert(table), rows)
    assert len(commitment.points) == 4
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CommitmentPoint)) == 4


def test_the_public_pages_are_kept_by_caches_and_hold_no_form(register: Register) -> None:
    reference = register.made()
    for page in (PUBLIC, "/en/commitments", f"/en/commitments/{reference}"):
        answer = register.client.get(page)
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert 'method="post"' not in main_of(answer)
