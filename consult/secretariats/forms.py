"""Forms of secretariats."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from wtforms import ValidationError

from consult.access.roles import StaffRole
from consult.core.forms import EmailField, Form, LineField, LongTextField, RadioField, SelectField, is_address, required
from consult.core.locale import current_locale, format_number, interface_locales
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.locale import lazy_pgettext as _p
from consult.secretariats.enums import MemberStatus, StaffStanding
from consult.secretariats.services import MEMBERS_AT_ONCE, MemberEntry

NAME_MAX = 200
SAFETY_MAX = 1000
SHOWN_AT_ONCE = 20

ROLE_HINTS = {
    StaffRole.MANAGER: _l("Sets up consultations, opens and closes rounds, releases the response log, names staff."),
    StaffRole.MODERATOR: _l("Reads what comes in and publishes it, or restricts it with a public reason."),
    StaffRole.RESPONDER: _l("Drafts the answer to each point."),
    StaffRole.APPROVER: _l("Clears answers that somebody else drafted, and sends them."),
    StaffRole.TRANSLATOR: _l("Translates what consultations say, points and answers; sees nothing else of the desk."),
    StaffRole.PROTECTION: _l(
        "May see who is behind protected submissions, each look recorded and shown to the person. Two of them strike a "
        "text for safety or law. Decides on nothing else here."
    ),
}
STANDING_HINTS = {
    StaffStanding.OWN: _l("Employed by the host, and by nobody else for this work."),
    StaffStanding.SECONDED: _l("Lent by another body. Never holds the protection role."),
    StaffStanding.GOVERNMENT: _l("Works for a government. Never holds the protection role."),
}


class HostForm(Form):
    """A host organisation."""

    name = LineField(_l("Name of the host organisation"), [required()])
    slug = LineField(
        _l("Short name in addresses"),
        [required()],
        limit=60,
        description=_l("Small letters a to z, digits and hyphens, such as “secretariat-a”. It cannot be changed."),
    )


class SafetyForm(Form):
    """Whom people turn to with fear and reprisals."""

    contact = LongTextField(
        _l("Safety contact"),
        limit=SAFETY_MAX,
        description=_l(
            "Everybody reads it, in the words and the language that you write it in. Name who they are, how they are "
            "reached (telephone, e-mail, a messenger, an address), when, and in which languages."
        ),
    )


class AssignRoleForm(Form):
    """A role for somebody."""

    email = EmailField(_l("E-mail address"), [required()])
    name = LineField(
        _l("Name"), [required()], limit=120, description=_l("If they have an account already, its name is kept.")
    )
    role = RadioField(_p("staff", "Role"), [required()])
    standing = RadioField(_l("Who employs them?"), [required()])

    def __init__(self, roles: Collection[StaffRole]) -> None:
        super().__init__()
        self.role.choices = [(role.value, role.label) for role in StaffRole if role in roles]
        self.standing.choices = [(standing.value, standing.label) for standing in StaffStanding]


class StandingForm(Form):
    """Who employs somebody of the staff."""

    standing = RadioField(_l("Who employs them?"), [required()])

    def __init__(self, present: StaffStanding) -> None:
        super().__init__(data={"standing": present.value})
        self.standing.choices = [(standing.value, standing.label) for standing in StaffStanding]


def _language_field() -> SelectField:
    return SelectField(_l("Language of the message"), [required()])


class MemberForm(Form):
    """One member, and perhaps one delegate."""

    name = LineField(_l("Name of the member"), [required()], limit=NAME_MAX)
    status = RadioField(_p("status", "Status"), [required()])
    email = EmailField(
        _l("E-mail address of a delegate"),
        description=_l("Who reads and writes for this member. They get a link by e-mail that works once."),
    )
    language = _language_field()

    def __init__(self) -> None:
        super().__init__(data={"language": current_locale().code, "status": MemberStatus.MEMBER.value})
        self.status.choices = [(status.value, status.label) for status in MemberStatus]
        self.language.choices = [(locale.code, locale.name) for locale in interface_locales()]

    @property
    def entry(self) -> MemberEntry:
        """What was typed."""
        return MemberEntry(self.name.data or "", MemberStatus(self.status.data), self.email.data or "")


class MembersForm(Form):
    """Members and delegates, one a line."""

    lines = LongTextField(
        _l("Members and their delegates"),
        [required()],
        limit=MEMBERS_AT_ONCE * 500,
        description=_l(
            "One delegate on each line: name of the member; status; e-mail address. At most %(count)s lines at once. "
            "Without an address the member alone is added.",
            count=MEMBERS_AT_ONCE,
        ),
    )
    language = _language_field()

    def __init__(self) -> None:
        super().__init__(data={"language": current_locale().code})
        self.language.choices = [(locale.code, locale.name) for locale in interface_locales()]

    def entries(self) -> list[MemberEntry]:
        """What was typed."""
        return read_members((self.lines.data or "").split("\n"))[0]

    def validate_lines(self, field: LongTextField) -> None:
        """Each line that cannot be read is named by its number; nothing is added until all are right."""
        wrong = [
            _("Line %(number)s: %(sentence)s", number=format_number(number), sentence=sentence)
            for number, sentence in read_members((field.data or "").split("\n"))[1]
        ]
        if wrong:
            field.errors = [*field.errors, *wrong[:SHOWN_AT_ONCE]]
            raise ValidationError(_("Correct these lines, and send them again. Nobody was added yet."))


def statuses_by_word() -> Mapping[str, MemberStatus]:
    """The words that stand for a status in a pasted list: those of the page, and the values of the exports."""
    found = {status.value: status for status in MemberStatus}
    return found | {status.label.casefold(): status for status in MemberStatus}


def read_members(lines: Iterable[str]) -> tuple[list[MemberEntry], list[tuple[int, str]]]:
    """What a pasted list says, "Name; status; e-mail" on each line, and what is wrong with it.

    Returns:
        The entries; and the number of each line that cannot be read, with a sentence.
    """
    words = statuses_by_word()
    entries, wrong = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        parts = [" ".join(part.split()) for part in re.split("[;؛\t]", line)]  # ؛ as Arabic keyboards write it
        name, status, email = (*parts, "", "")[:3]
        if len(parts) not in {2, 3} or not name:
            wrong.append((number, _("Write a name, a status and an e-mail address, with semicolons between them.")))
        elif status.casefold() not in words:
            wrong.append((number, _("“%(status)s” is no status.", status=status[:80])))
        elif len(name) > NAME_MAX:
            wrong.append((number, _("The name is too long.")))
        elif email and (not is_address(email) or len(email) > 254):
            wrong.append((number, _("“%(email)s” is not an address.", email=email[:80])))
        else:
            entries.append(MemberEntry(name, words[status.casefold()], email))
    return entries, wrong
