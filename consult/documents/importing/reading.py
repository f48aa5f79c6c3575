"""A file of any known format to one structure, in a process of its own that can do little."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from typing import IO, Any

from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing.child import LINE_MOST, SECONDS_MOST
from consult.documents.importing.findings import sentence_of, unreadable_sentence
from consult.documents.importing.structure import (
    Finding,
    FindingCode,
    Piece,
    ReadBlock,
    ReadFigure,
    ReadText,
    Unreadable,
    UnreadableCode,
)
from consult.files.kinds import Kind
from consult.files.sandbox import ChildFailed, run_child

__all__ = [
    "Finding",
    "FindingCode",
    "Piece",
    "ReadBlock",
    "ReadFigure",
    "ReadText",
    "Unreadable",
    "UnreadableCode",
    "read_source",
    "sentence_of",
    "unreadable_sentence",
]
SIZE_MOST = 60 * 1024 * 1024


def read_source(stream: IO[bytes], *, told: Callable[[int], None] | None = None) -> ReadText:
    """Read a DOCX, HTML, Markdown or PDF file, judged by its content, in a process of its own.

    No transaction should be held meanwhile: a long text takes seconds.

    Args:
        stream: the file, from wherever it stands to its end.
        told: gets the percent that is done, at least every 20 seconds; what it raises ends the reading and passes.

    Raises:
        Unreadable: with the code of the reason.
    """
    # Files without a name: when this process is killed, nothing of what was sent is left.
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        shutil.copyfileobj(stream, source)
        if not source.tell():
            raise Unreadable(UnreadableCode.EMPTY)
        if source.tell() > SIZE_MOST:
            raise Unreadable(UnreadableCode.TOO_LONG)
        source.seek(0)
        try:
            said = run_child(
                "consult.documents.importing.child",
                source,
                target,
                seconds=SECONDS_MOST,
                line_most=LINE_MOST,
                told=told,
            )
            if "why" in said:
                raise Unreadable(UnreadableCode(said["why"]))
            return _taken(said, target)
        except (ChildFailed, KeyError, TypeError, ValueError) as error:
            raise Unreadable(UnreadableCode.TOO_HARD) from error


def _taken(said: dict[str, Any], target: IO[bytes]) -> ReadText:
    """What the process says as values of ours: nothing is believed that is not of its kind."""
    pieces = [Piece(str(label), str(text)) for label, text in said["pieces"]]
    figures = []
    for kind, width, height, size in said["figures"]:
        content = target.read(int(size))
        if Kind(kind) not in {Kind.PNG, Kind.JPEG} or len(content) != size or width < 1 or height < 1:
            raise ValueError(kind)
        figures.append(ReadFigure(content, Kind(kind), int(width), int(height)))
    blocks = [ReadBlock(BlockKind(kind), *rest) for kind, *rest in said["blocks"]]
    for block in blocks:
        if block.figure is not None and not 0 <= block.figure < len(figures):
            raise ValueError(block.figure)
    findings = [
        Finding(FindingCode(code), int(count), [int(place) for place in places], [str(one) for one in details])
        for code, count, places, details in said["findings"]
    ]
    return ReadText(SourceFormat(said["format"]), blocks, pieces, findings, figures)
