"""Atom feeds: what happened, for readers that look by themselves. The same for everybody, whoever is signed in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, current_app, url_for

from consult.access.guard import public
from consult.commitments.models import Commitment
from consult.consultations.models import Consultation
from consult.consultations.queries import get_published_consultation, title_in, titles_in
from consult.core.clock import utc_now
from consult.core.context import absolute_url, settings
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.routes import same_for_all
from consult.publication.atom import Feed, FeedEntry, to_atom
from consult.publication.events import PAGES, Event, list_commitment_events, list_events, list_events_everywhere

feeds = Blueprint("feeds", __name__, url_prefix="/<locale:locale>/feeds")
MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def _titles(consultations: Collection[Consultation]) -> dict[int, str]:
    return {key: title.text for key, title in titles_in(consultations, current_locale().code).items()}


def _url(event: Event) -> str:
    if isinstance(event.about, Commitment):
        return absolute_url(url_for("commitments.commitment", reference=event.about.reference))
    return absolute_url(url_for(PAGES[event.page], slug=event.about.address))


def _is_invented(event: Event) -> bool:
    about = event.about
    return about.is_illustration if isinstance(about, Commitment) else about.consultation.is_illustration


def _entries(events: Sequence[Event], titles: dict[int, str] | None = None) -> list[FeedEntry]:
    """Events as entries; where several consultations meet, each names its own."""
    found = []
    for event in events:
        about = event.about
        consultation = about.consultation
        name = titles.get(consultation.id) if titles and consultation is not None else None
        said = [_("ILLUSTRATION: invented for demonstration; no real body or person speaks here.")]
        text = " ".join([*(said if _is_invented(event) else []), *([event.text.text] if event.text else [])])
        found.append(
            FeedEntry(
                key=event.key,
                day=event.day,
                title=_("%(consultation)s: %(event)s", consultation=name, event=event.title) if name else event.title,
                text=text,
                url=_url(event),
                language=current_locale().code,
                author=about.host.name if isinstance(about, Commitment) else about.consultation.host.name,
            )
        )
    return found


def _answer(key: str, title: str, page: str, entries: Sequence[FeedEntry], url: str, began: date) -> Any:
    locale = current_locale().code
    feed = Feed(
        key=f"feeds/{locale}/{key}",
        title=title,
        subtitle=_("Taking part is not consent (FPIC) and not agreement. A number of points is not a vote."),
        url=absolute_url(url),
        page=absolute_url(page),
        language=locale,
        entries=entries,
        began=began,
    )
    return current_app.response_class(to_atom(feed), content_type=MEDIA_TYPE)


@feeds.get("/consultations.atom")
@same_for_all
@public
def consultations() -> Any:
    """What happened in all consultations: openings, extensions, closings, releases, outcomes."""
    now = utc_now()
    events = list_events_everywhere(language=current_locale().code, now=now)
    about = {e.about.consultation_id: e.about.consultation for e in events if not isinstance(e.about, Commitment)}
    title = _("Consultations of %(name)s", name=settings().instance_name)
    entries = _entries(events, _titles(about.values()))
    return _answer("consultations", title, url_for("pages.home"), entries, url_for(".consultations"), now.date())


@feeds.get("/consultations/<slug>.atom")
@same_for_all
@public
def consultation(slug: str) -> Any:
    """What happened in one consultation."""
    found = get_published_consultation(slug)
    entries = _entries(list_events(found, language=current_locale().code, now=utc_now()))
    began = (found.published_at or found.created_at).date()
    page = url_for("pages.consultation", slug=found.slug)
    url = url_for(".consultation", slug=found.slug)
    return _answer(
        f"consultations/{found.slug}", title_in(found, current_locale().code).text, page, entries, url, began
    )


@feeds.get("/commitments.atom")
@same_for_all
@public
def commitments() -> Any:
    """Commitments that were made, changed, or are overdue."""
    now = utc_now()
    entries = _entries(list_commitment_events(language=current_locale().code, now=now))
    title = _("Commitments of %(name)s", name=settings().instance_name)
    page = url_for("commitments.register")
    return _answer("commitments", title, page, entries, url_for(".commitments"), now.date())
