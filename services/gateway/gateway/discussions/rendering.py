"""Texts in Markdown as HTML that a page may show, and as plain text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urlsplit

import graphene
import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from gateway.batches import Thing
from gateway.context import Context, of
from gateway.limits import TooComplex
from gateway.wording import IMAGE, TEXTS

# What takes longer than its length: a text with more is shown as it was written.
MAX_BRACKETS = 1_000
MAX_CHARACTERS = 200_000  # of all the texts that one request has rendered
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


Label = Callable[[str, str], str]


@dataclass(frozen=True)
class Rendered:
    """A text as HTML and as plain text."""

    html: str
    text: str


class _Renderer(RendererHTML):
    """Shows an image as a link that says where the image is, so that reading a text asks no other site for anything."""

    def image(self, tokens: Sequence[Token], number: int, options: OptionsDict, env: EnvType) -> str:
        """The link in the place of an image."""
        token = tokens[number]
        address = str(token.attrs.get("src", ""))
        alt = self.renderInlineAsText(token.children, options, env) if token.children else ""
        label = env["label"](urlsplit(address).hostname or address, alt or address)
        return f'<a href="{escape(address)}">{escape(label)}</a>'


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(["table", "strikethrough"])


def render(body: str, label: Label) -> Rendered:
    """Render a text in Markdown; HTML in it is shown as text.

    Args:
        label: says what stands in the place of an image, given its site and title.
    """
    plain = body.count("[") > MAX_BRACKETS
    made = f"<pre>{escape(body)}</pre>" if plain else _MARKDOWN.render(body, {"label": label})
    html = nh3.clean(
        made, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow ugc"
    )
    return Rendered(html, unescape(nh3.clean(html, tags=set())).strip())


def _rendered(context: Context, root: Thing) -> Rendered | None:
    body = root["body"]
    if body is None:
        return None
    known = context.once("rendered", dict[str, Rendered])
    if body not in known:
        if sum(map(len, known)) + len(body) > MAX_CHARACTERS:
            raise TooComplex(f"A request may render at most {MAX_CHARACTERS:,} characters; ask for smaller pages.")
        known[body] = render(
            body, lambda site, title: TEXTS.text(IMAGE, context.language(None), host=site, title=title)
        )
    return known[body]


class RenderedBody:
    """The fields of a text in Markdown in other forms."""

    body_html = graphene.String(
        description="Text as HTML that a page may show as it is: no scripts, styles or HTML of the author, links without "
        "referrer, and in the place of images links that say so. Null when `body` is."
    )
    body_text = graphene.String(
        description="Text without marks, for previews and searches; it is no HTML. Null when `body` is."
    )

    @staticmethod
    def resolve_body_html(root: Thing, info: object) -> str | None:
        found = _rendered(of(info), root)
        return found.html if found is not None else None

    @staticmethod
    def resolve_body_text(root: Thing, info: object) -> str | None:
        found = _rendered(of(info), root)
        return found.text if found is not None else None
