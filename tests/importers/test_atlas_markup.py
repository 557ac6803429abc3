"""ATLAS's Markdown becomes plain Markdown without losing a word."""

from __future__ import annotations

import pytest

from importers.atlas.markup import as_markdown

BOX = '<div style="font-family: monospace; width: 50%; background-color:\nghostwhite;">'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [this](/techniques/T1).", "See [this](https://atlas.example/techniques/T1)."),
        (f"Prompt:\n{BOX}\nDo <this>.\n\nNow.\n</div>\nIt did.", "Prompt:\n\n\n> Do <this>.\n>\n> Now.\n\n\nIt did."),
        (f'{BOX}\n<span style="color: red">Do <span style="color: blue;">x</span></span>\n</div>', "> Do x"),
        ("known[<sup>\\[1\\]</sup>][1].", "known[\\[1\\]][1]."),
        ("One.\n<br />\nTwo.", "One.\n\n\nTwo."),
        ('Sent:\n```\n<span style="x">a</span>\n```', 'Sent:\n```\n<span style="x">a</span>\n```'),
        ("`<br>` and <div> and <IMPORTANT>", "`<br>` and <div> and <IMPORTANT>"),
    ],
)
def test_html_that_shapes_becomes_markdown(text: str, expected: str) -> None:
    assert expected == as_markdown(text, "https://atlas.example")


def test_a_long_broken_text_is_read_at_once() -> None:
    text = '<div style="' * 5000 + "`" * 5000 + BOX * 1000

    assert text == as_markdown(text, "https://atlas.example")
