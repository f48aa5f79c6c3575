"""The index: the same set on both databases, in step with the record, and nothing left of what was taken back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from consult.consultations.services import update_texts
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.text import search_words
from consult.documents.models import Paragraph
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.services import import_document
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from consult.texts.finding import matching
from consult.texts.indexing import check_index, index_is_current, rebuild_index
from consult.texts.models import SearchText, Translation
from consult.texts.services import delete_translations, update_translations
from consult.texts.tokens import RULES, phrases
from tests.support import build

SENTENCES = {
    "ar": ("يَجِبُ أن تُنشر الاتفاقيّات قبل التوقيع.", "الاتفاقيات"),
    "en": ("Agreements are published before they are signed.", "publish"),
    "fr": ("Les accords sont publiés avant d’être signés.", "etre"),
    "id": ("Perjanjian diumumkan sebelum ditandatangani.", "diumumkan"),
    "km": ("កិច្ចព្រមព្រៀងត្រូវបោះពុម្ពមុនពេលចុះហត្ថលេខា។", "បោះពុម្ព"),
    "lo": ("ສັນຍາຕ້ອງຖືກເຜີຍແຜ່ກ່ອນການລົງນາມ.", "ເຜີຍແຜ່"),
    "my": ("သဘောတူညီချက်များကို လက်မှတ်မထိုးမီ ထုတ်ပြန်ရမည်။", "လက်မှတ်"),
    "pt": ("Os acordos são publicados antes da assinatura.", "sao"),
    "ru": ("Соглашения публикуются до их подписания.", "ПУБЛИКУЮТСЯ"),
    "sw": ("Mikataba huchapishwa kabla ya kutiwa saini.", "huchapishwa"),
    "th": ("ข้อตกลงต้องเผยแพร่ก่อนลงนาม", "เผยแพร่"),
    "vi": ("Các thỏa thuận được công bố trước khi ký.", "duoc"),
    "zh": ("协议在签署之前必须公布。", "签署"),
}


def found(words: str) -> set[str]:
    """The points that a list finds."""
    statement = sa.select(Comment.text).where(*matching(search_words(words), comment=Comment.id))
    return set(db.session.scalars(statement))


def points(*texts: str) -> Any:
    staff = build.desk()
    round_ = build.open_consultation(staff.host, staff.manager)
    build.submit(round_, build.person("Author"), *texts)
    build.publish(round_, staff.moderator)
    return round_


def test_a_word_is_found_in_every_script(app: Flask) -> None:
    with app.app_context():
        points(*(text for text, _word in SENTENCES.values()))
        for language, (text, word) in SENTENCES.items():
            assert found(word) == {text}, language
        assert found("签") == {SENTENCES["zh"][0]}
        assert found("accords PUBLIES") == {SENTENCES["fr"][0]}
        assert found("accords 签署") == set()  # both in one point


def test_arabic_words_are_found_with_and_without_their_article(app: Flask) -> None:
    with app.app_context():
        bare, joined, other = "معادن وماء", "حقوق الإنسان والمعادن وشرب الماء", "ما قاله المانحون في المالية"
        points(bare, joined, other)
        wanted = {
            "معادن": {bare, joined}, "المعادن": {bare, joined}, "للمعادن": {bare, joined}, "إنسان": {joined},
            "ماء": {joined}, "الماء": {joined}, "ما": {other}, "مانحون": {other}, "المعادن الإنسان": {joined},
        }  # fmt: skip
        assert {words: found(words) for words in wanted} == wanted


def test_zawgyi_is_found_as_its_unicode_form(app: Flask) -> None:
    with app.app_context():
        zawgyi, unicode_, shan = "သတၱဳတူးေဖာ္ေရး", "သတ္တုတူးဖော်ရေး", "ၵႂၢမ်းတႆး"
        round_ = points(unicode_)
        build.submit(round_, build.person("B"), zawgyi, language="my-Qaag")
        build.submit(round_, build.person("C"), shan, language="shn-MM")
        assert found("တူးဖော်") == found("တူးေဖာ္ေရး") == {zawgyi, unicode_}
        assert found("ၵႂၢမ်းတႆး") == {shan}


def test_hostile_queries_are_words_like_others(app: Flask) -> None:
    with app.app_context():
        points("near or not and the rest", "a 'quoted' word", "col:on tokens", "100 % sure", "back\\slash")
        wanted = {
            "NEAR": 1, "OR": 1, "near(or": 1, '"near"': 1, "near*": 1, "NOT rest": 1, "'quoted'": 1, "tokens:": 1,
            "col:on": 1, "%": 0, "_": 0, "100%": 1, "\\": 0, "back\\slash": 1, "' OR 1=1 --": 0, "a\x00b": 0,
            "'near':*": 1, "!near": 1, "near & rest": 1, "<->": 0, "x" * 10_000: 0, "签" * 10_000: 0,
            " ".join("abcdefghijklmn"): 0, "-" * 500: 0, "a-" * 400: 0, "\ud800": 5,
        }  # fmt: skip
        wrong = {
            ascii(typed)[:40]: len(found(typed)) for typed, number in wanted.items() if len(found(typed)) != number
        }
        assert wrong == {}


# Whether letters of the Burmese block are Zawgyi is told by all of them; thrown together they are nothing.
LETTERS = st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda letter: not "\u1000" <= letter <= "\u109f")
WORDS = st.text(LETTERS, min_size=1, max_size=120)


def test_any_word_of_a_text_is_found(app: Flask) -> None:
    with app.app_context():
        points("first")
        comment = db.session.scalars(sa.select(Comment)).one()

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
        @example("ปีที่ 3.5 l’énergie—COVID-19/人人e\u0301 \u200bﷺ")
        @example("ก\u200bา a\u200cb ក\u17b4ខ 각 ½")
        @given(WORDS)
        def is_found(text: str) -> None:
            rows = db.session.connection()
            rows.execute(sa.delete(SearchText).where(SearchText.subject == "comment"))
            from consult.texts.tokens import token_rows

            for part, tokens in enumerate(token_rows(text)):
                rows.execute(
                    sa.insert(SearchText).values(
                        subject="comment", subject_id=comment.id, field="text", language="en", part=part,
                        tokens=tokens, rules=RULES,
                    )
                )  # fmt: skip
            for word in text.split():
                if phrases(word):
                    assert found(word) == {"first"}, word

        is_found()


def test_the_index_follows_edits_and_translations_at_once(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "fr"))
        consultation, now = round_.consultation, utc_now()

        def paragraphs(words: str) -> int:
            rows = sa.select(sa.func.count()).select_from(Paragraph).where(*matching(words, paragraph=Paragraph.id))
            return db.session.scalar(rows) or 0

        def consultations(words: str) -> int:
            condition = matching(words, consultation=SearchText.subject_id)
            rows = sa.select(sa.func.count(sa.distinct(SearchText.subject_id))).where(
                SearchText.subject == "consultation", *condition
            )
            return db.session.scalar(rows) or 0

        assert (paragraphs("Paragraphe"), paragraphs("Paragraph"), paragraphs("scope")) == (4, 4, 1)
        import_document(round_, "# 1 Aim\n\nOther words.\n", language="en", actor=staff.manager, now=now)
        assert (paragraphs("Paragraphe"), paragraphs("Paragraph"), paragraphs("other")) == (0, 0, 1)
        import_document(round_, "# 1 But\n\nAutres mots.\n", language="fr", actor=staff.manager, now=now)
        assert paragraphs("autres") == 1
        update_texts(consultation, {"title": {"en": "Cobalt", "fr": "Cobalt propre"}}, actor=staff.manager, now=now)
        assert (consultations("cobalt"), consultations("propre"), consultations("title")) == (1, 1, 0)
        block = list_paragraphs(get_version(round_))[1]
        words = {"text": (block.text, "Encore autrement.")}
        update_translations("paragraph", block.id, language="fr", fields=words, actor=staff.manager, now=now)
        assert (paragraphs("autres"), paragraphs("autrement")) == (0, 1)
        db.session.delete(db.session.scalars(sa.select(Translation).where(Translation.subject_id == block.id)).first())
        delete_translations("paragraph", [block.id])
        assert (paragraphs("autrement"), paragraphs("other")) == (0, 1)
        db.session.commit()
        assert list(check_index()) == []


def fts5_blocks() -> list[bytes]:
    """What SQLite's index is stored as."""
    if db.engine.dialect.name != "sqlite":
        return []
    return list(db.session.scalars(sa.text("SELECT block FROM search_words_data")))


