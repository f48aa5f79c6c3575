"""How many texts of several consultations still wait to be translated, for the start of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from consult.access.permissions import Permission
from consult.access.policy import permitted
from consult.access.roles import Actor
from consult.consultations.models import LOCALIZED_FIELDS, Consultation, Question, QuestionOption, Round
from consult.core.db import db
from consult.documents.models import DocumentVersion, Paragraph
from consult.responses.models import ANSWER_FIELDS, ResponseVersion
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import read_by_everybody
from consult.texts.models import Translation
from consult.translating.sources import newest_answers


@dataclass(frozen=True)
class Lacking:
    """What has no translation into one language.

    Args:
        texts: of the consultation: title, summary and terms, questions and the drafts.
        answers: texts of answers, and reasons in them, for people who write in that language.
    """

    texts: int = 0
    answers: int = 0


def count_waiting(consultations: Sequence[Consultation], *, actor: Actor) -> Mapping[int, Mapping[str, Lacking]]:
    """By key of the consultation, by language: how many texts have no translation; three queries, or none.

    Whether a source has changed since, only the page of the language tells.

    Args:
        consultations: some.
        actor: those are counted whose texts this actor may translate.
    """
    wanted = permitted(actor, Permission.TEXT_TRANSLATE, consultations)
    if not wanted:
        return {}
    ids = [consultation.id for consultation in wanted]
    texts, translated = _count_texts(ids)
    found: dict[int, dict[str, Lacking]] = {}
    for one in wanted:
        total = texts.get(one.id, 0) + sum(bool(getattr(one, field)) for field in LOCALIZED_FIELDS)
        found[one.id] = {
            code: Lacking(texts=number)
            for code in one.languages
            if code != one.authentic_language and (number := total - translated.get((one.id, code), 0)) > 0
        }
    for key, language, number in _count_answers(ids):
        found[key][language] = replace(found[key].get(language, Lacking()), answers=number)
    return found


def _count_texts(ids: Sequence[int]) -> tuple[dict[int, int], dict[tuple[int, str], int]]:
    """How many texts of rounds there are, and how many of them, and of the consultations, in which language."""
    of = Round.consultation_id
    of_round: dict[str, Any] = {
        "paragraph": sa.select(Paragraph.id, of).select_from(Paragraph).join(DocumentVersion).join(Round),
        "question": sa.select(Question.id, of).select_from(Question).join(Round),
        "question_option": sa.select(QuestionOption.id, of).select_from(QuestionOption).join(Question).join(Round),
    }
    totals: list[Any] = []
    done: list[Any] = [
        sa.select(Translation.subject_id, Translation.language, sa.func.count())
        .where(
            Translation.subject == "consultation",
            Translation.subject_id.in_(ids),
            Translation.field.in_(LOCALIZED_FIELDS),
        )
        .group_by(Translation.subject_id, Translation.language)
    ]
    for subject, statement in of_round.items():
        rows = statement.where(of.in_(ids)).subquery()
        key = rows.c.consultation_id
        totals.append(sa.select(key, sa.func.count()).group_by(key))
        done.append(
            sa.select(key, Translation.language, sa.func.count())
            .select_from(rows)
            .join(Translation, sa.and_(Translation.subject == subject, Translation.subject_id == rows.c.id))
            .group_by(key, Translation.language)
        )
    texts: dict[int, int] = {}
    for key, number in db.session.execute(sa.union_all(*totals)):
        texts[key] = texts.get(key, 0) + number
    translated: dict[tuple[int, str], int] = {}
    for key, language, number in db.session.execute(sa.union_all(*done)):
        translated[key, language] = translated.get((key, language), 0) + number
    return texts, translated


def _count_answers(ids: Sequence[int]) -> Sequence[Any]:
    """Texts of answers to points that everybody reads, whose authors write in another language, not translated yet."""

    def lacks(field: str) -> Any:
        is_there = sa.exists().where(
            Translation.subject == "response_version",
            Translation.subject_id == ResponseVersion.id,
            Translation.field == field,
            Translation.language == Submission.language,
        )
        return sa.and_(getattr(ResponseVersion, field) != "", sa.not_(is_there))

    number = sa.func.sum(sum(sa.case((lacks(field), 1), else_=0) for field in ANSWER_FIELDS))
    rounds = sa.select(Round).where(Round.consultation_id.in_(ids)).order_by(Round.id)
    return db.session.execute(
        sa.select(Round.consultation_id, Submission.language, number)
        .select_from(ResponseVersion)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Round, Round.id == Comment.round_id)
        .where(
            ResponseVersion.id.in_(newest_answers(ids)),
            Submission.language != ResponseVersion.language,
            sa.or_(*(lacks(field) for field in ANSWER_FIELDS)),
            read_by_everybody(db.session.scalars(rounds)),
        )
        .group_by(Round.consultation_id, Submission.language)
        .order_by(Round.consultation_id, Submission.language)
    ).all()
