"""Hosts and their staff: an administrator looks after all, a manager after their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM, Person
from consult.accounts.models import Account
from consult.accounts.services import create_account
from consult.core.clock import utc_now
from consult.core.db import db
from consult.secretariats.models import Host, Membership
from consult.secretariats.services import assign_role, create_host
from tests.support import build, race
from tests.support.browse import forms_in, link_in, mails_to, main_of, redirects_to, send

HOSTS = "/en/admin/hosts"
OURS = "/en/admin/hosts/ours/staff"
THEIRS = "/en/admin/hosts/theirs/staff"
NEW = {"email": "new@example.org", "name": "New Person", "role": "moderator", "standing": "own"}


@dataclass(frozen=True)
class World:
    """Two hosts, their managers, and an administrator."""

    admin: Person
    manager: Person
    moderator: Person
    stranger: Person
    ours: Host
    theirs: Host


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        ours, theirs = build.host("ours"), build.host("theirs")
        made = World(
            build.person("Admin", administrator=True),
            build.person("Manager", roles={ours: [StaffRole.MANAGER]}, email="manager@example.org"),
            build.person("Moderator", roles={ours: [StaffRole.MODERATOR]}),
            build.person("Stranger", roles={theirs: [StaffRole.MANAGER]}),
            ours,
            theirs,
        )
        db.session.commit()
        return made


def browser(app: Flask, who: Person) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        build.sign_in(client, who)
    return client


def present(app: Flask, host: Host) -> list[tuple[str, str]]:
    """(address, role) of a host's present staff."""
    with app.app_context():
        rows = db.session.execute(
            sa.select(Account.email, Membership.role)
            .join(Membership.account)
            .where(Membership.host_id == host.id, Membership.ended_at.is_(None))
            .order_by(Membership.id)
        )
        return [(email, role.value) for email, role in rows]


def end_links(page: str) -> list[str]:
    return re.findall(r'href="(/en/admin/hosts/\w+/staff/\d+/end)"', page)


def test_an_administrator_creates_a_host_and_names_its_manager(app: Flask, world: World) -> None:
    client = browser(app, world.admin)
    answer = send(client, f"{HOSTS}/new", {"name": "Secretariat <A>", "slug": "secretariat-a"})
    assert redirects_to(answer, "/en/admin/hosts/secretariat-a/staff")
    page = client.get(answer.location)
    assert "Secretariat &lt;A&gt;" in page.text
    assert "Name a manager first" in page.text
    assert redirects_to(send(client, answer.location, {**NEW, "role": "manager"}), answer.location)
    assert "New Person" in client.get(answer.location).text
    assert "Secretariat &lt;A&gt;" in client.get(HOSTS).text


@pytest.mark.parametrize(
    "slug", ["ours", "", "ab", "Capital", "two words", "a--b", "-a-b", "x" * 61, "../ours", "élan"]
)
def test_a_short_name_that_cannot_be_is_refused(app: Flask, world: World, slug: str) -> None:
    answer = send(browser(app, world.admin), f"{HOSTS}/new", {"name": "Typed name", "slug": slug})
    assert answer.status_code == 422
    assert 'id="slug-error"' in answer.text
    assert 'value="Typed name"' in answer.text


def test_a_manager_gives_roles_at_their_own_host(app: Flask, world: World) -> None:
    assert redirects_to(send(browser(app, world.manager), OURS, NEW), OURS)
    assert present(app, world.ours)[-1] == ("new@example.org", "moderator")
    welcome = mails_to(app, "new@example.org")[0]
    assert welcome.subject == "An account was made for you"
    chosen = send(app.test_client(), link_in(welcome), {"password": "the words they chose"})
    assert redirects_to(chosen, "/en/")


