"""Addresses: one form however they were copied, whatever is sent, quickly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.address import address_key, alias_key, is_address, normalised
from tests.effort import BOUND, Effort

ARTICLE = "https://example.com/news/story?id=7&page=2"
SAME = (
    "http://example.com/news/story?id=7&page=2",
    "HTTPS://WWW.EXAMPLE.COM:443/news/story?page=2&id=7",
    "https://example.com/news/story/?id=7&page=2#comments",
    "https://example.com/news/story?id=7&utm_source=x&page=2&fbclid=abc&UTM_Medium=y&gclid=",
    "https://amp.example.com/news/story/amp/?id=7&page=2&outputType=amp",
    "https://user:secret@example.com./news/./old/../story?id=7&page=2",
    "example.com/news/story?page=2&id=7",
    "//www.example.com/news/story?page=2&id=7",
    " \u200bhttps://example.com/news/sto\nry?page=2&id=7\u202e ",
    "https://web.archive.org/web/20260101120000/http://www.example.com/news/story?page=2&id=7",
    "https://web.archive.org/web/2026id_/http:/example.com/news/story?page=2&id=7",
    "https://www.google.com/amp/s/example.com/news/story?page=2&id=7",
    "https://example-com.cdn.ampproject.org/c/s/example.com/news/story?page=2&id=7",
)
DIFFERENT = (
    "https://example.com/news/story?id=8&page=2",
    "https://example.com/news/Story?id=7&page=2",
    "https://sub.example.com/news/story?id=7&page=2",
    "https://example.com:8443/news/story?id=7&page=2",
    "https://example.com/news%2Fstory?id=7&page=2",
    "https://example.com/news/story",
    "ftp://example.com/news/story?id=7&page=2",
)
WEIRD = (
    ("javascript:alert(1)", "javascript:alert(1)"),
    ("mailto:somebody@example.com", "mailto:somebody@example.com"),
    ("data:text/html,<b>", "data:text/html,<b>"),
    ("https://", "https://"),
    ("http://[bad/", "http://[bad/"),
    ("https://example.com:99999/x", "https://example.com:99999/x"),
    ("https://[::1]:443/x", "https://[::1]/x"),
    ("https://b\u00fccher.example/\u00e4%20b", "https://xn--bcher-kva.example/%C3%A4%20b"),
    ("https://XN--Bcher-kva.example/%c3%a4%20b", "https://xn--bcher-kva.example/%C3%A4%20b"),
    ("https://\u05de\u05d1\u05d7\u05df.example/\u05e9", "https://xn--5dbmtg.example/%D7%A9"),
    ("https://www.com/", "https://www.com"),
    ("https://example.com/100%", "https://example.com/100%25"),
    ("https://example.com/story.amp.html", "https://example.com/story.html"),
    ("\ud800", "https://"),
)
LONG = (
    "https://e.example/?" + "&".join(f"a{n}={n}" for n in range(2000)),
    "https://e.example/" + "../" * 3000,
    "https://e.example/" + "%2f" * 3000,
    "https://web.archive.org/web/1/" * 400,
    "https://google.com/amp/" * 400,
    "https://" + "\u00fc" * 10_000,
    "https://" + "a." * 5_000,
    "%" * 10_000,
    "a" * 1_000_000,
)


@pytest.mark.parametrize("address", SAME)
def test_an_article_has_one_form(address: str) -> None:
    assert ARTICLE == normalised(address)
    assert address_key(ARTICLE) == address_key(address)


@pytest.mark.parametrize("address", DIFFERENT)
def test_another_article_has_another_form(address: str) -> None:
    assert ARTICLE != normalised(address)


@pytest.mark.parametrize(("address", "expected"), WEIRD)
def test_weird_addresses_have_a_form_too(address: str, expected: str) -> None:
    assert expected == normalised(address)


@pytest.mark.parametrize("address", LONG, ids=range(len(LONG)))
def test_long_addresses_take_no_time(address: str) -> None:
    with Effort() as effort:
        normalised(address)

    assert BOUND > effort.spent


@given(st.text(max_size=200))
def test_any_text_has_a_form(text: str) -> None:
    assert 32 == len(address_key(text))


@given(
    st.from_regex(r"(https?://|//)?(www\.)?[a-zA-Z0-9.\u00e4-]{1,20}(:[0-9]{1,3})?(/[a-z.%2F&=+ ]*){0,3}\??[a-z=&%+]*")
)
def test_a_form_is_its_own_form(address: str) -> None:
    form = normalised(address)

    assert form == normalised(form)


def test_an_alias_is_the_same_whatever_its_case_and_blanks() -> None:
    assert alias_key("AML.CS0001 ") == alias_key("aml.cs0001")
    assert alias_key("x") != address_key("x")
    assert 32 == len(alias_key("\ud800"))


@pytest.mark.parametrize("text", ["https://e.example", " HTTP://e.example/a?b ", "www.e.example/a"])
def test_an_address_is_recognised(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["", "provider:acme", "https://e.example spam", "www", "www..", "javascript:x", "a.b"])
def test_what_is_no_address_is_searched(text: str) -> None:
    assert not is_address(text)
