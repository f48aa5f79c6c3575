"""Rows to points: who says what, where, of what kind; or the reason why a person has to look."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from consult.accounts.countries import COUNTRIES
from consult.accounts.enums import Capacity, Constituency
from consult.core.errors import BadInput
from consult.core.guessing import is_other_script
from consult.core.languages import InputLanguage, read_language
from consult.core.locale import UNCODED, in_locale, interface_locales, language_name, native_name
from consult.core.text import canonical, check_line, check_text
from consult.documents.models import Paragraph
from consult.intake.cells import FULL_CELL, Cell, CellKind, column_letters, words_of
from consult.intake.columns import key_of
from consult.intake.enums import Column, Fate, PlaceKind, Problem, Remark
from consult.intake.places import GENERAL, DraftIndex, Placement, decision_key, normal, place_of, refined
from consult.intake.reading import Row, Table
from consult.submissions.enums import CommentType, PublicationSetting

WRITTEN_MAX = 1_000
NAME_MAX = 200
_WHERE = (Column.CLAUSE, Column.PARAGRAPH, Column.PAGE, Column.LINE)

_TYPES = {
    CommentType.GENERAL: "ge gen general generale generales g allgemein عام",
    CommentType.TECHNICAL: "te tech technical technique tecnico t tc technisch تقني فني",
    CommentType.EDITORIAL: "ed edit editorial editoriale redactionnel redaction e eds editorials minor typo تحريري",
    CommentType.SUBSTANTIVE: "su sub substantive substantial substantiel fond major sustantivo s جوهري",
    CommentType.TRANSLATION: "tr translation traduction traduccion ترجمة",
    CommentType.QUESTION: "q qu question query clarification pregunta سؤال",
}
_TYPE_OF = {word: kind for kind, words in _TYPES.items() for word in words.split()}
# Who writes so may speak for a State or an intergovernmental body; staff say what it is before it is taken.
_OFFICIAL = re.compile(
    r"\b(?:ministry|ministries|ministere|ministerio|ministerium|government of|gouvernement|gobierno|republic of|"
    r"republique|republica|kingdom of|federal government|permanent mission|mission permanente|mision permanente|"
    r"embassy|ambassade|embajada|state of|department of|departement federal|delegation (?:of|de|du|des)|"
    r"delegacion de|permanent representation|"
    r"united nations|nations unies|intergovernmental|intergouvernemental|secretariat of the|member state)\b|"
    r"وزارة|حكومة|جمهورية|سفارة|البعثة الدائمة",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Choices:
    """What a person has said of a table.

    Args:
        columns: the place of each column.
        speaker: who speaks where no column or no cell says so.
        capacity: in what capacity the respondents speak.
        setting: what the public sees of who speaks.
        language: that they write in, where no column says another one.
        languages: those of the consultation, which a row may name.
        places: by the words of a place: the eId that a person chose, or `GENERAL`.
        capacities: by the name of a respondent, where it differs.
        unplaced_general: take what cannot be placed as a point on the text in general.
    """

    columns: Mapping[Column, int]
    speaker: str = ""
    capacity: Capacity = Capacity.ORGANISATION
    setting: PublicationSetting = PublicationSetting.NAMED
    language: str = ""
    languages: Sequence[str] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    capacities: Mapping[str, str] = field(default_factory=dict)
    unplaced_general: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a row is not taken.

    Args:
        problem: the reason.
        cell: what a spreadsheet calls the cell, such as C14.
        detail: the number or the word that the sentence names.
    """

    problem: Problem
    cell: str
    detail: str = ""


@dataclass(slots=True)
class Reading:
    """A row as it is understood.

    Args:
        row: the row.
        author: who speaks, as written.
        text: the comment.
        proposed: the change that is proposed.
        comment_type: of what kind.
        placement: where it points.
        as_written: where it points, in the words of the table.
        constituency: as its cell says it.
        language: of its words, as its cell says it, else that of the table.
        digest: what stands for the row when it comes again; without who spoke where the setting protects that.
        digests: under any of these it may be there already: with who spoke, and without.
        troubles: why it is not taken; empty for a good row.
        remarks: what a person should know of it.
        fate: what becomes of it.
        language_words: the language as its cell names it, where no code is known.
    """

    row: Row
    author: str
    text: str
    proposed: str
    comment_type: CommentType
    placement: Placement
    as_written: str
    constituency: Constituency | None
    language: str
    digest: str
    digests: Sequence[str]
    troubles: list[Trouble]
    remarks: list[Remark]
    fate: Fate = Fate.TAKEN
    language_words: str = ""

    @property
    def number(self) -> int:
        """The number of the row."""
        return self.row.number


