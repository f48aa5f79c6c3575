"""Files in a draft and after it: sent, chosen for, frozen, taken out with the words that they belong to."""

from __future__ import annotations

import re
import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.files import sandbox
from consult.files.models import StoredFile
from consult.files.services import keep_file
from consult.submissions.enums import FileAudience, PublicationSetting
from consult.submissions.models import Attachment, Submission
from consult.submissions.queries import list_files_of
from consult.submissions.services import (
    attach_file,
    begin_revision,
    choose_audience,
    delete_comment,
    delete_draft,
    make_stricter,
    remove_file,
    update_publication,
    withdraw_comment,
    withdraw_submission,
)
from tests.integration.files.conftest import HERE, Scene, cleaned, send
from tests.support import build, files
from tests.support.browse import send as send_form


def stored() -> set[str]:
    """What lies in the store now."""
    return set(file_store().digests())


def test_a_photograph_with_a_place_is_sent_without_script_and_starts_private(scene: Scene, client: FlaskClient) -> None:
    """EXIF: place, camera, author and time are gone from what is kept, and the page says so."""
    with scene.app.app_context():
        key = build.draft(scene.round(), scene.author, "A point.").comments[0].key
        db.session.commit()
        build.sign_in(client, scene.author)
    page = client.get(f"{HERE}/files?point={key}").text
    assert 'enctype="multipart/form-data"' in page
    assert "Each file at most 10 MB." in page
    assert "At most 10 files, 40 MB together." in page
    answer = send(client, files.jpeg(), "../IMG\u202egpj.exe", point=key)
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "Removed from it: the place where it was taken, the device or program" in page
    assert "<bdi>IMGgpj.jpg</bdi>" in page
    assert re.search(r'value="secretariat" checked', page)
    with scene.app.app_context():
        (one,) = scene.files()
        assert one.file is not None
        assert one.comment_id == scene.draft().comments[0].id
        assert files.CANARY.encode() not in file_store().get(str(one.file.sha256))
        assert stored() == {one.file.sha256}, "the file as it came is not kept"
    agreed = {"audience": "public", "point": key, "description": "A river"}
    assert build.post(client, answer.location, agreed).status_code == 422  # the box is not ticked
    assert build.post(client, answer.location, {**agreed, "description": "", "agreed": "y"}).status_code == 422
    assert build.post(client, answer.location, {**agreed, "point": "", "agreed": "y"}).status_code == 422
    assert build.post(client, answer.location, {**agreed, "agreed": "y"}).status_code == 302
    assert "Public, with my point" in client.get(f"{HERE}/files").text
    assert "<bdi>IMGgpj.jpg</bdi>" in client.get(f"{HERE}/check").text
    assert build.post(client, f"{answer.location}/remove").status_code == 302
    with scene.app.app_context():
        assert not scene.files()
        assert not stored()


