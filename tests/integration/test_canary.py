"""Unmistakable words in every private field of protected submissions, and nobody who may not sees any of them.

They take part by the pages themselves, as a browser without scripts would. Afterwards every public byte that can be
reached is read, in every locale, and all that two observers of the staff can reach, every message to somebody else,
and every line that was logged.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from consult.access.roles import StaffRole
from consult.app import metadata
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.core.locale import interface_locales
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.publication.services import request_release
from consult.submissions.models import Comment, Submission
from tests.support import build
from tests.support.browse import Values, fill_in, forms_in
from tests.support.crawl import crawl

ADDRESS, AGENT = "203.0.113.77", "Canaryphone/7.7 (zqagent)"
MAIL = "zqmail@zqhost.example.org"
PRIVATE = {
    "name": "Zqname Zqsurname",
    "organisation": "Zqorganisation of the hills",
    "sign_in_name": "zqsigninname",
    "file_name": "zqfilename",
    "exif": "Zqexifauthor",
    "office": "Zqofficeauthor",
    "place": "Zqplace",
    "phone": "+99 5551 zqphone",
}
CANARIES = [word.lower().encode() for word in (*PRIVATE.values(), MAIL, ADDRESS, AGENT, "zqmail", "zqagent")]
COUNTRY, COUNTRY_NAMES = "TLS", (b"timor", "تيمور".encode())


@dataclass
class Protected:
    """One who takes part, and how."""

    client: FlaskClient
    setting: str
    said: str
    way: str


def photograph() -> bytes:
    """A picture with who made it, with what and where."""
    exif = Image.Exif()
    exif[0x013B], exif[0x0110] = PRIVATE["exif"], PRIVATE["exif"]
    exif.get_ifd(0x8825).update({1: "S", 2: (8.0, 33.0, 12.0), 27: PRIVATE["place"].encode()})
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (20, 90, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def letter() -> bytes:
    """A Word file whose properties name its author."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
            '<Override PartName="/docProps/core.xml" '
            'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        )
        made.writestr(
            "_rels/.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'officeDocument" Target="word/document.xml"/>'
            '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/'
            'core-properties" Target="docProps/core.xml"/></Relationships>',
        )
        made.writestr(
            "word/document.xml",
            '<?xml version="1.0"?><w:document '
            'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
            f'<w:ins w:id="1" w:author="{PRIVATE["office"]}"><w:r><w:t>A letter.</w:t></w:r></w:ins>'
            "</w:p></w:body></w:document>",
        )
        made.writestr(
            "docProps/core.xml",
            '<?xml version="1.0"?><cp:coreProperties '
            'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{PRIVATE['office']}</dc:creator></cp:coreProperties>",
        )
    return out.getvalue()


def send(client: FlaskClient, url: str, typed: Values | None = None) -> TestResponse:
    """Fill in that form of a page which asks for these values, and send it as the page says."""
    page = client.get(url)
    assert page.status_code == 200, f"{url}: {page.status_code}"
    forms = forms_in(page.text)
    form = next((form for form in forms if set(typed or ()) & set(form.values)), forms[0])
    answer = client.post(form.action or url, data=fill_in(form, typed or {}))
    assert answer.status_code in {200, 302, 303}, answer.text
    return answer


def browser(app: Flask) -> FlaskClient:
    """A browser of their own, at an address and of a make that nobody may remember."""
    client = app.test_client()
    client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
    return client


def sign_up(app: Flask, person: Protected) -> None:
    """An account by e-mail, or by a name of their own; nothing for who goes without."""
    client = person.client
    typed = {
        "password": build.PASSWORD,
        "name": PRIVATE["name"],
        "email": MAIL,
        "sign_in_name": PRIVATE["sign_in_name"],
    }
    if person.way == "email":
        send(client, "/en/account/sign-up", {key: typed[key] for key in ("name", "email", "password")})
        with app.app_context():
            body = db.session.scalars(sa.select(OutgoingMail.body).where(OutgoingMail.recipient == MAIL)).one()
        send(client, re.findall(r"https?://[^/]+(/\S+confirm/\S+)", body)[0])
    elif person.way == "name":
        shown = send(
            client, "/en/account/sign-up/without-email", {key: typed[key] for key in ("sign_in_name", "password")}
        )
        prove_code(client, shown.text)


