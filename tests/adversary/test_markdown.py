"""Texts that people wrote: none becomes markup of its own, none takes long or grows without bound."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from registry.domain import terms
from registry.domain.content.kinds import Content
from tests.client import Client
from tests.effort import BOUND, Effort
from tests.factories import content
from tests.web import conftest
from tests.web.node import Node
from web.pages.markdown import to_html

client = conftest.client
furnished = conftest.furnished
node = conftest.node
settings = conftest.settings

LONGEST = 20_000
SLOW_OR_LARGE = {
    "open brackets": "[" * LONGEST,
    "open images": "![" * (LONGEST // 2),
    "one long address used often": "[a]: " + "x" * 1000 + "\n\n" + "[a]" * 6000,
    "a table that fills itself up": "|" + "a|" * 150 + "\n|" + "-|" * 150 + "\n" + "a\n" * 9000,
    "quotations": ">" * LONGEST,
    "lists": "- " * (LONGEST // 2),
    "emphasis": "*a **b" * (LONGEST // 6),
    "code": "".join("`" * at + "a" for at in range(1, 190)),
    "angles": "<" * LONGEST,
    "comments": "<!--" * (LONGEST // 4),
    "entities": "&" * LONGEST,
}
# From the usual collections of cross-site scripting: each once made some program run a script.
PAYLOADS = (
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<base href='//evil.example'>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>@import '//evil.example'</style>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "</title><script>alert(1)</script>",
    "</textarea></script><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example)",
    '[x](https://a.example"onmouseover="alert(1))',
    "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '<https://a.example/"onmouseover="alert(1)>',
    "![x](javascript:alert(1))",
    "![x](https://evil.example/track.png)",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>alert(1)</script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "{{ 7 * 7 }}{% raw %}{{ config }}",
    'x" onmouseover="alert(1)',
    "x' onmouseover='alert(1)",
    "# <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> |\n|---|\n| x |",
)
TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "start", "rel"}


class Found(HTMLParser):
    """Every tag, attribute and address of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    @property
    def addresses(self) -> list[str]:
        """Where something leads or is fetched from."""
        return [value for name, value in self.attributes if name in {"href", "src", "action", "srcdoc", "data"}]


@pytest.mark.parametrize("name", SLOW_OR_LARGE)
def test_no_text_takes_long_or_grows_without_bound(name: str) -> None:
    text = SLOW_OR_LARGE[name][:LONGEST]

    with Effort() as effort:
        shown = to_html(text)

    assert BOUND > effort.spent
    assert 200_000 > len(shown)


def test_a_text_with_many_links_keeps_them() -> None:
    text = "[a](https://a.example) " * 400

    assert 400 == to_html(text).count("<a ")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_text_says_is_never_more_than_text(payload: str) -> None:
    found = Found(to_html(payload))

    assert set() == set(found.tags) - TAGS
    assert set() == {name for name, _ in found.attributes} - ATTRIBUTES
    assert [] == [one for one in found.addresses if not one.startswith(("https://", "http://", "mailto:"))]


def record_of(payloads: tuple[str, ...]) -> Content:
    """An incident with a payload in every field that takes words."""
    lines = [" ".join(one.split())[:110] for one in payloads]
    text = "\n\n".join(payloads)
    return content(
        marking={"obligations": lines[:10], "content_warnings": lines[10:13], "licence": lines[0]},
        title=lines[0] + lines[1],
        summary=text,
        narrative=text,
        aliases=lines,
        platforms=lines,
        systems=[{"provider": one, "model": one, "version": one} for one in lines],
        actors=[{"label": one} for one in lines],
        targets=[{"label": one} for one in lines],
        procedure=[{"text": one} for one in payloads],
        detection={"by": lines[3]},
        enforcement=[{"action": terms.ENFORCEMENT.terms[0].code, "text": one} for one in lines],
        sources=[{"url": "https://a.example/?q='\"><script>", "title": one, "publisher": one} for one in lines],
    )


def test_no_page_runs_what_a_record_says(client: Client, node: Node) -> None:
    quiet = node.publish(content())
    loud = node.publish(record_of(PAYLOADS))
    loud = node.revise(loud, record_of(PAYLOADS[::-1]))
    known = {page: Found(client.get(page).text) for page in pages(quiet.number or "")}
    allowed = {tag for found in known.values() for tag in found.tags} | TAGS | {"details", "summary", "ins", "del"}

    for page in pages(loud.number or ""):
        answer = client.get(page)
        found = Found(answer.text)

        assert 200 == answer.status_code
        assert set() == set(found.tags) - allowed
        assert [] == [name for name, _ in found.attributes if name.startswith("on") or name in {"style", "srcdoc"}]
        assert [] == [
            one for one in found.addresses if not one.startswith(("https://", "http://", "mailto:", "/", "#"))
        ]
        assert [] == [one for one in found.addresses if one.startswith("//")]
        assert 1 == found.tags.count("script")


def pages(number: str) -> list[str]:
    """Every page that shows a record's words."""
    return [
        "/", "/incidents", "/search", "/search?q=script&view=table", f"/r/{number}", f"/r/{number}/history",
        *([f"/r/{number}/diff/1..2"] if number.endswith("2") else []),
    ]  # fmt: skip
