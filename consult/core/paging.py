"""Lists paged by key: stable while rows come and go, and as fast on page 100 as on page 1."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, String, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from consult.core.errors import NotFound

PAGE_SIZE = 25

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of an ordered list; ``after`` and ``before`` are opaque keys of the neighbours, or None."""

    items: Sequence[T]
    after: str | None
    before: str | None


def encode_key(values: Sequence[Any]) -> str:
    """An opaque key for URLs from the values (numbers or text) of the ordering columns."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def decode_key(key: str, types: Sequence[TypeEngine[Any]]) -> list[Any]:
    """The values of a key.

    Args:
        key: from an address, so whatever anybody typed.
        types: of the columns; PostgreSQL compares a column with nothing of another type or beyond its range.

    Raises:
        NotFound: not a key of ours.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise NotFound from error
    if not isinstance(values, list) or len(values) != len(types):
        raise NotFound
    if not all(_fits(value, kind) for value, kind in zip(values, types, strict=True)):
        raise NotFound
    return values


def _fits(value: Any, kind: TypeEngine[Any]) -> bool:
    if isinstance(kind, Integer):
        return type(value) is int and abs(value) < 2 ** (63 if isinstance(kind, BigInteger) else 31)
    return isinstance(value, str) and not re.search(r"[\x00\ud800-\udfff]", value)


def fetch_page(
    session: Session,
    statement: Select[Any],
    columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    key_of: Callable[[Any], Sequence[Any]],
    *,
    after: str | None = None,
    before: str | None = None,
    descending: bool = False,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """One page of ``statement`` in the order of ``columns``, the last of which must be unique.

    Args:
        session: where to read.
        statement: the rows, without an order.
        columns: what they are ordered by, all in one direction.
        key_of: the values of those columns for one row; numbers or text.
        after: key of the row before the page.
        before: key of the row behind the page; ``after`` wins when both are given.
        descending: newest or largest first.
        size: rows on a page.

    Raises:
        NotFound: a key that is not ours.
    """
    backwards = before is not None and after is None
    forward_is_larger = descending == backwards
    row_value = tuple_(*columns)
    key = after or before
    if key is not None:
        types = [column.type for column in columns]
        position = tuple_(*decode_key(key, types), types=types)
        statement = statement.where(row_value > position if forward_is_larger else row_value < position)
    order = [column.asc() if forward_is_larger else column.desc() for column in columns]
    rows = list(session.scalars(statement.order_by(*order).limit(size + 1)).unique())
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    has_next = more if not backwards else True
    has_previous = more if backwards else after is not None
    return Page(
        rows,
        encode_key(key_of(rows[-1])) if has_next else None,
        encode_key(key_of(rows[0])) if has_previous else None,
    )


def page_of_list(
    items: Sequence[T],
    key_of: Callable[[T], str],
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[T]:
    """One page of a list that is there as a whole, by the keys of its items; where a key is gone, from the start.

    Args:
        items: in their order.
        key_of: what an item is found by.
        after: key of the item before the page.
        before: key of the item behind the page; ``after`` wins when both are given.
        size: items on a page.

    Raises:
        NotFound: a key that is not ours.
    """
    places = {key_of(item): place for place, item in enumerate(items)}
    start = 0
    if after is not None:
        start = places.get(_decoded(after), -1) + 1
    elif before is not None:
        start = max(0, places.get(_decoded(before), 0) - size)
    shown = items[start : start + size]
    if not shown:
        return Page([], None, None)
    return Page(
        shown,
        encode_key([key_of(shown[-1])]) if start + size < len(items) else None,
        encode_key([key_of(shown[0])]) if start > 0 else None,
    )


def _decoded(key: str) -> str:
    return str(decode_key(key, [String()])[0])
