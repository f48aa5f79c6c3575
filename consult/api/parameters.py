"""The parameters that each address takes, and reading them: nothing unknown, nothing twice, nothing unreadable."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from werkzeug.datastructures import MultiDict

from consult.accounts.enums import Constituency
from consult.commitments.enums import CommitmentStatus
from consult.consultations.enums import RoundState, TextType
from consult.core.errors import BadParameters
from consult.core.locale import gettext as _
from consult.responses.enums import Disposition
from consult.submissions.enums import CommentType, Nature

LIMIT, MOST = 100, 500
# No control characters: no text here holds them, and a database would stop at them.
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f\u007f]+$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
Cursor = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]
RoundNumber = Annotated[int, Field(ge=1, le=9999)]

Parameters = TypeVar("Parameters", bound=BaseModel)


class Paging(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="forbid", use_enum_values=False)

    after: Cursor = Field("0")
    limit: int = Field(LIMIT, ge=1, le=MOST)

    @property
    def place(self) -> int:
        """The place to begin behind."""
        return int(self.after)


class ConsultationParameters(Paging):
    """Of the list of consultations."""

    words: Words = Field("")
    type: TextType | None = Field(None)
    host: Code = Field("")
    state: RoundState | None = Field(None)


class OfRound(Paging):
    """Of lists below a consultation."""

    round: RoundNumber | None = Field(None)


class CommentParameters(OfRound):
    """Of the list of points."""

    words: Words = Field("")
    section: Code = Field("")
    type: CommentType | None = Field(None)
    nature: Nature | None = Field(None)
    constituency: Constituency | None = Field(None)
    language: Code = Field("")


class AnnotationParameters(OfRound):
    """Of the points on paragraphs as Web Annotations."""

    section: Code = Field("")
    type: CommentType | None = Field(None)
    nature: Nature | None = Field(None)


class ResponseParameters(OfRound):
    """Of the list of answers."""

    disposition: Disposition | None = Field(None)
    section: Code = Field("")
    type: CommentType | None = Field(None)
    constituency: Constituency | None = Field(None)


class CommitmentParameters(Paging):
    """Of the lists of commitments."""

    status: CommitmentStatus | None = Field(None)
    overdue: bool | None = Field(None)


class AllCommitmentParameters(CommitmentParameters):
    """Of the list of all commitments."""

    host: Code = Field("")


class DocumentParameters(BaseModel):
    """Of the document."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}\.[0-9]{1,9}$")] = Field("0.0")
    limit: int = Field(LIMIT, ge=1, le=MOST)
    round: RoundNumber | None = Field(None)

    @property
    def place(self) -> tuple[int, int]:
        """The place to begin behind: round, or what the final text has for one, and position."""
        number, _dot, position = self.after.partition(".")
        return int(number), int(position)


class NoParameters(BaseModel):
    """Of addresses that take none."""

    model_config = ConfigDict(extra="forbid")


def read_parameters(model: type[Parameters], given: MultiDict[str, str]) -> Parameters:
    """The parameters of a request.

    Args:
        model: which it takes.
        given: what the address says.

    Raises:
        BadParameters: some are unknown, given twice, or cannot be read; it names them.
    """
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, found in given.lists():
        if name not in model.model_fields:
            wrong[name] = _("This address has no such parameter.")
        elif len(found) > 1:
            wrong[name] = _("This parameter is given more than once.")
        values[name] = found[0]
    try:
        read = model.model_validate(values)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False, include_context=False):
            wrong.setdefault(str(item["loc"][0]), _("This value is not one that the parameter takes."))
    else:
        if not wrong:
            return read
    raise BadParameters(_("Some parameters cannot be read."), wrong)
