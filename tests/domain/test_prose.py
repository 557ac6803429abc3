"""Untrusted text within our Markdown marks nothing up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from registry.domain.prose import escaped, quoted

HOSTILE = [
    "# heading",
    "- item",
    "1. item",
    "1) item",
    "+ item",
    "===",
    "---",
    "> quote",
    "```code```",
    "**bold** _em_ ~~gone~~",
    "[click](javascript:alert(1))",
    "![pixel](https://tracker.example/p.gif)",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "&lt;b&gt; &#x6a;",
    "| a | b |",
    "[ref]: https://evil.example",
    "    indented",
    "\ttabbed",
    "line\\",
    "a\n# b\n\n- c\n===\n",
    "a\u2028# b",
    "https://evil.example and www.evil.example and a@evil.example",
    "$x$ and [^1]",
    ": definition",
]
_READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
_ALLOWED = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}


def kinds(markdown: str) -> set[str]:
    """What a reader of Markdown finds in a text."""
    found = set()
    for token in _READER.parse(markdown):
        found |= {token.type} | {child.type for child in token.children or ()}
    return found - {"text_special"}


def text(markdown: str) -> str:
    """What people read of a text."""
    lines = []
    for token in _READER.parse(markdown):
        lines += ["".join(" " if "break" in child.type else child.content for child in token.children or ())]
    return "".join(lines)


@pytest.mark.parametrize("said", HOSTILE)
def test_a_text_stays_a_text_at_the_beginning_of_a_line_and_within_one(said: str) -> None:
    assert kinds(escaped(said)) <= _ALLOWED
    assert kinds(f"words {escaped(said)} words") <= _ALLOWED
    assert {"bullet_list_open"} == {one for one in kinds(f"- {escaped(said)}") if one.endswith("list_open")}


@pytest.mark.parametrize("said", HOSTILE)
def test_a_quoted_text_is_one_quotation_of_paragraphs(said: str) -> None:
    assert kinds(quoted(said)) <= _ALLOWED | {"blockquote_open", "blockquote_close"}


@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_of_the_text_is_lost(said: str) -> None:
    assert " ".join(said.split()) == text(escaped(said)).strip()


@pytest.mark.parametrize("address", ["https://evil.example", "www.evil.example", "a@evil.example", "mailto:a"])
def test_an_address_is_not_made_a_link_by_readers_that_look_for_them(address: str) -> None:
    assert address not in escaped(address)


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
        | st.sampled_from("\n#-*_`<>[]()!|\\&1.:=~+ ")
    )
)
def test_whatever_is_said_marks_nothing_up(said: str) -> None:
    assert kinds(f"- {escaped(said)}") <= _ALLOWED | {
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
    }
    assert kinds(quoted(said)) <= _ALLOWED | {"blockquote_open", "blockquote_close"}
