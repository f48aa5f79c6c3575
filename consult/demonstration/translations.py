"""The illustrated translations: of points for readers, of answers for authors, of a language in preparation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.accounts.actors import Person
from consult.consultations.models import Consultation, Question, Round
from consult.consultations.services import begin_language
from consult.core.db import db
from consult.documents.queries import get_paragraph
from consult.responses.models import ANSWER_FIELDS, ResponseVersion
from consult.submissions.models import Comment
from consult.texts.queries import list_translations
from consult.translating.contesting import contest_translation, get_own_translation
from consult.translating.queries import load_work, units_by_key
from consult.translating.services import Entry, save_translations

Content = Mapping[str, Any]
# As `translations.toml` calls the fields of a point.
FIELDS = {"text": "text", "proposed": "proposed_change"}
# BCP 47 for what is in no language: no source is in it and nothing is translated into it, so that one reading of the
# desk gives the units of all languages before anything has been translated.
NOBODYS = "zxx"


class _Desk:
    """What the translator of a consultation has before them: its units by key, and what was entered for them."""

    def __init__(self, consultation: Consultation, translator: Person, language: str = NOBODYS) -> None:
        self._consultation, self._translator = consultation, translator
        self._units = units_by_key(load_work(consultation, language, actor=translator))
        self._entered: dict[tuple[datetime, str], list[Entry]] = {}

    def enter(self, key: str, words: Mapping[str, str], at: datetime) -> None:
        """Enter the translations of one unit, by language."""
        for language, text in words.items():
            unit = self._units[key]
            self._entered.setdefault((at, language), []).append(Entry(unit, text, made_from=unit.version))

    def save(self) -> None:
        """Keep what was entered, in the order of the days; raises where anything is refused."""
        for (at, language), entries in sorted(self._entered.items(), key=lambda item: item[0]):
            saved = save_translations(self._consultation, entries, language=language, actor=self._translator, now=at)
            if saved.refused:
                raise saved.refused[0].error


def load_translations(
    consultation: Consultation,
    content: Content,
    comments: Mapping[str, Comment],
    translator: Person,
    people: Mapping[str, Person],
    *,
    now: datetime,
) -> None:
    """Load the translations of points and answers, and what authors say against some of them.

    Args:
        consultation: whose points have been published, and answered where it has closed.
        content: `translations.toml`.
        comments: its points by key.
        translator: who translates.
        people: respondents by key.
        now: the day that days are counted from.
    """
    newest = _newest(comments)
    desk = _Desk(consultation, translator)
    for one in content["point"]:
        comment, at = comments[one["key"]], now + timedelta(days=one["day"])
        for name, field in FIELDS.items():
            desk.enter(f"comment-{comment.reference}-{field}", one.get(name, {}), at)
        answer = one.get("answer")
        if answer:
            at = now + timedelta(days=answer["day"])
            for field in ANSWER_FIELDS:
                desk.enter(f"response_version-{comment.reference}-{newest[comment.id]}-{field}", answer[field], at)
    desk.save()
    for one in content["point"]:
        if "contest" in one:
            author = people[one["contest"]["respondent"]]
            _contest(consultation, comments[one["key"]], one["contest"], author, translator, now)


def _newest(comments: Mapping[str, Comment]) -> dict[int, int]:
    """Numbers of the newest versions of answers by key of the point."""
    rows = db.session.execute(
        sa.select(ResponseVersion.comment_id, sa.func.max(ResponseVersion.number).label("newest"))
        .where(ResponseVersion.comment_id.in_([comment.id for comment in comments.values()]))
        .group_by(ResponseVersion.comment_id)
    )
    return {row.comment_id: row.newest for row in rows}


def _contest(
    consultation: Consultation,
    comment: Comment,
    contest: Content,
    author: Person,
    translator: Person,
    now: datetime,
) -> None:
    """Let the author say that a translation of the point is not right; another text settles it, where there is one."""
    (translation,) = (
        row
        for row in list_translations("comment", [comment.id])
        if (row.language, row.field) == (contest["language"], "text")
    )
    contested = get_own_translation(comment.submission, translation.id)
    contest_translation(
        contested,
        reason=contest["reason"],
        seen=translation.version,
        actor=author,
        now=now + timedelta(days=contest["day"]),
    )
    if "becomes" in contest:
        desk = _Desk(consultation, translator, translation.language)
        words = {translation.language: contest["becomes"]}
        desk.enter(f"comment-{comment.reference}-text", words, now + timedelta(days=contest["settled_day"]))
        desk.save()


def load_preparation(
    round_: Round,
    content: Content,
    questions: Mapping[str, tuple[Question, Mapping[str, Any]]],
    manager: Person,
    translator: Person,
    *,
    language: str,
    at: datetime,
) -> None:
    """Begin a language that the public does not see yet, and translate some of it.

    Args:
        round_: open.
        content: `texts.<code>.toml` of that language, as far as it is translated.
        questions: (question, options by key) by key.
        manager: who begins it.
        translator: who translates.
        language: BCP 47 code.
        at: when it is begun; the translator is a day behind.
    """
    consultation = round_.consultation
    begin_language(consultation, language, actor=manager, now=at)
    translated_at = at + timedelta(days=1)
    desk = _Desk(consultation, translator)
    for field, text in content.items():
        if isinstance(text, str):
            desk.enter(f"consultation-{consultation.id}-{field}", {language: text.strip()}, translated_at)
    for key, words in content["questions"].items():
        question, options = questions[key]
        desk.enter(f"question-{question.id}-text", {language: words["text"]}, translated_at)
        for option, text in words.get("options", {}).items():
            desk.enter(f"question_option-{options[option].id}-text", {language: text}, translated_at)
    for eid, text in content["paragraphs"].items():
        desk.enter(f"paragraph-{get_paragraph(round_, eid).id}-text", {language: text}, translated_at)
    desk.save()
