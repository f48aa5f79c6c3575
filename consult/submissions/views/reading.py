"""Reading the draft, with the points on each paragraph: a page of this room, because documents know no points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.history import list_extensions
from consult.consultations.languages import list_published_additions
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_published_round
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in, input_language, reading_language
from consult.consultations.wording import KINDS, present_state, status_sentence
from consult.core.clock import utc_now
from consult.core.context import absolute_url
from consult.core.locale import lazy_gettext as _l
from consult.core.web.routes import reading_page
from consult.core.zones import moment_in_words
from consult.documents.models import DocumentVersion
from consult.documents.queries import get_version, list_corrigenda, list_places_of_blocks, published_versions
from consult.documents.queries.changes import changed_eids
from consult.documents.reading import Draft, choose_edition, editions_of, light_html, load_draft, nested_levels
from consult.submissions.queries import load_standing, takes_codes
from consult.submissions.views.pointing import WORDS, point_address, with_pointing
from consult.texts.queries import load_texts

SECTION, READ, BESIDE = "section", "read", "beside"
"""What the address asks for: the page of a section, whole or by sections, another edition beside the text."""
WHOLE, BY_SECTION = "whole", "sections"
reading = Blueprint("reading", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/draft")
FOR_PARTICIPANTS = _l(
    "This draft is for those who may take part: who was invited, or who is a delegate of a member where the round is "
    "for members only. If you are one of them, sign in, and open it again."
)


@reading.get("")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def draft(round_: Round) -> str:
    """The whole draft on one page, in one language, with the number of published points on each paragraph."""
    consultation = round_.consultation
    now = utc_now()
    reader = reading_language(consultation)
    version = get_version(round_)
    shown = load_as_asked(version, reader)
    texts = load_texts("consultation", [consultation.id] if reader != consultation.authentic_language else [], reader)
    state = present_state(round_, now)
    reads_input = can(Permission.INPUT_READ, round_)
    pointed = with_pointing(round_, shown) if reads_input else None
    counts = pointed.counts if pointed else {}
    kept: dict[str, Any] = pointed.kept if pointed else {}
    words = input_language(consultation)
    by_eid = {block.eid: counts[block.id] for block in shown.blocks if counts.get(block.id)}
    return render_template(
        "submissions/draft.html",
        round=round_,
        consultation=consultation,
        title=texts.of(consultation.id, "title", consultation.title, consultation.authentic_language),
        status=status_sentence(round_, state, now),
        kind=KINDS[state],
        draft=pointed.draft if pointed else shown,
        pointed=pointed,
        point_address=point_address,
        **ways_to_read(shown, ".draft", slug=round_.address, kept=kept),
        extensions=list_extensions([round_], reader),
        additions=[one for one in list_published_additions(consultation, reader) if one.row.round_id == round_.id],
        corrigenda=list_corrigenda([round_], reader),
        counts=by_eid,
        line_url=line_address(consultation),
        changed=changed_eids(version),
        standing=load_standing([round_], reader=reader, words=words, actor=current_actor()) if reads_input else None,
        totals=_totals(shown, counts) if any(counts.values()) else {},
        point_url=url_for("take_part.new_point", slug=consultation.slug, paragraph="")
        if round_.is_open(now) and can(Permission.TAKE_PART, round_)
        else None,
        points_url=url_for(
            "comments.list_comments",
            slug=(request.view_args or {})["slug"],  # as the reader came: of the round, or of the consultation
            **{key: value for key, value in kept.items() if value and key != WORDS} | {SECTION: ""},
        ),
    )


def line_address(consultation: Consultation) -> list[str]:
    """What stands before and behind the eId in the address of a paragraph through time."""
    return url_for("traces.paragraph", slug=consultation.slug, eid="EID").split("EID")


@reading.get("/file")
@reading_page
@requires(Permission.DRAFT_READ, get_published_round, refusal=FOR_PARTICIPANTS)
def draft_file(round_: Round) -> Response:
    """The whole draft in one language as one small file, to be read offline and passed on."""
    consultation, reader = round_.consultation, reading_language(round_.consultation)
    version = get_version(round_)
    shown = load_draft(version, choose_edition(version, request.args.get(EDITION), reader))
    texts = load_texts("consultation", [consultation.id] if reader != consultation.authentic_language else [], reader)
    body = render_template(
        "submissions/draft_file.html",
        in_words=moment_in_words,
        round=round_,
        consultation=consultation,
        title=texts.of(consultation.id, "title", consultation.title, consultation.authentic_language),
        draft=shown,
        corrigenda=list_corrigenda([round_], reader),
        light=light_html,
        source=absolute_url(url_for(".draft", slug=round_.address, edition=shown.language)),
        safety=absolute_url(url_for("pages.safety", slug=round_.consultation.slug)),
        takes_codes=takes_codes(round_),
        today=utc_now(),
    )
    answer = Response(body.strip() + "\n", mimetype="text/html")
    answer.headers["Content-Disposition"] = f'attachment; filename="draft-{round_.label}-{shown.language}.html"'
    return answer


def _round_at(slug: str, **_rest: Any) -> Round:
    return get_published_round(slug)


@reading.get("/at/<eid>")
@reading_page
@requires(Permission.DRAFT_READ, _round_at, refusal=FOR_PARTICIPANTS)
def at(round_: Round) -> Any:
    """The page of a draft on which one of its blocks stands."""
    eid = (request.view_args or {})["eid"]
    here: dict[str, Any] = {name: request.args.get(name) for name in (EDITION, READ)}
    if eid in list_places_of_blocks(get_version(round_)):
        here |= {"at": eid, "_anchor": eid}
    return redirect(url_for(".draft", slug=round_.address, **here))


def load_as_asked(version: DocumentVersion, reader: str) -> Draft:
    """The draft as its address asks for it: whole or one section a page, in an edition, with another one beside it.

    Without a wish a long draft is shown section by section.

    Args:
        version: whose text it is.
        reader: the language that its reader reads.
    """
    asked = request.args
    language = choose_edition(version, asked.get(EDITION), reader)
    section = asked.get(SECTION, "")
    by_section = True if section else {WHOLE: False, BY_SECTION: True}.get(asked.get(READ, ""))
    wanted = asked.get(BESIDE, "")
    beside = wanted if wanted != language and wanted in editions_of(version) else ""
    return load_draft(version, language, section=section or asked.get("at", ""), by_section=by_section, beside=beside)


def ways_to_read(
    shown: Draft, endpoint: str, *, slug: str, kept: Mapping[str, str | None] | None = None
) -> dict[str, Any]:
    """The links of a draft to itself: its editions, versions and pages, for its template.

    Args:
        shown: what is read.
        endpoint: where it is read.
        slug: of that address.
        kept: what else the links keep.
    """
    kept = {**(kept or {}), EDITION: request.args.get(EDITION), BESIDE: shown.beside or None}
    kept |= {READ: request.args.get(READ), SECTION: shown.page.eid if shown.page and SECTION in request.args else None}

    def address(**changed: Any) -> str:
        return url_for(endpoint, **({"slug": slug} | kept | changed))

    return {
        "address": address,
        "editions": shown.links(address_in(EDITION, endpoint, **({"slug": slug} | kept | {BESIDE: None}))),
        "versions": published_versions(shown.version.consultation, current_actor()),
        "hrefs": {
            eid: f"{'' if shown.page and page == shown.page.eid else address(**{SECTION: page})}#{eid}"
            for eid, page in shown.page_eids.items()
        },
    }


def _totals(shown: Draft, by_id: Mapping[int, int]) -> dict[str, int]:
    """Points in a section and all below it, by the eId of its heading, for the contents."""
    totals: dict[str, int] = {}
    above: list[tuple[int, str]] = []
    levels = iter(nested_levels([(one.level, one.number) for one in shown.paragraphs if one.level]))
    for paragraph in shown.paragraphs:
        if paragraph.level:
            level = next(levels)
            while above and above[-1][0] >= level:
                above.pop()
            above.append((level, paragraph.eid))
        for _level, heading in above:
            totals[heading] = totals.get(heading, 0) + by_id.get(paragraph.id, 0)
    return totals
