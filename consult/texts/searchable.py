"""What a table gives to be found by its words: declared beside its model, read by the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa


def _everything() -> sa.ColumnElement[bool]:
    return sa.true()


@dataclass(frozen=True)
class Searchable:
    """A kind of thing that is found by its words.

    Args:
        model: the mapped class.
        subject: its name among the translations, as its table is named.
        fields: attributes that hold words, which translations name too.
        plain: attributes that are found in every language, such as codes and references.
        language: the SQL for the language of its own words; read only with a row of the model.
        is_kept: the SQL for which rows have words to be found.
        watched: further attributes that language or `is_kept` depend on.
        is_hidden: SQL over `SearchText`: words that no list finds, such as a language edition that is not published.
    """

    model: type[Any]
    subject: str
    fields: tuple[str, ...]
    language: Callable[[], Any]
    plain: tuple[str, ...] = ()
    is_kept: Callable[[], sa.ColumnElement[bool]] = field(default=_everything)
    watched: tuple[str, ...] = ()
    is_hidden: Callable[[], sa.ColumnElement[bool]] | None = None


_declared: dict[str, Searchable] = {}


def declare(searchable: Searchable) -> None:
    """Let a kind of thing be found by its words."""
    known = _declared.setdefault(searchable.subject, searchable)
    if known.model is not searchable.model:
        raise RuntimeError(f"{searchable.subject} is declared twice")


def declared() -> Mapping[str, Searchable]:
    """Every kind that is found by its words, by subject."""
    return _declared


def kinds_of(instance: object) -> Iterator[Searchable]:
    """What was declared for the class of a row."""
    return (one for one in _declared.values() if isinstance(instance, one.model))
