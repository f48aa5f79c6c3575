"""XLIFF 2: what goes out comes back; what tools make of it is read; what is hostile is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.core.errors import BadInput
from consult.core.hidden import without_hidden
from consult.core.text import canonical
from consult.translating.comparing import Comparison, Fate, compare, require_fitting
from consult.translating.units import Group, Unit
from consult.translating.xliff import NAMESPACE, SIZE_MAX, VERSION_NOTE, read_xliff, write_xliff

# Every character that is one, controls and noncharacters too: more than may ever be stored.
ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1).map(canonical).filter(bool)


def unit(key: int = 1, **values: Any) -> Unit:
    filled = {"place": f"3.2 ¶ {key}", "source": "A *marked* <source> & more.", "source_language": "en", **values}
    return Unit("paragraph", key, "text", language="km", **filled)


def written(*units: Unit) -> bytes:
    return write_xliff([Group("draft", "Draft", units)], consultation="MIN", source_language="en", language="km")


def document(inner: str, *, attributes: str = 'version="2.1" srcLang="en" trgLang="km"') -> bytes:
    return f'<xliff xmlns="{NAMESPACE}" {attributes}><file id="f" original="MIN">{inner}</file></xliff>'.encode()


def one(segments: str, *, before: str = "", key: str = "paragraph-1-text") -> str:
    return f'<unit id="{key}">{before}{segments}</unit>'


def compared(inner: str, *units: Unit) -> Comparison:
    return compare(read_xliff(document(inner)), units, reader="en")


@settings(deadline=None, max_examples=60)
@given(source=ANY_TEXT, text=ANY_TEXT, place=st.text(st.characters()))
def test_every_character_comes_back(source: str, text: str, place: str) -> None:
    units = [unit(source=source, text=text, version=3, place=place), unit(2, source=source, place=place)]
    found = read_xliff(written(*units)).units
    assert [(u.source, u.text) for u in found] == [(source, text), (source, "")]


@settings(deadline=None, max_examples=60)
@given(
    source=ANY_TEXT,
    text=ANY_TEXT.map(without_hidden).map(canonical).filter(bool),
    is_stale=st.booleans(),
    limit=st.integers(0, 9),
)
def test_what_went_out_changes_nothing_when_it_comes_back(source: str, text: str, is_stale: bool, limit: int) -> None:
    here = [unit(source=source, text=text, version=2, is_stale=is_stale, limit=limit), unit(2, source=source)]
    found = compare(read_xliff(written(*here)), here, reader="en")
    assert not found.taken({finding.choice for finding in found.findings})
    assert found.findings[1].fate is Fate.EMPTY


def test_a_file_is_xliff_with_one_file_for_each_group() -> None:
    groups = [
        Group("draft", "Draft", [unit(text="នេះ", version=4, limit=20), unit(2, source_language="fr")]),
        Group("points", "Points", [unit(3, source_language="fr")]),
        Group("questions", "Questions", [unit(4, is_stale=True, text="នោះ", version=1)]),
    ]
    content = write_xliff(groups, consultation="MIN", source_language="en", language="km")
    assert content == write_xliff(groups, consultation="MIN", source_language="en", language="km")
    root, name = fromstring(content), f"{{{NAMESPACE}}}"
    assert (root.tag, root.attrib) == (f"{name}xliff", {"version": "2.1", "srcLang": "en", "trgLang": "km"})
    assert [file.get("id") for file in root] == ["draft", "questions"]
    assert [u.get("id") for u in root.iter(f"{name}unit")] == ["paragraph-1-text", "paragraph-4-text"]
    assert [s.get("state") for s in root.iter(f"{name}segment")] == ["translated", "initial"]
    notes = {note.get("category"): note.text for note in next(root.iter(f"{name}notes"))}
    assert notes[VERSION_NOTE] == "4"
    assert notes["consult-limit"] == "20"


def test_what_tools_split_and_mark_up_is_read_as_plain_text() -> None:
    inner = one(
        '<segment state="final"><source>First. </source><target order="3">Premier. </target></segment>'
        "<ignorable><source>  </source></ignorable>"
        '<segment state="reviewed"><source>Second <ph id="1" dataRef="d1"/> <pc id="2" dataRefStart="d2" '
        'dataRefEnd="d2">bold</pc>.</source><target order="1"><mrk id="m" type="term">Second</mrk> <ph id="1" '
        'dataRef="d1"/> <pc id="2" dataRefStart="d2" dataRefEnd="d2">gr<sm id="3"/>as<cp hex="0001"/></pc>'
        '<ph id="9" equiv="!"/></target></segment>',
        before='<mtc:matches xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><mtc:match ref="#1"><source>no</source>'
        "<target>never</target></mtc:match></mtc:matches>"
        '<notes><note category="consult-version">7</note></notes>'
        '<originalData><data id="d1">%(n)s</data><data id="d2">**</data></originalData>',
    )
    (found,) = read_xliff(document(f"<group id='g'><group id='h'>{inner}</group></group>")).units
    assert found.source == "First.   Second %(n)s **bold**."
    assert found.text == "Second %(n)s **gras\x01**!  Premier. "
    assert (found.version, found.state, found.is_complete) == (7, "reviewed", True)


@pytest.mark.parametrize(
    ("segment", "here", "fate"),
    [
        ("<segment><source>S</source><target>T</target></segment>", {}, Fate.NEW),
        ("<segment><source>S</source><target> </target></segment>", {"text": "T", "version": 1}, Fate.EMPTY),
        ("<segment><source>S</source><target>S</target></segment>", {}, Fate.SAME_AS_SOURCE),
        ('<segment state="reviewed"><source>S</source><target>S</target></segment>', {}, Fate.NEW),
        ("<segment><source>Old</source><target>T</target></segment>", {}, Fate.SOURCE_CHANGED),
        ("<segment><source>S</source><target>T</target></segment>", {"text": "Other", "version": 1}, Fate.CONFLICT),
        ("<segment><source>S</source><target>T</target></segment>", {"text": "T", "version": 9}, Fate.UNCHANGED),
        (
            '<segment state="translated"><source>S</source><target>T</target></segment>',
            {"text": "T", "version": 1, "is_stale": True},
            Fate.CONFIRMED,
        ),
        ("<segment><source>S</source><target>T</target></segment>", {"fixed_in": frozenset({"km"})}, Fate.FIXED),
        ("<segment><source>S</source><target>TT</target></segment>", {"limit": 1}, Fate.TOO_LONG),
        ('<segment><source>S</source><target>T<cp hex="0000"/></target></segment>', {}, Fate.REFUSED),
        ("<segment><source>S</source><target>T\u202e</target></segment>", {"is_line": True}, Fate.REFUSED),
        (
            "<segment><source>S</source><target>T</target></segment><segment><source>U</source></segment>",
            {"source": "SU"},
            Fate.PARTIAL,
        ),
    ],
)
def test_each_unit_has_its_fate(segment: str, here: dict[str, Any], fate: Fate) -> None:
    found = compared(one(segment) + one(segment, key="paragraph-99-text"), unit(**{"source": "S", **here}))
    assert [finding.fate for finding in found.findings] == [fate, Fate.UNKNOWN]


def test_a_translation_that_somebody_changed_here_meanwhile_is_a_conflict_however_versions_stand() -> None:
    here = unit(text="First", version=2)
    content = written(here).decode().replace(">First<", ">From elsewhere<").encode()
    for now, fate in (
        (here, Fate.CHANGED),
        (replace(here, text="Second"), Fate.CONFLICT),
        (replace(here, version=3), Fate.CHANGED),
    ):
        assert compare(read_xliff(content), [now], reader="en").findings[0].fate is fate


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
LARGE = (
    f"<originalData><data id='d'>{'x' * 100_000}</data></originalData><segment><source>"
    + '<ph id="1" dataRef="d"/>' * 300
    + "</source></segment>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 not xml", "Line 1"),
        (b"x" * (SIZE_MAX + 1), "too large"),
        (document(one("<segment><source>S</source>")), "Line 1, column"),
        (f"\n{BOMB}".encode() + document("<unit id='u'>&b;</unit>"), "Line 2: the file declares"),
        (OUTSIDE.encode() + document("<unit id='u'>&a;</unit>"), "Line 1: the file declares"),
        (b'<!DOCTYPE xliff SYSTEM "http://127.0.0.1/x.dtd">' + document(""), "Line 1: the file declares"),
        (document("\n" + "<group id='g'>" * 80 + "</group>" * 80), "Line 2: elements are nested"),
        (b"<a>" * 100_000, "not an XLIFF 2 file"),
        (document(one("") + "\n" + one("")), "Line 2: the unit “paragraph-1-text” stands here for the second time"),
        (document(one("<segment><source>a<b/></source></segment>")), "Line 1: the element “b”"),
        (document(one('<segment><source>a<x:b xmlns:x="y"/></source></segment>')), "Line 1: the element “b”"),
        (document(one('<segment><source><cp hex="zz"/></source></segment>')), "Line 1: the element “cp”"),
        (document(one('<segment><source><cp hex="D800"/></source></segment>')), "Line 1: the element “cp”"),
        (document(one(LARGE)), "Line 1: the codes of this file grow too large"),
        (document("<unit><segment><source>a</source></segment></unit>"), "Line 1: the element “unit”"),
        (document(one("<source>a</source>")), "Line 1: the element “source”"),
        (document("", attributes='version="1.2"'), "Line 1: this is XLIFF 1.2"),
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>', "Line 1: this is XLIFF 1.2"),
        (document("", attributes='version="2.1" srcLang="en"'), "Line 1: the file does not say"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "Line 1: this is not an XLIFF 2 file"),
        (b"<xliff>\n\xff", "Line 2: the file is not in UTF-8"),
        ("<xliff/>".encode("utf-16"), "Line 1: the file is not in UTF-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><xliff/>', "Line 1: the file is not in UTF-8"),
    ],
)  # fmt: skip
def test_what_is_broken_or_hostile_is_refused_with_its_place(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_xliff(content)


def test_a_file_of_something_else_is_refused() -> None:
    read = read_xliff(document(one("<segment><source>S</source><target>T</target></segment>")))
    require_fitting(read, consultation="MIN", language="KM", reader="en")
    with pytest.raises(BadInput, match="belongs to the consultation MIN, not to OTHER"):
        require_fitting(read, consultation="OTHER", language="km", reader="en")
    with pytest.raises(BadInput, match=r"translates into Khmer\. Here translations into Lao"):
        require_fitting(read, consultation="MIN", language="lo", reader="en")
    with pytest.raises(BadInput, match="Line 1: this file translates from English, but the text is written in French"):
        compare(read, [unit(source_language="fr")], reader="en")
