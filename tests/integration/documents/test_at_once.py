"""Two people at the texts of one consultation at the same moment."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.models import Account
from consult.consultations.models import Consultation
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.documents.models import Paragraph, Proposal, ProposedMatch
from consult.documents.queries.changes import list_changes
from consult.documents.services.importing import import_document
from consult.documents.services.keeping import keep_proposal
from consult.responses.enums import Disposition
from consult.responses.models import ChangeTrace
from consult.responses.tracing.services import link_changes
from consult.submissions.models import Comment
from tests.support import build
from tests.support.continuing import EDITED, answer, traced
from tests.support.race import Races, in_thread, transaction, until_blocked
from tests.support.versions import AFTER, decide_all, first_version, following, proposed

ANEW = AFTER.replace("opened in a valley", "opened in a high valley")


class Texts(Races):
    """The draft of a round that is set up, kept once and brought anew, with an answered point on the one before."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.staff = build.desk()
            first = first_version(self.staff)
            build.submit(first, build.person("Author"), "Any mine.", paragraph=1)
            build.publish(first, self.staff.moderator)
            [point] = build.points_of(first)
            answer(self.staff, point, Disposition.ACCEPTED)
            second = following(self.staff, first)
            kept = proposed(self.staff, second, AFTER)
            decide_all(self.staff, kept)
            version = keep_proposal(kept, actor=self.staff.manager, now=utc_now())
            again = proposed(self.staff, second, ANEW)
            decide_all(self.staff, again)
            db.session.commit()
            self.point, self.proposal, self.version = point.id, again.id, version.id
            changes = list_changes(version)
            self.edited = next(one.key for one in changes if one.before_ids and one.after_id is not None)
            self.fresh = next(one.key for one in changes if not one.before_ids)

    def actor(self, person: Person) -> Person:
        return Person(db.session.get_one(Account, person.account.id), person.staff_roles)

    def keep(self) -> None:
        proposal = db.session.get_one(Proposal, self.proposal)
        keep_proposal(proposal, actor=self.actor(self.staff.manager), now=utc_now())

    def link(self) -> list[ChangeTrace]:
        point, actor = db.session.get_one(Comment, self.point), self.actor(self.staff.responder)
        return link_changes([point], [self.edited, self.fresh], actor=actor, now=utc_now())


def test_linking_waits_while_the_draft_is_kept_anew(app: Flask) -> None:
    texts = Texts(app)
    outcome = texts.race(texts.keep, texts.link)
    assert not isinstance(outcome, BaseException), outcome
    with app.app_context():
        now = set(db.session.scalars(sa.select(Paragraph.id).where(Paragraph.version_id == texts.version)))
        traces = db.session.scalars(sa.select(ChangeTrace)).all()
        assert {(trace.version_id, trace.eid) for trace in traces} == {texts.edited, texts.fresh}
        assert {trace.paragraph_id for trace in traces} <= now


def test_an_answer_with_changes_takes_the_consultation_before_the_points(app: Flask, client: FlaskClient) -> None:
    """As whoever translates a point does: else each of the two could wait for the other."""
    with app.app_context():
        one = traced(Disposition.ACCEPTED, send=False)
        db.session.commit()
        point, consultation = one.points[0], one.round.consultation
        reference, point_id, consultation_id, key = point.reference, point.id, consultation.id, one.change(EDITED)
        build.sign_in(client, one.staff.responder)
    answered = {
        "point": f"{reference}:1", "disposition": "accepted", "rationale": "Why.",
        "text": "Words.", "language": "en", "action": "propose", "change": f"final:{EDITED}",
    }  # fmt: skip
    with transaction(app) as connection:
        connection.execute(sa.select(Consultation.id).where(Consultation.id == consultation_id).with_for_update())
        posted = in_thread(lambda: build.post(client, "/en/desk/minerals/answers/write", answered))
        until_blocked(app, posted)
        locked = sa.select(Comment.id).where(Comment.id == point_id).with_for_update(nowait=True)
        assert connection.scalar(locked) == point_id
        connection.commit()
    assert posted.result(timeout=30).status_code == 302
    with app.app_context():
        assert [(one.version_id, one.eid) for one in db.session.scalars(sa.select(ChangeTrace))] == [key]


def test_keeping_waits_for_whoever_mends_an_edition_in_hand(app: Flask) -> None:
    """Who mends one has its row first, and then needs the paragraphs that keeping replaces."""
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "fr"))
        import_document(round_, AFTER, language="en", actor=staff.manager, now=utc_now())
        edition, again = proposed(staff, round_, AFTER, language="fr"), proposed(staff, round_, ANEW)
        db.session.commit()
        edition_id, again_id = edition.id, again.id
        paragraph_id = db.session.scalars(sa.select(Paragraph.id).order_by(Paragraph.id)).first()

    def keep() -> None:
        with app.test_request_context("/en/"), unit_of_work():
            keep_proposal(db.session.get_one(Proposal, again_id), actor=staff.manager, now=utc_now())

    with transaction(app) as connection:
        connection.execute(sa.select(Proposal.id).where(Proposal.id == edition_id).with_for_update())
        kept = in_thread(keep)
        until_blocked(app, kept)
        named = sa.select(Paragraph.id).where(Paragraph.id == paragraph_id)
        assert connection.scalar(named.with_for_update(nowait=True, read=True, key_share=True)) == paragraph_id
        connection.commit()
    kept.result(timeout=30)
    with app.app_context():
        edition = db.session.get_one(Proposal, edition_id)
        aligned = set(
            db.session.scalars(
                sa.select(Paragraph.version_id)
                .join(ProposedMatch, ProposedMatch.paragraph_id == Paragraph.id)
                .where(ProposedMatch.proposal_id == edition_id)
            )
        )
        assert aligned == {edition.base_id}
