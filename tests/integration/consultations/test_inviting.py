"""Inviting people to a round by their addresses, accepting, and taking an invitation back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.consultations.enums import Audience
from consult.consultations.models import Invitation
from consult.consultations.queries import get_round
from consult.consultations.services import invite
from consult.core.clock import utc_now
from consult.core.db import db
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import link_in, mails_to, main_of, redirects_to, send

DESK = "/en/desk/door/invitations"
DRAFT = "/en/consultations/door/draft"


@pytest.fixture
def door(app: Flask, desk: Desk) -> Desk:
    """A round by invitation, open."""
    with app.app_context():
        build.open_consultation(
            desk.staff.host,
            desk.staff.manager,
            slug="door",
            code="DOOR",
            languages=("en", "fr"),
            audience=Audience.BY_INVITATION,
        )
        db.session.commit()
    return desk


def guest(app: Flask, email: str = "guest@example.org") -> Person:
    with app.app_context():
        made = build.person("Guest", email=email)
        db.session.commit()
        return made


def rows(app: Flask) -> list[Invitation]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Invitation).order_by(Invitation.email)))


def link_to(app: Flask, email: str) -> str:
    return link_in(mails_to(app, email)[-1])


def states(page: str) -> dict[str, str]:
    """What became of each invitation, by address."""
    return dict(re.findall(r'<bdi dir="ltr">([^<]+)</bdi></th>\s*<td[^>]*><strong class="tag[^>]*>([^<]+)<', page))


def test_people_are_invited_once_in_the_language_of_choice(app: Flask, door: Desk, manager: FlaskClient) -> None:
    assert "Nobody is invited yet" in main_of(manager.get(DESK))
    typed = {"emails": " A@example.org\r\n\r\nb@example.org \r\na@EXAMPLE.org", "language": "fr"}
    assert redirects_to(send(manager, DESK, typed), DESK)
    assert "2 people are invited by e-mail." in manager.get(DESK).text
    assert [row.email for row in rows(app)] == ["a@example.org", "b@example.org"]
    assert len(mails_to(app, "a@example.org")) == 1
    mail = mails_to(app, "a@example.org")[0]
    assert mail.locale == "fr"
    assert "Title of door in fr" in mail.body
    assert link_in(mail).startswith("/fr/take-part/invitation/")
    send(manager, DESK, {"emails": "a@example.org"})
    assert "All of them were invited before." in manager.get(DESK).text
    assert len(mails_to(app, "a@example.org")) == 1


def test_bad_lines_are_named_and_kept(app: Flask, door: Desk, manager: FlaskClient) -> None:
    typed = "good@example.org\nnot an address\n\n<script>@x\ntwo@@example..org"
    answer = send(manager, DESK, {"emails": typed})
    assert answer.status_code == 422
    page = answer.text.replace("\u2068", "").replace("\u2069", "")
    for sentence in (
        "Line 2: “not an address” is not an address.",
        "Line 4: “&lt;script&gt;@x” is not an address.",
        "Line 5: “two@@example..org” is not an address.",
        "Nobody was invited yet.",
    ):
        assert sentence in page
    assert "good@example.org\nnot an address" in page.replace("\r", "")
    assert rows(app) == []
    assert mails_to(app, "good@example.org") == []


def test_200_at_once_and_no_more(app: Flask, door: Desk, manager: FlaskClient) -> None:
    answer = send(manager, DESK, {"emails": "\n".join(f"p{n}@example.org" for n in range(201))})
    assert answer.status_code == 422
    assert "Invite at most 200 people at once." in answer.text
    assert rows(app) == []
    answer = send(manager, DESK, {"emails": "\n".join(f"nobody {n}" for n in range(300))})
    assert "280 more lines are not addresses." in answer.text
    send(manager, DESK, {"emails": "\n".join(f"p{n}@example.org" for n in range(200))})
    assert len(rows(app)) == 200


def test_the_list_tells_what_became_of_each(app: Flask, door: Desk, manager: FlaskClient) -> None:
    send(manager, DESK, {"emails": "a@x.org\nb@x.org\nc@x.org\nd@x.org"})
    with app.app_context():
        now = utc_now()
        found = {row.email: row for row in db.session.scalars(sa.select(Invitation))}
        found["b@x.org"].accepted_at = found["c@x.org"].revoked_at = now
        found["d@x.org"].expires_at = now - timedelta(days=1)
        db.session.commit()
    page = main_of(manager.get(DESK))
    assert states(page) == {"a@x.org": "Invited", "b@x.org": "Accepted", "c@x.org": "Taken back", "d@x.org": "Expired"}
    assert "4 invitations" in page
    assert states(main_of(manager.get(f"{DESK}?words=D@"))) == {"d@x.org": "Expired"}
    assert "Nothing found" in main_of(manager.get(f"{DESK}?words=%25"))
    # Who was taken back or has expired can be invited again.
    send(manager, DESK, {"emails": "b@x.org\nc@x.org\nd@x.org"})
    assert states(main_of(manager.get(DESK))) == {
        "a@x.org": "Invited", "b@x.org": "Accepted", "c@x.org": "Invited", "d@x.org": "Invited",
    }  # fmt: skip


def test_a_guest_signs_in_accepts_and_reads(app: Flask, door: Desk, manager: FlaskClient, browse: Browse) -> None:
    send(manager, DESK, {"emails": "guest@example.org"})
    link = link_to(app, "guest@example.org")
    visitor = browse(None)
    page = visitor.get(link)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Title of door in en" in page.text
    assert "summary changes in en" in page.text
    assert f'href="/en/account/sign-in?next={link}"' in page.text
    assert f'href="/en/account/sign-up?next={link}"' in page.text
    assert "<form" not in main_of(page)
    assert build.post(visitor, link).location.startswith("/en/account/sign-in")
    client = browse(guest(app))
    refused = client.get(DRAFT)
    assert refused.status_code == 403
    assert "This draft is for those who may take part" in refused.text
    assert redirects_to(send(client, link), "/en/consultations/door/rounds/1")
    assert client.get(DRAFT).status_code == 200
    assert states(main_of(manager.get(DESK))) == {"guest@example.org": "Accepted"}
    assert browse(None).get(DRAFT).status_code == 403


def test_a_link_works_once(app: Flask, door: Desk, manager: FlaskClient, browse: Browse) -> None:
    send(manager, DESK, {"emails": "guest@example.org"})
    link = link_to(app, "guest@example.org")
    client, other = browse(guest(app)), browse(guest(app, "other@example.org"))
    send(client, link)
    assert redirects_to(client.get(link), "/en/consultations/door/rounds/1")
    for somebody in (browse(None), other):
        assert somebody.get(link).status_code == 410
    assert build.post(other, link).status_code == 410
    assert build.post(client, link).status_code == 410
    assert other.get(DRAFT).status_code == 403


@pytest.mark.parametrize("how", ["expired", "revoked", "unknown"])
def test_a_link_that_no_longer_holds_is_gone(
    app: Flask, door: Desk, manager: FlaskClient, browse: Browse, how: str
) -> None:
    send(manager, DESK, {"emails": "guest@example.org"})
    link = link_to(app, "guest@example.org")
    with app.app_context():
        row = db.session.scalars(sa.select(Invitation)).one()
        if how == "expired":
            row.expires_at = utc_now() - timedelta(seconds=1)
        elif how == "revoked":
            row.revoked_at = utc_now()
        else:
            link = link[:-1] + ("A" if link[-1] != "A" else "B")
        db.session.commit()
    client = browse(guest(app))
    assert client.get(link).status_code == 410
    assert build.post(client, link).status_code == 410
    assert client.get(DRAFT).status_code == 403


def test_who_takes_part_already_may_accept_another_link(
    app: Flask, door: Desk, manager: FlaskClient, browse: Browse
) -> None:
    send(manager, DESK, {"emails": "guest@example.org\nsecond@example.org"})
    client = browse(guest(app))
    for email in ("guest@example.org", "second@example.org"):
        assert redirects_to(send(client, link_to(app, email)), "/en/consultations/door/rounds/1")
    assert states(main_of(manager.get(DESK))) == {"guest@example.org": "Accepted", "second@example.org": "Accepted"}
    send(manager, f"{DESK}/{rows(app)[0].key_digest}/revoke")
    assert client.get(DRAFT).status_code == 200


def test_taking_an_invitation_back_ends_the_reading(
    app: Flask, door: Desk, manager: FlaskClient, browse: Browse
) -> None:
    send(manager, DESK, {"emails": "guest@example.org"})
    client = browse(guest(app))
    send(client, link_to(app, "guest@example.org"))
    url = f"{DESK}/{rows(app)[0].key_digest}/revoke"
    assert "stays on record and is answered" in main_of(manager.get(url))
    assert redirects_to(send(manager, url), DESK)
    assert client.get(DRAFT).status_code == 403
    assert "It has been taken back already." in main_of(manager.get(url))


def test_a_public_round_needs_no_invitations(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    with app.app_context():
        build.open_consultation(desk.staff.host, desk.staff.manager, slug="door", code="DOOR")
        db.session.commit()
    assert "Nobody needs an invitation" in main_of(manager.get(DESK))
    assert build.post(manager, DESK, {"emails": "a@example.org", "language": "en"}).status_code == 409
    assert rows(app) == []


def test_nobody_is_invited_before_the_opening_or_after_the_closing(
    app: Flask, desk: Desk, manager: FlaskClient
) -> None:
    with app.app_context():
        round_ = build.consultation_in_setup(
            desk.staff.host, desk.staff.manager, slug="door", code="DOOR", audience=Audience.BY_INVITATION
        )
        db.session.commit()
    page = main_of(manager.get(DESK))
    assert "once the round is opened" in page
    assert "<form" not in page
    assert build.post(manager, DESK, {"emails": "a@example.org", "language": "en"}).status_code == 409
    with app.app_context():
        round_ = get_round("door")
        round_.opened_at = round_.consultation.published_at = utc_now()
        build.close(round_)
        db.session.commit()
    assert "The round has closed" in main_of(manager.get(DESK))
    assert build.post(manager, DESK, {"emails": "a@example.org", "language": "en"}).status_code == 409
    assert rows(app) == []


def test_invitations_of_others_are_out_of_reach(app: Flask, door: Desk, manager: FlaskClient, browse: Browse) -> None:
    send(manager, DESK, {"emails": "guest@example.org"})
    digest = rows(app)[0].key_digest
    url = f"{DESK}/{digest}/revoke"
    for who, status in ((door.staff.moderator, 403), (door.stranger, 404)):
        client = browse(who)
        assert client.get(DESK).status_code == status
        assert client.get(url).status_code == status
        assert build.post(client, url).status_code == status
        assert build.post(client, DESK, {"emails": "x@example.org", "language": "en"}).status_code == status
    assert manager.get(f"/en/desk/bare/invitations/{digest}/revoke").status_code == 404
    assert manager.get(f"{DESK}/nothing/revoke").status_code == 404
    assert rows(app)[0].revoked_at is None


def test_the_list_asks_the_same_number_of_queries(app: Flask, door: Desk, manager: FlaskClient) -> None:
    asked = []
    for wanted in (1, 3, 300):
        with app.app_context():
            round_ = get_round("door")
            for start in range(0, wanted, 200):
                many = [f"p{n}@example.org" for n in range(start, min(start + 200, wanted))]
                invite(round_, many, locale="en", actor=door.staff.manager, now=utc_now())
            db.session.commit()
        with build.count_queries(app) as found:
            page = manager.get(DESK)
        assert len(states(main_of(page))) == min(wanted, 25)
        asked.append(len(found))
    assert asked == [8] * 3
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    assert len(states(main_of(manager.get(following[1].replace("&amp;", "&"))))) == 25
    assert manager.get(f"{DESK}?after=nonsense").status_code == 404
