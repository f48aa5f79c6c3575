"""What a DOCX holds besides its text: changes that somebody proposes, comments, hidden words, headers."""

from __future__ import annotations

from tests.support.word import cell, found, lines_of, p, reading, row, run, table, word

WHO = 'w:id="1" w:author="Secretname" w:date="2026-01-01T00:00:00Z"'


def inserted(words: str) -> str:
    return f"<w:ins {WHO}>{run(words)}</w:ins>"


def deleted(words: str) -> str:
    return f"<w:del {WHO}><w:r><w:delText xml:space='preserve'>{words}</w:delText></w:r></w:del>"


def test_a_text_is_read_as_if_no_change_had_been_accepted_and_each_change_is_listed() -> None:
    body = p(run("States ") + deleted("should ") + inserted("shall ") + run("publish."))
    body += p(f"<w:moveFrom {WHO}>{run('Moved words. ')}</w:moveFrom>" + run("Stay."))
    body += p(f"<w:moveTo {WHO}>{run('Moved words.')}</w:moveTo>" + run("There."))
    body += p(run("Look", f"<w:b/><w:rPrChange {WHO}><w:rPr/></w:rPrChange>"))
    made = reading(word(body))
    assert lines_of(made) == [
        "text | States should publish.",
        "text | Moved words. Stay.",
        "text | There.",
        "text | **Look**",
    ]
    seen = found(made)
    assert (seen["tracked_insertions"].count, seen["tracked_insertions"].details) == (1, ["shall"])
    assert (seen["tracked_deletions"].count, seen["tracked_deletions"].details) == (1, ["should"])
    assert (seen["tracked_moves"].count, seen["tracked_moves"].details) == (1, ["Moved words."])
    assert seen["tracked_formatting"].count == 1
    assert seen["tracked_insertions"].places == [0]
    assert "Secretname" not in str(made)


def test_a_paragraph_that_is_inserted_is_not_there_and_one_that_is_cut_in_two_is_whole() -> None:
    mark = f"<w:rPr><w:ins {WHO}/></w:rPr>"
    body = p("Before.") + p(inserted("Wholly new."), more=mark)
    body += p(run("First half, "), more=mark) + p("second half.")
    body += p(run("Kept apart."), more=f"<w:rPr><w:del {WHO}/></w:rPr>") + p("Next.")
    made = reading(word(body))
    assert [block.text for block in made.blocks] == ["Before.", "First half, second half.", "Kept apart.", "Next."]
    assert "Wholly new." in found(made)["tracked_insertions"].details


def test_an_inserted_end_at_the_very_end_loses_no_words() -> None:
    made = reading(word(p(run("Last words."), more=f"<w:rPr><w:ins {WHO}/></w:rPr>")))
    assert [block.text for block in made.blocks] == ["Last words."]


def test_rows_of_tables_that_are_inserted_or_deleted() -> None:
    rows = table(
        row("A", "B", more="<w:tblHeader/>"),
        row("new", "row", more=f"<w:ins {WHO}/>"),
        row("old", "row", more=f"<w:del {WHO}/>"),
        row(cell(p(run("x ") + inserted("y") + deleted("z"))), "w"),
    )
    made = reading(word(rows))
    assert made.blocks[0].text == "| A | B |\n| --- | --- |\n| old | row |\n| x z | w |"
    assert found(made)["tracked_insertions"].details == ["newrow", "y"]
    assert found(made)["tracked_deletions"].count == 2
    wide = table(row("A", "B"), row("c", cell("new cell", "<w:cellIns w:id='1' w:author='x'/>"), "d"))
    made = reading(word(wide + f"<w:ins {WHO}>{p('Wrapped')}</w:ins>"))
    assert [block.text for block in made.blocks] == ["| A | B |\n| --- | --- |\n| c | d |"]
    assert found(made)["tracked_insertions"].details == ["new cell", "Wrapped"]


def test_comments_are_counted_and_never_taken_in() -> None:
    comments = "".join(
        f'<w:comment w:id="{n}" w:author="Secretname" w:initials="S">{p("A secret remark")}</w:comment>'
        for n in range(3)
    )
    body = p("Before") + p(
        '<w:commentRangeStart w:id="0"/>'
        + run("Words")
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )
    made = reading(word(body, parts={"comments": comments}))
    assert [block.text for block in made.blocks] == ["Before", "Words"]
    assert (found(made)["comments"].count, found(made)["comments"].places) == (3, [1])
    assert "ecret" not in str(made)


def test_hidden_words_are_left_out_and_listed() -> None:
    styles = '<w:style w:type="character" w:styleId="Hid"><w:name w:val="Hid"/><w:rPr><w:vanish/></w:rPr></w:style>'
    body = p(run("Seen ") + run("direct", "<w:vanish/>") + run("styled", '<w:rStyle w:val="Hid"/>') + run("end"))
    body += p(run("back", '<w:rStyle w:val="Hid"/><w:vanish w:val="0"/>'))
    made = reading(word(body, parts={"styles": styles}))
    assert [block.text for block in made.blocks] == ["Seen end", "back"]
    assert found(made)["hidden_text"].details == ["direct", "styled"]


def test_headers_and_footers_are_listed_with_their_words() -> None:
    made = reading(
        word(
            p("Text"),
            parts={
                "header": p("Confidential draft"),
                "word/footer1.xml": f'<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{p("Page")}</w:ftr>',
            },
            rels=(("f", "footer", "footer1.xml", False),),
        )
    )
    assert [block.text for block in made.blocks] == ["Text"]
    assert sorted(found(made)["headers_footers"].details) == ["Confidential draft", "Page"]
    assert {piece.label for piece in made.pieces} >= {"header", "footer"}
