"""Feeds of MISP and servers of TAXII over HTTP, run twice: what is asked for, taken in, taken back and left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from importers import scheduled
from importers.contract import Importer
from importers.sources import feed, misp, taxii
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.importing import Counts
from registry.domain.record import State
from registry.outbound import NodeOutbound
from registry.ports import Registry
from tests import factories
from tests.importers.hosting import QUICK, hosting
from tests.outbound.hostile import Hostile, requests, says

ACCEPT = b"application/taxii+json;version=2.1"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """One whose requests may lead to this machine."""
    return replace(registry, outbound=NodeOutbound(requests(), None))


def bound(importer: Importer, server: Hostile, path: str, **options: Any) -> Importer:
    row = factories.source(
        "shared", trusted=True, format=importer.id, urls=(server.url(path),), hosts=frozenset({"127.0.0.1"})
    )
    return importer.of(replace(row, options=options))


def ran(registry: Registry, importer: Importer) -> Counts:
    return scheduled.fetch_and_run(registry, LOCAL_OPERATOR, importer, limits=QUICK).counts


def uuid(number: int) -> str:
    return f"5f000000-0000-4000-8000-{number:012d}"


def event(number: int, **fields: object) -> bytes:
    told = {"uuid": uuid(number), "info": f"Event {number}", "published": True, "Tag": [{"name": "tlp:clear"}]}
    return json.dumps({"Event": told | fields}).encode()


def manifest(**stamps: int) -> bytes:
    return json.dumps({uuid(int(number[1:])): {"timestamp": stamp} for number, stamp in stamps.items()}).encode()


def test_of_a_feed_only_changed_events_are_fetched_again_and_nothing_is_lost(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/manifest.json", says(manifest(n1=1, n2=1)), says(manifest(n1=1, n2=2)))
        site.put(f"/{uuid(1)}.json", says(event(1)))
        site.put(f"/{uuid(2)}.json", says(event(2)), says(event(2, timestamp="9", info="Event 2, revised")))
        made = bound(misp.IMPORTER, server, "/")
        first, second = ran(registry, made), ran(registry, made)
        asked = [path for path in server.paths if path != "/manifest.json"]

    assert Counts(read=2, new=2) == first
    assert Counts(read=1, changed=1) == second
    assert [f"/{uuid(1)}.json", f"/{uuid(2)}.json", f"/{uuid(2)}.json"] == asked


def test_an_event_that_was_deleted_is_withdrawn_and_an_amber_one_is_held(registry: Registry) -> None:
    with hosting() as (server, site):
        site.put("/manifest.json", says(manifest(n1=1)), says(manifest(n1=2, n2=1)))
        site.put(f"/{uuid(1)}.json", says(event(1)), says(event(1, deleted=True)))
        site.put(f"/{uuid(2)}.json", says(event(2, Tag=[{"name": "tlp:amber"}])))
        made = bound(misp.IMPORTER, server, "/manifest.json")
        ran(registry, made)
        second = ran(registry, made)

    with registry.storage.read() as reader:
        kept = [reader.records.by_upstream("shared", uuid(number)) for number in (1, 2)]
    assert (1, 1) == (second.withdrawn, second.held)
    assert [State.WITHDRAWN, State.SUBMITTED] == [one.stage for one in kept if one is not None]


def thing(type_: str, number: int, **fields: object) -> dict[str, object]:
    told = {"type": type_, "id": f"{type_}--{uuid(number)}", "name": f"Thing {number}", "object_marking_refs": [CLEAR]}
    return told | {"modified": "2024-01-01T00:00:00Z"} | fields


def page(*objects: object, **fields: object) -> bytes:
    return json.dumps({"objects": objects, **fields}).encode()


def test_a_collection_is_read_over_its_pages_and_then_only_asked_for_what_is_new(registry: Registry) -> None:
    objects = "/api/collections/one/objects/"
    last: dict[str, Any] = {"X-TAXII-Date-Added-Last": "2024-01-02T00:00:00.000001Z"}
    report = thing("report", 1, object_refs=[f"tool--{uuid(2)}"])
    with hosting() as (server, site):
        site.put("/taxii2/", says(json.dumps({"api_roots": ["/api/"]}).encode()))
        site.put("/api/collections/", says(b'{"collections": [{"id": "one"}, {"id": "two"}]}'))
        site.put(f"{objects}?limit=5000", says(page(report, more=True, next="p2"), **last))
        site.put(f"{objects}?limit=5000&next=p2", says(page(thing("tool", 2), more=False), **last))
        site.put(f"{objects}?limit=1&added_after=2024-01-02T00%3A00%3A00.000001Z", says(page()))
        site.put("/api/collections/two/objects/?limit=5000", says(page()))
        made = bound(taxii.IMPORTER, server, "/taxii2/")
        first, second = ran(registry, made), ran(registry, made)
        asked = len(server.paths)

    with registry.storage.read() as reader:
        kept = reader.records.by_upstream("shared", f"report--{uuid(1)}")
    assert (Counts(read=1, new=1), Counts()) == (first, second)
    assert 5 + 4 == asked
    assert kept is not None
    assert b"Thing 2" in (kept.newest.public.body if kept.newest.public else b"")


def test_entries_of_a_trusted_feed_wait_for_a_reviewer_all_the_same(registry: Registry) -> None:
    body = b"<rss><channel><item><title>T</title><link>https://news.example/1</link></item></channel></rss>"
    with hosting() as (server, site):
        site.put("/feed", says(body))
        first = ran(registry, bound(feed.IMPORTER, server, "/feed"))

    assert Counts(read=1, held=1) == first
