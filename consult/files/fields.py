"""Fields of WordprocessingML: what a word processor looks up or loads when it opens a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.files.kinds import Refused, Why

_ACTING = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|LINK|IMPORT|DATABASE|AUTOTEXT)\b", re.I)
_OF_A_PERSON = re.compile(
    r"\s*(?:(?:AUTHOR|LASTSAVEDBY|USERNAME|USERINITIALS|USERADDRESS|FILENAME|TEMPLATE)\b|"
    r"(?:DOCPROPERTY|INFO)\s+\"?(?:Author|LastSavedBy|LastAuthor|Manager|Company|FileName|Template)\b)",
    re.I,
)
"""What a word processor fills in from the account of whoever uses it, and from where the file lies."""
_BOUND = re.compile(r"\b(?:creator|lastModifiedBy|Manager|Company|CompanyE-mail|CompanyPhone|CompanyAddress)\b")
_CODE = frozenset({"instrText", "delInstrText", "t", "delText"})
_BRANCHES = frozenset({"Choice", "Fallback"})


@dataclass
class _Field:
    """A field that is open: what is written in it, and whether its result has begun."""

    code: str = ""
    has_result: bool = False


class Fields:
    """Reads the fields of a part as they come: one within another, over several paragraphs, in several pieces."""

    def __init__(self) -> None:
        # A box of text inside a paragraph is a story of its own, with fields of its own.
        self.stories: list[list[_Field]] = [[]]
        # Of each simple field, and of each control, that is open: whether it shows who wrote the file, or its name.
        self.shown: dict[str, list[bool]] = {"fldSimple": [], "sdt": []}

    @property
    def is_of_a_person(self) -> bool:
        """Whether what comes now is filled in by the program: who wrote the file, or what it is called."""
        return any(map(any, self.shown.values())) or any(
            one.has_result and _OF_A_PERSON.match(one.code) for story in self.stories for one in story
        )

    def start(self, local: str, values: Mapping[str, str]) -> None:
        """An element begins.

        Args:
            local: its name without prefix.
            values: its attributes by their names without prefix.

        Raises:
            Refused: a field ends here that loads something from elsewhere.
        """
        if local == "txbxContent":
            self.stories.append([])
        elif local == "fldSimple":
            _check(values.get("instr", ""))
            self.shown[local].append(bool(_OF_A_PERSON.match(values.get("instr", ""))))
        elif local == "sdt":
            self.shown[local].append(False)
        elif local == "dataBinding" and self.shown["sdt"]:
            self.shown["sdt"][-1] = bool(_BOUND.search(values.get("xpath", "")))
        elif local == "fldChar":
            self._mark(values.get("fldCharType", ""))

    def _mark(self, kind: str) -> None:
        story = self.stories[-1]
        if kind == "begin":
            if story and not story[-1].has_result and not story[-1].code.strip():
                raise Refused(Why.EXTERNAL)  # what the outer field does would be the result of the inner one
            story.append(_Field())
        elif story:
            _check(story[-1].code)
            if kind == "separate":
                story[-1].has_result = True
            else:
                story.pop()

    def words(self, names: Sequence[str], words: str) -> None:
        """A text comes.

        Args:
            names: the elements around it, outermost first.
            words: the whole text.

        Raises:
            Refused: it could begin a field that loads something, or says different things to different readers.
        """
        here = names[-1] if names else ""
        if here not in _CODE:
            return
        story = self.stories[-1]
        is_open = bool(story) and not story[-1].has_result
        if here in {"instrText", "delInstrText"}:
            inside = names[len(names) - names[::-1].index("txbxContent") :] if "txbxContent" in names else names
            if not _BRANCHES.isdisjoint(inside):
                raise Refused(Why.EXTERNAL)
            if not is_open:
                _check(words)
        if is_open:
            story[-1].code += words

    def end(self, local: str) -> None:
        """An element ends."""
        if local == "txbxContent" and len(self.stories) > 1:
            self._check_story(self.stories.pop())
        elif local in self.shown:
            self.shown[local].pop()

    def check(self) -> None:
        """The part ends.

        Raises:
            Refused: a field that is still open loads something from elsewhere.
        """
        for story in self.stories:
            self._check_story(story)

    @staticmethod
    def _check_story(story: Sequence[_Field]) -> None:
        for one in story:
            _check(one.code)


def _check(words: str) -> None:
    if _ACTING.match(words):
        raise Refused(Why.EXTERNAL)
