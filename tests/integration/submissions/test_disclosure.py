"""The tables before submitting say what really is given out, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.submissions.disclosure import Disclosure, disclosures, disclosures_by_choice, offered_settings
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.queries import speakers
from consult.submissions.services import submit_submission, update_publication, update_speaker
from tests.integration.submissions.conftest import Opened
from tests.support import build

HIDDEN = ("No", "Only counted", "Nobody")
NAME, ORGANISATION = "Your name, if you give one", "Your organisation, community or State"
COUNTRY, CONSTITUENCIES = "Your country or area", "Your constituencies"
CAPACITY = "Whether you speak for yourself, an organisation or a State"
WORDS, PSEUDONYM = "Your points and answers", "Your pseudonym"
MAIL = "Your e-mail address, if you gave one"
CASES = [(setting, False) for setting in PublicationSetting] + [(PublicationSetting.ORGANISATION_ONLY, True)]


def seen(lines: Iterable[Disclosure]) -> dict[str, tuple[bool, bool]]:
    """For each line, whether the public and the secretariat see it."""
    return {line.what: (not line.public.startswith(HIDDEN), not line.secretariat.startswith(HIDDEN)) for line in lines}


def hand_in(opened: Opened, setting: PublicationSetting, *, asks: bool, mark: str = "") -> Submission:
    """A submission with something to recognise in each field."""
    author = build.person(f"Person{mark}", email=f"mail{mark}@example.org")
    draft, now = build.draft(opened.round(), author, f"Words{mark} of a point."), utc_now()
    update_speaker(
        draft, name=f"Name{mark}", capacity=Capacity.ORGANISATION, constituencies=[Constituency.TRADE_UNION],
        organisation=f"Body{mark}", country="PHL", language="en", now=now,
    )  # fmt: skip
    update_publication(draft, setting, pseudonym=f"Mask{mark}", asked_for_protection=asks, now=now)
    return submit_submission(draft, actor=author, now=now)


@pytest.mark.parametrize(("setting", "asks"), CASES)
def test_the_table_agrees_with_who_is_shown(
    app: Flask, opened: Opened, setting: PublicationSetting, asks: bool
) -> None:
    with app.app_context():
        submission = hand_in(opened, setting, asks=asks)
        lines = disclosures(submission, submission.round)
        said = seen(lines)
        public, staff = (speakers([submission], for_staff=for_staff)[submission.id] for for_staff in (False, True))
        both = (public, staff)
        names = [{one.name, one.organisation} for one in both]
        assert said[NAME] == tuple("Name" in name for name in names)
        assert said[ORGANISATION] == tuple("Body" in name for name in names)
        assert said[COUNTRY] == tuple(one.country == "PHL" for one in both)
        assert said[CAPACITY] == tuple(one.capacity is not None for one in both)
        assert said[CONSTITUENCIES] == tuple(bool(one.constituencies or one.group) for one in both)
        told = next(line.public for line in lines if line.what == CONSTITUENCIES)
        assert ("broad group" in told) == (public.group is not None)
        assert (PSEUDONYM in said) == ("Mask" in names[0])


def test_the_table_agrees_with_what_can_be_read(app: Flask, client: FlaskClient, opened: Opened) -> None:
    """The pages, the release and the API beside the table, for each choice; and the desk of a moderator."""
    with app.app_context():
        tables, paths = {}, []
        for number, (setting, asks) in enumerate(CASES):
            submission = hand_in(opened, setting, asks=asks, mark=f"{number}x")
            tables[f"{number}x"] = seen(disclosures(submission, submission.round))
            paths += [f"/r/{comment.reference}" for comment in submission.comments]
        desk = [f"/en/desk/minerals/queue/{path.rpartition('/')[2]}" for path in paths]
        build.publish(opened.round(), opened.staff.moderator)
        build.answer_all(opened.round(), opened.staff.responder, opened.staff.approver)
        build.close(opened.round())
        db.session.commit()
        sweep()
        request_release(opened.round(), actor=opened.staff.manager, now=utc_now())
        db.session.commit()
        sweep()
    release = "/en/consultations/minerals/response-log/1"
    files = re.findall(r'href="([^"]*/files/[^"]*)"', client.get(release).text)
    assert len(files) >= 3
    api = "/api/v1/consultations/minerals/"
    paths += ["/en/consultations/minerals/comments", release, *files, f"{api}comments", f"{api}responses"]
    public = read(client, paths)
    assert "Words0x" in public
    with app.app_context():
        build.sign_in(client, opened.staff.moderator)
    staff = read(client, [*desk, "/en/desk/minerals/queue"])
    assert "Words0x" in staff
    for mark, said in tables.items():
        for what, token in (
            (WORDS, "Words"),
            (NAME, "Name"),
            (ORGANISATION, "Body"),
            (PSEUDONYM, "Mask"),
            (MAIL, "mail"),
        ):
            is_said = said.get(what, (False, False))
            assert (f"{token}{mark}" in public) == is_said[0], (what, mark, "public")
            if what != PSEUDONYM or is_said[1]:
                assert (f"{token}{mark}" in staff) == is_said[1], (what, mark, "secretariat")


def read(client: FlaskClient, paths: Iterable[str]) -> str:
    """All that these addresses give out."""
    answers = [client.get(path, follow_redirects=True) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.text for answer in answers)


def test_by_choice_says_the_same(app: Flask, opened: Opened) -> None:
    """What is said before choosing is made of the same lines."""
    with app.app_context():
        found = dict(disclosures_by_choice(list(PublicationSetting), opened.round()))
        assert found[NAME][0] == ["Yes: “With my name”", "Otherwise: No"]
        assert found[NAME][1] == ["Yes: “With my name”, “With the organisation’s name only”", "Otherwise: No"]
        assert found["Your password, and codes that you wrote down"][2] == ["Nobody: we keep only what checks it"]
        assert found["Your network address and what device you use"] == [["Nobody: it is not kept"]] * 3


@pytest.mark.parametrize(
    ("capacity", "offered"),
    [
        (Capacity.INDIVIDUAL, ["named", "pseudonym", "anonymous", "aggregate", "not_published"]),
        (
            Capacity.ORGANISATION,
            ["named", "organisation_only", "pseudonym", "anonymous", "aggregate", "not_published"],
        ),
        (Capacity.STATE_DELEGATION, ["named", "organisation_only"]),
    ],
)
def test_what_is_offered_to_whom(app: Flask, opened: Opened, capacity: Capacity, offered: list[str]) -> None:
    with app.app_context():
        draft = build.draft(opened.round(), build.person("Rosa"), "Words.")
        draft.capacity = capacity
        assert [setting.value for setting in offered_settings(draft)] == offered
