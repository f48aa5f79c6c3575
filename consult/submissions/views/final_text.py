"""The final text, read as the drafts are."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation
from consult.consultations.queries import current_round, get_published_consultation
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import reading_language
from consult.consultations.wording import KINDS, present_state, status_sentence
from consult.core.clock import utc_now
from consult.core.context import absolute_url
from consult.core.web.routes import reading_page
from consult.core.zones import moment_in_words
from consult.documents.queries import get_final_text
from consult.documents.queries.changes import changed_eids
from consult.documents.reading import choose_edition, light_html, load_draft
from consult.submissions.views.pointing import point_address, with_pointing
from consult.submissions.views.reading import (
    line_address,
    load_as_asked,
    reading,
    ways_to_read,
)
from consult.texts.queries import load_texts


def _consultation_at(slug: str) -> Consultation:
    return get_published_consultation(slug)


@reading.get("/final")
@reading_page
@requires(Permission.CONSULTATION_READ, _consultation_at)
def final_text(consultation: Consultation) -> str:
    """The text that the process ended with; everybody's once the outcome is recorded."""
    version = get_final_text(consultation)
    shown = load_as_asked(version, reading_language(consultation))
    round_ = current_round(consultation)
    state = present_state(round_, utc_now())
    pointed = with_pointing(None, shown)
    return render_template(
        "submissions/final_text.html",
        round=round_,
        status=status_sentence(round_, state, utc_now()),
        kind=KINDS[state],
        draft=pointed.draft if pointed else shown,
        pointed=pointed,
        point_address=point_address,
        extensions=[],
        additions=[],
        line_url=line_address(consultation),
        changed=changed_eids(version),
        **_title(consultation),
        **ways_to_read(shown, ".final_text", slug=consultation.slug, kept=pointed.kept if pointed else None),
    )


@reading.get("/final/file")
@reading_page
@requires(Permission.CONSULTATION_READ, _consultation_at)
def final_file(consultation: Consultation) -> Response:
    """The final text in one language as one small file."""
    version = get_final_text(consultation)
    shown = load_draft(version, choose_edition(version, request.args.get(EDITION), reading_language(consultation)))
    body = render_template(
        "submissions/draft_file.html",
        in_words=moment_in_words,
        round=current_round(consultation),
        draft=shown,
        corrigenda=[],
        light=light_html,
        source=absolute_url(url_for(".final_text", slug=consultation.slug, edition=shown.language)),
        safety=absolute_url(url_for("pages.safety", slug=consultation.slug)),
        takes_codes=False,
        today=utc_now(),
        **_title(consultation),
    )
    answer = Response(body.strip() + "\n", mimetype="text/html")
    answer.headers["Content-Disposition"] = f'attachment; filename="final-{consultation.code}-{shown.language}.html"'
    return answer


def _title(consultation: Consultation) -> dict[str, Any]:
    reader, authentic = reading_language(consultation), consultation.authentic_language
    texts = load_texts("consultation", [consultation.id] if reader != authentic else [], reader)
    return {"consultation": consultation, "title": texts.of(consultation.id, "title", consultation.title, authentic)}
