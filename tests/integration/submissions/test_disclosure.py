"""The table before submitting says what really is given out."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.accounts.enums import Capacity
from consult.submissions.disclosure import disclosures, offered_settings
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.queries import Filters, page_of_public_comments, speakers
from tests.integration.submissions.conftest import Opened
from tests.support import build

NO = "No"


def table(submission: Submission) -> dict[str, tuple[bool, bool]]:
    """For each line, whether the public and the secretariat see it."""
    lines = disclosures(submission, submission.round)
    return {line.what: (not line.public.startswith(NO), not line.secretariat.startswith(NO)) for line in lines}


@pytest.mark.parametrize("setting", list(PublicationSetting))
def test_the_table_agrees_with_what_is_shown(app: Flask, opened: Opened, setting: PublicationSetting) -> None:
    with app.app_context():
        submission = build.submit(
            opened.round(), build.person("Rosa"), "Words.", setting=setting, capacity=Capacity.ORGANISATION,
            organisation="River Union", country="PHL", pseudonym="A mask",
        )  # fmt: skip
        build.publish(opened.round(), opened.staff.moderator)
        said = table(submission)
        shown = [speakers([submission], for_staff=staff)[submission.id] for staff in (False, True)]
        names = [{one.name, one.organisation} for one in shown]
        assert said["Your name"] == tuple("Rosa" in name for name in names)
        assert said["Your organisation, community or State"] == tuple("River Union" in name for name in names)
        assert said["Your country or area"] == tuple(one.country == "PHL" for one in shown)
        assert ("Your pseudonym" in said) == ("A mask" in names[0])
        assert said["Your constituencies"] == (True, True) == tuple(bool(one.constituencies) for one in shown)
        page = page_of_public_comments(opened.round(), Filters(), after=None, before=None)
        assert said["Your points and answers"] == (bool(page.items), True)
        assert said["Your e-mail address"] == (False, False)


@pytest.mark.parametrize(
    ("capacity", "offered"),
    [
        (Capacity.INDIVIDUAL, ["named", "pseudonym", "anonymous", "not_published"]),
        (Capacity.ORGANISATION, ["named", "organisation_only", "pseudonym", "anonymous", "not_published"]),
        (Capacity.STATE_DELEGATION, ["named", "organisation_only"]),
    ],
)
def test_what_is_offered_to_whom(app: Flask, opened: Opened, capacity: Capacity, offered: list[str]) -> None:
    with app.app_context():
        draft = build.draft(opened.round(), build.person("Rosa"), "Words.")
        draft.capacity = capacity
        assert [setting.value for setting in offered_settings(draft)] == offered
