"""How the cost of a page grows with what it shows and with what the round holds: figures and ratios, no limits.

Each figure is the median of several runs in this process, beside `/healthz` on the same machine in the same minute.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import fold_waiting_counters
from consult.publication.services import build_release, request_release
from consult.submissions.models import Comment
from consult.submissions.services import assign_references
from tests.support import build

RUNS = 9


def median_ms(act: Callable[[], Any]) -> float:
    act()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def say(name: str, milliseconds: float, baseline: float) -> None:
    print(f"  {name:<58} {milliseconds:9.1f} ms  {milliseconds / baseline:8.1f} × healthz")


def grow(app: Flask, number: int, paragraphs: int) -> None:
    """A round with that many published points, spread over its paragraphs."""
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(
            staff.host, staff.manager, slug=f"round-{number}", code=f"R{number}", paragraphs=paragraphs
        )
        for _ in range(0, number, 500):
            author = build.person("Author")
            build.submit(
                round_, author, *[f"A point of some length, number {n}. " * 8 for n in range(min(500, number))]
            )
        build.publish(round_, staff.moderator)
        db.session.commit()
        fold_waiting_counters()


def test_pages_by_the_number_of_points(app: Flask, client: FlaskClient) -> None:
    print(f"\n{app.config['SQLALCHEMY_ENGINES']['default']['url']!s:.12}")
    healthz = median_ms(lambda: client.get("/healthz"))
    say("healthz", healthz, healthz)
    sizes = (10, 1_000, 10_000)
    for number in sizes:
        grow(app, number, 40)
    for page in ("draft", "comments", "comments?words=length", ""):
        for number in sizes:
            cost = median_ms(lambda n=number, p=page: client.get(f"/en/consultations/round-{n}/{p}".rstrip("/")))
            say(f"{page or 'consultation'} with {number:,} points", cost, healthz)


def test_the_draft_by_its_length(app: Flask, client: FlaskClient) -> None:
    healthz = median_ms(lambda: client.get("/healthz"))
    print()
    for paragraphs in (50, 500, 1_500):
        with app.app_context():
            staff = build.desk()
            build.open_consultation(
                staff.host, staff.manager, slug=f"long-{paragraphs}", code=f"L{paragraphs}", paragraphs=paragraphs
            )
            db.session.commit()
        cost = median_ms(lambda n=paragraphs: client.get(f"/en/consultations/long-{n}/draft"))
        say(f"draft of {paragraphs:,} paragraphs", cost, healthz)


def test_submitting_and_releasing(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        people = [build.person(f"Author {n}") for n in range(40)]
        db.session.commit()
        began = time.perf_counter()
        for author in people:
            build.submit(round_, author, "One point.", "Another one.")
            db.session.commit()
        each = (time.perf_counter() - began) / len(people)
        print(f"\n  a submission of two points, committed durably       {1000 * each:9.1f} ms")
        build.submit(round_, build.person("Many"), *[f"Point {n}" for n in range(500)])
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        release = request_release(round_, actor=staff.manager, now=utc_now())
        began = time.perf_counter()
        build_release(release.id, now=utc_now())
        print(f"  a release of 580 points, built                      {1000 * (time.perf_counter() - began):9.1f} ms")
        db.session.commit()
        points = [Comment() for _ in range(10_000)]
        began = time.perf_counter()
        assign_references(points, round_)
        print(f"  10,000 references                                   {1000 * (time.perf_counter() - began):9.1f} ms")
