"""Version 1: read parameters, read rows, make resources. Nobody is asked who they are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, json, request
from pydantic import BaseModel

from consult.access.guard import public
from consult.access.permissions import Permission
from consult.access.policy import permitted
from consult.accounts.actors import Visitor
from consult.api import parameters, queries, resources
from consult.api.assembling.annotations import make_annotations
from consult.api.assembling.commitments import make_commitments
from consult.api.assembling.consultations import links_of, make_detail, make_items, make_paragraphs, make_versions
from consult.api.assembling.points import make_comments, make_releases, make_responses
from consult.api.assembling.words import api_url, make_meta, meta_of
from consult.api.spec import openapi
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_published_consultation
from consult.core.clock import utc_now
from consult.core.context import absolute_url, settings
from consult.core.errors import NotFound
from consult.core.text import search_words
from consult.core.web.open_data import limited
from consult.core.web.routes import same_for_all
from consult.submissions.queries import Filters

PREFIX = "/api/v1"
api = Blueprint("api", __name__, url_prefix=PREFIX)
limited(api)


@api.before_request
def refuse_what_accepts_no_json() -> None:
    """Stop where the request accepts anything but what the API speaks."""
    accepted = request.accept_mimetypes
    spoken = ["application/json", *(["application/ld+json"] if request.endpoint == "api.annotations" else [])]
    if accepted and not any(accepted[media_type] for media_type in spoken):
        abort(406)


def answer(body: BaseModel) -> Any:
    """A resource as an answer."""
    return current_app.response_class(body.model_dump_json(), content_type="application/json")


def load(slug: str) -> Consultation:
    """The consultation of that slug, if the public knows of it.

    Raises:
        NotFound: no such consultation, or still being set up.
    """
    if "/" in slug:
        raise NotFound
    return get_published_consultation(slug)


def rounds_for(consultation: Consultation, permission: Permission, number: int | None) -> list[Round]:
    """The rounds whose draft or input a visitor may read: all of them, or the one of that number."""
    rounds = permitted(Visitor(), permission, queries.rounds_of([consultation])[consultation.id])
    return [round_ for round_ in rounds if number in (None, round_.number)]


def links(asked: BaseModel, cursor: str, *, has_more: bool, slug: str | None = None) -> resources.PageLinks:
    """This page, and the next one."""
    given = asked.model_dump(mode="json", exclude_defaults=True)
    where = {"slug": slug} if slug is not None else {}
    endpoint = (request.endpoint or "").rpartition(".")[2]
    return resources.PageLinks(
        self=api_url(endpoint, **where, **given),
        next=api_url(endpoint, **where, **{**given, "after": cursor}) if has_more else None,
    )


def around(
    asked: parameters.Paging,
    listing: queries.Listing,
    consultations: list[Consultation],
    slug: str | None = None,
    *,
    invented: bool = False,
) -> dict[str, Any]:
    """What stands around the items of a list that can be followed."""
    cursor = str(listing.cursor)
    return {
        "links": links(asked, cursor, has_more=listing.has_more, slug=slug),
        "meta": resources.ListMeta(**meta_of(consultations, invented=invented), cursor=cursor),
    }


@api.get("/consultations")
@same_for_all
@public
def consultations() -> Any:
    """Consultations that the public knows of."""
    asked = parameters.read_parameters(parameters.ConsultationParameters, request.args)
    now = utc_now()
    filters = queries.ConsultationFilters(search_words(asked.words), asked.type, asked.host, asked.state)
    listing = queries.page_of_consultations(filters, after=asked.place, limit=asked.limit, now=now)
    return answer(resources.Consultations(data=make_items(listing.items, now), **around(asked, listing, listing.items)))


@api.get("/consultations/<slug>")
@same_for_all
@public
def consultation(slug: str) -> Any:
    """One consultation with all that it says of itself."""
    parameters.read_parameters(parameters.NoParameters, request.args)
    found = load(slug)
    return answer(
        resources.Consultation(data=make_detail(found, utc_now()), links=links_of(found), meta=make_meta(found))
    )


@api.get("/consultations/<slug>/comments")
@same_for_all
@public
def comments(slug: str) -> Any:
    """Published points."""
    asked = parameters.read_parameters(parameters.CommentParameters, request.args)
    found = load(slug)
    rounds = rounds_for(found, Permission.INPUT_READ, asked.round)
    filters = Filters(
        words=search_words(asked.words),
        constituency=asked.constituency,
        comment_type=asked.type,
        nature=asked.nature,
        eid=asked.section,
        language=asked.language,
    )
    listing = queries.page_of_comments(rounds, filters, after=asked.place, limit=asked.limit)
    return answer(
        resources.Comments(data=make_comments(found, rounds, listing.items), **around(asked, listing, [found], slug))
    )


@api.get("/consultations/<slug>/annotations", endpoint="annotations")
@same_for_all
@public
def web_annotations(slug: str) -> Any:
    """Published points on paragraphs as Web Annotations."""
    asked = parameters.read_parameters(parameters.AnnotationParameters, request.args)
    found = load(slug)
    rounds = rounds_for(found, Permission.INPUT_READ, asked.round)
    rounds = permitted(Visitor(), Permission.DRAFT_READ, rounds)
    filters = Filters(comment_type=asked.type, nature=asked.nature, eid=asked.section)
    listing = queries.page_of_comments(rounds, filters, after=asked.place, limit=asked.limit)
    items, gone = make_annotations(found, rounds, listing.items)
    beside = around(asked, listing, [found], slug)
    body = resources.Annotations(
        id=beside["links"].self,
        partOf=resources.AnnotationCollection(id=f"{api_url('annotations', slug=slug)}#collection", label=found.title),
        next=beside["links"].next,
        items=items,
        gone=gone,
        **beside,
    )
    content = body.model_dump(mode="json", by_alias=True, exclude_none=True)
    content["links"] = body.links.model_dump()  # as in every list: null where there is no next page
    return current_app.response_class(json.dumps(content), content_type=resources.PROFILE)


@api.get("/consultations/<slug>/responses")
@same_for_all
@public
def responses(slug: str) -> Any:
    """Released answers."""
    asked = parameters.read_parameters(parameters.ResponseParameters, request.args)
    found = load(slug)
    rounds = rounds_for(found, Permission.INPUT_READ, asked.round)
    filters = Filters(constituency=asked.constituency, comment_type=asked.type, eid=asked.section)
    listing = queries.page_of_responses(rounds, filters, asked.disposition, after=asked.place, limit=asked.limit)
    return answer(
        resources.Responses(data=make_responses(found, rounds, listing.items), **around(asked, listing, [found], slug))
    )


@api.get("/consultations/<slug>/releases")
@same_for_all
@public
def releases(slug: str) -> Any:
    """Numbered response logs and their files."""
    asked = parameters.read_parameters(parameters.OfRound, request.args)
    found = load(slug)
    rounds = rounds_for(found, Permission.INPUT_READ, asked.round)
    listing = queries.page_of_releases(rounds, after=asked.place, limit=asked.limit)
    return answer(
        resources.Releases(data=make_releases(found, rounds, listing.items), **around(asked, listing, [found], slug))
    )


@api.get("/consultations/<slug>/document")
@same_for_all
@public
def document(slug: str) -> Any:
    """The drafts that a visitor may read and the final text, paragraph by paragraph."""
    asked = parameters.read_parameters(parameters.DocumentParameters, request.args)
    found = load(slug)
    rounds = {round_.id: round_ for round_ in rounds_for(found, Permission.DRAFT_READ, asked.round)}
    versions = [*queries.versions_of(rounds.values())]
    if asked.round is None:
        versions += queries.final_text_of(found)
    numbers = {version.id: queries.number_of(version) for version in versions}
    passage = queries.page_of_paragraphs(versions, numbers, after=asked.place, limit=asked.limit)
    last = passage.paragraphs[-1] if passage.paragraphs else None
    cursor = f"{numbers[last.version_id]}.{last.position}" if last is not None else asked.after
    return answer(
        resources.Passages(
            versions=make_versions(found, versions, rounds, queries.sizes_of(versions)),
            data=make_paragraphs(passage.paragraphs, versions),
            links=links(asked, cursor, has_more=passage.has_more, slug=slug),
            meta=resources.ListMeta(**meta_of([found]), cursor=cursor),
        )
    )


@api.get("/consultations/<slug>/commitments")
@same_for_all
@public
def commitments(slug: str) -> Any:
    """What was promised in one consultation."""
    asked = parameters.read_parameters(parameters.CommitmentParameters, request.args)
    found = load(slug)
    return commitments_of(found, asked, queries.CommitmentFilters(asked.status, asked.overdue))


@api.get("/commitments")
@same_for_all
@public
def all_commitments() -> Any:
    """What was promised by the offices of all hosts."""
    asked = parameters.read_parameters(parameters.AllCommitmentParameters, request.args)
    return commitments_of(None, asked, queries.CommitmentFilters(asked.status, asked.overdue, asked.host))


def commitments_of(found: Consultation | None, asked: parameters.Paging, filters: queries.CommitmentFilters) -> Any:
    """A page of commitments, of one consultation or of all hosts."""
    today = utc_now().date()
    listing = queries.page_of_commitments(found, filters, after=asked.place, limit=asked.limit, today=today)
    invented = [one for one in listing.items if one.is_illustration]
    slug = found.slug if found is not None else None
    return answer(
        resources.Commitments(
            data=make_commitments(listing.items, today),
            **around(asked, listing, [found] if found is not None else [], slug, invented=bool(invented)),
        )
    )


@api.get("/openapi.json")
@same_for_all
@public
def description() -> Any:
    """What this API gives, for programs (OpenAPI 3.1)."""
    body = openapi(settings().instance_name, absolute_url(PREFIX))
    return current_app.response_class(json.dumps(body), content_type="application/json")
