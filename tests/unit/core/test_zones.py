"""One moment by two clocks, zones in words, and names in the order of the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consult.accounts.countries import country_choices
from consult.core.clock import zone, zone_names
from consult.core.collation import in_order
from consult.core.locale import direction, in_locale, join_words
from consult.core.zones import city_of, moment_in_words, with_reader_time, your_time, zone_choices

JAKARTA = "Asia/Jakarta"
DEADLINE = datetime(2027, 3, 14, 16, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "where", "reader", "yours"),
    [
        (DEADLINE, JAKARTA, "Europe/Paris", "17:59"),
        (DEADLINE, JAKARTA, "Asia/Kathmandu", "22:44"),
        (DEADLINE, JAKARTA, "Asia/Tokyo", "15 March, 01:59"),
        (DEADLINE, JAKARTA, "Pacific/Honolulu", "06:59"),
        (DEADLINE, JAKARTA, "Asia/Bangkok", ""),
        (DEADLINE, JAKARTA, JAKARTA, ""),
        (DEADLINE, JAKARTA, None, ""),
        # The same two zones on both sides of the day on which one of them changes its clocks.
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "UTC", "Europe/Paris", "01:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "UTC", "Europe/Paris", "03:00"),
        # In winter the clocks of London show UTC, in summer they do not.
        (datetime(2027, 1, 1, 12, 0, tzinfo=UTC), "UTC", "Europe/London", ""),
        (datetime(2027, 7, 1, 12, 0, tzinfo=UTC), "UTC", "Europe/London", "13:00"),
        (datetime(2027, 1, 1, 12, 0, tzinfo=UTC), "UTC", "Pacific/Chatham", "2 January, 01:45"),
    ],
)
def test_the_readers_clock(moment: datetime, where: str, reader: str | None, yours: str) -> None:
    assert your_time(moment, where, reader) == yours


def test_a_deadline_in_words() -> None:
    assert moment_in_words(DEADLINE, JAKARTA) == "14 March 2027, 23:59 Jakarta time"
    assert moment_in_words(DEADLINE, JAKARTA, "Europe/Paris") == "14 March 2027, 23:59 Jakarta time (17:59 your time)"
    assert moment_in_words(DEADLINE, "UTC") == "14 March 2027, 16:59 UTC time"


def test_a_sentence_is_marked_for_the_browser_or_says_it_at_once() -> None:
    sentence = f"Open until {moment_in_words(DEADLINE, JAKARTA)} <b>, 12 days left."
    anybody = with_reader_time(sentence, JAKARTA, None, DEADLINE)
    assert anybody == (
        'Open until <time datetime="2027-03-14T16:59Z" data-wall="2027-03-14T23:59" '
        'data-yours="14 March 2027, 23:59 Jakarta time ({time} your time)">'
        "14 March 2027, 23:59 Jakarta time</time> &lt;b&gt;, 12 days left."
    )
    somebody = with_reader_time(sentence, JAKARTA, DEADLINE, reader_zone="Asia/Yangon")
    assert "Jakarta time (23:29 your time)</time> &lt;b&gt;" in somebody
    assert "data-" not in somebody
    assert with_reader_time("Closed <i>", JAKARTA, DEADLINE) == "Closed &lt;i&gt;"


def test_zones_are_called_by_their_city() -> None:
    assert city_of("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert [city_of(one) for one in ("Asia/Kolkata", "Asia/Yangon", "Europe/Kyiv")] == ["Kolkata", "Yangon", "Kyiv"]
    for name in zone_names():
        zone(name)
        assert "_" not in city_of(name)
        assert "/" not in city_of(name)


def test_zones_stand_by_part_of_the_world() -> None:
    choices = zone_choices()
    assert list(choices) == [
        "UTC", "Africa", "Americas", "Asia", "Atlantic Ocean", "Europe", "Indian Ocean", "Oceania"
    ]  # fmt: skip
    cities = [city for _name, city in choices["Asia"]]
    assert cities.index("Jakarta") < cities.index("Jayapura") < cities.index("Jerusalem")
    assert len([1 for group in choices.values() for _ in group]) == len(zone_names())
    # What is stored stays a choice, though its name is an old one.
    assert ("Asia/Calcutta", "Kolkata") in zone_choices("Asia/Calcutta")["Asia"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_countries_stand_as_the_unicode_algorithm_orders_them(language: str) -> None:
    names = [name for _code, name in country_choices(language)]
    from pyuca import Collator

    assert names == sorted(names, key=Collator().sort_key)


def test_names_stand_as_their_language_has_them() -> None:
    french = ["Zambie", "Égypte", "Côte d’Ivoire", "Costa Rica", "eswatini", "Éthiopie", "États-Unis"]
    assert in_order(french, str, "fr") == [
        "Costa Rica", "Côte d’Ivoire", "Égypte", "eswatini", "États-Unis", "Éthiopie", "Zambie"
    ]  # fmt: skip
    # In Arabic neither the article nor hamza counts.
    assert in_order(["اليونان", "تونس", "الأردن", "إيطاليا"], str, "ar") == ["الأردن", "إيطاليا", "تونس", "اليونان"]
    # Thai writes a vowel before the consonant that it follows: เกาะ stands under ก, before ขอนแก่น.
    assert in_order(["ขอนแก่น", "เกาะ", "กรุงเทพ"], str, "th") == ["กรุงเทพ", "เกาะ", "ขอนแก่น"]
    assert in_order(["ໄຊ", "ກາ", "ເກາະ"], str, "lo") == ["ກາ", "ເກາະ", "ໄຊ"]


def test_words_are_joined_as_in_a_sentence() -> None:
    assert join_words(["a", "b", "c"]) == "a, b and c"
    assert join_words(["a"]) == "a"
    assert join_words([]) == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ar", "rtl"), ("az-Arab", "rtl"), ("uz-Latn", "ltr"), ("ar-Latn", "ltr"), ("ur-PK", "rtl"), ("km", "ltr")],
)
def test_directions(code: str, expected: str) -> None:
    assert direction(code) == expected


@pytest.mark.usefixtures("app_context")
def test_both_clocks_are_one_sentence_in_every_language() -> None:
    with in_locale("fr"):
        words = moment_in_words(DEADLINE, JAKARTA, "Europe/Paris")
        marked = with_reader_time(moment_in_words(DEADLINE, JAKARTA), JAKARTA, DEADLINE)
    assert words.count("(") == 1
    assert "17:59" in words
    assert f'data-yours="{words.replace("17:59", "{time}")}"' in marked
