"""Once a day: forget what is kept no longer, each step in a transaction of its own."""

from __future__ import annotations

import structlog

from consult.core.clock import utc_now
from consult.core.db import unit_of_work
from consult.privacy.queries import hosts_to_look_at, is_instance_done
from consult.privacy.services.retaining import (
    AT_ONCE,
    close_unused_account,
    finish_instance,
    forget_drafts_of,
    forget_logs,
    list_unused_accounts,
    tell_unused_account,
)

log = structlog.get_logger()


def forget_what_is_kept_no_longer() -> int:
    """Keep to what hosts promise about drafts, accounts, security events and logs; returns how much was forgotten."""
    now = utc_now()
    with unit_of_work():
        hosts, is_done = hosts_to_look_at(now.date()), is_instance_done(now.date())
    done = sum(_forget_drafts(host_id) for host_id in hosts)
    if not is_done:
        done += _forget_logs() + _close_accounts()
        with unit_of_work():
            finish_instance(now=utc_now())
    return done


def _forget_drafts(host_id: int) -> int:
    done = 0
    while True:
        try:
            with unit_of_work():
                number = forget_drafts_of(host_id, now=utc_now())
        except Exception as error:  # no host waits for another; the next sweep tries again
            log.error("forgetting drafts failed", host=host_id, error=type(error).__name__)
            return done
        done += number
        if number < AT_ONCE:
            return done


def _forget_logs() -> int:
    done = 0
    while True:
        with unit_of_work():
            number = forget_logs(now=utc_now())
        done += number
        if not number:
            return done


def _close_accounts() -> int:
    done = 0
    last: int | None = 0
    while last is not None:
        with unit_of_work():
            accounts, last = list_unused_accounts(after=last, now=utc_now())
        for account_id in accounts:
            try:
                with unit_of_work():
                    tell_unused_account(account_id, now=utc_now())
                with unit_of_work():
                    done += close_unused_account(account_id, now=utc_now())
            except Exception as error:  # no account waits for another; tomorrow it is looked at again
                log.error("closing an unused account failed", error=type(error).__name__)
    return done
