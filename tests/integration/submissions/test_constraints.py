"""What the tables of points refuse of quotes and of statements of States: each rule by its name."""

from __future__ import annotations

from flask import Flask

from consult.consultations.enums import QuestionKind
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.anchoring import quote_at
from consult.submissions.models import Quotation
from consult.submissions.services import save_quote
from tests.support import build
from tests.support.record import assert_broken, assert_refused, checks_of, said_of

QUOTES = {
    "ck_quotation_has_words": "UPDATE quotation SET exact = ''",
    "ck_quotation_words_fill_the_place": 'UPDATE quotation SET "end" = "end" + 1',
}
POINTS = {
    "ck_comment_of_states_on_the_text": "UPDATE comment SET nature = 'reservation', paragraph_id = NULL, "
    "question_id = (SELECT max(id) FROM question)",
    "ck_comment_of_states_is_not_answered": "UPDATE comment SET nature = 'statement', response_status = 'proposed'",
}


def test_each_rule_of_a_quote_and_of_a_position_is_held(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        build.consultations.save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "Why?"}, options=[], actor=staff.manager,
            now=utc_now(),
        )  # fmt: skip
        build.consultations.open_round(round_, actor=staff.manager, now=utc_now())
        draft = build.draft(round_, build.person("A"), "A point.")
        save_quote(draft, draft.comments[0], quote_at("Paragraph 1 in en.", 0, 9), language="en", now=utc_now())
        db.session.flush()
        # A place before the beginning: its length alone would do.
        negative = {"ck_quotation_words_fill_the_place": 'UPDATE quotation SET start = -9, "end" = 0'}
        assert_broken(QUOTES)
        assert_broken(negative)
        assert_broken(POINTS)
        assert set(QUOTES) == checks_of(Quotation)
        assert said_of("UPDATE comment SET nature = 'statement'") == "", "while it is a draft"
        build.submit(round_, build.person("B"), "A point.")
        assert_refused("UPDATE comment SET nature = 'statement' WHERE reference IS NOT NULL")
