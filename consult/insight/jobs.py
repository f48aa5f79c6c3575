"""Background work of figures."""

from __future__ import annotations

import structlog

from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.insight.queries import rounds_to_count
from consult.insight.services import count_figures

log = structlog.get_logger()


def count_daily_figures() -> int:
    """Count the figures of every round whose day has begun; returns of how many. No round waits for another."""
    done = 0
    for round_id in rounds_to_count(utc_now()):
        try:
            with unit_of_work():
                done += count_figures(db.session.get_one(Round, round_id), now=utc_now())
        except Exception as error:  # the next sweep tries again
            log.error("counting failed", round=round_id, error=type(error).__name__)
    return done
