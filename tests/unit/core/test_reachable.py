"""What somebody typed, with e-mail addresses and telephone numbers that can be followed."""

from __future__ import annotations

from consult.core.web.templating import with_links


def test_only_plain_addresses_and_numbers_become_links_and_all_else_is_escaped() -> None:
    made = with_links("<b> safety@example.org. +999 000 0100 javascript:x@y")
    assert made == (
        '&lt;b&gt; <a href="mailto:safety@example.org"><bdi dir="ltr">safety@example.org</bdi></a>. '
        '<a href="tel:+9990000100"><bdi dir="ltr">+999 000 0100</bdi></a> javascript:x@y'
    )
