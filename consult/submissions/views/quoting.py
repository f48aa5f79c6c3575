"""What a point is about: the paragraph, its words in one edition, and those of them that were selected in the draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from consult.consultations.models import Round
from consult.consultations.queries import held
from consult.consultations.views.editions import reading_language
from consult.core.locale import current_locale
from consult.documents.anchoring import quote_at
from consult.documents.models import Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries import Place, find_version, paragraph_texts, places_of, text_of
from consult.submissions.forms.quoting import place_of
from consult.submissions.models import Comment
from consult.texts.values import LocalizedText

_PLACE = re.compile(r"(\d{1,7})-(\d{1,7})")


@dataclass(frozen=True)
class AboutWords:
    """A paragraph as it stands above the form of a point; nothing of it where a point is about the text in general.

    Args:
        paragraph: of the draft.
        place: what to call it.
        present: its words, in the edition that the quote is of, or that is read.
        edition: that the address has to name, because it is not the one that this reader gets by themselves.
    """

    paragraph: Paragraph | None = None
    place: Place | None = None
    present: LocalizedText | None = None
    edition: str | None = None

    @property
    def plain(self) -> str:
        """The words in which positions are counted."""
        if self.paragraph is None or self.present is None:
            return ""
        return plain_text(self.paragraph.kind, self.present.text)

    @property
    def language(self) -> str:
        """Of these words."""
        return self.present.language if self.present is not None else ""

    @property
    def number(self) -> str:
        """What stands before the words, and may be copied along."""
        return self.paragraph.number if self.paragraph is not None else ""

    def selected(self, values: Mapping[str, str]) -> tuple[str, str]:
        """The words that an address points at, as the fields of the form show them; nothing where they moved since.

        Args:
            values: `place`, where they begin and end in the plain text of the paragraph, and `length`, how many code
                points that has where they were selected.
        """
        plain, at = self.plain, _PLACE.fullmatch(values.get("place", ""))
        if at is None or values.get("length") != str(len(plain)):
            return "", ""
        start, end = int(at[1]), int(at[2])
        if not start < end <= len(plain):
            return "", ""
        quote = quote_at(plain, start, end)
        return quote.exact, place_of(quote)


def about_words(round_: Round, paragraph: Paragraph | None, comment: Comment | None) -> AboutWords:
    """What stands above the form: in the edition that was quoted, else the one that was read, else the reader's."""
    version = find_version(round_)
    if paragraph is None or version is None:
        return AboutWords()
    reader = reading_language(round_.consultation)
    quoted = comment.quotation.language if comment is not None and comment.quotation is not None else reader
    present = text_of(paragraph, paragraph_texts([paragraph], quoted), version.language)
    by_themselves = held(round_.consultation, current_locale().code) or version.language
    edition = present.language if present.language != by_themselves else None
    return AboutWords(paragraph, places_of([paragraph], reader, actor=None)[paragraph.id], present, edition)
