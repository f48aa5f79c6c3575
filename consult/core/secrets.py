"""Keys, their digests, and references that people can read out over the telephone."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

# Crockford's base32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX = re.compile(r"[A-Z0-9-]{1,80}")
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})


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


def normalise_reference(typed: str) -> str | None:
    """A reference as stored, from what somebody typed; None when it cannot be one.

    Args:
        typed: in any case, with look-alikes (o for 0, i and l for 1) in the last part.
    """
    prefix, dash, tail = typed.strip().upper().rpartition("-")
    tail = tail.translate(_LOOKALIKES)
    if not dash or not _PREFIX.fullmatch(prefix) or len(tail) != 6 or any(c not in ALPHABET for c in tail):
        return None
    return f"{prefix}-{tail}" if check_character(tail[:5]) == tail[5] else None
