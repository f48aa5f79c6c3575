"""A block of a draft stays what it is in every language: at the desk and from files."""

from __future__ import annotations

import pytest

from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput
from consult.documents.enums import BlockKind
from consult.documents.importing import require_same_build
from consult.documents.services import import_document
from consult.translating.xliff import write_xliff
from tests.integration.translating.conftest import Desk
from tests.integration.translating.test_files import bring, take
from tests.support import build
from tests.support.browse import main_of, send

TABLE = "| Year | Share |\n| --- | --- |\n| 2030 | 30 |"
FRENCH = "| An | Part |\n| --- | --- |\n| 2030 | 30 |"
WRECKED = f"Tableau : {FRENCH}"
SAID = "¶ 1: the source is a table (rows: 2, columns: 2). The translation has to be one with as many"
PAGE = "/en/desk/minerals/translations/fr"


@pytest.mark.parametrize(
    ("kind", "source", "same", "others"),
    [
        (BlockKind.TABLE, TABLE, FRENCH, [WRECKED, f"{FRENCH}\n| x | y |", FRENCH.replace(" |\n", " | + |\n"), f"{FRENCH}\n\nx"]),
        (BlockKind.TEXT, "One.", "*Une* [note](https://example.org).", ["Une.\n\nDeux.", "- Une", "# Une", "2030. Une"]),
        (BlockKind.HEADING, "Purpose", "2030. But", ["But\n\nDeux", "But\nDeux"]),
        (BlockKind.ITEM, "One\n- two\n- three", "Un\n* deux\n* trois", ["Un deux trois", "Un\n- deux"]),
        (BlockKind.QUOTE, "> One", "> Un\n> deux", ["Un", "> Un\n\nDeux"]),
        (BlockKind.CODE, "```\na\n```", "~~~\nb\n\nc\n~~~", ["b", "```\nb\n```\nb"]),
    ],
)  # fmt: skip
def test_a_translation_is_built_as_its_source(kind: BlockKind, source: str, same: str, others: list[str]) -> None:
    require_same_build(kind, source, source, place="1 ¶ 1")
    require_same_build(kind, source, same, place="1 ¶ 1")
    for other in others:
        with pytest.raises(BadInput, match=r"^1 ¶ 1: "):
            require_same_build(kind, source, other, place="1 ¶ 1")


def test_a_wrecked_table_is_refused_at_the_desk_and_in_a_file(desk: Desk) -> None:
    desk.in_setup()
    with desk.app.test_request_context("/en/"):
        import_document(desk.round, TABLE, language="en", actor=desk.staff.manager, now=utc_now())
        db.session.commit()
        (key,) = desk.keys("fr", "draft")
        work = desk.work("fr")
        code = desk.consultation.code
        build.sign_in(desk.client, desk.staff.translator)
    url = f"{PAGE}?group=draft"
    answer = send(desk.client, url, {f"text-{key}": WRECKED}, action=url)
    assert answer.status_code == 422
    assert SAID in answer.text
    assert "Tableau" in answer.text
    groups = [group for group in work.groups if group.name == "draft"]
    file = write_xliff(groups, consultation=code, source_language="en", language="fr").decode()
    content = file.replace("</source>", f"</source><target>{WRECKED}</target>").encode()
    looked = bring(desk.client, content, url=f"{PAGE}/files")
    page = main_of(desk.client.get(looked.location))
    assert "Not the same kind of block as the source" in page
    assert SAID in page
    take(desk.client, looked.location)
    with desk.app.test_request_context("/en/"):
        assert desk.unit(key, "fr").text == ""
    assert send(desk.client, url, {f"text-{key}": FRENCH}, action=url).status_code == 302
    with desk.app.test_request_context("/en/"):
        assert desk.unit(key, "fr").text == FRENCH
