"""The worker: one sweep that does whatever the record says is to be done. Huey runs it and wakes it.

What is to be done is a row (an unsent message, a release being built, an entry without its place): a sweep that is
killed is simply made again, and every part of it can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask import Flask
from huey import Huey, SqliteHuey, crontab

from consult.accounts.throttling import forget_attempts
from consult.api.services import place_changes
from consult.app import create_app
from consult.commitments.services import find_host_to_remind, remind_managers
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store, settings
from consult.core.counters import fold_counters
from consult.core.db import db, empty_log, unit_of_work
from consult.core.errors import NotFound
from consult.core.idempotency import forget_keys
from consult.core.leasing import work_off
from consult.core.memory import close_memory
from consult.core.orphans import forget_orphans
from consult.core.settings import Settings
from consult.core.wake import set_waker
from consult.documents.jobs import read_waiting_proposals
from consult.documents.services.comparing import (
    keep_comparison_failure,
    lease_comparison,
    make_comparison,
    note_comparisons,
)
from consult.files.models import StoredFile
from consult.files.queries import find_to_scan
from consult.files.scanning import ScannerAway, ScannerBrokeOff, scan
from consult.files.services import release_waiting_files, take_verdict
from consult.insight.jobs import count_daily_figures
from consult.intake.services import forget_old_tables
from consult.ledger.services import sequence_entries
from consult.mail.services import deliver_mail, lease_mail, make_delivery
from consult.privacy.jobs import forget_what_is_kept_no_longer
from consult.protection.services import lapse_old_proposals
from consult.publication.annotated import forget_outdated_files
from consult.publication.queries import find_outdated_release
from consult.publication.services import (
    build_release,
    forget_retired_files,
    keep_failure,
    lease_release,
    reissue_release,
)
from consult.responses.telling import find_submission_to_tell, tell_of_translations
from consult.submissions.services import (
    find_rounds_to_lift,
    forget_expired_drafts,
    forget_expired_openings,
    lift_due,
    tell_of_virus,
)
from consult.translating.exchanging import forget_old_files

log = structlog.get_logger()


def deliver_waiting_mail() -> int:
    """Deliver what is due; returns how many messages went."""
    config = settings()
    deliver = make_delivery(config)
    sent = 0
    while (mail_id := lease_mail(now=utc_now())) is not None:
        sent += deliver_mail(mail_id, settings=config, deliver=deliver, now=utc_now())
    return sent


def build_waiting_releases() -> int:
    """Build the releases that were asked for; returns how many. A failure is kept with the release."""

    def build(release_id: int) -> None:
        with unit_of_work():
            build_release(release_id, now=utc_now())

    return work_off("release", lambda: lease_release(now=utc_now()), build, keep_failure)


def make_waiting_comparisons() -> int:
    """Compare the versions that nobody compared yet, or that changed since; returns how many. A failure is kept."""
    with unit_of_work():
        note_comparisons(now=utc_now())

    def make(comparison_id: int) -> None:
        with unit_of_work():
            make_comparison(comparison_id, file_store())

    return work_off("comparison", lambda: lease_comparison(now=utc_now()), make, keep_comparison_failure)


def lift_what_is_due() -> int:
    """Let become public what was held until now; returns how many points. No round waits for another."""
    done = 0
    with unit_of_work():
        waiting = [round_.id for round_ in find_rounds_to_lift()]
    for round_id in waiting:
        try:
            with unit_of_work() as session:
                done += lift_due(session.get_one(Round, round_id), now=utc_now())
        except Exception as error:  # the next sweep tries again
            log.error("lifting failed", round=round_id, error=type(error).__name__)
    return done


def reissue_outdated_releases() -> int:
    """Reissue what shows more than the record gives; returns how many. One that fails keeps no other waiting."""
    done = 0
    tried: set[int] = set()
    while (release := find_outdated_release(besides=tried)) is not None:
        release_id = release.id
        tried.add(release_id)
        try:
            with unit_of_work():
                done += bool(reissue_release(release, now=utc_now()))
        except Exception as error:  # its files are not given out meanwhile; the next sweep tries again
            log.error("reissue failed", release=release_id, error=type(error).__name__)
    forget_retired_files(now=utc_now())  # always: a worker may have been killed between the commit and this
    return done


def forget_outdated_documents() -> int:
    """Delete the files of documents with comments that show what the record no longer gives; returns how many."""
    with unit_of_work():
        return forget_outdated_files()


def sequence_waiting_entries() -> int:
    """Give committed ledger entries their places; returns how many."""
    done = 0
    while True:
        with unit_of_work():
            number = sequence_entries()
        done += number
        if not number:
            return done


def place_waiting_changes() -> int:
    """Give what changed for the public its place, for those who follow it; returns how many."""
    done = 0
    while True:
        with unit_of_work():
            number = place_changes(now=utc_now())
        done += number
        if not number:
            return done


def fold_waiting_counters() -> int:
    """Fold counter deltas; returns how many."""
    with unit_of_work():
        return fold_counters()


def forget_what_expired() -> int:
    """Delete the keys of old forms, and the drafts that no browser can open any more; returns how many drafts."""
    now = utc_now()
    with unit_of_work():
        forget_keys(now - timedelta(days=2))
        forget_expired_openings(now)
        return forget_expired_drafts(now - timedelta(days=settings().draft_days + 1))


def remind_of_commitments() -> int:
    """Remind managers of what is due soon or overdue; returns of how many commitments. No host waits for another."""
    done = 0
    tried: set[int] = set()
    while (host_id := find_host_to_remind(now=utc_now(), besides=tried)) is not None:
        tried.add(host_id)
        try:
            with unit_of_work():
                done += remind_managers(host_id, now=utc_now())
        except Exception as error:  # the next sweep tries again
            log.error("reminder failed", host=host_id, error=type(error).__name__)
    return done


def tell_of_translated_answers() -> int:
    """Tell authors that answers can now be read in their language; returns of how many. No author waits for another."""
    done = 0
    tried: set[int] = set()
    while (submission_id := find_submission_to_tell(now=utc_now(), besides=tried)) is not None:
        tried.add(submission_id)
        try:
            with unit_of_work():
                done += tell_of_translations(submission_id, now=utc_now())
        except Exception as error:  # the next sweep tries again
            log.error("telling of a translation failed", submission=submission_id, error=type(error).__name__)
    return done


_looked_for_orphans: list[datetime] = []


def forget_orphaned_files() -> int:
    """Delete stored files that no row names, once an hour: looking through a large store takes long."""
    now = utc_now()
    if _looked_for_orphans and now - _looked_for_orphans[0] < timedelta(hours=1):
        return 0
    _looked_for_orphans[:] = [now]
    return forget_orphans(file_store(), now=now)


def forget_waiting_tables() -> int:
    """Forget the files of comment tables that nobody needs any more; returns how many."""
    with unit_of_work():
        return forget_old_tables(utc_now())


def forget_waiting_files() -> int:
    """Forget the translated files that nobody came back to; returns how many."""
    with unit_of_work():
        return forget_old_files(utc_now())


def lapse_proposals() -> int:
    """Let proposals to strike a text lapse that nobody decided in time; returns how many."""
    with unit_of_work():
        return lapse_old_proposals(now=utc_now())


def forget_counted_attempts() -> int:
    """Forget what throttles have counted, an hour after it, even if nobody tries again; returns how many."""
    with unit_of_work():
        return forget_attempts(utc_now())


def scan_waiting_files() -> int:
    """Ask the virus scanner about files that it has not seen; returns how many. While it is away they stay held."""
    address, done, last = settings().clamav_socket, 0, 0
    if not address:
        with unit_of_work():
            return release_waiting_files()
    while (file := find_to_scan(after=last)) is not None:
        last, digest = file.id, file.sha256
        db.session.rollback()  # no transaction is open while the scanner looks
        try:
            verdict = scan(file_store().get(digest or ""), address)
        except ScannerAway:
            log.error("scanner away", waiting_from=last)
            return done
        except ScannerBrokeOff:  # asked again at the next sweep; it keeps no other waiting
            log.error("scanner broke off", file=last)
            continue
        except NotFound:  # deleted in this moment
            continue
        with unit_of_work():
            found = db.session.get(StoredFile, last)
            if found is not None and take_verdict(found, verdict, store=file_store()):
                tell_of_virus(found, utc_now())
        done += 1
    db.session.rollback()
    return done


def empty_write_ahead_log() -> int:
    """Overwrite what SQLite's log still holds of words that were erased; always last, after what the sweep wrote."""
    db.session.rollback()  # nothing of its own may be open
    return int(empty_log(db.engine))


