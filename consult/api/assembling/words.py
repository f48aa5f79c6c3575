"""What every resource needs: who translated its words, addresses, what is to be said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from consult.api.resources import Meta, TranslatedField, TranslationOf
from consult.consultations.models import Consultation
from consult.core.context import absolute_url
from consult.core.locale import DEFAULT, find_locale
from consult.publication.formats import ILLUSTRATION, STATEMENT
from consult.texts.values import LocalizedText


def list_made(name: TranslatedField, translations: Sequence[LocalizedText]) -> list[TranslationOf]:
    """Translations of one field with who or what made them and when."""
    return [
        TranslationOf(
            field=name,
            language=one.language,
            text=one.text,
            origin=one.provenance.origin,
            made_with=one.provenance.made_with,
            made_on=one.provenance.made_at.date(),
            stale=one.is_stale,
            contested=one.is_contested,
        )
        for one in translations
        if one.provenance is not None
    ]


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
