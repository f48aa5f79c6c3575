"""The condition "these rows match these words", for any list; the same set on both databases.

Each database finds the rows that hold all the tokens in its own way; that tokens stand side by side is looked up in the
stored tokens by ``LIKE``, which both answer alike. Who may read what is found is the question of the list, never of the
index.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from consult.core.burmese import OTHERS_IN_THE_SCRIPT
from consult.core.db import db
from consult.texts.models import SearchText
from consult.texts.searchable import declared
from consult.texts.tokens import Phrase, phrases

_words = sa.table("search_words", sa.column("rowid"), sa.column("search_words"))
# Written out, so that PostgreSQL knows it for the expression that it has an index on.
_vector: sa.ColumnElement[Any] = sa.literal_column("array_to_tsvector(string_to_array(btrim(search_text.tokens), ' '))")


def _has_tokens(tokens: Sequence[str], *, is_open: bool) -> sa.ColumnElement[bool]:
    """SQL over `SearchText`: all these tokens are among its own, the last one perhaps as a beginning."""
    different = list(dict.fromkeys(tokens[:-1]))
    if db.engine.dialect.name == "sqlite":
        asked = [*(f'"{token}"' for token in different), f'"{tokens[-1]}"{"*" if is_open else ""}']
        holding = sa.select(_words.c.rowid).where(_words.c.search_words.op("MATCH")(" AND ".join(asked)))
        return SearchText.id.in_(holding)
    asked = [*(f"'{token}'" for token in different), f"'{tokens[-1]}'{':*' if is_open else ''}"]
    return _vector.op("@@")(sa.cast(" & ".join(asked), TSQUERY))


def of_subject(subject: str) -> sa.ColumnElement[bool]:
    """SQL over `SearchText`: the words of a kind of thing, but what no list may find."""
    kind = declared().get(subject)
    condition = SearchText.subject == subject
    if kind is None or kind.is_hidden is None:
        return condition
    return sa.and_(condition, sa.not_(kind.is_hidden()))


def holds(phrase: Phrase) -> sa.ColumnElement[bool]:
    """SQL over `SearchText`: what one typed word asks for stands there."""
    found = [_stands_there(phrase, tokens) for tokens in phrase.alternatives]
    if phrase.as_typed:
        primary = sa.func.replace(sa.func.substr(SearchText.language, 1, 3), "-", "")
        found.append(sa.and_(_stands_there(phrase, phrase.as_typed), primary.in_(sorted(OTHERS_IN_THE_SCRIPT))))
    return sa.or_(*found)


def _stands_there(phrase: Phrase, tokens: tuple[str, ...]) -> sa.ColumnElement[bool]:
    condition = _has_tokens(tokens, is_open=phrase.is_open)
    if len(tokens) == 1:
        return condition
    return sa.and_(condition, SearchText.tokens.contains(phrase.in_a_row(tokens), autoescape=True))


def _once(subject: str, *conditions: sa.ColumnElement[bool]) -> sa.CTE:
    """The keys that have the words, looked up before anything else: PostgreSQL cannot guess how many there are."""
    statement = sa.select(SearchText.subject_id).where(of_subject(subject), *conditions)
    return statement.cte().prefix_with("MATERIALIZED")


def among(key: Any, keys: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """SQL: the key is one of those.

    PostgreSQL guesses that words are rare and would go through all the keys for each row; asked for a truth value it
    hashes them once.
    """
    condition: sa.ColumnElement[bool] = key.in_(keys)
    return condition if db.engine.dialect.name == "sqlite" else condition.is_(sa.true())


def matching(
    words: str, *, fields: Collection[str] = (), language: str = "", **keys: Any
) -> list[sa.ColumnElement[bool]]:
    """SQL: the conditions under which a row is found by words, one for each word; none where no word was typed.

    Args:
        words: what was typed, bounded by `core.text.search_words`.
        fields: look in these alone, where something is named; of a subject that has others of their name, too.
        language: look in words of this language alone.
        keys: by subject, the column that holds its key; of several subjects any may hold the word.
    """
    if not words.strip():
        return []
    narrowed = [
        *([SearchText.field.in_(list(fields))] if fields else []),
        *([SearchText.language == language] if language else []),
    ]
    asked = phrases(words)
    if not asked:
        return [sa.false()]  # signs alone are in no index, and stand for nothing
    return [
        sa.or_(
            *(
                among(key, sa.select(_once(subject, holds(phrase), *narrowed).c.subject_id))
                for subject, key in keys.items()
            )
        )
        for phrase in asked
    ]


def found_by_word(words: str, subjects: Collection[str], *, language: str = "") -> list[sa.CTE]:
    """For each typed word the texts of several kinds of things that hold it, for a statement that asks for all of them.

    Each is looked up once, however often the statement names it.

    Args:
        words: what was typed, with a letter or a digit in it.
        subjects: kinds of things.
        language: look in words of this language alone.
    """
    narrowed = [SearchText.language == language] if language else []
    of_these = sa.or_(*(of_subject(subject) for subject in subjects))
    return [
        sa.select(SearchText.subject, SearchText.subject_id, SearchText.language)
        .where(holds(phrase), of_these, *narrowed)
        .cte(f"word_{place}")
        .prefix_with("MATERIALIZED")
        for place, phrase in enumerate(phrases(words))
    ]
