"""Points, answers, releases and commitments."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from consult.accounts.enums import BroadGroup, Capacity, Constituency
from consult.api.resources.common import HostName, Listed, Resource, Texts, texts_field
from consult.commitments.enums import CommitmentOrigin, CommitmentStatus
from consult.moderation.enums import RestrictionReason
from consult.publication.enums import FileKind, Shown
from consult.responses.enums import Disposition
from consult.submissions.enums import CommentType, Nature, Stance, StrikeReason
from consult.texts.enums import Origin


class ParagraphRef(Resource):
    """What a point is about."""

    eid: str
    number: str = Field(description='As people say it: "3.2 ¶ 4".')
    heading: str = Field(description="Empty where the draft is not public.")


class QuestionRef(Resource):
    """What a point answers."""

    number: int
    option: int | None = Field(description="The option that the words are about, where they are about one.")
    text: Texts = texts_field("The question")


CONSTITUENCIES = Field(description="Self-identified; none where the author prefers not to say, or is protected.")
BROAD_GROUP = Field(description="Of protected authors, in place of constituencies; null of everybody else.")


class SpeakerOf(Resource):
    """Who speaks, as far as they chose to show."""

    name: str = Field(description="A name, an organisation or a pseudonym; empty when nothing may be told.")
    organisation: str
    country: str | None = Field(
        description="ISO 3166 code of the country or area, told only with a name, never of protected authors."
    )
    capacity: Capacity | None = Field(description="Null of protected authors.")
    constituencies: list[Constituency] = CONSTITUENCIES
    broad_group: BroadGroup | None = BROAD_GROUP


class Restriction(Resource):
    """Why words are not public."""

    reason: RestrictionReason
    explanation: str


TranslatedField = Literal["text", "proposed_change", "rationale", "response"]
"""How the fields are called that are told with who translated them."""


class TranslationOf(Resource):
    """What words were translated into; the original counts in doubt."""

    field: TranslatedField = Field(description="Which of the words.")
    language: str
    text: str
    origin: Origin
    made_with: str = Field(description="The name of the machine, where it was one.")
    made_on: date
    stale: bool = Field(description="The original has changed since.")
    contested: bool = Field(description="The author of the point says that this translation is not right.")


class CommentItem(Resource):
    """A published point."""

    status: Literal["published"]
    reference: str = Field(description="Names it for ever; also at `/r/REFERENCE`.")
    round: int
    paragraph: ParagraphRef | None
    question: QuestionRef | None
    type: CommentType
    nature: Nature = Field(
        description="A point asks for an answer; a State's reservation or statement of position stands as it is."
    )
    language: str = Field(description="BCP 47 code of its words; `mis` where the language has none.")
    language_words: str = Field(description="The language as its author named it, where it has no code; else empty.")
    text: str
    proposed_change: str
    translations: list[TranslationOf]
    position: Stance | None = Field(description="The position that the words give the reasons for. Not a vote.")
    speaker: SpeakerOf
    late: bool = Field(description="Received after the round had closed, and accepted.")
    late_reason: str = Field(description="Why it was accepted; empty of protected input.")
    supersedes: str | None = Field(description="Reference of the point that it takes the place of.")
    superseded: bool = Field(description="Whether a later submission of the respondent took the place of this one.")
    superseded_by: str | None = Field(description="Reference of the point that takes its place.")
    response: Literal["to_be_answered", "answered", "closed", "not_asked_for"] = Field(
        description="The answer itself is among `responses` once the response log is released."
    )
    page: str


class Gone(Resource):
    """What was public and is no more: its reference alone."""

    status: Literal["withdrawn", "not_public"]
    reference: str


class Struck(Resource):
    """What was public and was struck for safety or law: its reference, the class of reason, and the day."""

    status: Literal["struck"]
    reference: str
    struck_as: StrikeReason
    struck_on: date


class Restricted(Resource):
    """What was public and was restricted: its reference, and why."""

    status: Literal["restricted"]
    reference: str
    restriction: Restriction


class ResponseItem(Resource):
    """How a point was addressed and why, as the newest release of its round gives it."""

    status: Literal["released"]
    reference: str
    round: int
    release: int
    shown: Shown = Field(description="Whether the point's own words are public.")
    restriction: Restriction | None
    paragraph: ParagraphRef | None
    question: QuestionRef | None
    type: CommentType
    constituencies: list[Constituency] = CONSTITUENCIES
    broad_group: BroadGroup | None = BROAD_GROUP
    disposition: Disposition
    disposition_is_proposal: bool
    language: str = Field(description="The language that the answer was written in, which counts in doubt.")
    rationale: Texts = texts_field("Why")
    response: Texts = texts_field("The answer")
    translations: list[TranslationOf] = Field(description="Who or what translated the answer and the reason, and when.")
    sent_on: date | None
    page: str


class FileOf(Resource):
    """A file of a release."""

    kind: FileKind
    issue: int
    issued_on: date
    sha256: str
    size: int
    current: bool = Field(description="Whether it can be fetched; manifests of earlier issues always can.")
    url: str


class ReleaseItem(Resource):
    """A numbered, immutable response log of one round."""

    status: Literal["published"]
    round: int
    number: int
    published_on: date
    rows: int
    being_reissued: bool = Field(description="Something in it was taken back, and its files are being made anew.")
    files: list[FileOf]
    page: str


class Source(Resource):
    """Where a public statement was made."""

    title: str
    url: str
    on: date | None


class Evidence(Resource):
    """A public document that shows something about a commitment."""

    title: str
    url: str


class Step(Resource):
    """A change of a commitment; each earlier date stays here for ever."""

    on: date
    status_before: CommitmentStatus
    status_after: CommitmentStatus
    due_before: date
    due_after: date
    explanation: Texts = texts_field("What was said with it")


class CommitmentItem(Resource):
    """A dated undertaking of an office."""

    reference: str
    status: CommitmentStatus
    overdue: bool = Field(description="Its day has passed, and it is neither kept, given up nor replaced.")
    consultation: str | None = Field(description="Slug of the consultation that it comes from, if any.")
    host: HostName
    language: str = Field(description="The language that it was written in, which counts in doubt.")
    what: Texts = texts_field("What is promised")
    office: Texts = texts_field("Which office promised it")
    due: date
    origin: CommitmentOrigin
    source: Source | None
    replaced_by: str | None = Field(description="Reference of the commitment that takes its place.")
    points: list[str] = Field(description="References of the public points that led to it.")
    history: list[Step]
    evidence: list[Evidence]
    illustration: bool
    page: str


class Commitments(Listed[CommitmentItem]):
    """A page of commitments."""


class Comments(Listed[Annotated[CommentItem | Gone | Restricted | Struck, Field(discriminator="status")]]):
    """A page of points."""


class Responses(Listed[Annotated[ResponseItem | Gone | Struck, Field(discriminator="status")]]):
    """A page of answers."""


class Releases(Listed[ReleaseItem]):
    """A page of releases."""
