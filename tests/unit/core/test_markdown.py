"""Markdown as HTML: what comes out is safe, whatever went in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.core.markdown import ATTRIBUTES, SCHEMES, TAGS, to_html, to_inline_html


class Page(HTMLParser):
    """The elements of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def links(html: str) -> list[str | None]:
    return [attributes.get("href") for tag, attributes in Page(html).elements if tag == "a"]


def faults(html: str) -> list[str]:
    """What no cleaned HTML may hold."""
    found = []
    for tag, attributes in Page(html).elements:
        if tag not in TAGS:
            found.append(tag)
        for name, value in attributes.items():
            if name == "rel":
                continue
            if name not in ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"]:
                found.append(f"{tag} {name}")
            if (
                name == "href"
                and not (value or "").startswith("#")
                and (value or "").partition(":")[0].lower() not in SCHEMES
            ):
                found.append(f"href {value}")
    return found


def test_plain_marks_become_elements() -> None:
    assert to_html("Some *words*, **loud** ones and `code`.") == (
        "<p>Some <em>words</em>, <strong>loud</strong> ones and <code>code</code>.</p>\n"
    )
    assert to_inline_html("3.2 *Benefit* sharing") == "3.2 <em>Benefit</em> sharing"


def test_a_table_stays_a_table() -> None:
    assert [tag for tag, _attributes in Page(to_html("| a | b |\n|:-:|--:|\n| 1 | 2 |")).elements] == [
        "table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src='https://evil.example'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>*{display:none}</style>",
        "<p style='position:fixed'>x</p>",
        "<!--x--><b>x</b>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\\<script>alert(1)</script>",
        "`<script>`",
        "```\n<script>alert(1)</script>\n```",
        "```html onload=alert(1)\nx\n```",
        "<https://x.example/\"onmouseover=alert(1)>",
        "[x](https://x.example \"\\\" onmouseover=alert(1)\")",
        "> <script>alert(1)</script>",
        "| <script>alert(1)</script> |\n|---|\n| x |",
        "<math><mtext></mtext><script>x</script></math>",
    ],
)  # fmt: skip
def test_html_is_shown_as_text(source: str) -> None:
    for html in (to_html(source), to_inline_html(source)):
        assert faults(html) == []
        assert "<script" not in html
        assert not links(html) or links(html)[0] is None or str(links(html)[0]).startswith("https://x.example")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "<javascript:alert(1)>",
        "data:text/html,x",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/en/account/sign-out",
        "../desk",
        "page.html",
        "?edition=fr",
    ],
)
def test_a_link_leads_to_the_web_or_within_the_page_or_nowhere(target: str) -> None:
    assert links(to_html(f"[words]({target})")) == []
    assert links(to_html(f"[words][1]\n\n[1]: {target}")) == []
    assert "words" in to_html(f"[words]({target})")


@pytest.mark.parametrize("target", ["https://x.example/a?b=1", "http://x.example", "mailto:a@x.example", "#sec_3-2"])
def test_other_links_work_and_are_not_followed_by_robots(target: str) -> None:
    html = to_html(f"[words]({target})")
    assert links(html) == [target]
    assert 'rel="nofollow"' in html


@pytest.mark.parametrize(
    "source", ["![A map](https://x.example/map.png)", "![A map](/etc/passwd)", "![A map][m]\n\n[m]: x.png"]
)
def test_a_picture_is_its_description(source: str) -> None:
    assert to_html(source) == "<p>A map</p>\n"


def test_the_description_of_a_picture_is_text() -> None:
    assert to_html("![<b onclick=x>](x.png)") == "<p>&lt;b onclick=x&gt;</p>\n"


def test_headings_inside_a_block_do_not_break_the_page_s_own() -> None:
    assert not re.search("<h[1-6]", to_html("# Title\n\n> ## Quoted"))


@given(st.text(alphabet=st.sampled_from(list("ab<>/\"'`*_[]()!#|:-\\&;=x \n")), max_size=200))
@settings(deadline=None, max_examples=300)
def test_nothing_unsafe_ever_comes_out(source: str) -> None:
    assert faults(to_html(source)) == []
    assert faults(to_inline_html(source)) == []
