"""Feeds: dirty, broken and hostile ones, and what of theirs a reviewer sees."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from importers.contract import Draft, Following, Parsed, RawDocument, Source, TakenBack, Wanted
from importers.feed.dates import date_of
from importers.feed.entries import lasting, plain, upstream_id
from importers.sources.feed import IMPORTER, follow
from registry.domain.finding import Finding
from tests.effort import BOUND, least_effort
from tests.factories import source

BLOG: Source = source("blog", "A blog", format="feed", urls=("https://blog.example/feed.xml",), licence="NOASSERTION")
ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'


def read(body: str | bytes, source: Source = BLOG) -> list[Parsed]:
    document = RawDocument("feed.xml", body if isinstance(body, bytes) else body.encode())
    return list(IMPORTER.parse(document, source))


def drafts(body: str | bytes, source: Source = BLOG) -> list[Draft]:
    return [one for one in read(body, source) if isinstance(one, Draft)]


def codes(body: str | bytes) -> list[str]:
    return [one.code for one in read(body) if isinstance(one, Finding)]


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def item(link: str = "https://blog.example/1", **fields: str) -> str:
    told = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<item><link>{link}</link>{told}</item>"


def atom(entries: str) -> str:
    return f"<feed {ATOM}>{entries}</feed>"


def entry(id_: str, link: str) -> str:
    return f'<entry><id>{id_}</id><title>T</title><link href="{link}"/></entry>'


BOMB = '<!DOCTYPE rss [<!ENTITY a "' + "a" * 1000 + '">' + "".join(
    f'<!ENTITY {to} "{f"&{of};" * 10}">' for of, to in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


READING = """
from importers.contract import RawDocument
from importers.sources.feed import IMPORTER

