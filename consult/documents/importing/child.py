"""Reading a file that was brought, in a process of its own that can do little; `reading` runs it.

Run as `python -m consult.documents.importing.child`, it reads a file and writes what it became: a line of JSON, and
then the pictures. It is given no settings, no keys and no address of a database, and the system ends it when it takes
too much memory or time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from consult.files.child import limit_this_process, limit_time, tell

MEMORY_MOST = 1536 * 1024 * 1024
SECONDS_MOST = 90
SECONDS_OF_A_PAGE = 30
"""For HTML: its parser needs time by the square of the attributes of a tag, and a long page a third of this."""
OUT_MOST = 256 * 1024 * 1024
LINE_MOST = 128 * 1024 * 1024


def main(content: bytes, told: Callable[[int], None]) -> tuple[dict[str, Any], list[bytes]]:
    """Read one file; what became of it, as plain values, and its pictures."""
    from consult.documents.importing.formats import read  # after the limits are set
    from consult.documents.importing.structure import Unreadable, UnreadableCode

    try:
        made = read(content, told)
    except Unreadable as refusal:
        return {"why": refusal.code.value}, []
    except (MemoryError, RecursionError, OverflowError):
        return {"why": UnreadableCode.TOO_HARD.value}, []
    except Exception:  # a reader's error about bytes that nobody foresaw: the file is not taken, whatever it is
        return {"why": UnreadableCode.DAMAGED.value}, []
    said = {
        "format": made.format.value,
        "pieces": [(piece.label, piece.text) for piece in made.pieces],
        "blocks": [
            (b.kind.value, b.level, b.number, b.text, b.first_piece, b.last_piece, b.figure) for b in made.blocks
        ],
        "findings": [(f.code.value, f.count, list(f.places), list(f.details)) for f in made.findings],
        "figures": [(f.kind.value, f.width, f.height, len(f.content)) for f in made.figures],
    }
    return said, [figure.content for figure in made.figures]


if __name__ == "__main__":
    limit_this_process(memory=MEMORY_MOST, seconds=SECONDS_MOST, out=OUT_MOST)
    sent = sys.stdin.buffer.read()
    from consult.documents.importing.formats import is_page

    if is_page(sent):
        limit_time(SECONDS_OF_A_PAGE)
    found, pictures = main(sent, tell)
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + b"".join(pictures))
