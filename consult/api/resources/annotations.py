"""Points on paragraphs as Web Annotations (W3C Web Annotation Data Model), so that other programs can show them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from consult.api.resources.common import ListMeta, PageLinks, Resource
from consult.api.resources.points import Gone, Restricted, Struck

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PROFILE = f'application/ld+json; profile="{CONTEXT}"'
FRAGMENTS = "http://tools.ietf.org/rfc/rfc3236"
"""How the fragments of pages are read: the value is the `id` of an element."""

Iri = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Motivation = Literal["commenting", "editing", "questioning", "assessing"]


class TextQuoteSelector(Resource):
    """The exact words, with what stands around them."""

    type: Literal["TextQuoteSelector"] = "TextQuoteSelector"
    exact: str
    prefix: str
    suffix: str


class TextPositionSelector(Resource):
    """Where they stand in the plain text of the paragraph, in code points."""

    type: Literal["TextPositionSelector"] = "TextPositionSelector"
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class FragmentSelector(Resource):
    """The paragraph, by its eId."""

    type: Literal["FragmentSelector"] = "FragmentSelector"
    conformsTo: Literal["http://tools.ietf.org/rfc/rfc3236"] = "http://tools.ietf.org/rfc/rfc3236"  # noqa: N815
    value: str = Field(description="The eId, which stays with the paragraph through all versions.")
    refinedBy: list[TextQuoteSelector | TextPositionSelector] | None = Field(  # noqa: N815
        default=None, description="The words in it that the point is about; absent where it is about all of it."
    )


class Target(Resource):
    """What a point is about."""

    type: Literal["SpecificResource"] = "SpecificResource"
    source: Iri = Field(description="The permanent address of that version of the draft, in that language.")
    selector: FragmentSelector


class TextualBody(Resource):
    """Words of a point."""

    type: Literal["TextualBody"] = "TextualBody"
    value: str
    format: Literal["text/plain"] = "text/plain"
    language: str = Field(description="BCP 47 code; `mis` where the language has none.")
    purpose: Motivation = Field(description="`editing`: the words that should stand there.")


class Agent(Resource):
    """Who speaks, as they chose to be shown."""

    type: Literal["Person", "Organization"]
    name: str | None = None
    nickname: str | None = Field(default=None, description="A pseudonym.")


class Annotation(Resource):
    """A published point on a paragraph."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True, populate_by_name=True)

    context: Literal["http://www.w3.org/ns/anno.jsonld"] = Field(
        default="http://www.w3.org/ns/anno.jsonld", alias="@context"
    )
    id: Iri = Field(description="Made of the permanent address of the point.")
    type: Literal["Annotation"] = "Annotation"
    motivation: list[Motivation] = Field(description="`assessing`: a State's reservation or statement of position.")
    created: str | None = Field(
        default=None,
        description="The day, as its first moment in UTC: no time of arrival is told.",
        json_schema_extra={"format": "date-time"},
    )
    creator: list[Agent] | None = Field(default=None, description="Absent where no name is shown.")
    body: list[TextualBody]
    target: Target


class AnnotationCollection(Resource):
    """All of them."""

    id: Iri
    type: Literal["AnnotationCollection"] = "AnnotationCollection"
    label: str


class Annotations(Resource):
    """A page of annotations."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True, populate_by_name=True)

    context: Literal["http://www.w3.org/ns/anno.jsonld"] = Field(
        default="http://www.w3.org/ns/anno.jsonld", alias="@context"
    )
    id: Iri
    type: Literal["AnnotationPage"] = "AnnotationPage"
    partOf: AnnotationCollection  # noqa: N815
    next: Iri | None = Field(default=None, description="The next page; absent at the end.")
    items: list[Annotation]
    gone: list[Annotated[Gone | Restricted | Struck, Field(discriminator="status")]] = Field(
        description="Points on paragraphs that were public and are no more; not part of the Web Annotation vocabulary."
    )
    links: PageLinks = Field(description="As in every list; not part of the Web Annotation vocabulary.")
    meta: ListMeta = Field(description="As in every list; not part of the Web Annotation vocabulary.")
