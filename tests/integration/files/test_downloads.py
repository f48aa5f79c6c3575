"""Giving files out: to whom, as what, asked anew at each download; one test for each hole that others had here."""

from __future__ import annotations

import io
import threading

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from consult.access.roles import StaffRole
from consult.consultations.services import add_background, remove_background
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.files import sandbox
from consult.moderation.enums import RestrictionReason
from consult.moderation.models import FileDecision
from consult.moderation.services import publish_file, restrict_comments, restrict_file
from consult.submissions.enums import FileAudience, PublicationSetting
from consult.submissions.models import Attachment
from consult.submissions.services import attach_file, withdraw_comment
from tests.integration.files.conftest import DESK, HERE, PUBLIC, Scene, cleaned, send
from tests.support import build, files
from tests.support.browse import forms_in, main_of


def public_address(attachment: Attachment) -> str:
    """Where the public has a file."""
    assert attachment.comment is not None
    return f"{PUBLIC}/comments/{attachment.comment.reference}/files/1"


def test_a_public_file_is_a_download_and_never_shown(scene: Scene, client: FlaskClient) -> None:
    """Inline HTML or SVG: whatever a browser makes of the bytes, it saves them, in a sandbox, under a tame name."""
    with scene.app.app_context():
        attachment = scene.published(files.pdf(), 'ប"><script>\u202efdp.html')
        address, reference = public_address(attachment), str(attachment.comment and attachment.comment.reference)
        content = file_store().get(str(attachment.file and attachment.file.sha256))
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.data == content
    header = answer.headers["Content-Disposition"]
    assert header.startswith('attachment; filename="script fdp.pdf"; filename*=UTF-8')
    assert "script" in header
    assert "%3C" not in header
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    part = client.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, content[:4])
    for page in (f"{PUBLIC}/comments", f"{PUBLIC}/comments/{reference}"):
        shown = client.get(page).text
        assert "<script>\u202e" not in shown
        assert f'href="{address}" download><bdi>' in shown
        assert "Not checked for viruses" in shown
    assert client.get(f"{PUBLIC}/comments/{reference}/files/2").status_code == 404
    assert client.get(f"{PUBLIC}/comments/{reference}/files/0").status_code == 404


def test_private_attachments_are_served_to_nobody_else(scene: Scene, client: FlaskClient) -> None:
    """Objects of another organisation reachable by id: another host's staff, another respondent, a visitor."""
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        attachment = scene.attach(draft, files.jpeg(), "a.jpg")
        submission = scene.submit(draft)
        build.publish(scene.round(), scene.staff.moderator)
        other = build.desk()
        stranger = build.person("Stranger")
        slug = build.open_consultation(other.host, other.manager, slug="elsewhere", code="ELSE").consultation.slug
        key, receipt, reference = attachment.key, submission.key, submission.comments[0].reference
        db.session.commit()
    own = f"{HERE}/receipt/{receipt}/files/{key}"
    of_desk = f"{DESK}/files/{key}/download"
    draft_page = f"{HERE}/files/{key}/download"
    assert client.get(f"{PUBLIC}/comments/{reference}/files/1").status_code == 404
    assert client.get(own).status_code == 302
    assert client.get(of_desk).status_code == 302
    for who, expected in (
        (stranger, (404, 404)),
        (scene.author, (200, 404)),
        (scene.staff.moderator, (403, 200)),
        (scene.staff.responder, (403, 200)),
        (scene.staff.translator, (403, 403)),
        (other.moderator, (404, 404)),
        (other.manager, (404, 404)),
    ):
        with scene.app.app_context():
            build.sign_in(client, who)
        assert (client.get(own).status_code, client.get(of_desk).status_code) == expected, who.name
        assert client.get(draft_page).status_code == 404
        assert client.get(f"/en/desk/{slug}/files/{key}/download").status_code in {403, 404}
    with scene.app.app_context():
        build.sign_in(client, scene.author)
    answer = client.get(own)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert f"/receipt/{receipt}/files/{key}" in client.get(f"{HERE}/receipt/{receipt}").text


