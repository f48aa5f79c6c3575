"""Who may take part × who sees the input × who asks × every page of a round, before and after it closes.

The pages come from the application's URL map, so none is missed; who may read what stands in this file, apart from the
code that it checks. One engine is enough: the rules that read the database are tested on both elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.access.permissions import Permission as P
from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import Audience, QuestionKind, Visibility
from consult.consultations.models import Question, Round
from consult.consultations.queries import get_round
from consult.consultations.services import add_background, open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.insight.suppression import FEWEST
from consult.jobs import sweep
from consult.moderation.services import publish_file
from consult.publication.queries import file_name, get_published_release
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_response
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import (
    attach_file,
    save_answer,
    submit_submission,
    update_publication,
    update_speaker,
)
from tests.integration.every_page.test_access import marks_of
from tests.integration.every_page.walk import cleaned_file, open_as
from tests.support import build
from tests.support.continuing import FINAL, conclude, final_text

POINTS = 17
WORDS, NAME, ANSWER, RATIONALE = "Planted words", "Planted Respondent", "Planted answer", "Planted rationale"
CHOSEN = f'data-label="One">{FEWEST}</td>'
NUMBERS = re.compile(rf"\b{POINTS} (of|points?)\b|\bof {POINTS}\b|>{POINTS}<|\({POINTS}\)")
OF_ANSWERS = re.compile(
    r"accepted_in_principle|Accepted in principle|To be answered|points? answered|Awaiting response"
)
WHO = ("visitor", "stranger", "invited", "delegate", "observer", "submitter", "staff")
# Pages that need something of one's own in the address; only their owner has it. They are walked in test_access.
OWN = re.compile(r"<(key|point_key|digest|tail)>")
# A commitment is not a page of a round; that somebody was forgotten is said to who takes part no more; pictures and
# what became of points in a later version need a text that has them: see their tests.
ELSEWHERE = {
    "commitments.commitment",
    "forgetting.forgotten",
    "reading.carried_points",
    "figures.of_draft",
    "figures.of_final_text",
}
# Of the final text: not there before the outcome, and then everybody's, save what they tell of points. What a paragraph
# became, and two versions side by side, are there for who may read the draft, and later for everybody.
OF_THE_FINAL_TEXT = re.compile(r"^(reading\.final_|annotated\.final_|traces\.(accepted|unasked))")
OF_VERSIONS = {"comparisons.compare", "traces.paragraph"}
# A page says when the input can be read; a file has nothing to say.
FILES = {
    "comments.public_file",
    "annotated.file",
    "annotated.word",
    "annotated.final_file",
    "annotated.final_word",
}
# These answer everybody as a visitor, so a visitor alone asks.
FOR_VISITORS = ("api.", "feeds.")
# The steps of taking part show nobody's input; they have one rule, and the first of them stands for all.
STEP = re.compile(r"/take-part/<address:slug>/.")


def may_take_part(audience: Audience, who: str) -> bool:
    """Who reads the draft and takes part."""
    return {
        Audience.PUBLIC: True,
        Audience.BY_INVITATION: who == "invited",
        Audience.MEMBERS_ONLY: who == "delegate",
    }[audience]


def may_read_input(audience: Audience, visibility: Visibility, who: str, *, closed: bool) -> bool:
    """Who reads the points, their number, and what became of them."""
    if visibility is Visibility.PARTICIPANTS_ONLY:
        return who == "submitter" if audience is Audience.PUBLIC else may_take_part(audience, who)
    return visibility is Visibility.AS_RECEIVED or closed


@dataclass(frozen=True)
class Stage:
    """A round with 17 published points by one respondent, and everybody who may ask for it."""

    people: dict[str, Person | None]
    staff: build.Desk
    slug: str
    reference: str
    eid: str


def set_up(audience: Audience, visibility: Visibility) -> Stage:
    staff = build.desk()
    round_ = build.consultation_in_setup(staff.host, staff.manager, audience=audience, visibility=visibility)
    options = [{"en": "One"}, {"en": "Another"}]
    question = save_question(
        round_, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which?"}, options=options, actor=staff.manager,
        now=utc_now(),
    )  # fmt: skip
    open_round(round_, actor=staff.manager, now=utc_now())
    submitter = build.person(NAME)
    _choose(round_, question)
    now = utc_now()
    draft = build.draft(round_, submitter, *(f"{WORDS} {number}." for number in range(POINTS)))
    file = attach_file(draft, cleaned_file(), name="a.odt", comment=draft.comments[0], now=now)
    build.submit(round_, submitter, capacity=Capacity.ORGANISATION)
    build.publish(round_, staff.moderator)
    publish_file(file, actor=staff.moderator, now=now)
    add_background(
        round_.consultation, cleaned_file(), name="b.odt", title={"en": "A study"}, language="en", actor=staff.manager,
        now=now,
    )  # fmt: skip
    invited = build.person("Invited")
    if audience is Audience.BY_INVITATION:
        build.admit(round_, invited, manager=staff.manager)
    people: dict[str, Person | None] = {
        "visitor": None,
        "stranger": build.person("Stranger"),
        "invited": invited,
        "delegate": build.delegate(staff, "Member State A"),
        "observer": build.delegate(staff, "Observer B", is_member=False),
        "submitter": submitter,
        "staff": build.person("Staff", roles={staff.host: list(StaffRole)}),
    }
    point = build.points_of(round_)[0]
    reference, eid = point.reference or "", point.paragraph.eid if point.paragraph else ""
    db.session.commit()
    sweep()
    for who in (*people.values(), staff.manager, staff.responder, staff.approver):
        if who is not None:
            db.session.refresh(who.account)  # the worker's transactions end with everything forgotten
    return Stage(people, staff, round_.consultation.slug, reference, eid)


def _choose(round_: Round, question: Question) -> None:
    """Choose an option without a word, each often enough for its number to be shown."""
    for number in range(2 * FEWEST):
        chooser, now = build.person(f"Chooser {number}"), utc_now()
        draft = build.draft(round_, chooser)
        save_answer(draft, question, chosen={question.options[number % 2].id: None}, language="en", now=now)
        update_speaker(
            draft, name=chooser.name, capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.ACADEMIA],
            organisation="", country=None, language="en", now=now,
        )  # fmt: skip
        update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
        submit_submission(draft, actor=chooser, now=now)


def close_and_release(stage: Stage) -> list[str]:
    """Answer, close and publish the log; the names of its files."""
    round_ = get_round(stage.slug)
    if round_.asks_for_answers:
        _answer(round_, build.points_of(round_), stage.staff)
    build.close(round_)
    request_release(round_, actor=stage.staff.manager, now=utc_now())
    db.session.commit()
    assert sweep()["build_waiting_releases"] == 1
    release = get_published_release(get_round(stage.slug), 1)
    return [file_name(release, file) for file in release.files]


def conclude_with_a_text(stage: Stage) -> None:
    """Make a final text that edits a paragraph with points and takes another out, and record the outcome."""
    round_ = get_round(stage.slug)
    final_text(round_, FINAL, stage.staff.manager)
    conclude(round_, stage.staff.manager)
    db.session.commit()


def _answer(round_: Round, points: list[Comment], staff: build.Desk) -> None:
    write_response(
        points, disposition=Disposition.ACCEPTED_IN_PRINCIPLE, rationale=RATIONALE, text=ANSWER, language="en",
        propose=True, actor=staff.responder, now=utc_now(),
    )  # fmt: skip
    clear_responses(points, actor=staff.approver, now=utc_now())
    send_responses(round_, actor=staff.approver, now=utc_now())


def addresses(app: Flask, stage: Stage, files: list[str]) -> Iterator[tuple[str, str, tuple[P, ...]]]:
    """(endpoint, address, permissions) of every page and file of the round that is not at a desk."""
    values = {"slug": stage.slug, "reference": stage.reference, "number": 1, "locale": "en", "eid": stage.eid}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        wanted = rule.arguments - {"locale"}
        if "GET" not in (rule.methods or set()) or not wanted & {"slug", "reference"}:
            continue
        if "/desk/" in rule.rule or "/admin/" in rule.rule or OWN.search(rule.rule) or rule.endpoint in ELSEWHERE:
            continue
        if STEP.search(rule.rule):
            assert P.TAKE_PART in marks_of(app.view_functions[rule.endpoint]), rule.rule
            continue
        assert wanted <= {*values, "name"}, f"{rule.rule}: say here what stands in it"
        for name in files if "name" in wanted else [""]:
            address = rule.build(
                {**{key: value for key, value in values.items() if key in rule.arguments}, "name": name}
            )
            assert address is not None
            yield rule.endpoint, address[1].partition("?")[0], marks_of(app.view_functions[rule.endpoint])


def expected(marks: tuple[P, ...], who: str, *, takes_part: bool, reads: bool) -> set[int]:
    """The statuses that fit; 200 and redirects within the site count as one."""
    for mark in marks:
        if mark is P.ACCOUNT_USE and who == "visitor":
            return {302}
        if mark is P.DRAFT_READ and not takes_part and who != "staff":
            return {403}
        if mark is P.TAKE_PART and not takes_part:
            return {403}
        if mark is P.INPUT_READ and not reads:
            return {403} if who == "staff" else {404}
    return {200, 302, 303, 404} if marks == () else {200, 302, 303}


@dataclass(frozen=True)
class Asker:
    """Somebody at one moment, and what they may do by the tables above."""

    who: str
    when: str
    takes_part: bool
    reads: bool
    visibility: Visibility

    def ask(self, client: FlaskClient, endpoint: str, address: str, marks: tuple[P, ...]) -> tuple[bool, list[str]]:
        """Whether a page shows the points, and what is wrong with it."""
        wrong = []
        answer = client.get(address)
        statuses = expected(marks, self.who, takes_part=self.takes_part, reads=self.reads)
        if OF_THE_FINAL_TEXT.search(endpoint):
            statuses = {200} if self.when == "concluded" else {404}
        elif endpoint in OF_VERSIONS:
            statuses = {200, 404}
        if endpoint in FILES and not self.reads:
            statuses = {404} if endpoint == "comments.public_file" else (statuses & {403}) or {404}
        if answer.status_code not in statuses:
            wrong.append(f"{answer.status_code}")
        kept = answer.headers["Cache-Control"]
        if self.reads and self.visibility is Visibility.PARTICIPANTS_ONLY and "no-store" not in kept:
            wrong.append(f"may be kept: {kept}")
        while answer.status_code in {302, 303}:
            answer = client.get(answer.location)
        words = answer.data.decode("utf-8", "replace")  # a file is no text
        # The head of every page names whoever is signed in.
        planted = [WORDS, ANSWER, RATIONALE, *([NAME] if self.who != "submitter" else [])]
        found = [one for one in [*planted, CHOSEN] if one in words] or NUMBERS.findall(words)
        if found and not self.reads:
            wrong.append(f"shows {found}")
        if self.visibility is Visibility.COMPILATION_ONLY and OF_ANSWERS.search(words):
            wrong.append(f"speaks of answers: {OF_ANSWERS.findall(words)}")
        return WORDS in words or CHOSEN in words, [
            f"{self.when}, {self.who}, {endpoint}, {address}: {one}" for one in wrong
        ]


def walk(app: Flask, client: FlaskClient, stage: Stage, asker: Asker, files: list[str]) -> tuple[set[str], list[str]]:
    """The endpoints that show the points to somebody, and all that is wrong."""
    showing, wrong = set(), []
    open_as(app, client, stage.people[asker.who])
    for endpoint, address, marks in addresses(app, stage, files):
        if ("response-log/" in address and asker.when == "open") or (
            endpoint.startswith(FOR_VISITORS) and asker.who != "visitor"
        ):
            continue
        shows, found = asker.ask(client, endpoint, address, marks)
        wrong += found
        if shows:
            showing.add(endpoint)
    return showing, wrong


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("audience", list(Audience))
def test_every_page_of_a_round_obeys_its_openness(
    app: Flask, client: FlaskClient, audience: Audience, visibility: Visibility
) -> None:
    with app.app_context():
        stage = set_up(audience, visibility)
    wrong: list[str] = []
    files: list[str] = []
    for when in ("open", "closed", "concluded"):
        with app.app_context():
            if when == "closed":
                files = close_and_release(stage)
            elif when == "concluded":
                conclude_with_a_text(stage)
        for who in WHO:
            reads = may_read_input(audience, visibility, who, closed=when != "open")
            asker = Asker(who, when, may_take_part(audience, who), reads, visibility)
            showing, found = walk(app, client, stage, asker, files)
            wrong += found
            assert ("comments.list_comments" in showing) == reads, asker
            assert ("positions.list_all" in showing) == reads, asker
            assert ("response_log.release" in showing) == (reads and when != "open"), asker
    assert not wrong, "\n".join(wrong)
