"""Opening what people send: judged, refused or made anew, in a process of its own that can do little.

Run as `python -m consult.files.cleaning`, it reads a file and writes what became of it: a line of JSON, and then the
clean file. It is given no settings, no keys and no address of a database, and the system ends it when it takes too much
memory or time. It runs as the same user of the system as the site: what that user may read, it may. `sandbox` runs it.
"""

from __future__ import annotations

import json
import sys

from consult.files.child import limit_this_process

MEMORY_MOST = 1536 * 1024 * 1024
SECONDS_MOST = 20
"""Of the processor's time, and of the clock's: whoever sends a file waits for it, and holds a place meanwhile."""
OUT_MOST = 256 * 1024 * 1024


def clean(content: bytes) -> tuple[bytes, str, list[str]]:
    """The clean bytes, what they are, and what was taken out.

    Raises:
        Refused: with the reason.
    """
    from consult.files.judging import kind_of  # after the limits are set

    kind = kind_of(content)
    if kind.is_image:
        from consult.files.images import clean_image

        made, removed = clean_image(content, kind)
    elif kind.is_audio:
        from consult.files.audio import clean_audio

        made, removed = clean_audio(content, kind)
    elif kind == "pdf":
        from consult.files.pdfs import clean_pdf

        made, removed = clean_pdf(content)
    else:
        from consult.files.office import clean_office

        made, removed = clean_office(content, kind)
    return made, kind.value, sorted(code.value for code in removed)


def main(content: bytes) -> tuple[dict[str, object], bytes]:
    """Clean one file; what became of it, as plain values, and its clean bytes, if any."""
    from consult.files.kinds import Refused, Why

    try:
        made, kind, removed = clean(content)
    except Refused as refusal:
        return {"why": refusal.why.value}, b""
    except (MemoryError, RecursionError, OverflowError):
        return {"why": Why.TOO_HARD.value}, b""
    except Exception:  # a reader's error about bytes that nobody foresaw: the file is not taken, whatever it is
        return {"why": Why.DAMAGED.value}, b""
    return {"kind": kind, "removed": removed}, made


if __name__ == "__main__":
    limit_this_process(memory=MEMORY_MOST, seconds=SECONDS_MOST, out=OUT_MOST)
    said, kept = main(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + kept)
