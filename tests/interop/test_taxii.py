"""TAXII 2.1: pages that lose and repeat nothing, filters, times that ascend, and errors in its own form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from registry.domain.change import LOG_ID
from registry.domain.vocabulary import Kind
from registry.service.interop import placing
from tests.factories import content
from tests.interop.world import BASE, World, report_id

MEDIA_TYPE = "application/taxii+json;version=2.1"
STIX = "application/stix+json;version=2.1"


def clear(world: World) -> str:
    """The address of the collection that everybody reads."""
    return f"{BASE}{world.collections()['TLP:CLEAR']}/"


def walk(world: World, address: str, **parameters: str) -> list[httpx.Response]:
    """All pages, each asked for with the parameters of the first."""
    asked = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
    pages = [world.get(f"{address}?{asked}")]
    while pages[-1].json()["more"]:
        pages.append(world.get(f"{address}?{asked}&next={quote(pages[-1].json()['next'])}"))
    return pages


def ids_in(pages: list[httpx.Response]) -> list[str]:
    """The ids of all objects, in order."""
    return [one["id"] for page in pages for one in page.json().get("objects", [])]


def dates(world: World) -> list[str]:
    """When each object of the collection was added."""
    found: list[dict[str, Any]] = world.get(f"{clear(world)}manifest/?limit=1000").json()["objects"]
    return [one["date_added"] for one in found]


def test_discovery_leads_to_the_collections(world: World) -> None:
    discovery = world.get("/taxii2/", Accept=MEDIA_TYPE)
    root = world.get(discovery.json()["api_roots"][0].removeprefix("https://a.test")).json()
    collection = world.get(clear(world)).json()

    assert MEDIA_TYPE == discovery.headers["content-type"]
    assert discovery.json()["default"] == "https://a.test/taxii2/records/"
    assert [MEDIA_TYPE] == root["versions"]
    assert (True, False, [STIX]) == (collection["can_read"], collection["can_write"], collection["media_types"])
    assert world.get(BASE).json()["collections"][0] == collection


@pytest.mark.parametrize("limit", ["1", "2", "3", "1000"])
def test_pages_of_any_size_hold_all_that_one_page_holds(world: World, limit: str) -> None:
    for number in range(4):
        world.publish(title=f"Record {number}", procedure=[{"technique": f"AML.T005{number}"}])
    whole = world.objects()

    pages = walk(world, f"{clear(world)}objects/", limit=limit)

    assert {one["id"] for one in whole} == set(ids_in(pages))
    assert all(len(page.json().get("objects", [])) <= int(limit) for page in pages)
    assert MEDIA_TYPE == pages[0].headers["content-type"]


def test_the_same_page_asked_for_again_is_the_same_and_what_came_since_follows(world: World) -> None:
    for number in range(3):
        world.publish(title=f"Record {number}")
    address = f"{clear(world)}objects/"
    first = world.get(f"{address}?limit=4")
    second = f"{address}?limit=4&next={quote(first.json()['next'])}"
    before = world.get(second)

    late = world.publish(title="Late")

    assert before.content == world.get(second).content
    assert report_id(late) in ids_in(walk(world, address, limit="4"))


def test_next_alone_goes_on_with_the_filter_of_the_first_page(world: World) -> None:
    for number in range(3):
        world.publish(title=f"Record {number}")
    address = f"{clear(world)}objects/"
    first = world.get(f"{address}?limit=1&match[type]=report").json()

    further = world.get(f"{address}?next={quote(first['next'])}").json()

    assert ["report"] * 2 == [one["type"] for one in further["objects"]]
    other = world.get(f"{address}?next={quote(first['next'])}&match[type]=identity")
    assert (400, "BAD_CURSOR") == (other.status_code, other.json()["error_code"])


def test_times_ascend_however_many_records_came_in_one_instant(world: World) -> None:
    for number in range(5):
        world.node.publish(content(title=f"Record {number}"))
    world.follow()

    found = dates(world)

    assert sorted(set(found)) == found
    answer = world.get(f"{clear(world)}objects/?limit=1000")
    assert found[-1] == answer.headers["x-taxii-date-added-last"]
    assert found[0] == answer.headers["x-taxii-date-added-first"]


def test_whoever_keeps_milliseconds_of_a_time_gets_nothing_twice(world: World) -> None:
    world.publish(title="One", procedure=[{"technique": "AML.T0051"}])

    last = dates(world)[-1]

    assert last.endswith("000Z")
    assert [] == world.objects(more=f"&added_after={last[:-4]}Z")


def test_whoever_goes_on_by_time_loses_nothing_even_within_a_record(world: World) -> None:
    for number in range(3):
        world.publish(title=f"Record {number}", procedure=[{"technique": "AML.T0051"}, {"technique": "AML.T0054"}])
    address, found, after = f"{clear(world)}objects/", set[str](), "2020-01-01T00:00:00Z"

    while True:
        page = world.get(f"{address}?limit=2&added_after={after}")
        found |= {one["id"] for one in page.json().get("objects", [])}
        if not page.json()["more"]:
            break
        after = page.headers["x-taxii-date-added-last"]

    assert {one["id"] for one in world.objects()} == found


def test_what_is_revised_is_added_again_and_newer(world: World) -> None:
    record = world.publish(title="First told")
    world.publish(title="Another")
    last = dates(world)[-1]

    world.put(world.node.revise(record, content(title="Told better")))

    later = world.objects(more=f"&added_after={last}")
    assert ["Told better"] == [one["name"] for one in later if one["type"] == "report"]


def test_a_row_that_changes_nothing_for_readers_adds_nothing(world: World) -> None:
    record = world.publish(title="As it is")
    before = dates(world)

    world.node.submit(content(title="Something else"))
    with world.node.registry.storage.begin() as unit:
        unit.meta.put(placing.POSITION, "0")
    world.clock.advance(hours=1)
    world.follow()

    assert before == dates(world)
    assert report_id(record) in {one["id"] for one in world.objects()}


def test_objects_are_found_by_type_by_id_and_by_version(world: World) -> None:
    measure = world.publish_kind(Kind.MITIGATION, addresses=[{"technique": "AML.T0051"}])
    world.publish(title="Another", procedure=[{"technique": "AML.T0051"}])
    technique = next(one for one in world.objects() if one["type"] == "attack-pattern")

    for id_ in (report_id(measure), technique["id"]):
        one = world.get(f"{clear(world)}objects/{id_}/").json()["objects"]
        assert [id_] == [found["id"] for found in one]
        assert [one[0]["modified"]] == world.get(f"{clear(world)}objects/{id_}/versions/").json()["versions"]
        assert one == world.objects(more=f"&match[id]={id_}")
        assert one == world.objects(more=f"&match[id]={id_}&match[version]={one[0]['modified']}")
        assert one == world.objects(more=f"&match[id]={id_}&match[version]=last&match[spec_version]=2.1")
        assert [] == world.objects(more=f"&match[id]={id_}&match[version]=2020-01-01T00:00:00.000Z")
        assert [] == world.objects(more=f"&match[id]={id_}&match[spec_version]=2.0")
    assert {"report", "course-of-action"} == {
        one["type"] for one in world.objects(more="&match[type]=report,course-of-action")
    }


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("limit=0", "INVALID_VALUE"),
        ("limit=-1", "INVALID_VALUE"),
        ("limit=many", "INVALID_VALUE"),
        ("added_after=yesterday", "INVALID_VALUE"),
        ("added_after=2026-13-01T00:00:00Z", "INVALID_VALUE"),
        ("added_after=2026-01-01", "INVALID_VALUE"),
        ("match[color]=red", "INVALID_VALUE"),
        ("match[id]=" + ",".join(map(str, range(200))), "INVALID_VALUE"),
        ("match[id]=a&match[id]=b", "INVALID_VALUE"),
        ("next=nonsense", "BAD_CURSOR"),
        ("next=%F0%9F%98%80.x", "BAD_CURSOR"),
        ("next=.", "BAD_CURSOR"),
    ],
)
def test_what_cannot_be_read_is_told_in_the_form_of_taxii(world: World, parameters: str, code: str) -> None:
    answer = world.get(f"{clear(world)}objects/?{parameters}")

    told = answer.json()
    assert (400, MEDIA_TYPE, "400") == (answer.status_code, answer.headers["content-type"], told["http_status"])
    assert code == told["error_code"]
    assert {"title", "description", "error_id", "error_code", "http_status"} == told.keys()


def test_what_is_not_there_is_told_in_the_form_of_taxii(world: World) -> None:
    world.publish(title="One")
    unknown = "report--00000000-0000-5000-8000-000000000000"
    missing = ("/taxii2/x/", f"{BASE}x/", f"{clear(world)}objects/{unknown}/", f"{clear(world)}objects/x--y/")

    answers = [world.get(path) for path in missing]

    assert [(404, MEDIA_TYPE)] * 4 == [(one.status_code, one.headers["content-type"]) for one in answers]
    assert 405 == world.client.post(f"{clear(world)}objects/", json={}).status_code
    assert 401 == world.get("/taxii2/", Authorization="Bearer ic_live_x").status_code


@pytest.mark.parametrize("accept", ["text/html", "application/taxii+json;version=2.0", "application/json"])
def test_a_form_that_is_not_spoken_is_refused(world: World, accept: str) -> None:
    answer = world.get("/taxii2/", Accept=accept)

    assert (406, "NOT_ACCEPTABLE") == (answer.status_code, answer.json()["error_code"])


@pytest.mark.parametrize(
    "accept", ["*/*", "application/taxii+json", "application/taxii+json; version=2.1", f"text/html, {MEDIA_TYPE};q=0.5"]
)
def test_a_form_that_is_spoken_is_served(world: World, accept: str) -> None:
    assert 200 == world.get("/taxii2/", Accept=accept).status_code


def test_a_page_of_another_log_or_another_collection_is_refused(world: World) -> None:
    for number in range(3):
        world.publish(title=f"Record {number}")
    further = quote(world.get(f"{clear(world)}objects/?limit=1").json()["next"])
    other = f"{BASE}{world.collections()['TLP:CLEAR, imported']}/"

    assert 400 == world.get(f"{other}objects/?next={further}").status_code
    with world.node.registry.storage.begin() as unit:
        unit.meta.put(LOG_ID, "restored")
    assert 400 == world.get(f"{clear(world)}objects/?next={further}").status_code


def test_a_page_that_is_known_is_not_sent_again(world: World) -> None:
    world.publish(title="One")
    tag = world.get(f"{clear(world)}objects/").headers["etag"]

    assert 304 == world.get(f"{clear(world)}objects/", **{"If-None-Match": tag}).status_code
    world.publish(title="Two")
    assert 200 == world.get(f"{clear(world)}objects/", **{"If-None-Match": tag}).status_code


def test_a_clock_that_goes_back_does_not_let_times_go_back(world: World) -> None:
    world.publish(title="One")
    world.clock.at -= timedelta(hours=5)
    world.publish(title="Two")

    found = dates(world)

    assert sorted(set(found)) == found


def test_every_object_bears_a_marking(world: World) -> None:
    record = world.publish("GREEN", title="One", procedure=[{"technique": "AML.T0051"}])

    found = world.objects("TLP:GREEN", of="institute")

    assert report_id(record) in {one["id"] for one in found}
    markings = [one["id"] for one in found if one["type"] == "marking-definition"]
    marked = [one["object_marking_refs"] for one in found if one["type"] != "marking-definition"]
    assert {one for refs in marked for one in refs} == set(markings)