def test_the_answer_is_the_same_whether_or_not_there_was_an_account(app: Flask, world: World) -> None:
    with app.app_context():
        build.person("New Person", email="known@example.org")
        db.session.commit()
    pages = []
    for email in ("known@example.org", "fresh@example.org"):
        client = browser(app, world.manager)
        answer = send(client, OURS, {**NEW, "email": email})
        assert redirects_to(answer, OURS)
        pages.append(client.get(OURS).text.partition('role="status"')[2].partition("<main")[0])
    assert pages[0] == pages[1]
    assert "The role is given, and an e-mail tells of it." in pages[0]
    assert mails_to(app, "known@example.org")[0].subject == "You have a role at a host organisation"
    assert len(mails_to(app, "fresh@example.org")) == 1


def test_an_account_that_somebody_else_asked_for_still_gets_its_link(app: Flask, world: World) -> None:
    with app.app_context():
        create_account(email="new@example.org", name="M", password="words of mallory", locale="en", now=utc_now())
        db.session.commit()
    send(browser(app, world.manager), OURS, NEW)
    assert mails_to(app, "new@example.org")[0].subject == "An account was made for you"


def test_nobody_has_a_role_twice(app: Flask, world: World) -> None:
    answer = send(browser(app, world.manager), OURS, {**NEW, "email": "manager@example.org", "role": "manager"})
    assert answer.status_code == 422
    assert "This person has that role already." in answer.text
    assert 'value="New Person"' in answer.text


@pytest.mark.parametrize(
    "typed", [{"email": "x"}, {"name": ""}, {"role": None}, {"role": "king"}, {"role": "administrator"}]
)
def test_what_cannot_be_is_refused(app: Flask, world: World, typed: dict[str, str | None]) -> None:
    answer = send(browser(app, world.manager), OURS, {**NEW, **typed})
    assert answer.status_code == 422
    assert f'id="{next(iter(typed))}-error"' in answer.text
    assert len(present(app, world.ours)) == 2


def test_another_hosts_staff_is_no_page(app: Flask, world: World) -> None:
    client = browser(app, world.manager)
    theirs = end_links(browser(app, world.stranger).get(THEIRS).text)[0]
    for path in (THEIRS, theirs, theirs.replace("theirs", "ours"), "/en/admin/hosts/none/staff"):
        assert client.get(path).status_code == 404, path
        assert build.post(client, path, NEW).status_code == 404, path
    assert client.get(f"{OURS}/{2**70}/end").status_code == 404
    assert len(present(app, world.theirs)) == 1


def test_who_may_see_what(app: Flask, world: World) -> None:
    paths = [HOSTS, f"{HOSTS}/new", OURS, THEIRS]
    expected = {
        "admin": [200, 200, 200, 200],
        "manager": [403, 403, 200, 404],
        "moderator": [403, 403, 403, 404],
        "stranger": [403, 403, 404, 200],
    }
    found = {name: [browser(app, getattr(world, name)).get(p).status_code for p in paths] for name in expected}
    assert found == expected
    assert [app.test_client().get(path).status_code for path in paths] == [302] * 4


def test_ending_a_role_asks_first_and_signs_the_person_out(app: Flask, world: World) -> None:
    client, theirs = browser(app, world.manager), browser(app, world.moderator)
    link = end_links(client.get(OURS).text)[1]
    page = client.get(link)
    assert "What was done in this role stays on the record" in page.text
    assert "Moderator" in main_of(page)
    assert len(present(app, world.ours)) == 2
    assert redirects_to(send(client, link), OURS)
    assert present(app, world.ours) == [("manager@example.org", "manager")]
    assert theirs.get("/en/account/profile").status_code == 302
    assert client.get(link).status_code == 404


def test_the_last_manager_stays(app: Flask, world: World) -> None:
    client = browser(app, world.manager)
    link = end_links(client.get(OURS).text)[0]
    assert "This is your own role." in client.get(link).text
    answer = send(client, link)
    assert answer.status_code == 409
    assert "This is the last manager of the host. Name another one first." in answer.text
    send(client, OURS, {**NEW, "role": "manager"})
    assert redirects_to(send(client, link), "/en/")
    assert client.get(OURS).status_code == 404
    assert ("new@example.org", "manager") in present(app, world.ours)


