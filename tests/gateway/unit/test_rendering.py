"""Texts in Markdown as HTML that a page may show as it is, whatever a stranger writes."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.discussions.rendering import _ATTRIBUTES, _TAGS, render
from tests.support.growth import Run, grows_too_fast

HARMFUL = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "[a](  JaVaScRiPt:alert(1))",
    "![a](javascript:alert(1))", "<svg/onload=alert(1)>", "[a](data:text/html,<script>1</script>)", "![x](https://t.example/p.png)",
    "<https://a.example/\" onclick=\"alert(1)>", "[a](https://a.example \"x\" onclick=1)", "&lt;script&gt;", "`<b onclick=1>`",
    "[r]: javascript:alert(1)\n[r]", "<style>*{}</style>", "|a|b|\n|-|-|\n|<i>|2|", "~~a~~ **b** _c_ # h\n> q\n1. x\n- y",
]  # fmt: skip


def label(site: str, title: str) -> str:
    """What stands in the place of an image."""
    return f"Image at {site}: {title}"


class _Checker(HTMLParser):
    """Fails on a tag, an attribute or an address that a page must not show."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check a tag with its attributes."""
        assert tag in _TAGS, tag
        for name, value in attrs:
            assert name in _ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set()), (tag, name)
            if name == "href":
                assert (value or "").split(":")[0].lower() in {"http", "https", "mailto"} or ":" not in (
                    value or ""
                ).split("/")[0]


@pytest.mark.parametrize("text", HARMFUL)
def test_what_could_harm_a_reader_is_no_html(text: str) -> None:
    """Scripts, handlers, styles, and addresses of other schemes."""
    _Checker().feed(render(text, label).html)


@given(st.lists(st.one_of(st.sampled_from(HARMFUL), st.text(max_size=20)), max_size=6).map(" ".join))
def test_nothing_that_anybody_writes_is_more_than_the_tags_that_are_allowed(text: str) -> None:
    """Whatever is put together."""
    _Checker().feed(render(text, label).html)


def test_markdown_is_rendered_and_links_tell_nobody_where_they_were_read() -> None:
    """With the marks that people use."""
    found = render("**Start** low:\n\n- [trial](https://a.example/x?a=1&b=2)\n- 5 < 10 mg", label)
    assert found.html == (
        '<p><strong>Start</strong> low:</p>\n<ul>\n<li><a href="https://a.example/x?a=1&amp;b=2" '
        'rel="noopener noreferrer nofollow ugc">trial</a></li>\n<li>5 &lt; 10 mg</li>\n</ul>\n'
    )
    assert found.text == "Start low:\n\ntrial\n5 < 10 mg"


def test_an_image_is_a_link_that_says_where_it_is() -> None:
    """Reading a text loads nothing from another site."""
    found = render('![an *ECG*](https://pictures.example/ecg.png "t")', label)
    assert "<img" not in found.html
    assert ">Image at pictures.example: an ECG</a>" in found.html
    assert found.text == "Image at pictures.example: an ECG"


@pytest.mark.parametrize(
    "part", ["[", "![", "![a[", "[a](", "*a ", "_a", "~~a", "<a:", "> ", "a|", "`", "[a]: b\n", "&"]
)
def test_time_grows_with_the_text_and_no_faster(part: str) -> None:
    """Whatever a text of the largest size is made of."""
    assert grows_too_fast(lambda text: render(text, label), Run("", part), longest=20_000) is None
