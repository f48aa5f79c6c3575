"""The style sheet that is served: shorter, and the same."""

from __future__ import annotations

import re

from consult.core.web.assets import STATIC, shortened


def test_what_needs_its_space_keeps_it() -> None:
    style = """
    /* A comment; with { braces }. */
    .a :not(.b) > c , d { content: " (" attr(x) ") ; }" ; margin: 0  auto; }
    @media (min-width: 60rem) and (max-width: 70rem) { e { inline-size: calc(1rem + 2px); } }
    """
    assert shortened(style).strip() == (
        '.a :not(.b) > c,d{content:" (" attr(x) ") ; }";margin:0 auto}'
        "@media (min-width:60rem) and (max-width:70rem){e{inline-size:calc(1rem + 2px)}}"
    )


def test_our_style_sheet_keeps_every_rule() -> None:
    style = (STATIC / "consult.css").read_text()
    bare = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    short = shortened(style)
    assert len(short) < 0.9 * len(style)
    assert short.count("{") == bare.count("{")
    assert re.sub(r"\s", "", short) == re.sub(r"\s", "", bare).replace(";}", "}")