def looks_official(name: str) -> bool:
    """Whether a name may be that of a government or an intergovernmental body."""
    plain = key_of(name)  # without numbers and brackets: "ID 12", "Indonesia (BSN)"
    return plain.removeprefix("the ") in _states() or bool(_OFFICIAL.search(plain) or _OFFICIAL.search(name))


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    """Names of countries and areas in the languages of the interface, and their codes of two and three letters."""
    found = {key_of(code) for code in COUNTRIES}
    found |= {key_of(name) for country in COUNTRIES.values() for name in country.names.values()}
    for locale in interface_locales():
        territories = locale.babel.territories
        found |= {key_of(words) for code, name in territories.items() if code.isalpha() for words in (code, name)}
    return frozenset(found - {"", "world", "zz", "xa", "xb"})


def capacity_of(name: str, choices: Choices) -> Capacity:
    """In what capacity a respondent speaks: as a person decided; unless one did, what looks like a State is one.

    Anybody can type "Ministry of": as a State's its input waits for the credential, and nothing is published in
    its name before.
    """
    decided = choices.capacities.get(normal(name))
    if decided in set(Capacity):
        return Capacity(decided)
    return Capacity.STATE_DELEGATION if looks_official(name) else choices.capacity


def interpret(table: Table, index: DraftIndex, choices: Choices, seal: Callable[[str], str]) -> list[Reading]:
    """What every row of a table says.

    Args:
        table: as it was read.
        index: the draft that its rows point at.
        choices: what a person has said of it.
        seal: a keyed digest of what a row says, so that nobody finds out by guessing.
    """
    placed: dict[tuple[CellKind, str, bool], Placement] = {}
    seen: Counter[str] = Counter()
    found = []
    by_number = {row.number: row for row in table.rows}
    for row in table.rows:
        reading = _Interpreter(table, index, choices, by_number, placed).read(row)
        digests = []
        for said in reading.digests:
            seen[said] += 1
            digests.append(f"{seal(said)}:{seen[said]}")
        reading.digests, reading.digest = digests, digests[1 if choices.setting.is_protected else 0]
        found.append(reading)
    return found


