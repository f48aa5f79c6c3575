"""A word from the middle of a sentence of real texts in fifteen languages; the table stands in docs/search.md.

The samples are not part of the project: without them this is skipped.
"""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.db import db
from consult.texts.finding import matching
from consult.texts.models import SearchText
from consult.texts.tokens import RULES, token_rows

SAMPLES = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[4] / "shared" / "samples")
DOCS = Path(__file__).parents[3] / "docs" / "search.md"
# Of each language: a word, and the same as it is typed by who leaves marks, case or joiners out.
WORDS = {
    "arb": ("الحريّة", "الحرية"),
    "cmn_hans": ("自由", "由"),
    "eng": ("conscience", "CONSCIENCE"),
    "fra": ("déclaration", "declaration"),
    "ind": ("kemerdekaan", "Kemerdekaan"),
    "khm": ("សេរីភាព", "សេរី\u200bភាព"),
    "lao": ("ເສລີພາບ", "ເສລີ\u200bພາບ"),
    "mya": ("လွတ်လပ်", "လွတ်\u200bလပ်"),
    "por_BR": ("consciência", "consciencia"),
    "rus": ("совестью", "СОВЕСТЬЮ"),
    "spa": ("razón", "razon"),
    "swh": ("akili", "AKILI"),
    "tgl": ("karapatan", "Karapatan"),
    "tha": ("เสรีภาพ", "เสรี\u200bภาพ"),
    "vie": ("quyền", "quyen"),
}


def paragraphs(file: Path) -> tuple[str, list[str]]:
    """The language of a file, and its paragraphs as plain words."""
    source = file.read_text(encoding="utf-8")
    language = re.search(r'lang="([^"]+)"', source)
    pieces = re.findall(r"<(?:p|h\d|li)[^>]*>(.*?)</(?:p|h\d|li)>", source, re.DOTALL)
    words = [unescape(re.sub(r"<[^>]+>", "", piece)).strip() for piece in pieces]
    return (language.group(1) if language else file.stem), [piece for piece in words if piece]


@pytest.mark.skipif(not (SAMPLES / "udhr").is_dir(), reason="the samples are not here")
def test_the_table_in_the_docs_is_what_is_found(app: Flask) -> None:
    table = DOCS.read_text(encoding="utf-8")
    column = 5 if "sqlite" in str(app.config["SQLALCHEMY_ENGINES"]["default"]["url"]) else 6
    with app.app_context():
        for place, (name, typed) in enumerate(WORDS.items()):
            language, texts = paragraphs(SAMPLES / "udhr" / f"{name}.html")
            rows = [
                {
                    "subject": name, "subject_id": number, "field": "text", "language": language, "part": part,
                    "tokens": tokens, "rules": RULES,
                }
                for number, text in enumerate(texts)
                for part, tokens in enumerate(token_rows(text))
            ]  # fmt: skip
            db.session.execute(sa.insert(SearchText), rows)
            hits = [_count(name, word) for word in typed]
            assert min(hits) > 0, name
            shown = "".join(word.replace("\u200b", "·") + " | " for word in typed)
            line = f"| {language} | {len(texts)} | {shown}"
            (row,) = [one for one in table.splitlines() if one.startswith(line)]
            assert row.split("|")[column].strip() == f"{hits[0]}, {hits[1]}", (place, row)


def _count(subject: str, words: str) -> int:
    key = SearchText.subject_id
    keys: dict[str, Any] = {subject: key}
    found = sa.select(sa.func.count(sa.distinct(key))).where(SearchText.subject == subject, *matching(words, **keys))
    return db.session.scalar(found) or 0
