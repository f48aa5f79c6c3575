"""The exact words that a point is about."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, BigId
from consult.documents.anchoring import Quote


class Quotation(Base):
    """The exact words of its paragraph that a point is about, in one edition of the draft.

    Kept as the selectors of the W3C Web Annotation Data Model; positions count code points of the plain text
    (`documents.plain`) of that edition's paragraph. Frozen with the point; withdrawing or striking the point erases it.
    """

    __tablename__ = "quotation"
    __table_args__ = (
        sa.CheckConstraint("exact <> ''", name="has_words"),
        sa.CheckConstraint('start >= 0 AND length(exact) = "end" - start', name="words_fill_the_place"),
    )

    comment_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str]
    exact: Mapped[str]
    prefix: Mapped[str]
    suffix: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]

    @property
    def quote(self) -> Quote:
        """The words with what stands around them, and where."""
        return Quote(self.exact, self.prefix, self.suffix, self.start, self.end)