body = '<?xml version="" encoding="ISO8859-"?><!DOCTYPE s PUBLIC "" ""><s n="" l="">&l' + "9" * 1021 + "t;"
print([one.code for one in IMPORTER.parse(RawDocument("feed.xml", body.encode()), IMPORTER.source)])
"""


def test_an_entity_that_nobody_defines_beside_the_name_of_a_definition_ends_no_process() -> None:
    ended = subprocess.run([sys.executable, "-c", READING], capture_output=True, check=False, text=True)

    assert (0, "['BROKEN_DOCUMENT']\n") == (ended.returncode, ended.stdout)


@pytest.mark.parametrize("body", [
    BOMB + rss(item(title="&i;"))[21:],
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item(title="&x;"))[21:],
    '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>' + rss(item(title="t"))[21:],
    rss("<a>" * 100_000),
    rss(item(title="<b>" * 100_000 + "</b>" * 100_000)),
    rss("<a/>" * 600_000),
    "<html><body>Not found</body></html>",
    "", "<", "<rss", "no feed", "[1]", "{}", '{"version": 3}', '{"version": "https://jsonfeed.org/version/1"',
], ids=lambda body: body[:30])  # fmt: skip
def test_what_is_hostile_or_no_feed_is_one_finding_and_quick(body: str) -> None:
    (finding,) = read(body)

    assert isinstance(finding, Finding)
    assert finding.refused
    assert "passwd" not in finding.message
    assert least_effort(lambda: read(body), enough=2 * BOUND) < 2 * BOUND


@pytest.mark.parametrize(("body", "expected"), [
    (rss(item(title="Grüße")).encode("utf-16"), "Grüße"),
    (b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss(item(title="Grüße"))[21:].encode("latin-1"), "Grüße"),
    (rss(item(title="Grüße")).encode("cp1252"), "Grüße"),
    (b"\xef\xbb\xbf \n" + rss(item(title="Grüße")).encode(), "Grüße"),
    (b'<?xml version="1.0" encoding="no-such-thing"?>' + rss(item(title="Abc"))[21:].encode(), "Abc"),
])  # fmt: skip
def test_a_feed_is_read_in_whatever_encoding_it_is(body: bytes, expected: str) -> None:
    (found,) = drafts(body)

    assert expected == found.content["title"]


def test_an_encoding_that_is_not_the_one_it_claims_is_told() -> None:
    assert ["WRONG_ENCODING"] == codes(rss(item(title="Grüße")).encode("cp1252"))


def test_an_entry_that_was_numbered_anew_is_the_same_record() -> None:
    before, after = (drafts(rss(item(title="T", guid=number))) for number in ("17", "https://old.example/?p=17"))
    moved = drafts(rss(item("http://www.blog.example/1/?utm_source=x#top", title="T")))

    assert before == after
    assert before[0].upstream_id == moved[0].upstream_id


def test_a_name_for_ever_outlives_a_new_address() -> None:
    one, other = (drafts(atom(entry("urn:uuid:7", link))) for link in ("https://a.example/1", "https://b.example/2"))

    assert one[0].upstream_id == other[0].upstream_id


@pytest.mark.parametrize(
    ("id_", "link"), [("tag:a,2024:1", "https://a.example/1"), ("https://a.example/2", "https://a.example/2")]
)
def test_a_tombstone_takes_its_entry_back(id_: str, link: str) -> None:
    (kept,) = drafts(atom(entry(id_, link)))

    assert [TakenBack(kept.upstream_id)] == read(atom(f'<at:deleted-entry ref="{id_}" when="2024-01-01T00:00:00Z"/>'))


def test_an_entry_that_came_back_is_not_taken_back_by_its_old_tombstone() -> None:
    both = atom(
        '<at:deleted-entry ref="tag:a,2024:1" when="2024-01-01T00:00:00Z"/>'
        + entry("tag:a,2024:1", "https://a.example")
    )

    assert [Draft] == [type(one) for one in read(both)]


def test_texts_are_copied_only_where_the_licence_of_the_row_lets_them() -> None:
    body = rss(item(title="T", description="&lt;p&gt;Their words.&lt;/p&gt;" + " more" * 500))

    (closed,), (open_,) = drafts(body), drafts(body, replace(BLOG, licence="CC-BY-4.0"))

    assert "Their words" not in repr(closed)
    assert str(open_.content["summary"]).startswith("Their words. more")
    assert len(str(open_.content["summary"])) <= 601


def test_authors_are_kept_nowhere_but_sought_in_all_texts() -> None:
    (found,) = drafts(rss(item(title="T", author="jane@blog.example (Jane Roe)")))

    assert "Jane" not in repr((found.content, found.restricted))
    assert ("jane@blog.example (Jane Roe)",) == found.names


def test_relative_addresses_are_made_absolute() -> None:
    within = (
        f'<feed {ATOM} xml:base="https://a.example/x/"><entry xml:base="y/"><id>i</id><link href="z"/></entry></feed>'
    )

    assert ["https://a.example/x/y/z"] == [one.url for one in drafts(within)]
    assert ["https://blog.example/r"] == [one.url for one in drafts(rss(item("/r")))]


def test_what_is_no_web_address_is_refused() -> None:
    for link in (
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user:secret@blog.example/",
        "//[",
        "mailto:a@b.example",
    ):
        assert [] == drafts(rss(item(link.replace("&", "&amp;"))))


def test_a_title_of_another_vocabulary_is_not_the_entrys_own() -> None:
    body = rss('<item><m:title xmlns:m="http://search.yahoo.com/mrss/">Photo</m:title><title>Own</title>'
               "<link>https://blog.example/1</link></item>")  # fmt: skip

    assert ["Own"] == [one.content["title"] for one in drafts(body)]


def test_more_entries_than_are_read_are_told() -> None:
    parsed = read(rss("".join(item(f"https://blog.example/{number}") for number in range(5_010))))

    assert 5_000 == len([one for one in parsed if isinstance(one, Draft)])
    assert ["TOO_MANY"] == [one.code for one in parsed if isinstance(one, Finding)]


def test_nothing_of_a_feed_is_published_without_a_reviewer() -> None:
    assert IMPORTER.never_publishes
    assert not IMPORTER.is_whole


def test_further_pages_are_read_only_as_far_as_the_row_says() -> None:
    page = RawDocument("p", f'<feed {ATOM}><link rel="next" href="https://blog.example/2"/></feed>'.encode())
    json_page = RawDocument("p", json.dumps({"version": "https://jsonfeed.org/version/1", "next_url": "/2"}).encode())
    first = Wanted("https://blog.example/1", "feed")
    two = replace(BLOG, options={"pages": 2})

    following = follow(page, first, two, None)

    assert (Wanted("https://blog.example/2", "page-2", state="2"),) == following.wanted
    assert Following() == follow(page, first, BLOG, None)
    assert Following() == follow(page, following.wanted[0], replace(BLOG, options={"pages": 9}), None)
    assert Following() == follow(page, Wanted("https://blog.example/3", "x", state="2"), two, None)
    assert following == follow(json_page, first, two, None)
    assert Following() == follow(RawDocument("p", b"\xff"), first, two, None)


@pytest.mark.parametrize(("written", "expected"), [
    ("Thu, 14 Mar 2024 09:00:00 +0100", "2024-03-14T08:00:00Z"),
    ("Thu, 14 Mar 2024 09:00:00 GMT", "2024-03-14T09:00:00Z"),
    ("14 Mar 24 09:00 EST", "2024-03-14T14:00:00Z"),
    ("2024-03-14T09:00:00Z", "2024-03-14T09:00:00Z"),
    ("2024-03-14T09:00:00.123456+01:00", "2024-03-14T08:00:00Z"),
    ("2024-03-14 09:00:00 UTC", "2024-03-14T09:00:00Z"),
    ("2024-03-14", "2024-03-14"),
    ("2024-03", "2024-03"),
    ("2024", "2024"),
    ("14.03.2024", "2024-03-14"),
    ("March 14, 2024", "2024-03-14"),
    ("14 March 2024", "2024-03-14"),
    ("2024-02-30", None), ("0000", None), ("99999-01-01", None), ("soon", None), ("", None), (None, None),
    ("9" * 5_000, None), ("Thu, 99 Mar 2024 99:99:99 +9999", None), ("9999-12-31T23:59:59-23:59", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None), ("\0", None),
])  # fmt: skip
def test_dates_of_every_form_are_read_or_left_out(written: str | None, expected: str | None) -> None:
    assert expected == date_of(written)


@pytest.mark.parametrize(("written", "expected"), [
    ("<b>A</b> &amp; B", "A & B"), ("1 < 2", "1 < 2"), ("<script>x()</script>A", "A"), ("A\n B", "A B"),
    ("<a" * 10_000, ""), ("\ud800", "?"), (None, ""),
])  # fmt: skip
def test_html_goes_out_of_titles(written: str | None, expected: str) -> None:
    assert expected == plain(written)


def test_odd_ids_and_addresses_are_known_by_something_short_or_by_nothing() -> None:
    assert None is upstream_id(None, None)
    assert None is upstream_id("", "")
    assert 45 == len(upstream_id(None, "https://[") or "")
    assert 43 == len(upstream_id("x" * 100_000, None) or "")
    assert "https://[" == lasting("https://[")
