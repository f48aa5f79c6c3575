"""Another language edition, matched with the authentic one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.documents.importing.blocks import Block, beginning_of, section_of


def match_edition(authentic: Sequence[Block], other: Sequence[Block]) -> list[Block]:
    """The blocks of another language edition under the eIds of the authentic one.

    Raises:
        BadInput: the two do not have the same sequence of blocks; the sentence names the first place that differs.
    """
    for place, (one, two) in enumerate(zip_longest(authentic, other), start=1):
        if one is None or two is None:
            longer = one or two
            raise BadInput(
                _(
                    "This edition has %(here)s blocks, the authentic one %(there)s. "
                    "The first one too many begins “%(start)s”.",
                    here=format_number(len(other)),
                    there=format_number(len(authentic)),
                    start=beginning_of(longer.text),
                ),
                "file",
            )
        if (one.kind, one.level) != (two.kind, two.level) or _numbers_differ(one, two):
            raise BadInput(
                _(
                    "Block %(place)s differs: here it is “%(here)s” (%(here_kind)s), in the authentic edition "
                    "“%(there)s” (%(there_kind)s). Both editions need the same headings, paragraphs and list items.",
                    place=format_number(place),
                    here=beginning_of(_as_written(two)),
                    here_kind=two.kind.label,
                    there=beginning_of(_as_written(one)),
                    there_kind=one.kind.label,
                ),
                "file",
            )
    return [replace(two, eid=one.eid) for one, two in zip(authentic, other, strict=True)]


def _as_written(block: Block) -> str:
    """A block as it stands in the file, near enough to be found there."""
    return f"{'#' * block.level} {block.number} {block.text}"


def _numbers_differ(one: Block, two: Block) -> bool:
    """Whether two headings have numbers of figures that differ; letters may be another alphabet's."""
    return bool(section_of(one) and section_of(two) and section_of(one) != section_of(two))
