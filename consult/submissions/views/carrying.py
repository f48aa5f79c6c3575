"""What became of the points on the version before: each with its ground, and those that could not be carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import render_template, request

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import current_round, get_published_consultation, get_round, title_in
from consult.consultations.views.editions import input_language, reading_language
from consult.consultations.wording import visibility_sentence
from consult.core.errors import NotFound
from consult.core.locale import current_locale
from consult.core.locale import lazy_gettext as _l
from consult.core.web.routes import reading_page
from consult.documents.enums import Ground
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries import find_predecessor, list_versions, places_of, published_versions
from consult.documents.queries.names import pick_version
from consult.documents.queries.versions import list_paragraphs_by_id
from consult.submissions.models import Comment
from consult.submissions.queries import PUBLIC, Reader, answers_told, marks_of, public_files_of, speakers
from consult.submissions.queries.carrying import (
    LOST,
    Carried,
    Fate,
    carried,
    count_fates,
    list_unanchored,
    page_of_carried,
)
from consult.submissions.views.late import desk
from consult.submissions.views.questions import option_words, question_words
from consult.submissions.views.reading import reading
from consult.texts.queries import load_texts

LABELS: Mapping[Fate, Any] = {
    Fate.UNCHANGED: _l("The paragraph is unchanged"),
    Fate.EDITED: _l("The paragraph was edited"),
    Fate.MOVED: _l("The paragraph was moved"),
    Fate.MOVED_EDITED: _l("The paragraph was moved and edited"),
    Fate.SPLIT: _l("The paragraph was split"),
    Fate.MERGED: _l("The paragraph was merged with others"),
    Fate.REMOVED: _l("The paragraph was removed"),
    Fate.GENERAL: _l("About no paragraph: the text in general, or a question"),
    Fate.UNKNOWN: _l("Nothing is on record of what became of the paragraph"),
}
GROUNDS: Mapping[Ground, Any] = {
    Ground.SAME_WORDS: _l("Ground: the words are the same."),
    Ground.SIMILAR_WORDS: _l("Ground: the words are similar, and the secretariat confirmed the match."),
    Ground.BY_HAND: _l("Ground: the secretariat decided it, paragraph by paragraph."),
    Ground.EDITED_HERE: _l("Ground: the secretariat edited the version before, paragraph by paragraph."),
}
NOT_CARRIED = "not-carried"


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
    fates = LOST if wanted == NOT_CARRIED else (Fate(wanted),) if wanted in set(Fate) else ()
    page = page_of_carried(
        version,
        before,
        condition,
        fates=fates,
        or_among=unanchored if wanted == NOT_CARRIED else (),
        after=request.args.get("after"),
        before_key=request.args.get("before"),
    )
    told = carried(page.items, version)
    counts = count_fates(version, before, condition)
    reader = current_locale().code if for_staff else reading_language(later.consultation)
    olds = [row.paragraph for row in page.items if row.paragraph is not None]
    news = list_paragraphs_by_id(
        [step.paragraph_id for one in told.values() for step in one.steps if step.paragraph_id is not None]
    )
    questions = [row.question for row in page.items if row.question is not None]
    options = [row.option for row in page.items if row.option is not None]
    return {
        "later": later,
        "page": page,
        "told": told,
        "counts": [(fate, LABELS[fate], counts[fate]) for fate in Fate if fate in counts],
        "total": sum(counts.values()),
        "not_carried": sum(counts.get(fate, 0) for fate in LOST) + len(unanchored),
        "unanchored": len(unanchored),
        "wanted": wanted if wanted == NOT_CARRIED or wanted in set(Fate) else "",
        "labels": LABELS,
        "grounds": {key: _ground(one) for key, one in told.items()},
        "words": {row.id: _words(row.paragraph) for row in page.items if row.paragraph and not told[row.id].is_carried},
        "old_places": places_of(olds, reader),
        "new_places": places_of(news, reader),
        "speakers": speakers([row.submission for row in page.items], for_staff=for_staff),
        "marks": marks_of(page.items, Reader.STAFF if for_staff else Reader.PUBLIC),
        "files": {} if for_staff else public_files_of(page.items),
        "answered": answers_told(page.items),
        "point_texts": load_texts("comment", [row.id for row in page.items], input_language(later.consultation)),
        "question_words": question_words(questions, before),
        "option_words": option_words(options, before),
    }


def _ground(one: Carried) -> str:
    """On which ground a point was carried; empty where it was not."""
    return str(GROUNDS[one.steps[0].ground]) if one.steps else ""


def _words(paragraph: Paragraph) -> str:
    return plain_text(paragraph.kind, paragraph.text)
