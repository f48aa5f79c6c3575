"""Reading in a process of its own, and what is said of what was found."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from consult.documents.enums import BlockKind
from consult.documents.importing import reading as importing
from consult.documents.importing.child import SECONDS_MOST, SECONDS_OF_A_PAGE, main
from consult.documents.importing.findings import sentence_of, unreadable_sentence
from consult.documents.importing.reading import read_source
from consult.documents.importing.structure import Finding, FindingCode, ReadText, Unreadable, UnreadableCode
from tests.support import files
from tests.support.word import drawing, p, reading, word


def through(content: bytes) -> ReadText:
    return read_source(io.BytesIO(content))


def test_what_comes_out_of_the_process_is_what_was_read() -> None:
    body = "".join(p(f"Paragraph {n} [XX]") for n in range(300)) + p(drawing("pic", "A map"))
    content = word(body, parts={"word/media/i.png": files.png(30, 20)}, rels=(("pic", "image", "media/i.png", False),))
    percents: list[int] = []
    made = read_source(io.BytesIO(content), told=percents.append)
    assert made == reading(content)
    assert made.blocks[-1].kind is BlockKind.FIGURE
    assert percents == sorted(percents)
    assert len(percents) > 2
    assert percents[-1] == 100


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"\n", "no_text"), (files.png(), "unknown"), (b"{\\rtf1 x}", "rtf"), (word("<w:p/>"), "no_text")],
    ids=["empty", "blank", "picture", "rtf", "wordless"],
)
def test_refusals_come_out_by_their_code(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as error:
        through(content)
    assert error.value.code.value == why


def test_html_and_markdown_come_through_too() -> None:
    assert [block.text for block in through(b"<html><body><p>One</p><ul><li>Two</ul>").blocks] == ["One", "Two"]
    assert [block.text for block in through(b"# One\n\nTwo").blocks] == ["One", "Two"]


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SECONDS_MOST", 0.2)
    began = time.monotonic()
    with pytest.raises(Unreadable) as error:
        through(word("".join(p(f"Words {n}") for n in range(4_000))))
    assert error.value.code is UnreadableCode.TOO_HARD
    assert time.monotonic() - began < 5


def test_whoever_is_told_may_end_it() -> None:
    class NoMore(Exception):
        pass

    def told(_percent: int) -> None:
        raise NoMore

    with pytest.raises(NoMore):
        read_source(io.BytesIO(b"# One"), told=told)


def test_the_process_gets_nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONSULT_SECRET_KEY", "the-secret")
    module = tmp_path / "looks.py"
    module.write_text("import json, os, sys\nprint(json.dumps(dict(os.environ)))\n")
    monkeypatch.setattr("consult.files.sandbox.package_parent", lambda: tmp_path)
    from consult.files.sandbox import run_child

    with (tmp_path / "in").open("w+b") as source, (tmp_path / "out").open("w+b") as target:
        said = run_child("looks", source, target, seconds=20)
    assert "CONSULT_SECRET_KEY" not in said
    assert "the-secret" not in str(said)
    assert os.environ["CONSULT_SECRET_KEY"] == "the-secret"


def test_what_nobody_foresaw_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr("consult.documents.importing.formats.read", broken)
    assert main(b"x", lambda _percent: None) == ({"why": "damaged"}, [])


def test_every_finding_and_every_reason_has_its_sentence() -> None:
    said = [sentence_of(Finding(code, count)) for code in FindingCode for count in (1, 2_000)]
    said += [unreadable_sentence(code) for code in UnreadableCode]
    assert len(set(said)) == len(said)
    assert all(sentence.endswith(".") and "%(" not in sentence for sentence in said)
    assert sum("2,000" in sentence for sentence in said) == len(FindingCode)


def test_a_page_that_keeps_its_parser_busy_gets_less_time_than_other_files() -> None:
    page = b"<html><p " + b" ".join(b"a%d=1" % n for n in range(40_000)) + b">x"
    command = [sys.executable, "-m", "consult.documents.importing.child"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(page)
        process.stdin.close()
        allowed, deadline = 0, time.monotonic() + 20
        while allowed != SECONDS_OF_A_PAGE and process.poll() is None and time.monotonic() < deadline:
            allowed = resource.prlimit(process.pid, resource.RLIMIT_CPU)[0]
            time.sleep(0.02)
        process.kill()
    assert allowed == SECONDS_OF_A_PAGE < SECONDS_MOST
