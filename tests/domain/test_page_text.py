"""The words of web pages: read in one pass, the same each time, whatever the page is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.page_text import MAX_EVIDENCE_BYTES, evidence, normalised, text_of

HTML = "text/html"
FILL = "<p>" + "word " * 60 + "</p>"


def words(page: str, media_type: str = HTML) -> list[str]:
    return text_of((page + FILL).encode(), media_type).split("\n")[:-1]


def test_words_stand_in_lines_without_what_shapes_and_guides() -> None:
    page = """<!DOCTYPE html><html><head><title>T</title><style>p{}</style><script>if (a<b) {"</p>"}</script></head>
    <body><header>Top</header><nav><ul><li>Home<nav>Deep</nav></ul></nav><!-- <p>hidden</p> --><h1>Our&nbsp;policy</h1>
    <p>You may <b>not</b> send spam &amp; lies.<br>Nor <a href="x>y" title='a>b'>this</a>.</p><ul><li>one<li>two</ul>
    <footer>Copyright</footer></body></html>"""

    assert ["Our policy", "You may not send spam & lies.", "Nor this.", "one", "two"] == words(page)


def test_a_page_in_one_form_is_read_all_the_same() -> None:
    text = text_of(f"<html><form><p>Rule one.</p>{FILL}</form></html>".encode(), HTML)

    assert text.startswith("Rule one.")


@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown; charset=utf-8"])
def test_plain_text_and_markdown_stay_as_they_are(media_type: str) -> None:
    assert ["# Policy", "* No <b>spam</b>"] == text_of(b"# Policy\r\n\r\n* No <b>spam</b>  \n", media_type).split("\n")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("Grüße".encode("windows-1252"), "text/plain; charset=windows-1252"),
        ("Grüße".encode(), "text/plain; charset=nothing"),
        ("Grüße".encode(), "text/plain; charset=punycode"),
        ("\ufeffGrüße".encode(), "text/plain"),
        (b'<html><meta charset="iso-8859-1"><p>Gr\xfc\xdfe' + FILL.encode(), "text/html"),
    ],
)
def test_the_charset_is_what_was_told_if_it_is_one(body: bytes, media_type: str) -> None:
    assert "Grüße" == text_of(body, media_type).split("\n")[0]


def test_a_wrong_charset_gives_signs_and_no_error() -> None:
    assert text_of(b"\xff\xfe\x00 a\xc3", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "deep",
        "<nav>" * 100_000,
        "<!--" * 250_000,
        "<script>" * 125_000,
        "</script" * 125_000,
        "<" * 1_000_000,
        '<a "' * 250_000,
        "<a '\">" * 200_000,
        "<![CDATA[" * 100_000,
        "&#x" * 300_000,
        "&" * 1_000_000,
        "\x00" * 1_000_000,
        "<p" + " a=b" * 250_000,
    ],
)
def test_hostile_pages_take_their_time_in_proportion(page: str) -> None:
    def seconds(part: str) -> float:
        started = time.process_time()
        text_of(part.encode(), HTML)
        return time.process_time() - started

    quarter = page[: len(page) // 4]

    # Again where the machine was slow just then.
    assert any(max(seconds(quarter), 0.05) * 12 > seconds(page) for _ in range(3))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="<>/!-ab \"'&;#", max_size=300).map(str.encode), st.text(max_size=40))
def test_any_bytes_are_read_alike_each_time(body: bytes, media_type: str) -> None:
    text = text_of(body, media_type)

    assert text == text_of(body, media_type)
    assert normalised(text) == normalised(normalised(text))
    assert "\n\n" not in text
    assert all(one.isprintable() or one == "\n" for one in text)


@pytest.mark.parametrize(
    "line",
    [
        "Last updated: March 3, 2026", "Last modified 2026-03-03", "Updated on 3 March 2026", "March 2026",
        "© 2026 Acme, Inc.", "Copyright © 2019-2026 Acme", "(c) 2026 Acme", "03/04/2026", "Reviewed: 1st May 2026.",
    ],
)  # fmt: skip
def test_lines_that_only_tell_a_date_are_not_compared(line: str) -> None:
    assert "rule one" == normalised(f"{line}\nRule  ONE\n{line}")


@pytest.mark.parametrize("line", ["From 3 March 2026 on, spam is forbidden.", "Version 4", "Effective for all users"])
def test_lines_that_say_more_are_compared(line: str) -> None:
    assert line.casefold() == normalised(line)


def test_evidence_is_bounded_in_bytes_and_ends_with_a_whole_letter() -> None:
    kept = evidence("é" * MAX_EVIDENCE_BYTES)

    assert MAX_EVIDENCE_BYTES >= len(kept.encode()) > MAX_EVIDENCE_BYTES - 2
