"""Where a text is brought to: a language of a round's draft, or of the final text; the same pages for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.consultations.languages import is_in_preparation
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import current_round, get_round
from consult.core.errors import NotFound
from consult.documents.models import Proposal
from consult.documents.queries.proposals import get_in_hand

_PREFIX = "/<locale:locale>/desk/<address:slug>/document"
proposals = Blueprint("proposals_desk", __name__, url_prefix=_PREFIX)
final_text = Blueprint("final_desk", __name__, url_prefix=f"{_PREFIX}/final")

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class TextAt:
    """One language of the draft of a round or, without a round, of the final text.

    Args:
        consultation: whose text it is.
        round: whose draft; None for the final text.
        language: of the edition.
        in_preparation: whether the public does not see that language yet.
        slug: the address of the consultation or round, as it was asked for.
    """

    consultation: Consultation
    round: Round | None
    language: str
    in_preparation: bool
    slug: str

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id

    @property
    def is_authentic(self) -> bool:
        """Whether it is the text that counts in doubt."""
        return self.language == self.consultation.authentic_language

    @property
    def editing(self) -> Permission:
        """What it takes to change it."""
        return Permission.OUTCOME_RECORD if self.round is None else Permission.SETUP_EDIT

    @property
    def home(self) -> str:
        """The address of the page with all languages."""
        blueprint = "final_desk" if self.round is None else "documents_desk"
        return url_for(f"{blueprint}.document", slug=self.slug)

    @property
    def shown_round(self) -> Round:
        """The round that the page stands in; of the final text the current one."""
        return self.round or current_round(self.consultation)


@dataclass(frozen=True)
class InHand:
    """A text that was brought, at its place; ``key`` is of the block, picture or match that the address names."""

    place: TextAt
    proposal: Proposal
    key: int = 0

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.place.host_id


def load_place(slug: str, language: str, *, is_final: bool) -> TextAt:
    """The edition that an address names, there or not; in preparation too.

    Raises:
        NotFound: not a language of the consultation.
    """
    round_ = get_round(slug)
    consultation = round_.consultation
    in_preparation = language not in consultation.languages
    if in_preparation and not is_in_preparation(consultation, language):
        raise NotFound
    return TextAt(consultation, None if is_final else round_, language, in_preparation, slug)


def load_in_hand(
    slug: str, language: str, block_key: int = 0, figure_key: int = 0, match_key: int = 0, *, is_final: bool
) -> InHand:
    """The text that was brought for the edition that an address names.

    Raises:
        NotFound: not a language of the consultation, or nothing is in hand.
    """
    place = load_place(slug, language, is_final=is_final)
    return InHand(place, get_in_hand(place.consultation, place.round, language), block_key or figure_key or match_key)


def on_both(
    rule: str,
    load: Callable[..., Any] = load_in_hand,
    *,
    acts: bool = True,
    methods: Sequence[str] = ("GET",),
) -> Callable[[View], View]:
    """Put a view under the drafts and under the final text; links with a leading full stop stay where they are.

    Args:
        rule: below the page with all languages.
        load: takes the values of the address and ``is_final``.
        acts: whether it is for those who change the text alone; else all of the desk may look.
        methods: of the request.
    """

    def decorate(view: View) -> View:
        for blueprint, is_final in ((proposals, False), (final_text, True)):
            changing = Permission.OUTCOME_RECORD if is_final else Permission.SETUP_EDIT
            permission = changing if acts else Permission.DESK_READ
            guarded = requires(permission, partial(load, is_final=is_final))(view)
            blueprint.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
        return view

    return decorate
