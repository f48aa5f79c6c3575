"""Atom feeds (RFC 4287), written with the standard library: every word is escaped there, and in one way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from consult.core.context import settings

ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Since when the names below an instance's address are ours to give (RFC 4151); it only has to stay the same.
_YEAR = "2026"
ET.register_namespace("", ATOM)


@dataclass(frozen=True)
class FeedEntry:
    """One thing that happened.

    Args:
        key: names it for ever, below the instance: ``consultations/minerals/rounds/1/opened``.
        day: on which it happened; the hour is nobody's business.
        title: what happened, in a sentence.
        text: what more there is to say; may be empty.
        url: the page about it.
        language: of title and text.
        author: who it comes from, by name.
    """

    key: str
    day: date
    title: str
    text: str
    url: str
    language: str
    author: str


@dataclass(frozen=True)
class Feed:
    """A list of what happened, the newest first.

    Args:
        key: names it for ever, below the instance.
        title: what it is about.
        subtitle: what is to be known of all of it.
        url: its own address.
        page: the page for people that says the same.
        language: of its own words.
        entries: what happened.
        began: the day to give while nothing has happened.
    """

    key: str
    title: str
    subtitle: str
    url: str
    page: str
    language: str
    entries: Sequence[FeedEntry]
    began: date


def tag(key: str) -> str:
    """A name for ever, which no move of a page changes."""
    return f"tag:{urlsplit(settings().public_url).hostname},{_YEAR}:{key}"


def to_atom(feed: Feed) -> bytes:
    """The feed as XML."""
    root = ET.Element(f"{{{ATOM}}}feed", {_XML_LANG: feed.language})
    _add(root, "id", tag(feed.key))
    _add(root, "title", feed.title)
    if feed.subtitle:
        _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", _moment(max((entry.day for entry in feed.entries), default=feed.began)))
    _link(root, "self", feed.url, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    _add(_sub(root, "author"), "name", settings().instance_name)
    for entry in feed.entries:
        _entry(root, entry, feed)
    xml: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml}'.encode()


def _entry(root: ET.Element, entry: FeedEntry, feed: Feed) -> None:
    element = _sub(root, "entry")
    if entry.language != feed.language:
        element.set(_XML_LANG, entry.language)
    _add(element, "id", tag(entry.key))
    _add(element, "title", entry.title)
    _add(element, "updated", _moment(entry.day))
    _add(element, "published", _moment(entry.day))
    _add(_sub(element, "author"), "name", entry.author)
    _link(element, "alternate", entry.url, "text/html")
    if entry.text:
        _add(element, "summary", entry.text)


def _sub(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{ATOM}}}{name}")


def _add(parent: ET.Element, name: str, text: str) -> None:
    _sub(parent, name).text = text


def _link(parent: ET.Element, relation: str, url: str, media_type: str) -> None:
    element = _sub(parent, "link")
    for name, value in (("rel", relation), ("href", url), ("type", media_type)):
        element.set(name, value)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
