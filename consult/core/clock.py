"""Time: aware UTC inside, wall time with an IANA zone at the edges."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from consult.core.errors import BadInput
from consult.core.locale import gettext as _


def utc_now() -> datetime:
    """The present moment, aware, in UTC. Called at the edges only; services are given ``now``."""
    return datetime.now(UTC)


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Names of the zones that people live in, in order: one for each of the places in the zones' own table, without
    its aliases (Asia/Calcutta), the poles and the ships."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    names = (line.split("\t")[2].strip() for line in table.splitlines() if not line.startswith("#"))
    return ("UTC", *sorted(name for name in names if name.startswith(areas)))


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name.

    Raises:
        BadInput: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(_("Choose a time zone from the list.")) from error


def to_utc(wall: datetime, zone_name: str) -> datetime:
    """The moment that a clock in ``zone_name`` shows as ``wall`` (naive).

    A wall time that the clocks skip in spring is refused; one that they show twice in autumn means the later
    of the two, so that nobody loses an hour that was promised.

    Raises:
        BadInput: the clocks of that zone never show this time.
    """
    local = wall.replace(tzinfo=zone(zone_name), fold=1)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone(zone_name)).replace(tzinfo=None) != wall:
        raise BadInput(_("The clocks in this time zone skip that time. Choose one an hour later."))
    return moment


def to_wall(moment: datetime, zone_name: str) -> datetime:
    """What a clock in ``zone_name`` shows at ``moment``, naive."""
    return moment.astimezone(zone(zone_name)).replace(tzinfo=None)
