"""Every route, asked by everybody: what its mark and the policy say is what the answer is.

One table: the routes come from the application, the expectations from ``POLICY``; no route is named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.access.guard import OPEN_TO_VISITORS
from consult.access.permissions import Permission
from consult.access.policy import POLICY, permits
from consult.access.roles import ROLE_OF, Relation, StaffRole, is_staff_of
from consult.accounts.actors import Person, Visitor
from consult.accounts.enums import Capacity
from consult.accounts.models import Attempt, SignIn
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.db import Base, db
from consult.core.errors import NotFound
from consult.publication.queries import file_name, get_published_release
from consult.secretariats.models import Host
from consult.secretariats.queries import get_host, staff_roles_of
from consult.submissions.models import ClaimOpening
from consult.submissions.queries import code_of, get_submission
from tests.integration.every_page.walk import Claimant, build_world, open_as, values_for
from tests.support import build

OF_THE_INSTANCE = {Permission.HOSTS_MANAGE, Permission.ACCOUNT_USE, Permission.OWN_INPUT_USE, Permission.DESK_ENTER}
OF_A_HOST = {Permission.STAFF_MANAGE, Permission.MEMBERS_MANAGE, Permission.CONSULTATION_CREATE}
OF_A_SUBMISSION = {Permission.SUBMIT, Permission.SUBMISSION_OWN}
NOT_ON_RECORD = {SignIn.__tablename__, Attempt.__tablename__, ClaimOpening.__tablename__}
WITHOUT_ROLE = {"visitor", "respondent"}
"""Who asks for what every visitor may have; a role would find the same."""
OF_THE_INVITED = {Relation.READER, Relation.PARTICIPANT}
Marks = tuple[Permission, ...]


@dataclass(frozen=True)
class Stop:
    """One route with values that lead somewhere.

    Args:
        endpoint: its name.
        method: GET or POST.
        address: with the values filled in.
        values: those.
        permissions: what its marks ask, in order; none where it is public.
        is_found: whether its loader is known to find something.
    """

    endpoint: str
    method: str
    address: str
    values: Mapping[str, Any]
    permissions: Marks
    is_found: bool


def marks_of(view: Callable[..., Any] | None) -> Marks:
    """Every permission that a view asks, from the outermost mark inwards."""
    found: list[Permission] = []
    while view is not None:
        mark = view.__dict__.get("access")
        if isinstance(mark, Permission) and mark not in found:
            found.append(mark)
        view = view.__dict__.get("__wrapped__")
    return tuple(found)


def stops(
    app: Flask, client: FlaskClient, values: Mapping[str, Mapping[str, Any]], wanted_marks: Callable[[Marks], bool]
) -> Iterator[Stop]:
    """Both methods of the routes with some marks, with values that lead somewhere for the client.

    Of each route one address, and one more where it depends on who was invited.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        view = app.view_functions[rule.endpoint]
        permissions, wanted, methods = marks_of(view), rule.arguments - {"locale"}, rule.methods or set()
        assert permissions or view.__dict__.get("access") == "public", rule.endpoint
        fitting = {name: one for name, one in values.items() if wanted <= set(one)}
        if not fitting or not wanted_marks(permissions):
            continue
        found = {}
        for name, one in fitting.items():
            address = rule.build(values_for(rule, one, "en"))
            assert address is not None
            found[name] = (address[1], "GET" in methods and client.get(address[1]).status_code < 400)
            if found[name][1]:
                break
        chosen = [next((name for name in found if found[name][1]), next(iter(found)))]
        if "invited" in fitting and any(POLICY[one] & OF_THE_INVITED for one in permissions):
            address = rule.build(values_for(rule, fitting["invited"], "en"))
            assert address is not None
            found["invited"] = (address[1], False)
            chosen.append("invited")
        for name in dict.fromkeys(chosen):
            for method in sorted({"GET", "POST"} & methods):
                one = {key: value for key, value in fitting[name].items() if key in wanted}
                yield Stop(rule.endpoint, method, found[name][0], one, permissions, found[name][1])


def official_code(round_: Round) -> str:
    """What the desk's address calls a submission of a State, whose credential is awaited."""
    delegate = build.person("Delegate")
    return code_of(build.submit(round_, delegate, "For a State.", capacity=Capacity.STATE_DELEGATION))


def released_file(round_: Round) -> str:
    """What a file of the round's release is called."""
    release = get_published_release(round_, 1)
    return file_name(release, release.files[0])


def subject_of(permission: Permission, values: Mapping[str, Any]) -> Any:
    """What the route's loader hands to the policy, as far as the policy looks at it."""
    if permission in OF_THE_INSTANCE:
        return None
    if permission in OF_A_SUBMISSION:
        return get_submission(values["key"])
    if permission in OF_A_HOST:
        try:
            return get_host(values["slug"])
        except NotFound:  # copied from a consultation of the host
            return get_round(values["slug"])
    if "host_slug" in values:
        return get_host(values["host_slug"])
    if "slug" not in values:  # a public commitment, whatever its consultation
        return None
    return get_round(values["slug"])


