"""The document with its comments: what everybody reads of it, as a page, as one small file, as a Word file."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from consult.accounts.enums import Capacity
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Round
from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.db import db
from consult.documents.enums import BlockKind
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.services import import_document, issue_corrigendum
from consult.jobs import sweep
from consult.publication.annotated import Text, gather, parts_of
from consult.submissions.enums import Nature, PublicationSetting
from consult.submissions.services import make_stricter, withdraw_comment
from consult.texts.services import update_translations
from tests.integration.publication.releasing import built, restrict
from tests.support import build, states

PAGE = "/en/consultations/minerals/with-comments"
FILES = (f"{PAGE}/file", f"{PAGE}/word")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = '<script>alert(1)</script> =HYPERLINK("http://x") {FIELD} & "quotes" \x0b\x07'


def words_of(content: bytes) -> str:
    """Everything that a Word file says, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    return "\n".join("".join(node.itertext(f"{W}t")) for node in tree.iter(f"{W}p"))


def given(client: FlaskClient, address: str) -> str:
    """What a page or a file says."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return words_of(answer.data) if address.split("?")[0].endswith("/word") else answer.text


@pytest.fixture
def staff(app: Flask) -> Iterator[build.Desk]:
    with app.app_context():
        shutil.rmtree(settings().data_dir / "made", ignore_errors=True)
        yield build.desk()


def said(staff: build.Desk, *texts: str, **options: object) -> Round:
    """An open round with a published point of each of some people."""
    round_ = build.open_consultation(staff.host, staff.manager, **options)
    for place, text in enumerate(texts):
        build.submit(round_, build.person(f"Author {place}"), text, paragraph=place % 2)
    build.publish(round_, staff.moderator)
    db.session.commit()
    return round_


@pytest.mark.parametrize("address", [PAGE, *FILES])
def test_points_stand_beside_their_paragraph_and_nothing_that_is_not_public(
    client: FlaskClient, staff: build.Desk, address: str
) -> None:
    round_ = said(staff, "The first point.", "The second point.")
    build.submit(round_, build.person("Waiting"), "Not screened yet.")
    build.submit(round_, build.person("Hidden Person"), "Held words.", setting=PublicationSetting.ANONYMOUS)
    build.submit(round_, build.person("Nobody"), "Never published.", setting=PublicationSetting.NOT_PUBLISHED)
    build.publish(round_, staff.moderator)
    build.submit(round_, build.person("Ministry"), "Unproven words.", capacity=Capacity.STATE_DELEGATION)
    db.session.commit()
    page = given(client, address)
    first, second = page.index("Paragraph 1 in en."), page.index("Paragraph 2 in en.")
    if not address.endswith("word"):  # there the words stand in the table
        assert first < page.index("The first point.") < second < page.index("The second point.")
    assert "The second point." in page
    assert "Author 0" in page
    for hidden in ("Held words.", "Hidden Person", "Never published.", "Unproven words."):
        assert hidden not in page


@pytest.mark.parametrize("address", FILES)
def test_a_second_asking_gives_the_same_bytes_until_something_is_taken_back(
    client: FlaskClient, staff: build.Desk, address: str
) -> None:
    round_ = said(staff, "It stays.", "It goes.", "It is restricted.")
    before = client.get(address)
    again = client.get(address)
    assert again.data == before.data
    assert client.get(address, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    kept = settings().data_dir / "made"
    assert len(list(kept.iterdir())) == 1
    comments = {comment.text: comment for comment in build.points_of(round_)}
    author = build.person("Author")
    withdraw_comment(comments["It goes."], actor=author, now=utc_now())
    db.session.commit()
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "It goes." not in given(client, address)
    restrict(comments["It is restricted."], staff)
    db.session.commit()
    assert "It is restricted." not in given(client, address)
    submission = comments["It stays."].submission
    assert "Author 0" in given(client, address)
    make_stricter(submission, PublicationSetting.ANONYMOUS, pseudonym="", actor=author, now=utc_now())
    db.session.commit()
    assert "Author 0" not in given(client, address)
    sweep()
    newest = client.get(address).data
    sweep()
    assert [path.read_bytes() for path in kept.iterdir()] == [newest]


@pytest.mark.parametrize("address", FILES)
def test_a_new_name_of_the_host_and_a_corrigendum_translated_later_make_the_files_anew(
    client: FlaskClient, staff: build.Desk, address: str
) -> None:
    round_ = said(staff, "A point.", languages=("en", "fr"))
    corrigendum = issue_corrigendum(
        get_version(round_), None, words={"en": "An error."}, reads="", should_read="", language=None,
        actor=staff.manager, now=utc_now(),
    )  # fmt: skip
    db.session.commit()
    french = f"{address}?edition=fr"
    assert "An error." in given(client, french)
    update_translations(
        "corrigendum", corrigendum.id, language="fr", fields={"words": ("An error.", "Une erreur.")},
        actor=staff.manager, now=utc_now(),
    )  # fmt: skip
    db.session.commit()
    assert "Une erreur." in given(client, french)
    round_.consultation.host.name = "A renamed host"
    db.session.commit()
    assert "A renamed host" in given(client, address)


def test_the_worker_deletes_what_shows_words_that_were_withdrawn(client: FlaskClient, staff: build.Desk) -> None:
    round_ = said(staff, "It goes.")
    for address in FILES:
        client.get(address)
    kept = settings().data_dir / "made"
    assert len(list(kept.iterdir())) == 2
    sweep()
    assert len(list(kept.iterdir())) == 2
    withdraw_comment(build.points_of(round_)[0], actor=build.person("Author"), now=utc_now())
    db.session.commit()
    sweep()
    assert not list(kept.iterdir())


@pytest.mark.parametrize("address", [PAGE, *FILES])
def test_answers_stand_there_once_the_log_is_released(client: FlaskClient, staff: build.Desk, address: str) -> None:
    round_ = build.released_round(staff, "Answer me.", "Then withdraw me.")
    db.session.commit()
    assert "An answer." not in given(client, address)
    built(round_, staff)
    assert "An answer." in given(client, address)
    gone = next(comment for comment in build.points_of(round_) if comment.text == "Then withdraw me.")
    withdraw_comment(gone, actor=build.person("Author"), now=utc_now())
    db.session.commit()
    page = given(client, address)
    assert "Then withdraw me." not in page
    assert str(gone.reference) in page.partition("Withdrawn or struck")[2]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"visibility": Visibility.AFTER_CLOSING}, (200, 404)),
        ({"visibility": Visibility.PARTICIPANTS_ONLY}, (200, 404)),
        ({"audience": Audience.BY_INVITATION}, (403, 403)),
    ],
)
def test_who_may_not_read_the_input_or_the_draft_gets_neither(
    client: FlaskClient, staff: build.Desk, options: dict[str, object], status: tuple[int, int]
) -> None:
    said(staff, "Not for you.", **options)
    page = client.get(PAGE)
    assert page.status_code == status[0]
    assert "Not for you." not in page.text
    for address in FILES:
        assert client.get(address).status_code == status[1]


def test_reservations_stand_there_word_for_word(client: FlaskClient, staff: build.Desk) -> None:
    round_ = said(staff, "A point.")
    states.accept(states.on_record(round_, build.person("Delegate")), staff.moderator)
    db.session.commit()
    for address in (PAGE, *FILES):
        page = given(client, address)
        assert states.RESERVED in page
        assert states.STATED in page
        assert "Member State A" in page
        assert "1 reservation and 1 statement of position" in page


def test_the_word_file_is_data_and_nothing_else(client: FlaskClient, staff: build.Desk) -> None:
    round_ = build.open_consultation(staff.host, staff.manager)
    author = build.person('<w:p/> "Name" & Co')
    build.submit(round_, author, HOSTILE.strip("\x0b\x07 "))
    build.publish(round_, staff.moderator)
    db.session.commit()
    content = client.get(FILES[1]).data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    assert not [name for name in names if "thumbnail" in name or "vba" in name or "embeddings" in name]
    assert not [name for name, xml in parts.items() if 'TargetMode="External"' in xml]
    fields = [
        element.get(f"{W}instr")
        for name, xml in parts.items()
        if name.startswith("word/")
        for element in etree.fromstring(xml.encode()).iter(f"{W}fldSimple", f"{W}instrText")
    ]
    assert set(fields) == {"PAGE", "NUMPAGES"}
    assert "python" not in parts["docProps/core.xml"].lower()
    words = words_of(content)
    assert '<script>alert(1)</script> =HYPERLINK("http://x")' in words
    assert '<w:p/> "Name" & Co' in words


def test_the_table_can_be_cleared_on_paper(client: FlaskClient, staff: build.Desk) -> None:
    said(staff, "The first point.", "The second point.")
    made = Document(io.BytesIO(client.get(FILES[1]).data))
    [found] = [one for one in made.tables if len(one.columns) == 8]
    assert [cell.text for cell in found.rows[0].cells] == [
        "Reference", "Paragraph", "Who", "Type", "Comment", "Proposed change", "How addressed", "Clearance",
    ]  # fmt: skip
    assert found.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
    assert [row.cells[1].text for row in found.rows[1:]] == ["1 ¶ 1", "1 ¶ 2"]
    assert "☐ yes ☐ no" in found.rows[1].cells[7].text
    last = made.sections[-1]
    assert last.page_width > last.page_height
    assert [one.style.name for one in made.paragraphs if one.text == "1 Purpose"] == ["Heading 1"]
    assert any(one.text.startswith("¶ 1") for one in made.paragraphs)


def test_right_to_left_and_complex_scripts_say_so(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, languages=("ar", "km"))
        build.submit(round_, build.person("Author"), "នេះជាមតិ។", language="km")
        build.publish(round_, staff.moderator)
        db.session.commit()
    content = client.get("/ar/consultations/minerals/with-comments/word").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    arabic = next(node for node in tree.iter(f"{W}p") if "فقرة 1" in "".join(node.itertext()))
    assert arabic.find(f"{W}pPr/{W}bidi") is not None
    assert arabic.findall(f".//{W}rtl")
    assert {one.get(f"{W}bidi") for one in arabic.iter(f"{W}lang")} >= {"ar"}
    khmer = next(node for node in tree.iter(f"{W}r") if "នេះ" in "".join(node.itertext()))
    assert khmer.find(f"{W}rPr/{W}rFonts").get(f"{W}cs") == "Khmer UI"
    assert khmer.find(f"{W}rPr/{W}rtl") is None
    assert list(tree.iter(f"{W}bidiVisual"))


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_page_takes_as_many_queries_for_any_number_of_points(
    app: Flask, client: FlaskClient, staff: build.Desk, number: int
) -> None:
    round_ = build.open_consultation(staff.host, staff.manager)
    build.submit(round_, build.person("Author"), *[f"Point {place}." for place in range(number)])
    build.publish(round_, staff.moderator)
    db.session.commit()
    client.get(PAGE)
    counts = []
    for address in (PAGE, f"{PAGE}/file"):
        with build.count_queries(app) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts == [14, 20]


def test_a_long_text_comes_in_parts(client: FlaskClient, staff: build.Desk) -> None:
    round_ = build.open_consultation(staff.host, staff.manager, paragraphs=200)
    db.session.commit()
    found = gather(Text(get_version(round_), [round_], {round_.id}), edition="en", reader="en", words="en")
    assert [part.number for part in parts_of(found)] == [1, 2]
    assert "Paragraph 1 in en." in client.get(PAGE).text
    second = client.get(f"{PAGE}?part=2").text
    assert "Paragraph of the second section" in second
    assert "Paragraph 1 in en." not in second
    for wrong in ("0", "3", "x", "99999", "-1"):
        assert client.get(f"{PAGE}?part={wrong}").status_code in {200, 404}
    assert client.get(f"{PAGE}?part=3").status_code == 404


def test_of_states_are_counted_apart(staff: build.Desk) -> None:
    round_ = said(staff, "A point.")
    states.accept(states.on_record(round_, build.person("Delegate")), staff.moderator)
    found = gather(Text(get_version(round_), [round_], {round_.id}), edition="en", reader="en", words="en")
    assert found.of_states == {Nature.RESERVATION: 1, Nature.STATEMENT: 1}


NEGOTIATED = """# 1 Purpose

