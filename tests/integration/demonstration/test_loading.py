"""The demonstration: complete, marked, loaded once, and nobody is written to."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from consult.accounts.enums import Constituency
from consult.accounts.models import Account
from consult.cli.checking import run_checks
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.demonstration.services import CONSULTATIONS, is_loaded, load_demonstration
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.publication.enums import FileKind
from consult.publication.queries import current_files, find_latest_release
from consult.submissions.models import SubmissionConstituency
from consult.submissions.queries import exact_progress
from consult.texts.queries import list_translations


def test_it_is_complete_and_whole(app: Flask) -> None:
    with app.app_context():
        assert not is_loaded()
        load_demonstration(now=utc_now(), with_passwords=False)
        db.session.commit()
        assert is_loaded()
        guideline, terms = (get_round(slug) for slug in CONSULTATIONS)
        assert guideline.is_open(utc_now())
        assert terms.has_closed(utc_now())
        assert exact_progress(guideline).submitted + exact_progress(terms).submitted >= 60
        assert exact_progress(terms).outstanding == 0
        heard = set(db.session.scalars(sa.select(SubmissionConstituency.constituency)))
        assert heard == set(Constituency)
        for round_ in (guideline, terms):
            consultation = round_.consultation
            assert consultation.is_illustration
            titles = [t.text for t in list_translations("consultation", [consultation.id]) if t.field == "title"]
            assert len(titles) == 2
            assert all("ILLUSTRATION" in title for title in [*titles, consultation.title])
        sweep()
        assert run_checks(say=lambda _line: None) == []


def test_its_release_says_illustration_everywhere(app: Flask) -> None:
    with app.app_context():
        load_demonstration(now=utc_now(), with_passwords=False)
        db.session.commit()
        release = find_latest_release(get_round("hleag-terms-of-reference"))
        assert release is not None
        for kind in FileKind:
            content = file_store().get(current_files(release)[kind].sha256).decode()
            assert "ILLUSTRATION" in content, kind
            if kind is FileKind.CSV:
                assert all("ILLUSTRATION" in line for line in content.splitlines()[1:2])


def test_nobody_is_written_to_and_nobody_can_sign_in_in_production(app: Flask) -> None:
    with app.app_context():
        load_demonstration(now=utc_now(), with_passwords=False)
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 0
        assert set(db.session.scalars(sa.select(Account.password_hash))) == {None}
