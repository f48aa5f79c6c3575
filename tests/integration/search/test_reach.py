"""Who finds what: exactly what the pages let them read, and no count tells of more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.access.roles import Actor, StaffRole
from consult.accounts.actors import Person, Visitor
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Round
from consult.consultations.services import open_round
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.publication.services import request_release
from consult.search.queries import Search, count_found, page_of_hits
from consult.search.reach import reach_of
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.services import make_stricter, withdraw_comment
from tests.support import build

PAGE = "/en/search"
RESULTS = re.compile(r"(\d+) results?, newest first")


def number(client: FlaskClient, **asked: str) -> int:
    """How many results the page says that there are; it must show as many, and say it once where there are none."""
    answer = client.get(PAGE, query_string=asked)
    assert answer.status_code == 200
    (total,) = RESULTS.findall(answer.text) + ["0"] * answer.text.count("Nothing found")
    assert answer.text.count('<li class="entry">') == min(int(total), 25)
    return int(total)


def open_as(app: Flask, client: FlaskClient, who: Person | None) -> None:
    client.delete_cookie("consult")
    if who is not None:
        with app.app_context():
            build.sign_in(client, who)


def test_the_reach_is_what_the_policy_says_of_every_round(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        rounds: list[Round] = []
        for audience in Audience:
            for visibility in Visibility:
                for state in ("upcoming", "open", "closed"):
                    name = f"round-{len(rounds)}"
                    round_ = build.open_consultation(
                        staff.host, staff.manager, slug=name, code=f"R{len(rounds)}", audience=audience,
                        visibility=visibility, opens_in=timedelta(days=1 if state == "upcoming" else -1),
                    )  # fmt: skip
                    rounds.append(round_)
        guest, taking_part = build.person("Guest"), build.person("Taking part")
        delegate, observer = build.delegate(staff, "A"), build.delegate(staff, "B", is_member=False)
        for round_ in rounds:
            if round_.audience is Audience.BY_INVITATION:
                build.admit(round_, guest, manager=staff.manager)
            if round_.audience is Audience.PUBLIC and round_.is_open(utc_now()):
                build.submit(round_, taking_part, "A point.")
        for round_ in rounds[2::3]:
            build.close(round_)
        setup = build.consultation_in_setup(staff.host, staff.manager, slug="setup", code="SETUP").id
        db.session.flush()
        people: list[Actor] = [Visitor(), guest, taking_part, delegate, observer, staff.translator, staff.moderator]
        seen = set()
        for actor in people:
            reach = reach_of(actor, utc_now())
            assert setup not in reach.rounds
            for round_ in rounds:
                may = permits(actor, Permission.DRAFT_READ, round_), permits(actor, Permission.INPUT_READ, round_)
                assert (round_.id in reach.drafts, round_.id in reach.inputs) == may
                seen.add(may)
        assert len(seen) == 4


def test_who_finds_which_points(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        public, restricted, withdrawn, unpublished = build.submit(
            round_, author, *(f"needle {name}" for name in ("one", "two", "three", "four"))
        ).comments
        hidden = build.submit(round_, build.person("B"), "needle five", setting=PublicationSetting.NOT_PUBLISHED)
        official = build.submit(
            round_, build.person("C"), "needle six", capacity=Capacity.STATE_DELEGATION,
            constituencies=(Constituency.GOVERNMENT,), country="ID",
        )  # fmt: skip
        build.publish(round_, staff.moderator)
        build.submit(round_, build.person("D"), "needle seven, waiting")
        build.draft(round_, build.person("E"), "needle eight, drafted")
        later = build.open_consultation(
            staff.host, staff.manager, slug="later", code="LATER", visibility=Visibility.AFTER_CLOSING
        )
        build.submit(later, build.person("F"), "needle nine, undisclosed")
        build.publish(later, staff.moderator)
        among = build.open_consultation(
            staff.host, staff.manager, slug="among", code="AMONG", visibility=Visibility.PARTICIPANTS_ONLY
        )
        participant = build.person("G")
        build.submit(among, participant, "needle ten, among participants")
        build.publish(among, staff.moderator)
        now = utc_now()
        restrict_comments(
            [restricted],
            reason=RestrictionReason.SPAM,
            public_reason="Spam.",
            agreement="",
            actor=staff.moderator,
            now=now,
        )
        withdraw_comment(withdrawn, actor=author, now=now)
        db.session.commit()
        references = {one.reference for one in (restricted, withdrawn, hidden.comments[0], official.comments[0])}
        assert unpublished.reference
    expected = [(None, 2), (participant, 3), (staff.moderator, 2), (staff.manager, 2), (author, 2)]
    for who, wanted in expected:
        open_as(app, client, who)
        assert number(client, words="needle") == wanted
        assert number(client, words="needle", kind="comment") == wanted
        assert number(client, words="needle ten") == (1 if who is participant else 0)
        for reference in references:
            assert number(client, words=str(reference)) == 0
        page = client.get(PAGE, query_string={"words": "needle"})
        assert ("AMONG-1" in page.text) is (who is participant)
        assert page.headers["Cache-Control"] == ("public, max-age=60" if who is None else "private, no-store")
    open_as(app, client, None)
    assert number(client, words=str(public.reference)) == 1
    with app.app_context():
        row = db.session.get_one(Submission, public.submission_id)
        make_stricter(row, PublicationSetting.NOT_PUBLISHED, pseudonym="", actor=author, now=utc_now())
        build.close(db.session.get_one(Round, later.id))
        db.session.commit()
    assert number(client, words="needle") == 1
    assert number(client, words="needle nine") == 1


def test_who_finds_a_draft_and_an_answer(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        guest = build.person("Guest")
        other = build.person("Other", roles={build.host(): [StaffRole.MANAGER]})
        round_ = build.consultation_in_setup(
            staff.host, staff.manager, audience=Audience.BY_INVITATION, slug="invited", code="INV"
        )
        db.session.commit()
        assert number(client, words="title of invited") == 0
        open_round(round_, actor=staff.manager, now=utc_now())
        build.admit(round_, guest, manager=staff.manager)
        build.submit(round_, guest, "A thought.")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        db.session.commit()
    drafts = [(None, 0), (guest, 1), (staff.moderator, 1), (staff.translator, 0), (other, 0)]
    for who, wanted in drafts:
        open_as(app, client, who)
        assert number(client, words="second section", kind="paragraph") == wanted
        assert number(client, words="title of invited", kind="consultation") == 1
        assert number(client, words="an answer", kind="response") == 0
    with app.app_context():
        request_release(db.session.get_one(Round, round_.id), actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()
    assert number(client, words="an answer", kind="response") == 1
    with app.app_context():
        comment = build.points_of(db.session.get_one(Round, round_.id))[0]
        withdraw_comment(comment, actor=guest, now=utc_now())
        db.session.commit()
    assert number(client, words="an answer", kind="response") == 0


def test_commitments_are_found_once_they_are_public(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.commitment(staff.host, staff.manager, what="Plant mangroves")
        build.commitment(staff.host, staff.manager, what="Plant mangroves later", draft=True)
        db.session.commit()
    assert number(client, words="mangrove", kind="commitment") == 1


@pytest.mark.parametrize("is_closed", [False, True])
def test_protected_points_are_dated_as_one(app: Flask, is_closed: bool) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        for place, setting in enumerate(PublicationSetting):
            if setting.gives_words:
                capacity = (
                    Capacity.ORGANISATION if setting is PublicationSetting.ORGANISATION_ONLY else Capacity.INDIVIDUAL
                )
                who = build.person(f"Author {place}")
                build.submit(round_, who, f"needle {place}", setting=setting, capacity=capacity)
        build.publish(round_, staff.moderator)
        # As if all but the named ones had been made stricter after they were public.
        db.session.execute(sa.update(Submission).values(is_held=False))
        db.session.expire_all()
        now = utc_now()
        opens, closes = now - timedelta(days=20), now + timedelta(days=-5 if is_closed else 5)
        build.set_dates(round_, opens, closes)
        reach = reach_of(Visitor(), now)
        hits = page_of_hits(Search("needle"), reach, after=None, before=None).items
        assert count_found(Search("needle"), reach).total(None) == len(hits) == 4
        days = [hit.day for hit in hits]
        today = to_wall(now, round_.zone).date()
        batch = to_wall(closes if is_closed else opens, round_.zone).date()
        assert days == [today, today, batch, batch]
