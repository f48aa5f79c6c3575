"""Releases: rows that point at versions, and the stored files with their digests."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Round
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.storage import NAMES_A_FILE
from consult.moderation.models import ModerationDecision
from consult.publication.enums import FileKind, ReleaseStatus, Shown
from consult.responses.models import ResponseVersion
from consult.submissions.enums import PublicationSetting, Told
from consult.submissions.models import Comment


class Release(Base):
    """A numbered, immutable response log of one round; at first also the job that builds it."""

    __tablename__ = "release"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "number"),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_has_time"),
    )

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id")
    number: Mapped[int]
    status: Mapped[ReleaseStatus] = mapped_column(enum_type(ReleaseStatus), default=ReleaseStatus.BUILDING)
    requested_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    requested_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    error: Mapped[str | None]
    # Points whose authors want them counted and nothing else: they have no row.
    counted_only: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    files: Mapped[list[ReleaseFile]] = relationship(order_by="ReleaseFile.id")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


class ReleaseRow(Base):
    """One point in a release. The salt goes when the words are erased; the digest stays in the old manifest."""

    __tablename__ = "release_row"
    __table_args__ = (
        sa.UniqueConstraint("release_id", "ordinal"),
        sa.UniqueConstraint("release_id", "comment_id"),
    )

    id: Mapped[int] = primary_key()
    release_id: Mapped[int] = reference_to("release.id")
    ordinal: Mapped[int]
    comment_id: Mapped[int] = reference_to("comment.id")
    response_version_id: Mapped[int | None] = reference_to("response_version.id", nullable=True)
    decision_id: Mapped[int | None] = reference_to("moderation_decision.id", nullable=True)
    shown: Mapped[Shown] = mapped_column(enum_type(Shown))
    # How who speaks was told, in a compilation; a stricter wish since then means that the files are outdated.
    setting: Mapped[PublicationSetting | None] = mapped_column(enum_type(PublicationSetting))
    # How much the row tells of the sort of author; it told more where the author is better protected since.
    told: Mapped[Told] = mapped_column(enum_type(Told))
    salt: Mapped[str | None]
    digest: Mapped[str]

    comment: Mapped[Comment] = relationship(lazy="joined", innerjoin=True)
    response: Mapped[ResponseVersion | None] = relationship(lazy="joined")
    decision: Mapped[ModerationDecision | None] = relationship(lazy="joined")


class ReleaseFile(Base):
    """Stored bytes of a release. A reissue adds files and retires the old ones; their digests stay on record."""

    __tablename__ = "release_file"

    id: Mapped[int] = primary_key()
    release_id: Mapped[int] = reference_to("release.id")
    kind: Mapped[FileKind] = mapped_column(enum_type(FileKind))
    issue: Mapped[int]
    sha256: Mapped[str] = mapped_column(info=NAMES_A_FILE)
    size: Mapped[int]
    issued_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
