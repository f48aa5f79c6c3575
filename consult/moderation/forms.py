"""Forms of the queue and the credentials."""

from __future__ import annotations

from consult.core.forms import CHOOSE, Form, InputRequired, LineField, LongTextField, RadioField, required
from consult.core.locale import lazy_gettext as _l
from consult.moderation.enums import CredentialKind, RestrictionReason

PUBLIC_REASON_MAX = 1_000


class RestrictForm(Form):
    """Why points are restricted."""

    reason = RadioField(
        _l("Kind of reason"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(reason.value, reason.label) for reason in RestrictionReason],
    )
    public_reason = LongTextField(
        _l("Reason that the public reads"),
        [required()],
        limit=PUBLIC_REASON_MAX,
        description=_l("One or two sentences. Do not repeat what you restrict. The author gets them too."),
    )
    agreement = LineField(
        _l("Reference of the written agreement"),
        description=_l(
            "One of these points speaks for a State or an intergovernmental body. Its input is restricted with its "
            "written agreement only. Not needed for a false name or spam while no credential is on record."
        ),
    )


class CredentialForm(Form):
    """What shows that somebody may speak for a government or an intergovernmental body."""

    kind = RadioField(
        _l("Kind of document"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(kind.value, kind.label) for kind in CredentialKind],
    )
    reference = LineField(
        _l("Reference or date of the document"),
        [required()],
        description=_l("For example: Note verbale 41/2027 of 3 March 2027."),
    )
