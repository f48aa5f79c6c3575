"""Reading the files that were brought, one after the other, each in a process of its own."""

from __future__ import annotations

import io

from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db, unit_of_work
from consult.core.errors import NotFound
from consult.core.leasing import work_off
from consult.documents.importing.reading import Unreadable, read_source
from consult.documents.models import Proposal
from consult.documents.services.understanding import (
    finish_reading,
    keep_progress,
    lease_proposal,
    let_go,
    refuse_proposal,
    take_reading,
)

# What is left of a hundred for writing it down and for matching it.
OF_READING = 0.8


class NoLongerWanted(Exception):
    """The proposal was dropped while it was being read."""


def read_waiting_proposals() -> int:
    """Read the files that wait; returns how many. A failure is kept with the proposal; none keeps another waiting."""

    def read(proposal_id: int) -> bool:
        try:
            return read_proposal(proposal_id)
        except NoLongerWanted:
            return False
        except (Unreadable, NotFound) as error:
            with unit_of_work():
                refuse_proposal(proposal_id, str(error.code) if isinstance(error, Unreadable) else "damaged")
            return False

    def keep(proposal_id: int, _error: str) -> None:
        let_go(proposal_id, now=utc_now())

    return work_off("reading", lambda: lease_proposal(now=utc_now()), read, keep)


def read_proposal(proposal_id: int) -> bool:
    """Read one file that was taken up; no transaction is open while its process runs.

    Raises:
        Unreadable: with the reason.
        NoLongerWanted: it was dropped meanwhile.
    """
    digest = db.session.get_one(Proposal, proposal_id).source_sha256
    db.session.rollback()
    if digest is None:
        raise NoLongerWanted
    last = -1

    def told(percent: int) -> None:
        nonlocal last
        done = int(percent * OF_READING)
        if not keep_progress(proposal_id, max(done, last, 0), now=utc_now()):
            raise NoLongerWanted
        last = max(done, last)

    told(0)
    read = read_source(io.BytesIO(file_store().get(digest)), told=told)
    with unit_of_work():
        is_wanted = take_reading(proposal_id, read)
    if not is_wanted or not keep_progress(proposal_id, 90, now=utc_now()):
        raise NoLongerWanted
    with unit_of_work():
        return finish_reading(proposal_id)
