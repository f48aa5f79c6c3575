"""Which column of a table holds what: by its heading, in the spellings that tables come with."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.intake.cells import column_letters
from consult.intake.enums import Column

HEADING_MAX = 160  # what is longer is no heading but what somebody says

# Ours, in the file of rows that were not taken: never part of what somebody said.
OUR_COLUMNS = ("Row (Consult)", "Cell (Consult)", "Why (Consult)")

# Compared after `_key`: lower case, no accents, no signs, no footnote marks. English, French, Spanish, Arabic.
_WORDS: Mapping[Column, Sequence[str]] = {
    Column.AUTHOR: (
        "mb nc", "mb", "nc", "mb nc country", "member body", "national committee", "om cn", "cm cn", "on", "mb nc code",
        "organisation", "organization", "organisme", "agency", "agency or organization", "agency or organisation",
        "commenter", "comment by", "commented by", "submitted by", "submitter", "respondent", "name of organisation",
        "name of organization", "country", "country organization", "country organisation", "stakeholder", "author",
        "reviewer", "reviewer name", "company", "source", "party", "pays", "auteur", "organizacion", "pais", "المنظمة",
        "الجهة", "البلد",
    ),
    Column.LINE: (
        "line number", "line", "line no", "line numbers", "lines", "line nr", "numero de ligne", "ligne", "no de ligne",
        "n de ligne", "lignes", "linea", "numero de linea", "رقم السطر", "السطر",
    ),
    Column.CLAUSE: (
        "clause subclause", "clause", "subclause", "clause no", "clause no subclause no annex", "clause number",
        "section", "section number", "section no", "sections", "section clause", "chapter", "article", "provision",
        "article paragraphe", "article section", "article sous article", "paragraphe", "chapitre", "numero de section",
        "clause subclause annex", "clause subclause no", "reference", "section reference", "part of the text",
        "seccion", "capitulo", "clausula", "القسم", "المادة", "البند",
    ),
    Column.PARAGRAPH: (
        "paragraph figure table", "paragraph", "paragraph no", "paragraph number", "paragraph figure table note",
        "figure table", "figure", "table", "para", "alinea figure tableau", "paragraphe figure tableau",
        "paragraphe figure tableau note", "alinea", "parrafo", "الفقرة",
    ),
    Column.TYPE: (
        "type of comment", "type", "comment type", "type of com", "type of com ment", "kind of comment", "category",
        "ge te ed", "type de commentaire", "type d observation", "nature", "tipo", "tipo de comentario", "نوع التعليق",
    ),
    Column.COMMENT: (
        "comments", "comment", "comment text", "comment justification for change",
        "comment include rationale for comment", "comments justification for change", "justification for change",
        "comment and rationale", "comments and rationale", "comment rationale", "remarks", "remark", "observation",
        "observations", "feedback", "input", "point", "issue",
        "commentaire", "commentaires", "commentaires justification de modification", "comentario", "comentarios",
        "comment justification", "التعليق", "التعليقات", "الملاحظات",
    ),
    Column.PROPOSED: (
        "proposed change", "proposed changes", "suggested change", "suggested changes", "proposed text",
        "proposed wording", "proposed new text", "proposed revision", "suggested text", "suggested wording", "proposal",
        "recommended change",
        "recommendation", "proposed resolution", "modification proposee", "modifications proposees",
        "changement propose", "changements proposes", "proposition", "texte propose", "cambio propuesto",
        "texto propuesto", "التغيير المقترح", "النص المقترح",
    ),
    Column.OBSERVATIONS: (
        "observations of the secretariat", "secretariat observations", "observation of the secretariat",
        "secretariat observation", "comments of the secretariat", "observations du secretariat",
        "decision du secretariat",
        "resolution", "disposition", "response", "secretariat response", "observaciones de la secretaria",
        "ملاحظات الأمانة",
    ),
    Column.PAGE: ("page", "page number", "page no", "pages", "numero de page", "no de page", "pagina", "الصفحة"),
    Column.CONSTITUENCY: (
        "constituency", "stakeholder group", "stakeholder type", "type of stakeholder", "type of organisation",
        "type of organization", "categorie d acteur", "groupe d acteurs",
    ),
    Column.LANGUAGE: ("language", "language of comment", "lang", "langue", "idioma", "اللغة"),
}  # fmt: skip
_COLUMN_OF = {word: column for column, words in _WORDS.items() for word in words}
KNOWN_HEADINGS = frozenset(_COLUMN_OF)
_OURS = frozenset(" ".join(re.findall(r"[^\W_]+", name.casefold())) for name in OUR_COLUMNS)


@lru_cache(maxsize=4096)
def key_of(heading: str) -> str:
    """A heading without what differs between copies of one template: case, accents, signs, hints, footnote marks."""
    text = re.sub(r"\([^()]*\)", " ", heading)  # "(e.g. 3.1)", "(ge/te/ed)", "(Include rationale)"
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"(?<=[^\W\d_])[\d¹²³⁴*†]+\b", "", plain)  # the mark of a footnote: "Comment2"
    words = [word for word in re.findall(r"[^\W_]+", plain) if not word.isdigit()]
    return " ".join(words)


def column_of(heading: str) -> Column | None:
    """What a column of that heading holds, if its words tell."""
    if len(heading) > HEADING_MAX:
        return None
    for text in (heading, heading.replace("(", " ").replace(")", " ")):
        found = _COLUMN_OF.get(key_of(text)) or _COLUMN_OF.get(key_of(text).replace(" ", ""))
        if found is not None:
            return found
    return None


def is_ours(heading: str) -> bool:
    """Whether a column is one that we added to rows that were not taken."""
    return " ".join(re.findall(r"[^\W_]+", heading.casefold())) in _OURS


def recognise(headings: Sequence[str]) -> dict[Column, int]:
    """The columns that their headings tell; of two with one meaning the first."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        column = column_of(heading) if not is_ours(heading) else None
        if column is not None and column not in found:
            found[column] = place
    if Column.CLAUSE not in found and Column.PARAGRAPH in found:
        found[Column.CLAUSE] = found.pop(Column.PARAGRAPH)  # a table of paragraphs names its places there
    return found


