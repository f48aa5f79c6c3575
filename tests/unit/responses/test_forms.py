"""What a form says of the points it is about."""

from __future__ import annotations

import pytest

from consult.core.secrets import random_reference
from consult.responses.forms import read_seen

ONE, TWO = (f"MIN-1-{random_reference()}" for _ in range(2))


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([], {}),
        ([ONE], {ONE: 0}),
        ([f"{ONE}:3"], {ONE: 3}),
        ([ONE.lower()], {ONE: 0}),
        ([f"{ONE}:1 {TWO}:2"], {ONE: 1, TWO: 2}),
        ([ONE, f"{TWO}:2"], {ONE: 0, TWO: 2}),
        ([f"{ONE}:", f"{TWO}:x"], {ONE: 0, TWO: 0}),
        ([f"{ONE}:-1", f"{TWO}:1e3"], {ONE: 0, TWO: 0}),
        ([f"{ONE}:٣"], {ONE: 0}),
        ([f"{ONE}:99999999999999999999"], {ONE: 0}),
        (["", ":", "odd", "MIN-1-000000x", "\x00"], {}),
    ],
)
def test_references_and_the_versions_seen_are_read(values: list[str], seen: dict[str, int]) -> None:
    assert read_seen(values) == seen


def test_the_order_of_choosing_is_kept() -> None:
    assert list(read_seen([TWO, ONE])) == [TWO, ONE]
