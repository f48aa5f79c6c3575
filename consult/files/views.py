"""Giving a file out: as a download that a browser saves and never shows."""

from __future__ import annotations

import io
from typing import Any

from flask import request, send_file

from consult.core.context import file_store, settings
from consult.core.db import end_reading
from consult.core.errors import BadInput, NotFound
from consult.core.forms import FileForm
from consult.core.locale import gettext as _
from consult.files.kinds import Cleaned, Refused
from consult.files.models import StoredFile
from consult.files.names import content_disposition
from consult.files.queries import read_content
from consult.files.sandbox import clean_file
from consult.files.wording import kind_words, limits_in_words, refusal_sentence, removed_sentence, size_words

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
EXTENSIONS = ".pdf,.docx,.odt,.xlsx,.png,.jpg,.jpeg,.mp3,.m4a,.ogg,.oga,.opus"
"""What file choosers offer first; whatever is chosen is judged by its content."""


def as_download(file: StoredFile | None, *, name: str = "", is_public: bool = False) -> Any:
    """The answer that gives a file out. Whoever calls this has asked whether the reader may have it.

    Args:
        file: to be given out; None where nothing of it is left.
        name: to save it under; the file's own where it is left out.
        is_public: whether everybody may have it, and caches may keep it for a minute.

    Raises:
        NotFound: held back, deleted, or missing.
    """
    if file is None:
        raise NotFound
    content = read_content(file, file_store())
    answer = send_file(
        io.BytesIO(content), mimetype=file.kind.media_type, conditional=True, etag=file.sha256 or False, max_age=None
    )
    answer.headers["Content-Disposition"] = content_disposition(name or file.name)
    answer.headers["Content-Type"] = file.kind.media_type
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Accept-Ranges"] = "bytes"
    is_kept = is_public and "Cookie" not in request.headers
    answer.headers["Cache-Control"] = "public, max-age=60" if is_kept else "private, no-store"
    return answer


def words_of_files() -> dict[str, Any]:
    """The words about files that templates take: what one is, how large, what was removed from it."""
    return {
        "kind_words": kind_words,
        "size_words": size_words,
        "removed_sentence": removed_sentence,
        "is_scanned": bool(settings().clamav_socket),
    }


def clean_upload(form: FileForm) -> Cleaned:
    """What somebody has sent in the field `file`, judged and made anew.

    Raises:
        BadInput: refused, with the sentence for that field.
    """
    end_reading()
    try:
        cleaned = clean_file(form.file.data.stream)
    except Refused as refusal:
        raise BadInput(refusal_sentence(refusal.why), "file") from refusal
    if len(cleaned.content) > 2 * settings().max_file_bytes:
        raise BadInput(_("This file is too large. Make it smaller, and send that."), "file")
    return cleaned


def limits_of_files() -> list[str]:
    """What is taken, stated before anybody chooses a file."""
    config = settings()
    return limits_in_words(
        each=config.max_file_bytes, number=config.files_per_submission, together=config.file_bytes_per_submission
    )
