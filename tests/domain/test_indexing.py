"""What a record says to the index."""

from __future__ import annotations

from datetime import date

import pytest

from registry.domain.indexing import Around, index_entry, plain
from registry.domain.record import Record, RecordUid, State
from registry.domain.search import IndexEntry
from registry.domain.search_fields import BESIDE, INDEX_ONLY
from registry.domain.vocabulary import Kind
from tests import factories


def test_a_public_record_is_in_the_public_index_with_its_title_three_times() -> None:
    record = factories.published(
        factories.content(
            title="Cloned *voice*",
            summary="A [bank](https://bank.example/x) was called.",
            narrative="# What happened\n\nThe whole `account`.",
            systems=[{"provider": "Acme", "model": "Talk 2"}],
            procedure=[{"technique": "AML.T0051", "text": "Called."}],
            sources=[{"url": "https://news.example/hidden-path", "title": "News", "publisher": "The Daily"}],
            aliases=["OTHER-7"],
        )
    )

    entry = index_entry(record)

    assert entry.public is not None
    assert entry.restricted is None
    prose = "A bank was called.\n\nWhat happened\n\nThe whole account.\n\nCalled.\n\nNews"
    assert f"Cloned voice\n\nCloned voice\n\nCloned voice\n\n{prose}" == entry.public.text
    labels = ("Spam and bulk content", "OTHER-7", "Acme Talk 2", "AML.T0051", "The Daily", record.number)
    assert labels == entry.public.labels
    assert ("Cloned voice", record.number, "incident", 2) == (
        entry.public.title,
        entry.public.number,
        entry.public.kind,
        entry.public.severity,
    )
    assert (date(2026, 2, 1), record.published_at) == (entry.public.occurred_on, entry.public.published_at)
    assert {("provider", "Acme"), ("technique", "AML.T0051"), ("misuse", "spam"), ("year", "2026")} <= set(
        entry.public.facets
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_indexed(kind: Kind) -> None:
    entry = index_entry(factories.published(factories.content(kind)))

    assert entry.public is not None
    assert str(kind) == entry.public.kind


def _hidden() -> list[Record]:
    red = factories.content(marking={"tlp": "RED"})
    return [
        factories.draft(),
        factories.published(red),
        factories.published(embargoed=True),
        factories.published(state=State.WITHDRAWN),
    ]


@pytest.mark.parametrize("record", _hidden(), ids=["draft", "closed", "embargoed", "withdrawn"])
def test_a_record_that_is_not_public_is_in_the_restricted_index_only(record: Record) -> None:
    entry = index_entry(record)

    assert entry.public is None
    assert entry.restricted is not None
    assert "Spam wave on a chat platform" == entry.restricted.title


def test_work_on_a_public_record_is_in_no_index() -> None:
    record = factories.published()

    assert index_entry(record) == index_entry(factories.with_work(record, factories.content(title="New words")))


def test_work_on_a_closed_record_is_in_no_index() -> None:
    """Those whom the record is given out to do not find it by words that are not."""
    record = factories.published(factories.content(title="Old words", marking={"tlp": "GREEN"}))

    assert index_entry(record) == index_entry(factories.with_work(record, factories.content(title="New words")))


def test_an_erased_record_is_in_no_index() -> None:
    record = factories.erased(factories.published())

    assert IndexEntry(record.uid, None, None) == index_entry(record)


def test_nothing_of_a_restricted_part_reaches_an_index() -> None:
    secret = {"narrative": "topsecretword", "operational_detail": "topsecretword", "notes": "topsecretword"}
    content = factories.content(restricted=secret)

    entries = [index_entry(factories.published(content)), index_entry(factories.draft(content))]

    assert "topsecretword" not in repr(entries)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**bold** and _soft_ `code`", "bold and soft code"),
        ("- one\n2. two\n> three", "one\n two\n three"),
        ("snake_case and 2*3", "snake_case and 23"),
        ("![alt](pic.png) [text](url)", "alt text"),
        ('see [the paper][1] too\n\n[1]: https://paper.example "A paper"', "see the paper too"),
        ("[" * 5000, "[" * 5000),
        ("*" * 5000, ""),
    ],
)
def test_plain_takes_the_signs_of_markdown_away(markdown: str, expected: str) -> None:
    assert expected == plain(markdown)


def test_the_index_knows_more_than_lists_count() -> None:
    upstream = {"source": "atlas", "id": "AML.CS0001", "sha256": "0" * 64}
    record = factories.published(
        factories.content(
            marking={"licence": "CC0-1.0", "reported_by": "others"},
            upstream=upstream,
            sources=[{"url": "https://news.example/1"}],
        ),
        imported=True,
    )

    entry = index_entry(record, Around("acme", {RecordUid("m2"): Kind.MITIGATION, RecordUid("m1"): Kind.MITIGATION}))

    assert entry.public is not None
    known = {pair for pair in entry.public.facets if pair[0] in {*INDEX_ONLY, BESIDE}}
    assert {
        ("source", "atlas"),
        ("licence", "CC0-1.0"),
        ("reported", "other"),
        ("review", "imported"),
        ("state", "published"),
        ("owner", "acme"),
        ("has", "mitigation"),
        ("beside", "m1"),
        ("has", "source"),
        ("has", "timeline"),
        ("id", "AML.CS0001"),
    } == known


def test_sources_that_wait_to_be_cleared_are_not_told_of() -> None:
    content = factories.content(sources=[{"url": "https://news.example/1"}])

    entry = index_entry(factories.published(content, sensitive=True))

    assert entry.public is not None
    assert ("has", "source") not in entry.public.facets


def test_lengths_of_time_are_known_where_both_ends_are_days() -> None:
    timeline = {
        "started": "2026-02-01",
        "detected": "2026-02-04T10:00:00Z",
        "contained": "2026-02",
        "enforced": "2026-02-03",
        "disclosed": "2026-03-04",
        "ended": "2026-02-01",
    }

    entry = index_entry(factories.published(factories.content(timeline=timeline)))

    assert entry.public is not None
    # What ended before it began tells nothing.
    assert (("time_to_detection", 3.0), ("time_to_disclosure", 28.0), ("duration", 0.0)) == entry.public.measures
