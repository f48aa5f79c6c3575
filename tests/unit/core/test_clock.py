"""Wall time and moments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consult.core.clock import to_utc, to_wall, zone, zone_names
from consult.core.errors import BadInput


def test_a_wall_time_is_the_moment_that_its_clock_shows() -> None:
    wall = datetime.fromisoformat("2027-03-14T23:59")
    assert to_utc(wall, "Asia/Jakarta") == datetime(2027, 3, 14, 16, 59, tzinfo=UTC)
    assert to_wall(to_utc(wall, "Asia/Jakarta"), "Asia/Jakarta") == wall


def test_a_time_shown_twice_is_the_later_one_so_that_nobody_loses_the_hour() -> None:
    assert to_utc(datetime.fromisoformat("2026-10-25T02:30"), "Europe/Paris") == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


def test_a_time_that_the_clocks_skip_is_refused(app_context: None) -> None:
    with pytest.raises(BadInput, match="skip"):
        to_utc(datetime.fromisoformat("2027-03-28T02:30"), "Europe/Paris")


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "", "/usr/share/zoneinfo/UTC"])
def test_an_unknown_zone_is_refused(name: str, app_context: None) -> None:
    with pytest.raises(BadInput):
        zone(name)


def test_zones_are_those_people_live_in() -> None:
    names = zone_names()
    assert {"UTC", "Asia/Jakarta", "Africa/Nairobi", "Asia/Ho_Chi_Minh"} <= set(names)
    assert not any(name.startswith(("Etc/", "posix", "right")) for name in names)
