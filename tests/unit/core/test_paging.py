"""Keys of pages: what somebody types there reaches no database unless it fits the columns."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import sqlalchemy as sa

from consult.core.db import BigId, PlainText
from consult.core.errors import NotFound
from consult.core.paging import decode_key, encode_key

TYPES: list[Any] = [PlainText(), sa.Integer(), BigId]


def test_a_key_gives_back_its_values() -> None:
    assert decode_key(encode_key(["Ministère", 3, 2**40]), TYPES) == ["Ministère", 3, 2**40]


@pytest.mark.parametrize(
    "values",
    [
        ["a", 1],
        ["a", 1, 1, 1],
        [1, 1, 1],
        ["a", "1", 1],
        ["a", True, 1],
        ["a", 1.5, 1],
        ["a", None, 1],
        ["a", 2**31, 1],
        ["a", 1, 2**63],
        ["a\x00", 1, 1],
        ["\ud800", 1, 1],
    ],
)
def test_values_that_do_not_fit_the_columns(values: list[object]) -> None:
    with pytest.raises(NotFound):
        decode_key(encode_key(values), TYPES)


@pytest.mark.parametrize("content", [b"{}", b'"a"', b"[" * 100_000, b"\xff\xfe", b"", b"9" * 5_000])
def test_what_is_no_list(content: bytes) -> None:
    with pytest.raises(NotFound):
        decode_key(base64.urlsafe_b64encode(content).decode(), TYPES)


@pytest.mark.parametrize("key", ["é", "a", "====", "\x00", "[1]"])
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(NotFound):
        decode_key(key, TYPES)
