"""What stands around every answer, what several have in common, and what none may have."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

# Fields that no answer of the API may ever have, whatever it is about; a test looks for them in the description.
NEVER_PUBLIC = frozenset({
    # who somebody is, beyond what they chose to show
    "account", "account_id", "email", "contact_email_of", "identity", "password", "password_hash", "pseudonym_of",
    "publication_setting", "setting", "draft_key", "draft_key_digest", "key", "submission_id", "submission_key",
    "invitation", "invitations", "credential", "agreement",
    # order and time of arrival
    "id", "created_at", "begun_at", "saved_at", "submitted_at", "withdrawn_at", "received_at", "position_of_arrival",
    # who did what at the desk, and what is not said in public
    "actor", "actor_id", "decided_by", "decided_at", "moderator", "written_by", "written_at", "cleared_by",
    "requested_by", "recorded_by", "imported_by", "translated_by", "note", "notes", "draft", "drafts", "attempts",
    "error", "leased_until", "row_salt", "salt", "source_digest",
})  # fmt: skip

Texts = dict[str, str]
T = TypeVar("T")


class Resource(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True)


def texts_field(what: str) -> Any:
    """Words in several languages."""
    return Field(description=f"{what}, by language code. The consultation's `authentic_language` counts in doubt.")


class PageLinks(Resource):
    """Where to go from a page of a list."""

    self: str = Field(description="This page.")
    next: str | None = Field(description="The next page; null at the end of the list.")


class Meta(Resource):
    """What is to be known of every answer."""

    notice: str = Field(description="What taking part does not mean, and whether what stands here is invented.")
    illustration: bool = Field(description="Whether any of it is invented for demonstration.")


class ListMeta(Meta):
    """What is to be known of a page of a list."""

    cursor: str = Field(
        description="The place of the last item. Keep it, and ask another day with `after` for what has changed since."
    )


class Listed(Resource, Generic[T]):
    """A page of a list."""

    data: list[T]
    links: PageLinks
    meta: ListMeta


class ConsultationLinks(Resource):
    """Everything below a consultation, and its page for people."""

    self: str
    comments: str
    responses: str
    commitments: str
    releases: str
    document: str
    feed: str = Field(description="What happens in it, as an Atom feed.")
    page: str = Field(description="Its page for people, in its authentic language where the instance has it.")


class One(Resource, Generic[T]):
    """One thing."""

    data: T
    links: ConsultationLinks
    meta: Meta


class WrongParameter(Resource):
    """A parameter that cannot be read."""

    parameter: str
    detail: str


class Problem(BaseModel):
    """Why there is no answer, as RFC 9457 says it."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="What kind of problem this is; `about:blank` where the status says it all.")
    title: str
    status: int
    detail: str
    request_id: str | None = Field(description="Names this request in the logs of the instance.")
    errors: list[WrongParameter] | None = Field(None, description="Which parameters are wrong, if any are.")


class HostName(Resource):
    """The organisation that holds a consultation."""

    slug: str
    name: str
