"""Fields of WordprocessingML: what a word processor looks up or loads when it opens a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from consult.files.kinds import Refused, Why

_ACTING = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|LINK|IMPORT|DATABASE|AUTOTEXT)\b", re.I)
_CODE = frozenset({"instrText", "delInstrText", "t", "delText"})
_BRANCHES = frozenset({"Choice", "Fallback"})


class Fields:
    """Reads the fields of a part as they come: one within another, over several paragraphs, in several pieces."""

    def __init__(self) -> None:
        # A box of text inside a paragraph is a story of its own, with fields of its own. Of each field that is open,
        # what is written in it; None once its result has begun.
        self.stories: list[list[str | None]] = [[]]

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
        elif local == "fldChar":
            self._mark(values.get("fldCharType", ""))

    def _mark(self, kind: str) -> None:
        story = self.stories[-1]
        if kind == "begin":
            if story and story[-1] is not None and not story[-1].strip():
                raise Refused(Why.EXTERNAL)  # what the outer field does would be the result of the inner one
            story.append("")
        elif story:
            _check(story[-1])
            if kind == "separate":
                story[-1] = None
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
        is_open = bool(story) and story[-1] is not None
        if here in {"instrText", "delInstrText"}:
            inside = names[len(names) - names[::-1].index("txbxContent") :] if "txbxContent" in names else names
            if not _BRANCHES.isdisjoint(inside):
                raise Refused(Why.EXTERNAL)
            if not is_open:
                _check(words)
        if is_open:
            story[-1] = f"{story[-1]}{words}"

    def end(self, local: str) -> None:
        """An element ends."""
        if local == "txbxContent" and len(self.stories) > 1:
            self._check_story(self.stories.pop())

    def check(self) -> None:
        """The part ends.

        Raises:
            Refused: a field that is still open loads something from elsewhere.
        """
        for story in self.stories:
            self._check_story(story)

    @staticmethod
    def _check_story(story: Sequence[str | None]) -> None:
        for one in story:
            _check(one)


def _check(words: str | None) -> None:
    if words and _ACTING.match(words):
        raise Refused(Why.EXTERNAL)
