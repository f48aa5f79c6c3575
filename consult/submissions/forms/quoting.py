"""The words of its paragraph that a point is about, as they are typed, pasted or selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from consult.core.errors import BadInput
from consult.core.forms import Form, LongTextField, RadioField
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.documents.anchoring import QUOTE_MAX, Quote, make_quote
from consult.submissions.models import Comment

_BESIDE = 30


class QuoteForm(Form):
    """Fields that say which words are meant; which of several places, only where that is open."""

    quote = LongTextField(_l("The words that you mean"), limit=2 * QUOTE_MAX)
    quote_place = RadioField(_l("Which passage do you mean?"), validate_choice=False)

    def __init__(self, *, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data=data, **options)
        self.quote_place.choices = []

    def find_in(self, text: str, number: str) -> Quote | None:
        """The quote that is meant; None where the field is empty.

        Args:
            text: the plain text of the paragraph.
            number: of the heading, or the mark of the list item, which may have been copied along.

        Raises:
            BadInput: it does not stand there, or in several places; `quote_place` then offers what may be meant.
        """
        words = self.quote.data or ""
        if not words.strip():
            return None
        made = make_quote(text, words, number=number)
        if made.quote is not None:
            return made.quote
        offered = [*made.quotes, *([made.nearest] if made.nearest else [])]
        chosen = next((one for one in offered if place_of(one) == self.quote_place.data), None)
        if chosen is not None:
            return chosen
        self.quote_place.choices = [(place_of(one), _in_its_place(one)) for one in offered[:20]]
        self.quote_place.data = None
        if made.quotes:
            raise BadInput(_("These words stand in several places. Choose which of them you mean."), "quote")
        if made.nearest:
            sentence = _("These words do not stand in the paragraph above. Choose the passage below, if you mean it.")
            raise BadInput(sentence, "quote")
        raise BadInput(
            _("These words do not stand in the paragraph above. Copy them from there, or leave this empty."), "quote"
        )


def quote_data(comment: Comment | None, selected: Sequence[str] = ("", "")) -> dict[str, str]:
    """What the fields hold at first: the words that the point is about, or those that were selected in the draft."""
    if comment is not None and comment.quotation is not None:
        return {"quote": comment.quotation.exact, "quote_place": place_of(comment.quotation.quote)}
    return {"quote": selected[0], "quote_place": selected[1]}


def place_of(quote: Quote) -> str:
    """A place as a form sends it."""
    return f"{quote.start}-{quote.end}"


def _in_its_place(quote: Quote) -> str:
    """A passage with a few words before and after it, so that two of the same words can be told apart."""
    before, after = quote.prefix[-_BESIDE:], quote.suffix[:_BESIDE]
    start = ("…" if len(quote.prefix) > _BESIDE else "") + before
    words = quote.exact if len(quote.exact) <= 300 else f"{quote.exact[:150]} … {quote.exact[-150:]}"
    return f"{start}“{words}”{after}" + ("…" if len(quote.suffix) > _BESIDE else "")
