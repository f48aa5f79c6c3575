"""Messages that carry answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.accounts.models import Account
from consult.accounts.queries import get_account
from consult.consultations.queries import title_in
from consult.core.context import absolute_url, render_text
from consult.core.locale import in_locale, join_words, language_name, ngettext
from consult.documents.comparing import Change as Kind
from consult.documents.comparing import Piece
from consult.documents.queries.changes import ShownChange
from consult.documents.wording import version_name
from consult.mail.services import queue_mail
from consult.responses.models import ResponseVersion
from consult.responses.queries import shown_answer
from consult.responses.tracing.queries import CausedChange, changes_caused
from consult.submissions.models import Comment
from consult.texts.queries import AllTexts, load_all_texts
from consult.texts.values import LocalizedText


def queue_answers(comments: Sequence[Comment], versions: Mapping[int, ResponseVersion], *, now: datetime) -> None:
    """Send the author of these points (of one submission) their answers, in the author's language where it exists."""
    account = _author_of(comments)
    if account is None:
        return
    with in_locale(account.locale):
        body = render_text("emails/responses/answers.txt", **_values(comments, versions, {}, account))
        subject = ngettext("Your point was answered", "%(num)s of your points were answered", len(comments))
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def queue_corrections(
    comments: Sequence[Comment],
    versions: Mapping[int, ResponseVersion],
    reasons: Mapping[int, str],
    *,
    now: datetime,
) -> None:
    """Tell the author of these points (of one submission) that our answers to them were corrected, and why."""
    account = _author_of(comments)
    if account is None:
        return
    with in_locale(account.locale):
        body = render_text("emails/responses/corrections.txt", **_values(comments, versions, reasons, account))
        subject = ngettext(
            "Our answer to your point was corrected",
            "Our answers to %(num)s of your points were corrected",
            len(comments),
        )
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


def _author_of(comments: Sequence[Comment]) -> Account | None:
    """The author's account; what came by another door than the site has none, and its answer is published alone."""
    account_id = comments[0].submission.account_id
    return get_account(account_id) if account_id is not None else None


def queue_translated(comments: Sequence[Comment], versions: Mapping[int, ResponseVersion], *, now: datetime) -> None:
    """Tell the author of these points (of one submission) that our answers can now be read in the author's language."""
    account = _author_of(comments)
    if account is None:
        return
    with in_locale(account.locale):
        language = language_name(comments[0].submission.language or account.locale, account.locale)
        body = render_text(
            "emails/responses/translated.txt", language=language, **_values(comments, versions, {}, account)
        )
        subject = ngettext(
            "Our answer to your point can now be read in %(language)s",
            "Our answers to %(num)s of your points can now be read in %(language)s",
            len(comments),
            language=language,
        )
        queue_mail(recipient=account.email, locale=account.locale, subject=subject, body=body, now=now)


@dataclass(frozen=True)
class ChangeWords:
    """A change of the text as a message gives it, in plain words.

    Args:
        text: which text it is a change of.
        place: the number of its paragraph, or its eId.
        before: the words around it as they were; empty where they are new.
        after: as they are; empty where they were taken out.
        rest: where the other parts of a paragraph that was split stand now.
    """

    text: str
    place: str
    before: LocalizedText
    after: LocalizedText
    rest: str = ""


@dataclass(frozen=True)
class AnswerWords:
    """An answer as a message gives it: in the author's language where it was translated, and the original.

    Args:
        reference: of the point.
        disposition: how it is addressed, in words.
        text: the answer.
        rationale: why.
        reason: why it was corrected, in the language of the original; empty where it was not.
        language: that it is given in, by name.
        original_language: that it was written in, by name.
        notes: who or what translated it and when; nothing where it is the original.
        lacks: the language that the author asked for, by name, where there is no translation into it.
        changes: of the text, that the point caused, as far as everybody may read them.
    """

    reference: str
    disposition: str
    text: LocalizedText
    rationale: LocalizedText
    reason: LocalizedText
    language: str
    original_language: str
    notes: Sequence[str]
    lacks: str
    changes: Sequence[ChangeWords] = ()


def _values(
    comments: Sequence[Comment],
    versions: Mapping[int, ResponseVersion],
    reasons: Mapping[int, str],
    account: Account,
) -> dict[str, Any]:
    submission = comments[0].submission
    consultation, locale = submission.round.consultation, account.locale
    texts = load_all_texts("response_version", [versions[c.id].id for c in comments])
    caused = changes_caused(comments, language=locale)
    return {
        "name": account.name,
        "title": title_in(consultation, locale),
        "answers": [
            _answer(c, versions[c.id], texts, reasons.get(c.id, ""), locale, caused.get(c.id, ())) for c in comments
        ],
        "is_member_driven": consultation.is_member_driven,
        "link": absolute_url(f"/{locale}/take-part/{submission.round.address}/receipt/{submission.key}"),
    }


def _answer(
    comment: Comment,
    version: ResponseVersion,
    texts: AllTexts,
    reason: str,
    locale: str,
    caused: Sequence[CausedChange],
) -> AnswerWords:
    submission = comment.submission
    shown = shown_answer(version, texts, [submission.language, locale])
    made = [one.provenance for one in (shown.text, shown.rationale) if one.provenance is not None]
    return AnswerWords(
        comment.reference or "",
        version.disposition.label,
        shown.text,
        shown.rationale,
        LocalizedText(reason, version.language),
        language_name(shown.language, locale),
        language_name(version.language, locale),
        list(dict.fromkeys(one.sentence(submission.round.zone) for one in made)),
        language_name(shown.lacks, locale) if shown.lacks else "",
        [_change(one) for one in caused],
    )


def _change(one: CausedChange) -> ChangeWords:
    change = one.change
    before, after = _side(change, Kind.ADDED) if change.has_before else "", _side(change, Kind.REMOVED)
    is_moved = before == after  # its words are the same: once is enough
    return ChangeWords(
        version_name(one.version),
        change.place.number or change.eid,
        LocalizedText("" if is_moved else before, change.language),
        LocalizedText(after, change.language),
        join_words([place.name for place in change.rest]),
    )


def _side(change: ShownChange, other: Kind) -> str:
    """The words of one side, without those of the other; of a table the rows that changed, a line for each."""
    if not change.table:
        return _words(change.small, other)
    rows = [[_words(cell, other) for cell in cells] for _kind, cells in change.changed_rows]
    return "\n".join(" | ".join(cells) for cells in rows if any(cells))


def _words(pieces: Iterable[Piece], other: Kind) -> str:
    return "".join(piece.text for piece in pieces if piece.kind is not other).strip()