class _Interpreter:
    """Reads one row."""

    def __init__(
        self,
        table: Table,
        index: DraftIndex,
        choices: Choices,
        by_number: Mapping[int, Row],
        placed: dict[tuple[CellKind, str, bool], Placement],
    ) -> None:
        self.table, self.index, self.choices = table, index, choices
        self.by_number, self.placed = by_number, placed
        self.troubles: list[Trouble] = []
        self.remarks: list[Remark] = []

    def read(self, row: Row) -> Reading:
        author = self._author(row)
        text, proposed = self._words(row, Column.COMMENT), self._words(row, Column.PROPOSED)
        if not text and not proposed and not self.troubles:
            self.troubles.append(Trouble(Problem.NO_WORDS, self._address(row, Column.COMMENT)))
        if proposed and not text:
            self.remarks.append(Remark.PROPOSED_ALONE)
        cell = self._cell(row, Column.CLAUSE)
        placement = self._place(row, cell)
        constituency = self._constituency(row)
        kind = self._type(row, placement)
        as_written = self._as_written(row)
        where = [self._cell(row, one).text.strip() for one in (*_WHERE, Column.TYPE)]
        said = [json.dumps([*who, *where, text, proposed]) for who in ([author], [])]
        capacity = capacity_of(author, self.choices)
        official = capacity is Capacity.STATE_DELEGATION or (constituency is not None and constituency.is_official)
        if (official and self.choices.setting.is_protected) or (
            capacity is Capacity.INDIVIDUAL and self.choices.setting is PublicationSetting.ORGANISATION_ONLY
        ):
            self.troubles.append(Trouble(Problem.SETTING_UNFIT, self._address(row, Column.AUTHOR)))
        language = self._language(row, f"{text}\n{proposed}")
        fate = Fate.REFUSED if self.troubles else Fate.TAKEN
        return Reading(
            row, author, text, proposed, kind, placement, as_written, constituency, language.code,
            "", said, self.troubles, list(dict.fromkeys(self.remarks)), fate, language.words,
        )  # fmt: skip

    def _cell(self, row: Row, column: Column) -> Cell:
        """The cell of a column; one that a merge covers has the value of the merged cell."""
        place = self.choices.columns.get(column)
        cell = row.cell(place)
        if place is not None and cell.is_empty and (top := self.table.merged.get((row.number, place))) is not None:
            above = self.by_number.get(top)
            if above is not None and not above.cell(place).is_empty:
                self.remarks.append(Remark.FROM_MERGE)
                return above.cell(place)
        return cell

    def _address(self, row: Row, column: Column) -> str:
        return f"{column_letters(self.choices.columns.get(column, 0))}{row.number}"

    def _author(self, row: Row) -> str:
        cell = self._cell(row, Column.AUTHOR)
        words = " ".join(words_of(cell.text).text.split())
        name = words or self.choices.speaker
        if not name:
            self.troubles.append(Trouble(Problem.NO_AUTHOR, self._address(row, Column.AUTHOR)))
        if cell.kind in {CellKind.ERROR, CellKind.LOST_FORMULA}:
            self.troubles.append(Trouble(_faulty(cell), self._address(row, Column.AUTHOR), cell.text))
        try:
            return check_line(name, limit=NAME_MAX)
        except BadInput:
            self.troubles.append(Trouble(Problem.NAME_UNFIT, self._address(row, Column.AUTHOR), str(NAME_MAX)))
            return re.sub(r"[\u202a-\u202e\u2066-\u2069]", "", name)[:NAME_MAX]

    def _words(self, row: Row, column: Column) -> str:
        cell = row.cell(self.choices.columns.get(column))
        if cell.kind in {CellKind.ERROR, CellKind.LOST_FORMULA}:
            self.troubles.append(Trouble(_faulty(cell), self._address(row, column), cell.text))
            return ""
        words = words_of(cell.text)
        for happened, remark in (
            (words.had_markup, Remark.MARKUP),
            (words.had_controls, Remark.CONTROLS),
            (words.is_full, Remark.FULL_CELL),
        ):
            if happened:
                self.remarks.append(remark)
        try:
            checked = check_text(words.text, limit=FULL_CELL)
        except BadInput as error:
            is_long = len(words.text) > FULL_CELL
            problem, detail = (
                (Problem.TOO_LONG, str(len(words.text))) if is_long else (Problem.CHARACTERS, error.message)
            )
            self.troubles.append(Trouble(problem, self._address(row, column), detail))
            return ""
        if checked != canonical(words.text):
            self.remarks.append(Remark.CONTROLS)
        return checked

    def _place(self, row: Row, cell: Cell) -> Placement:
        key = (cell.kind, cell.text, cell.is_rounded)
        if key not in self.placed:
            self.placed[key] = place_of(self.index, cell)
        placement = self.placed[key]
        decided = self.choices.places.get(decision_key(cell))
        if placement.kind is not PlaceKind.UNCLEAR:
            return refined(self.index, placement, self._cell(row, Column.PARAGRAPH))
        if decided == GENERAL or (decided is None and self.choices.unplaced_general):
            return Placement(PlaceKind.DECIDED, None, placement.suggestions)
        if decided is not None and decided in self.index.by_eid:
            return Placement(PlaceKind.DECIDED, self.index.by_eid[decided], placement.suggestions)
        self.troubles.append(Trouble(Problem.PLACE_UNCLEAR, self._address(row, Column.CLAUSE), cell.text[:100]))
        return placement

    def _type(self, row: Row, placement: Placement) -> CommentType:
        typed = key_of(self._cell(row, Column.TYPE).text)
        found = _TYPE_OF.get(typed) or next((_TYPE_OF[word] for word in typed.split() if word in _TYPE_OF), None)
        if found is not None:
            return found
        if typed:
            self.remarks.append(Remark.UNKNOWN_TYPE)
        return CommentType.GENERAL if placement.block is None else CommentType.SUBSTANTIVE

    def _constituency(self, row: Row) -> Constituency | None:
        text = key_of(self._cell(row, Column.CONSTITUENCY).text)
        if not text:
            return None
        found = _constituencies().get(text)
        if found is None:
            self.remarks.append(Remark.UNKNOWN_CONSTITUENCY)
        return found

    def _language(self, row: Row, words: str) -> InputLanguage:
        text = self._cell(row, Column.LANGUAGE).text.strip()
        code = _languages(tuple(self.choices.languages)).get(normal(text)) if text else self.choices.language
        found = InputLanguage(code) if code is not None else _language_of(text)
        if found is None:
            self.remarks.append(Remark.UNKNOWN_LANGUAGE)
            found = InputLanguage(self.choices.language)
        elif found.code == UNCODED:
            self.remarks.append(Remark.NAMED_LANGUAGE)
        # By script alone: to ask the model of twenty thousand rows each time the page is looked at takes too long.
        if is_other_script(words, found.code):
            self.remarks.append(Remark.OTHER_SCRIPT)
        return found

    def _as_written(self, row: Row) -> str:
        """The cells that say where, as they stand there, under their own headings where there is more than one."""
        parts = []
        for column in _WHERE:
            place = self.choices.columns.get(column)
            text = " ".join(words_of(self._cell(row, column).text).text.split())
            if place is not None and text:
                heading = self.table.headings[place] if place < len(self.table.headings) else ""
                parts.append((re.sub(r"\s*\([^()]*\)", "", heading).strip(" :"), text))
        if len(parts) == 1 and parts[0][1] == self._cell(row, Column.CLAUSE).text.strip():
            return parts[0][1][:WRITTEN_MAX]
        return " · ".join(f"{heading}: {text}" if heading else text for heading, text in parts)[:WRITTEN_MAX]