def test_an_administrator_may_take_the_last_managers_role(app: Flask, world: World) -> None:
    client = browser(app, world.admin)
    assert redirects_to(send(client, end_links(client.get(OURS).text)[0]), OURS)
    assert [role for _email, role in present(app, world.ours)] == ["moderator"]


def test_two_managers_do_not_end_each_other_at_once(app: Flask, world: World) -> None:
    """The other manager's request has ended this one's role and not committed it yet."""
    with app.app_context():
        second = build.person("Second", roles={world.ours: [StaffRole.MANAGER]})
        db.session.commit()
    client = browser(app, second)
    theirs, mine = [link for link in end_links(client.get(OURS).text) if "Manager" in main_of(client.get(link))]
    data = forms_in(client.get(theirs).text)[0].values
    with race.transaction(app) as other:
        other.execute(sa.select(Host.id).where(Host.id == world.ours.id).with_for_update())
        ended = sa.update(Membership).where(Membership.id == int(mine.split("/")[-2])).values(ended_at=utc_now())
        other.execute(ended)
        answer = race.in_thread(lambda: client.post(theirs, data=data))
        race.until_blocked(app, answer)
        other.commit()
    assert answer.result(10).status_code in {404, 409}  # SQLite's one writer finds that the role has gone
    assert ("manager@example.org", "manager") in present(app, world.ours)


def fill(app: Flask, world: World, number: int) -> None:
    """Make that many hosts, and people at ours, in all."""
    with app.app_context():
        for index in range(number - 2):
            create_host(slug=f"more-{index}", name=f"More {index:03}", actor=SYSTEM, now=utc_now())
        ours = db.session.get_one(Host, world.ours.id)
        for index in range(number - 2):
            account = create_account(
                email=f"s{index}@example.org", name=f"Staff {index:03}", password=None, locale="en", now=utc_now()
            )
            assign_role(ours, account=account, role=StaffRole.RESPONDER, actor=SYSTEM, now=utc_now())
        db.session.commit()


@pytest.mark.parametrize("number", [2, 4, 300])
def test_the_lists_cost_the_same_whatever_their_length(app: Flask, world: World, number: int) -> None:
    fill(app, world, number)
    client = browser(app, world.admin)
    with build.count_queries(app) as queries:
        page = client.get(HOSTS)
    assert len(queries) == 5  # who asks (2), the page, its numbers of people, how many in all
    assert f"{number} hosts" in page.text
    with build.count_queries(app) as queries:
        page = client.get(OURS)
    assert len(queries) == 5  # who asks (2), the host, the page, how many in all
    assert f"{number} roles" in page.text
    with build.count_queries(app) as queries:
        assert client.get(end_links(page.text)[0]).status_code == 200
    assert len(queries) == 4  # who asks (2), the host, the role with its person


def test_every_row_is_on_one_page_and_words_find_it(app: Flask, world: World) -> None:
    fill(app, world, 60)
    client = browser(app, world.admin)
    for start, each in ((HOSTS, r"<code dir=\"ltr\">([\w-]+)</code>"), (OURS, r"/staff/(\d+)/end")):
        seen: list[str] = []
        url = start
        while url:
            page = client.get(url).text
            seen += re.findall(each, page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            url = following[1].replace("&amp;", "&") if following else ""
        assert len(seen) == len(set(seen)) == 60
    assert "1 host<" in client.get(f"{HOSTS}?words=MORE-17").text
    assert "1 role<" in client.get(f"{OURS}?words=s17@").text
    assert "Nothing found" in client.get(f"{HOSTS}?words=100%25").text
    assert "Nothing found" in client.get(f"{OURS}?words=%3Cscript%3E%00").text
    assert client.get(f"{HOSTS}?after=nonsense").status_code == 404


def test_staff_are_listed_by_name_and_names_are_text(app: Flask, world: World) -> None:
    with app.app_context():
        build.person("<b>Aaron</b>", roles={db.session.get_one(Host, world.ours.id): [StaffRole.APPROVER]})
        db.session.commit()
    page = browser(app, world.manager).get(OURS).text
    assert "<b>Aaron" not in page
    assert page.index("&lt;b&gt;Aaron") < page.index("manager@example.org")
