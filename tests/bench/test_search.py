"""What finding costs among 20,000 points, on each database: figures and ratios, no limits."""

from __future__ import annotations

import time

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.enums import ModerationStatus
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from consult.texts.indexing import rebuild_index
from tests.bench.test_growth import median_ms, say
from tests.support import build

POINTS = 20_000
WORDS = [
    "agreements",
    "are",
    "published",
    "before",
    "they",
    "are",
    "signed",
    "and",
    "communities",
    "read",
    "them",
    "in",
    "their",
    "own",
    "language",
    "ข้อตกลงต้องเผยแพร่ก่อนลงนาม",
    "协议在签署之前必须公布",
    "المعادن",
    "الانتقالية",
]


def fill(number: int) -> int:
    """A round with that many published points, as rows; gives the key of one."""
    staff = build.desk()
    round_ = build.open_consultation(staff.host, staff.manager, paragraphs=40)
    comment = build.submit(round_, build.person("Author"), "A point with a rareword.").comments[0]
    build.publish(round_, staff.moderator)
    table = Comment.__table__
    original = dict(db.session.execute(sa.select(table).where(table.c.id == comment.id)).mappings().one())
    del original["id"]
    rows = []
    for place in range(number - 1):
        text = " ".join(WORDS[(place * 7 + n * (place % 5 + 1)) % len(WORDS)] for n in range(60)) + f" number{place}"
        rows.append({**original, "key": f"key{place}", "reference": f"MIN-1-{place:06}", "text": text})
    for start in range(0, len(rows), 1_000):
        db.session.execute(sa.insert(table), rows[start : start + 1_000])
    assert original["moderation_status"] is ModerationStatus.PUBLISHED
    return int(comment.id)


def test_finding_among_many_points(app: Flask, client: FlaskClient) -> None:
    print(f"\n{app.config['SQLALCHEMY_ENGINES']['default']['url']!s:.12}")
    with app.app_context():
        key = fill(POINTS)
        db.session.commit()
        began = time.perf_counter()
        rebuild_index(say=lambda _line: None)
        db.session.commit()
        print(f"  the index of {POINTS:,} points, made anew              {time.perf_counter() - began:9.1f} s")
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
    healthz = median_ms(lambda: client.get("/healthz"))
    for words in ("rareword", "signed", "agreements signed language", "署", "ลงนาม"):
        for path in ("/en/search", "/en/consultations/minerals/comments"):
            cost = median_ms(lambda w=words, p=path: client.get(p, query_string={"words": w}))
            say(f"{path.rpartition('/')[2]}: {words}", cost, healthz)
    with app.app_context():
        began = time.perf_counter()
        withdraw_comment(db.session.get_one(Comment, key), actor=build.person("Nobody"), now=utc_now())
        db.session.commit()
        print(
            f"  a point withdrawn, and gone from the index             {1000 * (time.perf_counter() - began):9.1f} ms"
        )
