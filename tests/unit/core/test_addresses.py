"""E-mail addresses: one mailbox, and nothing that a message's header would read in another way."""

from __future__ import annotations

import pytest

from consult.core.forms import is_address


@pytest.mark.parametrize("address", ["a@example.org", "a.b+c@mail.example.org", "o'brien@a-b.example", "ü@exämple.org"])
def test_an_address(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org,b@example.org",  # two mailboxes, each written to past its own limit
        "bank<victim@example.org>",  # somebody else's, under a name of one's own
        "undisclosed:;@example.org",  # a group, at which the library fails
        "(a)b@example.org",
        '"a@example.org',
        "a@b@example.org",
        "=?utf-8?q?a?=@example.org",
        "a\u200b@example.org",
        "\u202ea@example.org",
        "a b@example.org",
        ".a@example.org",
        "a..b@example.org",
        "a@example",
        "a@.org",
        "a@example.",
        "@example.org",
        "",
    ],
)
def test_no_address(address: str) -> None:
    assert not is_address(address)
