"""Consultations and their documents."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from consult.accounts.enums import Constituency
from consult.api.resources.common import (
    ConsultationLinks,
    HostName,
    Listed,
    ListMeta,
    One,
    PageLinks,
    Resource,
    Texts,
    texts_field,
)
from consult.consultations.enums import (
    Audience,
    Body,
    MeetingKind,
    OutcomeKind,
    QuestionKind,
    RoundState,
    TextType,
    Visibility,
)
from consult.documents.enums import BlockKind


class Progress(Resource):
    """How far answering is, in points; as of now, and not told again when it changes."""

    published: int
    asked: int = Field(description="Points that ask for an answer, those not published included.")
    answered: int


class RoundOf(Resource):
    """One dated call for input."""

    number: int
    state: RoundState = Field(description="Where it stands now, by the clock and the record.")
    audience: Audience
    visibility: Visibility
    time_zone: str
    opens_at: str = Field(description="Wall time in `time_zone`, as promised.")
    closes_at: str = Field(description="Wall time in `time_zone`, as promised.")
    response_due: date
    input_is_public: bool = Field(description="Whether points can be read here now.")
    draft_is_public: bool = Field(description="Whether the draft can be read here now.")
    progress: Progress | None = Field(description="Null while the input is not public: its numbers are a part of it.")


class ConsultationItem(Resource):
    """A consultation in a list."""

    status: Literal["published"]
    slug: str
    code: str
    title: Texts = texts_field("The title")
    text_type: TextType
    host: HostName
    authentic_language: str
    languages: list[str]
    member_driven: bool = Field(description="Whether dispositions are proposals to the members, who decide.")
    illustration: bool
    rounds: list[RoundOf]
    links: ConsultationLinks


class ConsultationGone(Resource):
    """A consultation that was taken back before it began."""

    status: Literal["taken_back"]
    slug: str


class Seats(Resource):
    """Seats of a constituency in a body."""

    body: Body
    constituency: Constituency
    seats: int


class OptionOf(Resource):
    """One of the options of a question."""

    number: int
    text: Texts = texts_field("The option")


class QuestionOf(Resource):
    """Something that a round asks."""

    round: int
    number: int
    kind: QuestionKind
    text: Texts = texts_field("The question")
    options: list[OptionOf]


class MeetingOf(Resource):
    """A meeting that belongs to the process, planned or held."""

    kind: MeetingKind
    title: Texts = texts_field("Its title")
    first_day: date
    last_day: date
    place: Texts = texts_field("Where")
    record_url: str = Field(description="Where its record is; may be empty.")


class ExtensionOf(Resource):
    """More time that a round was given, and why."""

    round: int
    announced_on: date
    closes_before: str = Field(description="Wall time in the time zone of the round.")
    closes_after: str = Field(description="Wall time in the time zone of the round.")
    response_due_before: date
    response_due_after: date
    reason: Texts = texts_field("Why")


class OutcomeOf(Resource):
    """What became of the text."""

    kind: OutcomeKind
    body: Texts = texts_field("Who decided")
    decided_on: date
    explanation: Texts = texts_field("What was said with it")
    final_text_url: str
    standing: bool = Field(description="Whether no newer one replaces it.")


class Predecessor(Resource):
    """What the consultation follows: one of this instance, or a text that was consulted elsewhere."""

    slug: str | None
    title: Texts = texts_field("Its title")
    url: str


class ConsultationDetail(ConsultationItem):
    """A consultation with everything that it says of itself."""

    texts: dict[str, Texts] = Field(
        description="What its page says, by the name of the part and then by language: summary, who decides, terms, "
        "contact, privacy and so on."
    )
    contact_address: str = Field(description="The secretariat's published address for this consultation.")
    seats: list[Seats]
    questions: list[QuestionOf]
    introductions: dict[int, Texts] = Field(description="What is new in each later round, by its number.")
    meetings: list[MeetingOf]
    extensions: list[ExtensionOf]
    outcomes: list[OutcomeOf]
    predecessor: Predecessor | None
    successors: list[str] = Field(description="Slugs of the consultations that follow it.")


class EditionOf(Resource):
    """The draft in one language."""

    language: str
    authentic: bool


class CorrigendumOf(Resource):
    """A dated correction to a draft, whose text stays as it is."""

    eid: str | None
    issued_on: date
    language: str | None = Field(description="Of the edition that it corrects; null: every edition.")
    words: Texts = texts_field("What is corrected")
    reads: str
    should_read: str


class VersionOf(Resource):
    """The draft of one round, or the final text."""

    round: int | None = Field(description="Null: the final text, once the outcome is recorded.")
    authentic_language: str
    editions: list[EditionOf]
    paragraphs: int = Field(description="How many paragraphs it has.")
    corrigenda: list[CorrigendumOf]
    page: str


class ParagraphOf(Resource):
    """An addressable piece of a draft or of the final text."""

    round: int | None = Field(description="Null: of the final text.")
    eid: str = Field(description="Its address, as comments give it; what continues a paragraph has the same.")
    position: int
    kind: BlockKind
    level: int = Field(description="Of a heading; else 0.")
    number: str
    text: Texts = texts_field("The words, in Markdown")


class Passages(Resource):
    """A page of paragraphs, after the texts that they are of."""

    versions: list[VersionOf]
    data: list[ParagraphOf]
    links: PageLinks
    meta: ListMeta


class Consultations(Listed[Annotated[ConsultationItem | ConsultationGone, Field(discriminator="status")]]):
    """A page of consultations."""


class Consultation(One[ConsultationDetail]):
    """One consultation."""