def expected(stop: Stop, who: Person | Claimant | None) -> set[str]:
    """The classes of answer that the marks and the policy leave for this actor."""
    actor: Person | Visitor = Visitor(claimed_id=who.submission_id if isinstance(who, Claimant) else None)
    if isinstance(who, Person):
        actor = Person(who.account, staff_roles_of(who.account.id))
    for permission in stop.permissions:
        allowed = POLICY[permission]
        if actor.actor_id is None and not allowed & OPEN_TO_VISITORS and not permits(actor, permission):
            return {"sign in"}
        if permission in OF_A_HOST and "slug" not in stop.values:  # their own host, if they manage one
            manages = any(StaffRole.MANAGER in roles for roles in actor.staff_roles.values())
            return {"answer" if manages else "forbidden"}
        try:
            subject = subject_of(permission, stop.values)
        except NotFound:
            return {"not found"}
        if permits(actor, permission, subject):
            continue
        if actor.actor_id is None and stop.method == "POST" and Relation.PARTICIPANT in allowed:
            return {"sign in", *([] if stop.is_found else ["not found"])}
        may_know = subject is None or is_staff_of(actor, subject) or allowed & {Relation.READER, Relation.PARTICIPANT}
        return {"forbidden" if may_know else "not found", *([] if stop.is_found else ["not found"])}
    # Some steps of what visitors may begin need an account; what was there may be gone after an earlier stop.
    return {"answer", "not found", *(["sign in"] if actor.actor_id is None else [])}


def kind_of(answer: TestResponse) -> str:
    """The class of an answer."""
    if answer.status_code in {302, 303} and re.search(r"/account/sign-in(\?|$)", answer.location or ""):
        return "sign in"
    return {403: "forbidden", 404: "not found"}.get(answer.status_code, "answer")


def rows() -> dict[str, int]:
    """How many rows each table holds, but for those of signing in."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NOT_ON_RECORD]
    return {t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}


def is_of_a_desk(stop: Stop) -> bool:
    """Whether the stop is at the desk of one host: for its staff alone."""
    return bool(stop.values) and any(
        POLICY[one] & set(ROLE_OF) and not POLICY[one] & OPEN_TO_VISITORS for one in stop.permissions
    )


def ask(client: FlaskClient, stop: Stop) -> TestResponse:
    """The answer at that stop."""
    return client.get(stop.address) if stop.method == "GET" else build.post(client, stop.address)


def test_every_route_answers_everybody_as_its_mark_says(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        world = build_world()
        at = db.session.scalars(sa.select(Host)).one()
        elsewhere = build.host()
        claimed, code = build.submit_with_code(get_round("open"), "A point in en.")
        people: dict[str, Person | Claimant | None] = {
            "visitor": None,
            "claimant": Claimant(claimed.id, code),
            "respondent": build.person("Respondent"),
            "author": world.people["author"],
            **{role.value: build.person(role.value.title(), roles={at: [role]}) for role in StaffRole},
            "all roles elsewhere": build.person("Elsewhere", roles={elsewhere: list(StaffRole)}),
            "administrator": build.person("Administrator", administrator=True),
        }
        everything = world.people["everything"]
        values = world.values | {
            "official": {"slug": "open", "code": official_code(get_round("open"))},
            "file": {"slug": "released", "number": 1, "name": released_file(get_round("released"))},
        }
        db.session.commit()
        build.sign_in(client, everything)
    route = list(stops(app, client, values, lambda marks: not OF_A_SUBMISSION & set(marks)))
    with app.app_context():
        build.sign_in(client, world.people["author"])
    route += stops(app, client, values, lambda marks: bool(OF_A_SUBMISSION & set(marks)))
    with app.app_context():
        before = rows()
        for_all = {(stop.method, stop.address) for stop in route if "answer" in expected(stop, None)}

    wrong: list[str] = []
    later: list[tuple[str, Stop]] = []
    asked = 0
    # Who is refused goes first: nothing may be changed by it, so what the others find is still there.
    for name, who in people.items():
        open_as(app, client, who)
        with app.app_context():
            table = [(stop, expected(stop, who)) for stop in route]
        for stop, wanted in table:
            if "answer" in wanted:
                if name in WITHOUT_ROLE or (stop.method, stop.address) not in for_all:
                    later.append((name, stop))
                continue
            answer = ask(client, stop)
            asked += 1
            if name == "all roles elsewhere" and is_of_a_desk(stop):
                assert wanted == {"not found"}, stop
            if kind_of(answer) not in wanted:
                wrong.append(f"{name}: {stop.method} {stop.address}: {answer.status_code}, not {sorted(wanted)}")
    assert not wrong, "\n".join(wrong)
    with app.app_context():
        assert rows() == before

    last = ""
    for name, stop in sorted(later, key=lambda one: one[1].method):
        with app.app_context():
            wanted = expected(stop, people[name])
        if stop.method == "POST" or name != last:
            open_as(app, client, people[name])  # afresh: an earlier stop may have signed out
        last = name
        answer = ask(client, stop)
        asked += 1
        if answer.status_code >= 500 or kind_of(answer) not in wanted:
            wrong.append(f"{name}: {stop.method} {stop.address}: {answer.status_code}, not {sorted(wanted)}")
    assert not wrong, "\n".join(wrong)
    assert {stop.endpoint for stop in route if stop.permissions} == {
        rule.endpoint for rule in app.url_map.iter_rules() if marks_of(app.view_functions[rule.endpoint])
    }
    assert asked > 700
    assert sum(is_of_a_desk(stop) for stop in route) > 40
