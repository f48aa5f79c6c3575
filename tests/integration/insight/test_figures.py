"""Figures: counted once a day, small numbers suppressed, protected authors in a row of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from consult.accounts.actors import Person
from consult.accounts.enums import Constituency
from consult.accounts.queries import get_account
from consult.consultations.enums import QuestionKind
from consult.consultations.queries import get_round, list_questions
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.insight.enums import Who
from consult.insight.jobs import count_daily_figures
from consult.insight.models import FigureCell, FigureCube, FigureMember
from consult.insight.queries import Figures, count_choices, find_figures, members_of, rounds_to_count
from consult.insight.services import count_figures
from consult.jobs import sweep
from consult.submissions.enums import PublicationSetting as Setting
from consult.submissions.enums import Stance, SubmissionStatus
from consult.submissions.models import Choice, Submission, SubmissionConstituency
from consult.submissions.services import begin_draft, make_stricter, save_answer, withdraw_submission
from tests.support import build
from tests.support.browse import main_of

LIST = "/en/consultations/minerals/comments"
PAGE = "/en/consultations/minerals/positions"
QUERIES, COUNTING = 9, 18
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """An open round that asks for positions on an option, for one of two options, and for any number of two."""

    staff: build.Desk
    options: dict[str, int]

    def submit(
        self,
        number: int,
        said: dict[str, Stance | None],
        constituencies: Sequence[Constituency] = (Constituency.INDUSTRY,),
        setting: Setting = Setting.NAMED,
    ) -> list[Submission]:
        """So many submissions that say the same of some options, by their words."""
        round_, found = get_round("minerals"), []
        for _ in range(number):
            author = build.person("Author")
            draft, _key = begin_draft(round_, actor=author, now=utc_now())
            for question in list_questions(round_):
                chosen = {self.options[text]: value for text, value in said.items()}
                here = {option.id: chosen[option.id] for option in question.options if option.id in chosen}
                if here:
                    save_answer(draft, question, chosen=here, language="en", now=utc_now())
            found.append(build.submit(round_, author, "A point.", constituencies=constituencies, setting=setting))
        return found


@pytest.fixture
def asked(app: Flask) -> Asked:
    with app.app_context():
        staff = build.desk()
        options: dict[str, int] = {}
        round_ = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "ar"))
        for kind, text, words in (
            (QuestionKind.POSITIONS, "Where do you stand?", ["Option A", "Option B"]),
            (QuestionKind.SINGLE_CHOICE, "Which one?", ["This", "That"]),
            (QuestionKind.MULTIPLE_CHOICE, "What is needed?", ["Water", "Roads"]),
        ):
            question = save_question(
                round_, None, kind=kind, text={"en": text, "ar": f"{text} بالعربية"},
                options=[{"en": option, "ar": f"{option} بالعربية"} for option in words],
                actor=staff.manager, now=utc_now(),
            )  # fmt: skip
            options |= {option.text: option.id for option in question.options}
        open_round(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
    return Asked(staff, options)


def count(*, days: int = 0) -> Figures:
    """Count the figures of a day, and read them."""
    round_ = get_round("minerals")
    assert count_figures(round_, now=utc_now() + days * DAY)
    found = find_figures(round_, list_questions(round_))
    assert found is not None
    return found


def shown(figures: Figures, question: str, table: int = 0) -> dict[Who, list[int | None]]:
    """The rows of a table that show a number, with what stands in each column."""
    (one,) = [found for found in figures.positions if found.question.text == question]
    of = one.tables[table]
    return {who: [of.numbers.get((who, key)) for key in of.keys] for who in of.shown}


def test_small_numbers_are_not_shown_nor_computed_and_nothing_is_totalled(
    client: FlaskClient, asked: Asked, app: Flask
) -> None:
    with app.app_context():
        asked.submit(6, {"Option A": Stance.SUPPORT, "This": None, "Water": None})
        asked.submit(5, {"Option A": Stance.NOT_SUPPORT, "That": None})
        asked.submit(1, {"Option A": Stance.RESERVE, "Water": None})
        asked.submit(4, {"Option A": Stance.SUPPORT}, [Constituency.TRADE_UNION])
        asked.submit(5, {"Option A": Stance.SUPPORT}, [])
        asked.submit(9, {"Option A": Stance.SUPPORT}, [Constituency.ACADEMIA], Setting.NOT_PUBLISHED)
        figures = count()
        db.session.commit()
        assert figures.submissions == {Who.INDUSTRY: 12, Who.NOT_STATED: 5}
        assert {Who.TRADE_UNION, Who.ACADEMIA, Who.YOUTH_GROUP, Who.PROTECTED} <= set(figures.too_few)
        # One of twelve reserves: beside both others that one could be computed, so the smaller of them goes too. All
        # five without a constituency say the same, which would tell it of each.
        assert shown(figures, "Where do you stand?") == {Who.INDUSTRY: [6, None, None, None]}
        assert shown(figures, "Where do you stand?", 1) == {}
        assert shown(figures, "Which one?") == {Who.INDUSTRY: [6, 5]}
        assert shown(figures, "What is needed?") == {Who.INDUSTRY: [7, None]}
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(sa.update(FigureCell).values(number=4))
    page = main_of(client.get(PAGE))
    assert page.count("Not a vote") == page.count("<table") - 1 == 3
    assert "This is not a vote." in page
    assert "Total" not in page
    assert "Fewer than five, or none: Government or member state; " in page
    assert "No number is large enough to be shown for this option" in page
    assert 'data-label="Support">6</td>' in page
    for url in (LIST, "/en/consultations/minerals", "/en/take-part/minerals/questions"):
        assert f'href="{PAGE}"' in client.get(url).text, url
    assert client.get(PAGE.replace("/en/", "/ar/")).text.count("Option A بالعربية") == 1


def test_protected_authors_are_one_row_of_their_own_counted_together_after_the_closing(
    asked: Asked, app: Flask
) -> None:
    with app.app_context():
        asked.submit(10, {"Option A": Stance.SUPPORT, "That": None})
        for setting in (Setting.ANONYMOUS, Setting.PSEUDONYM, Setting.AGGREGATE):
            asked.submit(4, {"Option A": Stance.NOT_SUPPORT}, [Constituency.INDUSTRY, Constituency.INVESTOR], setting)
        asked.submit(6, {"Option A": Stance.RESERVE}, [Constituency.INDUSTRY], Setting.NOT_PUBLISHED)
        asked.submit(5, {"Option A": Stance.SUPPORT}, [Constituency.INDUSTRY], Setting.ANONYMOUS)
        assert count().submissions == {Who.INDUSTRY: 10}
        round_ = get_round("minerals")
        build.publish(round_, asked.staff.moderator)
        build.close(round_)
        db.session.commit()
        sweep()
        figures = count(days=1)
        assert figures.submissions == {Who.INDUSTRY: 10, Who.PROTECTED: 17}
        assert shown(figures, "Where do you stand?") == {Who.PROTECTED: [None, 12, None, None]}
        everything = {cell.number for cell in db.session.scalars(sa.select(FigureCell))}
        assert everything == {10, 17, 12}


def test_a_day_is_counted_once_by_the_clock_of_the_round_and_takes_the_place_of_the_last(
    client: FlaskClient, asked: Asked, app: Flask
) -> None:
    assert "Figures are counted once a day. The next count is on" in client.get(PAGE).text
    with app.app_context():
        asked.submit(5, {})
        db.session.commit()
        done = sweep()
        assert (done["count_daily_figures"], sweep()["count_daily_figures"]) == (1, 0)
        asked.submit(1, {})
        db.session.commit()
        round_ = get_round("minerals")
        assert not count_figures(round_, now=utc_now())  # none is made in between
        assert rounds_to_count(utc_now()) == []
        round_.zone = "Pacific/Kiritimati"
        db.session.flush()
        late = datetime.now(UTC).replace(hour=10, minute=30) + DAY  # a day further there already
        db.session.scalars(sa.select(FigureCube)).one().day = late.date()
        db.session.flush()
        assert rounds_to_count(late) == [round_.id]
        assert count_figures(round_, now=late)
        cube = db.session.scalars(sa.select(FigureCube)).one()
        assert cube.day == late.date() + DAY
        assert {cell.number for cell in cube.cells} == {6}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FigureCell)) == 1


def test_between_two_days_nobodys_choice_is_the_difference(asked: Asked, app: Flask) -> None:
    with app.app_context():
        firms = asked.submit(9, {"This": None})
        asked.submit(6, {"That": None})
        assert shown(count(), "Which one?") == {Who.INDUSTRY: [9, 6]}
        # One withdraws, one wishes to be protected, two come: four have changed, and the numbers stand.
        gone, nameless = firms[:2]
        withdraw_submission(gone, actor=_author(gone), now=utc_now())
        make_stricter(nameless, Setting.ANONYMOUS, pseudonym="", actor=_author(nameless), now=utc_now())
        asked.submit(2, {"This": None})
        figures = count(days=1)
        assert figures.submissions == {Who.INDUSTRY: 15}
        assert shown(figures, "Which one?") == {Who.INDUSTRY: [9, 6]}
        # Of who has left no trace is kept but how many they are.
        assert not set(db.session.scalars(sa.select(FigureMember.submission_id))) & {gone.id, nameless.id}
        asked.submit(1, {"That": None})
        assert shown(count(days=2), "Which one?") == {Who.INDUSTRY: [9, 7]}
        # A row that has fewer than five left shows nothing at all.
        left = sa.select(Submission).where(Submission.status == SubmissionStatus.SUBMITTED).order_by(Submission.id)
        for one in db.session.scalars(left).all()[5:]:
            withdraw_submission(one, actor=_author(one), now=utc_now())
        assert count(days=3).submissions == {}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FigureCell)) == 0


def test_no_row_is_told_by_taking_others_from_it(asked: Asked, app: Flask) -> None:
    """One who names a constituency alone, beside two groups who name it with another: 21 - 10 - 10 would be theirs."""
    with app.app_context():
        for other in (Constituency.TRADE_UNION, Constituency.INDIGENOUS_PEOPLES):
            for said in ("This", "That"):
                asked.submit(5, {said: None}, [Constituency.CIVIL_SOCIETY, other])
        asked.submit(1, {"This": None}, [Constituency.CIVIL_SOCIETY])
        figures = count()
        assert figures.submissions == {Who.SEVERAL: 20}
        assert shown(figures, "Which one?") == {Who.SEVERAL: [10, 10]}
        asked.submit(5, {"That": None}, [Constituency.CIVIL_SOCIETY])
        figures = count(days=1)
        assert figures.submissions == {Who.SEVERAL: 20, Who.CIVIL_SOCIETY: 6}
        # Of these six one said "This": the five would tell it.
        assert shown(figures, "Which one?") == {Who.SEVERAL: [10, 10]}


def test_every_submission_stands_in_one_row_alone(asked: Asked, app: Flask) -> None:
    """Drawn at random with a known seed: whatever people name, rows share nobody, and positions count the same rows."""
    draw = random.Random(23)
    with app.app_context():
        expected: dict[Who, set[int]] = {who: set() for who in Who}
        for _ in range(40):
            named = draw.sample(list(Constituency)[2:], draw.choice((0, 1, 1, 2, 3)))
            setting = draw.choice((Setting.NAMED, Setting.NAMED, Setting.ANONYMOUS))
            (one,) = asked.submit(1, {"This": None}, named, setting)
            alone = Who(named[0].value) if named else Who.NOT_STATED
            row = Who.PROTECTED if one.is_protected else Who.SEVERAL if len(named) > 1 else alone
            expected[row].add(one.id)
        round_ = get_round("minerals")
        build.publish(round_, asked.staff.moderator)
        build.close(round_)
        build.lift(round_)
        later = utc_now() + DAY
        members = members_of(round_, later)
        assert members == expected
        assert min(len(members[who]) for who in (Who.SEVERAL, Who.NOT_STATED, Who.PROTECTED)) > 0
        chosen = {who: sum(numbers.values()) for who, numbers in count_choices(round_, later).items()}
        assert chosen == {who: len(keys) for who, keys in members.items()}


def _author(submission: Submission) -> Person:
    return Person(get_account(submission.account_id or 0))


def test_two_workers_count_a_day_once(asked: Asked, app: Flask) -> None:
    with app.app_context():
        asked.submit(5, {})
        db.session.commit()

    def work() -> int:
        with app.app_context():
            return count_daily_figures()

    with ThreadPoolExecutor(2) as pool:
        done = [act.result() for act in [pool.submit(work), pool.submit(work)]]
    assert sum(done) == 1
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FigureCube)) == 1


def _copy(submission: Submission, number: int) -> None:
    """As many others, from the same constituency and with the same position."""
    ids = [submission.id + place for place in range(1, number + 1)]
    for model in (Submission, SubmissionConstituency, Choice):
        key = "id" if model is Submission else "submission_id"
        table = model.__table__
        row = dict(db.session.execute(sa.select(table).where(table.c[key] == submission.id)).mappings().one())
        del row["id"]
        own = [{"id": one, "key": f"key-{one}"} if model is Submission else {"submission_id": one} for one in ids]
        if own:
            db.session.execute(sa.insert(model), [{**row, **one} for one in own])


@pytest.mark.parametrize("number", [1, 3, 300])
def test_counting_and_the_page_ask_as_often_for_300(client: FlaskClient, asked: Asked, app: Flask, number: int) -> None:
    with app.app_context():
        asked.submit(5, {"This": None})
        (that,) = asked.submit(1, {"That": None})
        _copy(that, 4 + number)
        db.session.commit()
        with build.count_queries(app) as counting:
            count()
        db.session.commit()
    with build.count_queries(app) as queries:
        page = client.get(PAGE)
    assert f'data-label="That">{5 + number}</td>' in page.text
    assert len(queries) == QUERIES, queries.statements
    assert len(counting) <= COUNTING, counting.statements  # PostgreSQL inserts the cells at once


def test_a_round_without_options_has_no_page_of_positions(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager)
        db.session.commit()
    assert client.get(PAGE).status_code == 404
    assert "/positions" not in client.get("/en/consultations/minerals").text + client.get(LIST).text
