"""The document with its comments: a page, the same as one small file, and a Word file to be cleared on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from markupsafe import Markup

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, title_in
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in, input_language, reading_language
from consult.consultations.wording import visibility_sentence
from consult.core.clock import utc_now
from consult.core.context import absolute_url
from consult.core.errors import NotFound
from consult.core.locale import current_locale, ngettext
from consult.core.locale import lazy_gettext as _l
from consult.core.web.caching import is_cacheable
from consult.core.web.routes import reading_page
from consult.documents.plain import Segment, marked, segments_of
from consult.documents.queries import get_version, list_corrigenda
from consult.documents.reading import Block, choose_edition, light_html
from consult.publication.annotated import Annotated, gather, kept_file, parts_of
from consult.publication.annotated.gathering import Point
from consult.publication.annotated.word import to_word
from consult.submissions.natures import numbers_in_words

annotated = Blueprint("annotated", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/with-comments")

FOR_PARTICIPANTS = _l(
    "This draft is for those who may take part: who was invited, or who is a delegate of a member where the round is "
    "for members only. If you are one of them, sign in, and open it again."
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BESIDE = 25
"""How many points stand on a page beside one paragraph; of more there is a link to the list. Files have all."""
_COUNTS = re.compile(r'<a class="pointed"[^>]*>[^<]*</a>')


@annotated.get("")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def page(round_: Round) -> str:
    """The draft with what everybody reads of its points beside each paragraph; long ones in parts."""
    head = _head(round_)
    if not can(Permission.INPUT_READ, round_):
        return render_template("publication/annotated_later.html", **head, later=visibility_sentence(round_))
    found = _gathered(round_)
    parts = parts_of(found)
    wanted = request.args.get("part", "1")
    number = int(wanted) if re.fullmatch(r"[0-9]{1,4}", wanted) else 1
    if not 1 <= number <= len(parts):
        raise NotFound
    slug, language = round_.address, found.draft.language
    return render_template(
        "publication/annotated.html",
        **head,
        annotated=found,
        parts=parts,
        part=parts[number - 1],
        points=found.by_eid,
        most=MOST_BESIDE,
        html_of=_marked_blocks(found),
        corrigenda=list_corrigenda([round_], reading_language(round_.consultation)),
        editions=found.draft.links(address_in(EDITION, ".page", slug=slug)),
        of_states=numbers_in_words(found.of_states),
        part_url=lambda other: url_for(".page", slug=slug, edition=language, part=other if other > 1 else None),
    )


@annotated.get("/file")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def file(round_: Round) -> Any:
    """The same as one small file, to be read offline and passed on."""
    return _given_out(round_, "html", "text/html; charset=utf-8", _to_file)


@annotated.get("/word")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def word(round_: Round) -> Any:
    """The same as a Word file, with a table of all points that a delegation clears on paper."""
    return _given_out(round_, "docx", WORD, _to_word)


def _head(round_: Round) -> dict[str, Any]:
    consultation = round_.consultation
    return {
        "round": round_,
        "consultation": consultation,
        "slug": round_.address,
        "title": title_in(consultation, reading_language(consultation)),
    }


def _edition(round_: Round) -> str:
    version = get_version(round_)
    return choose_edition(version, request.args.get(EDITION), reading_language(round_.consultation))


def _gathered(round_: Round) -> Annotated:
    consultation = round_.consultation
    return gather(
        round_,
        get_version(round_),
        edition=_edition(round_),
        reader=reading_language(consultation),
        words=input_language(consultation),
    )


def _given_out(round_: Round, suffix: str, media_type: str, make: Any) -> Any:
    """A file as it was made of this state of the record, or made now; asked about each time, as releases are."""
    if not can(Permission.INPUT_READ, round_):
        raise NotFound
    edition, consultation = _edition(round_), round_.consultation
    languages = (edition, current_locale().code, reading_language(consultation), input_language(consultation))
    content, state = kept_file(round_, variant=(suffix, *languages), make=lambda: make(_gathered(round_)))
    response = current_app.response_class(content, content_type=media_type)
    response.set_etag(state)
    if round_.visibility is Visibility.PARTICIPANTS_ONLY:
        response.headers["Cache-Control"] = "private, no-store"
    else:
        response.headers["Cache-Control"] = "public, no-cache" if is_cacheable() else "private, no-cache"
    name = f"with-comments-{round_.label}-{edition}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response.make_conditional(request)


def _source(found: Annotated) -> str:
    return absolute_url(url_for(".page", slug=found.round.address, edition=found.draft.language))


def _to_word(found: Annotated) -> bytes:
    corrigenda = list_corrigenda([found.round], reading_language(found.round.consultation))
    return to_word(found, corrigenda, source=_source(found), now=utc_now())


def _to_file(found: Annotated) -> bytes:
    consultation = found.round.consultation
    blocks = _marked_blocks(found)
    body = render_template(
        "publication/annotated_file.html",
        round=found.round,
        consultation=consultation,
        annotated=found,
        points=found.by_eid,
        html_of={eid: Markup(_COUNTS.sub("", html)) for eid, html in blocks.items()},  # noqa: S704 - safe, and less of it
        light=light_html,
        corrigenda=list_corrigenda([found.round], reading_language(consultation)),
        of_states=numbers_in_words(found.of_states),
        source=_source(found),
        safety=absolute_url(url_for("pages.safety", slug=consultation.slug)),
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
    quoted = [
        (point.reference, point.quotation)
        for point in points
        if point.quotation is not None and point.quotation.language == block.text.language
    ]
    segments = []
    for start, end, which in segments_of([(row.start, row.end) for _reference, row in quoted]):
        label = ngettext("%(num)s point on these words", "%(num)s points on these words", len(which))
        segments.append(Segment(start, end, len(which), f"#{quoted[which[0]][0]}", label))
    return marked(block.html, segments) if segments else None
