"""Keys, their digests, and references that people can read out over the telephone."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

# Crockford's base32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX = re.compile(r"[A-Z0-9-]{1,80}")
# As it stands in a sentence of ours.
REFERENCE = re.compile(rf"(?<![\w-])[A-Z0-9][A-Z0-9-]{{0,79}}-[{ALPHABET}]{{6}}(?![\w-])")
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
# Cyrillic and Greek capitals that cannot be told from Latin ones, and what people type for a hyphen.
_TWINS = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u051a\u051c"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u2010\u2011\u2012\u2013\u2014\u2212",
    "ABESIJKMHOPCTYXQWABEZHIKMNOPTYX------",
)


def new_key() -> str:
    """A key of 32 random bytes for URLs and cookies."""
    return secrets.token_urlsafe(32)


def key_digest(key: str) -> str:
    """What is stored of a random key: SHA-256 in hex. Enough, since the key cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def keyed_digest(value: str, secret: str) -> str:
    """A digest of something that could be guessed, such as a network address, keyed with the instance's secret."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()


def _times_x(value: int) -> int:
    """Multiply by x in the field of 32 elements, modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def check_character(characters: str) -> str:
    """The check character for some characters of the alphabet.

    A weighted sum over the field of 32 elements: every single wrong character and every swap of neighbours
    changes it, which a sum modulo 32 does not achieve.
    """
    total = 0
    for character in characters:
        total = _times_x(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def random_reference() -> str:
    """Five random characters and their check character; says nothing of order or time."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return body + check_character(body)


def _plain(typed: str) -> str:
    seen = (c for c in unicodedata.normalize("NFKC", typed[:200]) if unicodedata.category(c)[0] not in "CMZ")
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in seen).upper().translate(_TWINS)


def plain_characters(typed: str) -> str:
    """What somebody typed, in the letters of `ALPHABET`, with its look-alikes made one; other characters stay."""
    return _plain(typed).translate(_LOOKALIKES)


def normalise_reference(typed: str) -> str | None:
    """A reference as stored, from what somebody typed; None when it cannot be one.

    Args:
        typed: in any case, with look-alikes (o for 0, i and l for 1) in the last part; also as it comes out of other
            programs and keyboards: with letters of other scripts that look the same, digits of any script, other
            hyphens, spaces, and characters that nobody sees.
    """
    prefix, dash, tail = _plain(typed).rpartition("-")
    tail = tail.translate(_LOOKALIKES)
    if not dash or not _PREFIX.fullmatch(prefix) or len(tail) != 6 or any(c not in ALPHABET for c in tail):
        return None
    return f"{prefix}-{tail}" if check_character(tail[:5]) == tail[5] else None
