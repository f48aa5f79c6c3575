"""The description of the API says what it answers, and everything that it says is true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from consult.api.resources import NEVER_PUBLIC
from consult.api.spec import ENDPOINTS
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.publication.services import request_release
from consult.submissions.services import withdraw_comment
from tests.integration.api.conftest import Api
from tests.support import build

DESCRIPTION = "/api/v1/openapi.json"
QUICK = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def names_in(schema: Any) -> Iterator[str]:
    """The names of all fields of a schema, however deep."""
    if isinstance(schema, dict):
        # The `id` of an annotation is the address that everybody reads; an `id` of any other kind would be a key.
        fields = schema.get("properties", {})
        yield from (name for name, of in fields.items() if name != "id" or of.get("format") != "uri")
        for value in schema.values():
            yield from names_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from names_in(value)


def test_no_schema_has_a_field_that_is_never_public(api: Api) -> None:
    described = api.client.get(DESCRIPTION).json
    names = set(names_in(described["components"]["schemas"]))
    assert len(names) > 60
    assert names & NEVER_PUBLIC == set()
    assert {name for name in names if "email" in name or name.endswith(("_at", "_by"))} == {
        "opens_at", "closes_at", "replaced_by", "superseded_by",
    }  # fmt: skip
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {endpoint.path for endpoint in ENDPOINTS}


def test_what_is_private_is_in_no_answer(api: Api, staff: build.Desk) -> None:
    """Values planted wherever the record keeps something from the public."""
    with_planted(api, staff)
    answers = []
    for endpoint in ENDPOINTS:
        answer = api.client.get("/api/v1" + endpoint.path.replace("{slug}", "minerals") + "")
        assert answer.status_code == 200
        answers.append(answer.text)
    for locale in ("en", "ar"):
        for feed in ("consultations", "consultations/minerals", "commitments"):
            answer = api.client.get(f"/{locale}/feeds/{feed}.atom")
            assert answer.status_code == 200, feed
            answers.append(answer.text)
    text = "\n".join(answers)
    assert "Seen by everybody" in text
    assert "Named author" in text
    assert [planted for planted in PLANTED if planted.lower() in text.lower()] == []


PLANTED = (
    "protected-name", "protected-organisation", "kept-back-words", "withdrawn-words", "restricted-words",
    "waiting-words", "drafted-words", "drafted-answer", "person-address@", "of-the-desk", "secret-reference",
    "in-setup",
)  # fmt: skip


def with_planted(api: Api, staff: build.Desk) -> None:
    """A released round, with something of each kind that stays private."""
    from consult.moderation.enums import RestrictionReason
    from consult.moderation.services import restrict_comments
    from consult.submissions.enums import PublicationSetting

    def answered() -> None:
        build.consultation_in_setup(staff.host, staff.manager, slug="in-setup", code="SET")
        for person in (staff.manager, staff.moderator, staff.responder, staff.approver):
            person.account.name = "Somebody of-the-desk"
        round_ = build.open_consultation(staff.host, staff.manager)
        named = build.person("Named author", email="person-address@example.org")
        build.submit(round_, named, "Seen by everybody.", country="KEN")
        for setting in (PublicationSetting.ANONYMOUS, PublicationSetting.PSEUDONYM):
            author = build.person("Protected-name", email=f"person-address@{setting.value}.example.org")
            build.submit(round_, author, f"Point of {setting.value}.", setting=setting)
        author = build.person("Protected-name")
        build.submit(round_, author, "Kept-back-words.", setting=PublicationSetting.NOT_PUBLISHED)
        build.submit(round_, build.person("Protected-name"), "Withdrawn-words.")
        build.submit(round_, build.person("Protected-name"), "Restricted-words.")
        build.publish(round_, staff.moderator)
        build.draft(round_, build.person(), "Drafted-words.")

    def taken_back() -> None:
        for comment in build.points_of(get_round("minerals")):
            if comment.text == "Withdrawn-words.":
                withdraw_comment(comment, actor=build.person(), now=utc_now())
            elif comment.text == "Restricted-words.":
                restrict_comments(
                    [comment], reason=RestrictionReason.PERSONAL_DATA, public_reason="It names somebody.",
                    agreement="Secret-reference", actor=staff.moderator, now=utc_now(),
                )  # fmt: skip

    def released() -> None:
        round_ = get_round("minerals")
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        request_release(round_, actor=staff.manager, now=utc_now())

    api.act(answered)
    api.act(taken_back)
    api.act(released)
    api.act()


@pytest.fixture
def described(app: Flask, api: Api, staff: build.Desk) -> Any:
    with_planted(api, staff)
    return schemathesis.openapi.from_wsgi(DESCRIPTION, app)


def ask(operation: Any, mode: GenerationMode, asked: dict[int, int]) -> None:
    """Ask one address in many ways, and compare each answer with what the description says."""

    @QUICK
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and case.path_parameters and len(str(case.query)) % 4:
            case.path_parameters["slug"] = "minerals"
        answer = case.call(headers={"Accept-Encoding": "identity"})
        asked[answer.status_code] = asked.get(answer.status_code, 0) + 1
        case.validate_response(answer)

    check()


def test_nothing_undocumented_is_answered(described: Any) -> None:
    """Schemathesis: valid and invalid requests, of what is there and of what is not."""
    asked: dict[int, int] = {}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        for operation in described.get_all_operations():
            ask(operation.ok(), mode, asked)
    assert asked.get(200, 0) > 40, asked
    assert asked.get(400, 0) > 20, asked
    assert set(asked) <= {200, 400, 404, 405}, asked
