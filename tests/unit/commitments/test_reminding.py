"""On which days managers are reminded, and what is said of dates."""

from __future__ import annotations

from datetime import date

import pytest

from consult.commitments.services.reminding import occasion_of

DUE = date(2027, 1, 30)


@pytest.mark.parametrize(
    ("due", "today", "occasion"),
    [
        (DUE, date(2026, 12, 30), None),
        (DUE, date(2026, 12, 31), date(2026, 12, 31)),
        (DUE, date(2027, 1, 15), date(2026, 12, 31)),
        (DUE, DUE, date(2026, 12, 31)),
        (DUE, date(2027, 1, 31), date(2027, 1, 31)),
        (DUE, date(2027, 2, 27), date(2027, 1, 31)),
        (DUE, date(2027, 2, 28), date(2027, 2, 28)),  # a shorter month ends earlier
        (DUE, date(2027, 3, 30), date(2027, 2, 28)),
        (DUE, date(2027, 3, 31), date(2027, 3, 31)),
        (DUE, date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 12, 31), date(2027, 12, 1)),
    ],
)
def test_the_occasions_of_a_day(due: date, today: date, occasion: date | None) -> None:
    assert occasion_of(due, today) == occasion