def test_a_file_is_public_only_while_its_point_and_a_moderator_let_it(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        attachment = scene.attach(draft, files.pdf(), public=True)
        scene.submit(draft)
        build.publish(scene.round(), scene.staff.moderator)
        address, moderator, now = public_address(attachment), scene.staff.moderator, utc_now()
        db.session.commit()
    assert client.get(address).status_code == 404, "nobody has looked at it"
    with scene.app.app_context():
        attachment = db.session.scalars(sa.select(Attachment)).one()
        publish_file(attachment, actor=moderator, now=now)
        with pytest.raises(InvalidTransition):
            publish_file(attachment, actor=moderator, now=now)
        db.session.commit()
    assert client.get(address).status_code == 200
    with scene.app.app_context():
        attachment = db.session.scalars(sa.select(Attachment)).one()
        why = {"reason": RestrictionReason.PERSONAL_DATA, "agreement": "", "actor": moderator, "now": now}
        with pytest.raises(BadInput):
            restrict_file(attachment, public_reason="", **why)  # type: ignore[arg-type]
        restrict_file(attachment, public_reason="A face.", **why)  # type: ignore[arg-type]
        db.session.commit()
    assert client.get(address).status_code == 404
    with scene.app.app_context():
        build.sign_in(client, scene.author)
        attachment = db.session.scalars(sa.select(Attachment)).one()
        receipt = attachment.submission.key
    assert "A face." in client.get(f"{HERE}/receipt/{receipt}").text
    with scene.app.app_context():
        attachment = db.session.scalars(sa.select(Attachment)).one()
        publish_file(attachment, actor=moderator, now=now)
        assert attachment.comment is not None
        restrict_comments([attachment.comment], public_reason="No.", **why)  # type: ignore[arg-type]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FileDecision)) == 3
        db.session.commit()
    assert client.get(address).status_code == 404, "its point is restricted"
    with scene.app.app_context():
        build.sign_in(client, moderator)
        key = db.session.scalars(sa.select(Attachment.key)).one()
    shown = main_of(client.get(f"{DESK}/files/{key}"))
    assert shown.count("Not public: its point is restricted") == 2  # as its status, and in place of the last decision


def test_the_desk_reads_on_whose_word_a_file_was_restricted(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        attachment, moderator = scene.published(files.pdf()), scene.staff.moderator
        restrict_file(
            attachment, reason=RestrictionReason.UNLAWFUL, public_reason="A map.", agreement="Letter 7 of 2027",
            actor=moderator, now=utc_now(),
        )  # fmt: skip
        address = f"{DESK}/files/{attachment.key}"
        db.session.commit()
        build.sign_in(client, moderator)
    shown = client.get(address).text
    assert "A map." in shown
    assert "Letter 7 of 2027" in shown


def test_withdrawn_and_protected_files_are_given_out_no_more(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        attachment = scene.published(files.pdf())
        address = public_address(attachment)
        assert attachment.comment is not None
        withdraw_comment(attachment.comment, actor=scene.author, now=utc_now())
        db.session.commit()
        assert not list(file_store().digests())
    assert client.get(address).status_code == 404
    with scene.app.app_context():
        who = build.person("Protected")
        draft = build.draft(scene.round(), who, "Theirs.")
        made = attach_file(draft, cleaned(files.pdf()), name="Protected.pdf", comment=draft.comments[0], now=utc_now())
        made.audience = FileAudience.PUBLIC
        scene.submit(draft, PublicationSetting.ANONYMOUS)
        made.audience = FileAudience.PUBLIC
        build.publish(scene.round(), scene.staff.moderator)
        address, key = public_address(made), made.key
        db.session.commit()
        build.sign_in(client, scene.staff.moderator)
    asked = client.get(f"{DESK}/files/{key}").text
    assert "Protected: nobody at the desk" in asked
    assert "Public after the round has closed" in asked
    assert "Clear the file" in asked
    assert "Publish the file" not in asked
    assert build.post(client, f"{DESK}/files/{key}/publish").status_code == 302
    assert client.get(address).status_code == 404, "held until the round has closed"
    for page in (f"{DESK}/files?show=all", f"{DESK}/files/{key}"):
        shown = client.get(page).text
        assert "MIN-1-" in shown
        assert "Protected.pdf" not in shown
        assert "Read, not public yet" in shown
    assert "Protected" not in client.get(f"{DESK}/files/{key}/download").headers["Content-Disposition"]


def test_who_may_decide_about_files(scene: Scene, client: FlaskClient) -> None:
    """Missing authorisation on a verb: publishing and restricting are a moderator's."""
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        key = scene.attach(draft, files.pdf(), public=True).key
        scene.submit(draft)
        db.session.commit()
    for role in (StaffRole.MANAGER, StaffRole.RESPONDER, StaffRole.APPROVER, StaffRole.TRANSLATOR):
        with scene.app.app_context():
            build.sign_in(client, getattr(scene.staff, role.value))
        for verb in ("publish", "restrict"):
            assert build.post(client, f"{DESK}/files/{key}/{verb}").status_code == 403
    with scene.app.app_context():
        build.sign_in(client, scene.staff.moderator)
    for overview in ("/en/desk", DESK):
        assert "1 file to look at" in client.get(overview).text
    page = client.get(f"{DESK}/files").text
    assert "a.pdf" in page
    assert build.post(client, f"{DESK}/files/{key}/restrict").status_code == 422
    reason = {"reason": "personal_data", "public_reason": "A face."}
    assert build.post(client, f"{DESK}/files/{key}/restrict", reason).status_code == 302
    assert build.post(client, f"{DESK}/files/{key}/publish").status_code == 302
    assert "a.pdf" not in client.get(f"{DESK}/files").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(scene: Scene, client: FlaskClient, number: int) -> None:
    with scene.app.app_context():
        for place in range(number):
            author = build.person(f"Author {place}")
            draft = build.draft(scene.round(), author, "A point.")
            for content in (files.pdf(), files.odt()):
                made = attach_file(draft, cleaned(content), name="a", comment=draft.comments[0], now=utc_now())
                made.audience = FileAudience.PUBLIC
            scene.submit(draft)
            for one in db.session.scalars(sa.select(Attachment).where(Attachment.submission_id == draft.id)).unique():
                publish_file(one, actor=scene.staff.moderator, now=utc_now())
        build.publish(scene.round(), scene.staff.moderator)
        db.session.commit()
    with build.count_queries(scene.app) as found:
        page = client.get(f"{PUBLIC}/comments").text
    assert page.count(" download>") == 2 * number
    public = len(found)
    with scene.app.app_context():
        build.sign_in(client, scene.staff.moderator)
    with build.count_queries(scene.app) as found:
        client.get(f"{DESK}/files?show=all")
    assert (public, len(found)) == (QUERIES_PUBLIC, QUERIES_DESK)


QUERIES_PUBLIC, QUERIES_DESK = 19, 9


def test_background_documents_go_to_whoever_may_read_the_draft(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        build.sign_in(client, scene.staff.manager)
    page = client.get(f"{DESK}/background").text
    assert "No documents yet" in page
    form = {"title-en": "A study", "title-ar": "دراسة", "language": "en"}
    url = f"{DESK}/background"
    refused = {**form, "file": (io.BytesIO(b"<svg/>"), "a.pdf")}
    answer = build.post(client, url, refused, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "A study" in answer.text
    good = {**form, "file": (io.BytesIO(files.pdf()), "study.pdf")}
    assert build.post(client, url, good, content_type="multipart/form-data").status_code == 302
    shown = client.get(url).text
    assert "A study" in shown
    assert "the author" in shown
    visitor = scene.app.test_client()
    listed = visitor.get(f"{PUBLIC}/files")
    assert "A study" in listed.text
    assert "PDF document" in listed.text
    assert "دراسة" in visitor.get(f"/ar{PUBLIC.removeprefix('/en')}/files").text
    assert "Read one document beside the draft" in visitor.get(PUBLIC).text
    given = visitor.get(f"{PUBLIC}/files/1")
    assert given.status_code == 200
    assert given.headers["Content-Disposition"].startswith('attachment; filename="study.pdf"')
    assert files.CANARY.encode() not in given.data
    for role in (StaffRole.MODERATOR, StaffRole.RESPONDER, StaffRole.APPROVER):
        with scene.app.app_context():
            build.sign_in(client, getattr(scene.staff, role.value))
        assert client.get(url).status_code == 403
        assert build.post(client, f"{url}/1/remove").status_code == 403
    with scene.app.app_context():
        build.sign_in(client, scene.staff.manager)
    assert build.post(client, f"{url}/1/remove").status_code == 302
    assert visitor.get(f"{PUBLIC}/files/1").status_code == 404
    with scene.app.app_context():
        assert not list(file_store().digests())
        added = add_background(
            scene.round().consultation, cleaned(files.odt()), name="b.odt", title={"en": "Another"}, language="km",
            actor=scene.staff.manager, now=utc_now(),
        )  # fmt: skip
        assert added.number == 2, "a number leads to one document for ever"
        remove_background(added, actor=scene.staff.manager, now=utc_now())
        with pytest.raises(InvalidTransition):
            remove_background(added, actor=scene.staff.manager, now=utc_now())


def test_a_document_that_comes_while_others_are_cleaned_can_be_sent_again(
    scene: Scene, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that was typed is lost; a file alone is chosen anew, as browsers want it."""
    monkeypatch.setattr(sandbox, "WAIT_MOST", 0.05)
    monkeypatch.setattr(sandbox, "_places", threading.BoundedSemaphore(1))
    with scene.app.app_context():
        build.sign_in(client, scene.staff.manager)
    typed = {"title-en": "A study", "title-ar": "دراسة", "language": "ar"}

    def send_it() -> TestResponse:
        sent = {**typed, "file": (io.BytesIO(files.odt()), "study.odt")}
        return build.post(client, f"{DESK}/background", sent, content_type="multipart/form-data")

    with sandbox._places:
        answer = send_it()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Try again in a minute." in answer.text
    (form,) = [one for one in forms_in(answer.text) if "title-en" in one.values]
    assert {name: form.values[name] for name in typed} == {name: [words] for name, words in typed.items()}
    assert send_it().status_code == 302


def test_documents_of_a_round_by_invitation_are_not_public(scene: Scene, client: FlaskClient) -> None:
    from consult.consultations.enums import Audience

    with scene.app.app_context():
        round_ = build.open_consultation(
            scene.staff.host, scene.staff.manager, slug="invited", code="INV", audience=Audience.BY_INVITATION
        )
        setup = build.consultation_in_setup(scene.staff.host, scene.staff.manager, slug="setup", code="SET")
        for one in (round_, setup):
            add_background(
                one.consultation, cleaned(files.pdf()), name="a.pdf", title={"en": "A"}, language="en",
                actor=scene.staff.manager, now=utc_now(),
            )  # fmt: skip
        db.session.commit()
    assert client.get("/en/consultations/invited/files/1").status_code == 403
    assert client.get("/en/consultations/invited/files").status_code == 403
    assert client.get("/en/consultations/setup/files/1").status_code == 404
    with scene.app.app_context():
        build.sign_in(client, scene.staff.manager)
    assert client.get("/en/desk/setup/background/1/download").status_code == 200


def test_a_large_photograph_from_a_phone_is_taken(scene: Scene, client: FlaskClient) -> None:
    """Eight megabytes go through the form, the cleaning and the download; the picture is still one."""
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(out, "JPEG", quality=91)
    assert 5_000_000 < len(out.getvalue()) < 10_000_000
    with scene.app.app_context():
        build.sign_in(client, scene.author)
    answer = send(client, out.getvalue(), "large.jpg")
    assert answer.status_code == 302
    with Image.open(io.BytesIO(client.get(f"{answer.location}/download").data)) as image:
        assert image.size == (4000, 3000)
