"""What became of the points on the version before: each with its ground, and those that could not be carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for
from markupsafe import Markup

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import current_round, get_published_consultation, get_round, title_in
from consult.consultations.views.editions import input_language, reading_language
from consult.consultations.wording import visibility_sentence
from consult.core.errors import NotFound
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.web.routes import reading_page
from consult.documents.models import DocumentVersion
from consult.documents.queries import (
    find_predecessor,
    find_version,
    list_versions,
    paragraph_texts,
    places_of,
    published_versions,
    text_of,
)
from consult.documents.queries.versions import key_of, list_paragraphs_by_id, pick_version
from consult.submissions.fates import LABELS, NOT_CARRIED, NOT_COUNTED, steps_by_ground
from consult.submissions.models import Comment
from consult.submissions.queries import (
    PUBLIC,
    Reader,
    answers_told,
    exact_progress,
    marks_of,
    public_files_of,
    speakers,
)
from consult.submissions.queries.carrying import (
    LOST,
    Fate,
    Part,
    carried,
    count_fates,
    list_unanchored,
    page_of_carried,
)
from consult.submissions.views.late import desk
from consult.submissions.views.questions import option_words, question_words
from consult.submissions.views.reading import reading
from consult.texts.queries import load_texts

WHAT_IS_NOT = "not-carried"
PARTS: Mapping[Part, Any] = {
    Part.NOT_CARRIED: NOT_CARRIED,
    Part.CARRIED: _l("What was carried, and on which ground"),
    Part.ABOUT_NONE: LABELS[Fate.GENERAL],
}


@dataclass(frozen=True)
class Later:
    """A version that continues another, on whose points it has to account for."""

    version: DocumentVersion
    base: DocumentVersion

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.version.host_id

    @property
    def consultation(self) -> Consultation:
        """Whose text it is."""
        return self.version.consultation

    @property
    def round(self) -> Round:
        """The round of the newer version; of the final text the newest one."""
        return self.version.of_round or current_round(self.consultation)


def _later(versions: Sequence[DocumentVersion], key: str) -> Later:
    version = pick_version(versions, key)
    earlier = [one for one in versions[: versions.index(version)] if one.of_round is not None]
    # Without a word on record of what became of its paragraphs, the version before is still the one before.
    base = find_predecessor(version) or (earlier[-1] if earlier else None)
    if base is None or base.of_round is None:
        raise NotFound
    return Later(version, base)


def load_later(slug: str, newer: str) -> Later:
    """The version that an address names, as the public may read it, with the one before.

    Raises:
        NotFound: no such version, or it continues none.
    """
    consultation = get_published_consultation(slug)
    return _later(published_versions(consultation, current_actor()), newer)


def load_any(slug: str, newer: str) -> Later:
    """The same for the desk, also while it is set up.

    Raises:
        NotFound: no such version, or it continues none.
    """
    return _later(list_versions(get_round(slug).consultation), newer)


@reading.get("/carried/<newer>")
@reading_page
@requires(Permission.CONSULTATION_READ, load_later)
def carried_points(later: Later) -> str:
    """What became of every public point on the version before."""
    consultation = later.consultation
    head = {
        "round": later.base.round,
        "consultation": consultation,
        "slug": consultation.slug,
        "consultation_title": title_in(consultation, reading_language(consultation)),
    }
    if not can(Permission.INPUT_READ, later.base.round):
        return render_template("submissions/comments_later.html", **head, later=visibility_sentence(later.base.round))
    return render_template("submissions/carried.html", **head, **_accounts(later, PUBLIC, for_staff=False))


@desk.get("/carried/<newer>")
@requires(Permission.DESK_READ, load_any)
def carried_at_desk(later: Later) -> str:
    """The same of every point that was submitted and not withdrawn."""
    return render_template(
        "submissions/carried_desk.html",
        round=later.base.round,
        consultation=later.consultation,
        current="document",
        **_accounts(later, Comment.withdrawn_at.is_(None), for_staff=True),
    )


def _accounts(later: Later, condition: sa.ColumnElement[bool], *, for_staff: bool) -> dict[str, Any]:
    """Everything that both pages show; constantly many queries."""
    version, before = later.version, later.base.round
    unanchored = list_unanchored(version, before, condition)
    wanted = request.args.get("fate", "")
    fate = Fate(wanted) if wanted in set(Fate) else None
    part = Part.NOT_CARRIED if wanted == WHAT_IS_NOT else None
    page = page_of_carried(
        version,
        before,
        condition,
        fate=fate,
        part=part,
        unanchored=unanchored,
        after=request.args.get("after"),
        before_key=request.args.get("before"),
    )
    counts = count_fates(version, before, condition)
    return {
        "later": later,
        "page": page,
        "counts": [(one, LABELS[one], counts[one]) for one in Fate if one in counts],
        "total": sum(counts.values()),
        "not_carried": sum(counts.get(one, 0) for one in LOST) + len(unanchored),
        "unanchored": len(unanchored),
        "not_counted": NOT_COUNTED,
        "wanted": wanted if fate or part is not None else "",
        "labels": LABELS,
        **_told(later, page.items, for_staff=for_staff, fate=fate),
        **_around(later, page.items, for_staff=for_staff),
    }


def _told(later: Later, comments: Sequence[Comment], *, for_staff: bool, fate: Fate | None) -> dict[str, Any]:
    """What became of these points, in their parts, and the words that those not carried were about."""
    told = carried(comments, later.version)
    reader = _reader(later, for_staff=for_staff)
    news = list_paragraphs_by_id(
        [step.paragraph_id for one in told.values() for step in one.steps if step.paragraph_id is not None]
    )
    parts = [(PARTS[part], list(rows)) for part, rows in groupby(comments, lambda row: told[row.id].part)]
    if fate is not None:
        parts = [(LABELS[fate], list(comments))]
    # Of one whose paragraph lives on the quote, which stands in the point, is all that was lost.
    lost = [row for row in comments if told[row.id].fate in LOST]
    # The words of a draft are for those who may read it, whoever may read the points.
    may_quote = for_staff or can(Permission.DRAFT_READ, later.base.round)
    texts = paragraph_texts([row.paragraph for row in lost if row.paragraph], reader)
    return {
        "told": told,
        "parts": parts,
        "grounds": {key: list(steps_by_ground(one)) for key, one in told.items()},
        "words": {
            row.id: text_of(row.paragraph, texts, later.base.language) for row in lost if row.paragraph and may_quote
        },
        "words_withheld": bool(lost) and not may_quote,
        "new_places": places_of(news, reader, actor=None),
    }


def _around(later: Later, comments: Sequence[Comment], *, for_staff: bool) -> dict[str, Any]:
    """What is drawn of each of these points."""
    before, reader = later.base.round, _reader(later, for_staff=for_staff)
    questions = [row.question for row in comments if row.question is not None]
    options = [row.option for row in comments if row.option is not None]
    return {
        "old_places": places_of(
            [row.paragraph for row in comments if row.paragraph is not None], reader, actor=current_actor()
        ),
        "speakers": speakers([row.submission for row in comments], for_staff=for_staff),
        "marks": marks_of(comments, Reader.STAFF if for_staff else Reader.PUBLIC),
        "files": {} if for_staff else public_files_of(comments),
        "answered": answers_told(comments),
        "point_texts": load_texts("comment", [row.id for row in comments], input_language(later.consultation)),
        "question_words": question_words(questions, before),
        "option_words": option_words(options, before),
    }


def warn_of_points_before(round_: Round) -> list[Markup]:
    """What became of the points of the round before, and how many wait for an answer: for whoever opens a round."""
    version = find_version(round_)
    base = find_predecessor(version) if version is not None else None
    if version is None or base is None or base.of_round is None:
        return []
    before, known = base.of_round, Comment.withdrawn_at.is_(None)
    counts = count_fates(version, before, known)
    number = sum(counts.values())
    if not number:
        return []
    lost = sum(counts.get(one, 0) for one in LOST) + len(list_unanchored(version, before, known))
    waiting = exact_progress(before).outstanding
    sentences: list[str] = [
        ngettext(
            "%(num)s point was received on the draft of %(round)s and not withdrawn.",
            "%(num)s points were received on the draft of %(round)s and not withdrawn.",
            number,
            round=before.label,
        )
    ]
    if waiting:
        sentences.append(
            ngettext("%(num)s point still waits for an answer.", "%(num)s points still wait for an answer.", waiting)
        )
    sentences.append(
        Markup('<a href="{}">{}</a>').format(
            url_for("submissions_desk.carried_at_desk", slug=round_.consultation.slug, newer=key_of(version)),
            ngettext("%(num)s point could not be carried", "%(num)s points could not be carried", lost)
            if lost
            else _("Every point about a paragraph was carried."),
        )
    )
    return [Markup(" ").join(sentences)]


def _reader(later: Later, *, for_staff: bool) -> str:
    return current_locale().code if for_staff else reading_language(later.consultation)