def prove_code(client: FlaskClient, page: str) -> None:
    """Type in the code that the page shows."""
    sheet = re.sub(r"<[^>]+>", "", page.partition("code-shown")[2].partition("</p>")[0])
    code = re.findall(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", sheet)[0]
    form = next(form for form in forms_in(page) if "written_code" in form.values)
    answer = client.post(form.action, data={**form.values, "written_code": code})
    assert answer.status_code in {302, 303}, answer.text


def take_part(app: Flask, person: Protected) -> None:
    """From the first point to the receipt."""
    client, base = person.client, "/en/take-part/minerals"
    point = {"comment_type": "substantive", "text": person.said}
    assert send(client, f"{base}/points/new", point).status_code == 302
    sign_up(app, person)
    about = f"{base}/about" + ("?account=none" if person.way == "code" else "")
    who = {
        "name": PRIVATE["name"], "organisation": f"{PRIVATE['organisation']}, {PRIVATE['phone']}",
        "capacity": "organisation", "country": COUNTRY, "constituencies": ["indigenous_peoples"],
    }  # fmt: skip
    assert send(client, about, who).status_code == 302
    chosen = {"setting": person.setting, "pseudonym": "A reader" if person.setting == "pseudonym" else ""}
    assert send(client, f"{base}/who-sees-what", chosen).status_code == 302
    for name, content in ((f"{PRIVATE['file_name']}.jpg", photograph()), (f"{PRIVATE['file_name']}.docx", letter())):
        page = client.get(f"{base}/files")
        form = next(form for form in forms_in(page.text) if "file" in page.text and "csrf_token" in form.values)
        data = {**form.values, "file": (io.BytesIO(content), name)}
        sent = client.post(form.action or f"{base}/files", data=data, content_type="multipart/form-data")
        assert sent.status_code == 302, sent.text
        assert send(client, sent.location).status_code == 302
    if person.way == "code":
        page = client.get(f"{base}/code")
        form = next(form for form in forms_in(page.text) if "code" in (form.action or f"{base}/code"))
        prove_code(client, client.post(form.action or f"{base}/code", data=form.values).text)
    page = client.get(f"{base}/check")
    form = next(form for form in forms_in(page.text) if "/submit/" in form.action)
    receipt = client.post(form.action, data=form.values)
    assert receipt.status_code == 302, receipt.text
    assert client.get(receipt.location).status_code == 200


def read(client: FlaskClient, seeds: list[str]) -> Iterator[tuple[str, bytes]]:
    """All that can be read from there; archives opened."""
    for address, content in crawl(client, seeds):
        yield address, content
        start = content.find(b"PK\x03\x04")
        if start >= 0 and zipfile.is_zipfile(io.BytesIO(content[start:])):
            with zipfile.ZipFile(io.BytesIO(content[start:])) as archive:
                for name in archive.namelist():
                    yield f"{address}!{name}", name.encode() + b"\n" + archive.read(name)


def hits(found: Iterator[tuple[str, bytes]]) -> tuple[dict[str, list[bytes]], int]:
    """Where which of the words stand, and how much was read."""
    where: dict[str, list[bytes]] = {}
    number = 0
    for address, content in found:
        number += 1
        lowered = content.lower()
        there = [word for word in CANARIES if word in lowered]
        if there:
            where[address] = there
    return where, number


PEOPLE: Mapping[str, tuple[str, str]] = {
    "email": ("pseudonym", "A point about the river, under a pseudonym."),
    "name": ("anonymous", "A point about the dust, without a name."),
    "code": ("not_published", "A point about the road, not published."),
}


@pytest.fixture
def staff(app: Flask) -> tuple[build.Desk, build.Desk]:
    """Two hosts; at the first a public round."""
    with app.test_request_context("/en/"), unit_of_work():
        ours, theirs = build.desk(), build.desk()
        round_ = build.open_consultation(ours.host, ours.manager, languages=("en", "ar"))
        build.submit(round_, build.person("Somebody Else"), "A point with a name.")
        build.open_consultation(theirs.host, theirs.manager, slug="other", code="OTHER")
    return ours, theirs


def test_no_private_word_of_the_protected_reaches_anybody_else(
    app: Flask, client: FlaskClient, staff: tuple[build.Desk, build.Desk], capfd: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = staff
    people = [Protected(browser(app), setting, said, way) for way, (setting, said) in PEOPLE.items()]
    for person in people:
        take_part(app, person)
    # An error page on the way, too: what goes wrong is logged.
    people[0].client.get("/en/take-part/minerals/points/%00")
    people[0].client.post("/en/take-part/minerals/about", data={"name": PRIVATE["name"]})

    with app.test_request_context("/en/"), unit_of_work():
        round_ = get_round("minerals")
        build.publish(round_, ours.moderator)
        build.answer_all(round_, ours.responder, ours.approver)
    seen_open, number = hits(read(client, ["/en/", "/api/v1/", "/en/consultations/minerals"]))
    assert seen_open == {}
    assert number > 30

    with app.test_request_context("/en/"), unit_of_work():
        round_ = get_round("minerals")
        build.close(round_)
    with app.app_context():
        sweep()
    with app.test_request_context("/en/"), unit_of_work():
        request_release(get_round("minerals"), actor=ours.manager, now=utc_now())
    with app.app_context():
        sweep()

    with app.app_context():
        references = db.session.scalars(sa.select(Comment.reference).order_by(Comment.id)).all()
        assert db.session.scalar(sa.select(sa.func.count()).where(Submission.is_held)) == 0
    seeds = ["/api/v1/", "/feeds/"]
    for locale in interface_locales():
        code = locale.code
        seeds += [f"/{code}/", f"/{code}/consultations/minerals", f"/{code}/search?words=river"]
        seeds += [f"/{code}/search?words={word.split()[0].lower()}" for word in PRIVATE.values()]
    seeds += [f"/r/{reference}" for reference in references]
    # The words that are to be searched for stand in the address of a search, and in the field that repeats it.
    public = []
    for at, content in read(client, seeds):
        if "words=" not in at or "words=river" in at:
            public.append((at, content))
        else:
            assert not [key for key in references if key.encode() in content], at
    found, number = hits(iter(public))
    assert found == {}
    assert number > 150
    with_choices = re.compile(r"/take-part/|/account/")  # forms that offer every country or area
    told = [at for at, content in public if not with_choices.search(at)
            and any(name in content.lower() for name in COUNTRY_NAMES)]  # fmt: skip
    assert told == []
    assert any(b"about the river" in content for _at, content in public)  # the points themselves are read
    assert any(b"about the dust" in content for _at, content in public)
    assert not any(b"about the road" in content for _at, content in public)

    # Two observers: somebody with every ordinary role of the host at once, and a moderator of another.
    ordinary = [role for role in StaffRole if role is not StaffRole.PROTECTION]
    with app.test_request_context("/en/"), unit_of_work():
        everything = build.person("Observer", roles={ours.host: ordinary})
    for who in (everything, theirs.moderator):
        observer = app.test_client()
        with app.app_context():
            build.sign_in(observer, who)
        found, number = hits(read(observer, ["/en/desk/", "/en/desk/minerals", "/en/account/submissions"]))
        assert found == {}, who.name
        assert number > 10
    for who, status in ((ours.moderator, 200), (theirs.moderator, 404)):
        observer = app.test_client()
        with app.app_context():
            build.sign_in(observer, who)
        answers = {observer.get(f"/en/desk/minerals/queue/{reference}").status_code for reference in references}
        assert answers == {status}, who.name

    with app.app_context():
        assert kept_of_devices() == []
        for mail in db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.recipient != MAIL)):
            content = f"{mail.recipient}\n{mail.subject}\n{mail.body}".lower().encode()
            assert not [word for word in CANARIES if word in content]
    logged = capfd.readouterr()
    lines = (logged.out + logged.err).lower().encode()
    assert b"request" in lines
    assert not [word for word in CANARIES if word in lines]


def kept_of_devices() -> list[tuple[str, str]]:
    """Where in the database an address, the make of a device, or what was taken out of a file still stands."""
    lost = [ADDRESS, AGENT.lower(), "zqagent", *(PRIVATE[name].lower() for name in ("exif", "office", "place"))]
    found = []
    for table in metadata().sorted_tables:
        for row in db.session.execute(sa.select(table)):
            text = repr(tuple(row)).lower()
            found += [(table.name, word) for word in lost if word in text]
    return found
