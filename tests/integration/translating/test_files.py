"""XLIFF out and in through the desk: looked at first, only what can be taken is taken, nothing is lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.consultations.enums import MeetingKind
from consult.consultations.models import Meeting
from consult.consultations.queries import get_consultation, get_round
from consult.consultations.services import save_meeting
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from consult.translating.exchanging import forget_old_files
from consult.translating.models import TranslatedFile
from consult.translating.queries import load_work, units_by_key
from consult.translating.xliff import read_xliff
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to
from tests.support.translate import save_translation

URL = "/en/desk/minerals/translations/km/files"

HEAD = b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="km"/>'


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """An open consultation in English, with Khmer in preparation."""
    with app.test_request_context("/en/"):
        made = build.desk()
        round_ = build.open_consultation(made.host, made.manager)
        build.add_language(round_, "km", made.manager, translated=False)
        db.session.commit()
        return made


@pytest.fixture
def translator(app: Flask, staff: build.Desk) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        build.sign_in(client, staff.translator)
    return client


def stored(app: Flask, staff: build.Desk) -> dict[str, str]:
    """Every translation into Khmer by the key of its unit."""
    with app.test_request_context("/en/"):
        work = load_work(get_consultation("minerals"), "km", actor=staff.translator)
        return {unit.key: unit.text for group in work.groups for unit in group.units if unit.text}


def bring(client: FlaskClient, content: bytes, name: str = "from.xlf", url: str = URL) -> Any:
    """Upload a file."""
    form = next(form for form in forms_in(client.get(url).text))
    return client.post(url, data={**fill_in(form, {}), "file": (io.BytesIO(content), name)})


def take(client: FlaskClient, address: str, step: str = "take", chosen: list[str] | None = None) -> Any:
    """Confirm a file that was looked at."""
    return client.post(
        address, data=fill_in(forms_in(client.get(address).text)[0], {"step": step, "take": chosen or []})
    )


def meeting(staff: build.Desk, title: str) -> Meeting:
    """The meeting of the consultation, called that from now on: its words change after the opening too."""
    there = db.session.scalars(sa.select(Meeting)).one_or_none()
    return save_meeting(
        get_consultation("minerals"), there, kind=MeetingKind.OTHER, title={"en": title}, place={}, record_url="",
        first_day=utc_now().date(), last_day=None, actor=staff.manager, now=utc_now(),
    )  # fmt: skip


def translated(content: bytes, words: str = "ខ្មែរ {n}") -> tuple[bytes, dict[str, str]]:
    """The same file with a translation in each of its units."""
    text, made = content.decode(), {}
    for number, unit in enumerate(read_xliff(content).units):
        made[unit.key] = words.format(n=number)
        before, start, rest = text.partition(f'<unit id="{unit.key}"')
        rest = rest.replace("</source>", f"</source><target>{made[unit.key]}</target>", 1)
        text = before + start + rest
    return text.encode(), made


def test_a_file_goes_out_comes_back_is_looked_at_and_taken_once(
    app: Flask, staff: build.Desk, translator: FlaskClient
) -> None:
    out = translator.get(f"{URL}/export?show=all")
    assert out.headers["Content-Disposition"] == "attachment; filename=MIN-en-km.xlf"
    assert (out.mimetype, out.headers["Cache-Control"]) == ("application/xliff+xml", "private, no-store")
    assert out.data == translator.get(f"{URL}/export?show=all").data
    draft = translator.get(f"{URL}/export?group=draft")
    assert "MIN-en-km-draft.xlf" in draft.headers["Content-Disposition"]
    assert {unit.key.partition("-")[0] for unit in read_xliff(draft.data).units} == {"paragraph"}

    content, words = translated(out.data)
    look = bring(translator, content)
    assert look.status_code == 302
    page = main_of(translator.get(look.location))
    assert f"{len(words)} translations are taken when you confirm" in page
    folded = page.partition("<details><summary>New: ")[2].partition("</details>")[0]
    assert all(text in folded for text in words.values())
    assert stored(app, staff) == {}
    assert redirects_to(take(translator, look.location), URL)
    assert stored(app, staff) == words
    assert translator.get(look.location).status_code == 404
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TranslatedFile)) == 0
        assert not [d for d in file_store().digests() if file_store().get(d).endswith(content)]

    again = bring(translator, content)
    assert "nothing in it that would be taken" in main_of(translator.get(again.location))
    take(translator, again.location)
    assert stored(app, staff) == words
    assert redirects_to(translator.get(f"{URL}/export?show=todo"), URL)  # nothing is left


def test_what_somebody_did_here_meanwhile_stays_unless_it_is_chosen(
    app: Flask, staff: build.Desk, translator: FlaskClient
) -> None:
    with app.test_request_context("/en/"):
        third = f"meeting-{meeting(staff, 'A meeting').id}-title"
        db.session.commit()
    content, words = translated(translator.get(f"{URL}/export?show=all").data)
    first, second = [key for key in words if key.startswith("paragraph-")][:2]
    with app.test_request_context("/en/"):
        consultation = get_consultation("minerals")
        units = units_by_key(load_work(consultation, "km", actor=staff.translator))
        for key in (first, second):
            save_translation(
                consultation, units[key], f"Here {key}", language="km", made_from=0, actor=staff.translator,
                now=utc_now(),
            )  # fmt: skip
        meeting(staff, "Another source.")
        db.session.commit()
    look = bring(translator, content)
    page = translator.get(look.location).text
    assert page.count("Also translated here meanwhile") == 2  # in the numbers, and above the two
    assert "Another source." in page
    offered = [part.partition('"')[0] for part in page.split('name="take" value="')[1:]]
    assert {choice.partition(":")[0] for choice in offered} == {first, second, third}
    # Between looking and taking, somebody changes one of those that are chosen: it is not overwritten.
    with app.test_request_context("/en/"):
        consultation = get_consultation("minerals")
        unit = units_by_key(load_work(consultation, "km", actor=staff.translator))[second]
        save_translation(
            consultation, unit, "Newer", language="km", made_from=unit.version, actor=staff.translator, now=utc_now()
        )
        db.session.commit()
    take(translator, look.location, chosen=offered)
    assert "One is left as it was here" in translator.get(URL).text
    found = stored(app, staff)
    assert (found[first], found[second], found[third]) == (words[first], "Newer", words[third])
    assert len(found) == len(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><xliff/>", "Line 1: the file declares"),
        (b"<xliff><", "Line 1"),
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>', "XLIFF 1.2"),
        (HEAD.replace(b"km", b"lo"), "into Lao"),
        (
            HEAD.replace(b"/>", b">") + b'<file id="f" original="OTHER"/></xliff>',
            "belongs to the consultation OTHER",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_nothing_is_kept(
    app: Flask, translator: FlaskClient, content: bytes, words: str
) -> None:
    answer = bring(translator, content, name="../<b>evil.xlf")
    assert answer.status_code == 422
    assert words in main_of(answer)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TranslatedFile)) == 0


def test_who_may_and_what_is_forgotten(app: Flask, staff: build.Desk, translator: FlaskClient) -> None:
    content, _words = translated(translator.get(f"{URL}/export?group=draft").data)
    look = bring(translator, content, name="../<b>evil.xlf")
    assert "&lt;b&gt;evil.xlf" in translator.get(look.location).text
    people = [(staff.manager, 200), (staff.moderator, 403), (staff.approver, 403)]
    with app.app_context():
        people.append((build.person("Stranger", roles={build.host(): [StaffRole.TRANSLATOR]}), 404))
        build.open_consultation(staff.host, staff.manager, slug="other", code="OTH")
        db.session.commit()
    for who, status in people:
        client = app.test_client()
        with app.app_context():
            build.sign_in(client, who)
        for address in (URL, f"{URL}/export?show=all", look.location):
            assert client.get(address).status_code == status, (who.name, address)
    for other in (look.location.replace("minerals", "other"), look.location.replace("/km/", "/lo/")):
        assert translator.get(other).status_code == 404
    assert redirects_to(take(translator, look.location, "discard"), URL)
    assert stored(app, staff) == {}
    bring(translator, content)
    with app.app_context():
        assert forget_old_files(utc_now()) == 0
        assert forget_old_files(utc_now() + timedelta(days=8)) == 1
        db.session.commit()


def test_points_and_answers_are_called_by_their_references(
    app: Flask, staff: build.Desk, translator: FlaskClient
) -> None:
    """Keys of rows tell the order of arrival, and which points are one hand's; a file must not even ask for them."""
    with app.app_context():
        round_, author = get_round("minerals"), build.person("Author")
        submission = build.submit(round_, author, "Zinc words.", setting=PublicationSetting.ANONYMOUS)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        build.lift(round_)
        db.session.commit()
        key, reference = submission.comments[0].id, submission.comments[0].reference
    out = translator.get(f"{URL}/export?show=all").data
    point = f"comment-{reference}-text"
    units = {point, f"response_version-{reference}-1-text", f"response_version-{reference}-1-rationale"}
    desk = URL.removesuffix("/files")
    pages = [out.decode(), *(translator.get(f"{desk}?show=all&group={one}").text for one in ("points", "answers"))]
    for page in pages:
        assert f"{reference}-" in page
        assert not re.search(r"(?:comment|response_version)-\d+-[a-z]", page)
    content, words = translated(out)
    assert units < set(words)
    take(translator, bring(translator, content).location)
    assert stored(app, staff) == words

    waiting = bring(translator, content.replace(point.encode(), f"comment-{key}-text".encode())).location
    look = main_of(translator.get(waiting))
    assert "Files now name points and answers by their references." in look
    assert str(reference) not in look
    with app.app_context():
        withdraw_comment(db.session.get_one(Comment, key), actor=author, now=utc_now())
        db.session.commit()
        assert not [digest for digest in file_store().digests() if b"Zinc words." in file_store().get(digest)]
    assert translator.get(waiting).status_code == 404


def test_the_pages_cost_the_same_however_much_there_is(app: Flask, staff: build.Desk, translator: FlaskClient) -> None:
    numbers = []
    for slug, paragraphs in (("minerals", 3), ("long", 300)):
        with app.test_request_context("/en/"):
            if slug == "long":
                build.open_consultation(staff.host, staff.manager, slug="long", code="LONG", paragraphs=paragraphs)
                db.session.commit()
        url = URL.replace("minerals", slug)
        content, _words = translated(translator.get(f"{url}/export?show=all").data)
        look = bring(translator, content, url=url)
        for address in (f"{url}/export?show=all", look.location):
            with build.count_queries(app) as queries:
                assert translator.get(address).status_code == 200
            numbers.append(len(queries))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 30
