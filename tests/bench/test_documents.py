"""What long texts cost: comparing two versions of 60,000 words and more, reading 5,000 blocks; printed, no limits.

The real guideline is not part of the project: without it an invented text of the same length is compared.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.documents.models import Comparison
from consult.documents.services import import_document
from consult.documents.services.comparing import lease_comparison, make_comparison, note_comparisons
from tests.bench.test_growth import median_ms
from tests.support import build

SAMPLE = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[3] / "shared" / "samples") / "nist-sp800-63-3"
VOLUMES = ("sp800-63-3", "sp800-63a", "sp800-63b", "sp800-63c")


def real_text(which: str) -> str:
    parts = [path.read_text() for volume in VOLUMES for path in sorted((SAMPLE / which / volume).glob("*.md"))]
    return "\n\n".join(parts)


def invented_text(seed: int, words: int = 60_000) -> str:
    steady, changing = random.Random(1), random.Random(seed)
    parts = []
    for number in range(words // 40):
        said = [f"word{steady.randrange(3_000)}" for _place in range(40)]
        if changing.random() < 0.3:
            said[changing.randrange(40)] = f"other{changing.randrange(3_000)}"
        parts.append((f"# {number // 50 + 1} Part\n\n" if number % 50 == 0 else "") + " ".join(said) + ".")
    return "\n\n".join(parts)


def two_versions(first: str, second: str) -> None:
    staff = build.desk()
    round_ = build.consultation_in_setup(staff.host, staff.manager)
    now = utc_now()
    import_document(round_, first, language="en", actor=staff.manager, now=now)
    build.consultations.open_round(round_, actor=staff.manager, now=now)
    build.close(round_)
    following = build.consultations.create_round(round_.consultation, actor=staff.manager, now=now)
    build.consultations.update_introduction(following, {"en": "New."}, actor=staff.manager, now=now)
    build.set_dates(following, now - build.timedelta(minutes=1), now + build.timedelta(days=30))
    import_document(following, second, language="en", actor=staff.manager, now=now)
    build.consultations.open_round(following, actor=staff.manager, now=now)
    db.session.commit()


def test_comparing_two_long_versions(app: Flask, client: FlaskClient) -> None:
    there_is = SAMPLE.is_dir()
    texts = (
        [real_text("draft_public-draft_tag"), real_text("final")] if there_is else [invented_text(2), invented_text(3)]
    )
    with app.test_request_context():
        two_versions(*texts)
    with app.app_context():
        note_comparisons(now=utc_now())
        db.session.commit()
        key = lease_comparison(now=utc_now())
        assert key is not None
        start, begun = time.perf_counter(), time.process_time()
        make_comparison(key, file_store())
        db.session.commit()
        seconds, computed = time.perf_counter() - start, time.process_time() - begun
        row = db.session.scalars(sa.select(Comparison)).one()
        size = len(file_store().get(row.sha256 or ""))
    print(
        f"\n  comparing {len(texts[0].split()):,} with {len(texts[1].split()):,} words"
        f" ({'the real guideline' if there_is else 'an invented text'}): {seconds:.2f} s, {computed:.2f} s of it computed, kept in {size:,} bytes"
    )
    path = "/en/consultations/minerals/compare"
    for query in ({}, {"only": "changed"}):
        page = client.get(path, query_string=query)
        ms = median_ms(lambda query=query: client.get(path, query_string=query))
        print(f"  a page of it {query or ''}: {ms:.0f} ms, {len(page.data):,} bytes")


def test_reading_5_000_blocks_whole_and_by_sections(app: Flask, client: FlaskClient) -> None:
    source = "\n\n".join(
        f"# {section + 1} Section\n\n" + "\n\n".join(f"Words {section}.{place} " + "of it " * 20 for place in range(49))
        for section in range(100)
    )
    with app.test_request_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        import_document(round_, source, language="en", actor=staff.manager, now=utc_now())
        build.consultations.open_round(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
    for how in ("sections", "whole"):
        path = f"/en/consultations/minerals/draft?read={how}"
        start = time.perf_counter()
        page = client.get(path, headers={"Accept-Encoding": "br"})
        cold = (time.perf_counter() - start) * 1000
        with build.count_queries(app) as queries:
            client.get(path)
        ms = median_ms(lambda path=path: client.get(path))
        print(
            f"  {how}: {cold:.0f} ms cold, {ms:.0f} ms warm, {len(queries)} queries, {len(page.data):,} bytes on the wire"
        )
