"""Time zones in words, and one moment by two clocks: that of a consultation and that of whoever reads."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale as BabelLocale
from markupsafe import Markup, escape

from consult.core.clock import zone_names
from consult.core.collation import in_order
from consult.core.locale import current_locale, format_day_of_year, format_moment, format_time, pgettext
from consult.core.locale import gettext as _

# The first part of a zone's name; CLDR's number of that part of the world.
_REGIONS = {"Africa": "002", "America": "019", "Asia": "142", "Australia": "009", "Europe": "150", "Pacific": "009"}
_OCEANS = ("Atlantic", "Indian")


@lru_cache(maxsize=2048)
def _city(zone: str, locale: BabelLocale) -> str:
    # CLDR knows some cities by the zone's former name alone, and leaves out those that the name itself spells.
    known = locale.time_zones.get(zone) or locale.time_zones.get(_FORMER.get(zone, "")) or {}
    return str(known.get("city") or zone.rpartition("/")[2].replace("_", " "))


_FORMER = {
    "Africa/Asmara": "Africa/Asmera",
    "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
    "America/Argentina/Catamarca": "America/Catamarca",
    "America/Argentina/Cordoba": "America/Cordoba",
    "America/Argentina/Jujuy": "America/Jujuy",
    "America/Argentina/Mendoza": "America/Mendoza",
    "America/Atikokan": "America/Coral_Harbour",
    "America/Indiana/Indianapolis": "America/Indianapolis",
    "America/Kentucky/Louisville": "America/Louisville",
    "America/Nuuk": "America/Godthab",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Kathmandu": "Asia/Katmandu",
    "Asia/Kolkata": "Asia/Calcutta",
    "Asia/Yangon": "Asia/Rangoon",
    "Atlantic/Faroe": "Atlantic/Faeroe",
    "Europe/Kyiv": "Europe/Kiev",
    "Pacific/Chuuk": "Pacific/Truk",
    "Pacific/Kanton": "Pacific/Enderbury",
    "Pacific/Pohnpei": "Pacific/Ponape",
}


def city_of(zone: str) -> str:
    """The city that a zone is called by, in the current locale; never the name that computers use."""
    return "UTC" if zone == "UTC" else _city(zone, current_locale().babel)


def _region_of(zone: str) -> str:
    """The heading in a list of zones."""
    part = zone.partition("/")[0]
    if part in _OCEANS:
        return {
            "Atlantic": pgettext("part of the world", "Atlantic Ocean"),
            "Indian": pgettext("part of the world", "Indian Ocean"),
        }[part]
    return str(current_locale().babel.territories.get(_REGIONS.get(part, ""), part))


def zone_choices(stored: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Zones by part of the world, each by its city, in the order of the reader's language; UTC first.

    Args:
        stored: one that must be among them, also under a name that is no longer the zone's own.
    """
    language = current_locale().code
    names = [name for name in zone_names() if name != "UTC"]
    if stored and stored != "UTC" and stored not in names:
        names.append(stored)
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        regions.setdefault(_region_of(name), []).append((name, city_of(name)))
    ordered = in_order(regions.items(), lambda item: item[0], language)
    return {"UTC": [("UTC", "UTC")]} | {
        region: in_order(cities, lambda choice: choice[1], language) for region, cities in ordered
    }


def moment_in_words(moment: datetime, zone: str, reader_zone: str | None = None) -> str:
    """A deadline: date, time, whose clock, and what the reader's own clock shows if that is another.

    As in "14 March 2027, 23:59 Jakarta time (17:59 your time)".

    Args:
        moment: aware.
        zone: the IANA zone whose clock counts.
        reader_zone: that of whoever reads, if it is known.
    """
    yours = your_time(moment, zone, reader_zone)
    if yours:
        return _both_clocks(moment, zone, yours)
    return _("%(moment)s %(city)s time", moment=format_moment(moment, zone), city=city_of(zone))


def _both_clocks(moment: datetime, zone: str, yours: str) -> str:
    return _(
        "%(moment)s %(city)s time (%(time)s your time)",
        moment=format_moment(moment, zone),
        city=city_of(zone),
        time=yours,
    )


def your_time(moment: datetime, zone: str, reader_zone: str | None) -> str:
    """What the reader's clock shows, with the day where it is another; empty where both show the same."""
    if not reader_zone:
        return ""
    theirs, ours = moment.astimezone(ZoneInfo(reader_zone)), moment.astimezone(ZoneInfo(zone))
    if theirs.utcoffset() == ours.utcoffset():
        return ""
    time = format_time(theirs)
    if theirs.date() != ours.date():
        time = _("%(day)s, %(time)s", day=format_day_of_year(theirs), time=time)
    return time


def with_reader_time(sentence: str, zone: str, *moments: datetime | None, reader_zone: str | None = None) -> Markup:
    """A sentence in which deadlines stand, with each of them marked so that the reader's own time can stand in it too.

    Where the reader's zone is known it stands there at once; else the page's script adds it, if the browser's clock
    shows another time: pages that are the same to all cannot know who reads.

    Args:
        sentence: with words that `moment_in_words` gave.
        zone: of the consultation.
        moments: that may stand in it.
        reader_zone: of whoever reads, if it is known.
    """
    marked = escape(sentence)
    for moment in moments:
        words = escape(moment_in_words(moment, zone)) if moment else ""
        if moment and words in marked:
            marked = marked.replace(words, _time_element(moment, zone, words, reader_zone), 1)
    return marked


def _time_element(moment: datetime, zone: str, words: str, reader_zone: str | None) -> Markup:
    utc = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    if reader_zone:
        return Markup('<time datetime="{}">{}</time>').format(utc, moment_in_words(moment, zone, reader_zone))
    wall = moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    template = _both_clocks(moment, zone, "{time}")
    return Markup('<time datetime="{}" data-wall="{}" data-yours="{}">{}</time>').format(utc, wall, template, words)