def _faulty(cell: Cell) -> Problem:
    return Problem.ERROR_VALUE if cell.kind is CellKind.ERROR else Problem.LOST_FORMULA


@lru_cache(maxsize=1)
def _constituencies() -> dict[str, Constituency]:
    """Each constituency by its value, and by its name in every language of the interface."""
    found = {key_of(one.value.replace("_", " ")): one for one in Constituency}
    for locale in interface_locales():
        with in_locale(locale.code):
            found |= {key_of(str(one.label)): one for one in Constituency}
    return found


@lru_cache(maxsize=64)
def _languages(codes: tuple[str, ...]) -> dict[str, str]:
    """Each language by its code, by its own name, and by its name in every language of the interface."""
    found: dict[str, str] = {}
    for code in codes:
        names = [code, native_name(code), *(language_name(code, locale.code) for locale in interface_locales())]
        found |= {normal(name): code for name in names}
    return found


@lru_cache(maxsize=256)
def _language_of(text: str) -> InputLanguage | None:
    """The language that a cell names, by its code or its name; None for what can be neither."""
    try:
        line = check_line(text)
    except BadInput:
        return None
    return read_language(line, [locale.code for locale in interface_locales()])


def distinct_authors(readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    """The rows of each respondent, by the name as it is compared; in the order of the table."""
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        found.setdefault(normal(reading.author), []).append(reading)
    return found


def unclear_places(readings: Sequence[Reading], column: int | None) -> dict[str, list[Reading]]:
    """The rows whose place a person chooses, by the words of the place."""
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        cell = reading.row.cell(column)
        if reading.placement.kind in {PlaceKind.UNCLEAR, PlaceKind.DECIDED}:
            found.setdefault(decision_key(cell), []).append(reading)
    return found


def groups_of(readings: Sequence[Reading]) -> dict[str, int]:
    """How many rows there are of each kind of place, and with only a proposed change."""
    found = Counter(reading.placement.kind.value for reading in readings)
    found[Remark.PROPOSED_ALONE.value] = sum(Remark.PROPOSED_ALONE in reading.remarks for reading in readings)
    return dict(found)


def blocks_of(readings: Sequence[Reading]) -> list[Paragraph]:
    """The blocks that rows point at, once each."""
    return list({r.placement.block.eid: r.placement.block for r in readings if r.placement.block}.values())


def problems_of(readings: Sequence[Reading]) -> dict[Problem, int]:
    """How many rows are not taken for each reason."""
    return Counter(
        one for reading in readings for one in dict.fromkeys(trouble.problem for trouble in reading.troubles)
    )


def remarks_of(readings: Sequence[Reading]) -> dict[Remark, int]:
    """How many rows that are taken have each remark."""
    return Counter(remark for reading in readings if reading.fate is Fate.TAKEN for remark in reading.remarks)
