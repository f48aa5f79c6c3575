"""Every table with a person in it is covered by a collector; none names a table that is not there."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import sqlalchemy as sa

from consult.app import metadata
from consult.core.personal import OF_A_PERSON, Entry, Fact, Section, list_collectors, tables_of_people
from consult.privacy.enums import LIMITS
from consult.privacy.exporting import FORMAT, VERSION, as_json


def test_every_table_with_a_person_in_it_has_a_collector() -> None:
    covered = [name for collector in list_collectors() for name in collector.tables]
    assert tables_of_people(metadata()) - set(covered) == set()
    assert set(covered) - set(metadata().tables) == set()
    assert len(covered) == len(set(covered))


def test_a_person_is_found_by_key_by_name_and_by_mark() -> None:
    made = sa.MetaData()
    for name in ("account", "submission"):
        sa.Table(name, made, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("by_key", made, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.ForeignKey("account.id")))
    sa.Table("far", made, sa.Column("k", sa.ForeignKey("by_key.id")))
    sa.Table("by_name", made, sa.Column("written_by", sa.Integer))
    sa.Table("by_mark", made, sa.Column("tokens", sa.Text, info=OF_A_PERSON))
    sa.Table("nobody", made, sa.Column("title", sa.Text))
    assert tables_of_people(made) == {"account", "submission", "by_key", "far", "by_name", "by_mark"}


def test_the_file_for_programs_has_stable_keys_and_iso_dates() -> None:
    moment = datetime(2027, 3, 14, 9, 30, tzinfo=UTC)
    part = Entry([Fact("text", "What you wrote", "ຄຳ")], title="MIN-1-7K4QXM")
    entry = Entry([Fact("at", "When", moment), Fact("on", "Day", date(2027, 3, 14))], title="A title", parts=[part])
    section = Section("submissions", "What you submitted", "You alone.", [entry])
    made = json.loads(
        as_json([(list_collectors()[0], [section])], instance="I", language="en", made_on=date(2027, 1, 2))
    )
    assert (made["format"], made["version"], made["made_on"]) == (FORMAT, VERSION, "2027-01-02")
    assert made["sections"] == [
        {
            "key": "submissions",
            "title": "What you submitted",
            "who_sees": "You alone.",
            "entries": [
                {
                    "title": "A title",
                    "at": "2027-03-14T09:30:00+00:00",
                    "on": "2027-03-14",
                    "parts": [{"title": "MIN-1-7K4QXM", "text": "ຄຳ"}],
                }
            ],
        }
    ]


def test_every_default_is_within_the_limits_that_are_stated() -> None:
    assert all(of.least <= of.default <= of.most for of in LIMITS.values())
