"""The description of the API (OpenAPI 3.1), made of the same models that make its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from consult.api import parameters, resources
from consult.api.wording import PARAMETERS, SLUG, SUMMARIES
from consult.core.locale import in_locale

VERSION = "1.0.0"
REFERENCE = "#/components/schemas/{model}"
_SLUG_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[a-z0-9-]+$"}


OF_EVERY_LIST = tuple(parameters.Paging.model_fields)


@dataclass(frozen=True)
class Endpoint:
    """One address of the API.

    Args:
        name: of the view, and the operation.
        path: below the prefix, with ``{slug}`` where a consultation is named.
        takes: its parameters.
        gives: its answer.
        media_type: of its answer.
    """

    name: str
    path: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    media_type: str = "application/json"

    @property
    def parameters(self) -> Sequence[str]:
        """The names of its own parameters, besides those of every list."""
        return [name for name in self.takes.model_fields if name not in OF_EVERY_LIST]

    @property
    def summary(self) -> Any:
        """What it gives, in a sentence."""
        return SUMMARIES[self.name]


BELOW = "/consultations/{slug}"
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("consultations", "/consultations", parameters.ConsultationParameters, resources.Consultations),
    Endpoint("consultation", BELOW, parameters.NoParameters, resources.Consultation),
    Endpoint("comments", f"{BELOW}/comments", parameters.CommentParameters, resources.Comments),
    Endpoint(
        "annotations",
        f"{BELOW}/annotations",
        parameters.AnnotationParameters,
        resources.Annotations,
        "application/ld+json",
    ),
    Endpoint("responses", f"{BELOW}/responses", parameters.ResponseParameters, resources.Responses),
    Endpoint("commitments", f"{BELOW}/commitments", parameters.CommitmentParameters, resources.Commitments),
    Endpoint("releases", f"{BELOW}/releases", parameters.OfRound, resources.Releases),
    Endpoint("document", f"{BELOW}/document", parameters.DocumentParameters, resources.Passages),
    Endpoint("all_commitments", "/commitments", parameters.AllCommitmentParameters, resources.Commitments),
)

PROBLEMS: Mapping[int, str] = {
    400: "A parameter is unknown, given twice, or cannot be read; `errors` says which.",
    404: "No such consultation, or none that the public knows of.",
    405: "The API is for reading: GET, HEAD and OPTIONS alone.",
    406: "The request accepts no JSON.",
    413: "The request is too large.",
    429: "Too many requests in the last minute; `Retry-After` says for how many seconds to wait.",
    500: "Something broke on our side.",
    503: "The database is away; `Retry-After` says when to try again.",
}

_HEADERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "ETag": ("Send it back in `If-None-Match`: the answer is 304 while nothing has changed.", {"type": "string"}),
    "Cache-Control": ("How long the answer may be kept.", {"type": "string"}),
    "RateLimit-Policy": ('The limit: `"api";q=300;w=60` is 300 requests in 60 seconds.', {"type": "string"}),
    "RateLimit": ('What is left of it: `"api";r=299;t=60`, and in how many seconds it is whole.', {"type": "string"}),
}
_RETRY: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Retry-After": ("How many seconds to wait.", {"type": "integer"}),
}


def openapi(title: str, server: str) -> dict[str, Any]:
    """The whole description.

    Args:
        title: name of the instance.
        server: its address with the prefix of this version.
    """
    models = [(resources.Problem, "serialization"), *((e.gives, "serialization") for e in ENDPOINTS)]
    models += [(e.takes, "validation") for e in ENDPOINTS]
    found = models_json_schema(list(dict.fromkeys(models)), ref_template=REFERENCE)[1]["$defs"]  # type: ignore[arg-type]
    taken = {endpoint.takes.__name__: found.pop(endpoint.takes.__name__, {}) for endpoint in ENDPOINTS}
    with in_locale("en"):
        paths = {endpoint.path: {"get": _operation(endpoint, taken[endpoint.takes.__name__])} for endpoint in ENDPOINTS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{title}: read API",
            "version": VERSION,
            "description": "What every visitor may read, as data. Lists stand in the order in which things last "
            "changed, and each thing stands in its list once: who keeps `meta.cursor` and asks on with `after` "
            "misses nothing. What was public and is no more stands at its new place with its reference alone. Dates "
            "are days. Taking part is not consent (FPIC) and not agreement; a number of points is not a vote.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": found,
            "headers": {name: _header(*of) for name, of in {**_HEADERS, **_RETRY}.items()},
            "responses": {str(status): _problem(status, words) for status, words in PROBLEMS.items()},
        },
    }


def _header(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "schema": schema}


def _headers(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem(status: int, words: str) -> dict[str, Any]:
    return {
        "description": words,
        "headers": _headers(list(_RETRY)) if status in {429, 503} else {},
        "content": {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    }


def _operation(endpoint: Endpoint, takes: Mapping[str, Any]) -> dict[str, Any]:
    problems = [status for status in PROBLEMS if status != 404 or "{slug}" in endpoint.path]
    return {
        "operationId": endpoint.name,
        "summary": str(endpoint.summary),
        "parameters": _parameters(endpoint, takes),
        "responses": {
            "200": {
                "description": str(endpoint.summary),
                "headers": _headers(list(_HEADERS)),
                "content": {endpoint.media_type: {"schema": {"$ref": REFERENCE.format(model=endpoint.gives.__name__)}}},
            },
            "304": {"description": "Nothing has changed since the answer with that `ETag`."},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in problems},
        },
    }


def _parameters(endpoint: Endpoint, takes: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{slug}" in endpoint.path:
        found.append({"name": "slug", "in": "path", "required": True, "description": str(SLUG), "schema": _SLUG_SCHEMA})
    for name, schema in takes.get("properties", {}).items():
        found.append(
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(PARAMETERS[name]),
                "schema": _without_absence(schema),
            }
        )
    return found


def _without_absence(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter that is not given is absent: there is no null in an address, and no empty value."""
    kept = {key: value for key, value in schema.items() if key not in {"title", "anyOf"}}
    if kept.get("default") in ("", None):
        kept.pop("default", None)
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            kept |= choice
    return kept