def test_nothing_is_left_of_what_was_withdrawn(app: Flask) -> None:
    with app.app_context():
        points("A zyzxword here.", "Another point.")
        comment = db.session.scalars(sa.select(Comment).where(Comment.text.contains("zyzx"))).one()
        author = build.person("Nobody")
        update_translations(
            "comment", comment.id, language="fr", fields={"text": (comment.text, "Un motzyzx.")},
            actor=author, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
        assert found("zyzxword") == found("motzyzx") == {comment.text}
        assert any(b"zyzx" in block for block in fts5_blocks()) == (db.engine.dialect.name == "sqlite")
        withdraw_comment(comment, actor=author, now=utc_now())
        db.session.commit()
        assert found("zyzxword") == found("motzyzx") == set()
        assert found("another") == {"Another point."}
        assert not any(b"zyzx" in block for block in fts5_blocks())
        assert not db.session.scalar(sa.select(sa.exists().where(SearchText.tokens.contains("zyzx"))))


def test_a_rolled_back_change_changes_no_index(app: Flask) -> None:
    with app.app_context():
        points("Kept words.")
        db.session.commit()
        comment = db.session.scalars(sa.select(Comment)).one()
        withdraw_comment(comment, actor=build.person("Nobody"), now=utc_now())
        assert found("kept") == set()
        db.session.rollback()
        assert found("kept") == {"Kept words."}


def test_drafts_are_in_no_index(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.draft(round_, build.person("Author"), "Unfinished words.")
        assert not db.session.scalar(sa.select(sa.exists().where(SearchText.subject == "comment")))


def test_the_index_is_made_anew_and_checked(app: Flask) -> None:
    with app.app_context():
        points(*(text for text, _word in SENTENCES.values()))
        db.session.commit()
        columns = (SearchText.subject, SearchText.subject_id, SearchText.field, SearchText.language, SearchText.tokens)
        before = {tuple(row) for row in db.session.execute(sa.select(*columns))}
        assert (list(check_index()), index_is_current()) == ([], True)
        one = db.session.scalars(sa.select(SearchText.id).where(SearchText.subject == "comment").limit(1)).one()
        db.session.execute(sa.delete(SearchText).where(SearchText.id == one))
        db.session.commit()
        (problem,) = list(check_index())
        assert "comment differs from the record in 1" in problem
        db.session.execute(sa.delete(SearchText))
        assert not index_is_current()
        rebuild_index(say=lambda _line: None)
        db.session.commit()
        assert {tuple(row) for row in db.session.execute(sa.select(*columns))} == before
        assert (list(check_index()), index_is_current()) == ([], True)
