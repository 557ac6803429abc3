"""Markdown that people wrote, as HTML that is safe to show: parsed without raw HTML, then cut to an allow-list."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "nofollow noopener noreferrer ugc"
# The page's own headings come first: those of a text begin at the third level.
_LOWERED = 2

# Some texts of a few kilobytes take the parser seconds, or grow to megabytes: those are shown without links and tables.
_MOST_BRACKETS = 500
_MOST_CELLS = 20_000
_LONGEST_HTML = 200_000

_parser = MarkdownIt("js-default").disable("image")
_plain_parser = MarkdownIt("js-default").disable(["image", "link", "reference", "table"])


@lru_cache(maxsize=512)
def to_html(text: str) -> Markup:
    """*text* as safe HTML: no scripts, styles, images or foreign schemes; links vouch for nothing."""
    html = "" if _is_heavy(text) else _rendered(_parser, text)
    if not html or len(html) > _LONGEST_HTML:
        html = _rendered(_plain_parser, text)
    cut = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, url_relative="deny", link_rel=_REL)
    # The one place where text becomes markup: nh3 has just cut it to the allow-list.
    return Markup(cut)  # noqa: S704


def _is_heavy(text: str) -> bool:
    """Whether brackets, or cells that a table fills up, would cost their number squared."""
    lines = text.split("\n")
    return text.count("[") > _MOST_BRACKETS or len(lines) * max(line.count("|") for line in lines) > _MOST_CELLS


def _rendered(parser: MarkdownIt, text: str) -> str:
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1:]) + _LOWERED)}"
    return str(parser.renderer.render(tokens, parser.options, {}))
