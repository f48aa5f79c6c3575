"""Codes that people write down on paper and type in again: they open an account, or a single submission."""

from __future__ import annotations

import hmac
import secrets

from consult.core.secrets import ALPHABET, check_character, key_digest, plain_characters

GROUPS, IN_A_GROUP = 4, 5
_LENGTH = GROUPS * IN_A_GROUP


def new_code() -> str:
    """A code of 19 random characters (95 bits) and one check character, in four groups of five."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1))
    return _grouped(body + check_character(body))


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + IN_A_GROUP] for start in range(0, _LENGTH, IN_A_GROUP))


def normalise_code(typed: str) -> str | None:
    """A code as it was shown, from what somebody typed; None when it cannot be one.

    Args:
        typed: in any case, with or without hyphens and spaces, with look-alikes (o for 0, i and l for 1), in digits of
            any script.
    """
    characters = plain_characters(typed).replace("-", "")
    if len(characters) != _LENGTH or any(c not in ALPHABET for c in characters):
        return None
    return _grouped(characters) if check_character(characters[:-1]) == characters[-1] else None


def has_code_length(typed: str) -> bool:
    """Whether somebody typed as many letters and digits as a code has; so if it is none, one of them is wrong."""
    return len(plain_characters(typed).replace("-", "")) == _LENGTH


def code_digest(code: str) -> str:
    """What is stored of a code: a SHA-256 is enough, since 95 random bits cannot be guessed.

    Args:
        code: as `normalise_code` gives it.
    """
    return key_digest(code)


# Compared with where there is no code, so that both cases take the same way.
_NO_CODE = code_digest("")


def is_code(digest: str | None, typed: str) -> bool:
    """Whether somebody typed the code that is kept as this digest; False where none is kept. It takes as long for all.

    Args:
        digest: what `code_digest` gave.
        typed: as `normalise_code` takes it.
    """
    code = normalise_code(typed)
    is_same = hmac.compare_digest(code_digest(code or ""), digest or _NO_CODE)
    return is_same and digest is not None and code is not None
