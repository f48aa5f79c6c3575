"""A long draft read section by section; its versions, its other languages beside it, its figures, the final text."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from consult.consultations.enums import Audience
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.documents.enums import BlockKind
from consult.documents.models import Figure, Paragraph
from consult.documents.queries import get_version
from consult.documents.services import import_document
from consult.files.kinds import Kind
from tests.support import build
from tests.support.continuing import conclude, final_text

DRAFT = "/en/consultations/minerals/draft"


def long_text(sections: int = 30, blocks: int = 20) -> str:
    parts = []
    for section in range(1, sections + 1):
        parts.append(f"# {section} Section {section}")
        parts += [f"Words {section}.{place} of it." for place in range(1, blocks + 1)]
    return "\n\n".join(parts)


def open_with(source: str, **options: object) -> build.Desk:
    staff = build.desk()
    round_ = build.consultation_in_setup(staff.host, staff.manager, **options)  # type: ignore[arg-type]
    import_document(round_, source, language="en", actor=staff.manager, now=utc_now())
    build.consultations.open_round(round_, actor=staff.manager, now=utc_now())
    db.session.commit()
    return staff


def test_a_long_draft_is_read_by_sections_unless_asked_otherwise(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        open_with(long_text())
    first = client.get(DRAFT).text
    assert "Words 1.20 of it." in first
    assert "Words 2.1 of it." not in first
    assert 'aria-current="true"' in first
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(following.replace("&amp;", "&")).text
    assert "Words 2.1 of it." in second
    assert 'rel="prev"' in second
    whole = client.get(DRAFT, query_string={"read": "whole"}).text
    assert "Words 1.1 of it." in whole
    assert "Words 30.20 of it." in whole
    assert len(first) < len(whole) / 5
    # The contents lead everywhere, and what they lead to is there.
    links = re.findall(r'<li><a href="([^"]*section=sec_17[^"]*)#sec_17"', second)
    assert "Words 17.1 of it." in client.get(links[0].replace("&amp;", "&")).text


def test_one_place_is_found_from_everywhere(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        open_with(long_text())
    answer = client.get(f"{DRAFT}/at/sec_12__para_3")
    assert answer.status_code == 302
    assert answer.location.endswith("#sec_12__para_3")
    page = client.get(answer.location).text
    assert 'id="sec_12__para_3"' in page
    assert "Words 11.1 of it." not in page
    assert client.get(f"{DRAFT}/at/nothing").status_code == 302
    assert client.get(DRAFT, query_string={"section": "nothing"}).status_code == 200


def test_two_languages_stand_side_by_side_and_what_is_missing_is_said(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        db.session.commit()
    page = client.get(DRAFT, query_string={"beside": "ar"}).text
    assert "Paragraph 1 in en." in page
    assert re.search(r'lang="ar" dir="rtl">\s*<p>فقرة 1 in ar\.', page)
    assert client.get(DRAFT, query_string={"beside": "xx"}).status_code == 200
    assert "فقرة" not in client.get(DRAFT, query_string={"beside": "en"}).text


def test_a_figure_is_given_out_to_whoever_may_read_its_draft(app: Flask, client: FlaskClient) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 3)).save(picture, "PNG")
    with app.test_request_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        version = get_version(round_)
        figure = Figure(sha256=file_store().put(picture.getvalue()), kind=Kind.PNG, width=4, height=3)
        db.session.add(figure)
        db.session.flush()
        last = Paragraph(
            version_id=version.id, eid="sec_2__para_2", position=99, kind=BlockKind.FIGURE, level=0, number="",
            inside=2, text="A map of the coast", figure_id=figure.id,
        )  # fmt: skip
        db.session.add(last)
        build.consultations.open_round(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        address, other = f"{DRAFT}/figures/{figure.id}", f"{DRAFT}/figures/{figure.id + 1}"
    assert client.get(address).status_code == 403
    with app.test_request_context():
        build.sign_in(client, staff.manager)
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", picture.getvalue())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(other).status_code == 404
    page = client.get(DRAFT).text
    assert 'width="4" height="3" alt="The picture that is described here" loading="lazy"' in page
    assert "A map of the coast" in client.get(f"{DRAFT}/file").text


@pytest.mark.parametrize("is_concluded", [False, True])
def test_the_final_text_is_everybody_s_once_the_outcome_is_recorded(
    app: Flask, client: FlaskClient, is_concluded: bool
) -> None:
    with app.test_request_context():
        staff = open_with("# 1 A\n\nFirst words.\n")
        round_ = get_round("minerals")
        build.close(round_)
        final_text(round_, "# 1 A\n\nFinal words.\n", staff.manager)
        if is_concluded:
            conclude(round_, staff.manager)
        db.session.commit()
    expected = 200 if is_concluded else 404
    for path in ("/final", "/final/file"):
        answer = client.get(DRAFT + path)
        assert answer.status_code == expected
        assert ("Final words." in answer.text) is is_concluded
    found = client.get("/en/search", query_string={"words": "Final words"}).text
    assert ("/draft/final" in found) is is_concluded
    assert ("/draft/final" in client.get(DRAFT).text) is is_concluded
    assert client.get("/en/consultations/minerals/compare").status_code == expected
