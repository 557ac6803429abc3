"""A run that fetched documents and read no record in them says so, and what was not asked for is no such case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from importers import scheduled
from importers.contract import Following, Importer, Parsed, RawDocument, Source, Wanted
from importers.run import Ending, Report, run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import Finding, FindingFilter, KeptFinding
from registry.domain.importing import RunState
from registry.domain.pages import PageRequest
from registry.outbound import NodeOutbound
from registry.ports import Registry
from registry.service import importing
from tests.importers.hosting import QUICK, document, hosting, importer
from tests.importers.invented import WHOLE
from tests.importers.invented import document as lines
from tests.outbound.hostile import requests, says

PART = replace(WHOLE, is_whole=False)
NOTHING = "NOTHING_READ"


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """One whose requests may lead to this machine, and are quick."""
    chosen = {"import_pause_seconds": 0.0, "outbound_allow_networks": ("127.0.0.1/32",)}
    settings = registry.settings.model_copy(update=chosen)
    return replace(registry, outbound=NodeOutbound(requests(), None), settings=settings)


def fetched(registry: Registry, made: Importer, **chosen: Any) -> Report:
    return scheduled.fetch_and_run(registry, LOCAL_OPERATOR, made, limits=QUICK, **chosen)


def taken(registry: Registry, made: Importer, *documents: RawDocument, **chosen: Any) -> Report:
    return run(registry, LOCAL_OPERATOR, made, documents, **chosen)


def kept(registry: Registry, made: Importer) -> tuple[KeptFinding, ...]:
    """What is open of it."""
    wanted = FindingFilter(code=NOTHING, is_open=True)
    return importing.findings(registry, LOCAL_OPERATOR, made.source.id, PageRequest(), wanted).items


def told(*reports: Report) -> list[int]:
    """How often each says it."""
    return [one.codes[NOTHING] for one in reports]


@pytest.mark.parametrize("whole", [True, False])
def test_documents_without_a_record_are_a_finding_of_the_source_until_a_run_reads_one(
    registry: Registry, whole: bool
) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document()), says(document()), says(document("a")))
        made = importer(server.url("/1"), whole=whole)
        reports = [fetched(registry, made) for _ in range(2)]
        open_between = kept(registry, made)
        reports.append(fetched(registry, made))

    assert [RunState.DONE] * 3 == [one.state for one in reports]
    assert [1, 1, 0] == told(*reports)
    (one,) = open_between
    assert ("all documents", False, False) == (one.finding.record, one.finding.refused, one.finding.held)
    assert () == kept(registry, made)


def test_what_has_not_changed_since_is_no_such_case_and_mends_nothing(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document(), ETag='"1"'), says(b"", status=304))
        made = importer(server.url("/1"))
        reports = [fetched(registry, made) for _ in range(2)]

    assert [1, 0] == told(*reports)
    assert 1 == len(kept(registry, made))


def test_of_two_addresses_one_unchanged_and_one_empty_is_no_such_case(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a"), ETag='"1"'), says(b"", status=304))
        site.put("/2", says(document()))
        made = importer(server.url("/1"), server.url("/2"), whole=False)

        assert [0, 0] == told(*(fetched(registry, made) for _ in range(2)))


def test_an_empty_page_behind_others_is_no_such_case(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", next=[server.url("/2")])))
        site.put("/2", says(document()))

        assert [0] == told(fetched(registry, importer(server.url("/1"))))


def test_a_source_asked_only_for_what_is_newer_may_have_nothing(registry: Registry) -> None:
    def begin(source: Source, cursor: str | None) -> tuple[Wanted, ...]:
        return tuple(Wanted(f"{url}?since={cursor}", "page") for url in source.urls)

    with hosting() as (server, site):
        site.put("/1?since=None", says(document("a", cursor="1")), says(document()))
        site.put("/1?since=1", says(document()))
        made = replace(importer(server.url("/1"), whole=False), begin=begin)
        reports = [fetched(registry, made), fetched(registry, made), fetched(registry, made, since="")]

    assert [0, 0, 1] == told(*reports)


def test_a_list_that_is_asked_for_as_a_whole_may_not_be_empty_although_it_was_read_before(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document("a", cursor="1")), says(document(present=["a"])), says(document()))
        made = importer(server.url("/1"))

        assert [0, 0, 1] == told(*(fetched(registry, made) for _ in range(3)))


def test_documents_that_did_not_come_and_records_that_were_refused_say_enough(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/1", says(document(next=[server.url("/2")])))
        site.put("/2", says(b"", status=404))
        lost = fetched(registry, importer(server.url("/1")))
    refused = taken(registry, WHOLE, lines({"bad": "A"}))
    broken = taken(registry, WHOLE, RawDocument("cases.jsonl", b"{"))

    assert [0, 0, 0] == told(lost, refused, broken)


def test_a_source_that_takes_everything_back_says_something(registry: Registry) -> None:
    assert [0] == told(taken(registry, WHOLE, lines({"id": "A", "gone": True})))


def test_an_empty_file_says_so_also_before_anything_is_written(registry: Registry) -> None:
    tried = taken(registry, WHOLE, lines(), dry_run=True)
    nothing_kept = kept(registry, WHOLE)
    done = taken(registry, WHOLE, lines())
    known = taken(registry, PART, ending=lambda: Ending(present=("A",)))

    assert [1, 1, 0] == told(tried, done, known)
    assert () == nothing_kept
    assert () == kept(registry, WHOLE)


def test_a_run_that_read_some_records_mends_nothing_else_that_is_told_of_the_source(registry: Registry) -> None:
    source = PART.source.id
    passed_over = Finding(source, source, "OUT_OF_SCOPE", "others were passed over", refused=False)

    def parse(document: RawDocument, of: Source) -> Iterator[Parsed]:
        yield from PART.parse(document, of)
        if document.name == "others":
            yield passed_over

    some = replace(PART, parse=parse)
    taken(registry, some, RawDocument("others", lines("A").body))
    taken(registry, some, lines("B"))

    wanted = FindingFilter(code="OUT_OF_SCOPE", is_open=True)
    found = importing.findings(registry, LOCAL_OPERATOR, source, PageRequest(), wanted).items
    assert [passed_over] == [one.finding for one in found]


def test_no_record_is_gone_because_nothing_was_read(registry: Registry) -> None:
    reports = [taken(registry, WHOLE, lines("A", "B")), *(taken(registry, WHOLE, lines()) for _ in range(3))]

    assert [0, 1, 1, 1] == told(*reports)
    assert 0 == sum(one.counts.gone + one.counts.withdrawn for one in reports)


def test_only_a_follower_that_leads_nowhere_reads_nothing(registry: Registry) -> None:
    def follow(document: RawDocument, _wanted: Wanted, _source: Source, _cursor: str | None) -> Following:
        return Following(present=("known",))

    with hosting() as (server, site):
        site.put("/1", says(document()))

        assert [0] == told(fetched(registry, replace(importer(server.url("/1")), follow=follow)))
