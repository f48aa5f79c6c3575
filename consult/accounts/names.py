"""Names to sign in with: chosen freely, in any script, compared in one form, never shown to anybody else.

Both are stored: the form that is compared, and what its owner typed, which is shown to them. So that nobody is locked
out, these rules may only ever make more of what people type the same, never less, and a change of them comes with a
migration.

Source: Unicode Technical Standard #39, confusable detection, of which this is the part that people meet on keyboards.
"""

from __future__ import annotations

import unicodedata

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.locale import ngettext

SHORTEST, LONGEST = 3, 60
_TYPED_MAX = 200

# Small letters and digits that cannot be told apart on paper or on a screen, as one of them.
_TWINS = str.maketrans(
    "01\u0131"
    "\u0430\u0432\u0435\u0437\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u04bb\u051b\u051d"
    "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2"
    # Arabic keyboards of several countries have these under the same key.
    "\u0649\u06cc\u06a9\u06c1\u06c3\u0629",
    "oliabe3ijkmhopctyxshqwabehikmvoptyxc\u064a\u064a\u0643\u0647\u0647\u0647",
)
# What nobody misses: tatweel, the dot that a capital I with a dot leaves behind, harakat, selectors of variants.
_LEFT_OUT = {0x0640, 0x0307, *range(0x064B, 0x0653), 0x0670, *range(0xFE00, 0xFE10), *range(0x180B, 0x1810), 0x034F}


def normalise_name(typed: str) -> str:
    """The form in which a name is compared; empty when nothing of it counts.

    Case, spaces, hyphens and other punctuation, invisible characters, the script of digits, and letters that look
    the same make no difference.
    """
    folded = unicodedata.normalize("NFKC", typed[:_TYPED_MAX]).casefold()
    folded = unicodedata.normalize("NFKC", folded)
    digits = "".join(str(unicodedata.digit(one)) if one.isdecimal() else one for one in folded)
    kept = (one for one in digits.translate(_TWINS) if unicodedata.category(one)[0] in "LMN")
    return "".join(one for one in kept if ord(one) not in _LEFT_OUT)


def is_mail_shaped(typed: str) -> bool:
    """Whether what somebody typed to sign in is meant as an e-mail address."""
    return "@" in unicodedata.normalize("NFKC", typed[:_TYPED_MAX])


def check_name(typed: str) -> str:
    """A name that may be chosen, in the form that is compared. Digits alone are refused: people would choose the number
    of their telephone, which others know.

    Raises:
        BadInput: shaped like an e-mail address, too short, too long, or with characters that have no meaning yet.
    """
    if is_mail_shaped(typed):
        raise BadInput(_("A name has no @ sign in it. Choose a name that is not an e-mail address."), "sign_in_name")
    if any(unicodedata.category(one) in {"Cn", "Co", "Cs"} for one in typed):
        raise BadInput(_("This name holds a character that cannot be used. Choose another one."), "sign_in_name")
    name = normalise_name(typed)
    if len(name) < SHORTEST or not any(one.isalpha() for one in typed):
        raise BadInput(
            _("Use at least %(count)s letters or digits, one of them a letter.", count=SHORTEST), "sign_in_name"
        )
    if len(name) > LONGEST or len(typed) > _TYPED_MAX:
        raise BadInput(ngettext("Use at most %(num)s letter.", "Use at most %(num)s letters.", LONGEST), "sign_in_name")
    return name