def test_a_file_that_is_refused_leaves_the_draft_and_the_other_files(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        scene.attach(draft, files.pdf())
        db.session.commit()
        build.sign_in(client, scene.author)
    for content, name, words in (
        (b"<svg onload=alert(1)>", "a.png", "not a kind of file that we take"),
        (b"<html><script>alert(1)</script>", "a.pdf", "not a kind of file that we take"),
        (b"", "a.pdf", "0 bytes"),
        (files.pdf()[:-200], "a.pdf", "damaged or cut off"),
        (files.docx({"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (files.pdf(password="x"), "a.pdf", "password"),
    ):
        answer = send(client, content, name)
        assert answer.status_code == 422, words
        assert words in answer.text
        assert "a.pdf" in answer.text
    assert build.post(client, f"{HERE}/files").status_code == 422
    with scene.app.app_context():
        assert len(scene.files()) == 1
        assert len(stored()) == 1
        assert [row.text for row in scene.draft().comments] == ["A point."]


def test_somebody_without_an_account_sends_a_file_and_nobody_else_sees_it(scene: Scene, client: FlaskClient) -> None:
    answer = send(client, files.pdf())
    assert answer.status_code == 302
    assert client.get(f"{answer.location}/download").status_code == 200
    other = scene.app.test_client()
    assert other.get(f"{answer.location}/download").status_code == 404
    assert other.get(answer.location).status_code == 404
    with scene.app.app_context():
        build.sign_in(other, scene.staff.manager)
    assert other.get(f"{answer.location}/download").status_code == 404
    with scene.app.app_context():  # signing in brings it along
        build.sign_in(client, scene.author)
        build.draft(scene.round(), scene.author, "A point.")
        db.session.commit()
    with scene.app.test_request_context():
        from consult.submissions.services.handing_over import take_over_draft

        visitors = db.session.scalars(sa.select(Submission).where(Submission.account_id.is_(None))).one()
        take_over_draft(visitors, scene.author.account, now=utc_now())
        db.session.commit()
        assert [one.file.name for one in scene.files() if one.file] == ["a.pdf"]


def test_races_on_quotas_and_too_much_are_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in number, together in bytes, and of a whole round: each with a sentence."""
    config = scene.app.extensions["consult.settings"]
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        made = cleaned(files.pdf())
        monkeypatch.setattr(config, "files_per_submission", 2)
        for name in ("a.pdf", "b.pdf"):
            attach_file(draft, made, name=name, comment=None, now=utc_now())
        with pytest.raises(BadInput, match="2 files at most"):
            attach_file(draft, made, name="c.pdf", comment=None, now=utc_now())
        monkeypatch.setattr(config, "files_per_submission", 20)
        monkeypatch.setattr(config, "file_bytes_per_submission", 2 * len(made.content))
        with pytest.raises(BadInput, match="Together"):
            attach_file(draft, made, name="c.pdf", comment=None, now=utc_now())
        monkeypatch.setattr(config, "file_bytes_per_submission", 10**9)
        monkeypatch.setattr(config, "file_bytes_per_round", 2 * len(made.content))
        with pytest.raises(BadInput, match="no room"):
            attach_file(draft, made, name="c.pdf", comment=None, now=utc_now())
        assert len(list_files_of(draft)) == 2


def test_too_many_files_from_one_network_are_refused(
    scene: Scene, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.app.extensions["consult.settings"], "uploads_per_address", 1)
    assert send(client, files.png(), "a.png").status_code == 302
    refused = send(client, files.png(), "a.png")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_one_visitor_stops_the_site_who_comes_while_files_are_cleaned_keeps_the_form(
    scene: Scene, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "WAIT_MOST", 0.05)
    monkeypatch.setattr(sandbox, "_places", threading.BoundedSemaphore(1))
    with sandbox._places:
        answer = send(client, files.png(), "a.png")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Try again in a minute." in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    assert send(client, files.png(), "a.png").status_code == 302


def test_everything_of_a_protected_submission_starts_private_and_keeps_no_name(scene: Scene) -> None:
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        document = attach_file(draft, cleaned(files.pdf()), name="Maria.pdf", comment=draft.comments[0], now=utc_now())
        assert document.audience is FileAudience.PUBLIC
        update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=utc_now())
        db.session.refresh(document)
        assert document.audience is FileAudience.SECRETARIAT
        later = attach_file(draft, cleaned(files.odt()), name="M.odt", comment=draft.comments[0], now=utc_now())
        assert later.audience is FileAudience.SECRETARIAT
        assert "Maria" not in document.shown_name
        assert document.shown_name.startswith("MIN-1-")


def test_choosing_protection_says_that_files_are_no_longer_public(scene: Scene, client: FlaskClient) -> None:
    with scene.app.app_context():
        scene.attach(build.draft(scene.round(), scene.author, "A point."), files.pdf(), public=True)
        db.session.commit()
        build.sign_in(client, scene.author)
    for setting, is_said in (("named", False), ("anonymous", True), ("aggregate", False)):
        page = client.get(send_form(client, f"{HERE}/who-sees-what", {"setting": setting}).location).text
        assert ("is now for the secretariat alone" in page) is is_said
        assert (f'again: <a href="{HERE}/files">Files</a>' in page) is is_said


def test_becoming_stricter_makes_files_private(scene: Scene) -> None:
    with scene.app.app_context():
        attachment = scene.published(files.pdf())
        submission = attachment.submission
        make_stricter(submission, PublicationSetting.ANONYMOUS, pseudonym="", actor=scene.author, now=utc_now())
        db.session.refresh(attachment)
        assert attachment.audience is FileAudience.SECRETARIAT


def test_what_is_submitted_is_frozen(scene: Scene) -> None:
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        attachment = scene.attach(draft, files.pdf())
        scene.submit(draft)
        made, now = cleaned(files.png()), utc_now()
        with pytest.raises(InvalidTransition):
            attach_file(draft, made, name="b.png", comment=None, now=now)
        with pytest.raises(InvalidTransition):
            remove_file(attachment, now=now)
        with pytest.raises(InvalidTransition):
            choose_audience(
                attachment, FileAudience.PUBLIC, comment=draft.comments[0], description="", agreed=True, now=now
            )


def test_withdrawing_and_deleting_forget_the_bytes(scene: Scene) -> None:
    """What two rows name stays until the last of them goes; a tombstone tells only that something was there."""
    with scene.app.app_context():
        content = files.pdf()
        draft = build.draft(scene.round(), scene.author, "A point.", "Another.")
        attachment = scene.attach(draft, content, public=True)
        attach_file(draft, cleaned(files.odt()), name="all.odt", comment=None, now=utc_now())
        submission = scene.submit(draft)
        other = build.draft(scene.round(), build.person("Other"), "Theirs.")
        same = attach_file(other, cleaned(content), name="b.pdf", comment=other.comments[0], now=utc_now())
        revision = begin_revision(submission, actor=scene.author, now=utc_now())
        assert len(list_files_of(revision)) == 2
        db.session.commit()
        assert len(stored()) == 2
        delete_draft(revision)
        db.session.commit()
        assert len(stored()) == 2
        withdraw_comment(submission.comments[0], actor=scene.author, now=utc_now())
        db.session.commit()
        assert len(stored()) == 2, "somebody else's file has the same bytes"
        db.session.refresh(attachment)
        assert (attachment.is_erased, attachment.file_id, attachment.description) == (True, None, "")
        delete_comment(other, other.comments[0], now=utc_now())
        db.session.refresh(same)
        assert same.audience is FileAudience.SECRETARIAT
        delete_draft(other)
        db.session.commit()
        assert len(stored()) == 1
        withdraw_submission(submission, actor=scene.author, now=utc_now())
        db.session.commit()
        assert not stored()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 2


def test_a_failed_transaction_keeps_the_bytes(scene: Scene) -> None:
    with scene.app.app_context():
        draft = build.draft(scene.round(), scene.author, "A point.")
        attachment = scene.attach(draft, files.pdf())
        db.session.commit()
        remove_file(attachment, now=utc_now())
        db.session.rollback()
        assert len(stored()) == 1


def test_a_request_beyond_the_limits_is_refused_as_it_comes_in(
    scene: Scene, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size, parts and the heads of parts; what is taken lies on disk while it is read, not in memory."""
    config = app.extensions["consult.settings"]
    monkeypatch.setattr(config, "max_file_bytes", 100_000)
    token = build.csrf_token(client)
    url = f"{HERE}/files"
    form = "multipart/form-data; boundary=b"
    large = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + bytes(5_000_000)
        + b"\r\n--b--\r\n"
    )
    assert client.post(url, data=large, content_type=form).status_code == 413
    many = {f"x{n}": "x" for n in range(100)}
    sent = client.post(url, data={"csrf_token": token, **many}, content_type="multipart/form-data")
    assert sent.status_code == 413
    head = b"--b\r\nContent-Disposition: form-data; name=" + b"x" * 300_000 + b"\r\n\r\nx\r\n--b--\r\n"
    assert client.post(url, data=head, content_type=form).status_code == 413
    # Elsewhere the general limit stands.
    monkeypatch.setattr(config, "max_file_bytes", 50_000_000)
    assert client.post(f"{HERE}/points/new", data=large, content_type=form).status_code == 413


def test_the_name_is_tamed_when_it_is_kept(scene: Scene) -> None:
    with scene.app.app_context():
        kept = keep_file(
            cleaned(files.png()), name="<script>" + "x" * 300 + "/\u202egnp", store=file_store(), is_scanned=False,
            now=utc_now(),
        )  # fmt: skip
        assert kept.name == "gnp.png"
