"""The form for the questions of a round: one field, or one for each option, as each question is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question
from consult.core.forms import CheckboxesField, LongTextField, RadioField
from consult.core.locale import gettext as _
from consult.core.text import POINT_MAX
from consult.submissions.enums import Agreement, Stance
from consult.submissions.forms.languages import LanguageForm, language_data
from consult.submissions.models import Choice, Comment
from consult.texts.values import LocalizedText

VALUES: Mapping[QuestionKind, type[Agreement] | type[Stance]] = {
    QuestionKind.AGREEMENT: Agreement,
    QuestionKind.POSITIONS: Stance,
}
"""The kinds of questions in which something is said of each option."""


class QuestionsForm(LanguageForm):
    """Every question of a round; the fields are made for them, see `questions_form`."""

    def answer_to(self, question: Question) -> dict[str, Any]:
        """What the form says to a question, as arguments of `save_answer`."""
        kind = question.kind
        if kind is QuestionKind.FREE_TEXT:
            return {"text": self._typed(f"text-{question.id}") or ""}
        if kind in VALUES:
            values = {option.id: self._typed(f"value-{option.id}") for option in question.options}
            answer: dict[str, Any] = {"chosen": {key: VALUES[kind](value) for key, value in values.items() if value}}
            if kind is QuestionKind.POSITIONS:
                answer["reasons"] = {o.id: self._typed(f"reason-{o.id}") or "" for o in question.options}
            return answer
        typed = self._typed(f"choice-{question.id}") or []
        return {"chosen": {int(key): None for key in ([typed] if isinstance(typed, str) else typed)}}

    def _typed(self, name: str) -> Any:
        return self._fields[name].data


def questions_form(
    questions: Sequence[Question],
    option_texts: Mapping[int, LocalizedText],
    *,
    words: Iterable[Comment],
    chosen: Mapping[int, Choice],
    languages: Sequence[str],
) -> QuestionsForm:
    """The form for the questions of a round.

    Args:
        questions: with their options.
        option_texts: the words of each option, by its key.
        words: what has been answered in words: the points that are about a question.
        chosen: what has been said of options, by key of the option.
        languages: codes to offer first.
    """
    fields: dict[str, Any] = {}
    offered: dict[str, list[tuple[str, Any]]] = {}
    written = {(row.question_id, row.option_id): row for row in words}
    first = next(iter(written.values()), None)
    data: dict[str, Any] = {"language": languages[0]} if first is None else language_data(first, languages[0])
    for question in questions:
        if question.kind is QuestionKind.FREE_TEXT:
            _text_field(fields, data, f"text-{question.id}", question.text, written.get((question.id, None)))
        elif question.kind in VALUES:
            for option in question.options:
                name, choice = f"value-{option.id}", chosen.get(option.id)
                fields[name] = RadioField(option.text)
                offered[name] = [*((v.value, v.label) for v in VALUES[question.kind]), ("", _("Leave it open"))]
                data[name] = choice.value.value if choice is not None and choice.value else ""
                if question.kind is QuestionKind.POSITIONS:
                    reason = written.get((question.id, option.id))
                    _text_field(fields, data, f"reason-{option.id}", option.text, reason)
        else:
            name, is_one = f"choice-{question.id}", question.kind is QuestionKind.SINGLE_CHOICE
            fields[name] = RadioField(question.text) if is_one else CheckboxesField(question.text)
            options = [(str(option.id), _in_its_language(option_texts[option.id])) for option in question.options]
            offered[name] = [("", _("No answer")), *options] if is_one else options
            ticked = [str(option.id) for option in question.options if option.id in chosen]
            data[name] = next(iter(ticked), "") if is_one else ticked
    form: QuestionsForm = type("QuestionsForm", (QuestionsForm,), fields)(data=data)
    for name, choices in offered.items():
        form[name].choices = choices
    form.offer_languages([data["language"], *languages])
    return form


def _text_field(fields: dict[str, Any], data: dict[str, Any], name: str, label: str, comment: Comment | None) -> None:
    fields[name] = LongTextField(label, limit=POINT_MAX)
    data[name] = comment.text if comment is not None else ""


def _in_its_language(text: LocalizedText) -> Markup:
    return Markup('<span lang="{}" dir="{}">{}</span>').format(text.language, text.dir, text.text)
