"""The published points of a round, and the permanent address of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, public, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.consultations.queries import get_published_consultation, get_published_round, list_questions, title_in
from consult.consultations.reading import READ_IN, ReadLink, read_links
from consult.consultations.views.editions import address_in, asked_language, input_language, reading_language
from consult.consultations.wording import visibility_sentence
from consult.core.clock import utc_now
from consult.core.collation import in_order
from consult.core.context import absolute_url
from consult.core.errors import NotFound
from consult.core.locale import current_locale, language_name
from consult.core.secrets import normalise_reference
from consult.core.web.locales import redirect_to_localised
from consult.core.web.routes import reading_page
from consult.documents.queries import Place, find_version, places, places_of
from consult.submissions.enums import CommentType, Nature
from consult.submissions.models import Comment
from consult.submissions.natures import numbers_in_words
from consult.submissions.newest import in_newest
from consult.submissions.positions import asks_for_positions
from consult.submissions.queries import (
    Filters,
    Reader,
    answers_told,
    count_public_comments,
    count_reservations,
    find_known_comment,
    list_public_languages,
    marks_of,
    page_of_public_comments,
    public_files_of,
    speakers,
)
from consult.submissions.services import is_public
from consult.submissions.views.questions import option_words, question_words
from consult.texts.queries import load_all_texts, load_texts

comments = Blueprint("comments", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/comments")
references = Blueprint("references", __name__)
PointPart = Callable[[Comment], str]
_point_parts: list[PointPart] = []


def register_point_part(part: PointPart) -> None:
    """Let a higher feature show something below a public point on its own page.

    Args:
        part: gives markup, or nothing; asked for points only that the reader may read.
    """
    if part not in _point_parts:
        _point_parts.append(part)


@comments.get("")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def list_comments(round_: Round) -> str:
    """The published points by their place in the text; or when they will be public."""
    if not can(Permission.INPUT_READ, round_):
        return render_template("submissions/comments_later.html", **_head(round_), later=visibility_sentence(round_))
    filters = Filters.read(request.args)
    page = page_of_public_comments(round_, filters, after=request.args.get("after"), before=request.args.get("before"))
    version = find_version(round_)
    placed = (
        places(version, reading_language(round_.consultation), actor=current_actor()) if version is not None else {}
    )
    questions = list_questions(round_)
    is_narrowed = filters != Filters()
    return render_template(
        "submissions/comments.html",
        **_head(round_),
        page=page,
        total=count_public_comments(round_, filters),
        is_narrowed=is_narrowed,
        filters=filters,
        choices=_filter_choices(round_, placed, filters.eid),
        speakers=speakers([row.submission for row in page.items], for_staff=False),
        marks=marks_of(page.items, Reader.PUBLIC),
        files=public_files_of(page.items),
        answered=answers_told(page.items),
        point_texts=load_texts("comment", [row.id for row in page.items], input_language(round_.consultation)),
        places=placed,
        question_words=question_words(questions, round_),
        option_words=option_words([option for question in questions for option in question.options], round_),
        has_positions=asks_for_positions(questions),
        is_open=round_.is_open(utc_now()),
        of_states=numbers_in_words(count_reservations([round_]).get(round_.id, {})),
    )


@dataclass(frozen=True)
class Cited:
    """A reference of a consultation, and the point that carries it."""

    round: Round
    comment: Comment

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_cited(slug: str, reference: str) -> Cited:
    """The submitted point of that reference in that consultation, public or not; none that is held.

    Raises:
        NotFound: no such reference there.
    """
    comment = find_known_comment(normalise_reference(reference) or "")
    consultation = get_published_consultation(slug)
    if comment is None or comment.submission.round.consultation_id != consultation.id:
        raise NotFound
    return Cited(comment.submission.round, comment)


@comments.get("/<reference>")
@reading_page
@requires(Permission.CONSULTATION_READ, load_cited)
def comment(cited: Cited) -> Any:
    """One point for ever: its words while they are public, the reference alone when they are not."""
    found, round_ = cited.comment, cited.round
    typed = (request.view_args or {}).get("reference")
    if typed != found.reference:
        return redirect(url_for(".comment", slug=round_.address, reference=found.reference))
    readable = can(Permission.INPUT_READ, round_)
    if found.is_withdrawn and (readable or round_.visibility is not Visibility.PARTICIPANTS_ONLY):
        return render_template("submissions/comment_withdrawn.html", **_head(round_), comment=found), 410
    if not readable or not is_public(found):
        later = visibility_sentence(round_) if not readable else None
        return render_template(
            "submissions/comment_not_public.html",
            **_head(round_),
            reference=found.reference,
            later=later,
            has_closed=readable and round_.has_closed(utc_now()),
        )
    texts = load_all_texts("comment", [found.id])
    here = input_language(round_.consultation)
    shown, chosen = texts.for_reader(found.id, found.language, [asked_language(), here])
    languages = texts.languages_of(found.id)
    return render_template(
        "submissions/comment.html",
        parts=[part(found) for part in _point_parts],
        **_head(round_),
        point_texts=shown,
        choices=point_links(found, [found.language, *languages], chosen) if set(languages) - {here} else [],
        comment=found,
        files=public_files_of([found]),
        permanent=absolute_url(url_for("references.find", reference=found.reference)),
        speaker=speakers([found.submission], for_staff=False)[found.submission_id],
        place=places_of([found.paragraph], reading_language(round_.consultation), actor=current_actor())[
            found.paragraph.id
        ]
        if found.paragraph
        else None,
        question=question_words([found.question], round_)[found.question.id] if found.question else None,
        option=option_words([found.option], round_)[found.option.id] if found.option else None,
        marks=marks_of([found], Reader.PUBLIC)[found.id],
        answered=answers_told([found]),
        newest=in_newest([found], actor=current_actor(), language=reading_language(round_.consultation)).get(found.id),
    )


def point_links(comment: Comment, languages: Sequence[str], current: str, anchor: str | None = None) -> list[ReadLink]:
    """The page of a point, or a part of it, in each of some languages; the first one is the original."""
    slug, reference = comment.submission.round.address, comment.reference
    address = address_in(READ_IN, "comments.comment", slug=slug, reference=reference, _anchor=anchor)
    return read_links(languages, address, originals=languages[:1], current=current)


@references.get("/r/<reference>")
@public
def find(reference: str) -> Any:
    """The short permanent address of a point, typed in any case and with look-alikes."""
    found = find_known_comment(normalise_reference(reference) or "")
    if found is None:
        raise NotFound
    return redirect_to_localised(f"consultations/{found.submission.round.address}/comments/{found.reference}")


def _head(round_: Round) -> dict[str, Any]:
    consultation = round_.consultation
    return {
        "round": round_,
        "consultation": consultation,
        "slug": consultation.slug,
        "consultation_title": title_in(consultation, reading_language(consultation)),
    }


def _filter_choices(round_: Round, placed: Mapping[int, Place], chosen: str) -> dict[str, list[tuple[str, ...]]]:
    reader = current_locale().code
    sections = [place for place in placed.values() if "__" not in place.eid or place.eid == chosen]
    return {
        "constituency": [(c.value, c.label) for c in Constituency],
        "type": [(kind.value, kind.label) for kind in CommentType],
        "nature": [(nature.value, nature.label) for nature in Nature],
        "section": [(place.eid, place.title, place.language) for place in sections],
        "language": in_order(
            [(code, words or language_name(code, reader)) for code, words in list_public_languages(round_).items()],
            lambda choice: choice[1],
            reader,
        ),
    }
