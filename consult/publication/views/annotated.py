"""The document with its comments: a page, the same as one small file, and a Word file to be cleared on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from markupsafe import Markup

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import current_round, get_published_consultation, get_published_round, title_in
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in, input_language, reading_language
from consult.consultations.wording import visibility_sentence
from consult.core.clock import utc_now
from consult.core.context import absolute_url
from consult.core.errors import NotFound
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.web.caching import is_cacheable
from consult.core.web.routes import reading_page
from consult.documents.marking import marked_at
from consult.documents.queries import CorrigendumInWords, get_final_text, get_version, list_corrigenda
from consult.documents.reading import Block, choose_edition, light_html
from consult.publication.annotated import Annotated, Text, gather, kept_file, parts_of
from consult.publication.annotated.gathering import Point
from consult.publication.annotated.word import Facts, to_word
from consult.submissions.fates import NOT_CARRIED, NOT_COUNTED
from consult.submissions.natures import numbers_in_words

annotated = Blueprint("annotated", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/with-comments")

FOR_PARTICIPANTS = _l(
    "This draft is for those who may take part: who was invited, or who is a delegate of a member where the round is "
    "for members only. If you are one of them, sign in, and open it again."
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BESIDE = 25
"""How many points stand on a page beside one paragraph; of more there is a link to the list. Files have all."""


@dataclass(frozen=True)
class Addresses:
    """The endpoints of a document with its comments, and where its text is read alone."""

    page: str
    file: str
    word: str
    text: str


DRAFT = Addresses(".page", ".file", ".word", "reading.draft")
FINAL = Addresses(".final_page", ".final_file", ".final_word", "reading.final_text")
_COUNTS = re.compile(r'<a class="pointed"[^>]*>[^<]*</a>')


def _consultation_at(slug: str) -> Consultation:
    return get_published_consultation(slug)


@annotated.get("")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def page(round_: Round) -> str:
    """The draft with what everybody reads of its points beside each paragraph; long ones in parts."""
    return _page(_of_draft(round_), round_)


@annotated.get("/file")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def file(round_: Round) -> Any:
    """The same as one small file, to be read offline and passed on."""
    return _given_out(_of_draft(round_), "html", "text/html; charset=utf-8", _to_file)


@annotated.get("/word")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def word(round_: Round) -> Any:
    """The same as a Word file, with a table of all points that a delegation clears on paper."""
    return _given_out(_of_draft(round_), "docx", WORD, _to_word)


@annotated.get("/final")
@reading_page
@requires(Permission.CONSULTATION_READ, _consultation_at)
def final_page(consultation: Consultation) -> str:
    """The final text with the points on the drafts before it: carried to its paragraphs, or not."""
    return _page(_of_final(consultation), current_round(consultation))


@annotated.get("/final/file")
@reading_page
@requires(Permission.CONSULTATION_READ, _consultation_at)
def final_file(consultation: Consultation) -> Any:
    """The same as one small file."""
    return _given_out(_of_final(consultation), "html", "text/html; charset=utf-8", _to_file)


@annotated.get("/final/word")
@reading_page
@requires(Permission.CONSULTATION_READ, _consultation_at)
def final_word(consultation: Consultation) -> Any:
    """The same as a Word file."""
    return _given_out(_of_final(consultation), "docx", WORD, _to_word)


def _of_draft(round_: Round) -> Text:
    """The draft of a round, which the reader may read; without its points where these are not to be read."""
    rounds = [round_] if can(Permission.INPUT_READ, round_) else []
    return Text(get_version(round_), rounds, {round_.id})


def _of_final(consultation: Consultation) -> Text:
    """The final text with the points of all rounds whose points the reader may read.

    Raises:
        NotFound: there is none, or the outcome is not recorded yet.
    """
    version = get_final_text(consultation)
    opened = [round_ for round_ in consultation.rounds if round_.opened_at is not None]
    rounds = [round_ for round_ in opened if can(Permission.INPUT_READ, round_)]
    return Text(version, rounds, {round_.id for round_ in rounds if can(Permission.DRAFT_READ, round_)})


def _page(text: Text, round_: Round) -> str:
    consultation, slug = text.version.consultation, _slug(text)
    head = {
        "round": round_,
        "consultation": consultation,
        "slug": slug,
        "title": title_in(consultation, reading_language(consultation)),
        "page_title": _title(text),
        "is_final": text.version.is_final,
        "text_url": url_for(_own(text).text, slug=slug, edition=request.args.get(EDITION)),
    }
    if not text.rounds:
        return render_template("publication/annotated_later.html", **head, later=visibility_sentence(round_))
    found = _gathered(text)
    parts = parts_of(found)
    wanted = request.args.get("part", "1")
    number = int(wanted) if re.fullmatch(r"[0-9]{1,4}", wanted) else 1
    if not 1 <= number <= len(parts):
        raise NotFound
    own, language = _own(text), found.draft.language

    def part_url(other: int) -> str:
        return url_for(own.page, slug=slug, edition=language, part=other if other > 1 else None)

    return render_template(
        "publication/annotated.html",
        **head,
        annotated=found,
        parts=parts,
        part=parts[number - 1],
        points=found.by_eid,
        most=MOST_BESIDE,
        html_of=_marked_blocks(found),
        corrigenda=_corrigenda(text),
        editions=found.draft.links(address_in(EDITION, own.page, slug=slug)),
        of_states=numbers_in_words(found.of_states),
        not_counted=NOT_COUNTED,
        not_carried=NOT_CARRIED,
        part_url=part_url,
        hrefs={
            block.eid: f"{part_url(part.number) if part.number != number else ''}#{block.eid}"
            for part in parts
            for block in part.blocks
            if block.is_heading
        },
        totals=found.by_section,
        file_url=url_for(own.file, slug=slug, edition=language),
        word_url=url_for(own.word, slug=slug, edition=language),
        is_for_all=all(map(_is_for_all, text.rounds)),
    )


def _is_for_all(round_: Round) -> bool:
    """Whether everybody may read the draft of a round and its points, now or once it is over."""
    return round_.visibility is not Visibility.PARTICIPANTS_ONLY and round_.audience is Audience.PUBLIC


def _slug(text: Text) -> str:
    """What addresses call it."""
    round_ = text.version.of_round
    return round_.address if round_ is not None else text.version.consultation.slug


def _own(text: Text) -> Addresses:
    return FINAL if text.version.is_final else DRAFT


def _title(text: Text) -> str:
    return _("The final text with comments") if text.version.is_final else _("The draft with its comments")


def _corrigenda(text: Text) -> Sequence[CorrigendumInWords]:
    """Corrections to a draft; a final text has none."""
    round_ = text.version.of_round
    return list_corrigenda([round_], reading_language(text.version.consultation)) if round_ is not None else []


def _edition(text: Text) -> str:
    return choose_edition(text.version, request.args.get(EDITION), reading_language(text.version.consultation))


def _gathered(text: Text) -> Annotated:
    consultation = text.version.consultation
    return gather(
        text,
        edition=_edition(text),
        reader=reading_language(consultation),
        words=input_language(consultation),
    )


def _given_out(text: Text, suffix: str, media_type: str, make: Any) -> Any:
    """A file as it was made of this state of the record, or made now; asked about each time, as releases are."""
    if not text.rounds:
        raise NotFound
    edition, consultation = _edition(text), text.version.consultation
    languages = (edition, current_locale().code, reading_language(consultation), input_language(consultation))
    content, state = kept_file(text, variant=(suffix, *languages), make=lambda: make(_gathered(text)))
    response = current_app.response_class(content, content_type=media_type)
    response.set_etag(state)
    if not all(map(_is_for_all, text.rounds)):
        response.headers["Cache-Control"] = "private, no-store"
    else:
        response.headers["Cache-Control"] = "public, no-cache" if is_cacheable() else "private, no-cache"
    name = f"with-comments-{'final-' if text.version.is_final else ''}{text.label}-{edition}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response.make_conditional(request)


def _source(found: Annotated) -> str:
    own, slug = _own(found.source), _slug(found.source)
    return absolute_url(url_for(own.page, slug=slug, edition=found.draft.language))


def _to_word(found: Annotated) -> bytes:
    facts = Facts(_title(found.source), _source(found), utc_now())
    return to_word(found, _corrigenda(found.source), facts)


def _to_file(found: Annotated) -> bytes:
    blocks = _marked_blocks(found)
    body = render_template(
        "publication/annotated_file.html",
        consultation=found.consultation,
        annotated=found,
        points=found.by_eid,
        html_of={eid: Markup(_COUNTS.sub("", html)) for eid, html in blocks.items()},  # noqa: S704 - safe, and less of it
        light=light_html,
        corrigenda=_corrigenda(found.source),
        of_states=numbers_in_words(found.of_states),
        not_counted=NOT_COUNTED,
        not_carried=NOT_CARRIED,
        source=_source(found),
        safety=absolute_url(url_for("pages.safety", slug=found.consultation.slug)),
        today=utc_now(),
    )
    return (body.strip() + "\n").encode()


def _marked_blocks(found: Annotated) -> Mapping[str, Markup]:
    """The blocks in which points quote words, with these marked; the others are shown as they are."""
    points = found.by_eid
    drawn = {}
    for block in found.draft.blocks:
        html = _with_marks(block, points[block.eid]) if block.eid in points else None
        if html is not None:
            drawn[block.eid] = html
    return drawn


def _with_marks(block: Block, points: list[Point] | Any) -> Markup | None:
    quoted = [(point.reference, point.span) for point in points if point.span is not None]
    return marked_at(block.html, [span for _reference, span in quoted], lambda over: f"#{quoted[over[0]][0]}")
