"""A feed of MISP: its three sorts of files tell the same, to each what is for them, and cheaply once it is known."""

from __future__ import annotations

import hashlib

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.vocabulary import OrganisationKind
from registry.service import accounts
from tests import factories
from tests.factories import content
from tests.interop.world import World

SOURCES = [{"url": "https://news.example/a", "title": "A story"}, {"url": "https://news.example/b"}]


def hashes(world: World, *, of: str | None = None) -> set[tuple[str, str]]:
    """The lines of ``hashes.csv``."""
    lines = world.get("/feeds/misp/hashes.csv", of=of).text.splitlines()
    return {(line.split(",")[0], line.split(",")[1]) for line in lines}


def test_the_manifest_tells_of_each_event_what_the_event_tells(world: World) -> None:
    record = world.publish(title="One", sources=SOURCES, severity=5, misuse_categories=["spam"])

    entry, event = world.manifest()[record.uid], world.event(record)

    assert {**entry, "timestamp": str(entry["timestamp"])} == {name: event[name] for name in entry}
    assert ("One", "1", "2") == (event["info"], event["threat_level_id"], event["analysis"])
    tags = [tag["name"] for tag in event["Tag"]]
    assert ["tlp:clear", 'incident-commons:kind="incident"', 'incident-commons:misuse="spam"'] == tags


def test_the_hashes_are_md5_of_the_values_of_the_events(world: World) -> None:
    record = world.publish(title="One", sources=SOURCES)

    values = [one["value"] for one in world.event(record)["Attribute"]]

    expected = {(hashlib.md5(one.encode(), usedforsecurity=False).hexdigest(), record.uid) for one in values}
    assert expected == hashes(world)


def test_an_attribute_keeps_its_uuid_and_one_that_is_no_more_is_deleted(world: World) -> None:
    record = world.publish(title="One", sources=SOURCES)
    before = {one["value"]: one["uuid"] for one in world.event(record)["Attribute"]}

    world.put(world.node.revise(record, content(title="One", sources=SOURCES[:1])))

    after = {one["uuid"]: one for one in world.event(record)["Attribute"]}
    assert set(before.values()) == after.keys()
    assert (False, True) == (
        after[before["https://news.example/a"]]["deleted"],
        after[before["https://news.example/b"]]["deleted"],
    )
    assert "https://news.example/b" not in str(after)


def test_each_revision_is_later_by_a_second_at_least(world: World) -> None:
    record = world.node.publish(content(title="One"))
    world.follow()
    first = world.manifest()[record.uid]["timestamp"]

    world.node.revise(record, content(title="Two"))
    world.follow()

    assert first < world.manifest()[record.uid]["timestamp"]


def test_what_was_imported_has_a_feed_and_a_collection_of_its_own(world: World) -> None:
    row = factories.source("wiki", "A wiki", organisation=OrganisationKind.OTHER, trusted=True)
    upstream = {"source": "wiki", "id": "1", "sha256": "0" * 64}
    accounts.add_organisation(
        world.node.registry, LOCAL_OPERATOR, slug="wiki", name="A wiki", kind=OrganisationKind.OTHER
    )
    factories.take_in(world.node.registry, LOCAL_OPERATOR, row, [content(title="Imported", upstream=upstream)])
    world.follow()
    world.publish(title="Our own")

    assert ["Our own"] == [one["info"] for one in world.manifest().values()]
    assert ["Imported"] == [one["info"] for one in world.manifest(feed="misp-imported").values()]
    assert {"Imported": False} == world.reports("TLP:CLEAR, imported")
    assert 404 == world.get("/feeds/other/manifest.json").status_code


def test_what_is_known_is_not_sent_again_with_a_key_or_without(world: World) -> None:
    world.publish(title="One")

    for of in (None, "acme"):
        for path in ("/feeds/misp/manifest.json", "/feeds/misp/hashes.csv"):
            answer = world.get(path, of=of)
            known = {"If-None-Match": answer.headers["etag"]}
            assert 304 == world.get(path, of=of, **known).status_code
    closed = world.get("/feeds/misp/manifest.json", of="acme").headers
    assert "private, no-cache" == closed["cache-control"]
    assert closed["etag"] != world.get("/feeds/misp/manifest.json").headers["etag"]
    world.publish("GREEN", title="Two")
    assert 200 == world.get("/feeds/misp/manifest.json", of="acme", **{"If-None-Match": closed["etag"]}).status_code


def test_a_feed_of_more_records_than_are_read_at_once_is_whole(world: World) -> None:
    row = factories.source("wiki", "A wiki", organisation=OrganisationKind.OTHER, trusted=True)
    accounts.add_organisation(
        world.node.registry, LOCAL_OPERATOR, slug="wiki", name="A wiki", kind=OrganisationKind.OTHER
    )
    many = [
        content(title=f"Record {at}", upstream={"source": "wiki", "id": str(at), "sha256": "0" * 64})
        for at in range(230)
    ]
    factories.take_in(world.node.registry, LOCAL_OPERATOR, row, many)
    world.follow()

    told = world.manifest(feed="misp-imported")

    assert {f"Record {at}" for at in range(230)} == {one["info"] for one in told.values()}
    assert 230 == len(world.reports("TLP:CLEAR, imported"))


def test_an_event_that_is_named_badly_is_not_there(world: World) -> None:
    record = world.publish(title="One")

    for name in ("x", f"{record.uid}x", f"{{{record.uid}}}"):
        assert 404 == world.get(f"/feeds/misp/{name}.json").status_code
    assert 404 == world.get(f"/feeds/misp-imported/{record.uid}.json").status_code


def test_of_feeds_that_are_under_way_a_party_has_two_and_gets_a_third_when_one_ends(world: World) -> None:
    world.publish(title="One")
    places, party = world.client._app.state.feeds, world.node.submitter.organisation

    with places.place(party), places.place(party):
        refused = [world.get(f"/feeds/misp/{name}", of="acme") for name in ("manifest.json", "hashes.csv")]

    assert [429, 429] == [one.status_code for one in refused]
    assert {"5"} == {one.headers["retry-after"] for one in refused}
    assert 200 == world.get("/feeds/misp/manifest.json", of="acme").status_code
    assert 0 == places._running.total()
