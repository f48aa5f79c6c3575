"""Importing drafts, in every language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consult.access.roles import Actor
from consult.consultations.languages import is_in_preparation
from consult.consultations.models import Round
from consult.consultations.services import touch
from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.documents.aligning import Words, align
from consult.documents.editions import BUILD, align_edition, misfits_of, unit_of
from consult.documents.enums import Continuation, Ground
from consult.documents.importing import Block, beginning_of, read_markdown
from consult.documents.models import DocumentVersion, Edition, Paragraph
from consult.documents.queries import find_base, find_version, list_paragraphs, texts_of_edition
from consult.documents.queries.editions import older_words
from consult.documents.services.editions import is_built_otherwise
from consult.documents.services.proposing import lock_all_in_hand, require_may_change
from consult.documents.services.versions import Link, make_version
from consult.ledger.services import record
from consult.texts.services import update_many_translations
from consult.texts.values import source_digest

SAME = 1000


def import_document(round_: Round, source: str, *, language: str, actor: Actor, now: datetime) -> DocumentVersion:
    """Import the draft of a round from Markdown, in one language.

    The authentic language comes first and makes the paragraphs; importing it again replaces them, and takes the other
    editions back until what is new is translated; what is not new keeps its translations. Another language becomes
    an edition with the same eIds; words that are older than the authentic ones beside them are marked as such, and the
    edition waits for them under Translations. After an earlier version only what has the same words, beyond doubt,
    continues it: whatever else does, a manager confirms in a proposal.

    Args:
        round_: a round that has not been opened; or any, for a language in preparation.
        source: Markdown.
        language: one of the consultation's languages, or one in preparation.
        actor: who imports.
        now: when.

    Raises:
        InvalidTransition: the round has been opened, or an outcome has closed the process.
        BadInput: not such a language, unreadable text, or editions that do not match.
    """
    consultation = round_.consultation
    in_preparation = is_in_preparation(consultation, language)
    require_may_change(consultation, round_, language, now=now)
    blocks = read_markdown(source)
    version = find_version(round_)
    if language == consultation.authentic_language:
        version = _import_version(round_, blocks, language, actor, now)
    else:
        version = _add_edition(version, blocks, language, actor, now)
    digest = source_digest(source)
    is_there = language == consultation.authentic_language or bool(texts_of_edition(version, language))
    if is_there and not in_preparation:  # else it comes with the last of its words, or when the language is published
        edition = next((e for e in version.editions if e.language == language), None)
        if edition is None:
            edition = Edition(language=language)
            version.editions.append(edition)
        edition.source_digest, edition.imported_at = digest, now
    touch(consultation)
    content = {"language": language, "source": digest}
    record("desk:document:import", version, actor=actor, now=now, content=content)
    return version


def _import_version(round_: Round, blocks: list[Block], language: str, actor: Actor, now: datetime) -> DocumentVersion:
    """Make the version; of the version before it continues only what has the same words, beyond doubt.

    Nobody has looked at the two side by side, so everything else is new here or removed there, whether it has points
    or not: the desk asks somebody about these, a command does not.
    """
    consultation = round_.consultation
    base = find_base(consultation, round_)
    lock_all_in_hand(consultation, round_)
    return make_version(
        consultation,
        round_,
        blocks,
        base=base,
        links=_same_alone(list_paragraphs(base), blocks) if base is not None else [],
        actor=actor,
        now=now,
    )


def _same_alone(before: Sequence[Paragraph], blocks: Sequence[Block]) -> list[Link]:
    matches = align(
        [Words(one.kind, one.text, one.number, one.level) for one in before],
        [Words(one.kind, one.text, one.number, one.level) for one in blocks],
    )
    kept = [
        Link(before[match.old].id, match.new, match.continuation, Ground.SAME_WORDS, match.likeness)
        for match in matches
        if match.old is not None and match.new is not None and match.likeness == SAME and match.is_certain
    ]
    has_end, has_start = {link.before for link in kept}, {link.place for link in kept}
    removed = [
        Link(one.id, None, Continuation.REMOVED, Ground.SAME_WORDS, 0) for one in before if one.id not in has_end
    ]
    fresh = [
        Link(None, place, Continuation.NEW, Ground.SAME_WORDS, 0)
        for place in range(len(blocks))
        if place not in has_start
    ]
    return [*kept, *removed, *fresh]


def _add_edition(
    version: DocumentVersion | None, blocks: list[Block], language: str, actor: Actor, now: datetime
) -> DocumentVersion:
    if version is None or version.language != version.consultation.authentic_language:
        raise BadInput(_("Import the edition in the authentic language first."), "language")
    paragraphs = list_paragraphs(version)
    require_counterparts([Block(p.kind, p.level, p.number, p.text, p.eid) for p in paragraphs], blocks)
    said = [(one.id, one.text, block.text) for one, block in zip(paragraphs, blocks, strict=True)]
    older = older_words(version.id, language, said)
    update_many_translations(
        "paragraph",
        {key: {"text": (older.get(key, source), words)} for key, source, words in said},
        language=language,
        actor=actor,
        now=now,
    )
    return version


def require_counterparts(authentic: Sequence[Block], other: Sequence[Block]) -> None:
    """Refuse an edition that is not built as the authentic text, block by block: nobody looks at the two side by side.

    Args:
        authentic: the blocks of the authentic text.
        other: those of the edition.

    Raises:
        BadInput: something has no counterpart, or one that is built otherwise; the sentence names the first.
    """
    units, others = (
        [unit_of(one.kind, one.level, one.number, one.text) for one in blocks] for blocks in (authentic, other)
    )
    rows = align_edition(units, others)
    for (one, two), found in zip(rows, misfits_of(units, others, rows), strict=True):
        if one is None or two is None:
            alone = authentic[one] if one is not None else other[two or 0]
            raise BadInput(
                _(
                    "“%(start)s” has no counterpart in the other edition. "
                    "Both editions need the same headings, paragraphs and list items.",
                    start=beginning_of(_as_written(alone)),
                ),
                "file",
            )
        if BUILD.intersection(found) or is_built_otherwise(authentic[one], other[two]):
            raise BadInput(
                _(
                    "Block %(place)s differs: here it is “%(here)s” (%(here_kind)s), in the authentic edition "
                    "“%(there)s” (%(there_kind)s). Both editions need the same headings, paragraphs and list items.",
                    place=format_number(one + 1),
                    here=beginning_of(_as_written(other[two])),
                    here_kind=other[two].kind.label,
                    there=beginning_of(_as_written(authentic[one])),
                    there_kind=authentic[one].kind.label,
                ),
                "file",
            )


def _as_written(block: Block) -> str:
    """A block as it stands in the file, near enough to be found there."""
    return f"{'#' * block.level} {block.number} {block.text}".strip()
