"""Both traces in public: a paragraph through time, and with the outcome what is left over of each, as lists and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.history import list_outcomes
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import current_round, get_published_consultation, get_published_round, title_in
from consult.consultations.views.editions import input_language, reading_language
from consult.core.errors import NotFound
from consult.core.paging import page_of_list
from consult.core.text import spreadsheet_safe
from consult.core.web.routes import reading_page
from consult.documents.queries import places_of
from consult.documents.queries.changes import groups_of, show_changes
from consult.documents.queries.continuity import published_versions
from consult.documents.queries.versions import key_of
from consult.pages.tracing import Leftovers, leftovers_of, rounds_told_to, words_of
from consult.responses.enums import disposition_in_words
from consult.responses.tracing.lines import OneParagraph, count_points_on, history_of, page_of_points_on
from consult.responses.tracing.queries import changes_caused, counting_dispositions, list_comments
from consult.responses.tracing.standing import Standing
from consult.responses.tracing.unreflected import fates_of, page_of_unreflected, reasons_of
from consult.submissions.models import Comment
from consult.submissions.queries import Reader, answers_told, marks_of, rounds_with_input_for, speakers
from consult.texts.queries import load_texts

traces = Blueprint("traces", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>")
ROWS_AT_ONCE = 200


def load_paragraph(slug: str, eid: str) -> OneParagraph:
    """The paragraph that an address names.

    Raises:
        NotFound: no version that the reader may read has it.
    """
    round_ = get_published_round(slug)
    versions = published_versions(round_.consultation, current_actor())
    if not versions:
        raise NotFound
    return OneParagraph(round_, eid, versions)


@traces.get("/draft/paragraphs/<eid>")
@reading_page
@requires(Permission.CONSULTATION_READ, load_paragraph)
def paragraph(found: OneParagraph) -> str:
    """One paragraph through time: its words in every version, the points on it, and which of them changed it."""
    consultation, actor = found.round.consultation, current_actor()
    language = reading_language(consultation)
    told = rounds_told_to(consultation, actor)
    readable = rounds_with_input_for(actor, consultation.rounds)
    stages = history_of(found.eid, found.versions, language, round_ids=told)
    ids = [stage.paragraph.id for stage in stages if stage.paragraph is not None]
    page = page_of_points_on(
        ids, round_ids=readable, after=request.args.get("after"), before=request.args.get("before")
    )
    comments: Sequence[Comment] = page.items
    answered = [comment for comment in comments if comment.round_id in told]
    return render_template(
        "pages/paragraph.html",
        **_head(found.round),
        eid=found.eid,
        stages=stages,
        key_of=key_of,
        newest=[stage for stage in stages if stage.place is not None][-1],
        page=page,
        total=sum(count_points_on(ids, round_ids=readable).values()),
        speakers=speakers([comment.submission for comment in comments], for_staff=False),
        marks=marks_of(comments, Reader.PUBLIC),
        answered=answers_told(comments),
        dispositions=counting_dispositions([c.id for c in answered if c.id in answers_told(answered)]),
        in_words=disposition_in_words,
        caused=changes_caused(answered, actor=actor, language=language),
        point_texts=load_texts("comment", [c.id for c in comments], input_language(consultation)),
        places=places_of([stage.paragraph for stage in stages if stage.paragraph is not None], language, actor=None),
    )


def _head(round_: Round) -> dict[str, Any]:
    consultation = round_.consultation
    return {
        "round": round_,
        "consultation": consultation,
        "slug": round_.address,
        "consultation_title": title_in(consultation, reading_language(consultation)),
    }


@dataclass(frozen=True)
class Concluded:
    """A consultation with an outcome, and what is left over of both traces."""

    consultation: Consultation
    left: Leftovers

    @property
    def host_id(self) -> int:
        """The host whose consultation it is."""
        return self.consultation.host_id


def load_concluded(slug: str) -> Concluded:
    """The consultation that an address names, once its outcome is recorded.

    Raises:
        NotFound: none such, or no outcome yet.
    """
    consultation = get_published_consultation(slug)
    left = leftovers_of(consultation, current_actor(), reading_language(consultation), of=request.args.get("of", ""))
    return Concluded(consultation, left)


def _frame(concluded: Concluded) -> dict[str, Any]:
    consultation = concluded.consultation
    language = reading_language(consultation)
    outcome = next((one for one in list_outcomes(consultation, language) if one.is_standing), None)
    return {
        **_head(current_round(consultation)),
        "slug": consultation.slug,
        "left": concluded.left,
        "outcome": outcome,
        "key_of": key_of,
    }


@traces.get("/outcome/accepted")
@reading_page
@requires(Permission.CONSULTATION_READ, load_concluded)
def accepted(concluded: Concluded) -> str:
    """Accepted points that no change of the text is linked to, each with the reason why, if one is given."""
    consultation, left = concluded.consultation, concluded.left
    page = page_of_unreflected(
        consultation, round_ids=left.round_ids, after=request.args.get("after"), before=request.args.get("before")
    )
    comments: Sequence[Comment] = page.items
    language = reading_language(consultation)
    return render_template(
        "pages/accepted.html",
        **_frame(concluded),
        page=page,
        reasons=reasons_of(comments, language),
        dispositions=counting_dispositions([comment.id for comment in comments]),
        in_words=disposition_in_words,
        fates=fates_of(
            consultation,
            [comment.paragraph_id for comment in comments if comment.paragraph_id is not None],
            language,
            readable={version.id for version in published_versions(consultation, current_actor())},
        ),
        speakers=speakers([comment.submission for comment in comments], for_staff=False),
        marks=marks_of(comments, Reader.PUBLIC),
        answered=answers_told(comments),
        point_texts=load_texts("comment", [c.id for c in comments], input_language(consultation)),
        places=places_of([c.paragraph for c in comments if c.paragraph is not None], language, actor=current_actor()),
    )


@traces.get("/outcome/changes")
@reading_page
@requires(Permission.CONSULTATION_READ, load_concluded)
def unasked(concluded: Concluded) -> str:
    """Changes of the text that no point asked for, with their source and reason."""
    left = concluded.left
    page = page_of_list(left.unasked, _eid_of, after=request.args.get("after"), before=request.args.get("before"))
    language = reading_language(concluded.consultation)
    return render_template(
        "pages/unasked.html",
        **_frame(concluded),
        page=page,
        shown=show_changes([one.change for one in page.items], language, readable=left.readable),
    )


def _eid_of(standing: Standing) -> str:
    return standing.change.eid


@traces.get("/outcome/accepted.csv")
@reading_page
@requires(Permission.CONSULTATION_READ, load_concluded)
def accepted_csv(concluded: Concluded) -> Response:
    """The same list as a table."""
    columns = ["reference", "round", "paragraph_eid", "paragraph", "heading", "disposition", "reason", "address"]
    return _as_csv(concluded, "accepted", columns, _accepted_rows(concluded))


def _accepted_rows(concluded: Concluded) -> Iterator[list[str]]:
    consultation, language = concluded.consultation, reading_language(concluded.consultation)
    after = None
    while True:
        page = page_of_unreflected(consultation, round_ids=concluded.left.round_ids, after=after, size=ROWS_AT_ONCE)
        comments = list_comments([comment.id for comment in page.items])
        order = {comment.id: place for place, comment in enumerate(page.items)}
        reasons, dispositions = reasons_of(comments, language), counting_dispositions(list(order))
        placed = places_of([c.paragraph for c in comments if c.paragraph is not None], language, actor=current_actor())
        for comment in sorted(comments, key=lambda one: order[one.id]):
            place = placed.get(comment.paragraph_id or 0)
            yield [
                comment.reference or "",
                str(comment.submission.round.number),
                place.eid if place else "",
                place.number if place else "",
                place.heading if place else "",
                dispositions[comment.id].value,
                reasons[comment.id].reason.text if comment.id in reasons else "",
                url_for("references.find", reference=comment.reference, _external=True),
            ]
        after = page.after
        if after is None:
            return


@traces.get("/outcome/changes.csv")
@reading_page
@requires(Permission.CONSULTATION_READ, load_concluded)
def unasked_csv(concluded: Concluded) -> Response:
    """The same list as a table; the words as they stand in the texts, in the authentic language."""
    columns = [
        "version", "paragraph_eid", "what_happened", "before", "after", "other_parts", "editorial", "source", "reason",
    ]  # fmt: skip
    return _as_csv(concluded, "changes", columns, _unasked_rows(concluded))


def _unasked_rows(concluded: Concluded) -> Iterator[list[str]]:
    left = concluded.left
    groups = groups_of(one.change for one in left.unasked)
    rests = {one.change.key: groups[one.change.key].rest_of(one.change.after_id)
             for one in left.unasked if one.change.key in groups}  # fmt: skip
    ids = {key for one in left.unasked for key in (*one.change.before_ids, one.change.after_id) if key is not None}
    words = words_of(ids.union(*rests.values()), left.readable)
    version = key_of(left.version) if left.version is not None else ""
    for one in left.unasked:
        change, source = one.change, one.source
        rest = [key for key in rests.get(change.key, ()) if key in words]
        yield [
            version,
            change.eid,
            change.continuation.value,
            "\n\n".join(words[key][1] for key in change.before_ids if key in words),
            words[change.after_id][1] if change.after_id is not None and change.after_id in words else "",
            " ".join(words[key][0] for key in rest),
            "yes" if source is not None and source.row.is_editorial else "",
            source.source.text if source is not None else "",
            source.reason.text if source is not None else "",
        ]


def _as_csv(concluded: Concluded, name: str, columns: list[str], rows: Iterator[list[str]]) -> Response:
    """A table for spreadsheets: UTF-8 with a byte order mark, every cell in quotes, no formula in any."""
    consultation = concluded.consultation
    notice = "ILLUSTRATION: invented for demonstration." if consultation.is_illustration else ""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([*columns, "notice"])
    for row in rows:
        writer.writerow([*(spreadsheet_safe(cell) for cell in row), notice])
    answer = Response(b"\xef\xbb\xbf" + buffer.getvalue().encode(), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{consultation.code}-{name}.csv"'
    return answer