Parties [shall [may] act] before _____ in each basin.[^1]

[Alternative 1: They report each year.]

As in the rules.
"""


def test_negotiated_text_is_shown_as_such_in_the_word_file(client: FlaskClient, staff: build.Desk) -> None:
    round_ = build.consultation_in_setup(staff.host, staff.manager)
    import_document(round_, NEGOTIATED, language="en", actor=staff.manager, now=utc_now())
    note = list_paragraphs(get_version(round_))[-1]
    note.kind, note.number = BlockKind.NOTE, "1"
    open_round(round_, actor=staff.manager, now=utc_now())
    build.submit(round_, build.person("Author"), "[They] act.")
    build.publish(round_, staff.moderator)
    db.session.commit()
    content = client.get(FILES[1]).data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    text = next(node for node in tree.iter(f"{W}p") if "Parties" in "".join(node.itertext()))
    runs = [("".join(run.itertext(f"{W}t")), run.find(f"{W}rPr")) for run in text.iter(f"{W}r")]
    bold = [words for words, looks in runs if looks is not None and looks.find(f"{W}b") is not None]
    assert [words for words in bold if words in "[]"] == ["[", "[", "]", "]"]
    raised = [(words, looks.find(f"{W}vertAlign").get(f"{W}val")) for words, looks in runs
              if looks is not None and looks.find(f"{W}vertAlign") is not None]  # fmt: skip
    assert raised == [("2", "subscript"), ("2", "subscript"), ("1", "superscript")]
    assert [words for words, looks in runs if looks is not None and looks.find(f"{W}bdr") is not None] == ["_____"]
    words = words_of(content)
    assert "Text in square brackets is not agreed." in words
    assert "2 passages are in brackets." in words
    assert "1 alternative has a number." in words
    assert "1 place is still to be filled in. It has a dashed frame." in words
    assert "[^" not in words
    page = given(client, FILES[0])
    assert "Text in square brackets is not agreed." in page
    assert "Parties [shall [may] act] before _____ in each basin.<sup>1</sup>" in page
    assert "Back to the text" not in page
