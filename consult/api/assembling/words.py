"""What every resource needs: words in all their languages, addresses, what is to be said beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for

from consult.api.resources import Meta, Texts
from consult.consultations.models import Consultation
from consult.core.context import absolute_url
from consult.core.locale import DEFAULT, find_locale
from consult.publication.formats import ILLUSTRATION, STATEMENT
from consult.texts.queries import list_translations


class AllTexts:
    """The words of some subjects of one kind, in every language that there is of them; one query.

    Args:
        subject: kind of thing, as its table is named.
        keys: which ones.
    """

    def __init__(self, subject: str, keys: Collection[int]) -> None:
        self._found: dict[tuple[int, str], Texts] = {}
        for row in list_translations(subject, sorted(set(keys))) if keys else ():
            if row.text:
                self._found.setdefault((row.subject_id, row.field), {})[row.language] = row.text

    def of(self, key: int, field: str, original: str, language: str) -> Texts:
        """One field: the original first, then its translations by language."""
        words = {language: original} if original else {}
        return words | {
            code: text for code, text in self._found.get((key, field), {}).items() if code != language and original
        }


def meta_of(consultations: Sequence[Consultation], *, invented: bool = False) -> dict[str, Any]:
    """What stands beside every answer about these; ``invented`` where something else in it is."""
    invented = invented or any(consultation.is_illustration for consultation in consultations)
    return {"illustration": invented, "notice": f"{ILLUSTRATION} {STATEMENT}" if invented else STATEMENT}


def make_meta(consultation: Consultation) -> Meta:
    """The same for one consultation."""
    return Meta(**meta_of([consultation]))


def page_url(endpoint: str, consultation: Consultation, **values: Any) -> str:
    """The address of a page for people, in the authentic language of the consultation where the instance has it."""
    found = find_locale(consultation.authentic_language)
    return absolute_url(url_for(endpoint, locale=found.code if found else DEFAULT, **values))


def api_url(endpoint: str, **values: Any) -> str:
    """The address of a resource."""
    return absolute_url(url_for(f"api.{endpoint}", **values))