PARTS: tuple[Callable[[], int], ...] = (
    remind_of_commitments,
    tell_of_translated_answers,
    deliver_waiting_mail,
    read_waiting_proposals,
    lift_what_is_due,
    reissue_outdated_releases,
    forget_outdated_documents,
    build_waiting_releases,
    make_waiting_comparisons,
    sequence_waiting_entries,
    place_waiting_changes,
    fold_waiting_counters,
    count_daily_figures,
    forget_what_expired,
    forget_what_is_kept_no_longer,
    forget_counted_attempts,
    lapse_proposals,
    forget_waiting_tables,
    forget_waiting_files,
    scan_waiting_files,
    forget_orphaned_files,
    empty_write_ahead_log,
)


def sweep() -> dict[str, int]:
    """Do whatever is to be done; one part that fails does not keep the others from it. Returns how much of each."""
    done = {}
    for part in PARTS:
        try:
            done[part.__name__] = part()
        except Exception as error:
            db.session.rollback()
            log.error("sweep", part=part.__name__, error=type(error).__name__)
    return done


def make_huey(config: Settings) -> Huey:
    """The queue that carries wake-ups: a file of its own, which may be lost without losing work."""
    config.make_data_dir()
    return SqliteHuey("consult", filename=str(config.data_dir / "wake.db"), fsync=False)


def bind_worker(app: Flask, config: Settings) -> Huey:
    """Register the sweep with the queue, every minute and on waking, and let this process's commits wake it."""
    queue = make_huey(config)

    def run() -> None:
        with app.app_context():
            done = {name: number for name, number in sweep().items() if number}
            if done:
                log.info("sweep", **done)

    woken = queue.task(name="sweep")(run)
    queue.periodic_task(crontab(minute="*"), name="sweep_every_minute")(run)
    set_waker(woken)
    return queue


def make_web_app() -> Flask:
    """The app for the web server, whose commits wake the worker."""
    close_memory()  # again, for whoever starts it with a web server of their own
    config = Settings()
    app = create_app(config)
    bind_worker(app, config)
    return app
