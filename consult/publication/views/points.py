"""The answer below a public point on its own page, with what it was before it was corrected."""

from __future__ import annotations

from flask import render_template

from consult.core.locale import current_locale
from consult.publication.queries import find_latest_release
from consult.responses.enums import disposition_in_words
from consult.responses.queries import list_sent_versions
from consult.submissions.models import Comment
from consult.texts.queries import load_texts


def answer_part(comment: Comment) -> str:
    """The answer that was sent to a point, newest first, as markup; three queries.

    Nothing before the first release, which is when answers become public, and nothing of a compilation.
    """
    round_ = comment.submission.round
    if not round_.asks_for_answers or find_latest_release(round_) is None:
        return ""
    sent = list_sent_versions([comment]).get(comment.id, [])
    if not sent:
        return ""
    return render_template(
        "publication/_point_answer.html",
        round=round_,
        newest=sent[-1],
        earlier=list(reversed(sent[:-1])),
        texts=load_texts("response_version", [one.version.id for one in sent], current_locale().code),
        is_proposal=round_.consultation.is_member_driven,
        in_words=disposition_in_words,
    )
