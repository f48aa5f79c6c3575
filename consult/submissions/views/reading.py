"""Reading the draft, with the points on each paragraph: a page of this room, because documents know no points."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.consultations.history import list_extensions
from consult.consultations.languages import list_published_additions
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in, reading_language
from consult.consultations.wording import KINDS, present_state, status_sentence
from consult.core.clock import utc_now
from consult.core.context import absolute_url
from consult.core.locale import lazy_gettext as _l
from consult.core.web.routes import reading_page
from consult.core.zones import moment_in_words
from consult.documents.queries import get_version, list_corrigenda
from consult.documents.reading import Draft, choose_edition, light_html, load_draft
from consult.submissions.queries import published_counts, takes_codes
from consult.texts.queries import load_texts

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
    shown = load_draft(version, choose_edition(version, request.args.get(EDITION), reader))
    texts = load_texts("consultation", [consultation.id] if reader != consultation.authentic_language else [], reader)
    state = present_state(round_, now)
    counts = published_counts(shown.paragraphs) if can(Permission.INPUT_READ, round_) else {}
    by_eid = {block.eid: counts[block.id] for block in shown.blocks if counts.get(block.id)}
    return render_template(
        "submissions/draft.html",
        round=round_,
        consultation=consultation,
        title=texts.of(consultation.id, "title", consultation.title, consultation.authentic_language),
        status=status_sentence(round_, state, now),
        kind=KINDS[state],
        draft=shown,
        editions=shown.links(address_in(EDITION, ".draft", slug=consultation.slug)),
        extensions=list_extensions([round_], reader),
        additions=[one for one in list_published_additions(consultation, reader) if one.row.round_id == round_.id],
        corrigenda=list_corrigenda([round_], reader),
        counts=by_eid,
        totals=_totals(shown, by_eid) if by_eid else {},
        point_url=url_for("take_part.new_point", slug=consultation.slug, paragraph="")
        if round_.is_open(now) and can(Permission.TAKE_PART, round_)
        else None,
        points_url=url_for("comments.list_comments", slug=consultation.slug, section=""),
    )


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


def _totals(shown: Draft, counts: dict[str, int]) -> dict[str, int]:
    """Points in a section and all below it, by the eId of its heading, for the contents."""
    totals: dict[str, int] = {}
    above: list[tuple[int, str]] = []
    for block in shown.blocks:
        if block.is_heading:
            while above and above[-1][0] >= block.level:
                above.pop()
            above.append((block.level, block.eid))
        for _level, heading in above:
            totals[heading] = totals.get(heading, 0) + counts.get(block.eid, 0)
    return totals
