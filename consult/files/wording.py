"""What is said of files: what is taken, why one is refused, what was taken out of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from consult.core.locale import format_number, join_words, ngettext
from consult.core.locale import gettext as _
from consult.core.locale import pgettext as _p
from consult.files.kinds import Kind, Removed, Why


def refusal_sentence(why: Why) -> str:
    """Why a file is not taken, and what to do."""
    return {
        Why.EMPTY: _("This file is empty (0 bytes). Look whether it opens on your device, then choose it again."),
        Why.UNKNOWN: _(
            "This is not a kind of file that we take, whatever its name says. Send PDF, DOCX, ODT, XLSX, PNG, JPEG, "
            "MP3, M4A or OGG."
        ),
        Why.DAMAGED: _(
            "This file is damaged or cut off. Open it on your device, save it again, and send the new file."
        ),
        Why.ENCRYPTED: _(
            "This file has a password, or is of an old office format. Save it without a password as PDF, DOCX, ODT or "
            "XLSX, and send that."
        ),
        Why.MACROS: _("This file holds macros or other programs. Save it without them, or as PDF, and send that."),
        Why.EMBEDDED: _(
            "This file holds other files inside. Send those apart, or save it as PDF, and send that."
        ),
        Why.EXTERNAL: _(
            "This file loads something from elsewhere: a linked picture, table or document. Put it in instead of "
            "linking to it, or save the file as PDF, and send that."
        ),
        Why.BOMB: _(
            "This file unpacks to far more than it seems to hold, so it is not opened. Save it as PDF, and send that."
        ),
        Why.TOO_MANY_PIXELS: _("This picture has too many pixels. Make it smaller, and send that."),
        Why.TOO_MANY_PICTURES: _(
            "The pictures in this file have too many pixels together. Make them smaller, or save the file as PDF, and "
            "send that."
        ),
        Why.JPEG_2000: _(
            "This PDF holds pictures of a kind that cannot be cleaned (JPEG 2000). Save it anew with JPEG pictures, or "
            "send the pictures apart."
        ),
        Why.VIDEO: _("This is a film, or several recordings in one. Send one recording with sound alone."),
        Why.TWO_KINDS: _("This file is of two kinds at once. Save what you mean to send anew, and send that."),
        Why.TOO_HARD: _("This file takes too long to look through. Make it smaller, or save it as PDF, and send that."),
    }[why]  # fmt: skip


def busy_sentence() -> str:
    """That too many files come at once, and what to do."""
    return _("Many files are being looked through just now, so yours was not taken. Try again in a minute.")


def kind_words(kind: Kind) -> str:
    """What a file is, in words."""
    return {
        Kind.PDF: _p("kind of file", "PDF document"),
        Kind.DOCX: _p("kind of file", "Word document (DOCX)"),
        Kind.ODT: _p("kind of file", "Text document (ODT)"),
        Kind.XLSX: _p("kind of file", "Spreadsheet (XLSX)"),
        Kind.PNG: _p("kind of file", "Picture (PNG)"),
        Kind.JPEG: _p("kind of file", "Photograph (JPEG)"),
        Kind.MP3: _p("kind of file", "Recording (MP3)"),
        Kind.M4A: _p("kind of file", "Recording (M4A)"),
        Kind.OGG: _p("kind of file", "Recording (OGG)"),
    }[kind]


def removed_words(removed: Iterable[Removed]) -> list[str]:
    """What was taken out of a file, in words."""
    words = {
        Removed.PLACE: _p("removed from a file", "the place where it was taken"),
        Removed.DEVICE: _p("removed from a file", "the device or program"),
        Removed.AUTHOR: _p("removed from a file", "the author"),
        Removed.TIMES: _p("removed from a file", "dates and times"),
        Removed.DESCRIPTION: _p("removed from a file", "titles, remarks and keywords"),
        Removed.THUMBNAIL: _p("removed from a file", "a preview picture"),
        Removed.COLOUR_PROFILE: _p("removed from a file", "the colour profile"),
        Removed.HIDDEN: _p("removed from a file", "parts that nobody sees"),
        Removed.TAGS: _p("removed from a file", "titles, names and pictures stored with the recording"),
        Removed.SCRIPTS: _p("removed from a file", "programs and actions"),
        Removed.EMBEDDED: _p("removed from a file", "files inside the file"),
        Removed.REVIEWERS: _p("removed from a file", "the names of those who commented or changed"),
        Removed.PRINTER: _p("removed from a file", "the printer"),
        Removed.PATHS: _p("removed from a file", "names of files and folders on your device"),
        Removed.DRAWINGS: _p("removed from a file", "drawings that cannot be cleaned (EMF, WMF, SVG)"),
        Removed.RESOLUTION: _p("removed from a file", "pixels: the picture was made smaller"),
        Removed.FONTS: _p("removed from a file", "typefaces inside the file"),
    }
    present = set(removed)
    return [words[code] for code in Removed if code in present]


def removed_sentence(removed: Collection[Removed]) -> str:
    """What was taken out of a file, in one sentence."""
    if not removed:
        return _("Nothing had to be removed from it.")
    return _("Removed from it: %(what)s.", what=join_words(removed_words(removed)))


def size_words(size: int) -> str:
    """How large a file is."""
    if size < 1_000_000:
        number = max(1, round(size / 1000))
        return ngettext("%(kilobytes)s kB", "%(kilobytes)s kB", number, kilobytes=format_number(number))
    return _("%(megabytes)s MB", megabytes=format_number(round(size / 1_000_000, 1)))


def limits_in_words(*, each: int, number: int, together: int) -> list[str]:
    """What is taken, stated before anybody chooses a file."""
    return [
        _("PDF, DOCX, ODT, XLSX, PNG, JPEG, MP3, M4A or OGG. Not taken: files with a password, with macros, or films."),
        _("Each file at most %(size)s.", size=size_words(each)),
        ngettext(
            "One file at most, %(size)s.",
            "At most %(num)s files, %(size)s together.",
            number,
            size=size_words(together),
        ),
    ]