def score(headings: Sequence[str]) -> int:
    """How much a row looks like the headings of a comment table: how many different columns its words name."""
    found = recognise(headings)
    return len(found) if Column.COMMENT in found or Column.PROPOSED in found else min(len(found), 1)


def headings_digest(headings: Sequence[str]) -> str:
    """What stands for a set of headings when their mapping is remembered."""
    kept = [key_of(heading) for heading in headings if not is_ours(heading)]
    while kept and not kept[-1]:
        kept.pop()
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def read_mapping(words: str, headings: Sequence[str]) -> dict[Column, int]:
    """A mapping as the command line gives it: ``clause=Section,comment=Text``; a column by heading or by its letters.

    Raises:
        BadInput: a column that we do not take, or that the table does not have.
    """
    found: dict[Column, int] = {}
    for part in re.split(r"[,;\n](?=\s*[a-z]+\s*=)", words):
        name, sign, wanted = part.partition("=")
        if not part.strip():
            continue
        if not sign or name.strip().lower() not in set(Column):
            names = ", ".join(column.value for column in Column)
            raise BadInput(_("Write column=heading. The columns are: %(names)s.", names=names), "map")
        column = Column(name.strip().lower())
        if not wanted.strip():
            continue
        found[column] = _place(wanted.strip(), headings)
    return found


def _place(wanted: str, headings: Sequence[str]) -> int:
    for place, heading in enumerate(headings):
        if heading and (heading.strip() == wanted or key_of(heading) == key_of(wanted) != ""):
            return place
    letters = [column_letters(place) for place in range(len(headings))]
    if wanted.upper() in letters:
        return letters.index(wanted.upper())
    raise BadInput(_("This table has no column “%(name)s”.", name=wanted[:80]), "map")
