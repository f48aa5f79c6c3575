"""What readers and authors see of translations: with who made them, the original beside it, contested by its author."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.consultations.models import Round
from consult.core.changes import PublicChange
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.jobs import sweep, tell_of_translated_answers
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.publication.services import request_release
from consult.responses.models import TranslatedAnswer
from consult.responses.queries import sent_versions
from consult.submissions.enums import CommentType, PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.services import (
    begin_draft,
    save_comment,
    submit_submission,
    update_publication,
    update_speaker,
    withdraw_comment,
)
from consult.texts.enums import Origin
from consult.texts.models import Contest, Translation
from consult.texts.services import update_translations
from consult.translating.contesting import (
    Contested,
    contest_translation,
    get_open_contest,
    get_own_translation,
    settle_contest,
    take_back_contest,
)
from tests.support import build
from tests.support.browse import main_of

KHMER, CHANGE = "ទឹកត្រូវតែស្អាត។", "បន្ថែមពាក្យមួយ។"
ENGLISH, CHANGED = "Water must be clean.", "Add a word."
ANSWER, REASON = "ចម្លើយ។", "ហេតុផល។"
MINE = "/en/account/submissions"
CONTESTED = "/en/desk/minerals/contested"
SAYS = "The author says that this translation is not right."
PRIVATE = "The word for water is wrong."


@dataclass
class Village:
    """A point in Khmer by a protected author, in a round in English and Arabic."""

    app: Flask
    client: FlaskClient
    staff: build.Desk
    author: Person
    reference: str

    @property
    def comment(self) -> Comment:
        return db.session.scalars(sa.select(Comment).where(Comment.reference == self.reference)).unique().one()

    @property
    def round(self) -> Round:
        return self.comment.submission.round

    @property
    def page(self) -> str:
        return f"/en/consultations/minerals/comments/{self.reference}"

    @property
    def receipt(self) -> str:
        return f"/en/take-part/minerals/receipt/{self.comment.submission.key}"

    def translate(self, language: str = "en", text: str = ENGLISH, machine: str = "") -> None:
        """The secretariat, or a machine, translates both fields."""
        comment = self.comment
        update_translations(
            "comment", comment.id, language=language,
            fields={"text": (comment.text, text), "proposed_change": (comment.proposed_change, CHANGED)},
            actor=self.staff.translator, now=utc_now(), made_with=machine,
            origin=Origin.MACHINE if machine else Origin.HUMAN,
        )  # fmt: skip
        db.session.commit()

    def answer(self) -> None:
        """Answer in English, and send it."""
        build.answer_all(self.round, self.staff.responder, self.staff.approver)
        db.session.commit()

    def translate_answer(self, language: str = "km", text: str = ANSWER, *, ago: timedelta = timedelta()) -> None:
        """Translate the answer that was sent."""
        version = sent_versions([self.comment])[self.comment.id]
        fields = {"text": (version.text, text), "rationale": (version.rationale, REASON)}
        update_translations(
            "response_version", version.id, language=language, fields=fields, actor=self.staff.translator,
            now=utc_now() - ago,
        )  # fmt: skip
        db.session.commit()

    def own(self, field: str = "text", subject: str = "comment") -> Contested:
        """A translation as its author finds it."""
        found = sa.select(Translation.id).where(Translation.field == field, Translation.subject == subject)
        return get_own_translation(self.comment.submission, db.session.scalars(found).one())

    def contest(self, field: str = "text", subject: str = "comment") -> Contest:
        """The author says that a translation is not right."""
        own = self.own(field, subject)
        made = contest_translation(own, reason=PRIVATE, seen=own.translation.version, actor=self.author, now=utc_now())
        db.session.commit()
        return made

    def mails(self) -> list[OutgoingMail]:
        """What the author was written, newest first."""
        mails = sa.select(OutgoingMail).where(OutgoingMail.recipient == self.author.account.email)
        return list(db.session.scalars(mails.order_by(OutgoingMail.id.desc())))

    def main(self, url: str, who: Person | None = None) -> str:
        """The main part of a page, as somebody sees it."""
        client = self.app.test_client()
        if who is not None:
            build.sign_in(client, who)
        return main_of(self.get(url, client))

    def get(self, url: str, client: FlaskClient | None = None, **options: Any) -> TestResponse:
        """An answer to a request of its own: nothing is left of those before in the context of the test."""
        for name in ("_login_user", "_flask_babel"):
            g.pop(name, None)
        return (client or self.client).get(url, **options)


def speak(round_: Round, author: Person, *texts: str, answers_in: str = "km") -> Submission:
    """Somebody writes in Khmer, and wants the answers in a language."""
    now = utc_now()
    draft, _key = begin_draft(round_, actor=author, now=now)
    for text in texts:
        save_comment(
            draft, None, paragraph=None, question=None, comment_type=CommentType.GENERAL, text=text,
            proposed_change=CHANGE, language="km", now=now,
        )  # fmt: skip
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language=answers_in, now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
    return submit_submission(draft, actor=author, now=now)


@pytest.fixture
def village(app: Flask, client: FlaskClient) -> Village:
    with app.app_context():
        staff = build.desk()
        author = build.person("Sokha of the village")
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        reference = str(speak(round_, author, KHMER).comments[0].reference)
        build.publish(round_, staff.moderator)
        db.session.commit()
    return Village(app, client, staff, author, reference)


def test_readers_read_the_translation_with_its_note_and_the_original_folded_below(village: Village) -> None:
    with village.app.app_context():
        for url in (village.page, "/en/consultations/minerals/comments"):
            page = village.main(url)
            assert "Shown in the original language: Khmer" in page
            assert f'<p lang="km" dir="ltr">{KHMER}</p>' in page
        village.translate(machine="Engine 2")
        for url in (village.page, "/en/consultations/minerals/comments"):
            page = village.main(url)
            assert f'<p lang="en" dir="ltr">{ENGLISH}</p>' in page
            assert "Machine translation by Engine 2 on " in page
            before, folded = page.split("<details><summary>Original in Khmer", 1)
            assert KHMER not in before
            assert f'<p lang="km" dir="ltr">{KHMER}</p>' in folded.split("</details>", 1)[0]
            assert CHANGE in folded.split("</details>", 1)[0]
            assert "Shown in the original language" not in page
        village.translate(text="Water is to be clean.")
        assert "Translated by the secretariat on " in village.main(village.page)
        # A reader of another language gets the original, and may choose the English one.
        arabic = village.page.replace("/en/", "/ar/")
        assert "Water is to be clean." not in village.main(arabic)
        assert "Water is to be clean." in village.main(arabic + "?in=en")
        assert KHMER in village.main(arabic + "?in=xx")
        # The desk decides on the original, with the translation beneath it.
        desk = village.main(f"/en/desk/minerals/queue/{village.reference}", village.staff.moderator)
        assert desk.index(KHMER) < desk.index("Translation into English") < desk.index("Water is to be clean.")
        own = village.main(MINE, village.author)
        assert own.index(KHMER) < own.index("Translation into English") < own.index("Water is to be clean.")


def test_what_is_restricted_or_withdrawn_takes_its_translations_along(village: Village) -> None:
    with village.app.app_context():
        village.translate()
        village.answer()
        village.translate_answer()
        village.contest()
        village.contest("text", "response_version")
        sweep()
        assert ENGLISH in village.get("/api/v1/consultations/minerals/comments").text
        restrict_comments(
            [village.comment], reason=RestrictionReason.PERSONAL_DATA, public_reason="A reason.", agreement="",
            actor=village.staff.moderator, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        everywhere = (
            village.page, "/en/consultations/minerals/comments", "/api/v1/consultations/minerals/comments",
            "/en/consultations/minerals/response-log", "/feeds/consultations/minerals.atom",
        )  # fmt: skip
        for url in everywhere:
            assert ENGLISH not in village.get(url, follow_redirects=True).text
        assert ENGLISH not in village.main(MINE, village.author)
        withdraw_comment(village.comment, actor=village.author, now=utc_now())
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count()).where(Translation.subject == "comment")) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Contest)) == 0
        acts = sa.select(LedgerEntry.salt).where(LedgerEntry.act == "account:translation:contest")
        assert set(db.session.scalars(acts)) == {None}


def test_a_release_gives_points_with_their_translations_and_who_made_them(village: Village) -> None:
    with village.app.app_context():
        village.translate(machine="Engine 2")
        village.answer()
        village.translate_answer()
        build.close(village.round)
        request_release(village.round, actor=village.staff.manager, now=utc_now())
        db.session.commit()
        sweep()
        files = "/en/consultations/minerals/response-log/1/files/MIN-1-release-1-issue"
        row = json.loads(village.get(f"{files}-1.json").text)["rows"][0]
        day = utc_now().date().isoformat()
        assert row["point_translations"]["en"]["text"] == {
            "text": ENGLISH, "origin": "machine", "made_with": "Engine 2", "made_on": day,
        }  # fmt: skip
        assert row["translations"]["km"] == {"text": ANSWER, "rationale": REASON}
        assert row["translations_made"]["km"]["text"] == {"origin": "human", "made_with": "", "made_on": day}
        (item,) = village.get("/api/v1/consultations/minerals/comments").json["data"]
        assert item["translations"][0] == {
            "field": "text", "language": "en", "text": ENGLISH, "origin": "machine", "made_with": "Engine 2",
            "made_on": day, "stale": False, "contested": False,
        }  # fmt: skip
        (item,) = village.get("/api/v1/consultations/minerals/responses").json["data"]
        assert item["response"] == {"en": "An answer.", "km": ANSWER}
        assert {one["field"] for one in item["translations"]} == {"rationale", "response"}
        # On the point's page the answer is read in a chosen language, with its note.
        page = village.main(village.page + "?in=km")
        assert f'<p lang="km" dir="ltr">{ANSWER}</p>' in page
        assert "Original in English" in page
        restrict_comments(
            [village.comment], reason=RestrictionReason.PERSONAL_DATA, public_reason="A reason.", agreement="",
            actor=village.staff.moderator, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        sweep()
        reissued = village.get(f"{files}-2.json")
        assert reissued.status_code == 200
        assert ENGLISH not in reissued.text
        assert ANSWER in reissued.text


def test_an_answer_is_read_in_the_language_that_its_author_asked_for(village: Village) -> None:
    with village.app.app_context():
        village.answer()
        page = village.main(MINE, village.author)
        assert "There is no translation of this answer into Khmer yet." in page
        assert "There is no translation of this answer into Khmer yet." in village.mails()[0].body
        village.translate_answer()
        for url in (MINE, village.receipt):
            page = village.main(url, village.author)
            assert f'<p lang="km" dir="ltr">{ANSWER}</p>' in page
            assert "Translated by the secretariat on " in page
            assert "An answer." in page.split("Original in English", 1)[1]
            assert 'in=en"><bdi lang="en" dir="ltr">English</bdi> (original)</a>' in page
            english = village.main(url + "?in=en", village.author)
            assert ANSWER not in english
            assert '<p lang="en" dir="ltr">An answer.</p>' in english


def test_the_author_is_told_once_that_answers_were_translated(village: Village) -> None:
    with village.app.app_context():
        second = speak(village.round, village.author, KHMER, KHMER)
        build.publish(village.round, village.staff.moderator)
        db.session.commit()
        village.answer()
        before = len(village.mails())
        assert tell_of_translated_answers() == 0
        versions = sent_versions(second.comments)
        for version in versions.values():
            update_translations(
                "response_version", version.id, language="km",
                fields={"text": (version.text, ANSWER), "rationale": (version.rationale, REASON)},
                actor=village.staff.translator, now=utc_now(),
            )  # fmt: skip
        db.session.commit()
        assert tell_of_translated_answers() == 0  # somebody may still be translating the others
        later = utc_now() + timedelta(hours=2)
        db.session.execute(sa.update(Translation).values(translated_at=later - timedelta(hours=1, minutes=30)))
        db.session.commit()
        from consult.responses.telling import find_submission_to_tell, tell_of_translations

        found = find_submission_to_tell(now=later)
        assert found == second.id
        assert tell_of_translations(found, now=later) == 2
        db.session.commit()
        assert find_submission_to_tell(now=later) is None
        assert tell_of_translations(second.id, now=later) == 0
        mail = village.mails()[0]
        assert len(village.mails()) == before + 1
        assert mail.subject == "Our answers to 2 of your points can now be read in Khmer"
        assert mail.body.index(ANSWER) < mail.body.index("An answer.")
        assert "Translated by the secretariat on " in mail.body
        # A corrected translation is not news.
        village_version = next(iter(versions.values()))
        update_translations(
            "response_version", village_version.id, language="km", fields={"text": ("An answer.", "ចម្លើយថ្មី។")},
            actor=village.staff.translator, now=later,
        )  # fmt: skip
        assert find_submission_to_tell(now=later + timedelta(days=1)) is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TranslatedAnswer)) == 2


def test_an_author_contests_and_takes_it_back(village: Village) -> None:
    with village.app.app_context():
        village.translate()
        own = village.own()
        url = f"{village.receipt}/translations/{own.translation.id}"
        build.sign_in(village.client, village.author)
        assert url in village.get(MINE).text
        shown = village.get(url).text
        assert KHMER in shown
        assert ENGLISH in shown
        answer = build.post(village.client, url, {"version": own.translation.version, "reason": ""})
        assert answer.status_code == 422
        assert "Write what is not right." in answer.text
        answer = build.post(village.client, url, {"version": own.translation.version, "reason": PRIVATE})
        assert answer.status_code == 302
        assert PRIVATE in village.get(MINE).text
    with village.app.app_context():
        changed = sa.select(sa.func.count()).where(
            PublicChange.kind == "comment",
            PublicChange.subject_id == village.comment.id,
            PublicChange.sequence.is_(None),
        )
        page = village.main(village.page)
        assert SAYS in page
        assert PRIVATE not in page
        sweep()
        (item,) = village.get("/api/v1/consultations/minerals/comments").json["data"]
        assert [one["contested"] for one in item["translations"]] == [True, False]
        with pytest.raises(InvalidTransition):
            village.contest()
        entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "account:translation:contest")).one()
        assert (entry.actor_kind, entry.actor_id) == ("respondent", None)
        assert build.post(village.client, f"{url}/take-back").status_code == 302
    with village.app.app_context():
        assert db.session.scalar(changed) == 1
        assert SAYS not in village.main(village.page)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Contest)) == 0
        with pytest.raises(InvalidTransition):
            take_back_contest(village.own(), actor=village.author, now=utc_now())
        with pytest.raises(BadInput):
            contest_translation(village.own(), reason="", seen=1, actor=village.author, now=utc_now())
        with pytest.raises(Conflict):
            contest_translation(village.own(), reason="x", seen=-1, actor=village.author, now=utc_now())


def test_only_the_author_of_the_point_contests_it(village: Village) -> None:
    with village.app.app_context():
        village.translate()
        other = build.person("Other")
        theirs = speak(village.round, other, KHMER)
        translation = village.own().translation.id
        db.session.commit()
        mine = f"{village.receipt}/translations/{translation}"
        crossed = f"/en/take-part/minerals/receipt/{theirs.key}/translations/{translation}"
        build.sign_in(village.client, other)
        for url in (mine, crossed):
            assert village.get(url).status_code in {403, 404}
            assert build.post(village.client, url, {"version": 1, "reason": "x"}).status_code in {403, 404}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Contest)) == 0


@pytest.mark.parametrize("by_text", [True, False])
def test_the_desk_settles_by_another_text_or_by_an_answer(village: Village, by_text: bool) -> None:
    with village.app.app_context():
        village.translate()
        contest = village.contest()
        # Another field of the same point settles nothing.
        update_translations(
            "comment", village.comment.id, language="en", fields={"proposed_change": (CHANGE, "Add one word.")},
            actor=village.staff.translator, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        listed = village.main(CONTESTED, village.staff.translator)
        for words in (KHMER, ENGLISH, PRIVATE, village.reference):
            assert words in listed
        assert "Sokha" not in listed
        assert village.get(CONTESTED, village.app.test_client()).status_code == 302
        before = len(village.mails())
        if by_text:
            village.translate(text="Water shall be clean.")
        else:
            found = get_open_contest(village.round.consultation, contest.id, actor=village.staff.responder)
            settle_contest(found, answer="Both words mean that.", actor=village.staff.responder, now=utc_now())
            db.session.commit()
        row = db.session.scalars(sa.select(Contest)).one()
        settler = village.staff.translator if by_text else village.staff.responder
        assert (row.settled_by, bool(row.answer)) == (settler.actor_id, not by_text)
        assert SAYS not in village.main(village.page)
        assert "No translation is contested" in village.main(CONTESTED, village.staff.translator)
        (mail,) = village.mails()[: len(village.mails()) - before]
        own = village.main(MINE, village.author)
        if by_text:
            assert "Water shall be clean." not in mail.body  # the words may be withdrawn while it waits
            assert "The secretariat changed it on" in own
        else:
            assert "Both words mean that." in mail.body
            assert "Both words mean that." in own.partition("<details open><summary>Translation into")[2]
            assert "Both words mean that." not in village.main(village.page)
        acts = sa.select(LedgerEntry).where(LedgerEntry.act == "desk:translation:settle_contest")
        assert db.session.scalars(acts).one().actor_id == settler.actor_id


def test_a_contested_translation_is_on_the_desk_of_those_who_may_settle_it(village: Village) -> None:
    with village.app.app_context():
        translator, moderator = village.staff.translator, village.staff.moderator
        point = f"/en/desk/minerals/queue/{village.reference}"
        lead = f'/en/desk/minerals/translations/en?show=all&amp;words={village.reference}">Translate it'
        assert lead in village.main(point, moderator)
        assert "Nothing waits for you here" in village.main("/en/desk", moderator)
        village.translate()
        assert lead not in village.main(point, moderator)
        village.contest()
        for who in (translator, moderator, village.staff.responder):
            start = village.main("/en/desk", who)
            assert f'<a href="{CONTESTED}">1 contested translation to look at</a>' in start
            assert "Nothing waits for you here" not in start
        overview = village.main("/en/desk/minerals", moderator)
        assert "1 contested translation waits for an answer" in overview
        assert "Contested translations (1)" in overview
        for page in (village.main(point, moderator), village.main(CONTESTED, translator)):
            assert "Contested translations (1)" in page
        take_back_contest(village.own(), actor=village.author, now=utc_now())
        db.session.commit()
        assert "Contested translations (" not in village.main(point, moderator)


def test_a_language_without_a_code_is_called_as_its_author_called_it(village: Village) -> None:
    with village.app.app_context():
        now = utc_now()
        author = build.person("Author of the hills")
        draft, _key = begin_draft(village.round, actor=author, now=now)
        save_comment(
            draft, None, paragraph=None, question=None, comment_type=CommentType.GENERAL, text="Words.",
            proposed_change="", language="mis", language_words="Kavet", now=now,
        )  # fmt: skip
        update_speaker(
            draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
            language="en", now=now,
        )  # fmt: skip
        update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
        submit_submission(draft, actor=author, now=now)
        build.publish(village.round, village.staff.moderator)
        db.session.commit()
        page = village.main("/en/desk/minerals/translations/en", village.staff.translator)
        assert "<bdi>Kavet</bdi>" in page
        assert "Points are not counted in it" not in page  # nothing else is to do in English: there is no bar


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_of_contests_takes_as_many_queries_for_any_number(village: Village, number: int) -> None:
    with village.app.app_context():
        submission = speak(village.round, build.person("Many"), *[KHMER] * number)
        build.publish(village.round, village.staff.moderator)
        for comment in submission.comments:
            update_translations(
                "comment", comment.id, language="en", fields={"text": (KHMER, ENGLISH)},
                actor=village.staff.translator, now=utc_now(),
            )  # fmt: skip
        for key in db.session.scalars(sa.select(Translation.id)):
            db.session.add(Contest(translation_id=key, text_digest="", reason=PRIVATE, contested_at=utc_now()))
        build.sign_in(village.client, village.staff.responder)
    with build.count_queries(village.app) as queries:
        assert village.client.get(CONTESTED).text.count('class="point"') == min(25, number)
    assert len(queries) == 9
