"""The answer below a public point on its own page, with what it was before it was corrected."""

from __future__ import annotations

from typing import Any

from flask import render_template

from consult.access.guard import current_actor
from consult.consultations.history import is_concluded
from consult.consultations.views.editions import asked_language, input_language, reading_language
from consult.publication.queries import find_latest_release
from consult.responses.enums import disposition_in_words
from consult.responses.queries import list_sent_versions, shown_answer
from consult.responses.tracing.queries import changes_caused, removed_traces
from consult.responses.tracing.unreflected import reasons_of
from consult.submissions.models import Comment
from consult.submissions.views.comments import point_links
from consult.texts.queries import load_all_texts


def answer_part(comment: Comment) -> str:
    """The answer that was sent to a point, newest first, as markup; three queries.

    Nothing before the first release, which is when answers become public, and nothing of a compilation. It is shown
    in the language that the address asks for with `in`, else in the reader's.
    """
    round_ = comment.submission.round
    if not round_.asks_for_answers or find_latest_release(round_) is None:
        return ""
    sent = list_sent_versions([comment]).get(comment.id, [])
    if not sent:
        return ""
    texts = load_all_texts("response_version", [one.version.id for one in sent])
    wanted, asked = [input_language(round_.consultation)], asked_language()
    answers = [(one, shown_answer(one.version, texts, wanted, asked=asked)) for one in reversed(sent)]
    newest = answers[0][1]
    return render_template(
        "publication/_point_answer.html",
        round=round_,
        comment=comment,
        answers=answers,
        choices=point_links(comment, newest.languages, newest.language, "answer"),
        is_proposal=round_.consultation.is_member_driven,
        in_words=disposition_in_words,
        **_traced(comment),
    )


def _traced(comment: Comment) -> dict[str, Any]:
    """What the point changed; with the outcome also why nothing is seen of an accepted one; links taken back."""
    consultation = comment.submission.round.consultation
    language = reading_language(consultation)
    caused = changes_caused([comment], actor=current_actor(), language=language).get(comment.id, [])
    reasons = reasons_of([comment], language) if not caused and is_concluded(consultation) else {}
    return {
        "caused": caused,
        "unseen": reasons.get(comment.id),
        "taken_back": removed_traces(comment),
        "slug": comment.submission.round.address,
    }
