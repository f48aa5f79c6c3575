"""What is said of what was lost when a file became a draft, and of why one is not read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from consult.core.locale import format_number, ngettext
from consult.core.locale import gettext as _
from consult.documents.importing.structure import Finding, FindingCode, UnreadableCode


def sentence_of(finding: Finding) -> str:
    """What a finding says, in the language of the reader; what it is about stands in its places and details."""
    return _SENTENCES[finding.code](finding.count, format_number(finding.count))


_SENTENCES: Mapping[FindingCode, Callable[[int, str], str]] = {
    FindingCode.TRACKED_INSERTIONS: lambda n, count: ngettext(
        "One tracked insertion was not taken in: the text is read as if no tracked change had been accepted.",
        "%(count)s tracked insertions were not taken in: the text is read as if no tracked change had been accepted.",
        n,
        count=count,
    ),
    FindingCode.TRACKED_DELETIONS: lambda n, count: ngettext(
        "One tracked deletion still stands in the text: it is read as if no tracked change had been accepted.",
        "%(count)s tracked deletions still stand in the text: it is read as if no tracked change had been accepted.",
        n,
        count=count,
    ),
    FindingCode.TRACKED_MOVES: lambda n, count: ngettext(
        "One tracked move was not followed: the words stand where they stood before.",
        "%(count)s tracked moves were not followed: the words stand where they stood before.",
        n,
        count=count,
    ),
    FindingCode.TRACKED_FORMATTING: lambda n, count: ngettext(
        "One tracked change of formatting is in the file. What was read is as the file shows it now.",
        "%(count)s tracked changes of formatting are in the file. What was read is as the file shows it now.",
        n,
        count=count,
    ),
    FindingCode.COMMENTS: lambda n, count: ngettext(
        "One comment of a reviewer is in the file. It was not taken in.",
        "%(count)s comments of reviewers are in the file. They were not taken in.",
        n,
        count=count,
    ),
    FindingCode.HIDDEN_TEXT: lambda n, count: ngettext(
        "One piece of hidden text was left out.",
        "%(count)s pieces of hidden text were left out.",
        n,
        count=count,
    ),
    FindingCode.HEADERS_FOOTERS: lambda n, count: ngettext(
        "One header or footer of the pages was left out.",
        "%(count)s headers and footers of the pages were left out.",
        n,
        count=count,
    ),
    FindingCode.TITLE: lambda n, count: ngettext(
        "One line is the title of the file. It was left out: the consultation has its own title.",
        "%(count)s lines are the title of the file. They were left out: the consultation has its own title.",
        n,
        count=count,
    ),
    FindingCode.CONTENTS_LIST: lambda n, count: ngettext(
        "One list of contents was left out: pages make their own from the headings.",
        "%(count)s lists of contents were left out: pages make their own from the headings.",
        n,
        count=count,
    ),
    FindingCode.NOTES_APART: lambda n, count: ngettext(
        "One footnote has no mark in the text. It stands at the end.",
        "%(count)s footnotes have no mark in the text. They stand at the end.",
        n,
        count=count,
    ),
    FindingCode.NOTES_MISSING: lambda n, count: ngettext(
        "One mark in the text leads to no footnote.",
        "%(count)s marks in the text lead to no footnote.",
        n,
        count=count,
    ),
    FindingCode.TEXT_BOXES: lambda n, count: ngettext(
        "One text box was read as paragraphs, after the paragraph that it hangs on.",
        "%(count)s text boxes were read as paragraphs, each after the paragraph that it hangs on.",
        n,
        count=count,
    ),
    FindingCode.TABLE_MERGED: lambda n, count: ngettext(
        "One merged cell of a table was parted: its words stand in the first part, the others are empty.",
        "%(count)s merged cells of tables were parted: their words stand in the first part, the others are empty.",
        n,
        count=count,
    ),
    FindingCode.TABLE_NESTED: lambda n, count: ngettext(
        "One table inside a table stands after it, as a table of its own.",
        "%(count)s tables inside tables stand after those, as tables of their own.",
        n,
        count=count,
    ),
    FindingCode.TABLE_LINES: lambda n, count: ngettext(
        "One cell of a table had several paragraphs, which now stand in one line.",
        "%(count)s cells of tables had several paragraphs, which now stand in one line.",
        n,
        count=count,
    ),
    FindingCode.TABLE_LAYOUT: lambda n, count: ngettext(
        "One table that only arranges words was read as paragraphs.",
        "%(count)s tables that only arrange words were read as paragraphs.",
        n,
        count=count,
    ),
    FindingCode.TABLE_HEADINGS: lambda n, count: ngettext(
        "One table does not say which rows are headings: its first row was taken.",
        "%(count)s tables do not say which rows are headings: the first row of each was taken.",
        n,
        count=count,
    ),
    FindingCode.TABLE_LONG: lambda n, count: ngettext(
        "One long table was cut in parts, each with the headings.",
        "%(count)s long tables were cut in parts, each with the headings.",
        n,
        count=count,
    ),
    FindingCode.PICTURE_KIND: lambda n, count: ngettext(
        "One picture is of a kind that cannot be taken, or is damaged. Put it in as PNG or JPEG.",
        "%(count)s pictures are of a kind that cannot be taken, or are damaged. Put them in as PNG or JPEG.",
        n,
        count=count,
    ),
    FindingCode.PICTURE_OUTSIDE: lambda n, count: ngettext(
        "One picture is not in the file but elsewhere. It was not fetched.",
        "%(count)s pictures are not in the file but elsewhere. They were not fetched.",
        n,
        count=count,
    ),
    FindingCode.PICTURE_WORDLESS: lambda n, count: ngettext(
        "One picture has no description. People who cannot see it need one: add it in the file, or here.",
        "%(count)s pictures have no description. People who cannot see them need one: add it in the file, or here.",
        n,
        count=count,
    ),
    FindingCode.PICTURE_IN_TABLE: lambda n, count: ngettext(
        "One picture in a table stands after it.",
        "%(count)s pictures in tables stand after those.",
        n,
        count=count,
    ),
    FindingCode.DRAWINGS: lambda n, count: ngettext(
        "One drawing or chart was left out, but for its description and the words in it.",
        "%(count)s drawings and charts were left out, but for their descriptions and the words in them.",
        n,
        count=count,
    ),
    FindingCode.EMBEDDED: lambda n, count: ngettext(
        "One file inside this file was left out and not opened.",
        "%(count)s files inside this file were left out and not opened.",
        n,
        count=count,
    ),
    FindingCode.OUTSIDE: lambda n, count: ngettext(
        "One part of the file leads elsewhere (a template, another document). It was not fetched.",
        "%(count)s parts of the file lead elsewhere (a template, another document). They were not fetched.",
        n,
        count=count,
    ),
    FindingCode.FOREIGN_CHUNKS: lambda n, count: ngettext(
        "One part of the file is written in another format and was left out. Open it in your word"
        " processor, save it again, and bring that file.",
        "%(count)s parts of the file are written in other formats and were left out. Open it in "
        "your word processor, save it again, and bring that file.",
        n,
        count=count,
    ),
    FindingCode.FIELDS_OUTSIDE: lambda n, count: ngettext(
        "One field takes its words from elsewhere. The words that it showed last were kept; nothing was fetched.",
        "%(count)s fields take their words from elsewhere. The words that they showed last were "
        "kept; nothing was fetched.",
        n,
        count=count,
    ),
    FindingCode.EQUATIONS: lambda n, count: ngettext(
        "One formula was written as plain text. Compare it with the source.",
        "%(count)s formulas were written as plain text. Compare them with the source.",
        n,
        count=count,
    ),
    FindingCode.SYMBOLS: lambda n, count: ngettext(
        "One sign of a special font is not known and stands as □.",
        "%(count)s signs of special fonts are not known and stand as □.",
        n,
        count=count,
    ),
    FindingCode.NUMBER_FORMAT: lambda n, count: ngettext(
        "One number of a list or heading is written in figures, since its own signs are not known here.",
        "%(count)s numbers of lists or headings are written in figures, since their own signs are not known here.",
        n,
        count=count,
    ),
    FindingCode.UNDERLINES: lambda n, count: ngettext(
        "Underlining was left out at one place.",
        "Underlining was left out at %(count)s places.",
        n,
        count=count,
    ),
    FindingCode.HIGHLIGHTS: lambda n, count: ngettext(
        "Highlighting was left out at one place. If it means something, say it in words.",
        "Highlighting was left out at %(count)s places. If it means something, say it in words.",
        n,
        count=count,
    ),
    FindingCode.COLOURS: lambda n, count: ngettext(
        "The colour of words was left out at one place. If it means something, say it in words.",
        "The colour of words was left out at %(count)s places. If it means something, say it in words.",
        n,
        count=count,
    ),
    FindingCode.CAPITALS: lambda n, count: ngettext(
        "Words shown in capitals by their formatting stand as they were typed, at one place.",
        "Words shown in capitals by their formatting stand as they were typed, at %(count)s places.",
        n,
        count=count,
    ),
    FindingCode.EMPHASIS: lambda n, count: ngettext(
        "Bold, italic or struck letters inside words could not be kept at one place.",
        "Bold, italic or struck letters inside words could not be kept at %(count)s places.",
        n,
        count=count,
    ),
    FindingCode.LINKS_DROPPED: lambda n, count: ngettext(
        "One link was taken off its words: it leads to no web page and no e-mail address.",
        "%(count)s links were taken off their words: they lead to no web page and no e-mail address.",
        n,
        count=count,
    ),
    FindingCode.LINKS_INSIDE: lambda n, count: ngettext(
        "One link to a place in the text became plain words.",
        "%(count)s links to places in the text became plain words.",
        n,
        count=count,
    ),
    FindingCode.CHARACTERS: lambda n, count: ngettext(
        "Characters that cannot be stored were taken out at one place.",
        "Characters that cannot be stored were taken out at %(count)s places.",
        n,
        count=count,
    ),
    FindingCode.ACTIVE: lambda n, count: ngettext(
        "One script, style sheet or other active part was left out and not run.",
        "%(count)s scripts, style sheets and other active parts were left out and not run.",
        n,
        count=count,
    ),
    FindingCode.FORMS: lambda n, count: ngettext(
        "One field or button of a form was left out.",
        "%(count)s fields and buttons of forms were left out.",
        n,
        count=count,
    ),
    FindingCode.FRAMES: lambda n, count: ngettext(
        "One frame or other thing from elsewhere was left out and not fetched.",
        "%(count)s frames and other things from elsewhere were left out and not fetched.",
        n,
        count=count,
    ),
    FindingCode.RAW_HTML: lambda n, count: ngettext(
        "One piece of HTML in the Markdown was taken out or put in Markdown’s own words.",
        "%(count)s pieces of HTML in the Markdown were taken out or put in Markdown’s own words.",
        n,
        count=count,
    ),
    FindingCode.REMARKS: lambda n, count: ngettext(
        "One remark that readers do not see was left out.",
        "%(count)s remarks that readers do not see were left out.",
        n,
        count=count,
    ),
    FindingCode.FRONT_MATTER: lambda n, count: ngettext(
        "The settings at the beginning of the file were left out.",
        "%(count)s lines of settings at the beginning of the file were left out.",
        n,
        count=count,
    ),
    FindingCode.OTHER_LANGUAGE: lambda n, count: ngettext(
        "One piece is marked as being in another language or direction. The mark was left out.",
        "%(count)s pieces are marked as being in another language or direction. The marks were left out.",
        n,
        count=count,
    ),
    FindingCode.CHARSET_GUESSED: lambda n, count: ngettext(
        "The file does not say in which characters it is written, or not truly. Look whether all letters are right.",
        "The file does not say in which characters it is written, or not truly (%(count)s times)."
        " Look whether all letters are right.",
        n,
        count=count,
    ),
    FindingCode.PDF_TEXT: lambda n, count: ngettext(
        "This PDF has one page, of which the text alone was read: headings, lists, tables and the"
        " order of columns are guessed or lost, and pictures, emphasis and footnotes are not "
        "known. Bring the Word file if you have it.",
        "This PDF has %(count)s pages, of which the text alone was read: headings, lists, tables "
        "and the order of columns are guessed or lost, and pictures, emphasis and footnotes are "
        "not known. Bring the Word file if you have it.",
        n,
        count=count,
    ),
    FindingCode.PDF_RUNNING: lambda n, count: ngettext(
        "One line that repeats on the pages, or a page number, was left out.",
        "%(count)s lines that repeat on the pages, or page numbers, were left out.",
        n,
        count=count,
    ),
    FindingCode.PDF_LINE_NUMBERS: lambda n, count: ngettext(
        "One number of a line was left out.",
        "%(count)s numbers of lines were left out.",
        n,
        count=count,
    ),
    FindingCode.PDF_HYPHENS: lambda n, count: ngettext(
        "One word that was parted at the end of a line was put together.",
        "%(count)s words that were parted at the ends of lines were put together.",
        n,
        count=count,
    ),
    FindingCode.PDF_EMPTY_PAGES: lambda n, count: ngettext(
        "One page has no text that could be read: it may be a picture.",
        "%(count)s pages have no text that could be read: they may be pictures.",
        n,
        count=count,
    ),
}


def unreadable_sentence(code: UnreadableCode) -> str:
    """Why a file is not read, and what to do, in the language of the reader."""
    return _REASONS[code]()


_REASONS: Mapping[UnreadableCode, Callable[[], str]] = {
    UnreadableCode.EMPTY: lambda: _(
        "This file is empty (0 bytes). Look whether it opens on your device, then choose it again."
    ),
    UnreadableCode.NO_TEXT: lambda: _("There is no text in this file. Choose the file that holds the draft."),
    UnreadableCode.UNKNOWN: lambda: _(
        "This is not a kind of file that can become a draft, whatever its name says. Bring a Word"
        " file (DOCX), HTML, Markdown or, as a last resort, PDF."
    ),
    UnreadableCode.OLD_WORD: lambda: _(
        "This file has a password, or is of an old Word format (DOC). Open it in your word "
        "processor, save it without a password as “Word document (.docx)”, and bring that."
    ),
    UnreadableCode.RTF: lambda: _(
        "This is a file of the format RTF. Open it in your word processor, save it as “Word "
        "document (.docx)”, and bring that."
    ),
    UnreadableCode.OPEN_DOCUMENT: lambda: _(
        "This is an OpenDocument file (ODT). Open it in your word processor, save it as “Word "
        "document (.docx)”, and bring that."
    ),
    UnreadableCode.OTHER_OFFICE: lambda: _(
        "This is a spreadsheet or a presentation, not a text. Put the draft in a text document, "
        "save it as “Word document (.docx)”, and bring that."
    ),
    UnreadableCode.STRICT: lambda: _(
        "This file is of the format “Strict Open XML”. Open it in Word, save it as “Word document"
        " (.docx)” without the word Strict, and bring that."
    ),
    UnreadableCode.MACROS: lambda: _(
        "This file holds macros or other programs. Save it as “Word document (.docx)”, which "
        "holds none, and bring that."
    ),
    UnreadableCode.ENCRYPTED: lambda: _("This file has a password. Save it without one, and bring that."),
    UnreadableCode.BOMB: lambda: _(
        "This file unpacks to far more than it seems to hold, or names things that do not belong "
        "into it, so it was not opened. Open it in your word processor, save it again, and bring "
        "the new file."
    ),
    UnreadableCode.DAMAGED: lambda: _(
        "This file is damaged or cut off. Open it on your device, save it again, and bring the new file."
    ),
    UnreadableCode.TOO_DEEP: lambda: _(
        "Lists, tables or boxes stand inside one another far too deeply in this file. Take some "
        "of them apart, and bring it again."
    ),
    UnreadableCode.TOO_HARD: lambda: _(
        "This file takes too long to read. Take large pictures out or split it, and bring it again."
    ),
    UnreadableCode.TOO_LONG: lambda: _("This text is too long for one draft. Split it."),
    UnreadableCode.TOO_MANY_BLOCKS: lambda: _("This text has too many paragraphs for one draft. Split it."),
    UnreadableCode.BLOCK_TOO_LONG: lambda: _(
        "One paragraph, cell or list of this file is too long to be commented on as one. Split it."
    ),
    UnreadableCode.TABLE_TOO_LARGE: lambda: _(
        "The tables of this file have too many cells for a draft. Publish them apart, as a "
        "spreadsheet, and bring the text alone."
    ),
    UnreadableCode.CHARACTERS: lambda: _(
        "This file holds characters that cannot be shown or stored, or so many marks on one "
        "letter that nobody can read it. Take them out, and bring it again."
    ),
    UnreadableCode.CHARSET: lambda: _(
        "The letters of this file cannot be read. Save it as UTF-8 text, and bring that."
    ),
    UnreadableCode.SCANNED: lambda: _(
        "This PDF holds pictures of pages and no text. Bring the file that it was made from, or "
        "have its text recognised first."
    ),
}
